from datetime import date, timedelta

import pytest

from committees.enums import CommitteeKind, CommitteeState, DelegateKind
from committees.models import Delegate, RollEntry
from committees.services import delegates
from membership.enums import Fact
from membership.services import partners
from partnership import clock
from partnership.access import ties
from partnership.access.ties import forget
from partnership.errors import Refusal
from partnership.models import AuditEvent, OutboxMessage, User
from tests.factories import LONG_AGO, PartnerFactory, UserFactory
from tests.factories.committees import BallotFactory, CommitteeFactory, DelegateFactory, make_chamber

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee():
    return CommitteeFactory(name="Strategisches Komitee")


@pytest.fixture
def partner(committee):
    return PartnerFactory(partnership=committee.partnership, name="Stadt Schwerin")


def add(partner, committee, person=None, kind=DelegateKind.DELEGATE, **more):
    return delegates.add(
        by=None, partner=partner, committee=committee, person=person or UserFactory(), kind=kind, **more
    )


def test_a_delegate_may_speak_from_the_first_day_on(partner, committee):
    person = UserFactory()
    assert not ties(person).partner_ids
    add(partner, committee, person)
    assert ties(person).partner_ids == {partner.pk}
    assert AuditEvent.objects.filter(action="delegate.added").count() == 1


def test_a_partner_has_one_delegate_a_day_and_many_deputies(partner, committee):
    add(partner, committee, UserFactory(name="Anna Ärger"), valid_from=date(2025, 1, 1))
    with pytest.raises(delegates.DelegateRefused, match=r"bereits eine Vertretung: Anna Ärger \(seit 01\.01\.2025\)"):
        add(partner, committee)
    for _ in range(3):
        add(partner, committee, kind=DelegateKind.DEPUTY)
    assert Delegate.objects.valid(clock.today()).count() == 4


def test_one_delegate_may_follow_another_to_the_day(partner, committee):
    first = add(partner, committee, valid_from=date(2025, 1, 1), valid_until=date(2025, 7, 1))
    with pytest.raises(delegates.DelegateRefused, match=r"bis vor 01\.07\.2025"):
        add(partner, committee, valid_from=date(2025, 6, 30))
    add(partner, committee, valid_from=date(2025, 7, 1))
    with pytest.raises(delegates.DelegateRefused):
        add(partner, committee, valid_from=date(2024, 1, 1))
    add(partner, committee, valid_from=date(2024, 1, 1), valid_until=first.valid_from)


def test_a_person_stands_once_for_a_partner_in_a_committee_but_may_serve_several_partners(partner, committee):
    person = UserFactory()
    add(partner, committee, person)
    with pytest.raises(delegates.DelegateRefused, match="bereits als Vertretung"):
        add(partner, committee, person, DelegateKind.DEPUTY)
    other = PartnerFactory(partnership=committee.partnership)
    add(other, committee, person)
    add(partner, CommitteeFactory(partnership=committee.partnership), person)
    assert ties(person).partner_ids == {partner.pk, other.pk}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": CommitteeKind.ROLE_CIRCLE}, "keine Vertretungen entsandt"),
        ({"state": CommitteeState.ENDED}, "ist beendet"),
    ],
)
def test_not_every_body_takes_delegates(partner, committee, change, sentence):
    for field, value in change.items():
        setattr(committee, field, value)
    committee.save()
    with pytest.raises(delegates.DelegateRefused, match=sentence):
        add(partner, committee)


def test_partner_and_committee_belong_together(committee):
    with pytest.raises(delegates.DelegateRefused, match="anderen Partnerschaft"):
        add(PartnerFactory(), committee)


def test_who_is_no_partner_that_day_sends_nobody(partner, committee):
    with pytest.raises(delegates.DelegateRefused, match="kein Partner"):
        add(partner, committee, valid_from=LONG_AGO - timedelta(days=1))


