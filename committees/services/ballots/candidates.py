"""What goes on the paper: options and candidates, while the ballot is prepared; and whether it can be opened so."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotKind, BallotState
from committees.models import Ballot, Delegate, Option
from committees.rules import elections
from committees.rules.papers import MOST_OPTIONS
from committees.services.ballots.authority import hold
from committees.services.ballots.errors import BallotRefused, NotAllowed, OpeningRefused, WrongState
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import audit

# A choice between fewer is none.
LEAST = {BallotKind.ALTERNATIVES: 2, BallotKind.RANKING: 2, BallotKind.APPROVAL: 1, BallotKind.ELECTION: 1}


def set_options(*, ballot: Ballot, titles: Sequence[str]) -> None:
    """Put these on the paper, in this order; what stood there under the same title keeps its explanation and answer.

    For the steps of a draft, under their lock. Raises BallotRefused.
    """
    wanted = [title.strip() for title in titles if title.strip()]
    if not ballot.has_options:
        wanted = []
    if len(wanted) > MOST_OPTIONS:
        raise BallotRefused(
            _("Auf einen Stimmzettel passen höchstens %(most)s Möglichkeiten.") % {"most": MOST_OPTIONS},
            field="options",
        )
    if len({title.casefold() for title in wanted}) != len(wanted):
        raise BallotRefused(_("Jede Möglichkeit steht nur einmal auf dem Stimmzettel."), field="options")
    if any(len(title) > 200 for title in wanted):
        raise BallotRefused(
            _("Eine Möglichkeit hat höchstens 200 Zeichen; schreiben Sie mehr in die Erläuterung."), field="options"
        )
    standing = {option.title: option for option in ballot.options.all()}
    if list(standing) == wanted:
        return
    ballot.options.all().delete()
    rows = [standing.get(title) or Option(title=title) for title in wanted]
    for position, row in enumerate(rows, start=1):
        row.ballot, row.position = ballot, position
    Option.objects.bulk_create(rows)


@transaction.atomic
def propose(
    *,
    by: User,
    ballot: Ballot,
    title: str,
    text: str = "",
    account: User | None = None,
    partner: Partner | None = None,
) -> Option:
    """Put one more on the paper: whoever conducts the ballot, and delegates while it takes nominations.

    Raises NotAllowed, WrongState, BallotRefused.
    """
    ballot = _draft(ballot)
    if not policies.conduct(by, ballot):
        _must_nominate(by, ballot, partner)
    title = title.strip() or (account.name if account else "")
    if not title:
        raise BallotRefused(_("Bitte nennen Sie, wer oder was auf dem Stimmzettel stehen soll."), field="title")
    standing = list(ballot.options.all())
    if len(standing) >= MOST_OPTIONS:
        raise BallotRefused(_("Auf dem Stimmzettel ist kein Platz mehr."))
    if any(option.title.casefold() == title.casefold() for option in standing):
        raise BallotRefused(_("„%(title)s“ steht bereits auf dem Stimmzettel.") % {"title": title}, field="title")
    option = Option(
        ballot=ballot,
        position=len(standing) + 1,
        title=title[:200],
        text=text.strip(),
        account=account,
        proposed_by=partner,
    )
    try:
        with transaction.atomic():
            option.save(force_insert=True)
    except IntegrityError as error:
        raise BallotRefused(_("Diese Person ist bereits vorgeschlagen."), field="account") from error
    audit.record(
        by=by,
        action="ballot.option_proposed",
        subject=ballot,
        title=title,
        partner=str(partner.pk) if partner else None,
    )
    return option


def _must_nominate(by: User, ballot: Ballot, partner: Partner | None) -> None:
    """Raises NotAllowed."""
    if not ballot.takes_nominations:
        raise NotAllowed(policies.CONDUCT)
    mandates = Delegate.objects.valid(clock.today()).filter(committee=ballot.committee_id, person=by, partner=partner)
    if partner is None or not mandates.exists():
        raise NotAllowed(_("Vorschlagen können Sie nur für einen Partner, den Sie in diesem Gremium vertreten."))


@transaction.atomic
def change_option(*, by: User, option: Option, title: str, text: str, account: User | None = None) -> Option:
    """Change what stands on the paper. Another person has to accept anew. Raises NotAllowed, WrongState."""
    ballot, option = _held(option)
    if not policies.conduct(by, ballot):
        raise NotAllowed(policies.CONDUCT)
    title = title.strip()
    if not title:
        raise BallotRefused(_("Bitte nennen Sie, wer oder was auf dem Stimmzettel stehen soll."), field="title")
    if ballot.options.exclude(pk=option.pk).filter(title__iexact=title).exists():
        raise BallotRefused(_("„%(title)s“ steht bereits auf dem Stimmzettel.") % {"title": title}, field="title")
    if (title, account) != (option.title, option.account):
        option.accepted_at = option.declined_at = option.recorded_by = None
    option.title, option.text, option.account = title, text.strip(), account
    try:
        with transaction.atomic():
            option.save()
    except IntegrityError as error:
        raise BallotRefused(_("Diese Person ist bereits vorgeschlagen."), field="account") from error
    audit.record(by=by, action="ballot.option_changed", subject=ballot, title=title)
    return option


@transaction.atomic
def remove_option(*, by: User, option: Option) -> Ballot:
    """Take one off the paper: whoever conducts, or delegates of the partner that proposed it.

    Raises NotAllowed, WrongState.
    """
    ballot, option = _held(option)
    if not policies.conduct(by, ballot):
        _must_nominate(by, ballot, option.proposed_by)
    rest = [row for row in ballot.options.select_related("account") if row.pk != option.pk]
    audit.record(by=by, action="ballot.option_removed", subject=ballot, title=option.title)
    option.delete()
    for position, row in enumerate(rest, start=1):
        if row.position != position:
            Option.objects.filter(pk=row.pk).update(position=position)
    return ballot


@transaction.atomic
def answer_candidacy(*, by: User, option: Option, accepts: bool) -> Option:
    """Accept or decline a candidacy: the person, or whoever conducts writes down what the person said.

    Raises NotAllowed, WrongState.
    """
    ballot, option = _held(option)
    if ballot.kind != BallotKind.ELECTION:
        raise WrongState(_("Eine Kandidatur gibt es nur bei einer Wahl von Personen."))
    if option.account_id != by.pk and not policies.conduct(by, ballot):
        raise NotAllowed(_("Über eine Kandidatur entscheidet die Person selbst; ihre Antwort kann das Büro erfassen."))
    moment = clock.now()
    option.accepted_at, option.declined_at = (moment, None) if accepts else (None, moment)
    option.recorded_by = by
    option.save(update_fields=["accepted_at", "declined_at", "recorded_by"])
    audit.record(
        by=by,
        action="ballot.candidacy_accepted" if accepts else "ballot.candidacy_declined",
        subject=ballot,
        title=option.title,
    )
    return option


def _draft(ballot: Ballot) -> Ballot:
    """The ballot under its lock, if it is still prepared and has options. Raises WrongState."""
    ballot = hold(ballot)
    if ballot.state != BallotState.DRAFT:
        raise WrongState(
            _("„%(title)s“ ist bereits eröffnet. Was auf dem Stimmzettel steht, steht damit fest.")
            % {"title": ballot.title}
        )
    if not ballot.has_options:
        raise WrongState(_("Über „%(title)s“ wird mit Ja und Nein abgestimmt.") % {"title": ballot.title})
    return ballot


def _held(option: Option) -> tuple[Ballot, Option]:
    ballot = _draft(option.ballot)
    return ballot, ballot.options.select_related("proposed_by", "account").get(pk=option.pk)


def check_paper(ballot: Ballot) -> None:
    """What must stand on the paper before a ballot is opened. Raises OpeningRefused."""
    if not ballot.has_options:
        return
    kind, options = BallotKind(ballot.kind), list(ballot.options.order_by("position"))
    if len(options) < LEAST[kind]:
        raise OpeningRefused(
            _("Auf dem Stimmzettel fehlen Möglichkeiten: Es braucht mindestens %(least)s.") % {"least": LEAST[kind]}
        )
    if kind == BallotKind.ELECTION and (open_ones := [option.title for option in options if not option.accepted_at]):
        raise OpeningRefused(
            _(
                "Nicht alle haben ihre Kandidatur angenommen: %(names)s. Erfassen Sie die Antwort oder streichen Sie "
                "den Vorschlag."
            )
            % {"names": ", ".join(open_ones)}
        )
    if not elections.can_be_asked(ballot.rules.at_ballot(ballot.number)):
        raise OpeningRefused(
            _(
                "Die Verfahrensregeln verlangen neben der Mehrheit etwas, das sich nur bei Ja, Nein und Enthaltung "
                "prüfen lässt. Stimmen Sie über jede Möglichkeit einzeln ab."
            )
        )


def paper_data(ballot: Ballot) -> list[dict[str, Any]]:
    """What stands on the paper, as the hash of the text binds it; nothing for a motion."""
    return [
        {"position": option.position, "title": option.title, "text": option.text}
        for option in (ballot.options.order_by("position") if ballot.has_options else ())
    ]


def carry(options: Iterable[Option], ballot: Ballot) -> None:
    """Put the same on the paper of a ballot that repeats or continues another one."""
    Option.objects.bulk_create(
        Option(
            ballot=ballot,
            position=position,
            title=option.title,
            text=option.text,
            account_id=option.account_id,
            proposed_by_id=option.proposed_by_id,
            accepted_at=option.accepted_at,
            recorded_by_id=option.recorded_by_id,
        )
        for position, option in enumerate(options, start=1)
    )
