from dataclasses import replace
from datetime import date, timedelta

import pytest

from committees.models import Matter, RuleSet
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


# --- kinds of matters ----------------------------------------------------------------------------------


def test_versions_are_numbered_through_and_follow_their_own_kind():
    committee, day = CommitteeFactory(), clock.today() + timedelta(days=14)
    matter = Matter.objects.create(partnership=committee.partnership, name="Haushalt")
    general = create(committee)
    own = create(committee, VWVFG.rules, day, matter=matter)
    later = create(committee, replace(VWVFG.rules, is_tally_visible=True), day + timedelta(days=7), matter=matter)
    for one in (general, own):
        one.refresh_from_db()
    assert (general.version, own.version, later.version) == (1, 2, 3)
    assert (general.valid_until, own.valid_until, later.valid_until) == (None, later.valid_from, None)
    in_force = RuleSet.objects.in_force
    assert in_force(committee=committee, matter=matter, on=clock.today()) == general
    assert in_force(committee=committee, matter=matter, on=day) == own
    assert in_force(committee=committee, matter=matter, on=later.valid_from) == later
    assert in_force(committee=committee, matter=None, on=later.valid_from) == general


def test_rules_of_a_kind_never_begin_in_the_past_of_a_committee_that_has_rules():
    committee = CommitteeFactory()
    matter = Matter.objects.create(partnership=committee.partnership, name="Haushalt")
    create(committee)
    with pytest.raises(rule_sets.RuleSetRefused, match="nicht rückwirkend"):
        create(committee, VWVFG.rules, clock.today() - timedelta(days=1), matter=matter)


def test_a_kind_of_another_partnership_has_no_rules_here():
    elsewhere = Matter.objects.create(partnership=CommitteeFactory().partnership, name="Haushalt")
    with pytest.raises(rule_sets.RuleSetRefused, match="anderen Partnerschaft"):
        create(CommitteeFactory(), matter=elsewhere)
