"""Ballots with options, from the draft to the register: alternatives, approval, ranking, elections, opinion polls."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from committees.exports.verifier import konvent_verify
from committees.models import Lot, Option, Participation, Resolution, Vote
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.register import export_bytes
from committees.rules.rule_set import Also, AlsoKind, Compare, Group, Majority, MajorityKind, Share
from committees.services import ballots, register
from committees.services.ballots import closing, counting
from partnership import clock
from partnership.models import OutboxMessage
from tests.factories.committees import MeetingFactory, make_chamber
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db
ABSOLUTE = replace(EQUAL_SIMPLE.rules, majority=Majority(MajorityKind.SHARE, Share(Compare.MORE_THAN, Fraction(1, 2))))


def drafted(chamber, kind="alternatives", options=("Anna", "Berta", "Carla"), **fields):
    meeting = MeetingFactory(committee=chamber.committee)
    return ballots.draft_ballot(
        by=chamber.chair,
        committee=chamber.committee,
        title="Vorsitz",
        text="Gewählt wird, wer den Vorsitz führt.",
        **{"way": "meeting", "meeting": meeting, "kind": kind, "options": options, **fields},
    )


def opened(chamber, kind="alternatives", **fields):
    ballot = drafted(chamber, kind, **fields)
    if kind == "election":
        for option in ballot.options.all():
            ballots.answer_candidacy(by=chamber.office, option=option, accepts=True)
    return ballots.open_ballot(by=chamber.chair, ballot=ballot)


def closed(chamber, markings, kind="alternatives", **fields):
    ballot = opened(chamber, kind, **fields)
    for index, marking in enumerate(markings.split()):
        if marking != ".":
            chamber.cast(ballot, index, marking)
    return ballots.close_ballot(by=chamber.chair, ballot=ballot)


# --- what stands on the paper -------------------------------------------------------------------------------


def test_options_stand_in_the_order_they_were_given_and_change_with_the_draft():
    chamber = make_chamber(2)
    ballot = drafted(chamber, options=("Blau", " Rot ", ""))
    assert list(ballot.options.values_list("position", "title")) == [(1, "Blau"), (2, "Rot")]
    Option.objects.filter(title="Rot").update(text="wie die Fahne")
    ballots.change_draft(by=chamber.chair, ballot=ballot, options=("Rot", "Grün"))
    assert list(ballot.options.values_list("position", "title", "text")) == [
        (1, "Rot", "wie die Fahne"),
        (2, "Grün", ""),
    ]
    ballots.change_draft(by=chamber.chair, ballot=ballot, kind="motion")
    assert not ballot.options.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"options": ("Rot", "rot")}, "nur einmal"),
        ({"options": [f"Nr. {n}" for n in range(51)]}, "höchstens 50"),
        ({"options": ("x" * 201, "y")}, "höchstens 200 Zeichen"),
        ({"posts": 2}, "Mehrere Plätze"),
        ({"takes_nominations": True}, "nur bei einer Wahl"),
        ({"form": "show_of_hands"}, "Mit Handzeichen"),
        ({"kind": "lottery"}, "Art der Abstimmung"),
    ],
)
def test_a_draft_that_makes_no_sense_is_refused(fields, said):
    with pytest.raises(ballots.BallotRefused, match=said):
        drafted(make_chamber(2), **fields)


@pytest.mark.parametrize(("kind", "options"), [("alternatives", ("A",)), ("ranking", ("A",)), ("approval", ())])
def test_too_little_on_the_paper_cannot_be_opened(kind, options):
    chamber = make_chamber(2)
    with pytest.raises(ballots.OpeningRefused, match="fehlen Möglichkeiten"):
        opened(chamber, kind, options=options)


def test_rules_that_ask_what_no_option_can_answer_refuse_opening():
    group = Also(AlsoKind.GROUP, group=Group("Länder", ("land",)))
    chamber = make_chamber(2, rules=replace(EQUAL_SIMPLE.rules, also=(group,)))
    with pytest.raises(ballots.OpeningRefused, match="jede Möglichkeit einzeln"):
        opened(chamber)


def test_the_paper_belongs_to_the_text_that_was_opened():
    ballot = opened(make_chamber(2))
    paper = [{"position": n, "title": t, "text": ""} for n, t in enumerate(("Anna", "Berta", "Carla"), start=1)]
    assert ballot.text_hash == ballots.text_hash(ballot.title, ballot.text, paper)
    assert ballot.text_hash != ballots.text_hash(ballot.title, ballot.text)


# --- nomination and acceptance ------------------------------------------------------------------------------


def test_a_delegate_nominates_for_the_own_partner_and_the_person_accepts():
    chamber = make_chamber(3)
    ballot = drafted(chamber, "election", options=(), takes_nominations=True)
    person = UserFactory(name="Klara Kandidatin")
    option = ballots.propose(
        by=chamber.delegates[0], ballot=ballot, title="", account=person, partner=chamber.partners[0]
    )
    assert (option.title, option.proposed_by, option.is_open) == ("Klara Kandidatin", chamber.partners[0], True)
    with pytest.raises(ballots.OpeningRefused, match="Kandidatur angenommen: Klara Kandidatin"):
        ballots.open_ballot(by=chamber.chair, ballot=ballot)
    with pytest.raises(ballots.NotAllowed, match="die Person selbst"):
        ballots.answer_candidacy(by=chamber.delegates[1], option=option, accepts=True)
    ballots.answer_candidacy(by=person, option=option, accepts=True)
    option.refresh_from_db()
    assert (option.recorded_by, option.accepted_at is not None) == (person, True)
    assert ballots.open_ballot(by=chamber.chair, ballot=ballot).state == "open"


def test_who_may_not_nominate():
    chamber = make_chamber(2)
    deaf = drafted(chamber, "election", options=())
    with pytest.raises(ballots.NotAllowed):
        ballots.propose(by=chamber.delegates[0], ballot=deaf, title="Anna", partner=chamber.partners[0])
    ballot = drafted(chamber, "election", options=("Anna",), takes_nominations=True)
    with pytest.raises(ballots.NotAllowed, match="den Sie in diesem Gremium vertreten"):
        ballots.propose(by=chamber.delegates[0], ballot=ballot, title="Berta", partner=chamber.partners[1])
    with pytest.raises(ballots.BallotRefused, match="steht bereits"):
        ballots.propose(by=chamber.delegates[0], ballot=ballot, title="anna", partner=chamber.partners[0])
    started = opened(chamber, "election")
    with pytest.raises(ballots.WrongState, match="bereits eröffnet"):
        ballots.propose(by=chamber.office, ballot=started, title="Dora")


def test_one_account_stands_once():
    chamber = make_chamber(2)
    ballot, person = drafted(chamber, "election", options=()), UserFactory()
    ballots.propose(by=chamber.office, ballot=ballot, title="Anna A.", account=person)
    with pytest.raises(ballots.BallotRefused, match="bereits vorgeschlagen"):
        ballots.propose(by=chamber.office, ballot=ballot, title="Anna Anders", account=person)


def test_who_declines_keeps_the_ballot_shut_until_the_line_is_removed():
    chamber = make_chamber(2)
    ballot = drafted(chamber, "election")
    first, *others = ballot.options.all()
    ballots.answer_candidacy(by=chamber.office, option=first, accepts=False)
    for option in others:
        ballots.answer_candidacy(by=chamber.office, option=option, accepts=True)
    with pytest.raises(ballots.OpeningRefused, match="Anna"):
        ballots.open_ballot(by=chamber.chair, ballot=ballot)
    ballots.remove_option(by=chamber.office, option=first)
    assert list(ballot.options.values_list("position", "title")) == [(1, "Berta"), (2, "Carla")]
    assert ballots.open_ballot(by=chamber.chair, ballot=ballot).titles == {1: "Berta", 2: "Carla"}


def test_another_person_has_to_accept_anew():
    chamber = make_chamber(2)
    option = drafted(chamber, "election").options.first()
    ballots.answer_candidacy(by=chamber.office, option=option, accepts=True)
    ballots.change_option(by=chamber.office, option=option, title="Anna", text="aus Altstadt")
    option.refresh_from_db()
    assert (option.is_open, option.text) == (False, "aus Altstadt")
    changed = ballots.change_option(by=chamber.office, option=option, title="Antonia", text="")
    assert changed.is_open


# --- casting ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("alternatives", ["1", "no", "abstain"], ["yes", "1,2", "4", "0", "invalid"]),
        ("approval", ["1", "1,3", "1,2,3"], ["3,1", "1,1", "1,4", "yes"]),
        ("ranking", ["2", "3>1", "2>1>3"], ["1,2", "1>1", "4>1", "yes"]),
        ("election", ["3", "no"], ["1,2", "yes", "9"]),
    ],
)
def test_only_what_the_paper_carries_is_counted(kind, good, bad):
    chamber = make_chamber(4)
    ballot = opened(chamber, kind)
    for index, marking in enumerate(good):
        assert chamber.cast(ballot, index, marking).choice == marking
    for marking in bad:
        with pytest.raises(ballots.InvalidChoice):
            chamber.cast(ballot, 3, marking)
        if marking == "3,1":
            continue  # the order within a marking is asked by the service alone
        with pytest.raises(DatabaseError, match="vote_fits_paper"), transaction.atomic():
            forge(ballot, chamber, marking)
    assert Vote.objects.count() == len(good)


def forge(ballot, chamber, marking):
    Participation.objects.create(ballot=ballot, partner=chamber.partners[3])
    Vote.objects.create(
        ballot=ballot,
        partner=chamber.partners[3],
        choice=marking,
        cast_by=chamber.chair,
        capacity="delegate",
        cast_at=clock.now(),
        token_hash="x",
    )


def test_a_motion_takes_no_options():
    chamber = make_chamber(4)
    ballot = opened(chamber, "motion", options=())
    for marking in ("1", "1>2", "invalid", "Yes"):
        with pytest.raises(DatabaseError, match="vote_fits_paper"), transaction.atomic():
            forge(ballot, chamber, marking)


def test_more_posts_take_more_crosses_and_a_changed_vote_counts_once():
    chamber = make_chamber(3)
    ballot = opened(chamber, "election", posts=2)
    chamber.cast(ballot, 0, "1,2")
    chamber.cast(ballot, 0, "2,3")
    chamber.cast(ballot, 1, "2")
    with pytest.raises(ballots.InvalidChoice, match="höchstens 2"):
        chamber.cast(ballot, 2, "1,2,3")
    assert {k: n for k, n in counting.tally_by_difference(ballot).items() if n} == {"2": 1, "2,3": 1}
    assert counting.tally_by_latest(ballot) == counting.tally_by_difference(ballot)


def test_opening_freezes_the_paper_in_the_database():
    ballot = opened(make_chamber(2))
    option = ballot.options.first()
    for deed in (
        lambda: Option.objects.filter(pk=option.pk).update(title="Zora"),
        lambda: Option.objects.filter(pk=option.pk).delete(),
        lambda: Option.objects.create(ballot=ballot, position=4, title="Zora"),
    ):
        with pytest.raises(DatabaseError, match="option_"), transaction.atomic():
            deed()
    with pytest.raises(DatabaseError, match="lot_into_tie"), transaction.atomic():
        Lot.objects.create(ballot=ballot, order=[1], is_by_hand=True, drawn_by=ballot.opened_by, drawn_at=clock.now())


def test_an_option_cannot_be_moved_into_another_ballot():
    chamber = make_chamber(2)
    running, draft = opened(chamber), drafted(chamber, options=())
    with pytest.raises(DatabaseError), transaction.atomic():
        running.options.filter(position=1).update(ballot=draft)
    with pytest.raises(IntegrityError), transaction.atomic():
        Option.objects.create(ballot=draft, position=51, title="Zu viel")


# --- closing, declaring, register ---------------------------------------------------------------------------


def test_an_election_is_declared_by_name():
    chamber = make_chamber(4)
    ballot = closed(chamber, "1 2 2 no", "election")
    assert (ballot.outcome, ballot.counts["yes"], ballot.counts["no"]) == ("adopted", 3, 1)
    assert closing.recount(ballot)
    resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    assert (resolution.kind, bool(resolution.number)) == ("adopted", True)
    assert register.part(resolution, "text")["text"].endswith("Gewählt: Berta.")
    verdict = register.part(resolution, "verdict")
    assert [(row["title"], row["votes"]) for row in verdict["options"]] == [("Anna", 1), ("Berta", 2), ("Carla", 0)]
    assert verdict["chosen"] == [2]
    assert register.verify(chamber.partnership).is_sound
    mail = OutboxMessage.objects.filter(kind="resolution.declared").first()
    assert "Berta" in bytes(mail.mime).decode()


def test_a_ranking_is_counted_and_declared():
    chamber = make_chamber(3)
    ballot = closed(chamber, "2>1 1>2>3 2>3", "ranking")
    assert ballot.result_of_options.chosen == (2,)
    resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    assert register.part(resolution, "text")["text"].endswith("Beschlossen: Berta.")


def test_approval_for_several_and_against_all():
    chamber = make_chamber(3)
    assert closed(chamber, "1,2 2 no", "approval").outcome == "adopted"
    assert closed(chamber, "no no 1", "approval").outcome == "rejected"


def test_a_recount_notices_a_table_that_says_something_else():
    chamber = make_chamber(2)
    ballot = closed(chamber, "1 1")
    ballot.verdict["options"][0]["votes"] = 1
    assert not closing.recount(ballot)


def test_a_missed_quorum_is_no_rejection_of_anybody():
    chamber = make_chamber(4)
    ballot = closed(chamber, "1 . . .", "election")
    resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    assert (resolution.kind, resolution.number) == ("no_quorum", "")
    assert "Gewählt:" not in register.part(resolution, "text")["text"]


# --- equal votes --------------------------------------------------------------------------------------------


def test_the_lot_is_drawn_among_those_that_are_level_and_stands_in_the_register():
    chamber = make_chamber(4)
    ballot = closed(chamber, "1 1 2 2", "election")
    assert ballot.outcome == "tie"
    ballot = ballots.draw_lot(by=chamber.chair, ballot=ballot)
    lot = Lot.objects.get()
    assert (sorted(lot.order), lot.is_by_hand, lot.drawn_by) == ([1, 2], False, chamber.chair)
    assert ballot.result_of_options.chosen == (lot.order[0],)
    resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    assert register.part(resolution, "verdict")["lots"] == [lot.order]
    assert register.verify(chamber.partnership).is_sound
    with pytest.raises(ballots.WrongState):
        ballots.draw_lot(by=chamber.chair, ballot=ballot)


def test_a_lot_drawn_by_hand_is_entered():
    chamber = make_chamber(4)
    ballot = closed(chamber, "1 1 3 3", "election")
    with pytest.raises(ballots.WrongState, match="genau denen"):
        ballots.draw_lot(by=chamber.chair, ballot=ballot, order=[2, 1])
    ballot = ballots.draw_lot(by=chamber.chair, ballot=ballot, order=[3, 1])
    assert (ballot.result_of_options.chosen, Lot.objects.get().is_by_hand) == ((3,), True)


def test_no_verdict_changes_without_a_lot():
    chamber = make_chamber(2)
    ballot = closed(chamber, "1 2")
    with pytest.raises(DatabaseError, match="ballot_decided"), transaction.atomic():
        type(ballot).objects.filter(pk=ballot.pk).update(outcome="adopted")


def test_a_tie_is_voted_on_anew_in_one_step_among_those_that_are_level():
    chamber = make_chamber(4)
    ballot = closed(chamber, "1 1 3 3", "election")
    following = ballots.continue_ballot(by=chamber.chair, ballot=ballot)
    ballot.refresh_from_db()
    assert (ballot.state, Resolution.objects.get(ballot=ballot).kind) == ("declared", "tie")
    assert (following.state, following.number, following.continues) == ("open", 2, ballot)
    assert following.titles == {1: "Anna", 2: "Carla"}
    with pytest.raises(ballots.WrongState):
        ballots.continue_ballot(by=chamber.chair, ballot=ballot)
    for index in range(4):
        chamber.cast(following, index, "2")
    resolution = ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=following))
    assert (resolution.refers_to.ballot, resolution.relation) == (ballot, "follows")


def test_without_absolute_majority_a_run_off_decides_by_most_votes():
    chamber = make_chamber(5, rules=ABSOLUTE)
    ballot = closed(chamber, "1 1 2 2 3", "election")
    assert (ballot.outcome, ballot.result_of_options.next) == ("undecided", (1, 2))
    following = ballots.continue_ballot(by=chamber.chair, ballot=ballot)
    for index, marking in enumerate(("1", "2", "2", "abstain", "abstain")):
        chamber.cast(following, index, marking)
    following = ballots.close_ballot(by=chamber.chair, ballot=following)
    assert (following.outcome, following.result_of_options.chosen) == ("adopted", (2,))


def test_a_seat_that_is_left_is_voted_on_alone():
    chamber = make_chamber(5, rules=ABSOLUTE)
    ballot = closed(chamber, "1,2 1,2 1,3 1,3 1", "election", posts=2)
    following = ballots.continue_ballot(by=chamber.chair, ballot=ballot)
    assert (following.posts, following.titles) == (1, {1: "Berta", 2: "Carla"})


def test_a_tie_on_a_motion_is_repeated_in_one_step_too():
    chamber = make_chamber(2, rules=replace(EQUAL_SIMPLE.rules, tie="new_ballot"))
    ballot = closed(chamber, "yes no", "motion", options=())
    following = ballots.continue_ballot(by=chamber.chair, ballot=ballot)
    assert (following.number, following.kind, following.state) == (2, "motion", "open")


def test_annulling_carries_the_paper_to_the_new_ballot():
    chamber = make_chamber(2)
    ballot = opened(chamber, "election", posts=2)
    new = ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="Falscher Name").successor
    assert (new.kind, new.posts, new.titles, new.state) == ("election", 2, ballot.titles, "open")


# --- opinion polls ------------------------------------------------------------------------------------------


def test_an_opinion_poll_binds_nobody():
    chamber = make_chamber(3)
    ballot = closed(chamber, "1 1 2", is_opinion=True)
    assert ballots.declare(by=chamber.chair, ballot=ballot) is None
    ballot.refresh_from_db()
    assert (ballot.state, Resolution.objects.count()) == ("declared", 0)
    mail = OutboxMessage.objects.filter(kind="ballot.opinion")
    assert mail.count() == 5
    assert "bindet niemanden" in bytes(mail.first().mime).decode().replace("=\n", "")


def test_an_annulled_opinion_poll_leaves_nothing_in_the_register():
    chamber = make_chamber(3)
    ballots.annul_and_repeat(by=chamber.chair, ballot=opened(chamber, is_opinion=True), reason="Verwechselt")
    assert not Resolution.objects.exists()


# --- what it costs ------------------------------------------------------------------------------------------


def test_casting_an_option_costs_no_more_than_two_statements_above_a_motion(django_assert_max_num_queries):
    chamber = make_chamber(3)
    ballot = opened(chamber, "approval")
    with django_assert_max_num_queries(14):
        chamber.cast(ballot, 0, "1,3")


def test_the_words_of_many_votes_cost_two_statements(django_assert_num_queries):
    chamber = make_chamber(3)
    ballot = closed(chamber, "1 2 no")
    ballot = type(ballot).objects.get(pk=ballot.pk)
    with django_assert_num_queries(2):
        assert {vote.words for vote in ballot.votes.all()} == {"Anna", "Berta", "gegen alle"}


# --- the stand-alone verifier -------------------------------------------------------------------------------


def exported(chamber):
    records = list(register.chain(chamber.partnership))
    return json.loads(export_bytes(records, partnership=str(chamber.partnership.pk)))


@pytest.mark.parametrize(
    ("kind", "markings"), [("approval", "1,3 3 no abstain"), ("ranking", "2>1 1>2 2 no"), ("election", "1 1 2 .")]
)
def test_the_verifier_counts_papers_with_options_anew(kind, markings):
    chamber = make_chamber(4)
    ballots.declare(by=chamber.chair, ballot=closed(chamber, markings, kind))
    document = exported(chamber)
    assert list(konvent_verify.check_counts(document)) == [1]
    document["entries"][0]["parts"]["verdict"]["data"]["options"][0]["votes"] += 1
    assert "Tabelle der Möglichkeiten" in next(konvent_verify.check_counts(document)).de


@pytest.mark.parametrize("marking", ["1,1", "0", "1,2>3", ["1"], "ja", ""])
def test_the_verifier_counts_no_nonsense(marking):
    chamber = make_chamber(3)
    ballots.declare(by=chamber.chair, ballot=closed(chamber, "1 1 2", "approval"))
    document = exported(chamber)
    document["entries"][0]["parts"]["votes"]["data"][0]["choice"] = marking
    assert "nicht zählbar" in next(konvent_verify.check_counts(document)).de
