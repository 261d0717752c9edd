"""Circular votes: who may hold one, who agrees to it, what silence does, how it ends (reliability.md, Q9)."""

import uuid
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from committees.enums import BallotState, EntryKind, ReferralState
from committees.models import AgendaItem, Consent, LateAnswer, Matter, Resolution, RuleSet, Vote
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import Compare, Missing, Share, Turnout
from committees.services import agendas, ballots, meetings, register
from committees.services.ballots import consenting
from partnership import clock
from partnership.enums import Role
from partnership.models import AuditEvent, OutboxMessage
from tests.committees.services.test_ballots import after, text_of
from tests.factories.committees import (
    DelegateFactory,
    MeetingFactory,
    RuleSetFactory,
    make_chamber,
    open_ballot,
)
from tests.factories.ground import LONG_AGO, appoint

pytestmark = pytest.mark.django_db
SIMPLE = EQUAL_SIMPLE.rules
ALL = Turnout(Share(Compare.AT_LEAST, Fraction(1)))
HALF = Turnout(Share(Compare.AT_LEAST, Fraction(1, 2)))


def with_circular(**settings):
    return replace(SIMPLE, circular=replace(SIMPLE.circular, **settings))


AGREED = with_circular(objections_to_stop=None, consent=ALL)


def cast(chamber, ballot, index, choice="yes", **more):
    return ballots.cast(
        by=chamber.delegates[index],
        ballot=ballot,
        partner=chamber.partners[index],
        choice=choice,
        token=str(uuid.uuid4()),
        **more,
    )


def agree(chamber, ballot, index):
    return ballots.consent_to_circular(by=chamber.delegates[index], ballot=ballot, partner=chamber.partners[index])


def close_late(ballot):
    with after(ballot):
        assert ballots.close_due() == 1
    ballot.refresh_from_db()
    return ballot


# --- whether --------------------------------------------------------------------------------------------


def test_the_rules_of_the_matter_decide_whether_it_may_be_circular():
    chamber = make_chamber(2, rules=with_circular(is_allowed=False))
    urgent = Matter.objects.create(partnership=chamber.partnership, name="Eilsachen")
    RuleSet.objects.create(
        committee=chamber.committee, matter=urgent, version=2, settings=SIMPLE.to_data(), valid_from=LONG_AGO
    )
    assert open_ballot(chamber, matter=urgent).state == BallotState.OPEN
    with pytest.raises(ballots.OpeningRefused, match="keine Umlaufbeschlüsse") as refused:
        open_ballot(chamber)
    assert "Fassung 1" in str(refused.value)


def test_a_refusal_names_matter_version_and_clause():
    chamber = make_chamber(2)
    statutes = Matter.objects.create(partnership=chamber.partnership, name="Satzung")
    RuleSetFactory(
        committee=chamber.committee,
        matter=statutes,
        version=3,
        rules=with_circular(is_allowed=False),
        reason="§ 8 der Geschäftsordnung",
    )
    with pytest.raises(ballots.OpeningRefused, match=r"Satzung.*§ 8 der Geschäftsordnung.*keine Umlauf") as refused:
        open_ballot(chamber, matter=statutes)
    assert refused.value.field == "way"


# --- agreeing -------------------------------------------------------------------------------------------


def test_who_votes_agrees_and_who_only_agrees_has_not_voted():
    chamber = make_chamber(3, rules=AGREED)
    ballot = open_ballot(chamber)
    cast(chamber, ballot, 0)
    agree(chamber, ballot, 1)
    assert consenting.consents(ballot) == 2
    agree(chamber, ballot, 2)
    closed = close_late(ballot)
    # All agreed to the procedure; that two did not vote is a question of the quorum.
    assert (closed.state, closed.outcome) == (BallotState.CLOSED, "no_quorum")
    assert AuditEvent.objects.filter(action="ballot.consented").count() == 2


