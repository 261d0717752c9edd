"""What the papers of a ballot with options mean: alternatives, approval, ranking, election of persons.

**The count stays one.** A paper with a valid choice is a yes, "against all" a no, an abstention or an invalid paper
abstains; so quorum and participation are asked exactly as on a motion (`verdict.decide`).

**The majority is that of the rules**, asked of the option that leads, by the votes that name it:
the simple majority is relative (most votes, and more than against all); a share is absolute. Where nobody reaches
a share, a further ballot is held among those that lead; in the further ballot of an election most votes are enough
(BTGO § 2 (2); KonsensG § 6), unless the rules set a stage of their own.

**Rankings** are counted by Schulze, for several posts by STV (Droop quota, exact fractions carried over). Of the
library votelib we take the strongest paths and the single counts. Its own choice of a Schulze winner compares
numbers of wins, which passes over an unbeaten option that has fewer; here every option that no other one beats by
a stronger path is a winner. Its own choice of whom to drop counts exhausted papers as a candidate; ours does not.

**Equal votes** are never decided by order: the outcome is a tie that names the options, until a lot among exactly
these says more, or a further ballot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from votelib.convert import RankedToCondorcetVotes
from votelib.evaluate.condorcet import Schulze
from votelib.evaluate.sequential import TransferableVoteSelector

from committees.rules import verdict
from committees.rules.papers import AGAINST, BallotKind, bucket, positions_of
from committees.rules.rule_set import (
    Abstention,
    AlsoKind,
    Base,
    Choice,
    Majority,
    MajorityKind,
    Missing,
    Rules,
    Tie,
    Way,
)
from committees.rules.sentence import Sentence
from committees.rules.verdict import OUTCOMES, Condition, Count, Outcome, Verdict

# What verdict.decide says beyond who took part; of options it is asked here.
_ASKED_HERE: Final = frozenset({"majority", "tie", "stage", "minimum_yes"})
_RELATIVE: Final = frozenset({MajorityKind.SIMPLE, MajorityKind.NO_OBJECTION})


@dataclass(frozen=True, slots=True)
class Row:
    """One option of the table: the votes that name it; where ranked, how often first and how many it beats."""

    position: int
    title: str
    votes: int
    first: int | None = None
    beats: int | None = None

    def to_data(self) -> dict[str, Any]:
        return {
            "position": self.position,
            "title": self.title,
            "votes": self.votes,
            "first": self.first,
            "beats": self.beats,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Verdict):
    """A verdict that also says which options are chosen, which are level, and among which the next ballot is held."""

    kind: BallotKind
    posts: int = 1
    chosen: tuple[int, ...] = ()
    tied: tuple[int, ...] = ()
    next: tuple[int, ...] = ()
    table: tuple[Row, ...] = ()
    lots: tuple[tuple[int, ...], ...] = ()

    @property
    def open_posts(self) -> int:
        """Posts that a further ballot or a lot still has to fill."""
        return self.posts - len(self.chosen)

    @property
    def sentence(self) -> Sentence:
        """The outcome in one sentence, by name."""
        return _say(self)

    def to_data(self) -> dict[str, Any]:
        return {
            **Verdict.to_data(self),
            "kind": self.kind.value,
            "posts": self.posts,
            "chosen": list(self.chosen),
            "tied": list(self.tied),
            "next": list(self.next),
            "options": [row.to_data() for row in self.table],
            "lots": [list(lot) for lot in self.lots],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Result:
        plain = Verdict.from_data(data)
        return cls(
            outcome=plain.outcome,
            conditions=plain.conditions,
            count=plain.count,
            kind=BallotKind(data["kind"]),
            posts=data["posts"],
            chosen=tuple(data["chosen"]),
            tied=tuple(data["tied"]),
            next=tuple(data["next"]),
            table=tuple(Row(**row) for row in data["options"]),
            lots=tuple(tuple(lot) for lot in data["lots"]),
        )


def has_options(data: Mapping[str, Any] | None) -> bool:
    """Whether a stored verdict is the result of a ballot with options."""
    return data is not None and "options" in data


def can_be_asked(rules: Rules) -> bool:
    """Whether every second condition of the rules can be asked of an option: only shares can."""
    return all(also.kind is AlsoKind.SHARE for also in rules.also)


def count_of(tally: Mapping[str, int], *, roll: int, excluded: int = 0, present: int | None = None) -> Count:
    """The count of a tally by marking."""
    numbers = dict.fromkeys(Choice, 0)
    for marking, votes in tally.items():
        numbers[bucket(marking)] += votes
    return Count(
        roll=roll,
        yes=numbers[Choice.YES],
        no=numbers[Choice.NO],
        abstained=numbers[Choice.ABSTAIN],
        missing=roll - excluded - sum(numbers.values()),
        excluded=excluded,
        present=present,
    )


def votes_by_option(kind: BallotKind, tally: Mapping[str, int], options: int) -> dict[int, int]:
    """How many votes name each option, by its position."""
    return _named(_papers(kind, tally), options)


def _papers(kind: BallotKind, tally: Mapping[str, int]) -> tuple[tuple[tuple[int, ...], int], ...]:
    """The valid papers: what they name, and how many are alike."""
    valid = ((marking, votes) for marking, votes in sorted(tally.items()) if votes and bucket(marking) is Choice.YES)
    return tuple((positions_of(kind, marking), votes) for marking, votes in valid)


def _named(papers: Iterable[tuple[tuple[int, ...], int]], options: int) -> dict[int, int]:
    votes = dict.fromkeys(range(1, options + 1), 0)
    for positions, number in papers:
        for position in positions:
            votes[position] += number
    return votes


def decide(
    rules: Rules,
    kind: BallotKind,
    tally: Mapping[str, int],
    count: Count,
    *,
    options: Sequence[str],
    posts: int = 1,
    way: str,
    number: int = 1,
    lots: Iterable[Sequence[int]] = (),
    **taking_part: Any,
) -> Result:
    """Apply the rules to the votes per marking. Pure: equal arguments, equal result.

    ``options`` are the titles in the order of the paper. ``lots`` are orders drawn among options that were level, the
    first of each being preferred. ``taking_part`` is what ``verdict.decide`` asks about quorum and procedure.
    Raises ``RuleError`` as ``verdict.decide`` does.
    """
    box = _Box(
        rules=rules.at_ballot(number),
        kind=BallotKind(kind),
        papers=_papers(BallotKind(kind), tally),
        against=tally.get(AGAINST, 0),
        count=count,
        titles=tuple(options),
        posts=posts,
        way=Way(way),
        lots=tuple(tuple(lot) for lot in lots),
        is_most_enough=rules.at_ballot(number).majority.kind in _RELATIVE
        or (
            number > 1 and not any(stage.from_ballot <= number and stage.majority is not None for stage in rules.stages)
        ),
    )
    outcome, conditions = _took_part(box, taking_part)
    if outcome is not None:
        return box.result(outcome, conditions)
    if not count.yes:
        return box.result(Outcome.REJECTED, [*conditions, _nothing_named(box)])
    if box.kind is BallotKind.ELECTION:
        found = _elect(box)
    elif box.kind is BallotKind.RANKING and posts > 1:
        found = _transfer(box)
    elif box.kind is BallotKind.RANKING:
        found = _lead(box, _unbeaten(box))
    else:
        found = _lead(box, _foremost(box))
    return replace(found, conditions=(*conditions, *found.conditions))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """The opened ballot box, with everything that decides."""

    rules: Rules
    kind: BallotKind
    papers: tuple[tuple[tuple[int, ...], int], ...]
    against: int
    count: Count
    titles: tuple[str, ...]
    posts: int
    way: Way
    lots: tuple[tuple[int, ...], ...]
    is_most_enough: bool
    votes: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "votes", _named(self.papers, len(self.titles)))

    @property
    def rankings(self) -> dict[Any, Any]:
        """As votelib takes them; its types ask for candidates with names, it counts numbers as well."""
        return dict(self.papers)

    def name(self, position: int) -> str:
        return f"„{self.titles[position - 1]}“"

    def names(self, positions: Iterable[int]) -> Sentence:
        """``„A“, „B“ und „C“``."""
        names = [self.name(position) for position in positions]
        if len(names) < 2:
            return Sentence("".join(names), "".join(names))
        head = ", ".join(names[:-1])
        return Sentence(f"{head} und {names[-1]}", f"{head} and {names[-1]}")

    def order(self, positions: Iterable[int]) -> list[int]:
        """Most votes first."""
        return sorted(positions, key=lambda position: (-self.votes[position], position))

    def drawn(self, tied: Iterable[int]) -> tuple[int, ...] | None:
        """The order a lot gave exactly these options."""
        wanted = set(tied)
        return next((lot for lot in self.lots if set(lot) == wanted), None)

    def result(
        self, outcome: Outcome, conditions: Iterable[Condition], chosen: Iterable[int] = (), **more: Any
    ) -> Result:
        return Result(
            outcome=outcome,
            conditions=tuple(conditions),
            count=self.count,
            kind=self.kind,
            posts=self.posts,
            chosen=tuple(chosen),
            table=_table(self),
            lots=self.lots,
            **more,
        )


def _table(box: _Box) -> tuple[Row, ...]:
    first: dict[int, int | None] = dict.fromkeys(box.votes)
    beats: dict[int, int | None] = dict.fromkeys(box.votes)
    if box.kind is BallotKind.RANKING:
        first = {
            position: sum(votes for ranked, votes in box.papers if ranked[0] == position) for position in box.votes
        }
        pairs = _pairs(box)
        beats = {
            one: sum(pairs.get((one, other), 0) > pairs.get((other, one), 0) for other in box.votes)
            for one in box.votes
        }
    return tuple(
        Row(position, title, box.votes[position], first[position], beats[position])
        for position, title in enumerate(box.titles, start=1)
    )


# What is said before and after


def choice_effects(rules: Rules, kind: BallotKind, *, posts: int, way: str, number: int = 1) -> dict[str, Sentence]:
    """What a choice, a vote against all and an abstention do under these rules: key ``yes`` for a choice."""
    stage = rules.at_ballot(number)
    is_unanimous = Way(way) is Way.CIRCULAR and rules.circular.is_unanimity_needed
    is_share = stage.majority.kind not in _RELATIVE and not (kind is BallotKind.ELECTION and number > 1)
    if kind is BallotKind.RANKING and posts > 1:
        how = Sentence(
            "Ihre Stimme zählt für die erste Person; was diese nicht braucht, geht an die nächste.",
            "Your vote counts for the first person; what they do not need goes on to the next.",
        )
    elif kind is BallotKind.RANKING:
        how = Sentence(
            "Was weiter vorn steht, ziehen Sie allem dahinter und allem nicht Genannten vor; Schulze-Methode.",
            "What stands further up you prefer to what follows and to what you leave out; Schulze method.",
        )
    elif is_unanimous:
        how = Sentence("Alle müssen dasselbe wählen.", "All have to choose the same.")
    elif is_share:
        how = Sentence(
            "Beschlossen ist nur, was die verlangte Mehrheit erreicht; sonst kann ein weiterer Wahlgang folgen.",
            "Only what reaches the majority asked for is adopted; otherwise another ballot may follow.",
        )
    else:
        how = Sentence(
            "Beschlossen ist, was die meisten Stimmen hat und mehr als gegen alle stimmen.",
            "Adopted is what has most votes, and more than vote against all.",
        )
    effects = {
        Choice.YES.value: how,
        AGAINST: Sentence("Sie wollen nichts davon.", "You want none of these."),
    }
    if rules.abstention is not Abstention.FORBIDDEN:
        effects[Choice.ABSTAIN.value] = (
            Sentence("Enthaltung wirkt hier wie gegen alle.", "Abstention works like against all here.")
            if is_unanimous or (is_share and stage.base is not Base.YES_NO)
            else Sentence(
                "Enthaltung zählt hier nicht mit, nur zur Beteiligung.",
                "Abstention does not count here, except as taking part.",
            )
        )
    return effects


# Who took part


def _took_part(box: _Box, taking_part: Mapping[str, Any]) -> tuple[Outcome | None, list[Condition]]:
    """Procedure, quorum and participation as on a motion; an outcome where one of them was missed."""
    plain = replace(
        box.rules,
        majority=Majority(),
        base=Base.YES_NO,
        also=(),
        abstention=Abstention.NOT_COUNTED,
        tie=Tie.REJECTED,
        missing=Missing.NOT_CAST,
        stages=(),
    )
    found = verdict.decide(plain, box.count, way=box.way.value, **taking_part)
    conditions = [condition for condition in found.conditions if condition.key not in _ASKED_HERE]
    is_missed = found.outcome in (Outcome.NO_QUORUM, Outcome.STOPPED)
    return (found.outcome if is_missed else None), conditions


def _nothing_named(box: _Box) -> Condition:
    return Condition(
        "majority",
        False,
        Sentence(
            f"Niemand hat etwas vom Stimmzettel gewählt; {box.against} stimmten gegen alle.",
            f"Nobody chose anything from the paper; {box.against} voted against all.",
        ),
        actual=0,
        needed=1,
        of=box.count.electorate,
    )


# The majority of one option


def _base(box: _Box, base: Base) -> tuple[int, Sentence]:
    count = box.count
    acting = count.present if box.way is Way.MEETING and count.present is not None else count.cast
    return {
        Base.YES_NO: (count.yes + count.no, Sentence("gültigen Stimmen ohne Enthaltungen", "valid votes that chose")),
        Base.CAST: (count.cast, Sentence("abgegebenen Stimmen", "votes cast")),
        Base.PRESENT: (acting, Sentence("Stimmen der Anwesenden", "votes of those present")),
        Base.ROLL: (count.electorate, Sentence("Stimmen der Stimmberechtigten", "votes of those entitled")),
    }[base]


def _must_all_agree(box: _Box) -> bool:
    return box.way is Way.CIRCULAR and box.rules.circular.is_unanimity_needed


def _needed(box: _Box) -> tuple[int, int, Sentence | None]:
    """How many votes an option needs, out of how many, and what those are; no words where it is relative."""
    majority = box.rules.majority
    least = majority.minimum_yes or 1
    if _must_all_agree(box):
        of, words = _base(box, Base.ROLL)
        return max(1, of), of, words
    if box.is_most_enough:
        is_objection = majority.kind is MajorityKind.NO_OBJECTION
        return max(least, 1 if is_objection else box.against + 1), box.count.yes + box.against, None
    of, words = _base(box, box.rules.base)
    needed = max(1, of) if majority.share is None else majority.share.needed(of)
    return max(least, needed), of, words


def _majority(box: _Box, position: int) -> list[Condition]:
    """What the rules ask of one option, and whether it has it."""
    votes = box.votes[position]
    needed, of, words = _needed(box)
    is_met = votes >= needed
    if words is None:
        asked = Sentence(f"{box.against} gegen alle, {needed} nötig", f"{box.against} against all, {needed} needed")
    else:
        asked = Sentence(f"von {of} {words.de}, {needed} nötig", f"of {of} {words.en}, {needed} needed")
    found = [_condition("majority", box.name(position), votes, asked, is_met, needed, of)]
    objections = box.rules.majority.objections
    if objections is not None and box.is_most_enough:
        found.append(
            Condition(
                "objections_to_all",
                box.against <= objections,
                Sentence(
                    f"{box.against} gegen alle, höchstens {objections} zulässig.",
                    f"{box.against} against all, at most {objections} allowed.",
                ),
                actual=box.against,
                needed=objections,
                of=box.count.electorate,
            )
        )
    for also in box.rules.also:
        if also.kind is AlsoKind.SHARE and also.share is not None and also.base is not None:
            of, words = _base(box, also.base)
            needed = also.share.needed(of)
            asked = Sentence(f"von {of} {words.de}, {needed} nötig", f"of {of} {words.en}, {needed} needed")
            found.append(_condition("also", box.name(position), votes, asked, votes >= needed, needed, of))
    return found


def _condition(key: str, name: str, votes: int, asked: Sentence, is_met: bool, needed: int, of: int) -> Condition:
    noun = Sentence("Stimme" if votes == 1 else "Stimmen", "vote" if votes == 1 else "votes")
    end = Sentence("Mehrheit erreicht", "majority reached") if is_met else Sentence("Mehrheit verfehlt", "missed")
    return Condition(
        key,
        is_met,
        Sentence(
            f"{name}: {votes} {noun.de}, {asked.de}: {end.de}.", f"{name}: {votes} {noun.en}, {asked.en}: {end.en}."
        ),
        actual=votes,
        needed=needed,
        of=of,
    )


def _has_it(conditions: Iterable[Condition]) -> bool:
    return all(condition.is_met for condition in conditions)


# Equal votes


def _tie(box: _Box, tied: Sequence[int]) -> Condition:
    said = box.names(tied)
    return Condition(
        "tie",
        False,
        Sentence(
            f"Stimmengleichheit zwischen {said.de}: Es entscheidet das Los oder ein weiterer Wahlgang.",
            f"{said.en} are level: a lot or another ballot decides.",
        ),
        actual=len(tied),
        needed=1,
        of=len(box.titles),
    )


def _lot(box: _Box, tied: Sequence[int], kept: Sequence[int]) -> Condition:
    said, won = box.names(tied), box.names(kept)
    return Condition(
        "lot",
        True,
        Sentence(
            f"Stimmengleichheit zwischen {said.de}; das Los fiel auf {won.de}.",
            f"{said.en} were level; the lot fell on {won.en}.",
        ),
        actual=len(kept),
        needed=len(kept),
        of=len(tied),
    )


# One option wins


def _foremost(box: _Box) -> list[int]:
    """The options with the most votes."""
    most = max(box.votes.values())
    return [position for position, votes in box.votes.items() if votes == most]


def _pairs(box: _Box) -> dict[Any, Any]:
    return RankedToCondorcetVotes().convert(box.rankings)


def _unbeaten(box: _Box) -> list[int]:
    """The options that no other one beats by a stronger path (Schulze)."""
    paths: dict[Any, Any] = Schulze.widest_paths(_pairs(box))
    ranked = [position for position, votes in box.votes.items() if votes]
    return [one for one in ranked if all(paths.get((one, other), 0) >= paths.get((other, one), 0) for other in ranked)]


def _lead(box: _Box, leaders: Sequence[int]) -> Result:
    """The leading option wins where it has the majority; several that lead are level."""
    said: list[Condition] = []
    if len(leaders) > 1:
        if not any(_has_it(_majority(box, leader)) for leader in leaders):
            return _further(box, leaders)
        drawn = box.drawn(leaders)
        if drawn is None:
            return box.result(Outcome.TIE, [_tie(box, leaders)], tied=tuple(leaders))
        said, leaders = [_lot(box, leaders, drawn[:1])], drawn[:1]
    leader = leaders[0]
    conditions = _majority(box, leader)
    if _has_it(conditions):
        return box.result(Outcome.ADOPTED, [*said, *conditions], [leader])
    return _further(box, leaders)


def _further(box: _Box, leaders: Sequence[int]) -> Result:
    """No option has the majority: another ballot between the two that lead, where that leaves any out."""
    conditions = _majority(box, leaders[0])
    if box.kind is BallotKind.ALTERNATIVES and not box.is_most_enough and not _must_all_agree(box):
        runners = _top(box, box.votes, 2)
        if len(runners) < len(box.titles):
            return box.result(Outcome.UNDECIDED, conditions, next=tuple(runners))
        if len(leaders) > 1 and len(leaders) == len(box.titles):
            return box.result(Outcome.TIE, [*conditions, _tie(box, leaders)], tied=tuple(leaders))
    return box.result(Outcome.REJECTED, conditions)


def _top(box: _Box, positions: Iterable[int], number: int) -> list[int]:
    """The options with the most votes, so many and whoever is level with the last of them; nobody without a vote."""
    ordered = [position for position in box.order(positions) if box.votes[position]]
    least = box.votes[ordered[min(number, len(ordered)) - 1]] if ordered else 0
    return sorted(position for position in ordered if box.votes[position] >= least)


# Election to posts


def _elect(box: _Box) -> Result:
    """Most votes; where the rules ask for a share, only who reaches it, and a further ballot among those that lead."""
    qualified = [position for position in box.order(box.votes) if _has_it(_majority(box, position))]
    elected, said, tied = _fill(box, qualified)
    conditions = [
        condition for position in (elected or box.order(box.votes)[:1]) for condition in _majority(box, position)
    ]
    if tied:
        return box.result(Outcome.TIE, [*conditions, *said], elected, tied=tuple(tied))
    conditions += said
    left = box.posts - len(elected)
    others = [position for position in box.votes if position not in elected]
    if left and not box.is_most_enough and not _must_all_agree(box):
        runners = _top(box, others, 2 * left)
        if len(runners) > left:
            return box.result(Outcome.UNDECIDED, conditions, elected, next=tuple(runners))
    if left and elected:
        conditions.append(_vacant(box, left))
    return box.result(Outcome.ADOPTED if elected else Outcome.REJECTED, conditions, elected)


def _fill(box: _Box, qualified: Sequence[int]) -> tuple[list[int], list[Condition], list[int]]:
    """Who is elected, most votes first; what is to be said of a lot or tie; who is level for the last posts."""
    if len(qualified) <= box.posts:
        return list(qualified), [], []
    last = box.votes[qualified[box.posts - 1]]
    clear = [position for position in qualified if box.votes[position] > last]
    level = [position for position in qualified if box.votes[position] == last]
    places = box.posts - len(clear)
    if len(level) == places:
        return clear + level, [], []
    drawn = box.drawn(level)
    if drawn is None:
        return clear, [_tie(box, sorted(level))], sorted(level)
    kept = drawn[:places]
    return [*clear, *kept], [_lot(box, sorted(level), kept)], []


def _vacant(box: _Box, left: int) -> Condition:
    return Condition(
        "posts",
        False,
        Sentence(
            f"{left} von {box.posts} Plätzen bleibt unbesetzt."
            if left == 1
            else f"{left} von {box.posts} Plätzen bleiben unbesetzt.",
            f"{left} of {box.posts} posts stays vacant." if left == 1 else f"{left} of {box.posts} posts stay vacant.",
        ),
        actual=box.posts - left,
        needed=box.posts,
        of=box.posts,
    )


# Transferable votes


class _LevelError(Exception):
    """Several options are level where one has to be dropped."""

    def __init__(self, tied: Sequence[int]) -> None:
        super().__init__(tied)
        self.tied = sorted(tied)


class _Dropping:
    """Says which options stay when one has to be dropped; those nobody stands for go together."""

    def __init__(self, box: _Box) -> None:
        self.box = box
        self.said: list[Condition] = []

    def evaluate(self, totals: Mapping[int, Any], n_seats: int) -> list[int]:
        """Every option but the one with the fewest votes."""
        standing = [position for position, votes in totals.items() if votes]
        if self.box.posts <= len(standing) < len(totals):
            return standing
        fewest = min(totals.values())
        level = [position for position, votes in totals.items() if votes == fewest]
        if len(level) > 1:
            drawn = self.box.drawn(level)
            if drawn is None:
                raise _LevelError(level)
            self.said.append(_lot(self.box, sorted(level), drawn[:-1]))
            level = [drawn[-1]]
        return [position for position in totals if position not in level]


def _transfer(box: _Box) -> Result:
    """Several posts by single transferable vote."""
    needed, of, words = _needed(box)
    yes = box.count.yes
    asked = Sentence(f"{box.against} gegen alle, {needed} nötig", f"{box.against} against all, {needed} needed")
    if words is not None:
        asked = Sentence(f"von {of} {words.de}, {needed} nötig", f"of {of} {words.en}, {needed} needed")
    wanted = _condition("majority", "Stimmen mit Rangfolge", yes, asked, yes >= needed, needed, of)
    if not wanted.is_met:
        return box.result(Outcome.REJECTED, [wanted])
    ranked = [position for position, votes in box.votes.items() if votes]
    posts = min(box.posts, len(ranked))
    dropping = _Dropping(box)
    quota = yes // (posts + 1) + 1
    said = Condition(
        "quota",
        True,
        Sentence(
            f"Gewählt ist, wer {quota} Stimmen erreicht; überzählige Stimmen gehen an die nächste genannte Person.",
            f"Elected is who reaches {quota} votes; surplus votes go to the next person named.",
        ),
        actual=quota,
        needed=quota,
        of=yes,
    )
    elected: list[Any] = ranked
    if posts < len(ranked):
        try:
            elected = TransferableVoteSelector(retainer=dropping).evaluate(box.rankings, posts)
        except _LevelError as level:
            return box.result(Outcome.TIE, [wanted, said, _tie(box, level.tied)], tied=tuple(level.tied))
    conditions = [wanted, said, *dropping.said]
    if posts < box.posts:
        conditions.append(_vacant(box, box.posts - posts))
    return box.result(Outcome.ADOPTED, conditions, sorted(elected))


# In words


def _say(result: Result) -> Sentence:
    titles = {row.position: row.title for row in result.table}

    def names(positions: Iterable[int]) -> str:
        return ", ".join(titles[position] for position in positions)

    is_election = result.kind is BallotKind.ELECTION or (result.kind is BallotKind.RANKING and result.posts > 1)
    chosen = names(result.chosen)
    head = Sentence(f"Gewählt: {chosen}. ", f"Elected: {chosen}. ") if chosen else Sentence("", "")
    if result.outcome is Outcome.ADOPTED:
        return Sentence(
            f"Gewählt: {chosen}." if is_election else f"Beschlossen: {chosen}.",
            f"Elected: {chosen}." if is_election else f"Adopted: {chosen}.",
        )
    if result.outcome is Outcome.REJECTED:
        return (
            Sentence("Niemand ist gewählt.", "Nobody is elected.")
            if is_election
            else Sentence("Keine der Möglichkeiten ist beschlossen.", "None of the options is adopted.")
        )
    if result.outcome is Outcome.TIE:
        tied = names(result.tied)
        return Sentence(f"{head.de}Stimmengleichheit: {tied}.", f"{head.en}Level: {tied}.")
    if result.outcome is Outcome.UNDECIDED:
        following = names(result.next)
        return Sentence(
            f"{head.de}Es folgt ein weiterer Wahlgang: {following}.",
            f"{head.en}Another ballot follows: {following}.",
        )
    return OUTCOMES[result.outcome]


__all__ = ["Result", "Row", "can_be_asked", "choice_effects", "count_of", "decide", "has_options", "votes_by_option"]
