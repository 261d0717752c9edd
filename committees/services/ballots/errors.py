"""Why a ballot refuses: each with the sentence the person reads and the status the page answers with."""

from typing import Any

from partnership.errors import Refusal


class BallotRefused(Refusal):
    """The ballot does not allow it."""

    status = 422

    def __init__(self, message: object = "", *, field: str | None = None, key: str = "") -> None:
        super().__init__(message, field=field)
        self.key = key


class NotAllowed(BallotRefused):
    """The person holds no function that allows it."""

    status = 403


class WrongState(BallotRefused):
    """The ballot is not in a state in which this can be done."""

    status = 409


class NoRules(BallotRefused):
    """The committee has no rules of procedure that are in force."""


class OpeningRefused(BallotRefused):
    """Something that opening needs is missing."""


class EarlyCloseRefused(BallotRefused):
    """A circular ballot ends at its deadline, when all have voted, or early with a reason and a second person."""

    status = 409


class NotEntitled(BallotRefused):
    """The person may not cast for this partner, or the partner has no vote here."""

    status = 403


class InvalidChoice(BallotRefused):
    """No choice of this ballot."""


class BallotClosed(BallotRefused):
    """The ballot takes no votes, or no longer."""

    status = 409


class DeadlinePassed(BallotClosed):
    """The answer came after the deadline; it is kept as late and not counted."""


class ChangeRefused(BallotRefused):
    """The partner has voted already, and this vote cannot replace the other one."""

    status = 409


class TokenUsed(BallotRefused):
    """The form was used before, for something else."""

    status = 409


class TooManyCasts(BallotRefused):
    """The vote was changed too often in a short time."""

    status = 429


class RollRefused(BallotRefused):
    """The roll cannot be changed like that."""

    status = 409


class ObjectionRefused(BallotRefused):
    """The objection cannot be made."""

    status = 409


class ConsentRefused(BallotRefused):
    """Consent to the circular procedure cannot be given."""

    status = 409


class KeyRefused(BallotRefused):
    """The passphrase is not good enough, wrong, or its key is gone."""


class DemandRefused(BallotRefused):
    """Secrecy cannot be demanded here, or not by this person."""

    status = 409


class TieOpen(WrongState):
    """The votes are equal and the chair has not decided yet."""


def refusal_of(key: str, sentence: Any) -> BallotRefused:
    """The refusal for a reason of `rules.eligibility`."""
    kind = {
        "no_mandate": NotEntitled,
        "not_on_roll": NotEntitled,
        "excluded": NotEntitled,
        "not_open_yet": BallotClosed,
        "closed": BallotClosed,
        "deadline_passed": DeadlinePassed,
        "delegate_has_voted": ChangeRefused,
        "handed_over": NotEntitled,
        "giver_has_voted": ChangeRefused,
        "change_not_allowed": ChangeRefused,
    }[key]
    return kind(sentence, key=key)
