"""Preparing, inviting, telling changes, cancelling and holding meetings."""

from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy

import icalendar
import pytest

from committees.enums import DelegateKind, ItemState, MeetingState, ReferralState
from committees.models import AgendaItem, MeetingAnswer, Referral, RuleSet
from committees.notifications import meetings as notifications
from committees.rules import presets
from committees.rules.rule_set import Unit
from committees.services import agendas, meetings, notices
from partnership import clock
from partnership.enums import OutboxState, Role
from partnership.models import AuditEvent, OutboxMessage
from partnership.services import outbox
from tests.factories import UserFactory, appoint
from tests.factories.meetings import berlin, give_rules, make_invited, make_meeting, make_running
from tests.factories.motions import make_delegate, make_house, make_motion

pytestmark = pytest.mark.django_db

RULES = presets.EQUAL_SIMPLE.rules


def mails(meeting, kind=None):
    rows = OutboxMessage.objects.filter(subject_pk=str(meeting.pk)).order_by("created_at")
    return list(rows.filter(kind=kind) if kind else rows)


def parsed(row):
    return message_from_bytes(bytes(row.mime), policy=policy.default)


def body(row, subtype="plain"):
    return parsed(row).get_body((subtype,)).get_content()


def entry(row):
    """The calendar entry in the alternatives, its method first."""
    for part in parsed(row).walk():
        if part.get_content_type() == "text/calendar":
            found = icalendar.Calendar.from_ical(part.get_content())
            assert part.get_param("method") == found["METHOD"]
            return found
    raise AssertionError("no calendar entry")


# --- inviting -----------------------------------------------------------------------------------------


def test_every_delegate_deputy_chair_and_the_office_get_one_mail_each():
    house = make_house()
    deputy = make_delegate(house.sk, house.partners[0], kind=DelegateKind.DEPUTY).person
    # Chair and delegate at once: still one mail.
    make_delegate(house.sk, house.partners[1], house.chair, kind=DelegateKind.DEPUTY)
    meeting = make_invited(house)
    people = {row.recipient for row in mails(meeting)}
    assert people == {*house.sk_delegates, deputy, house.chair, house.office}
    assert len(mails(meeting)) == len(people)
    assert {row.kind for row in mails(meeting)} == {"meeting_invitation"}
    assert meeting.state == MeetingState.INVITED
    assert meeting.invited_by == house.office


def test_the_mail_carries_the_agenda_the_link_and_an_entry_for_its_reader_alone():
    house = make_house()
    meeting = make_invited(house)
    row = OutboxMessage.objects.get(subject_pk=str(meeting.pk), recipient=house.sk_delegates[0])
    text, html = body(row), body(row, "html")
    assert meeting.time_words in text
    assert "TOP 2 Haushalt" in text
    assert "Haushalt" in html
    assert meeting.get_absolute_url() in text
    event = entry(row).walk("VEVENT")[0]
    assert entry(row)["METHOD"] == "REQUEST"
    assert event["UID"] == str(meeting.calendar_uid)
    assert event["SEQUENCE"] == 0
    assert event["ATTENDEE"] == f"mailto:{house.sk_delegates[0].email}"
    assert event["ORGANIZER"] == f"mailto:{house.partnership.office_email}"
    assert event["DTSTART"].dt == meeting.starts_at
    assert not event.walk("VALARM")
    assert house.partnership.office_email in parsed(row)["Reply-To"]
    assert parsed(row)["Subject"].startswith("Muster: Einladung: 5. Sitzung")


def test_pressing_send_twice_sends_once():
    house = make_house()
    meeting = make_invited(house)
    count = len(mails(meeting))
    with pytest.raises(meetings.MeetingRefused, match="bereits versandt"):
        meetings.invite(by=house.office, meeting=meeting)
    assert len(mails(meeting)) == count