def test_where_one_did_not_agree_the_ballot_is_stopped_and_goes_to_the_next_meeting(
    django_capture_on_commit_callbacks,
):
    chamber = make_chamber(3, rules=AGREED)
    meeting = MeetingFactory(committee=chamber.committee, state="draft", starts_at=clock.now() + timedelta(days=60))
    ballot = open_ballot(chamber, title="Umzug")
    cast(chamber, ballot, 0)
    cast(chamber, ballot, 1)
    with django_capture_on_commit_callbacks(execute=True):
        stopped = close_late(ballot)
    assert (stopped.state, stopped.outcome) == (BallotState.STOPPED, "stopped")
    assert "einverstanden" in stopped.ended_reason
    entry = Resolution.objects.get()
    assert (entry.kind, entry.number) == (EntryKind.STOPPED, "")
    assert AgendaItem.objects.get(meeting=meeting).stopped_ballot == ballot
    assert OutboxMessage.objects.filter(kind="ballot.stopped").count() == 5  # three delegates, chair, office
    assert "einverstanden" in text_of(OutboxMessage.objects.filter(kind="ballot.stopped").first())
    assert register.verify(chamber.partnership).is_sound


@pytest.mark.parametrize(("agreeing", "state"), [(2, BallotState.CLOSED), (1, BallotState.STOPPED)])
def test_a_share_of_agreement_is_measured_at_its_edge(agreeing, state):
    chamber = make_chamber(4, rules=replace(with_circular(objections_to_stop=None, consent=HALF), quorum=SIMPLE.quorum))
    ballot = open_ballot(chamber)
    for index in range(agreeing):
        agree(chamber, ballot, index)
    assert close_late(ballot).state == state


def test_who_objects_does_not_agree():
    chamber = make_chamber(3, rules=with_circular(objections_to_stop=2, consent=ALL))
    ballot = open_ballot(chamber)
    agree(chamber, ballot, 0)
    ballots.object_to_circular(
        by=chamber.delegates[0], ballot=ballot, partner=chamber.partners[0], reason="Das gehört besprochen."
    )
    assert consenting.consents(ballot) == 0
    with pytest.raises(ballots.ConsentRefused, match="widersprochen"):
        agree(chamber, ballot, 0)


def test_consent_is_refused_in_a_sentence_wherever_it_makes_no_sense():
    chamber = make_chamber(3, rules=AGREED)
    ballot = open_ballot(chamber)
    cast(chamber, ballot, 0)
    with pytest.raises(ballots.ConsentRefused, match="gilt als Einverständnis"):
        agree(chamber, ballot, 0)
    agree(chamber, ballot, 1)
    with pytest.raises(ballots.ConsentRefused, match="bereits erklärt"):
        agree(chamber, ballot, 1)
    with pytest.raises(ballots.NotEntitled, match="vertreten diesen Partner"):
        ballots.consent_to_circular(by=chamber.delegates[1], ballot=ballot, partner=chamber.partners[2])
    with after(ballot), pytest.raises(ballots.ConsentRefused, match="Frist ist abgelaufen"):
        agree(chamber, ballot, 2)
    plain = make_chamber(1)
    with pytest.raises(ballots.ConsentRefused, match="kein Einverständnis"):
        agree(plain, open_ballot(plain), 0)


def test_the_database_keeps_consents_and_takes_none_of_strangers():
    chamber, other = make_chamber(2, rules=AGREED), make_chamber(1)
    ballot = open_ballot(chamber)
    consent = agree(chamber, ballot, 0)
    for deed in (
        lambda: Consent.objects.filter(pk=consent.pk).delete(),
        lambda: Consent.objects.filter(pk=consent.pk).update(partner=chamber.partners[1]),
        lambda: Consent.objects.create(
            ballot=ballot, partner=other.partners[0], person=other.delegates[0], consented_at=clock.now()
        ),
    ):
        with pytest.raises(DatabaseError, match="konvent"), transaction.atomic():
            deed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(
            ballot=ballot, partner=chamber.partners[0], person=chamber.delegates[0], consented_at=clock.now()
        )


# --- who must take part, and silence ----------------------------------------------------------------------


