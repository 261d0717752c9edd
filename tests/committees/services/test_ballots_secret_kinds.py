"""Secret ballots of every kind, and what circular procedures, proxies and further ballots ask of them."""

import json
import uuid
from dataclasses import replace
from fractions import Fraction

import pytest

from committees import sealing
from committees.exports.verifier import konvent_verify
from committees.models import BallotPaper, Participation, Resolution, RuleSet, Teller
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.register import export_bytes
from committees.rules.rule_set import Compare, Named, Reservation, Share, Turnout
from committees.services import ballots, register
from committees.services.ballots import counting, strongbox
from partnership.models import AuditEvent
from tests.committees.services.test_ballots_options import closed, drafted, opened
from tests.committees.services.test_circular import agree, close_late, with_circular
from tests.factories.committees import make_chamber, open_ballot

pytestmark = pytest.mark.django_db
SECRET = {"form": "secret", "secrecy": "separated"}
PHRASES = ("Kranich im Nebel 7", "Muschel am Strand 9")


@pytest.fixture(autouse=True)
def _apart(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(sealing, "sweep", lambda: None)
    monkeypatch.setattr(strongbox, "_stretched", lambda phrase, salt: (phrase.encode() + salt).ljust(32, b"-")[:32])


def declared(chamber, ballot):
    entry = ballots.declare(by=chamber.chair, ballot=ballot)
    assert register.verify(chamber.partnership).findings == ()
    return entry


def checked(chamber):
    """What the register's own program says to what insiders are given."""
    parts = ("text", "verdict", "roll", "votes", "papers", "attachments")
    raw = export_bytes(list(register.chain(chamber.partnership, lambda entry: parts)))
    return list(konvent_verify.check_counts(json.loads(raw)))


@pytest.mark.parametrize(
    ("kind", "papers", "sentence", "votes"),
    [
        ("alternatives", "1 1 1 1 1 2 2 3 no abstain . .", "Beschlossen: Anna.", {1: 5, 2: 2, 3: 1}),
        ("approval", "1,3 1 1 1,2 1 2 3 1 no abstain . .", "Beschlossen: Anna.", {1: 6, 2: 2, 3: 2}),
        ("ranking", "1>2 1>3>2 1 2>1 1 1 3>1 2 no abstain . .", "Beschlossen: Anna.", {1: 7, 2: 4, 3: 2}),
        ("election", "1 1 1 1 1 2 2 3 no abstain . .", "Gewählt: Anna.", {1: 5, 2: 2, 3: 1}),
    ],
)
def test_papers_with_options_are_counted_declared_and_counted_again(kind, papers, sentence, votes):
    chamber = make_chamber(12)
    ballot = closed(chamber, papers, kind, **SECRET)
    assert (ballot.state, ballot.is_count_withheld) == ("closed", False)
    result = ballot.result_of_options
    assert result.sentence.de == sentence
    assert {row.position: row.votes for row in result.table} == votes
    assert ballots.recount(ballot)
    declared(chamber, ballot)
    assert checked(chamber) == [1]


def test_a_table_that_the_papers_do_not_say_is_found():
    chamber = make_chamber(12)
    ballot = closed(chamber, "1 1 1 1 1 2 2 3 no abstain . .", **SECRET)
    table = [{**row, "votes": row["votes"] + (row["position"] == 2)} for row in ballot.verdict["options"]]
    ballot.verdict = {**ballot.verdict, "options": table}
    assert not ballots.recount(ballot)


def test_withheld_numbers_of_options_stand_in_no_entry_only_who_is_elected():
    chamber = make_chamber(6)
    ballot = closed(chamber, "1 1 1 1 1 2", "election", **SECRET)
    assert ballot.is_count_withheld
    entry = declared(chamber, ballot)
    assert "Gewählt: Anna." in register.part(entry, "text")["text"]
    assert register.part(entry, "verdict") is None
    assert register.record_of(entry, ()).entry["counts"] is None


def test_equal_papers_are_settled_by_lot_from_the_papers():
    chamber = make_chamber(12)
    ballot = closed(chamber, "1 1 1 1 1 2 2 2 2 2 . .", "election", **SECRET)
    assert ballot.outcome == "tie"
    ballot = ballots.draw_lot(by=chamber.chair, ballot=ballot, order=[2, 1])
    assert ballot.result_of_options.sentence.de == "Gewählt: Berta."
    assert ballots.recount(ballot)
    assert {row.position: row.votes for row in ballot.result_of_options.table} == {1: 5, 2: 5, 3: 0}


def test_a_further_sealed_ballot_waits_for_the_same_tellers():
    chamber = make_chamber(12)
    draft = drafted(chamber, "election", form="secret")
    assert draft.is_sealed
    for option in draft.options.all():
        ballots.answer_candidacy(by=chamber.office, option=option, accepts=True)
    persons = [chamber.office, chamber.delegates[0]]
    ballots.appoint_tellers(by=chamber.chair, ballot=draft, persons=persons)
    for person, phrase in zip(persons, PHRASES, strict=True):
        ballots.set_passphrase(by=person, ballot=draft, passphrase=phrase)
    ballot = ballots.open_ballot(by=chamber.chair, ballot=draft)
    for index, marking in enumerate(["1", "1", "1", "1", "1", "2", "2", "2", "2", "2"]):
        chamber.cast(ballot, index, marking)
    ballot = ballots.close_ballot(by=chamber.chair, ballot=ballot)
    assert (ballot.state, ballot.counts) == ("counting", None)
    for person, phrase in zip(persons, PHRASES, strict=True):
        ballot = ballots.open_urn(by=person, ballot=ballot, passphrase=phrase)
    assert (ballot.state, ballot.outcome) == ("closed", "tie")
    following = ballots.continue_ballot(by=chamber.chair, ballot=ballot)
    assert (following.state, following.secrecy, following.number) == ("draft", "sealed", 2)
    assert set(Teller.objects.filter(ballot=following).values_list("person", flat=True)) == {one.pk for one in persons}
    for person, phrase in zip(persons, PHRASES, strict=True):
        ballots.set_passphrase(by=person, ballot=following, passphrase=phrase)
    assert ballots.open_ballot(by=chamber.chair, ballot=following).state == "open"


def test_no_reservation_and_no_statement_stand_beside_a_paper():
    chamber = make_chamber(5, rules=replace(EQUAL_SIMPLE.rules, reservation=Reservation(is_allowed=True)))
    ballot = open_ballot(chamber, way="meeting", **SECRET)
    for more in ({"council": "Stadtrat"}, {"statement": "Wir sind dafür."}):
        with pytest.raises(ballots.InvalidChoice):
            ballots.cast(
                by=chamber.delegates[0],
                ballot=ballot,
                partner=chamber.partners[0],
                choice="yes",
                token=str(uuid.uuid4()),
                **more,
            )
    assert not BallotPaper.objects.exists()
    assert not Participation.objects.exists()


def test_a_partner_the_quorum_needs_is_there_once_it_took_part():
    chamber = make_chamber(12)
    needed = Named(str(chamber.partners[0].pk), "Stadt A")
    rules = replace(EQUAL_SIMPLE.rules, quorum=replace(EQUAL_SIMPLE.rules.quorum, partners=(needed,)))
    RuleSet.objects.filter(committee=chamber.committee).update(settings=rules.to_data())
    there = open_ballot(chamber, way="meeting", **SECRET)
    chamber.cast_all(there, "yyyyyynnnn..")
    absent = open_ballot(chamber, way="meeting", meeting=there.meeting, **SECRET)
    chamber.cast_all(absent, ".yyyyyynnnn.")
    outcomes = [ballots.close_ballot(by=chamber.chair, ballot=ballot).outcome for ballot in (there, absent)]
    assert outcomes == ["adopted", "no_quorum"]


def test_a_circular_ballot_too_few_agreed_to_ends_without_papers():
    everybody = with_circular(objections_to_stop=None, consent=Turnout(Share(Compare.AT_LEAST, Fraction(1))))
    chamber = make_chamber(6, rules=everybody)
    ballot = open_ballot(chamber, **SECRET)
    chamber.cast_all(ballot, "yyyyn.")
    ballot = close_late(ballot)
    assert (ballot.state, ballot.counts, ballot.verdict) == ("stopped", None, None)
    assert not BallotPaper.objects.filter(ballot=ballot).exists()
    entry = Resolution.objects.get(ballot=ballot)
    assert register.part(entry, "papers") is None
    assert "counts" not in AuditEvent.objects.get(action="ballot.stopped").details


def test_a_circular_ballot_all_agreed_to_is_counted():
    everybody = with_circular(objections_to_stop=None, consent=Turnout(Share(Compare.AT_LEAST, Fraction(1))))
    chamber = make_chamber(6, rules=everybody)
    ballot = open_ballot(chamber, **SECRET)
    chamber.cast_all(ballot, "yyyyn.")
    agree(chamber, ballot, 5)
    assert close_late(ballot).outcome == "adopted"


def test_nobody_states_a_conflict_while_it_runs_as_the_answer_would_tell_who_has_voted():
    chamber = make_chamber(6)
    ballot = open_ballot(chamber, way="meeting", **SECRET)
    chamber.cast(ballot, 0, "yes")
    for index in (0, 1):
        with pytest.raises(ballots.RollRefused, match="steht die Befangenheit mit der Eröffnung fest"):
            ballots.declare_conflict(
                by=chamber.delegates[index], ballot=ballot, partner=chamber.partners[index], reason="Eigenes Grundstück"
            )
        with pytest.raises(ballots.RollRefused, match="steht die Befangenheit mit der Eröffnung fest"):
            ballots.state_conflict(
                by=chamber.chair, ballot=ballot, partner=chamber.partners[index], reason="Eigenes Grundstück"
            )


def test_a_secret_opinion_poll_is_in_no_register():
    chamber = make_chamber(12)
    ballot = opened(chamber, "alternatives", is_opinion=True, **SECRET)
    for index, marking in enumerate(["1", "1", "1", "1", "1", "2", "2", "3"]):
        chamber.cast(ballot, index, marking)
    ballot = ballots.close_ballot(by=chamber.chair, ballot=ballot)
    ballots.declare(by=chamber.chair, ballot=ballot)
    assert not Resolution.objects.exists()
    assert counting.tally_of(ballot)["1"] == 5