def test_confidential_items_are_named_by_number_alone_in_mail_and_calendar():
    house = make_house()
    give_rules(house.sk)
    meeting = make_meeting(house)
    agendas.add_item(by=house.office, meeting=meeting, title="Geheimwort", text="Geheimwort", is_confidential=True)
    meetings.invite(by=house.office, meeting=meeting)
    for row in mails(meeting):
        everything = body(row) + body(row, "html") + entry(row).to_ical().decode()
        assert "Geheimwort" not in everything
        assert "TOP 3 (vertraulich" in everything


def test_an_invitation_too_late_is_refused_with_the_way_out():
    house = make_house()
    give_rules(house.sk)
    meeting = make_meeting(house, starts_at=clock.now() + timedelta(days=5), ends_at=clock.now() + timedelta(days=6))
    with pytest.raises(meetings.NotReady, match="Ladungsfrist ist nicht eingehalten"):
        meetings.invite(by=house.office, meeting=meeting, waiver="Alle sind einverstanden.")
    assert not mails(meeting)


def test_a_waiver_with_reason_opens_the_way_where_the_rules_allow_it():
    house = make_house()
    give_rules(house.sk, replace(RULES, notice=replace(RULES.notice, is_waivable=True)))
    meeting = make_meeting(house, starts_at=clock.now() + timedelta(days=5), ends_at=clock.now() + timedelta(days=6))
    with pytest.raises(meetings.NotReady, match="Verzicht"):
        meetings.invite(by=house.office, meeting=meeting)
    meeting = meetings.invite(by=house.office, meeting=meeting, waiver="Alle Mitglieder, E-Mail vom 1.11.")
    assert meeting.notice_waiver == "Alle Mitglieder, E-Mail vom 1.11."
    recorded = AuditEvent.objects.get(action="meeting.invited").details
    assert recorded["waiver"] == meeting.notice_waiver
    assert any("nicht eingehalten" in sentence for sentence in recorded["notice"])


def test_the_notice_period_knows_the_holidays_of_the_partnerships_land():
    house = make_house()
    house.partnership.land = "MV"
    house.partnership.save()
    rules = replace(RULES, notice=replace(RULES.notice, amount=2, land="MV"))
    give_rules(house.sk, rules)
    rules = replace(rules, notice=replace(rules.notice, amount=3, unit=Unit.WORKING_DAYS))
    RuleSet.objects.update(settings=rules.to_data())
    # 8 March is a holiday in Mecklenburg-Vorpommern, not in Hamburg; in 2027 it is a Monday.
    with clock.frozen(berlin(2027, 3, 5, 9)):
        meeting = make_meeting(house, starts_at=berlin(2027, 3, 12, 14), ends_at=berlin(2027, 3, 12, 16))
        assert notices.notice_of(meeting).earliest_on == date(2027, 3, 12)
        hamburg = replace(rules, notice=replace(rules.notice, land="HH"))
        assert notices.notice_of(meeting, hamburg).earliest_on == date(2027, 3, 11)


@pytest.mark.parametrize(
    ("fields", "items", "sentence"),
    [
        ({"place": "", "video_url": ""}, ("A",), "Ort und Link"),
        ({}, (), "Tagesordnung ist leer"),
    ],
)
def test_what_is_missing_stops_the_invitation(fields, items, sentence):
    house = make_house()
    give_rules(house.sk)
    with pytest.raises(meetings.NotReady, match=sentence):
        meetings.invite(by=house.office, meeting=make_meeting(house, items=items, **fields))


def test_partners_without_a_delegate_are_named():
    house = make_house()
    house.sk.delegates.filter(partner=house.partners[1]).update(valid_until=clock.today())
    make_delegate(house.sk, house.partners[1], kind=DelegateKind.DEPUTY)
    house.sk.delegates.filter(partner=house.partners[2]).delete()
    gaps = notices.gaps(make_meeting(house))
    assert [(gap.partner, gap.has_deputy) for gap in gaps] == [(house.partners[1], True), (house.partners[2], False)]


