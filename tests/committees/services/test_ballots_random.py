"""Random commands by random people: the life of a ballot holds, whatever they try (V11, V12 of reliability.md)."""

import os
import random
import secrets
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from committees.enums import BallotState, Choice
from committees.models import Ballot, Participation, Resolution, RollEntry, Vote
from committees.rules import lifecycles
from committees.rules.presets import EQUAL_SIMPLE, VWVFG
from committees.rules.register import recount
from committees.rules.verdict import Count
from committees.services import ballots, register
from committees.services.ballots import counting
from partnership import clock
from partnership.access.ties import remember
from partnership.errors import Refusal
from partnership.services import outbox
from tests.factories.committees import BallotFactory, MeetingFactory, bulk_votes, make_chamber, open_ballot
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db
COMMANDS_EACH = 14
FIXED = ("counts", "closed_at", "text_hash", "rules_frozen", "roll_size", "opened_at")


class Undo(Exception):
    """Ends a sequence without leaving anything behind."""


class Sequence:
    """Some ballots of one committee, and what is known about each."""

    def __init__(self, chance: random.Random, chamber: Any, meeting: Any, stranger: Any) -> None:
        self.chance, self.chamber, self.meeting = chance, chamber, meeting
        self.people = [chamber.chair, chamber.office, *chamber.delegates, *chamber.deputies, stranger]
        self.now = clock.now()
        self.known: dict[Any, dict[str, Any]] = {}
        self.votes: dict[Any, dict[Any, str]] = {}
        self.receipts: list[tuple[dict[str, Any], ballots.Receipt]] = []
        for way in ("circular", "meeting"):
            form = chance.choice(["roll_call", "show_of_hands"]) if way == "meeting" else "roll_call"
            BallotFactory(
                committee=chamber.committee,
                way=way,
                form=form,
                meeting=meeting if way == "meeting" else None,
                deadline_at=self.now + timedelta(days=20) if way == "circular" else None,
            )

    def run(self) -> Counter[str]:
        done: Counter[str] = Counter()
        self.look()
        # Half of the sequences begin with what is open.
        if self.chance.random() < 0.5:
            for ballot in Ballot.objects.all():
                ballots.open_ballot(by=self.chamber.chair, ballot=ballot)
            self.look()
        for _ in range(COMMANDS_EACH):
            if self.chance.random() < 0.1:
                self.now += timedelta(days=self.chance.choice([1, 5, 12]))
            name = self.chance.choice(
                ["open_it"] * 2 + ["cast"] * 6 + ["repeat", "hands", "hands", "exclude", "include", "object_to"]
                + ["close", "close", "ask_early", "close_due", "declare", "declare", "annul", "break_tie", "remind"]
            )  # fmt: skip
            with clock.frozen(self.now):
                try:
                    getattr(self, name)()
                    done[name] += 1
                except Refusal as refusal:
                    done["without a reason"] += not str(refusal).strip()
                self.look()
        for ballot in Ballot.objects.all():
            self.check_counts(ballot)
        return done

    # Who does it, and to which ballot: mostly what makes sense, as pure chance would hardly ever get far.

    def ballot_in(self, *states: str) -> Ballot:
        found = [ballot for ballot in Ballot.objects.all() if ballot.state in states]
        return self.chance.choice(found if found and self.chance.random() < 0.8 else list(Ballot.objects.all()))

    def conductor(self) -> Any:
        likely = [self.chamber.chair, self.chamber.office]
        return self.chance.choice(likely if self.chance.random() < 0.8 else self.people)

    def chair(self) -> Any:
        return self.chamber.chair if self.chance.random() < 0.8 else self.chance.choice(self.people)

    def any_partner(self) -> Any:
        return self.chance.choice(self.chamber.partners)

    # commands

    def open_it(self) -> None:
        ballots.open_ballot(by=self.conductor(), ballot=self.ballot_in("draft"))

    def cast(self) -> None:
        index = self.chance.randrange(len(self.chamber.partners))
        helpers = [self.chamber.delegates[index], self.chamber.deputies[index], self.chance.choice(self.people)]
        sent = {
            "by": self.chance.choices(helpers, [6, 2, 1])[0],
            "ballot": self.ballot_in("open"),
            "partner": self.chamber.partners[index],
            "choice": self.chance.choice(Choice.values),
            "token": secrets.token_hex(8),
        }
        receipt = ballots.cast(**sent)
        self.receipts.append((sent, receipt))
        self.votes[sent["ballot"].pk][sent["partner"].pk] = sent["choice"]

    def repeat(self) -> None:
        if self.receipts:
            sent, receipt = self.chance.choice(self.receipts)
            again = ballots.cast(**sent)
            assert (again.revision, again.choice, again.cast_at) == (receipt.revision, receipt.choice, receipt.cast_at)
            assert again.is_repeat

    def hands(self) -> None:
        ballot = self.ballot_in("open")
        some = self.chance.sample(self.chamber.partners, 2)
        choices = {partner: self.chance.choice(Choice.values) for partner in some}
        ballots.enter_hands(by=self.conductor(), ballot=ballot, choices=choices)
        self.votes[ballot.pk].update({partner.pk: choice for partner, choice in choices.items()})

    def exclude(self) -> None:
        ballots.exclude_partner(
            by=self.chair(), ballot=self.ballot_in("draft", "open"), partner=self.any_partner(), reason="befangen"
        )

    def include(self) -> None:
        ballots.include_partner(by=self.chair(), ballot=self.ballot_in("draft", "open"), partner=self.any_partner())

    def object_to(self) -> None:
        index = self.chance.randrange(len(self.chamber.partners))
        ballots.object_to_circular(
            by=self.chance.choice([self.chamber.delegates[index]] * 6 + self.people),
            ballot=self.ballot_in("open"),
            partner=self.chamber.partners[index],
            reason="lieber mündlich",
        )

    def close(self) -> None:
        ballots.close_ballot(by=self.conductor(), ballot=self.ballot_in("open"))

    def ask_early(self) -> None:
        ballots.request_early_close(by=self.conductor(), ballot=self.ballot_in("open"), reason="eilt")

    def close_due(self) -> None:
        ballots.close_due()

    def declare(self) -> None:
        ballots.declare(by=self.conductor(), ballot=self.ballot_in("closed"))

    def annul(self) -> None:
        ballot = self.ballot_in("open", "closed")
        done = ballots.annul_and_repeat(
            by=self.conductor(), ballot=ballot, reason="falsch", deadline_at=self.now + timedelta(days=20)
        )
        if done.successor is not None:
            carried = self.votes[ballot.pk] if ballot.form == "show_of_hands" else {}
            self.votes[done.successor.pk] = dict(carried)

    def break_tie(self) -> None:
        ballots.break_tie(by=self.chair(), ballot=self.ballot_in("closed"), choice=self.chance.choice(Choice.values))

    def remind(self) -> None:
        ballots.remind_now(by=self.conductor(), ballot=self.ballot_in("open"))

    # what must hold after each

    def look(self) -> None:
        for ballot in Ballot.objects.all():
            before = self.known.get(ballot.pk)
            if before is not None:
                self.compare(ballot, before)
            self.votes.setdefault(ballot.pk, {})
            if before is None or before["state"] != ballot.state:
                self.check_counts(ballot)
            self.known[ballot.pk] = {
                name: getattr(ballot, name) for name in (*FIXED, "state", "verdict", "chair_choice")
            }

    def compare(self, ballot: Ballot, before: dict[str, Any]) -> None:
        if ballot.state != before["state"]:
            path = lifecycles.allowed(lifecycles.BALLOT, before["state"], ballot.state)
            assert path is not None, (before["state"], ballot.state)
        if before["state"] != BallotState.DRAFT:
            for name in FIXED:
                if before[name] not in (None, "", 0):
                    assert getattr(ballot, name) == before[name], name
        if before["verdict"] is not None and ballot.chair_choice == before["chair_choice"]:
            assert ballot.verdict == before["verdict"]

    def check_counts(self, ballot: Ballot) -> None:
        mine = Counter(self.votes[ballot.pk].values())
        tally = {choice: mine.get(choice, 0) for choice in Choice.values}
        assert counting.tally_by_difference(ballot) == counting.tally_by_latest(ballot) == tally
        assert Participation.objects.filter(ballot=ballot).count() == len(self.votes[ballot.pk])
        if ballot.counts:
            count = Count.from_data(ballot.counts)
            assert count.yes + count.no + count.abstained + count.excluded + count.missing == ballot.roll_size
            assert (count.yes, count.no, count.abstained) == tuple(tally[choice] for choice in ("yes", "no", "abstain"))


