"""What a partner says to its open vote; the rules may ask a no for its reasons."""

from django.utils.translation import gettext as _

from committees.enums import BallotForm, Choice
from committees.models import Ballot
from committees.services.ballots.authority import named_rules
from committees.services.ballots.errors import InvalidChoice

LONGEST = 500


def must_fit(ballot: Ballot, choice: str, statement: str) -> None:
    """Raises InvalidChoice where the statement is missing, too long, or would tell a secret vote."""
    if statement and ballot.form != BallotForm.ROLL_CALL:
        raise InvalidChoice(_("Eine Erklärung gibt es nur zu einer namentlichen Stimme."), field="statement")
    if len(statement) > LONGEST:
        raise InvalidChoice(_("Die Erklärung hat höchstens %(most)s Zeichen.") % {"most": LONGEST}, field="statement")
    if is_needed(ballot, choice) and not statement:
        raise InvalidChoice(
            _("Nach den %(rules)s ist ein Nein zu begründen. Bitte schreiben Sie Ihre Gründe in die Erklärung.")
            % {"rules": named_rules(ballot)},
            field="statement",
        )


def is_needed(ballot: Ballot, choice: str) -> bool:
    """Whether the rules ask this vote for its reasons."""
    return choice == Choice.NO and ballot.form == BallotForm.ROLL_CALL and ballot.rules.is_reason_needed_for_no
