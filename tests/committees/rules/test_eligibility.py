from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from committees.rules.eligibility import Earlier, Eligible, Facts, Kind, Mandate, Refused, may_cast

DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA = Mandate("anna", "schwerin", Kind.DELEGATE, date(2026, 1, 1))
BEN = Mandate("ben", "schwerin", Kind.DEPUTY, date(2026, 1, 1))
FACTS = Facts(
    person="anna",
    partner="schwerin",
    on=DAY,
    at=AT,
    mandates=(ANNA, BEN),
    ballot_state="open",
    deadline=AT + timedelta(hours=1),
    is_on_roll=True,
    is_excluded=False,
    is_change_allowed=True,
)
DEPUTY = replace(FACTS, person="ben")
OWN = (Kind.DELEGATE, Kind.DEPUTY)


def key(answer) -> str:
    return answer.key if isinstance(answer, Refused) else "eligible"


def test_delegate_and_deputy_may_cast():
    assert may_cast(FACTS) == Eligible(Kind.DELEGATE)
    assert may_cast(DEPUTY) == Eligible(Kind.DEPUTY)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"person": "carla"}, "no_mandate"),
        ({"partner": "rostock"}, "no_mandate"),
        ({"mandates": ()}, "no_mandate"),
        ({"is_on_roll": False}, "not_on_roll"),
        ({"is_excluded": True}, "excluded"),
        ({"ballot_state": "draft"}, "not_open_yet"),
        ({"ballot_state": "closed"}, "closed"),
        ({"ballot_state": "declared"}, "closed"),
        ({"ballot_state": "stopped"}, "closed"),
        ({"ballot_state": "annulled"}, "closed"),
        ({"deadline": AT}, "deadline_passed"),
        ({"deadline": AT - timedelta(microseconds=1)}, "deadline_passed"),
    ],
)
def test_everything_that_forbids_casting_is_said(change, reason):
    answer = may_cast(replace(FACTS, **change))
    assert key(answer) == reason
    assert answer.reason.de.endswith(".")


def test_the_last_moment_before_the_deadline_counts():
    """Q9: one microsecond decides."""
    assert key(may_cast(replace(FACTS, deadline=AT + timedelta(microseconds=1)))) == "eligible"


def test_in_a_meeting_there_is_no_deadline():
    assert key(may_cast(replace(FACTS, deadline=None))) == "eligible"


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "is_valid"),
    [
        (DAY, None, True),
        (DAY + timedelta(days=1), None, False),
        (date(2026, 1, 1), DAY, False),
        (date(2026, 1, 1), DAY + timedelta(days=1), True),
        (DAY, DAY, False),
    ],
)
def test_a_mandate_runs_from_its_first_day_until_before_its_last(valid_from, valid_until, is_valid):
    mandate = Mandate("anna", "schwerin", Kind.DELEGATE, valid_from, valid_until)
    assert (key(may_cast(replace(FACTS, mandates=(mandate,)))) == "eligible") == is_valid


def test_a_new_delegate_may_cast_at_once_and_the_old_one_no_longer():
    """Q4."""
    old = replace(ANNA, valid_until=DAY)
    new = Mandate("carla", "schwerin", Kind.DELEGATE, DAY)
    facts = replace(FACTS, mandates=(old, new))
    assert key(may_cast(facts)) == "no_mandate"
    assert key(may_cast(replace(facts, person="carla"))) == "eligible"
    voted = replace(facts, person="carla", earlier=Earlier("anna", Kind.DELEGATE), is_change_allowed=False)
    assert key(may_cast(voted)) == "change_not_allowed"


def test_two_bodies_that_share_a_seat_have_one_vote():
    """Q4: Schwerin and Ludwigslust-Parchim are one partner."""
    both = (ANNA, Mandate("dora", "schwerin", Kind.DELEGATE, date(2026, 1, 1)))
    second = replace(FACTS, person="dora", mandates=both, earlier=Earlier("anna", Kind.DELEGATE))
    assert may_cast(second) == Eligible(Kind.DELEGATE, replaces=True)
    assert key(may_cast(replace(second, is_change_allowed=False))) == "change_not_allowed"


@pytest.mark.parametrize(("earlier", "person", "is_allowed"), list(product(OWN, ("anna", "ben"), (True, False))))
def test_a_deputy_never_overrides_and_a_delegate_always_may(earlier, person, is_allowed):
    by = "anna" if earlier is Kind.DELEGATE else "ben"
    answer = may_cast(replace(FACTS, person=person, earlier=Earlier(by, earlier), is_change_allowed=is_allowed))
    if earlier is Kind.DELEGATE and person == "ben":
        assert key(answer) == "delegate_has_voted"
    elif earlier is Kind.DEPUTY and person == "anna":
        assert answer == Eligible(Kind.DELEGATE, replaces=True)
    else:
        assert key(answer) == ("eligible" if is_allowed else "change_not_allowed")


def test_who_is_both_delegate_and_deputy_acts_as_delegate():
    both = replace(FACTS, mandates=(replace(BEN, person="anna"), ANNA))
    assert may_cast(both) == Eligible(Kind.DELEGATE)


# --- proxies: the holder's people cast for the giver ------------------------------------------------------

CORA = Mandate("cora", "rostock", Kind.DELEGATE, date(2026, 1, 1))
HANDED = replace(FACTS, person="cora", mandates=(ANNA, BEN, CORA), voted_by="rostock")


def test_the_holder_casts_as_a_proxy():
    assert may_cast(HANDED) == Eligible(Kind.PROXY)


def test_without_a_proxy_on_the_roll_another_partners_people_cast_nothing():
    assert key(may_cast(replace(HANDED, voted_by=None))) == "no_mandate"
    assert key(may_cast(replace(HANDED, voted_by="wismar"))) == "no_mandate"


def test_the_givers_own_vote_comes_first_or_not_at_all_as_the_rules_say():
    own = replace(HANDED, person="anna", earlier=Earlier("cora", Kind.PROXY), is_change_allowed=False)
    assert may_cast(own) == Eligible(Kind.DELEGATE, replaces=True)
    assert key(may_cast(replace(own, is_giver_first=False))) == "handed_over"


@pytest.mark.parametrize("kind", [Kind.DELEGATE, Kind.DEPUTY])
def test_a_proxy_never_replaces_the_givers_vote(kind):
    assert key(may_cast(replace(HANDED, earlier=Earlier("anna", kind)))) == "giver_has_voted"


def test_who_acts_for_both_partners_casts_as_the_partners_own_where_that_comes_first():
    both = replace(HANDED, person="anna", mandates=(ANNA, replace(CORA, person="anna")))
    assert may_cast(both) == Eligible(Kind.DELEGATE)
    assert may_cast(replace(both, is_giver_first=False)) == Eligible(Kind.PROXY)
