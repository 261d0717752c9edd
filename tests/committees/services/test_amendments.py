"""Amendments: proposed, ordered, voted on before their motion; the adopted one becomes the text."""

import random

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from committees.enums import AmendmentState
from committees.models import Amendment, Ballot, Resolution
from committees.rules.differences import differences
from committees.services import amendments, ballots, motions, register
from committees.services.amendments import AmendmentRefused
from tests.factories.committees import MeetingFactory, make_chamber

pytestmark = pytest.mark.django_db
TEXT = "Der Kachelserver wird 2027 erneuert.\n\nDie Kosten trägt der Fonds."


@pytest.fixture
def chamber():
    return make_chamber(3)


@pytest.fixture
def meeting(chamber):
    return MeetingFactory(committee=chamber.committee)


@pytest.fixture
def motion(chamber):
    draft = motions.create(
        by=chamber.office,
        partnership=chamber.partnership,
        title="Kachelserver erneuern",
        text=TEXT,
        committee=chamber.committee,
    )
    return motions.submit(by=chamber.office, motion=draft)


def propose(chamber, motion, index=0, **fields):
    return amendments.propose(by=chamber.delegates[index], motion=motion, partner=chamber.partners[index], **fields)


def vote(chamber, amendment, choices="yyn"):
    ballot = ballots.open_ballot(
        by=chamber.chair, ballot=amendments.prepare_ballot(by=chamber.chair, amendment=amendment)
    )
    chamber.cast_all(ballot, choices)
    ballot = ballots.close_ballot(by=chamber.chair, ballot=ballot)
    return ballots.declare(by=chamber.chair, ballot=ballot)


def test_the_adopted_amendment_is_the_text_that_is_voted_on(chamber, meeting, motion):
    referral = motion.referrals.get()
    draft = ballots.draft_ballot(
        by=chamber.chair,
        committee=chamber.committee,
        title=motion.title,
        text=motion.text,
        way="meeting",
        meeting=meeting,
        referral=referral,
    )
    amendment = propose(chamber, motion, passage="2027", text="2028", reasons="Mehr Zeit.")
    with pytest.raises(ballots.OpeningRefused, match="über die Änderungsanträge abzustimmen: 1"):
        ballots.open_ballot(by=chamber.chair, ballot=draft)
    resolution = vote(chamber, amendment)
    motion.refresh_from_db()
    amendment.refresh_from_db()
    assert (motion.text, amendment.state) == (TEXT.replace("2027", "2028"), AmendmentState.ADOPTED)
    assert amendment.original == TEXT
    assert (resolution.kind, bool(resolution.number)) == ("adopted", True)
    assert "2028" in register.part(resolution, "text")["text"]
    opened = ballots.open_ballot(by=chamber.chair, ballot=draft)
    assert opened.text == motion.text
    motion.refresh_from_db()
    assert motion.state == "in_treatment"


def test_a_rejected_amendment_leaves_the_text(chamber, meeting, motion):
    amendment = propose(chamber, motion, passage="2027", text="2028")
    assert vote(chamber, amendment, "ynn").kind == "rejected"
    motion.refresh_from_db()
    amendment.refresh_from_db()
    assert (motion.text, amendment.state) == (TEXT, AmendmentState.REJECTED)


def test_without_quorum_the_amendment_waits_for_another_ballot(chamber, meeting, motion):
    amendment = propose(chamber, motion, passage="2027", text="2028")
    assert vote(chamber, amendment, "y..").kind == "no_quorum"
    amendment.refresh_from_db()
    assert amendment.state == AmendmentState.PROPOSED
    assert vote(chamber, amendment).kind == "adopted"


def test_the_order_is_set_by_the_chair_and_held(chamber, meeting, motion):
    first = propose(chamber, motion, passage="2027", text="2028")
    second = propose(chamber, motion, 1, text="Es bleibt alles, wie es ist.")
    with pytest.raises(AmendmentRefused, match="wer ein beratendes Gremium leitet"):
        amendments.move(by=chamber.delegates[0], amendment=second, is_up=True)
    amendments.move(by=chamber.chair, amendment=second, is_up=True)
    with pytest.raises(AmendmentRefused, match="Weiter geht es"):
        amendments.move(by=chamber.chair, amendment=second, is_up=True)
    draft = amendments.prepare_ballot(by=chamber.chair, amendment=first)
    with pytest.raises(ballots.OpeningRefused, match="Änderungsantrag 2 abzustimmen"):
        ballots.open_ballot(by=chamber.chair, ballot=draft)
    vote(chamber, second, "ynn")
    assert ballots.open_ballot(by=chamber.chair, ballot=draft).state == "open"


def test_what_no_longer_fits_lapses_and_what_still_fits_stays(chamber, meeting, motion):
    winning = propose(chamber, motion, passage="2027", text="2028")
    same = propose(chamber, motion, 1, passage="2027", text="2030")
    whole = propose(chamber, motion, 2, text="Ganz anders.")
    other = propose(chamber, motion, 1, passage="der Fonds", text="jeder Partner selbst")
    vote(chamber, winning)
    states = dict(Amendment.objects.values_list("number", "state"))
    assert [states[row.number] for row in (winning, same, whole, other)] == ["adopted", "lapsed", "lapsed", "proposed"]
    vote(chamber, other)
    motion.refresh_from_db()
    assert motion.text == TEXT.replace("2027", "2028").replace("der Fonds", "jeder Partner selbst")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "wie der Text lauten soll"),
        ({"passage": "steht nicht da", "text": "x"}, "nicht genau einmal"),
        ({"passage": "Der", "text": "Ein"}, None),
        ({"passage": "D", "text": "x"}, "nicht genau einmal"),
        ({"text": TEXT}, "wie er ist"),
        ({"passage": "2027", "text": "2027"}, "wie er ist"),
    ],
)
def test_an_amendment_that_changes_nothing_or_the_unknown_is_refused(chamber, motion, fields, said):
    if said is None:
        assert propose(chamber, motion, **fields).number == 1
        return
    with pytest.raises(AmendmentRefused, match=said):
        propose(chamber, motion, **fields)