def test_who_leaves_before_the_meeting_is_not_invited():
    house = make_house()
    house.sk.delegates.filter(person=house.sk_delegates[0]).update(valid_until=clock.today() + timedelta(days=3))
    meeting = make_invited(house)
    assert house.sk_delegates[0] not in {row.recipient for row in mails(meeting)}


def test_who_leaves_between_queueing_and_sending_is_not_sent_to():
    house = make_house()
    meeting = make_invited(house)
    house.sk.delegates.filter(person=house.sk_delegates[0]).update(valid_until=clock.today())
    check = outbox.entitlement(notifications.ENTITLEMENT)
    answers = {row.recipient: check(row) for row in mails(meeting)}
    assert "gehört dem Gremium nicht mehr an" in answers.pop(house.sk_delegates[0])
    assert set(answers.values()) == {None}


def test_newcomers_get_the_invitation_as_it_stands_and_nobody_else_again():
    house = make_house()
    meeting = make_invited(house)
    count = len(mails(meeting))
    with pytest.raises(meetings.MeetingRefused, match="bereits"):
        meetings.invite_newcomers(by=house.office, meeting=meeting)
    late = make_delegate(house.sk, house.partners[0], kind=DelegateKind.DEPUTY).person
    assert meetings.invite_newcomers(by=house.office, meeting=meeting) == 1
    assert len(mails(meeting)) == count + 1
    assert OutboxMessage.objects.get(recipient=late).kind == "meeting_invitation"


def test_a_test_mail_goes_to_oneself_alone_and_makes_no_entry():
    house = make_house()
    give_rules(house.sk)
    meeting = make_meeting(house)
    meetings.send_test(by=house.office, meeting=meeting)
    meetings.send_test(by=house.office, meeting=meeting)
    rows = OutboxMessage.objects.all()
    assert [row.recipient for row in rows] == [house.office] * 2
    assert all("Test" in row.subject for row in rows)
    assert "method" not in str(parsed(rows[0]).get_payload()[1]["Content-Type"])
    assert meeting.state == MeetingState.DRAFT


# --- changes ------------------------------------------------------------------------------------------


def test_a_change_after_the_invitation_waits_to_be_sent_and_undoing_it_clears_the_banner():
    house = make_house()
    meeting = make_invited(house)
    meeting = meetings.change(by=house.office, meeting=meeting, place="Rathaus, Saal 2")
    assert meeting.has_unsent_changes
    meeting = meetings.change(by=house.office, meeting=meeting, place="Rathaus, Saal 1")
    assert not meeting.has_unsent_changes


def test_a_change_notice_tells_what_is_different_and_updates_the_same_entry():
    house = make_house()
    meeting = make_invited(house)
    meetings.change(by=house.office, meeting=meeting, place="Rathaus, Saal 2")
    item = AgendaItem.objects.get(meeting=meeting, title="Haushalt")
    agendas.change_item(by=house.office, item=item, title="Haushalt 2027")
    agendas.add_item(by=house.office, meeting=meeting, title="Personal", has_consent=True)
    meeting = meetings.send_change(by=house.office, meeting=meeting)
    row = next(row for row in mails(meeting, "meeting_change") if row.recipient == house.sk_delegates[0])
    text = body(row)
    assert "Ort: jetzt Rathaus, Saal 2 (bisher: Rathaus, Saal 1)." in text
    assert "TOP 2 heißt jetzt „Haushalt 2027“ (bisher „Haushalt“)." in text
    assert "Neu: TOP 3 Personal." in text
    event = entry(row).walk("VEVENT")[0]
    assert (event["UID"], event["SEQUENCE"]) == (str(meeting.calendar_uid), 1)
    assert entry(row)["METHOD"] == "REQUEST"


