from dataclasses import replace
from datetime import date, timedelta

import pytest

from committees.models import RuleSet
from committees.rules.presets import EQUAL_SIMPLE, VWVFG
from committees.services import rule_sets
from partnership import clock
from tests.factories import LONG_AGO
from tests.factories.committees import BallotFactory, CommitteeFactory, make_chamber

pytestmark = pytest.mark.django_db


def create(committee, rules=EQUAL_SIMPLE.rules, valid_from=LONG_AGO, **more):
    return rule_sets.create(by=None, committee=committee, rules=rules, valid_from=valid_from, **more)


def test_the_first_version_may_begin_long_ago_and_the_next_one_follows_it():
    committee, day = CommitteeFactory(), clock.today() + timedelta(days=14)
    first = create(committee, preset="equal_simple")
    second = create(committee, VWVFG.rules, day, reason="Beschluss SK-2026-003")
    first.refresh_from_db()
    assert (first.version, second.version) == (1, 2)
    assert (first.valid_until, second.valid_until) == (day, None)
    assert [one.version for one in RuleSet.objects.valid(clock.today())] == [1]
    assert [one.version for one in RuleSet.objects.valid(day)] == [2]


def test_a_version_never_begins_in_the_past_nor_before_the_one_it_follows():
    committee, day = CommitteeFactory(), clock.today() + timedelta(days=14)
    create(committee)
    with pytest.raises(rule_sets.RuleSetRefused, match="nicht rückwirkend"):
        create(committee, VWVFG.rules, clock.today() - timedelta(days=1))
    create(committee, VWVFG.rules, day)
    with pytest.raises(rule_sets.RuleSetRefused, match="Fassung 2 gilt erst ab"):
        create(committee, EQUAL_SIMPLE.rules, day - timedelta(days=1))


def test_a_version_planned_for_a_day_can_be_replaced_before_it_begins():
    committee, day = CommitteeFactory(), clock.today() + timedelta(days=14)
    create(committee)
    create(committee, VWVFG.rules, day)
    create(committee, replace(VWVFG.rules, is_tally_visible=True), day)
    assert [one.version for one in RuleSet.objects.valid(day)] == [3]


def test_saying_the_same_again_makes_no_version():
    committee = CommitteeFactory()
    create(committee)
    with pytest.raises(rule_sets.RuleSetRefused, match="dasselbe"):
        create(committee, EQUAL_SIMPLE.rules, clock.today())
    assert RuleSet.objects.count() == 1


def test_a_running_ballot_keeps_the_version_it_was_opened_under():
    from committees.services import ballots

    chamber = make_chamber(3)
    ballot = BallotFactory(committee=chamber.committee)
    ballots.open_ballot(by=chamber.chair, ballot=ballot)
    ballot.refresh_from_db()
    used, frozen = ballot.rule_set, ballot.rules_frozen
    before = used.settings
    create(chamber.committee, VWVFG.rules, clock.today())
    ballot.refresh_from_db()
    used.refresh_from_db()
    assert (ballot.rule_set, ballot.rules_frozen, used.settings) == (used, frozen, before)
    assert used.valid_from == date(2018, 6, 7)
