"""Proxies: one partner votes for another, and nobody is counted twice (Q2 of reliability.md)."""

import email
import email.policy
import random
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from committees.enums import BallotState, BallotWay
from committees.models import Participation, Proxy, RollEntry, Vote
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import Proxies, ProxyKind
from committees.services import ballots, proxies
from committees.services.ballots import NotEntitled
from committees.services.proxies import ProxyRefused
from partnership import clock
from partnership.models import OutboxMessage
from tests.factories.committees import BallotFactory, MeetingFactory, make_chamber, open_ballot
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db
WITH = replace(EQUAL_SIMPLE.rules, proxies=Proxies(ProxyKind.PARTNERS, most_held=2))
HOLDER_ONLY = replace(WITH, proxies=Proxies(ProxyKind.PARTNERS, is_giver_first=False))


def given(chamber, scope, giver=0, holder=1, *, is_accepted=True):
    proxy = proxies.grant(
        by=chamber.delegates[giver], scope=scope, giver=chamber.partners[giver], holder=chamber.partners[holder]
    )
    return proxies.accept(by=chamber.delegates[holder], proxy=proxy) if is_accepted else proxy


def draft(chamber):
    return BallotFactory(committee=chamber.committee)


def test_the_holder_votes_for_the_giver_and_both_are_counted_once():
    chamber = make_chamber(3, rules=WITH)
    ballot = draft(chamber)
    given(chamber, ballot)
    ballot = ballots.open_ballot(by=chamber.office, ballot=ballot)
    assert RollEntry.objects.get(ballot=ballot, partner=chamber.partners[0]).voted_by == chamber.partners[1]
    receipt = chamber.cast(ballot, 0, "yes", by=chamber.delegates[1])
    assert receipt.capacity == "proxy"
    chamber.cast(ballot, 1, "yes")
    chamber.cast(ballot, 2, "no")
    ballot.refresh_from_db()
    assert (ballot.state, ballot.counts["yes"], ballot.counts["no"]) == (BallotState.CLOSED, 2, 1)


def test_a_proxy_that_is_not_accepted_does_nothing():
    chamber = make_chamber(3, rules=WITH)
    ballot = draft(chamber)
    given(chamber, ballot, is_accepted=False)
    ballot = ballots.open_ballot(by=chamber.office, ballot=ballot)
    with pytest.raises(NotEntitled):
        chamber.cast(ballot, 0, "yes", by=chamber.delegates[1])
    chamber.cast(ballot, 0, "yes")


def test_the_givers_own_vote_wins_and_the_holder_cannot_replace_it():
    chamber = make_chamber(3, rules=WITH)
    ballot = draft(chamber)
    given(chamber, ballot)
    ballot = ballots.open_ballot(by=chamber.office, ballot=ballot)
    chamber.cast(ballot, 0, "yes", by=chamber.delegates[1])
    assert chamber.cast(ballot, 0, "no").revision == 2
    with pytest.raises(ballots.ChangeRefused, match="eigene Stimme gilt"):
        chamber.cast(ballot, 0, "yes", by=chamber.delegates[1])


def test_where_the_rules_say_so_only_the_holder_votes():
    chamber = make_chamber(3, rules=HOLDER_ONLY)
    ballot = draft(chamber)
    proxy = given(chamber, ballot)
    ballot = ballots.open_ballot(by=chamber.office, ballot=ballot)
    with pytest.raises(NotEntitled, match="nur der andere Partner"):
        chamber.cast(ballot, 0, "yes")
    chamber.cast(ballot, 0, "yes", by=chamber.delegates[1])
    with pytest.raises(ProxyRefused, match="bereits abgestimmt"):
        proxies.end(by=chamber.delegates[0], proxy=proxy)


def test_a_withdrawn_proxy_is_refused_at_once():
    chamber = make_chamber(3, rules=WITH)
    ballot = draft(chamber)
    proxy = given(chamber, ballot)
    ballot = ballots.open_ballot(by=chamber.office, ballot=ballot)
    proxies.end(by=chamber.delegates[0], proxy=proxy)
    with pytest.raises(NotEntitled):
        chamber.cast(ballot, 0, "yes", by=chamber.delegates[1])


