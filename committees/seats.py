"""Who speaks for whom: what pages about partners, delegates and committees need."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from committees.enums import CommitteeKind, CommitteeState, DelegateKind
from committees.models import Committee, Delegate
from membership.models import Partner
from membership.queries import ListColumn, ListFilter
from partnership.enums import Role
from partnership.models import Appointment, Partnership

VOTING_KINDS = (CommitteeKind.DECIDES, CommitteeKind.RECOMMENDS)
ACTING_ROLES = (Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY)


def seats(committee: Committee, on: date) -> list[dict[str, Any]]:
    """Every member of the partnership with its people in the committee on a day, gaps included; one query."""
    valid = Q(delegates__committee=committee.pk, delegates__valid_from__lte=on) & (
        Q(delegates__valid_until__isnull=True) | Q(delegates__valid_until__gt=on)
    )
    rows = (
        Partner.objects.filter(partnership=committee.partnership_id)
        .members(on)
        .annotate(
            seat_rows=FilteredRelation("delegates", condition=valid),
            is_entitled=Exists(Partner.objects.with_voting_right(on).filter(pk=OuterRef("pk"))),
        )
        .order_by("number", "seat_rows__kind", "seat_rows__person__name")
        .values(
            "pk",
            "number",
            "name",
            "is_entitled",
            "seat_rows__pk",
            "seat_rows__kind",
            "seat_rows__valid_from",
            "seat_rows__valid_until",
            "seat_rows__person__name",
            "seat_rows__person__email",
        )
    )
    found: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        entry = found.setdefault(
            row["pk"],
            {
                "pk": row["pk"],
                "number": row["number"],
                "name": row["name"],
                "is_entitled": row["is_entitled"],
                "delegates": [],
                "deputies": [],
            },
        )
        if row["seat_rows__pk"] is None:
            continue
        person = {
            "pk": row["seat_rows__pk"],
            "name": row["seat_rows__person__name"],
            "email": row["seat_rows__person__email"],
            "valid_from": row["seat_rows__valid_from"],
            "valid_until": row["seat_rows__valid_until"],
        }
        entry["delegates" if row["seat_rows__kind"] == DelegateKind.DELEGATE else "deputies"].append(person)
    return list(found.values())


def acting_people(committees: list[Any], on: date) -> dict[UUID, list[Appointment]]:
    """Who acts as chair, deputy chair or secretary of each committee on a day; one query."""
    rows = (
        Appointment.objects.valid(on)
        .filter(
            content_type=ContentType.objects.get_for_model(Committee),
            object_pk__in=[str(committee.pk) for committee in committees],
            role__in=ACTING_ROLES,
        )
        .select_related("person")
    )
    order = {role.value: place for place, role in enumerate(ACTING_ROLES)}
    found: dict[UUID, list[Appointment]] = {}
    for row in sorted(rows, key=lambda one: (order[one.role], one.person.name)):
        found.setdefault(UUID(row.object_pk), []).append(row)
    return found


@dataclass(frozen=True)
class Seated:
    """One delegation, as the page of a partner shows it."""

    pk: UUID
    person: str
    committee: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class Bench:
    """Who speaks for one partner in one committee; without delegates it is a gap."""

    pk: UUID
    committee: str
    delegates: list[Seated]
    deputies: list[Seated]


def benches(partner: Partner, on: date) -> list[Bench]:
    """Every committee with the people of one partner who speak there on a day or later, gaps included; one query."""
    still = Q(delegates__partner=partner.pk) & (
        Q(delegates__valid_until__isnull=True) | Q(delegates__valid_until__gt=on)
    )
    rows = (
        voting_committees(partner.partnership)
        .annotate(rows=FilteredRelation("delegates", condition=still))
        .order_by("position", "name", "rows__valid_from", "rows__person__name")
        .values_list(
            "pk",
            "name",
            "rows__pk",
            "rows__kind",
            "rows__person__name",
            "rows__person__email",
            "rows__valid_from",
            "rows__valid_until",
        )
    )
    found: dict[UUID, Bench] = {}
    for pk, committee, delegate, kind, name, email, valid_from, valid_until in rows:
        bench = found.setdefault(pk, Bench(pk, committee, [], []))
        if delegate is not None:
            people = bench.delegates if kind == DelegateKind.DELEGATE else bench.deputies
            people.append(Seated(delegate, name or email, committee, valid_from, valid_until))
    return list(found.values())


def voting_committees(partnership: Partnership) -> QuerySet[Committee]:
    """The committees into which partners send people."""
    return (
        Committee.objects.filter(partnership=partnership, kind__in=VOTING_KINDS)
        .exclude(state=CommitteeState.ENDED)
        .order_by("position", "name")
    )


# --- what committees add to the partner list ------------------------------------------------------


def _committee_choices(partnership: Partnership) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in voting_committees(partnership).values_list("pk", "name")]


def _without_delegate(partners: Any, committee: str, on: date) -> Any:
    sent = Delegate.objects.valid(on).filter(partner=OuterRef("pk"), committee=committee, kind=DelegateKind.DELEGATE)
    return partners.filter(~Exists(sent))


def _delegates_column(partnership: Partnership, partners: list[UUID], on: date) -> dict[UUID, str]:
    rows = (
        Delegate.objects.valid(on)
        .filter(partner__in=partners, kind=DelegateKind.DELEGATE)
        .order_by("committee__position", "committee__code")
        .values_list("partner", "committee__code", "person__name")
    )
    found: dict[UUID, list[str]] = {}
    for partner, code, name in rows:
        found.setdefault(partner, []).append(f"{code}: {name}")
    return {partner: ", ".join(names) for partner, names in found.items()}


LIST_FILTER = ListFilter("ohne", _("Ohne Vertretung im Gremium"), _committee_choices, _without_delegate)
LIST_COLUMN = ListColumn("delegates", _("Vertretungen"), _delegates_column)
