"""Unequal votes, keys and groups: what opening freezes, and what is counted from it."""

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from committees.enums import Presence
from committees.exports import register_json
from committees.exports.verifier import konvent_verify
from committees.models import Attendance, Key, RollEntry
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import (
    Also,
    AlsoKind,
    Circular,
    Compare,
    Group,
    Named,
    Quorum,
    Share,
    Turnout,
    WeightKind,
    Weights,
)
from committees.services import attendance, ballots, register
from committees.services.ballots import counting, tallies
from committees.services.ballots.opening import open_ballot as open_it
from committees.services.register import ballot_parts
from membership.models import Organisation
from partnership import clock
from tests.factories.committees import (
    BallotFactory,
    MeetingFactory,
    closed_ballot,
    make_chamber,
    make_key,
    open_ballot,
)

pytestmark = pytest.mark.django_db

SIMPLE = EQUAL_SIMPLE.rules
LISTED = replace(SIMPLE, weights=Weights(WeightKind.LISTED, key="stimmen"))
STEPS = replace(SIMPLE, weights=Weights(WeightKind.STEPS, key="anteil", step=Fraction(3)))
TWO_THIRDS = Share(Compare.AT_LEAST, Fraction(2, 3))
BY_KEY = replace(SIMPLE, also=(Also(AlsoKind.KEY, share=TWO_THIRDS, key="koenigstein"),))


def chamber_of(*values, rules=LISTED, code="stimmen"):
    """A chamber whose partners have these values in a key."""
    chamber = make_chamber(len(values), rules=rules)
    make_key(chamber.partnership, dict(zip(chamber.partners, values, strict=True)), code=code)
    return chamber


def numbers(count):
    return (count.roll, count.yes, count.no, count.abstained, count.missing, count.excluded)


# --- opening ------------------------------------------------------------------------------------------


def test_opening_freezes_the_votes_of_the_key_that_holds_that_day():
    chamber = chamber_of(3, 1, 2)
    old = Key.objects.get()
    old.valid_until = clock.today() + timedelta(days=1)
    old.save()
    later = {chamber.partners[0]: 9}
    make_key(chamber.partnership, later, valid_from=clock.today() + timedelta(days=1))
    ballot = open_ballot(chamber)
    assert list(ballot.roll.order_by("partner__number").values_list("weight", flat=True)) == [3, 1, 2]
    assert ballot.roll_size == 3


def test_steps_give_one_vote_for_each_started_step():
    chamber = chamber_of("3.00000", "3.00001", "0.5", rules=STEPS, code="anteil")
    ballot = open_ballot(chamber)
    assert list(ballot.roll.order_by("partner__number").values_list("weight", flat=True)) == [1, 2, 1]


def test_partners_without_a_vote_stay_off_the_roll():
    chamber = chamber_of(3, 0, 2)
    ballot = open_ballot(chamber)
    assert [entry.partner for entry in ballot.roll.order_by("partner__number")] == [
        chamber.partners[0],
        chamber.partners[2],
    ]


def test_a_prepared_exclusion_keeps_its_reason_and_gets_its_weight():
    chamber = chamber_of(3, 1, 2)
    draft = BallotFactory(committee=chamber.committee)
    ballots.exclude_partner(by=chamber.chair, ballot=draft, partner=chamber.partners[0], reason="Eigene Sache")
    ballot = open_it(by=chamber.chair, ballot=draft)
    entry = ballot.roll.get(partner=chamber.partners[0])
    assert (entry.is_excluded, entry.exclusion_reason, entry.weight) == (True, "Eigene Sache", 3)


def test_body_type_and_key_value_are_frozen():
    chamber = chamber_of("21.14424", "15.5", "0", rules=BY_KEY, code="koenigstein")
    Organisation.objects.filter(partners=chamber.partners[0]).update(kind="land")
    ballot = open_ballot(chamber)
    first, second, third = ballot.roll.order_by("partner__number")
    assert (first.weight, first.body_type, first.key_value) == (1, "land", 2_114_424)
    assert (second.key_value, third.key_value) == (1_550_000, 0)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda key: key.delete(), "gilt keiner"),
        (lambda key: key.shares.all().delete(), "noch keine Werte"),
        (lambda key: key.shares.update(value="1.5"), "ganze Zahlen"),
    ],
)
def test_a_key_that_is_missing_empty_or_no_number_of_votes_refuses_opening(spoil, sentence):
    chamber = chamber_of(3, 1)
    spoil(Key.objects.get())
    with pytest.raises(ballots.OpeningRefused, match=sentence):
        open_ballot(chamber)
    assert not RollEntry.objects.exists()