def test_a_proxy_given_while_a_circular_ballot_runs_takes_effect_when_accepted():
    chamber = make_chamber(3, rules=WITH)
    ballot = open_ballot(chamber)
    given(chamber, ballot)
    assert chamber.cast(ballot, 0, "yes", by=chamber.delegates[1]).capacity == "proxy"


def test_who_has_voted_gives_no_proxy_any_more():
    chamber = make_chamber(3, rules=WITH)
    ballot = open_ballot(chamber)
    proxy = given(chamber, ballot, is_accepted=False)
    chamber.cast(ballot, 0, "yes")
    with pytest.raises(ProxyRefused, match="bereits selbst abgestimmt"):
        proxies.accept(by=chamber.delegates[1], proxy=proxy)
    assert Proxy.objects.get().accepted_at is None


def test_a_proxy_of_one_meeting_does_not_reach_another():
    chamber = make_chamber(3, rules=WITH)
    first, second = MeetingFactory(committee=chamber.committee), MeetingFactory(committee=chamber.committee)
    given(chamber, first)
    for meeting, expected in ((first, chamber.partners[1]), (second, None)):
        ballot = ballots.open_ballot(
            by=chamber.chair,
            ballot=BallotFactory(committee=chamber.committee, way=BallotWay.MEETING, meeting=meeting, deadline_at=None),
        )
        assert RollEntry.objects.get(ballot=ballot, partner=chamber.partners[0]).voted_by == expected


def test_a_proxy_withdrawn_in_the_meeting_leaves_its_running_ballots_too():
    chamber = make_chamber(3, rules=WITH)
    meeting = MeetingFactory(committee=chamber.committee)
    proxy = given(chamber, meeting)
    ballot = ballots.open_ballot(
        by=chamber.chair,
        ballot=BallotFactory(committee=chamber.committee, way=BallotWay.MEETING, meeting=meeting, deadline_at=None),
    )
    proxies.end(by=chamber.delegates[0], proxy=proxy)
    with pytest.raises(NotEntitled):
        chamber.cast(ballot, 0, "yes", by=chamber.delegates[1])


@pytest.mark.parametrize(
    ("earlier", "giver", "holder", "words"),
    [
        ((0, 1), 0, 2, "hier bereits übertragen"),
        ((0, 1), 1, 2, "vertritt selbst einen anderen"),
        ((0, 1), 2, 0, "hat seine eigene Stimme übertragen"),
        ((0, 1), 1, 0, "vertritt selbst einen anderen"),
        ((0, 0), 0, 0, "einem anderen Partner"),
    ],
)
def test_no_second_proxy_no_chain_no_loop(earlier, giver, holder, words):
    chamber = make_chamber(4, rules=WITH)
    ballot = draft(chamber)
    if earlier[0] != earlier[1]:
        given(chamber, ballot, *earlier, is_accepted=False)
    with pytest.raises(ProxyRefused, match=words):
        given(chamber, ballot, giver, holder)


def test_nobody_holds_more_than_the_rules_allow():
    chamber = make_chamber(5, rules=WITH)
    ballot = draft(chamber)
    given(chamber, ballot, 0, 4)
    given(chamber, ballot, 1, 4)
    with pytest.raises(ProxyRefused, match=r"\(2\)"):
        given(chamber, ballot, 2, 4)


