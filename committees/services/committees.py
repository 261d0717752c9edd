"""Setting up committees and role circles, and who works in them."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from committees.enums import CommitteeKind, CommitteeState
from committees.models import CircleMember, Committee
from membership.models import Organisation
from membership.services import people
from partnership import clock
from partnership.access.ties import forget
from partnership.db.locks import lock
from partnership.enums import Role
from partnership.errors import Refusal
from partnership.models import Appointment, Partnership, User
from partnership.services import appointments, audit

# What may be told about a committee. Nothing else reaches the database.
FIELDS = (
    "name",
    "code",
    "kind",
    "state",
    "position",
    "purpose",
    "recommends_to",
    "is_adoption_required",
    "chair_organisation",
    "management_organisation",
    "lead_organisation",
    "is_public",
)


class CommitteeRefused(Refusal):
    """An entry about a committee is wrong, or contradicts another."""


@transaction.atomic
def create(*, by: User | None, partnership: Partnership, **values: Any) -> Committee:
    """Set up a committee or role circle. Raises CommitteeRefused."""
    lock(Partnership.objects.all(), partnership.pk)
    committee = Committee(partnership=partnership)
    _fill(committee, values)
    committee.save()
    _introduce(committee)
    audit.record(by=by, action="committee.created", subject=committee, kind=committee.kind)
    return committee


@transaction.atomic
def edit(*, by: User | None, committee: Committee, **values: Any) -> Committee:
    """Correct what is told about a committee. Raises CommitteeRefused."""
    committee = lock(Committee.objects.select_related("partnership"), committee.pk)
    before = {field: getattr(committee, field) for field in FIELDS}
    if values.get("kind", committee.kind) != committee.kind and (
        committee.rule_sets.exists() or committee.delegates.exists() or committee.meetings.exists()
    ):
        raise CommitteeRefused(
            _("Die Art lässt sich nicht mehr ändern: Das Gremium hat schon Regeln, Vertretungen oder Sitzungen."),
            field="kind",
        )
    if values.get("code", committee.code) != committee.code and committee.resolutions.exists():
        raise CommitteeRefused(
            _("Das Kürzel lässt sich nicht mehr ändern: Es steht in Nummern gefasster Beschlüsse."), field="code"
        )
    _fill(committee, values)
    changed = {
        field: [_plain(before[field]), _plain(getattr(committee, field))]
        for field in FIELDS
        if before[field] != getattr(committee, field)
    }
    committee.save()
    _introduce(committee)
    if changed:
        audit.record(by=by, action="committee.changed", subject=committee, changes=changed)
    return committee


@transaction.atomic
def add_circle_member(
    *,
    by: User | None,
    committee: Committee,
    name: str,
    email: str = "",
    organisation: Organisation | None = None,
    is_lead: bool = False,
    valid_from: date | None = None,
) -> CircleMember:
    """Name somebody who works in a role circle: a person with account (by address), or only a name.

    Raises CommitteeRefused, accounts.AccountRefused.
    """
    committee = lock(Committee.objects.select_related("partnership"), committee.pk)
    if committee.votes:
        raise CommitteeRefused(_("In dieses Gremium entsenden die Partner ihre Vertretungen."))
    if not name.strip():
        raise CommitteeRefused(_("Bitte geben Sie den Namen an."), field="name")
    person = None
    if email:
        person = people.find_or_invite(
            by=by,
            email=email,
            name=name,
            partnership=committee.partnership,
            target=committee.get_absolute_url(),
        )
    start = valid_from or clock.today()
    held = CircleMember.objects.filter(committee=committee).exclude(valid_until__lte=start)
    if person is not None and held.filter(person=person).exists():
        raise CommitteeRefused(_("%(person)s arbeitet hier bereits mit.") % {"person": person}, field="email")
    if (
        person is None
        and held.filter(person__isnull=True, name__iexact=name.strip(), organisation=organisation).exists()
    ):
        raise CommitteeRefused(_("%(person)s arbeitet hier bereits mit.") % {"person": name}, field="name")
    member = CircleMember.objects.create(
        committee=committee,
        person=person,
        name=str(person) if person else name.strip(),
        organisation=organisation,
        is_lead=is_lead,
        valid_from=start,
    )
    audit.record(
        by=by, action="circle.joined", subject=member, partnership=committee.partnership, committee=str(committee.pk)
    )
    if person is not None:
        forget(person)
    return member


@transaction.atomic
def appoint(
    *,
    by: User | None,
    committee: Committee,
    role: Role,
    email: str,
    name: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Appointment:
    """Appoint a chair, deputy chair or secretary, named by address; who has no account yet is invited.

    Raises appointments.AppointmentRefused, accounts.AccountRefused.
    """
    person = people.find_or_invite(
        by=by, email=email, name=name, partnership=committee.partnership, target=committee.get_absolute_url()
    )
    return appointments.appoint(
        by=by, person=person, role=role, subject=committee, valid_from=valid_from, valid_until=valid_until
    )


@transaction.atomic
def end_circle_member(*, by: User | None, member: CircleMember, on: date | None = None) -> CircleMember:
    """End somebody's work in a role circle with the beginning of the day `on` (today). Raises CommitteeRefused."""
    member = lock(CircleMember.objects.select_related("committee__partnership", "person"), member.pk)
    last = on or clock.today()
    if member.valid_until is not None and member.valid_until <= last:
        raise CommitteeRefused(_("Diese Mitarbeit ist bereits beendet."), field="on")
    member.valid_until = max(last, member.valid_from)
    member.save(update_fields=["valid_until"])
    audit.record(
        by=by,
        action="circle.left",
        subject=member,
        partnership=member.committee.partnership,
        committee=str(member.committee_id),
        valid_until=member.valid_until.isoformat(),
    )
    if member.person is not None:
        forget(member.person)
    return member