# 5,000 sequences (V12) take about half an hour; CI gives them four minutes and prints how far it came.
# KONVENT_HEAVY_SECONDS=3600 runs them all.
HEAVY_SECONDS = int(os.environ.get("KONVENT_HEAVY_SECONDS", "240"))


@pytest.mark.parametrize("sequences", [100, pytest.param(5000, marks=pytest.mark.heavy)])
def test_no_sequence_of_commands_leaves_the_life_of_a_ballot(sequences, monkeypatch):
    # Mails are rendered one by one and take most of the time; what they say is tested elsewhere.
    monkeypatch.setattr(outbox, "post_many", lambda letters: [])
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    chambers = [make_chamber(3, rules=rules, with_deputies=True) for rules in (EQUAL_SIMPLE.rules, VWVFG.rules)]
    meetings = [MeetingFactory(committee=chamber.committee) for chamber in chambers]
    stranger, done = UserFactory(), Counter()
    for chamber in chambers:
        for person in (chamber.chair, chamber.office, *chamber.delegates, *chamber.deputies, stranger):
            remember(person)  # nobody's functions change in here
    end = time.monotonic() + HEAVY_SECONDS
    for number in range(sequences):
        if time.monotonic() > end:
            print(f"stopped after {number} of {sequences} sequences")
            break
        try:
            with transaction.atomic():
                which = number % 2
                done += Sequence(chance, chambers[which], meetings[which], stranger).run()
                if Resolution.objects.exists() and number % 10 == 0:
                    assert register.verify(chambers[which].partnership).is_sound
                raise Undo
        except Undo:
            pass
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, sequence {number}: {error}") from error
    print(dict(done))
    names = ("open_it", "cast", "repeat", "exclude", "close", "declare", "annul", "close_due")
    missing = [name for name in names if not done[name]]
    assert not missing, (seed, missing)
    assert not done["without a reason"], seed


