"""The life of a ballot, step by step."""

import email
import email.policy
from dataclasses import replace
from datetime import timedelta

import pytest

from committees.enums import BallotState, EntryKind, MeetingState
from committees.models import Attendance, Ballot, LateAnswer, Participation, Resolution, RollEntry, Vote
from committees.rules.presets import EQUAL_SIMPLE, VWVFG
from committees.rules.rule_set import Circular, Tie
from committees.rules.verdict import Count
from committees.services import ballots, motions, register
from committees.services.ballots import counting
from membership.enums import Fact
from membership.models import Standing
from partnership import clock
from partnership.db.triggers import lifted
from partnership.enums import Role
from partnership.models import AuditEvent, OutboxMessage
from tests.factories.committees import (
    BallotFactory,
    DelegateFactory,
    MeetingFactory,
    RuleSetFactory,
    closed_ballot,
    make_chamber,
    open_ballot,
)
from tests.factories.ground import PartnerFactory, UserFactory, appoint
from tests.factories.motions import make_house, make_motion

pytestmark = pytest.mark.django_db
SIMPLE = EQUAL_SIMPLE.rules


def after(ballot, **delta):
    return clock.frozen(ballot.deadline_at + timedelta(**(delta or {"seconds": 1})))


def text_of(message):
    """The text of a mail as one line, whatever its transfer encoding."""
    body = email.message_from_bytes(bytes(message.mime), policy=email.policy.default).get_body(("plain",))
    return " ".join(body.get_content().split())


# --- opening ----------------------------------------------------------------------------------------


def test_opening_freezes_roll_rules_and_text():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    PartnerFactory(partnership=chamber.partnership)
    assert (ballot.state, ballot.roll_size, ballot.roll.count()) == (BallotState.OPEN, 3, 3)
    assert ballot.rules == SIMPLE
    assert ballot.text_hash == ballots.text_hash(ballot.title, ballot.text)
    assert len(ballot.text_hash) == 64


def test_partners_without_vote_are_not_on_the_roll():
    chamber = make_chamber(3)
    Standing.objects.filter(partner=chamber.partners[0], fact=Fact.VOTING_RIGHT).update(value="no")
    ballot = open_ballot(chamber)
    assert set(ballot.roll.values_list("partner", flat=True)) == {partner.pk for partner in chamber.partners[1:]}


def test_an_empty_roll_is_refused():
    chamber = make_chamber(0)
    with pytest.raises(ballots.OpeningRefused, match="Kein Partner"):
        open_ballot(chamber)


def test_a_committee_without_rules_cannot_open():
    chamber = make_chamber(1)
    chamber.committee.rule_sets.all().delete()
    with pytest.raises(ballots.NoRules):
        open_ballot(chamber)


@pytest.mark.parametrize(
    ("deadline", "sentence"),
    [(None, "braucht eine Frist"), (timedelta(days=-1), "in der Zukunft"), (timedelta(days=2), "mindestens 7 Tage")],
)
def test_a_circular_ballot_needs_a_deadline_the_rules_allow(deadline, sentence):
    chamber = make_chamber(2)
    with pytest.raises(ballots.OpeningRefused, match=sentence) as refused:
        open_ballot(chamber, deadline_at=deadline and clock.now() + deadline)
    assert refused.value.field == "deadline_at"
    assert Ballot.objects.get().state == BallotState.DRAFT


def test_circular_only_where_the_rules_allow_it():
    chamber = make_chamber(2, rules=replace(SIMPLE, circular=Circular(is_allowed=False)))
    with pytest.raises(ballots.OpeningRefused, match="keine Umlaufbeschlüsse"):
        open_ballot(chamber)


def test_a_ballot_in_a_meeting_needs_the_meeting_to_run():
    chamber = make_chamber(2)
    meeting = MeetingFactory(committee=chamber.committee, state=MeetingState.INVITED)
    with pytest.raises(ballots.OpeningRefused, match="laufenden Sitzung"):
        open_ballot(chamber, way="meeting", meeting=meeting)


