"""The result protocol: what it says, to whom, and that its PDF is accessible."""

from datetime import timedelta
from io import BytesIO

import page
import pikepdf
import pytest

from committees.enums import Presence
from committees.exports import protocol, protocol_pdf
from committees.models import AgendaItem
from committees.services import agendas, attendance, meetings, revisions
from partnership import clock
from tests.factories.meetings import make_running
from tests.factories.motions import make_ballot, make_house

pytestmark = pytest.mark.django_db


def held_meeting(house, **fields):
    """A meeting with people, a result, a vote and a confidential item, closed after an hour."""
    meeting = make_running(house, **fields)
    start = meeting.started_at
    attendance.record(by=house.chair, meeting=meeting, partner=house.partners[0], presence=Presence.DELEGATE)
    with clock.frozen(start + timedelta(minutes=20)):
        attendance.record(by=house.chair, meeting=meeting, partner=house.partners[1], presence=Presence.DELEGATE)
    first, second = meeting.items.order_by("position")
    agendas.note_result(by=house.chair, item=first, result="#set text(red)\n*Alle* sind da. $x$ <b> @label")
    make_ballot(house, house.sk, choices="yyn", way="meeting", meeting=meeting, agenda_item=second)
    agendas.add_item(by=house.office, meeting=meeting, title="Geheimwort", is_confidential=True, has_consent=True)
    with clock.frozen(start + timedelta(minutes=60)):
        return meetings.close(by=house.chair, meeting=meeting)


@pytest.fixture
def house():
    return make_house()


def protocol_for(meeting, reader):
    items = list(revisions.with_files(AgendaItem.objects.visible_to(reader).filter(meeting=meeting)))
    return protocol.of(meeting, items=items, reader=reader)


def test_it_tells_who_was_there_from_when_and_what_was_counted(house):
    found = protocol_for(held_meeting(house), house.office)
    rows = {row.partner: row for row in found.attendance}
    assert rows["Stadt 1"].is_present
    assert rows["Stadt 1"].times == ""
    assert rows["Stadt 2"].times.startswith("ab ")
    assert rows["Stadt 3"].how == "nicht erfasst"
    assert found.quorum.present == 2
    vote = found.items[1].votes[0]
    assert dict(vote.numbers)["Ja"] == 2
    assert vote.sentences
    assert vote.outcome == ""  # not declared yet
    assert vote.state == "geschlossen"


def test_confidential_items_are_for_the_committee_and_the_office(house):
    meeting = held_meeting(house)
    for reader in (house.office, house.chair, house.sk_delegates[0]):
        assert "Geheimwort" in [item.title for item in protocol_for(meeting, reader).items]
    outside = protocol_for(meeting, house.tk_delegates[0])
    assert "Geheimwort" not in str(protocol_pdf.data_of(outside))


def test_the_pdf_is_pdf_ua_1_and_prints_markup_as_text(house):
    pdf = protocol_pdf.render(protocol_for(held_meeting(house), house.office))
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, report
    with pikepdf.open(BytesIO(pdf)) as found:
        assert found.Root.Lang == "de"
        assert "Ergebnisprotokoll: 5. Sitzung" in str(found.docinfo["/Title"])


def test_an_empty_meeting_and_a_very_long_title_make_a_pdf_too(house):
    meeting = make_running(house, title="W" * 200)
    meeting.items.all().delete()
    found = protocol_for(meeting, house.office)
    assert found.is_draft
    report = page.validate_pdf_bytes(protocol_pdf.render(found), profile=page.ValidationProfile.PDF_UA_1)
    assert report.is_compliant, report


def test_the_same_protocol_gives_the_same_bytes(house):
    meeting = held_meeting(house)
    assert protocol_pdf.render(protocol_for(meeting, house.office)) == protocol_pdf.render(
        protocol_for(meeting, house.office)
    )