def test_one_revision_sends_exactly_one_change_notice_per_person():
    house = make_house()
    meeting = make_invited(house)
    meetings.change(by=house.office, meeting=meeting, place="Saal 2")
    meetings.change(by=house.office, meeting=meeting, place="Saal 3")
    meetings.send_change(by=house.office, meeting=meeting)
    with pytest.raises(meetings.NothingChanged):
        meetings.send_change(by=house.office, meeting=meeting)
    rows = mails(meeting, "meeting_change")
    assert len(rows) == len({row.recipient for row in rows}) == len(mails(meeting, "meeting_invitation"))


def test_moving_the_day_asks_for_the_notice_period_again():
    house = make_house()
    meeting = make_invited(house)
    soon = clock.now() + timedelta(days=3)
    meetings.change(by=house.office, meeting=meeting, starts_at=soon, ends_at=soon + timedelta(hours=1))
    with pytest.raises(meetings.NotReady, match="Ladungsfrist"):
        meetings.send_change(by=house.office, meeting=meeting)


def test_a_changed_confidential_item_is_told_by_number_alone():
    house = make_house()
    meeting = make_invited(house)
    item = AgendaItem.objects.get(meeting=meeting, position=2)
    agendas.change_item(by=house.office, item=item, title="Geheimwort", is_confidential=True)
    meeting = meetings.send_change(by=house.office, meeting=meeting)
    text = body(mails(meeting, "meeting_change")[0])
    assert "Geheimwort" not in text
    assert "Geändert: TOP 2 (vertraulich)." in text


def test_a_cancellation_needs_a_reason_and_takes_the_entry_back():
    house = make_house()
    meeting = make_invited(house)
    with pytest.raises(meetings.MeetingRefused, match="Grund"):
        meetings.cancel(by=house.office, meeting=meeting)
    meeting = meetings.cancel(by=house.office, meeting=meeting, reason="Krankheit")
    row = mails(meeting, "meeting_cancellation")[0]
    event = entry(row).walk("VEVENT")[0]
    assert entry(row)["METHOD"] == "CANCEL"
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
    assert "Krankheit" in body(row)
    # What had not left is no longer sent.
    assert {one.state for one in mails(meeting, "meeting_invitation")} == {OutboxState.WITHDRAWN}
    with pytest.raises(meetings.MeetingRefused):
        meetings.cancel(by=house.office, meeting=meeting, reason="Krankheit")


def test_a_draft_is_discarded_without_telling_anybody_and_its_motion_waits_again():
    house = make_house()
    motion = make_motion(house)
    meeting = make_meeting(house, committee=house.tk)
    referral = motion.referrals.get(committee=house.tk)
    agendas.put_motion(by=house.office, meeting=meeting, referral=referral)
    meeting = meetings.cancel(by=house.office, meeting=meeting)
    assert meeting.state == MeetingState.CANCELLED
    assert not mails(meeting)
    referral.refresh_from_db()
    assert referral.state == ReferralState.DEFERRED
    assert referral in agendas.waiting_motions(make_meeting(house, committee=house.tk))


# --- holding ------------------------------------------------------------------------------------------


def test_a_meeting_opens_on_its_day_and_not_before():
    house = make_house()
    meeting = make_invited(house)
    with pytest.raises(meetings.MeetingRefused, match="erst an ihrem Tag"):
        meetings.start(by=house.chair, meeting=meeting)
    with clock.frozen(meeting.starts_at - timedelta(minutes=10)):
        assert meetings.start(by=house.chair, meeting=meeting).state == MeetingState.RUNNING


def test_a_draft_cannot_be_opened_and_a_closed_meeting_stays_closed():
    house = make_house()
    with pytest.raises(meetings.MeetingRefused):
        meetings.start(by=house.chair, meeting=make_meeting(house))
    meeting = meetings.close(by=house.chair, meeting=make_running(house))
    for verb in (meetings.start, meetings.close):
        with pytest.raises(meetings.MeetingRefused):
            verb(by=house.chair, meeting=meeting)
    with pytest.raises(meetings.MeetingRefused):
        meetings.change(by=house.office, meeting=meeting, place="Saal 9")