@pytest.mark.parametrize("has_voted", [True, False])
def test_where_the_chair_is_needed_nothing_is_decided_without_it(has_voted):
    chamber = make_chamber(3, rules=with_circular(is_chair_needed=True))
    appoint(chamber.delegates[0], Role.CHAIR, chamber.committee)
    ballot = open_ballot(chamber)
    cast(chamber, ballot, 1)
    cast(chamber, ballot, 2)
    if has_voted:
        cast(chamber, ballot, 0, "no")
        ballot.refresh_from_db()
    else:
        ballot = close_late(ballot)
    assert (ballot.state, ballot.outcome) == (BallotState.CLOSED, "adopted" if has_voted else "no_quorum")


@pytest.mark.parametrize(("voting", "outcome"), [(2, "adopted"), (1, "no_quorum")])
def test_below_the_participation_floor_there_is_no_resolution(voting, outcome):
    rules = replace(with_circular(participation=HALF), quorum=replace(SIMPLE.quorum, turnout=Turnout()))
    chamber = make_chamber(4, rules=rules)
    ballot = open_ballot(chamber)
    for index in range(voting):
        cast(chamber, ballot, index)
    assert close_late(ballot).outcome == outcome


@pytest.mark.parametrize(("missing", "outcome"), [(Missing.NOT_CAST, "rejected"), (Missing.CONSENT, "adopted")])
def test_silence_does_what_the_rules_say(missing, outcome):
    rules = replace(SIMPLE, missing=missing, quorum=replace(SIMPLE.quorum, turnout=Turnout()))
    chamber = make_chamber(3, rules=rules)
    ballot = open_ballot(chamber)
    cast(chamber, ballot, 0, "no")
    assert close_late(ballot).outcome == outcome


def test_that_silence_is_consent_stands_in_every_mail():
    chamber = make_chamber(2, rules=replace(SIMPLE, missing=Missing.CONSENT))
    ballot = open_ballot(chamber)
    ballots.remind_now(by=chamber.office, ballot=ballot)
    mails = OutboxMessage.objects.filter(kind__in=("ballot.opened", "ballot.reminder"))
    assert mails.count() == 4
    for mail in mails:
        assert "Wer bis zum Ende der Frist nicht abstimmt, stimmt zu." in text_of(mail)


def test_an_answer_after_the_deadline_is_kept_as_late_and_counts_nothing_not_even_as_consent():
    chamber = make_chamber(2, rules=AGREED)
    ballot = open_ballot(chamber)
    cast(chamber, ballot, 0)
    with after(ballot), pytest.raises(ballots.DeadlinePassed):
        cast(chamber, ballot, 1)
    assert LateAnswer.objects.count() == 1
    assert close_late(ballot).state == BallotState.STOPPED


def test_one_objection_in_the_last_second_stops_it():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    cast(chamber, ballot, 0)
    with clock.frozen(ballot.deadline_at - timedelta(seconds=1)):
        ballots.object_to_circular(
            by=chamber.delegates[1], ballot=ballot, partner=chamber.partners[1], reason="Bitte in der Sitzung."
        )
    ballot.refresh_from_db()
    assert ballot.state == BallotState.STOPPED


# --- where its matter goes ----------------------------------------------------------------------------------


def stop(chamber, **fields):
    ballot = open_ballot(chamber, **fields)
    ballots.object_to_circular(
        by=chamber.delegates[0], ballot=ballot, partner=chamber.partners[0], reason="Bitte in der Sitzung."
    )
    ballot.refresh_from_db()
    return ballot


def new_meeting(chamber, days=40):
    starts_at = clock.now() + timedelta(days=days)
    return meetings.create(
        by=chamber.office,
        committee=chamber.committee,
        title="Nächste Sitzung",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place="Rathaus",
    )