def test_only_for_ones_own_partner(chamber, motion):
    with pytest.raises(AmendmentRefused, match="vertreten Sie nicht"):
        amendments.propose(by=chamber.delegates[0], motion=motion, partner=chamber.partners[1], text="x")
    with pytest.raises(AmendmentRefused, match="für einen Partner"):
        amendments.propose(by=chamber.delegates[0], motion=motion, text="x")
    assert amendments.propose(by=chamber.office, motion=motion, text="x").proposed_by is None


def test_withdrawing_takes_its_draft_along_and_is_for_its_partner(chamber, meeting, motion):
    amendment = propose(chamber, motion, text="x")
    amendments.prepare_ballot(by=chamber.chair, amendment=amendment)
    with pytest.raises(AmendmentRefused, match="antragstellende Partner"):
        amendments.withdraw(by=chamber.delegates[1], amendment=amendment)
    amendments.withdraw(by=chamber.delegates[0], amendment=amendment)
    assert not Ballot.objects.exists()
    with pytest.raises(AmendmentRefused, match="bereits"):
        amendments.withdraw(by=chamber.delegates[0], amendment=amendment)


def test_while_the_amendment_is_voted_on_nobody_withdraws_it(chamber, meeting, motion):
    amendment = propose(chamber, motion, text="x")
    ballots.open_ballot(by=chamber.chair, ballot=amendments.prepare_ballot(by=chamber.chair, amendment=amendment))
    with pytest.raises(AmendmentRefused, match="gerade abgestimmt"):
        amendments.withdraw(by=chamber.delegates[0], amendment=amendment)


def test_the_database_keeps_what_was_proposed(chamber, motion):
    amendment = propose(chamber, motion, text="x")
    for deed in (
        lambda: Amendment.objects.filter(pk=amendment.pk).update(text="y"),
        lambda: Amendment.objects.filter(pk=amendment.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="amendment_"), transaction.atomic():
            deed()
    amendments.withdraw(by=chamber.delegates[0], amendment=amendment)
    with pytest.raises(DatabaseError, match="amendment_fixed"), transaction.atomic():
        Amendment.objects.filter(pk=amendment.pk).update(state="proposed")


def test_differences_hold_both_texts():
    rng, words = random.Random(7), ["der", "die", " ", "\n", ".", "Äpfel", "2027", "-"]
    for _ in range(300):
        old, new = ("".join(rng.choices(words, k=rng.randint(0, 14))) for _ in range(2))
        pieces = differences(old, new)
        assert "".join(piece.text for piece in pieces if piece.kind != "in") == old
        assert "".join(piece.text for piece in pieces if piece.kind != "out") == new


# --- in the browser -----------------------------------------------------------------------------------------


def address(motion, name, **more):
    return reverse(f"committees:{name}", kwargs={"slug": motion.partnership.slug, "pk": motion.pk, **more})


def page(client, person, motion):
    client.force_login(person)
    return " ".join(client.get(address(motion, "motion_detail")).content.decode().split())


def test_proposing_ordering_and_voting_on_the_page_of_the_motion(client, chamber, meeting, motion):
    assert "Änderungsantrag stellen" in page(client, chamber.delegates[0], motion)
    sent = {"partner": chamber.partners[0].pk, "passage": "2027", "text": "2028", "reasons": "Mehr Zeit."}
    assert client.post(address(motion, "amendment_create"), sent).status_code == 302
    propose(chamber, motion, 1, text="Ganz anders.")
    shown = page(client, chamber.delegates[0], motion)
    assert "<del>" in shown and "<ins>" in shown  # noqa: PT018 - one thought
    assert "gestrichen:" in shown
    assert "Nr. 1 zurückziehen" in shown
    assert "Nr. 2 zurückziehen" not in shown
    assert "Nr. 2 früher abstimmen" not in shown
    assert "Nr. 2 früher abstimmen" in page(client, chamber.chair, motion)
    second = motion.amendments.get(number=2)
    client.post(address(motion, "amendment_move", amendment=second.pk), {"richtung": "vor"})
    assert list(motion.amendments.order_by("position").values_list("number", flat=True)) == [2, 1]
    client.post(address(motion, "amendment_ballot", amendment=second.pk))
    assert Ballot.objects.get().amendment == second
    client.force_login(chamber.delegates[1])
    client.post(address(motion, "amendment_withdraw", amendment=second.pk))
    second.refresh_from_db()
    assert second.state == "withdrawn"


@pytest.mark.parametrize("number", [1, 4])
def test_many_amendments_cost_no_more_than_one(client, chamber, motion, django_assert_max_num_queries, number):
    for index in range(number):
        propose(chamber, motion, text=f"Fassung {index}")
    client.force_login(chamber.delegates[0])
    with django_assert_max_num_queries(12):
        client.get(address(motion, "motion_detail"))
    assert not Resolution.objects.exists()