def test_the_database_itself_refuses_a_chain_and_a_second_proxy():
    chamber = make_chamber(4, rules=WITH)
    ballot = draft(chamber)
    given(chamber, ballot)
    for giver, holder in ((1, 2), (2, 0), (0, 3), (3, 3)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proxy.objects.create(
                committee=chamber.committee,
                ballot=ballot,
                giver=chamber.partners[giver],
                holder=chamber.partners[holder],
                granted_by=chamber.office,
                granted_at=clock.now(),
            )


def test_without_the_rule_there_are_none():
    chamber = make_chamber(3)
    with pytest.raises(ProxyRefused, match="lassen keine Stimmrechtsübertragung zu"):
        given(chamber, draft(chamber))


def test_only_the_partners_own_people_give_and_take():
    chamber = make_chamber(3, rules=WITH)
    ballot = draft(chamber)
    one, other = chamber.partners[:2]
    for stranger in (chamber.delegates[2], chamber.office, UserFactory()):
        with pytest.raises(ProxyRefused, match="vertreten diesen Partner"):
            proxies.grant(by=stranger, scope=ballot, giver=one, holder=other)
    proxy = given(chamber, ballot, is_accepted=False)
    with pytest.raises(ProxyRefused, match="Annehmen kann nur"):
        proxies.accept(by=chamber.delegates[0], proxy=proxy)
    with pytest.raises(ProxyRefused, match="nur die beiden Partner"):
        proxies.end(by=chamber.delegates[2], proxy=proxy)


def test_an_excluded_holder_casts_for_nobody_else_either():
    chamber = make_chamber(4, rules=WITH)
    ballot = draft(chamber)
    given(chamber, ballot)
    ballot = ballots.open_ballot(by=chamber.office, ballot=ballot)
    ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[1], reason="Auftrag an sich")
    with pytest.raises(NotEntitled, match="nicht mitstimmen"):
        chamber.cast(ballot, 0, "yes", by=chamber.delegates[1])
    chamber.cast(ballot, 0, "yes")


def test_after_the_deadline_no_proxy_is_taken():
    chamber = make_chamber(3, rules=WITH)
    ballot = open_ballot(chamber)
    with clock.frozen(ballot.deadline_at + timedelta(seconds=1)), pytest.raises(ProxyRefused, match="zu spät"):
        given(chamber, ballot)


def test_the_holders_people_are_asked_the_givers_told_and_reminders_reach_the_holder():
    chamber = make_chamber(3, rules=WITH)
    ballot = draft(chamber)
    proxy = given(chamber, ballot, is_accepted=False)
    assert list(OutboxMessage.objects.values_list("recipient", "kind")) == [(chamber.delegates[1].pk, "proxy.granted")]
    proxies.accept(by=chamber.delegates[1], proxy=proxy)
    assert OutboxMessage.objects.get(kind="proxy.accepted").recipient == chamber.delegates[0]
    ballot = ballots.open_ballot(by=chamber.office, ballot=ballot)
    mail = OutboxMessage.objects.get(kind="ballot.opened", recipient=chamber.delegates[1])
    said = email.message_from_bytes(bytes(mail.mime), policy=email.policy.default).get_body(("plain",)).get_content()
    assert all(partner.name in said for partner in chamber.partners[:2])
    proxies.end(by=chamber.delegates[0], proxy=proxy)
    assert OutboxMessage.objects.get(kind="proxy.ended").recipient == chamber.delegates[1]


def test_random_grants_revocations_and_votes_never_count_a_partner_twice():
    seed = random.randrange(10**9)
    print("seed", seed)
    rng = random.Random(seed)
    for _round in range(6):
        chamber = make_chamber(4, rules=WITH)
        ballot = open_ballot(chamber)
        for _step in range(25):
            one, other = rng.randrange(4), rng.randrange(4)
            try:
                with transaction.atomic():
                    match rng.randrange(4):
                        case 0:
                            given(chamber, ballot, one, other, is_accepted=rng.random() < 0.7)
                        case 1:
                            proxy = rng.choice(list(Proxy.objects.filter(ballot=ballot)))
                            proxies.end(by=chamber.delegates[one], proxy=proxy)
                        case _:
                            chamber.cast(
                                ballot,
                                one,
                                rng.choice(["yes", "no"]),
                                by=chamber.delegates[other],
                                token=str(uuid.uuid4()),
                            )
            except (ProxyRefused, ballots.BallotRefused, IndexError):
                continue
        on_roll = set(RollEntry.objects.filter(ballot=ballot).values_list("partner_id", flat=True))
        voted = list(Participation.objects.filter(ballot=ballot).values_list("partner_id", flat=True))
        assert len(voted) == len(set(voted))
        assert set(voted) <= on_roll
        for vote in Vote.objects.filter(ballot=ballot):
            own = chamber.delegates[chamber.partners.index(vote.partner)]
            assert (vote.cast_by == own) == (vote.capacity == "delegate")
