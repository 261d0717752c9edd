"""Mails about ballots: opened, reminder, ended, objected, stopped, annulled."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from committees.enums import BallotForm, BallotState, BallotWay
from committees.models import Ballot, Committee, Delegate, Objection, Participation, RollEntry, Teller
from committees.rules import circular
from committees.rules.deadlines import deadline_words
from partnership import clock
from partnership.db.prepared import Prepared
from partnership.enums import Role
from partnership.models import Appointment, OutboxMessage, User
from partnership.services import outbox

OPENED = "ballot.opened"
REMINDER = "ballot.reminder"
CLOSED = "ballot.closed"
DISPUTED = "ballot.disputed"
OBJECTED = "ballot.objected"
STOPPED = "ballot.stopped"
ANNULLED = "ballot.annulled"
OPINION = "ballot.opinion"
TELLER = "ballot.teller"
TO_COUNT = "ballot.to_count"
KINDS = {
    OPENED: _("Abstimmung eröffnet"),
    REMINDER: _("Erinnerung an eine Abstimmung"),
    CLOSED: _("Umlauf beendet"),
    DISPUTED: _("Abstimmung strittig"),
    OBJECTED: _("Widerspruch gegen einen Umlauf"),
    STOPPED: _("Umlauf angehalten"),
    ANNULLED: _("Abstimmung aufgehoben"),
    OPINION: _("Ergebnis eines Meinungsbilds"),
    TELLER: _("Als zählende Person benannt"),
    TO_COUNT: _("Stimmzettel auszählen"),
}
MAY_SEE = "committees.ballot"
MAY_VOTE = "committees.ballot_voter"
MAY_COUNT = "committees.ballot_teller"


def register() -> None:
    """Name the kinds and the checks before sending; in `AppConfig.ready`."""
    for kind, label in KINDS.items():
        outbox.register_kind(kind, label)
    outbox.register_entitlement(MAY_SEE, may_still_see)
    outbox.register_entitlement(MAY_VOTE, may_still_vote)
    outbox.register_entitlement(MAY_COUNT, may_still_count)


@dataclass
class Voter:
    """A person who may cast, and the partners they may cast for."""

    person: User
    partners: list[str] = field(default_factory=list)


def voters(ballot: Ballot, entries: Any) -> list[Voter]:
    """Who casts for the partners of these lines of the roll, each person once, by address.

    Delegates and deputies of the partner itself and, where its vote is handed over, of the partner that casts it.
    """
    lines = entries.order_by("partner__number").values_list("partner_id", "partner_name", "voted_by_id")
    is_giver_first = ballot.rules.proxies.is_giver_first
    names: dict[UUID, list[str]] = defaultdict(list)
    for partner, name, holder in lines:
        if holder is not None:
            names[holder].append(name)
        if holder is None or is_giver_first:
            names[partner].append(name)
    rows = (
        Delegate.objects.valid(clock.today())
        .filter(_acts_for(entries), committee=ballot.committee_id, person__is_active=True)
        .select_related("person")
        .order_by("person__email", "partner__number")
    )
    found: dict[Any, Voter] = {}
    for row in rows:
        if row.partner_id in names:
            voter = found.setdefault(row.person_id, Voter(row.person))
            voter.partners += [name for name in names[row.partner_id] if name not in voter.partners]
    return list(found.values())


def _acts_for(entries: Any) -> Q:
    """Mandates of the partners of these lines, or of those their votes are handed over to."""
    own = entries.order_by().values("partner")
    held = entries.order_by().filter(voted_by__isnull=False).values("voted_by")
    return Q(partner__in=own) | Q(partner__in=held)


def conductors(ballot: Ballot) -> list[Voter]:
    """Chair, deputy chair and secretary of the committee, and the managing office."""
    on = clock.today()
    committee = ContentType.objects.get_for_model(Committee)
    at_committee = Q(
        content_type=committee,
        object_pk=str(ballot.committee_id),
        role__in=(Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY),
    )
    office = Q(partnership=ballot.partnership_id, role=Role.MANAGING_OFFICE)
    held = Appointment.objects.valid(on).filter(at_committee | office).values("person")
    return [Voter(person) for person in User.objects.filter(pk__in=held, is_active=True).order_by("email")]


def _entitled(ballot: Ballot | UUID) -> QuerySet[RollEntry]:
    return RollEntry.objects.filter(ballot=ballot, is_excluded=False, mark="")


def _not_voted(ballot: Ballot | UUID) -> QuerySet[RollEntry]:
    """Of a secret ballot everybody: a mail that does not come would tell who has voted (decisions.md 14)."""
    voted = Participation.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner")).exclude(
        ballot__form=BallotForm.SECRET
    )
    return _entitled(ballot).filter(~Exists(voted))


def _post(
    kind: str,
    ballot: Ballot,
    people: Iterable[Voter],
    *,
    subject: Any,
    key: str,
    entitlement: str = MAY_SEE,
    template: str = "",
    **context: Any,
) -> int:
    """One mail per person. Of a confidential ballot the title never leaves the portal; answers how many are new."""
    title = _("(vertraulich)") if ballot.is_confidential else ballot.title
    shared = {
        "ballot": ballot,
        "title": title,
        "text": "" if ballot.is_confidential else ballot.text,
        "deadline": deadline_words(ballot.deadline_at) if ballot.deadline_at else None,
        "url": reverse("committees:ballot_detail", kwargs={"slug": ballot.partnership.slug, "pk": ballot.pk}),
        **context,
    }
    letters = [
        outbox.Letter(
            kind=kind,
            template=f"committees/mail/{template or kind.replace('.', '_')}",
            context={**shared, "partners": voter.partners},
            dedup_key=f"ballot:{ballot.pk}:{key}:{voter.person.pk}",
            subject=format_lazy(subject, title=title),
            partnership=ballot.partnership,
            recipient=voter.person,
            about=ballot,
            entitlement=entitlement,
        )
        for voter in people
    ]
    return len(outbox.post_many(letters))


def opened(*, ballot: Ballot) -> int:
    """A circular ballot was opened: everybody who may cast learns until when."""
    return _post(
        OPENED,
        ballot,
        voters(ballot, _entitled(ballot)),
        subject=_("Bitte abstimmen: {title}"),
        key="opened",
        entitlement=MAY_VOTE,
        warnings=circular.warnings(ballot.rules),
    )


def reminder(*, ballot: Ballot, occasion: str) -> int:
    """Remind those whose partner has not voted, of a secret ballot all; each person once per occasion."""
    return _post(
        REMINDER,
        ballot,
        voters(ballot, _not_voted(ballot)),
        subject=_("Erinnerung, bitte abstimmen: {title}"),
        key=f"reminder:{occasion}",
        entitlement=MAY_VOTE,
        warnings=circular.warnings(ballot.rules),
    )


def closed(*, ballot: Ballot) -> int:
    """A circular ballot has ended: those who conduct it can declare the result."""
    return _post(
        CLOSED, ballot, conductors(ballot), subject=_("Umlauf beendet, bitte feststellen: {title}"), key="closed"
    )


def disputed(*, ballot: Ballot) -> int:
    """The two counts differ: those who conduct the ballot must know at once."""
    return _post(DISPUTED, ballot, conductors(ballot), subject=_("Strittiges Ergebnis: {title}"), key="disputed")


def objected(*, ballot: Ballot, objection: Objection) -> int:
    """A partner objected, but not enough have yet."""
    return _post(
        OBJECTED,
        ballot,
        conductors(ballot),
        subject=_("Widerspruch gegen den Umlauf: {title}"),
        key=f"objected:{objection.pk}",
        objection=objection,
    )


def appointed(*, ballot: Ballot, people: Iterable[User]) -> int:
    """Somebody is to count a sealed ballot and must set a passphrase before it can be opened."""
    return _post(
        TELLER,
        ballot,
        [Voter(person) for person in people],
        subject=_("Bitte Kennwort setzen: {title}"),
        key="teller",
        entitlement=MAY_COUNT,
        url=_teller_page(ballot),
    )


def to_count(*, ballot: Ballot) -> int:
    """The voting has ended: the two tellers can open the urn."""
    people = [Voter(teller.person) for teller in Teller.objects.filter(ballot=ballot).select_related("person")]
    return _post(
        TO_COUNT,
        ballot,
        people,
        subject=_("Bitte auszählen: {title}"),
        key="to_count",
        entitlement=MAY_COUNT,
        url=_teller_page(ballot),
    )


def _teller_page(ballot: Ballot) -> str:
    return reverse("committees:ballot_teller", kwargs={"slug": ballot.partnership.slug, "pk": ballot.pk})


def stopped(*, ballot: Ballot) -> int:
    """The circular ballot was stopped: everybody who was asked to vote, and those who conduct."""
    return _post(
        STOPPED,
        ballot,
        _both(voters(ballot, _entitled(ballot)), conductors(ballot)),
        subject=_("Umlauf angehalten: {title}"),
        key="stopped",
    )


def annulled(*, ballot: Ballot, successor: Ballot) -> int:
    """A circular ballot was annulled and issued anew. In a meeting everybody is there to hear it."""
    if ballot.way != BallotWay.CIRCULAR:
        return 0
    url = reverse("committees:ballot_detail", kwargs={"slug": ballot.partnership.slug, "pk": successor.pk})
    return _post(
        ANNULLED,
        ballot,
        _both(voters(ballot, _entitled(ballot)), conductors(ballot)),
        subject=_("Abstimmung aufgehoben und neu angesetzt: {title}"),
        key="annulled",
        successor=successor,
        url=url,
    )


def opinion(*, ballot: Ballot) -> int:
    """An opinion poll has ended: the committee learns what came out, and that it binds nobody."""
    verdict, chosen = ballot.verdict or {}, ballot.result_of_options
    return _post(
        OPINION,
        ballot,
        _both(voters(ballot, _entitled(ballot)), conductors(ballot)),
        subject=_("Ergebnis des Meinungsbilds: {title}"),
        key="opinion",
        said=chosen.sentence.to_data() if chosen and not ballot.is_confidential else None,
        sentences=[]
        if ballot.is_confidential or ballot.is_count_withheld
        else [row["sentence"] for row in verdict.get("conditions", [])],
    )


def _both(*groups: list[Voter]) -> list[Voter]:
    """Everybody of several groups, each person once."""
    found: dict[Any, Voter] = {}
    for group in groups:
        for voter in group:
            found.setdefault(voter.person.pk, voter)
    return list(found.values())


# --- asked just before sending ----------------------------------------------------------------------


def may_still_see(message: OutboxMessage) -> str | None:
    """The recipient must still be able to open the ballot's page."""
    if message.recipient is None or Ballot.objects.visible_to(message.recipient).filter(pk=message.subject_pk).exists():
        return None
    return str(_("Die Person darf diese Abstimmung nicht mehr sehen."))


