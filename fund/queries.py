"""What pages of the fund need, as querysets and small values."""

from dataclasses import dataclass, field

from fund.enums import PledgeState
from fund.models import Fund, Pledge
from membership.models import Partner
from partnership import clock
from partnership.models import Partnership


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
    fund = Fund.objects.filter(partnership=partnership).first()
    if fund is None:
        return Support(None, year, total=members.count())
    pledges = Pledge.objects.filter(fund=fund, year=year, state=PledgeState.PLEDGED, partner__in=members)
    rows = list(pledges.order_by("partner__number").values_list("is_named", "partner__is_listed", "partner__name"))
    return Support(
        fund, year, len(rows), members.count(), [name for is_named, is_listed, name in rows if is_named and is_listed]
    )
