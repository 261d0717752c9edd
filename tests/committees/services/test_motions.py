"""Motions walk their way through the committees (domain.md 4: Masterportal path and DIPAS path)."""

import pytest

from committees.enums import MotionState, ReferralRole, ReferralState
from committees.models import Motion
from committees.services import motions
from committees.signals import resolution_declared
from membership.models import Partner
from partnership.enums import Role
from partnership.errors import Stale
from partnership.models import AuditEvent, OutboxMessage
from tests.factories import PartnerFactory, UserFactory, appoint
from tests.factories.motions import (
    make_ballot,
    make_committee,
    make_delegate,
    make_house,
    make_motion,
    vote_through,
)

pytestmark = pytest.mark.django_db


def states(motion):
    return [referral.state for referral in motion.referrals.order_by("position")]


def refreshed(motion):
    return Motion.objects.get(pk=motion.pk)


def test_a_motion_takes_the_way_its_committees_say():
    house = make_house()
    motion = make_motion(house)
    assert [(r.committee.code, r.role) for r in motion.referrals.order_by("position")] == [
        ("TK", ReferralRole.RECOMMENDS),
        ("SK", ReferralRole.DECIDES),
    ]


def test_committees_that_recommend_to_each_other_still_end_with_a_decision():
    house = make_house()
    house.sk.recommends_to = house.tk
    house.sk.save()
    house.tk.refresh_from_db()
    assert [role for _committee, role in motions.default_way(house.tk)] == ["recommends", "decides"]


def test_the_number_runs_by_year_and_partnership_from_submission_on():
    house = make_house()
    draft = make_motion(house, is_submitted=False)
    assert draft.label == ""
    first = make_motion(house)
    motions.submit(by=house.delegate, motion=draft)
    assert [first.number, refreshed(draft).number] == [1, 2]
    assert make_motion(make_house()).number == 1


def test_a_technical_recommendation_becomes_a_strategic_resolution():
    heard = []

    def listen(sender, resolution, by, **kwargs):
        heard.append(resolution.number)

    resolution_declared.connect(listen)
    try:
        house = make_house()
        motion = make_motion(house)
        advice = vote_through(house, motion, house.tk)
        assert refreshed(motion).state == MotionState.IN_TREATMENT
        assert states(motion) == [ReferralState.RECOMMENDED, ReferralState.WAITING]
        decision = vote_through(house, motion, house.sk)
        assert refreshed(motion).state == MotionState.ADOPTED
        assert (advice.number[:2], decision.number[:2]) == ("TK", "SK")
        assert heard == [advice.number, decision.number]
    finally:
        resolution_declared.disconnect(listen)


def test_the_strategic_committee_may_decide_against_the_recommendation():
    house = make_house()
    motion = make_motion(house)
    vote_through(house, motion, house.tk, choices="nny")
    assert states(motion)[0] == ReferralState.NOT_RECOMMENDED
    vote_through(house, motion, house.sk)
    assert refreshed(motion).state == MotionState.ADOPTED


def test_where_its_adoption_is_required_no_recommendation_rejects_the_motion():
    house = make_house(is_adoption_required=True)
    motion = make_motion(house)
    vote_through(house, motion, house.tk, choices="nny")
    assert refreshed(motion).state == MotionState.REJECTED
    with pytest.raises(motions.MotionRefused):
        motions.schedule(by=house.office, referral=motion.referrals.get(committee=house.sk))


def test_the_next_committee_waits_until_the_first_has_finished():
    house = make_house()
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.sk)
    with pytest.raises(motions.MotionRefused, match="Technisches Gremium"):
        motions.schedule(by=house.office, referral=referral)
    with pytest.raises(motions.MotionRefused):
        motions.begin_vote(by=house.office, referral=referral, ballot=make_ballot(house, house.sk, referral))


@pytest.mark.parametrize("choices", ["...", "yn."])
def test_a_ballot_without_a_resolution_puts_the_motion_back_on_the_agenda(choices):
    house = make_house()
    motion = make_motion(house)
    entry = vote_through(house, motion, house.tk, choices=choices)
    if entry.number:  # the preset counts a tie as a rejection
        assert states(motion)[0] == ReferralState.NOT_RECOMMENDED
    else:
        assert states(motion)[0] == ReferralState.SCHEDULED
        assert not OutboxMessage.objects.filter(kind="resolution.declared").exists()