def _fill(committee: Committee, values: dict[str, Any]) -> None:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown fields of a committee: {', '.join(sorted(unknown))}")
    for field, value in values.items():
        setattr(committee, field, value)
    committee.name = " ".join(committee.name.split())
    committee.code = committee.code.strip().upper()
    if not committee.name:
        raise CommitteeRefused(_("Bitte geben Sie den Namen an."), field="name")
    # The register takes plain letters only (docs/register-format.md): a number is read by machines too.
    if not (committee.code.isascii() and committee.code.isalnum()):
        raise CommitteeRefused(_("Das Kürzel besteht aus Buchstaben und Ziffern, zum Beispiel SK."), field="code")
    others = Committee.objects.filter(partnership=committee.partnership).exclude(pk=committee.pk)
    if others.filter(name__iexact=committee.name).exists():
        raise CommitteeRefused(_("Ein Gremium dieses Namens gibt es bereits."), field="name")
    if others.filter(code__iexact=committee.code).exists():
        raise CommitteeRefused(_("Dieses Kürzel trägt bereits ein anderes Gremium."), field="code")
    _check_way(committee)


def _check_way(committee: Committee) -> None:
    """A committee recommends to another one that decides, and never in a circle."""
    target = committee.recommends_to
    if target is None:
        if committee.is_adoption_required:
            raise CommitteeRefused(
                _("Die eigene Zustimmung kann nur nötig sein, wenn das Gremium an ein anderes empfiehlt."),
                field="is_adoption_required",
            )
        return
    if target.partnership_id != committee.partnership_id:
        raise CommitteeRefused(_("Dieses Gremium gehört zu einer anderen Partnerschaft."), field="recommends_to")
    if not committee.votes:
        raise CommitteeRefused(
            _("Nur Gremien, in denen Partner abstimmen, empfehlen an ein anderes."), field="recommends_to"
        )
    if target.kind != CommitteeKind.DECIDES or target.state == CommitteeState.ENDED:
        raise CommitteeRefused(
            _("Empfehlungen gehen an ein beschließendes Gremium, das tätig oder geplant ist."), field="recommends_to"
        )
    seen = {committee.pk}
    step: Committee | None = target
    while step is not None:
        if step.pk in seen:
            raise CommitteeRefused(_("Die Empfehlungen würden im Kreis laufen."), field="recommends_to")
        seen.add(step.pk)
        step = step.recommends_to


def _introduce(committee: Committee) -> None:
    """The bodies that hold an office are known in the partnership from now on."""
    bodies = (committee.chair_organisation, committee.management_organisation, committee.lead_organisation)
    for body in bodies:
        if body is not None:
            body.partnerships.add(committee.partnership)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)
