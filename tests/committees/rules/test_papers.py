import pytest

from committees.rules.codec import RuleError
from committees.rules.papers import BallotKind, check, mark, positions_of


@pytest.mark.parametrize(
    ("kind", "marking", "options"),
    [
        (BallotKind.MOTION, "yes", 0),
        (BallotKind.MOTION, "abstain", 0),
        (BallotKind.ALTERNATIVES, "2", 3),
        (BallotKind.ALTERNATIVES, "no", 3),
        (BallotKind.APPROVAL, "1,3", 3),
        (BallotKind.RANKING, "3>1>2", 3),
        (BallotKind.RANKING, "3", 3),
        (BallotKind.ELECTION, "1,2", 3),
        (BallotKind.ELECTION, "abstain", 3),
    ],
)
def test_a_marking_that_fits_its_paper_passes(kind, marking, options):
    assert check(kind, marking, options=options, posts=2) == marking
    if chosen := positions_of(kind, marking):
        assert mark(kind, chosen) == marking


@pytest.mark.parametrize(
    ("kind", "marking"),
    [
        (BallotKind.MOTION, "1"),
        (BallotKind.MOTION, ""),
        (BallotKind.MOTION, "invalid"),
        (BallotKind.ALTERNATIVES, "yes"),
        (BallotKind.ALTERNATIVES, "1,2"),
        (BallotKind.ALTERNATIVES, "4"),
        (BallotKind.ALTERNATIVES, "0"),
        (BallotKind.ALTERNATIVES, "-1"),
        (BallotKind.ALTERNATIVES, "01"),
        (BallotKind.ALTERNATIVES, "²"),
        (BallotKind.APPROVAL, "3,1"),
        (BallotKind.APPROVAL, "1,1"),
        (BallotKind.APPROVAL, "1, 3"),
        (BallotKind.RANKING, "1>1"),
        (BallotKind.RANKING, "1,2"),
        (BallotKind.RANKING, "1>4"),
        (BallotKind.ELECTION, "1,2,3"),
        (BallotKind.ELECTION, "invalid"),
        (BallotKind.ELECTION, "1" * 300),
    ],
)
def test_any_other_is_refused_with_a_sentence(kind, marking):
    with pytest.raises(RuleError) as caught:
        check(kind, marking, options=3, posts=2)
    assert caught.value.sentence.de.startswith("Bitte")


def test_a_secret_paper_may_be_spoilt():
    assert check(BallotKind.ELECTION, "invalid", options=3, may_spoil=True) == "invalid"


def test_ten_comes_after_nine():
    assert mark(BallotKind.APPROVAL, [10, 9, 1]) == "1,9,10"
    assert check(BallotKind.APPROVAL, "1,9,10", options=10) == "1,9,10"