def may_still_count(message: OutboxMessage) -> str | None:
    """The recipient must still be one of the two tellers."""
    mine = Teller.objects.filter(ballot=UUID(message.subject_pk), person=message.recipient)
    if message.recipient and mine.exists():
        return None
    return str(_("Die Person zählt diese Abstimmung nicht mehr aus."))


def _voter(ballot: UUID, person: UUID, on: date, entries: QuerySet[RollEntry]) -> QuerySet[Any, Any]:
    running = entries.filter(ballot__state=BallotState.OPEN)
    mine = Delegate.objects.valid(on).filter(_acts_for(running), committee__ballots=ballot, person=person)
    return mine.order_by().values_list("pk")[:1]


@Prepared
def _still_voter(ballot: UUID, person: UUID, on: date) -> QuerySet[Any, Any]:
    return _voter(ballot, person, on, _entitled(ballot))


@Prepared
def _still_to_vote(ballot: UUID, person: UUID, on: date) -> QuerySet[Any, Any]:
    return _voter(ballot, person, on, _not_voted(ballot))


def may_still_vote(message: OutboxMessage) -> str | None:
    """The ballot must still run, and the recipient still act for a partner on its roll that may vote."""
    ask = _still_to_vote if message.kind == REMINDER else _still_voter
    if message.recipient and ask(ballot=UUID(message.subject_pk), person=message.recipient.pk, on=clock.today()):
        return None
    # No: in words.
    ballot = Ballot.objects.filter(pk=message.subject_pk).first()
    if ballot is None or ballot.state != BallotState.OPEN:
        return str(_("Die Abstimmung läuft nicht mehr."))
    if message.recipient is None:
        return None
    entries = _not_voted(ballot) if message.kind == REMINDER else _entitled(ballot)
    mine = Delegate.objects.valid(clock.today()).filter(
        _acts_for(entries), committee=ballot.committee_id, person=message.recipient
    )
    if mine.exists():
        return None
    if message.kind == REMINDER:
        return str(_("Der Partner hat inzwischen abgestimmt, oder die Person vertritt ihn nicht mehr."))
    return str(_("Die Person vertritt keinen stimmberechtigten Partner mehr."))