def test_closing_adjourns_what_was_not_treated_and_the_next_meeting_carries_it_over():
    house = make_house()
    give_rules(house.sk)
    meeting = make_running(house)
    first, second = meeting.items.order_by("position")
    agendas.call_item(by=house.chair, item=first)
    meetings.close(by=house.chair, meeting=meeting)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (ItemState.DONE, ItemState.CARRIED)

    starts_at = clock.now() + timedelta(days=60)
    following = meetings.create(
        by=house.office,
        committee=house.sk,
        title="6. Sitzung",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        carries_open=True,
    )
    items = list(following.items.all())
    assert [(item.title, item.carried_from) for item in items] == [("Haushalt", second)]
    assert following.copied_from == meeting
    # Carried over once: another meeting does not get it again.
    again = meetings.create(
        by=house.office,
        committee=house.sk,
        title="7. Sitzung",
        starts_at=starts_at + timedelta(days=1),
        ends_at=starts_at + timedelta(days=1, hours=2),
        carries_open=True,
    )
    assert not again.items.exists()


def test_the_agenda_of_the_last_meeting_is_copied_on_wish_with_what_was_treated():
    house = make_house()
    give_rules(house.sk)
    meeting = make_running(house)
    for item in meeting.items.all():
        agendas.call_item(by=house.chair, item=item)
        agendas.finish_item(by=house.chair, item=item)
    meetings.close(by=house.chair, meeting=meeting)
    starts_at = clock.now() + timedelta(days=60)
    following = meetings.create(
        by=house.office,
        committee=house.sk,
        title="6. Sitzung",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        copies_agenda=True,
        carries_open=True,
    )
    assert [item.title for item in following.items.order_by("position")] == ["Begrüßung", "Haushalt"]
    assert {item.carried_from for item in following.items.all()} == {None}


def test_a_meeting_that_ends_before_it_begins_is_refused():
    house = make_house()
    now = clock.now()
    with pytest.raises(meetings.MeetingRefused, match="endet vor"):
        meetings.create(by=house.office, committee=house.sk, title="X", starts_at=now, ends_at=now)


def test_people_of_a_circle_are_invited_and_need_no_rules():
    from committees.models import CircleMember

    house = make_house()
    circle = house.sk.__class__.objects.create(
        partnership=house.partnership, name="Maintainer", code="MG", kind="role_circle"
    )
    member = UserFactory()
    CircleMember.objects.create(committee=circle, person=member, valid_from=date(2020, 1, 1))
    secretary = UserFactory()
    appoint(secretary, Role.SECRETARY, circle)
    meeting = meetings.invite(by=house.office, meeting=make_meeting(house, committee=circle))
    assert {row.recipient for row in mails(meeting)} == {member, secretary, house.office}


def test_a_motion_on_the_agenda_moves_with_the_item():
    house = make_house()
    motion = make_motion(house)
    meeting = make_meeting(house, committee=house.tk, items=())
    referral = motion.referrals.get(committee=house.tk)
    item = agendas.put_motion(by=house.office, meeting=meeting, referral=referral)
    assert (item.title, item.referral) == (motion.title, referral)
    assert Referral.objects.get(pk=referral.pk).state == ReferralState.SCHEDULED
    with pytest.raises(agendas.MotionNotWaiting):
        agendas.put_motion(by=house.office, meeting=meeting, referral=referral)
    agendas.remove_item(by=house.office, item=item)
    assert Referral.objects.get(pk=referral.pk).state == ReferralState.DEFERRED


def test_answers_outlive_a_change():
    house = make_house()
    meeting = make_invited(house)
    MeetingAnswer.objects.create(
        meeting=meeting, partner=house.partners[0], person=house.sk_delegates[0], answer="yes", answered_at=clock.now()
    )
    meetings.change(by=house.office, meeting=meeting, place="Saal 2")
    meetings.send_change(by=house.office, meeting=meeting)
    assert meeting.answers.count() == 1
