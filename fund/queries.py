"""What pages of the fund need, as querysets and small values."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce

from committees.enums import EntryKind, EntryRelation
from committees.models import Resolution
from fund.enums import AccountKind, PledgeState
from fund.models import Account, Fund, Pledge, Posting
from fund.models.fund import PledgeQuerySet
from fund.rules.ledger import CENT
from membership.models import Partner
from partnership import clock
from partnership.enums import Role
from partnership.models import Appointment, Partnership

NOTHING = Decimal("0.00")
# What ends the force of a resolution.
ENDING = (EntryRelation.ANNULS, EntryRelation.REPEALS, EntryRelation.SUPERSEDES)


# --- who contributes ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Support:
    """How many partners contribute in a year, for everybody to read. `fund` is None where there is none."""

    fund: Fund | None
    year: int
    count: int = 0
    total: int = 0
    named: list[str] = field(default_factory=list)


def supporters(partnership: Partnership, year: int) -> Support:
    """Members with a pledge of the year, and the names of those that agreed to be named in public."""
    members = Partner.objects.filter(partnership=partnership).members(clock.today())
    counted = members.order_by().values("partnership").annotate(number=Count("pk")).values("number")
    fund = Fund.objects.filter(partnership=partnership).annotate(members=Subquery(counted)).first()
    if fund is None:
        return Support(None, year, total=members.count())
    rows = list(
        contributions(fund, year)
        .order_by("partner__number")
        .values_list("is_named", "partner__is_listed", "partner__name")
    )
    return Support(
        fund, year, len(rows), fund.members or 0, [name for is_named, is_listed, name in rows if is_named and is_listed]
    )


def contributions(fund: Fund, year: int) -> PledgeQuerySet:
    """Pledges of a year that stand, of partners that are members today."""
    members = Partner.objects.filter(partnership=fund.partnership_id).members(clock.today())
    return Pledge.objects.filter(fund=fund, year=year, state=PledgeState.PLEDGED, partner__in=members.values("pk"))


# --- sums of postings ----------------------------------------------------------------------------------


def _flow() -> Case:
    """What a posting brings into the bank account: what leaves it counts below zero."""
    return Case(
        When(debit__kind=AccountKind.BANK, then=F("amount")),
        When(credit__kind=AccountKind.BANK, then=-F("amount")),
        default=NOTHING,
        output_field=DecimalField(max_digits=18, decimal_places=2),
    )


def with_paid(pledges: QuerySet[Any]) -> QuerySet[Any]:
    """Pledges with `paid`: what the partner has paid for that year, whatever pledge it was booked on."""
    flows = (
        Posting.objects.filter(
            fund=OuterRef("fund"), pledge__partner=OuterRef("partner"), pledge__year=OuterRef("year")
        )
        .order_by()
        .values("pledge__partner")
        .annotate(total=Sum(_flow()))
        .values("total")
    )
    return pledges.annotate(
        paid=Coalesce(Subquery(flows), NOTHING, output_field=DecimalField(max_digits=18, decimal_places=2))
    )


def paid(fund: Fund, partner_id: UUID, year: int) -> Decimal:
    """What a partner has paid for a year, reversals taken off."""
    rows = Posting.objects.filter(fund=fund, pledge__partner=partner_id, pledge__year=year)
    return cents(rows.aggregate(total=Sum(_flow()))["total"])


def cents(amount: Any) -> Decimal:
    """A sum as exact cents (SQLite adds decimals as floats)."""
    return Decimal(amount or 0).quantize(CENT)


@dataclass(frozen=True)
class Year:
    """One year of a fund in figures."""

    year: int
    partners: int = 0
    promised: Decimal = NOTHING
    received: Decimal = NOTHING
    spent: Decimal = NOTHING


def years(fund: Fund) -> list[Year]:
    """Each year from the first with a pledge or posting to the current one: promised, received, spent. Two queries."""
    figures: dict[int, dict[str, Any]] = defaultdict(dict)
    standing = Pledge.objects.filter(fund=fund, state=PledgeState.PLEDGED).order_by()
    for row in standing.values("year").annotate(count=Count("pk"), total=Sum("amount")):
        figures[row["year"]] |= {"partners": row["count"], "promised": cents(row["total"])}
    flows: Any = (
        Posting.objects.filter(fund=fund)
        .order_by()
        .values("booked_on__year", "debit__kind", "credit__kind")
        .annotate(total=Sum("amount"))
    )
    for flow in flows:
        kinds, total = {flow["debit__kind"], flow["credit__kind"]}, cents(flow["total"])
        if AccountKind.BANK not in kinds:
            continue
        found, is_inward = figures[flow["booked_on__year"]], flow["debit__kind"] == AccountKind.BANK
        if AccountKind.FREE in kinds:
            found["received"] = found.get("received", NOTHING) + (total if is_inward else -total)
        else:
            found["spent"] = found.get("spent", NOTHING) + (-total if is_inward else total)
    if not figures:
        return []
    this_year = clock.today().year
    return [
        Year(year, **figures.get(year, {})) for year in range(min(*figures, this_year), max(*figures, this_year) + 1)
    ]


@dataclass(frozen=True)
class Balance:
    """What the fund holds now."""

    bank: Decimal = NOTHING
    free: Decimal = NOTHING

    @property
    def bound(self) -> Decimal:
        """Money set aside for measures and not yet paid."""
        return self.bank - self.free


def balance(fund: Fund) -> Balance:
    """Money there is, and how much of it is free."""
    rows = dict(fund.accounts.filter(measure__isnull=True).values_list("kind", "balance"))
    return Balance(rows.get(AccountKind.BANK, NOTHING), rows.get(AccountKind.FREE, NOTHING))


def with_remaining(measures: QuerySet[Any]) -> QuerySet[Any]:
    """Measures with `remaining` (still set aside) and `spent` (paid so far)."""
    money = DecimalField(max_digits=18, decimal_places=2)
    flows = Posting.objects.filter(measure=OuterRef("pk")).order_by().values("measure").annotate(total=Sum(_flow()))
    return measures.annotate(
        remaining=Coalesce(F("account__balance"), NOTHING, output_field=money),
        spent=-Coalesce(Subquery(flows.values("total")), NOTHING, output_field=money),
    )


# --- resolutions that may carry a measure ------------------------------------------------------------


def carrying_resolutions(partnership: Partnership) -> QuerySet[Resolution]:
    """Numbered, adopted entries of the register that nothing has ended and that have taken effect."""
    ended = Resolution.objects.filter(refers_to=OuterRef("pk"), relation__in=ENDING)
    return Resolution.objects.filter(~Exists(ended), partnership=partnership, kind=EntryKind.ADOPTED).exclude(
        Q(number="") | Q(effect__isnull=False) & ~Q(effect__is_effective=True)
    )


def years_to_choose(years_with_rows: Iterable[int]) -> list[int]:
    """Years for a filter, youngest first, the current one always among them."""
    return sorted({*years_with_rows, clock.today().year}, reverse=True)


# --- the overview ----------------------------------------------------------------------------------------


def overview(partnership: Partnership) -> Any:
    """The fund with `bank`, `free` and `member_count`, or None. One query."""
    money = DecimalField(max_digits=18, decimal_places=2)
    accounts = Account.objects.filter(fund=OuterRef("pk")).order_by()
    members = Partner.objects.filter(partnership=OuterRef("partnership")).members(clock.today()).order_by()
    return (
        Fund.objects.filter(partnership=partnership)
        .select_related("created_by_resolution")
        .annotate(
            bank=Subquery(accounts.filter(kind=AccountKind.BANK).values("balance"), output_field=money),
            free=Subquery(accounts.filter(kind=AccountKind.FREE).values("balance"), output_field=money),
            member_count=Subquery(
                members.values("partnership").annotate(count=Count("pk")).values("count"), output_field=IntegerField()
            ),
        )
        .first()
    )


def standing_pledges(fund: Fund, from_year: int) -> QuerySet[Any]:
    """Pledges that stand from a year on, with `paid`, and whether the partner `is_member` today."""
    members = Partner.objects.filter(pk=OuterRef("partner")).members(clock.today())
    rows = Pledge.objects.filter(fund=fund, state=PledgeState.PLEDGED, year__gte=from_year)
    return (
        with_paid(rows)
        .annotate(is_member=Exists(members))
        .select_related("partner")
        .order_by("year", "partner__number")
    )


def officers(fund: Fund) -> QuerySet[Appointment]:
    """Who keeps and who checks the books today, or will."""
    return (
        Appointment.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=clock.today()),
            role__in=(Role.TREASURER, Role.AUDITOR),
            object_pk=str(fund.pk),
        )
        .select_related("person")
        .order_by("-role", "person__name")
    )