def test_a_circular_ballot_is_announced_to_delegates_and_deputies_once_each():
    chamber = make_chamber(3, with_deputies=True)
    # One person speaks for two partners and still gets one mail that names both.
    DelegateFactory(
        committee=chamber.committee, partner=chamber.partners[1], person=chamber.delegates[0], kind="deputy"
    )
    open_ballot(chamber)
    mails = OutboxMessage.objects.filter(kind="ballot.opened")
    assert mails.count() == 6
    to_first = text_of(mails.get(recipient=chamber.delegates[0]))
    assert "Partner 001, Partner 002" in to_first
    assert "Bitte stimmen Sie bis" in to_first


def test_a_ballot_in_a_meeting_is_announced_to_nobody():
    open_ballot(make_chamber(2), way="meeting")
    assert not OutboxMessage.objects.exists()


def test_the_title_of_a_confidential_ballot_never_leaves_the_portal():
    chamber = make_chamber(1)
    open_ballot(chamber, title="Geheime Sache", text="Streng geheimer Text", is_confidential=True)
    mail = OutboxMessage.objects.get()
    assert "Geheime Sache" not in mail.subject
    assert "geheim" not in text_of(mail).lower()


@pytest.mark.parametrize("role", ["delegate", "stranger"])
def test_who_holds_no_function_opens_nothing(role):
    chamber = make_chamber(1)
    person = chamber.delegates[0] if role == "delegate" else UserFactory()
    draft = BallotFactory(committee=chamber.committee)
    with pytest.raises(ballots.NotAllowed):
        ballots.open_ballot(by=person, ballot=draft)


def test_an_open_ballot_is_not_opened_again():
    chamber = make_chamber(1)
    ballot = open_ballot(chamber)
    with pytest.raises(ballots.WrongState):
        ballots.open_ballot(by=chamber.chair, ballot=ballot)
    with pytest.raises(ballots.WrongState, match="bereits eröffnet"):
        ballots.change_draft(by=chamber.chair, ballot=ballot, text="Etwas anderes")


# --- closing ----------------------------------------------------------------------------------------


def test_a_circular_ballot_is_closed_by_its_deadline_and_declared_in_one_step():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    chamber.cast_all(ballot, "yy")
    assert ballots.close_due() == 0
    with after(ballot):
        assert ballots.close_due() == 1
        assert ballots.close_due() == 0
        ballot.refresh_from_db()
        assert (ballot.state, ballot.outcome, ballot.close_cause) == ("closed", "adopted", "deadline")
        resolution = ballots.declare(by=chamber.office, ballot=ballot)
    assert resolution.number.endswith("-001")
    assert (ballot.counts["yes"], ballot.counts["missing"]) == (2, 1)
    assert OutboxMessage.objects.filter(kind="resolution.declared").count() == 3
    assert register.verify(chamber.partnership).is_sound


def test_a_circular_ballot_closes_by_itself_when_all_have_voted():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    chamber.cast_all(ballot, "yny")
    ballot.refresh_from_db()
    assert (ballot.state, ballot.close_cause, ballot.outcome) == ("closed", "complete", "adopted")
    assert (Participation.objects.count(), Vote.objects.count(), Resolution.objects.count()) == (3, 3, 0)
    assert set(OutboxMessage.objects.filter(kind="ballot.closed").values_list("recipient__name", flat=True)) == {
        chamber.chair.name,
        chamber.office.name,
    }


def test_the_chair_closes_a_meetings_ballot_at_any_time():
    chamber = make_chamber(3)
    ballot = closed_ballot(chamber, "y..")
    assert (ballot.close_cause, ballot.closed_by, ballot.outcome) == ("chair", chamber.chair, "no_quorum")


def test_a_circular_ballot_ends_early_only_with_a_reason_and_a_second_person():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    chamber.cast_all(ballot, "yy")
    with pytest.raises(ballots.EarlyCloseRefused, match="zweiten Person"):
        ballots.close_ballot(by=chamber.chair, ballot=ballot)
    with pytest.raises(ballots.WrongState, match="Grund"):
        ballots.request_early_close(by=chamber.chair, ballot=ballot, reason="  ")
    ballots.request_early_close(by=chamber.chair, ballot=ballot, reason="Die Förderfrist endet morgen")
    with pytest.raises(ballots.EarlyCloseRefused, match="zweite Person"):
        ballots.close_ballot(by=chamber.chair, ballot=ballot)
    ballot = ballots.close_ballot(by=chamber.office, ballot=ballot)
    assert (ballot.close_cause, ballot.early_close_requested_by, ballot.closed_by) == (
        "early",
        chamber.chair,
        chamber.office,
    )
    resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    assert register.part(resolution, "text")["reason"] == "Vorzeitig geschlossen: Die Förderfrist endet morgen"
    assert register.part(resolution, "persons")["acts"] == [
        {"act": "early_close_requested", "name": chamber.chair.name},
        {"act": "early_close_confirmed", "name": chamber.office.name},
    ]
    notice = text_of(OutboxMessage.objects.filter(kind="resolution.declared").first())
    assert "Die Förderfrist endet morgen" in notice
    assert f"hat {chamber.chair.name} beantragt und {chamber.office.name} bestätigt." in notice