def _random_ballot(chance: random.Random, chamber: Any) -> tuple[Ballot, dict[Any, str]]:
    """An open ballot with exclusions and votes, some of them changed often."""
    ballot = open_ballot(chamber, way="meeting", form=chance.choice(["roll_call", "show_of_hands"]))
    excluded = chance.sample(chamber.partners, chance.randrange(3))
    RollEntry.objects.filter(ballot=ballot, partner__in=excluded).update(is_excluded=True)
    standing: dict[Any, str] = {}
    for _ in range(chance.randrange(20)):
        partner = chance.choice([partner for partner in chamber.partners if partner not in excluded])
        choice = chance.choice(Choice.values)
        person = chamber.person(partner)
        last = Vote.objects.filter(ballot=ballot, partner=partner).order_by("-revision").first()
        if last is None:
            bulk_votes(ballot, [choice], [partner], person)
        else:
            Vote.objects.create(
                ballot=ballot, partner=partner, revision=last.revision + 1, choice=choice, replaced=last.choice,
                cast_by=person, capacity="delegate", cast_at=clock.now(), token_hash=secrets.token_hex(16),
            )  # fmt: skip
        standing[partner] = choice
    return ballot, standing


def test_counts_agree_with_a_third_count_and_do_not_depend_on_order():
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    chamber = make_chamber(7)
    for _ in range(40):
        ballot, standing = _random_ballot(chance, chamber)
        ballot = ballots.close_ballot(by=chamber.chair, ballot=ballot)
        chosen = Counter(standing.values())
        excluded = ballot.roll.filter(is_excluded=True).count()
        assert ballot.state == "closed", seed
        assert ballot.counts == {
            "roll": 7,
            "yes": chosen["yes"],
            "no": chosen["no"],
            "abstained": chosen["abstain"],
            "missing": 7 - excluded - len(standing),
            "excluded": excluded,
            "present": None,
        }, seed
        parts = register.ballot_parts(ballot)
        chance.shuffle(parts["roll"])
        chance.shuffle(parts["votes"])
        assert recount(parts["roll"], parts["votes"]) == ballot.counts, seed