def test_an_annulled_ballot_returns_the_motion():
    house = make_house()
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    ballot = make_ballot(house, house.tk, referral)
    motions.begin_vote(by=house.office, referral=referral, ballot=ballot)
    motions.return_from_vote(by=house.office, referral=referral, ballot=ballot, reason="Formfehler")
    assert states(motion)[0] == ReferralState.SCHEDULED
    assert AuditEvent.objects.filter(action="motion.scheduled", details__reason="Formfehler").exists()


def test_a_motion_is_deferred_with_a_reason_and_comes_back():
    house = make_house()
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    motions.schedule(by=house.office, referral=referral)
    with pytest.raises(motions.NothingSaid):
        motions.defer(by=house.office, referral=referral, reason=" ")
    motions.defer(by=house.office, referral=referral, reason="Zahlen fehlen")
    assert states(motion)[0] == ReferralState.DEFERRED
    motions.schedule(by=house.office, referral=referral)
    assert states(motion)[0] == ReferralState.SCHEDULED


def test_a_committee_that_is_only_told_takes_note():
    house = make_house()
    circle = make_committee(house.partnership, "RK", kind="role_circle", name="Maintainer Group")
    motion = make_motion(house)
    motions.refer(by=house.office, motion=motion, committees=[house.tk, house.sk, circle])
    last = motion.referrals.get(committee=circle)
    assert last.role == ReferralRole.IS_TOLD
    with pytest.raises(motions.MotionRefused):
        motions.note(by=house.office, referral=motion.referrals.get(committee=house.tk))
    vote_through(house, motion, house.tk)
    vote_through(house, motion, house.sk)
    assert refreshed(motion).state == MotionState.ADOPTED


def test_a_way_needs_a_committee_that_decides():
    house = make_house()
    motion = make_motion(house)
    with pytest.raises(motions.MotionRefused, match="beschließen"):
        motions.refer(by=house.office, motion=motion, committees=[house.tk])


def test_the_opinion_can_be_written_until_the_next_committee_votes():
    house = make_house()
    motion = make_motion(house)
    vote_through(house, motion, house.tk)
    referral = motion.referrals.get(committee=house.tk)
    motions.set_opinion(by=house.office, referral=referral, opinion="Technisch nötig.")
    vote_through(house, motion, house.sk)
    with pytest.raises(motions.MotionRefused):
        motions.set_opinion(by=house.office, referral=referral, opinion="Doch nicht.")


# --- writing ----------------------------------------------------------------------------------------------


def test_nobody_submits_for_a_partner_they_do_not_act_for():
    house = make_house()
    with pytest.raises(motions.NotYourPartner):
        make_motion(house, submitting_partner=house.partners[1])
    with pytest.raises(motions.NotYourPartner):
        make_motion(house, submitting_partner=None)
    with pytest.raises(motions.NotYourPartner):
        make_motion(house, by=house.office, submitting_partner=PartnerFactory())
    assert make_motion(house, by=house.office, submitting_partner=None).number == 1


def test_only_known_fields_are_written():
    house = make_house()
    with pytest.raises(TypeError):
        make_motion(house, state="adopted")


def test_two_people_do_not_overwrite_each_other():
    house = make_house()
    motion = make_motion(house)
    motions.edit(by=house.delegate, motion=motion, revision=1, title="Neu")
    with pytest.raises(Stale):
        motions.edit(by=house.office, motion=motion, revision=1, title="Auch neu")
    assert refreshed(motion).title == "Neu"


def test_what_a_submitted_motion_said_before_stays_known():
    house = make_house()
    motion = make_motion(house)
    motions.edit(by=house.delegate, motion=motion, text="Anders.")
    event = AuditEvent.objects.get(action="motion.edited")
    assert event.details == {"changed": ["text"], "before": {"text": "Der Kachelserver wird erneuert."}}


def test_the_wording_is_fixed_once_a_committee_votes():
    house = make_house()
    motion = make_motion(house)
    vote_through(house, motion, house.tk)
    with pytest.raises(motions.MotionRefused, match="Wortlaut"):
        motions.edit(by=house.delegate, motion=motion, text="Anders.")


def test_a_motion_in_vote_cannot_be_withdrawn():
    house = make_house()
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    motions.begin_vote(by=house.office, referral=referral, ballot=make_ballot(house, house.tk, referral))
    with pytest.raises(motions.MotionRefused):
        motions.withdraw(by=house.delegate, motion=motion, reason="Doch nicht")


def test_withdrawing_a_submitted_motion_needs_a_reason_and_tells_those_who_conduct():
    house = make_house()
    motion = make_motion(house)
    with pytest.raises(motions.NothingSaid):
        motions.withdraw(by=house.delegate, motion=motion)
    motions.withdraw(by=house.delegate, motion=motion, reason="Überholt")
    told = OutboxMessage.objects.filter(kind="motion.ended")
    assert {message.recipient for message in told} == {house.office, house.chair}