def test_a_request_for_an_early_end_can_be_taken_back():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    ballots.request_early_close(by=chamber.chair, ballot=ballot, reason="Eile")
    ballots.withdraw_early_close(by=chamber.chair, ballot=ballot)
    with pytest.raises(ballots.EarlyCloseRefused):
        ballots.close_ballot(by=chamber.office, ballot=ballot)


def test_a_meetings_ballot_counts_who_is_present_and_who_voted():
    chamber = make_chamber(5)
    meeting = MeetingFactory(committee=chamber.committee)
    for partner in chamber.partners[:2]:
        Attendance.objects.create(
            meeting=meeting, partner=partner, presence="delegate", from_at=clock.now() - timedelta(minutes=5)
        )
    ballot = open_ballot(chamber, way="meeting", meeting=meeting)
    assert ballot.present_count == 2
    chamber.cast(ballot, 4, "yes")
    ballot = ballots.close_ballot(by=chamber.chair, ballot=ballot)
    assert ballot.counts["present"] == 3
    assert ballot.outcome == "adopted"


def test_differing_counts_make_the_ballot_disputed_and_undeclarable(monkeypatch):
    chamber = make_chamber(3)
    ballot = open_ballot(chamber, way="meeting")
    chamber.cast_all(ballot, "yyn")
    monkeypatch.setattr(counting, "tally_by_latest", lambda ballot: {"yes": 1, "no": 2, "abstain": 0})
    ballot = ballots.close_ballot(by=chamber.chair, ballot=ballot)
    assert ballot.state == BallotState.DISPUTED
    assert OutboxMessage.objects.filter(kind="ballot.disputed").count() == 2
    with pytest.raises(ballots.WrongState):
        ballots.declare(by=chamber.chair, ballot=ballot)


# --- ties -------------------------------------------------------------------------------------------


def test_the_chairs_vote_breaks_a_tie_where_the_chair_has_voted():
    chamber = make_chamber(4, rules=VWVFG.rules)
    appoint(chamber.delegates[0], Role.CHAIR, chamber.committee)
    ballot = closed_ballot(chamber, "yynn")
    assert ballot.outcome == "adopted"


def test_a_chair_without_a_vote_decides_the_tie_afterwards():
    chamber = make_chamber(4, rules=VWVFG.rules)
    ballot = closed_ballot(chamber, "yynn")
    assert (ballot.outcome, ballots.awaits_chair(ballot)) == ("tie", True)
    with pytest.raises(ballots.TieOpen):
        ballots.declare(by=chamber.chair, ballot=ballot)
    with pytest.raises(ballots.NotAllowed):
        ballots.break_tie(by=chamber.office, ballot=ballot, choice="yes")
    ballot = ballots.break_tie(by=chamber.chair, ballot=ballot, choice="yes")
    assert ballot.outcome == "adopted"
    with pytest.raises(ballots.WrongState):
        ballots.break_tie(by=chamber.chair, ballot=ballot, choice="no")
    assert ballots.declare(by=chamber.chair, ballot=ballot).kind == "adopted"


def test_a_tie_with_a_new_ballot_is_entered_without_number():
    chamber = make_chamber(2, rules=replace(SIMPLE, tie=Tie.NEW_BALLOT))
    ballot = closed_ballot(chamber, "yn")
    resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    assert (resolution.kind, resolution.number) == ("tie", "")


# --- the roll ---------------------------------------------------------------------------------------


