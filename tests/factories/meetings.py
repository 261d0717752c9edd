"""A meeting of the strategic committee of `make_house`, three weeks ahead, with rules and an agenda."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from committees.models import AgendaItem, Ballot, Committee, Meeting, RollEntry, RuleSet
from committees.rules import presets
from committees.services import meetings
from partnership import clock
from tests.factories.ground import LONG_AGO
from tests.factories.motions import House

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(*parts: int) -> datetime:
    """A moment by the clock on the wall in Berlin."""
    return datetime(*parts, tzinfo=BERLIN)


def give_rules(committee: Committee, rules=presets.EQUAL_SIMPLE.rules) -> RuleSet:
    return RuleSet.objects.create(committee=committee, version=1, settings=rules.to_data(), valid_from=LONG_AGO)


def make_meeting(
    house: House, committee: Committee | None = None, items=("Begrüßung", "Haushalt"), **fields
) -> Meeting:
    committee = committee or house.sk
    starts_at = (clock.now() + timedelta(days=21)).replace(microsecond=0)
    meeting = Meeting.objects.create(
        partnership=house.partnership,
        committee=committee,
        **{
            "title": "5. Sitzung",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "place": "Rathaus, Saal 1",
            **fields,
        },
    )
    for position, title in enumerate(items, start=1):
        AgendaItem.objects.create(meeting=meeting, position=position, title=title)
    return meeting


def make_invited(house: House, **fields) -> Meeting:
    """An invited meeting; the notice period is kept."""
    if not RuleSet.objects.filter(committee=fields.get("committee") or house.sk).exists():
        give_rules(fields.get("committee") or house.sk)
    return meetings.invite(by=house.office, meeting=make_meeting(house, **fields))


def make_running(house: House, **fields) -> Meeting:
    """A meeting that is being held now: invited in time, opened at its hour."""
    meeting = make_invited(house, **fields)
    now = clock.now()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now, ends_at=now + timedelta(hours=2))
    meeting.refresh_from_db()
    return meetings.start(by=house.office, meeting=meeting)


def make_open_ballot(house: House, item: AgendaItem, **fields) -> Ballot:
    """A ballot of the item that is open now."""
    ballot = Ballot.objects.create(
        partnership=house.partnership,
        committee=item.meeting.committee,
        meeting=item.meeting,
        agenda_item=item,
        way="meeting",
        title=item.title,
        text=f"{item.title} wird beschlossen.",
        **fields,
    )
    for partner in house.partners:
        RollEntry.objects.create(ballot=ballot, partner=partner, partner_name=partner.name)
    ballot.state, ballot.text_hash, ballot.opened_at = "open", "0" * 64, clock.now()
    ballot.rules_frozen, ballot.roll_size = presets.EQUAL_SIMPLE.rules.to_data(), len(house.partners)
    ballot.save()
    return ballot


__all__ = ["BERLIN", "berlin", "give_rules", "make_invited", "make_meeting", "make_open_ballot", "make_running"]
