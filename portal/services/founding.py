"""Setting up a partnership in one go: name, first office account, committees with rules, people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from committees.enums import CommitteeKind
from committees.models import Committee
from committees.rules.presets import PRESETS
from committees.services import committees, rule_sets
from partnership import clock
from partnership.enums import Role
from partnership.errors import Refusal
from partnership.models import Partnership, User
from partnership.services import accounts, appointments, audit, partnerships


class FoundingRefused(Refusal):
    """Something in the plan contradicts itself."""


@dataclass(frozen=True)
class PlannedCommittee:
    """A committee to set up; `recommends_to` names another one's code."""

    name: str
    code: str
    kind: CommitteeKind
    preset: str = ""
    recommends_to: str = ""


@dataclass(frozen=True)
class PlannedPerson:
    """A person to invite, with a role on the partnership or on a committee named by its code."""

    name: str
    email: str
    role: Role
    committee: str = ""


@dataclass(frozen=True)
class Plan:
    """All that the page "Partnerschaft einrichten" asks for."""

    name: str
    short_name: str
    slug: str
    office_email: str
    land: str
    founded_on: date | None
    office_name: str
    committees: Sequence[PlannedCommittee] = field(default_factory=tuple)
    people: Sequence[PlannedPerson] = field(default_factory=tuple)


@transaction.atomic
def set_up(*, by: User | None, plan: Plan, email: str, name: str, password: str = "") -> tuple[Partnership, User]:
    """Set the partnership up; answers it and its first managing office.

    With a password the office account can sign in at once (first start of an installation); without
    one it is invited by mail. Raises FoundingRefused, and what the services below raise.
    """
    codes = [planned.code for planned in plan.committees]
    if len(set(codes)) != len(codes):
        raise FoundingRefused(_("Zwei Gremien haben dasselbe Kürzel."))
    office = User.objects.filter(email=email.strip().lower()).first()
    if office is None:
        office = User.objects.create_user(email, name, password=password or None)
        audit.record(by=by, action="account.created", subject=office)
    partnership = partnerships.found(
        by=by,
        office=office,
        slug=plan.slug,
        name=plan.name,
        short_name=plan.short_name,
        office_email=plan.office_email,
        office_name=plan.office_name,
        land=plan.land,
        founded_on=plan.founded_on,
    )
    made = _committees(office, partnership, plan)
    for person in plan.people:
        subject: Any = partnership
        if person.role in (Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY):
            if person.committee not in made:
                raise FoundingRefused(
                    _("%(name)s: Bitte nennen Sie das Kürzel eines der Gremien.") % {"name": person.name}
                )
            subject = made[person.committee]
        invited = accounts.invite(by=office, email=person.email, name=person.name, partnership=partnership)
        appointments.appoint(by=office, person=invited, role=person.role, subject=subject)
    if not office.has_usable_password():
        accounts.send_invitation(by=by, person=office, partnership=partnership)
    return partnership, office


def _committees(office: User, partnership: Partnership, plan: Plan) -> dict[str, Committee]:
    made: dict[str, Committee] = {}
    # Who is recommended to stands before who recommends.
    for position, planned in sorted(enumerate(plan.committees, start=1), key=lambda item: bool(item[1].recommends_to)):
        if planned.recommends_to and planned.recommends_to not in made:
            raise FoundingRefused(
                _("„%(name)s“ empfiehlt an „%(code)s“; ein solches Gremium steht nicht in der Liste.")
                % {"name": planned.name, "code": planned.recommends_to}
            )
        committee = committees.create(
            by=office,
            partnership=partnership,
            name=planned.name,
            code=planned.code,
            kind=planned.kind,
            position=position,
            recommends_to=made.get(planned.recommends_to),
        )
        made[planned.code] = committee
        if committee.votes:
            rule_sets.create(
                by=office,
                committee=committee,
                rules=PRESETS[planned.preset or "vwvfg"].rules,
                valid_from=clock.today(),
                preset=planned.preset or "vwvfg",
            )
    return made