def test_an_excluded_partner_stays_on_the_roll_and_is_counted_apart():
    chamber = make_chamber(3)
    draft = BallotFactory(committee=chamber.committee)
    ballots.exclude_partner(by=chamber.chair, ballot=draft, partner=chamber.partners[0], reason="Auftragnehmer")
    ballot = ballots.open_ballot(by=chamber.chair, ballot=draft)
    assert ballot.roll_size == 3
    with pytest.raises(ballots.NotEntitled, match="Befangenheit"):
        chamber.cast(ballot, 0, "yes")
    chamber.cast_all(ballot, ".yy")
    ballot.refresh_from_db()
    count = Count.from_data(ballot.counts)
    assert (ballot.state, count.excluded, count.electorate) == ("closed", 1, 2)


def test_exclusion_while_open_only_before_the_partner_has_voted():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    with pytest.raises(ballots.RollRefused, match="bereits abgestimmt"):
        ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[0], reason="befangen")
    ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[1], reason="befangen")
    ballots.include_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[1])
    assert chamber.cast(ballot, 1, "no").revision == 1
    with pytest.raises(ballots.NotAllowed):
        ballots.exclude_partner(by=chamber.office, ballot=ballot, partner=chamber.partners[2], reason="befangen")


def test_the_last_entitled_partner_cannot_be_excluded():
    chamber = make_chamber(1)
    ballot = open_ballot(chamber)
    with pytest.raises(ballots.RollRefused, match="kein Partner"):
        ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[0], reason="befangen")


def test_a_partner_leaving_during_a_ballot_stays_on_the_roll_marked():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    leaving = chamber.partners[:2]
    for partner in leaving:
        Standing.objects.filter(partner=partner, fact=Fact.STAGE).update(valid_until=clock.today())
        assert ballots.mark_leaving(by=chamber.office, partner=partner) == 1
    with pytest.raises(ballots.NotEntitled, match="kein Stimmrecht mehr"):
        chamber.cast(ballot, 1, "yes")
    # Whoever is left has voted, so the ballot is complete; the vote of the one who left counts.
    chamber.cast(ballot, 2, "yes")
    ballot.refresh_from_db()
    assert (ballot.state, ballot.counts["roll"], ballot.counts["yes"], ballot.counts["missing"]) == ("closed", 3, 2, 1)
    assert RollEntry.objects.filter(ballot=ballot).exclude(mark="").count() == 2


# --- objection, annulment ---------------------------------------------------------------------------


def test_one_objection_stops_the_circular_ballot_and_sends_the_motion_to_the_next_meeting():
    house = make_house(3)
    for committee in (house.sk, house.tk):
        RuleSetFactory(committee=committee)
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    draft = BallotFactory(committee=house.tk, referral=referral)
    ballot = ballots.open_ballot(by=house.office, ballot=draft)
    referral.refresh_from_db()
    assert referral.state == "in_vote"
    ballots.object_to_circular(
        by=house.tk_delegates[0], ballot=ballot, partner=house.partners[0], reason="Das muss besprochen werden"
    )
    ballot.refresh_from_db()
    referral.refresh_from_db()
    assert (ballot.state, referral.state) == ("stopped", "scheduled")
    assert Resolution.objects.get().kind == "stopped"
    assert OutboxMessage.objects.filter(kind="ballot.stopped").count() == 4
    with pytest.raises(ballots.BallotClosed):
        ballots.cast(
            by=house.tk_delegates[1], ballot=ballot, partner=house.partners[1], choice="yes", token="nach dem Halt"
        )


def test_fewer_objections_than_needed_only_count():
    chamber = make_chamber(3, rules=replace(SIMPLE, circular=Circular(objections_to_stop=2)))
    ballot = open_ballot(chamber)
    args = {"ballot": ballot, "reason": "Bitte besprechen"}
    ballots.object_to_circular(by=chamber.delegates[0], partner=chamber.partners[0], **args)
    with pytest.raises(ballots.ObjectionRefused, match="bereits widersprochen"):
        ballots.object_to_circular(by=chamber.delegates[0], partner=chamber.partners[0], **args)
    with pytest.raises(ballots.NotEntitled):
        ballots.object_to_circular(by=chamber.delegates[0], partner=chamber.partners[1], **args)
    ballot.refresh_from_db()
    assert ballot.state == "open"
    assert OutboxMessage.objects.filter(kind="ballot.objected").count() == 2
    ballots.object_to_circular(by=chamber.delegates[1], partner=chamber.partners[1], **args)
    ballot.refresh_from_db()
    assert ballot.state == "stopped"