def test_an_end_takes_effect_that_second_and_never_in_the_past(partner, committee):
    delegate = add(partner, committee, valid_from=LONG_AGO)
    with pytest.raises(delegates.DelegateRefused, match="rückwirkend"):
        delegates.end(by=None, delegate=delegate, on=clock.today() - timedelta(days=1))
    delegates.end(by=None, delegate=delegate, reason="Ruhestand")
    forget(delegate.person)
    assert not ties(delegate.person).items
    with pytest.raises(delegates.DelegateRefused, match="endet bereits"):
        delegates.end(by=None, delegate=delegate)


def test_a_handover_leaves_no_gap_and_a_deputy_moves_up(partner, committee):
    old = add(partner, committee, valid_from=LONG_AGO)
    deputy = add(partner, committee, kind=DelegateKind.DEPUTY, valid_from=LONG_AGO)
    day = clock.today() + timedelta(days=10)
    delegates.hand_over(by=None, delegate=old, person=deputy.person, on=day)
    for on, person in ((day - timedelta(days=1), old.person), (day, deputy.person)):
        speaking = Delegate.objects.valid(on).filter(kind=DelegateKind.DELEGATE)
        assert [one.person for one in speaking] == [person]
    assert not Delegate.objects.valid(day).filter(kind=DelegateKind.DEPUTY).exists()


def test_a_new_person_is_invited_and_a_refusal_invites_nobody(partner, committee):
    sent = {"by": None, "partner": partner, "committee": committee, "name": "Nele Neu"}
    delegates.send(**sent, email="Nele@example.org", kind=DelegateKind.DELEGATE)
    assert User.objects.filter(email="nele@example.org", name="Nele Neu").exists()
    assert OutboxMessage.objects.filter(to_address="nele@example.org").count() == 1
    with pytest.raises(delegates.DelegateRefused):
        delegates.send(**sent, email="zweite@example.org", kind=DelegateKind.DELEGATE)
    assert not User.objects.filter(email="zweite@example.org").exists()
    assert OutboxMessage.objects.count() == 1


def test_a_leaving_partner_loses_its_people_and_stays_on_running_rolls_with_a_mark():
    from committees.services import ballots

    chamber = make_chamber(3)
    ballot = BallotFactory(committee=chamber.committee)
    ballots.open_ballot(by=chamber.chair, ballot=ballot)
    leaving = chamber.partners[0]
    partners.end_membership(by=chamber.office, partner=leaving, on=clock.today(), reason="Fusion")
    assert not Delegate.objects.valid(clock.today()).filter(partner=leaving).exists()
    assert RollEntry.objects.get(ballot=ballot, partner=leaving).mark
    assert not RollEntry.objects.exclude(partner=leaving).exclude(mark="").exists()
    with pytest.raises(Refusal):
        chamber.cast(ballot, 0, "yes")


def test_an_end_in_the_future_leaves_rights_until_then():
    chamber = make_chamber(2)
    day = clock.today() + timedelta(days=30)
    partners.end_membership(by=chamber.office, partner=chamber.partners[0], on=day, reason="Kündigung")
    assert Delegate.objects.valid(clock.today()).filter(partner=chamber.partners[0]).exists()
    assert not Delegate.objects.valid(day).filter(partner=chamber.partners[0]).exists()


@pytest.mark.parametrize(("fact", "value"), [(Fact.VOTING_RIGHT, "no"), (Fact.SUSPENSION, "yes")])
def test_a_lost_vote_is_marked_on_running_rolls(fact, value):
    from committees.services import ballots

    chamber = make_chamber(3)
    ballot = BallotFactory(committee=chamber.committee)
    ballots.open_ballot(by=chamber.chair, ballot=ballot)
    partners.record_standing(
        by=chamber.office, partner=chamber.partners[1], fact=fact, value=value, valid_from=clock.today()
    )
    assert RollEntry.objects.get(ballot=ballot, partner=chamber.partners[1]).mark


def test_deputies_from_the_factory_do_not_count_as_delegates(partner, committee):
    DelegateFactory(partner=partner, committee=committee, kind=DelegateKind.DEPUTY)
    add(partner, committee)