def test_a_key_that_gives_no_partner_a_vote_refuses_opening():
    chamber = chamber_of(3, 1)
    stranger = make_chamber(1).partners[0]
    Key.objects.get().shares.all().delete()
    Key.objects.get().shares.create(partner=stranger, value=7)
    with pytest.raises(ballots.OpeningRefused, match="hätte kein Partner eine Stimme"):
        open_ballot(chamber)


def test_a_second_key_in_which_nobody_has_a_share_refuses_opening():
    chamber = chamber_of(1, 2, rules=BY_KEY, code="koenigstein")
    stranger = make_chamber(1).partners[0]
    Key.objects.get().shares.all().delete()
    Key.objects.get().shares.create(partner=stranger, value=7)
    with pytest.raises(ballots.OpeningRefused, match="hat einen Anteil"):
        open_ballot(chamber)


def test_a_key_in_use_never_changes_not_even_in_the_database():
    chamber = chamber_of(3, 1)
    open_ballot(chamber)
    key = Key.objects.get()
    assert key.is_used
    share = key.shares.first()
    for deed in (
        lambda: key.shares.update(value=9),
        lambda: key.shares.all().delete(),
        lambda: key.shares.create(partner=make_chamber(1).partners[0], value=1),
        lambda: Key.objects.update(name="anders"),
        lambda: Key.objects.update(used_at=None),
        lambda: key.delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            deed()
    assert key.shares.first() == share
    Key.objects.update(valid_until=clock.today())


def test_the_weights_of_an_open_ballot_stand():
    ballot = open_ballot(chamber_of(3, 1))
    for change in ({"weight": 9}, {"key_value": 9}, {"body_type": "land"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RollEntry.objects.filter(ballot=ballot).update(**change)


# --- counting -----------------------------------------------------------------------------------------


def test_counts_are_in_votes_by_both_ways_of_counting():
    chamber = chamber_of(5, 3, 2, 7)
    ballot = open_ballot(chamber)
    chamber.cast_all(ballot, "yna.")
    assert counting.tally_by_difference(ballot) == {"yes": 5, "no": 3, "abstain": 2}
    assert counting.tally_by_latest(ballot) == {"yes": 5, "no": 3, "abstain": 2}
    assert numbers(counting.count_of(ballot, counting.tally_by_difference(ballot))) == (17, 5, 3, 2, 7, 0)


def test_a_changed_vote_takes_its_whole_weight_along():
    chamber = chamber_of(5, 3)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    chamber.cast(ballot, 0, "no")
    for tally in (counting.tally_by_difference(ballot), counting.tally_by_latest(ballot)):
        assert tally == {"yes": 0, "no": 5, "abstain": 0}


def test_few_heads_with_many_votes_outvote_many_heads():
    chamber = chamber_of(5, 1, 1, 1)
    ballot = closed_ballot(chamber, "ynnn")
    assert ballot.outcome == "adopted"
    assert (ballot.counts["roll"], ballot.counts["yes"], ballot.counts["no"]) == (8, 5, 3)
    assert ballots.recount(ballot)


def test_presence_is_counted_in_votes():
    chamber = chamber_of(5, 3, 2)
    meeting = MeetingFactory(committee=chamber.committee)
    for partner in chamber.partners[:2]:
        Attendance.objects.create(
            meeting=meeting,
            partner=partner,
            presence=Presence.DELEGATE,
            from_at=clock.now() - timedelta(minutes=5),
            recorded_by=chamber.office,
        )
    ballot = open_ballot(chamber, way="meeting", meeting=meeting)
    assert ballot.present_count == 8
    chamber.cast(ballot, 2, "yes")
    assert counting.present_count(ballot) == 10


def test_the_quorum_meter_speaks_of_votes_and_says_when_it_cannot():
    chamber = chamber_of(5, 3, 2)
    meeting = MeetingFactory(committee=chamber.committee)
    found = attendance.quorum_of(
        meeting,
        LISTED,
        voting=[partner.pk for partner in chamber.partners],
        present=[chamber.partners[0].pk],
    )
    assert (found.present, found.electorate, found.needed, found.is_reached) == (5, 10, 6, False)
    assert found.sentence == "5 von 10 Stimmen sind anwesend."
    Key.objects.get().delete()
    found = attendance.quorum_of(meeting, LISTED, voting=[chamber.partners[0].pk], present=[])
    assert "gilt keiner" in found.sentence
    assert not found.is_reached


def test_turnout_is_told_in_partners_and_in_votes():
    chamber = chamber_of(5, 3, 2)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    found = counting.participation(ballot)
    assert (found["voted"], found["electorate"], found["votes"], found["all_votes"]) == (1, 3, 5, 10)


@pytest.mark.parametrize("size", [1, 3])
def test_counting_costs_the_same_for_one_and_for_three(size, django_assert_num_queries):
    chamber = chamber_of(*[2] * size)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    counting.tally_by_difference(ballot)
    with django_assert_num_queries(3):
        counting.count_of(ballot, counting.tally_by_difference(ballot))
        counting.tally_by_latest(ballot)


def test_the_register_keeps_votes_share_and_type_of_each_partner():
    chamber = chamber_of(5, 3)
    ballot = closed_ballot(chamber, "yn")
    first = ballot_parts(ballot)["roll"][0]
    assert (first["weight"], first["key_value"]) == (5, None)
    assert first["body_type"] == Organisation.objects.filter(partners=chamber.partners[0]).get().kind


# --- second conditions --------------------------------------------------------------------------------


def tallies_for(ballot):
    return tallies.tallies_of(ballot, counting.present_partner_ids(ballot))


def test_the_key_is_counted_in_hundred_thousandths():
    chamber = chamber_of("21.14424", "15.5", "1", rules=BY_KEY, code="koenigstein")
    ballot = open_ballot(chamber)
    chamber.cast_all(ballot, "yn.")
    assert numbers(tallies_for(ballot).key) == (3_764_424, 2_114_424, 1_550_000, 0, 100_000, 0)


def test_groups_are_counted_by_type_of_body():
    rules = replace(
        LISTED,
        also=(
            Also(AlsoKind.GROUP, group=Group("Länder", ("land",))),
            Also(AlsoKind.GROUP, group=Group("Kommunen", ("city", "district"))),
        ),
    )
    chamber = chamber_of(5, 3, 2, 4, rules=rules)
    for partner, kind in zip(chamber.partners, ("land", "land", "city", "district"), strict=True):
        Organisation.objects.filter(partners=partner).update(kind=kind)
    ballot = open_ballot(chamber)
    ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[3], reason="Eigene Sache")
    chamber.cast_all(ballot, "yna")
    groups = tallies_for(ballot).groups
    assert numbers(groups["Länder"]) == (8, 5, 3, 0, 0, 0)
    assert numbers(groups["Kommunen"]) == (6, 0, 0, 2, 0, 4)


def test_named_partners_say_what_they_said_and_excluded_ones_are_left_out():
    chamber = make_chamber(4)
    named = tuple(Named(str(partner.pk), partner.name) for partner in chamber.partners[:3])
    rules = replace(
        SIMPLE,
        quorum=replace(SIMPLE.quorum, partners=named[:1]),
        also=tuple(Also(AlsoKind.CONSENT, partner=one) for one in named[1:]),
    )
    chamber.committee.rule_sets.update(settings=rules.to_data())
    ballot = open_ballot(chamber)
    ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[2], reason="Eigene Sache")
    chamber.cast(ballot, 0, "no")
    assert tallies_for(ballot).named == {named[0].partner: "no", named[1].partner: None}


def test_the_chair_is_there_when_its_partner_has_voted_or_is_in_the_room():
    rules = replace(
        SIMPLE,
        quorum=Quorum(Turnout(number=1), is_chair_needed=True, waits_minutes=30),
        circular=Circular(consent=Turnout(number=2), is_chair_needed=True),
    )
    chamber = make_chamber(2, rules=rules)
    ballot = open_ballot(chamber)
    assert tallies_for(ballot).is_chair_there is None
    chamber.committee.chair_organisation = Organisation.objects.get(partners=chamber.partners[0])
    chamber.committee.save()
    ballot = open_ballot(chamber)
    found = tallies_for(ballot)
    assert (found.is_chair_there, found.consents, found.minutes_waited) == (False, 0, None)
    chamber.cast(ballot, 0, "yes")
    found = tallies_for(ballot)
    assert (found.is_chair_there, found.consents) == (True, 1)
    meeting = MeetingFactory(committee=chamber.committee, starts_at=clock.now() - timedelta(minutes=42, seconds=5))
    Attendance.objects.create(
        meeting=meeting,
        partner=chamber.partners[0],
        presence=Presence.DELEGATE,
        from_at=clock.now() - timedelta(minutes=5),
        recorded_by=chamber.office,
    )
    ballot = open_ballot(chamber, way="meeting", meeting=meeting)
    found = tallies_for(ballot)
    assert (found.is_chair_there, found.minutes_waited) == (True, 42)


@pytest.mark.parametrize("size", [1, 3])
def test_tallies_cost_the_same_for_one_and_for_three(size, django_assert_num_queries):
    rules = replace(BY_KEY, also=(*BY_KEY.also, Also(AlsoKind.GROUP, group=Group("Alle", ("city", "land", "other")))))
    chamber = chamber_of(*[1] * size, rules=rules, code="koenigstein")
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    with django_assert_num_queries(2):
        tallies_for(ballot)


def test_nothing_is_asked_where_the_rules_ask_for_nothing(django_assert_num_queries):
    ballot = open_ballot(make_chamber(2))
    with django_assert_num_queries(0):
        assert tallies.tallies_of(ballot, None).key is None


# --- the register -----------------------------------------------------------------------------------------


def recounted(document):
    """What the stand-alone verifier says about the counts of an export."""
    return list(konvent_verify.check_counts(document))


def test_the_stand_alone_verifier_sums_weights():
    chamber = chamber_of(5, 3, 2, 7)
    draft = BallotFactory(
        committee=chamber.committee,
        way="meeting",
        meeting=MeetingFactory(committee=chamber.committee),
        deadline_at=None,
    )
    ballots.exclude_partner(by=chamber.chair, ballot=draft, partner=chamber.partners[3], reason="Eigene Sache")
    ballot = open_it(by=chamber.chair, ballot=draft)
    chamber.cast_all(ballot, "yn.")
    ballots.close_ballot(by=chamber.chair, ballot=ballot)
    ballots.declare(by=chamber.chair, ballot=ballot)
    document = json.loads(register_json.for_insider(chamber.partnership, chamber.office))
    entry = document["entries"][-1]
    assert entry["entry"]["counts"] == {
        "roll": 17,
        "yes": 5,
        "no": 3,
        "abstained": 0,
        "missing": 2,
        "excluded": 7,
        "present": None,
    }
    assert register.verify(chamber.partnership).findings == ()
    assert list(konvent_verify.check(document)) == []
    assert recounted(document) == [1]
    entry["parts"]["roll"]["data"][0]["weight"] = 4
    assert "nachgezählt" in str(recounted(document)[0])
    entry["parts"]["roll"]["data"][0]["weight"] = 0
    assert "nicht zählbar" in str(recounted(document)[0])


def test_without_weights_every_partner_counts_once():
    roll = [{"partner": "a", "is_excluded": False}, {"partner": "b", "is_excluded": False}]
    item = {"parts": {"roll": {"data": roll}, "votes": {"data": [{"partner": "a", "choice": "yes"}]}}}
    assert konvent_verify.recount(item) == {
        "roll": 2,
        "yes": 1,
        "no": 0,
        "abstained": 0,
        "missing": 1,
        "excluded": 0,
        "present": None,
    }