def test_an_open_ballot_is_annulled_and_issued_anew_in_one_step():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    with pytest.raises(ballots.WrongState, match="braucht eine Frist"):
        ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="Falscher Text")
    done = ballots.annul_and_repeat(
        by=chamber.chair, ballot=ballot, reason="Falscher Text", deadline_at=clock.now() + timedelta(days=20)
    )
    assert done.is_done
    assert (done.ballot.state, done.successor.state, done.successor.repeats_id) == ("annulled", "open", ballot.pk)
    assert Resolution.objects.get(ballot=ballot).kind == EntryKind.VOIDED
    with pytest.raises(ballots.BallotClosed):
        chamber.cast(ballot, 1, "yes")
    chamber.cast_all(done.successor, "yy")
    done.successor.refresh_from_db()
    resolution = ballots.declare(by=chamber.chair, ballot=done.successor)
    assert resolution.refers_to.ballot_id == ballot.pk
    assert register.verify(chamber.partnership).is_sound


def test_a_known_result_is_annulled_only_by_two_persons():
    chamber = make_chamber(3)
    ballot = closed_ballot(chamber, "yyn")
    asked = ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="Verzählt")
    assert not asked.is_done
    with pytest.raises(ballots.WrongState, match="zweite Person"):
        ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="Verzählt")
    done = ballots.annul_and_repeat(by=chamber.office, ballot=ballot, reason="")
    assert (done.ballot.state, done.ballot.ended_reason) == ("annulled", "Verzählt")
    entry = register.chain(chamber.partnership)
    assert next(entry).parts["persons"].data["acts"] == [
        {"act": "annulment_requested", "name": chamber.chair.name},
        {"act": "annulled", "name": chamber.office.name},
    ]


# --- show of hands ----------------------------------------------------------------------------------


def test_hands_are_entered_corrected_previewed_and_carried_over():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber, way="meeting", form="show_of_hands")
    first, second, third = chamber.partners
    with pytest.raises(ballots.NotEntitled, match="Handzeichen"):
        chamber.cast(ballot, 0, "yes")
    assert (
        ballots.enter_hands(by=chamber.office, ballot=ballot, choices={first: "yes", second: "yes", third: "no"}) == 3
    )
    assert ballots.preview(ballot).outcome == "adopted"
    assert ballots.enter_hands(by=chamber.office, ballot=ballot, choices={first: "yes", second: "no"}) == 1
    assert list(Vote.objects.filter(partner=second).order_by("revision").values_list("choice", "replaced")) == [
        ("yes", ""),
        ("no", "yes"),
    ]
    assert ballots.preview(ballot).outcome == "rejected"
    done = ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="Falsche Frage gestellt")
    assert counting.tally_by_latest(done.successor) == {"yes": 1, "no": 2, "abstain": 0}
    closed = ballots.close_ballot(by=chamber.chair, ballot=done.successor)
    assert closed.outcome == "rejected"


def test_hands_of_strangers_and_unknown_choices_are_refused():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber, way="meeting", form="show_of_hands")
    with pytest.raises(ballots.NotEntitled):
        ballots.enter_hands(by=chamber.office, ballot=ballot, choices={PartnerFactory(): "yes"})
    with pytest.raises(ballots.InvalidChoice):
        ballots.enter_hands(by=chamber.office, ballot=ballot, choices={chamber.partners[0]: "maybe"})
    with pytest.raises(ballots.NotAllowed):
        ballots.enter_hands(by=chamber.delegates[0], ballot=ballot, choices={chamber.partners[0]: "yes"})
    assert not Vote.objects.exists()


# --- reminders --------------------------------------------------------------------------------------


def test_reminders_go_only_to_those_who_have_not_voted_and_once_each():
    chamber = make_chamber(3, with_deputies=True)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    with clock.frozen(ballot.deadline_at - timedelta(days=8)):
        assert ballots.remind_due() == 0
    with clock.frozen(ballot.deadline_at - timedelta(days=2)):
        assert ballots.remind_due() == 4
        assert ballots.remind_due() == 0
        assert ballots.remind_now(by=chamber.office, ballot=ballot) == 4
        assert ballots.remind_now(by=chamber.office, ballot=ballot) == 0
    reminded = set(OutboxMessage.objects.filter(kind="ballot.reminder").values_list("recipient", flat=True))
    assert reminded == {person.pk for person in (*chamber.delegates[1:], *chamber.deputies[1:])}