def test_without_a_planned_meeting_the_matter_comes_onto_the_agenda_of_the_next_one(
    django_capture_on_commit_callbacks,
):
    chamber = make_chamber(3)
    with django_capture_on_commit_callbacks(execute=True):
        ballot = stop(chamber, title="Umzug", text="Die Geschäftsstelle zieht um.", is_confidential=True)
    assert not AgendaItem.objects.exists()
    assert list(agendas.waiting_stopped(chamber.committee)) == [ballot]
    meeting = new_meeting(chamber)
    item = AgendaItem.objects.get(meeting=meeting)
    assert (item.title, item.text, item.is_confidential) == ("Umzug", "Die Geschäftsstelle zieht um.", True)
    assert list(agendas.waiting_stopped(chamber.committee)) == []
    assert AgendaItem.objects.filter(meeting=new_meeting(chamber, 60)).count() == 0


def test_a_cancelled_meeting_gives_the_matter_back():
    chamber = make_chamber(3)
    ballot = stop(chamber)
    meeting = new_meeting(chamber)
    with pytest.raises(agendas.NotStopped):
        agendas.put_stopped(by=chamber.office, meeting=meeting, ballot=ballot)
    meetings.cancel(by=chamber.office, meeting=meeting, reason="Niemand kann.")
    assert list(agendas.waiting_stopped(chamber.committee)) == [ballot]
    assert AgendaItem.objects.filter(meeting=new_meeting(chamber, 60), stopped_ballot=ballot).exists()


def test_a_motion_comes_back_the_same_way():
    from tests.factories.motions import make_house, make_motion

    house = make_house()
    RuleSetFactory(committee=house.tk)
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    draft = ballots.draft_ballot(
        by=house.office,
        committee=house.tk,
        title=motion.title,
        text=motion.text,
        way="circular",
        referral=referral,
        deadline_at=clock.now() + timedelta(days=20),
    )
    ballot = ballots.open_ballot(by=house.office, ballot=draft)
    ballots.object_to_circular(by=house.delegate, ballot=ballot, partner=house.partners[0], reason="Nein.")
    referral.refresh_from_db()
    assert referral.state == ReferralState.SCHEDULED
    starts_at = clock.now() + timedelta(days=40)
    meeting = meetings.create(
        by=house.office,
        committee=house.tk,
        title="TK",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )
    assert AgendaItem.objects.get(meeting=meeting).referral == referral


# --- statements ---------------------------------------------------------------------------------------------


def test_a_statement_stands_with_the_vote_and_in_the_register():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    cast(chamber, ballot, 0, statement="  Wir tragen das mit.  ")
    cast(chamber, ballot, 1, "no")
    entry = ballots.declare(by=chamber.chair, ballot=ballot)
    assert Vote.objects.get(partner=chamber.partners[0]).statement == "Wir tragen das mit."
    said = {row["partner"]: row for row in register.part(entry, "votes")}
    assert said[str(chamber.partners[0].pk)]["statement"] == "Wir tragen das mit."
    assert "statement" not in said[str(chamber.partners[1].pk)]
    assert register.verify(chamber.partnership).is_sound


def test_where_the_rules_ask_a_no_for_its_reasons_it_counts_only_with_them():
    chamber = make_chamber(2, rules=replace(SIMPLE, is_reason_needed_for_no=True))
    ballot = open_ballot(chamber)
    with pytest.raises(ballots.InvalidChoice, match=r"Fassung 1.*ein Nein zu begründen") as refused:
        cast(chamber, ballot, 0, "no", statement="   ")
    assert refused.value.field == "statement"
    assert not Vote.objects.exists()
    cast(chamber, ballot, 0, "no", statement="Zu teuer.")
    cast(chamber, ballot, 1, "abstain")


def test_a_statement_is_short():
    chamber = make_chamber(1)
    with pytest.raises(ballots.InvalidChoice, match="500 Zeichen"):
        cast(chamber, open_ballot(chamber), 0, statement="x" * 501)


def test_a_deputy_of_two_partners_agrees_for_each_alone():
    chamber = make_chamber(2, rules=AGREED)
    DelegateFactory(
        committee=chamber.committee, partner=chamber.partners[1], person=chamber.delegates[0], kind="deputy"
    )
    ballot = open_ballot(chamber)
    for partner in chamber.partners:
        ballots.consent_to_circular(by=chamber.delegates[0], ballot=ballot, partner=partner)
    assert consenting.consents(ballot) == 2