def test_a_draft_is_discarded_without_mails():
    house = make_house()
    motions.withdraw(by=house.delegate, motion=make_motion(house, is_submitted=False))
    assert not OutboxMessage.objects.exists()


def test_an_adopted_motion_is_reported_as_implemented():
    house = make_house()
    motion = make_motion(house)
    with pytest.raises(motions.MotionRefused):
        motions.mark_implemented(by=house.office, motion=motion)
    vote_through(house, motion, house.tk)
    vote_through(house, motion, house.sk)
    assert motions.mark_implemented(by=house.office, motion=motion).state == MotionState.IMPLEMENTED


def test_a_motion_replaces_only_a_resolution_of_its_own_partnership():
    house, other = make_house(), make_house()
    foreign = vote_through(other, make_motion(other), other.tk)
    with pytest.raises(motions.MotionRefused):
        make_motion(house, replaces=foreign)


# --- who is told -------------------------------------------------------------------------------------------


def test_submitting_tells_the_office_and_who_conducts_the_first_committee():
    house = make_house()
    secretary = UserFactory()
    appoint(secretary, Role.SECRETARY, house.tk)
    make_motion(house)
    told = OutboxMessage.objects.filter(kind="motion.submitted")
    assert {message.recipient for message in told} == {house.office, secretary}


def test_the_technical_committee_learns_what_became_of_its_recommendation():
    house = make_house()
    motion = make_motion(house)
    vote_through(house, motion, house.tk)
    assert not OutboxMessage.objects.filter(kind="motion.outcome").exists()
    decision = vote_through(house, motion, house.sk)
    told = OutboxMessage.objects.filter(kind="motion.outcome")
    assert {message.recipient for message in told} == set(house.tk_delegates)
    assert decision.number.encode() in bytes(told[0].mime)


def test_all_partners_get_the_notice_once_per_person_with_the_head_of_the_register():
    house = make_house()
    admin = UserFactory()
    appoint(admin, Role.PARTNER_ADMIN, house.partners[0])
    make_delegate(house.sk, house.partners[0], house.tk_delegates[0], kind="deputy")
    motion = make_motion(house)
    entry = vote_through(house, motion, house.tk)
    notices = OutboxMessage.objects.filter(kind="resolution.declared")
    assert sorted(message.recipient.email for message in notices) == sorted(
        person.email for person in [*house.tk_delegates, *house.sk_delegates, admin]
    )
    import email
    from email import policy

    letter = email.message_from_bytes(bytes(notices[0].mime), policy=policy.default)
    text = letter.get_body(("plain",)).get_content()
    assert f"{entry.position}:{entry.hash}" in text.replace("\n", "").replace(" ", " ")
    assert "Der Kachelserver wird erneuert." in text
    assert entry.number in letter["Subject"]


def test_the_notice_of_a_confidential_resolution_names_number_and_link_only():
    house = make_house()
    motion = make_motion(house, is_confidential=True, title="Geheimsache Zander", text="Zander wird gekauft.")
    entry = vote_through(house, motion, house.tk)
    import email
    from email import policy

    for message in OutboxMessage.objects.all():
        letter = email.message_from_bytes(bytes(message.mime), policy=policy.default)
        for part in letter.walk():
            if part.get_content_maintype() == "text":
                assert "Zander" not in part.get_content()
        assert "Zander" not in message.subject
    assert entry.number in OutboxMessage.objects.filter(kind="resolution.declared")[0].subject


def test_who_left_meanwhile_gets_no_notice():
    from committees.notifications import resolutions as notices
    from partnership import clock

    house = make_house()
    vote_through(house, make_motion(house), house.tk)
    gone = house.sk_delegates[0]
    gone.delegations.update(valid_until=clock.today())
    message = OutboxMessage.objects.get(kind="resolution.declared", recipient=gone)
    assert notices.is_still_entitled(message)


def test_a_refused_outcome_leaves_nothing_behind():
    house = make_house()
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    ballot = make_ballot(house, house.tk, referral)
    from committees.models import Resolution
    from committees.services import resolutions

    with pytest.raises(motions.MotionRefused):  # the vote was never begun
        resolutions.record(by=house.chair, ballot=ballot, outcome="adopted")
    assert not Resolution.objects.exists()
    assert Partner.objects.filter(partnership=house.partnership).count() == 3
