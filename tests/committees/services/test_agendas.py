"""The agenda: order, late items, papers, motions, and treating items in the meeting."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from committees.enums import ItemState, ReferralState
from committees.models import AgendaItem, Ballot, Referral
from committees.rules import presets
from committees.rules.rule_set import LateItems, LateKind
from committees.services import agendas, ballots, meetings
from partnership import clock
from partnership.models import Document
from partnership.services import documents
from tests.factories import UserFactory
from tests.factories.meetings import give_rules, make_invited, make_meeting, make_open_ballot, make_running
from tests.factories.motions import make_ballot, make_house, make_motion

pytestmark = pytest.mark.django_db


def order(meeting):
    return [(item.position, item.title) for item in AgendaItem.objects.filter(meeting=meeting).order_by("position")]


def item_of(meeting, title):
    return AgendaItem.objects.select_related("meeting").get(meeting=meeting, title=title)


@pytest.mark.parametrize(
    ("title", "to", "expected"), [("C", 1, "CAB"), ("A", 3, "BCA"), ("B", 2, "ABC"), ("A", 99, "BCA"), ("C", -5, "CAB")]
)
def test_an_item_moves_to_a_number_and_the_others_close_up(title, to, expected):
    house = make_house()
    meeting = make_meeting(house, items="ABC")
    agendas.move_item(by=house.office, item=item_of(meeting, title), to=to)
    assert order(meeting) == list(enumerate(expected, start=1))


def test_removing_an_item_closes_the_gap():
    house = make_house()
    meeting = make_meeting(house, items="ABC")
    agendas.remove_item(by=house.office, item=item_of(meeting, "A"))
    assert order(meeting) == [(1, "B"), (2, "C")]


def test_an_item_with_a_ballot_cannot_be_removed():
    house = make_house()
    meeting = make_meeting(house)
    item = item_of(meeting, "Haushalt")
    make_ballot(house, house.sk, meeting=meeting, agenda_item=item)
    with pytest.raises(agendas.ItemInUse, match="Abstimmung"):
        agendas.remove_item(by=house.office, item=item)


def test_the_agenda_of_a_closed_meeting_stands():
    house = make_house()
    meeting = meetings.close(by=house.chair, meeting=make_running(house))
    item = item_of(meeting, "Haushalt")
    for act in (
        lambda: agendas.add_item(by=house.office, meeting=meeting, title="X"),
        lambda: agendas.change_item(by=house.office, item=item, title="X"),
        lambda: agendas.move_item(by=house.office, item=item, to=1),
        lambda: agendas.remove_item(by=house.office, item=item),
        lambda: agendas.note_result(by=house.office, item=item, result="X"),
    ):
        with pytest.raises(agendas.AgendaClosed):
            act()


# --- late items ---------------------------------------------------------------------------------------


def late_meeting(kind, days=None):
    house = make_house()
    give_rules(house.sk, replace(presets.EQUAL_SIMPLE.rules, late_items=LateItems(kind, days)))
    return house, make_invited(house)


def test_an_item_within_the_notice_period_is_not_late():
    house, meeting = late_meeting(LateKind.NOT_ALLOWED)
    agendas.add_item(by=house.office, meeting=meeting, title="Noch rechtzeitig")


@pytest.mark.parametrize("kind", [LateKind.ALL_PRESENT_AGREE, LateKind.NOBODY_OBJECTS])
def test_a_late_item_needs_the_consent_the_rules_name(kind):
    house, meeting = late_meeting(kind)
    with clock.frozen(meeting.starts_at - timedelta(days=2)):
        assert agendas.consent_needed(meeting, meeting.committee.rule_sets.get().rules) == kind.value
        with pytest.raises(agendas.LateItem):
            agendas.add_item(by=house.office, meeting=meeting, title="Spät")
        agendas.add_item(by=house.office, meeting=meeting, title="Spät", has_consent=True)


def test_a_late_item_is_refused_where_the_rules_admit_none():
    house, meeting = late_meeting(LateKind.NOT_ALLOWED)
    with (
        clock.frozen(meeting.starts_at - timedelta(days=2)),
        pytest.raises(agendas.LateItem, match="keine weiteren Tagesordnungspunkte"),
    ):
        agendas.add_item(by=house.office, meeting=meeting, title="Spät", has_consent=True)


def test_a_late_item_is_taken_until_the_day_the_rules_name():
    house, meeting = late_meeting(LateKind.UNTIL_DAYS_BEFORE, 5)
    with clock.frozen(meeting.starts_at - timedelta(days=6)):
        agendas.add_item(by=house.office, meeting=meeting, title="Gerade noch")
    with clock.frozen(meeting.starts_at - timedelta(days=3)), pytest.raises(agendas.LateItem, match="nur bis"):
        agendas.add_item(by=house.office, meeting=meeting, title="Zu spät")


# --- papers -------------------------------------------------------------------------------------------


def text_file(name="plan.txt"):
    return SimpleUploadedFile(name, b"Der Plan.", content_type="text/plain")


def test_a_paper_is_for_who_may_see_its_item(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    house = make_house()
    meeting = make_invited(house)
    item = item_of(meeting, "Haushalt")
    paper = agendas.add_paper(by=house.office, item=item, file=text_file(), title="Plan")
    outsider = house.tk_delegates[0]
    assert documents.may_read(outsider, paper.document)
    agendas.change_item(by=house.office, item=item, is_confidential=True)
    assert not documents.may_read(outsider, paper.document)
    assert not documents.may_read(UserFactory(), paper.document)
    for person in (house.sk_delegates[0], house.chair, house.office):
        assert documents.may_read(person, paper.document)


def test_a_paper_taken_off_is_withdrawn_not_deleted(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    house = make_house()
    meeting = make_invited(house)
    item = item_of(meeting, "Haushalt")
    paper = agendas.add_paper(by=house.office, item=item, file=text_file())
    agendas.remove_paper(by=house.office, item=item, paper=paper)
    assert not item.paper_links.exists()
    document = Document.objects.get()
    assert document.withdrawn_at is not None
    assert not documents.may_read(house.sk_delegates[0], document)


# --- motions ------------------------------------------------------------------------------------------


def test_a_motion_waits_only_where_it_is_its_turn():
    house = make_house()
    motion = make_motion(house)
    technical, strategic = make_meeting(house, committee=house.tk), make_meeting(house)
    assert [referral.motion for referral in agendas.waiting_motions(technical)] == [motion]
    assert not agendas.waiting_motions(strategic)
    Referral.objects.filter(motion=motion, committee=house.tk).update(state=ReferralState.RECOMMENDED)
    assert [referral.motion for referral in agendas.waiting_motions(strategic)] == [motion]


def test_a_motion_back_from_a_vote_without_resolution_is_offered_again():
    house = make_house()
    motion = make_motion(house)
    # A stopped circular vote leaves the referral scheduled, on no agenda.
    Referral.objects.filter(motion=motion, committee=house.tk).update(state=ReferralState.SCHEDULED)
    meeting = make_meeting(house, committee=house.tk, items=())
    referral = agendas.waiting_motions(meeting).get()
    agendas.put_motion(by=house.office, meeting=meeting, referral=referral)
    assert not agendas.waiting_motions(meeting)


def test_a_stopped_circular_vote_becomes_an_item_of_the_next_meeting_that_still_takes_it():
    house = make_house()
    give_rules(house.tk)
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    Referral.objects.filter(pk=referral.pk).update(state=ReferralState.SCHEDULED)
    ballot = Ballot(committee=house.tk, referral=referral, title=motion.title, text=motion.text)
    assert agendas.take_up_stopped(by=house.office, ballot=ballot) is None
    meeting = make_meeting(house, committee=house.tk)
    item = agendas.take_up_stopped(by=house.office, ballot=ballot)
    assert (item.meeting, item.referral) == (meeting, referral)
    assert agendas.take_up_stopped(by=house.office, ballot=ballot) is None


def test_an_objection_puts_the_matter_on_the_agenda(django_capture_on_commit_callbacks):
    house = make_house()
    give_rules(house.tk)
    motion = make_motion(house)
    meeting = make_meeting(house, committee=house.tk)
    ballot = ballots.draft_ballot(
        by=house.office,
        committee=house.tk,
        title=motion.title,
        text=motion.text,
        way="circular",
        referral=motion.referrals.get(committee=house.tk),
        deadline_at=clock.now() + timedelta(days=20),
    )
    ballot = ballots.open_ballot(by=house.office, ballot=ballot)
    with django_capture_on_commit_callbacks(execute=True):
        ballots.object_to_circular(by=house.delegate, ballot=ballot, partner=house.partners[0], reason="Bitte reden.")
    assert meeting.items.filter(referral__motion=motion).count() == 1


def running_with_motion(house):
    motion = make_motion(house)
    meeting = make_invited(house, committee=house.tk)
    referral = motion.referrals.get(committee=house.tk)
    item = agendas.put_motion(by=house.office, meeting=meeting, referral=referral, has_consent=True)
    with clock.frozen(meeting.starts_at):
        meetings.start(by=house.office, meeting=meeting)
    return meeting, item, referral


def test_a_motion_not_voted_on_cannot_be_finished_only_adjourned():
    house = make_house()
    _meeting, item, referral = running_with_motion(house)
    agendas.call_item(by=house.office, item=item)
    with pytest.raises(agendas.NotCalled, match="nicht abgestimmt"):
        agendas.finish_item(by=house.office, item=item)
    agendas.adjourn_item(by=house.office, item=item)
    referral.refresh_from_db()
    assert referral.state == ReferralState.DEFERRED
    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.CARRIED


def test_closing_adjourns_a_called_motion_that_was_not_voted_on():
    house = make_house()
    meeting, item, referral = running_with_motion(house)
    agendas.call_item(by=house.office, item=item)
    meetings.close(by=house.office, meeting=meeting)
    referral.refresh_from_db()
    assert referral.state == ReferralState.DEFERRED
    assert AgendaItem.objects.get(pk=item.pk).state == ItemState.CARRIED


def test_an_adjourned_motion_comes_onto_the_next_agenda_with_its_paper(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    house = make_house()
    meeting, item, referral = running_with_motion(house)
    agendas.add_paper(by=house.office, item=item, file=text_file(), title="Plan")
    meetings.close(by=house.office, meeting=meeting)
    starts_at = meeting.starts_at + timedelta(days=30)
    following = meetings.create(
        by=house.office,
        committee=house.tk,
        title="Nächste",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        carries_open=True,
    )
    carried = following.items.get(referral=referral)
    assert carried.carried_from == item
    assert [link.document.title for link in carried.paper_links.all()] == ["Plan"]
    referral.refresh_from_db()
    assert referral.state == ReferralState.SCHEDULED


# --- in the meeting -----------------------------------------------------------------------------------


def test_one_item_is_called_at_a_time_and_the_next_follows():
    house = make_house()
    meeting = make_running(house, items="ABC")
    agendas.call_item(by=house.chair, item=item_of(meeting, "A"))
    agendas.call_item(by=house.chair, item=item_of(meeting, "B"))
    states = dict(AgendaItem.objects.filter(meeting=meeting).values_list("title", "state"))
    assert states == {"A": "open", "B": "current", "C": "open"}
    called = agendas.finish_item(by=house.chair, item=item_of(meeting, "B"), calls_next=True)
    assert called.title == "C"
    # After the last one, what was left open before it.
    called = agendas.finish_item(by=house.chair, item=item_of(meeting, "C"), calls_next=True)
    assert called.title == "A"


def test_an_item_with_an_open_ballot_is_neither_finished_nor_adjourned():
    house = make_house()
    meeting = make_running(house)
    item = item_of(meeting, "Haushalt")
    make_open_ballot(house, item)
    for verb in (agendas.finish_item, agendas.adjourn_item):
        with pytest.raises(agendas.NotCalled, match="läuft noch"):
            verb(by=house.chair, item=item)
    with pytest.raises(meetings.MeetingRefused, match="läuft noch"):
        meetings.close(by=house.chair, meeting=meeting)


def test_items_are_called_in_an_open_meeting_only():
    house = make_house()
    with pytest.raises(agendas.NotCalled, match="nicht eröffnet"):
        agendas.call_item(by=house.chair, item=item_of(make_invited(house), "Haushalt"))