def test_a_reminder_is_withdrawn_where_the_partner_has_voted_meanwhile():
    from committees.notifications.ballots import may_still_vote

    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    ballots.remind_now(by=chamber.office, ballot=ballot)
    mail = OutboxMessage.objects.get(kind="ballot.reminder", recipient=chamber.delegates[0])
    assert may_still_vote(mail) is None
    chamber.cast(ballot, 0, "yes")
    assert "inzwischen abgestimmt" in may_still_vote(mail)


# --- declaring --------------------------------------------------------------------------------------


def test_a_recommendation_moves_the_motion_on():
    house = make_house(3)
    RuleSetFactory(committee=house.tk)
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    ballot = ballots.open_ballot(by=house.office, ballot=BallotFactory(committee=house.tk, referral=referral))
    for partner, person in zip(house.partners, house.tk_delegates, strict=True):
        ballots.cast(by=person, ballot=ballot, partner=partner, choice="yes", token=str(partner.pk))
    resolution = ballots.declare(by=house.office, ballot=ballot)
    referral.refresh_from_db()
    assert (resolution.kind, referral.state) == ("recommended", "recommended")
    assert motions.default_way(house.tk)


def test_a_declared_ballot_is_final():
    chamber = make_chamber(3)
    ballot = closed_ballot(chamber, "yyn")
    ballots.declare(by=chamber.chair, ballot=ballot)
    for deed in (ballots.declare, ballots.close_ballot, ballots.open_ballot):
        with pytest.raises(ballots.WrongState):
            deed(by=chamber.chair, ballot=ballot)
    with pytest.raises(ballots.WrongState):
        ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="zu spät")


def test_the_audit_never_tells_what_somebody_chose():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    chamber.cast_all(ballot, "yn")
    for event in AuditEvent.objects.filter(action__startswith="ballot.vote"):
        assert set(event.details) == {"partner", "revision", "capacity"}


def test_a_late_answer_is_kept_as_late_and_not_counted():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    chamber.cast_all(ballot, "yy")
    with after(ballot):
        with pytest.raises(ballots.DeadlinePassed, match="verspätet"):
            chamber.cast(ballot, 2, "no")
        ballots.close_due()
        with pytest.raises(ballots.DeadlinePassed):
            chamber.cast(ballot, 2, "yes")
    ballot.refresh_from_db()
    assert (ballot.counts["no"], ballot.counts["missing"]) == (0, 1)
    assert LateAnswer.objects.get().choice == "no"


def test_recounting_finds_counts_that_were_tampered_with():
    ballot = closed_ballot(make_chamber(3), "yyn")
    assert ballots.recount(ballot)
    ballot.counts = {**ballot.counts, "yes": 3, "no": 0}
    assert not ballots.recount(ballot)


def test_the_second_count_leaves_out_who_may_not_vote_and_what_was_replaced():
    chamber = make_chamber(4)
    ballot = open_ballot(chamber, way="meeting")
    chamber.cast_all(ballot, "yyny")
    chamber.cast(ballot, 1, "abstain")
    chamber.cast(ballot, 1, "no")
    other = open_ballot(chamber, way="meeting")
    chamber.cast_all(other, "nnnn")
    assert counting.tally_by_latest(ballot) == {"yes": 2, "no": 2, "abstain": 0}
    assert {vote.partner: vote.choice for vote in counting.latest_votes(ballot)} == dict(
        zip(chamber.partners, ("yes", "no", "no", "yes"), strict=True)
    )
    assert [vote.revision for vote in counting.latest_votes(ballot, [chamber.partners[1].pk])] == [3]
    with lifted():
        RollEntry.objects.filter(ballot=ballot, partner=chamber.partners[3]).update(is_excluded=True)
        RollEntry.objects.filter(ballot=ballot, partner=chamber.partners[2]).delete()
    assert counting.tally_by_latest(ballot) == {"yes": 1, "no": 1, "abstain": 0}
