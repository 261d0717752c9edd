"""Appending to the register, and checking it: one chain per partnership, gapless numbers, nothing ever changed.

The format is fixed by `committees.rules.register` and `docs/register-format.md`. Everything here happens in the
transaction of the caller: an entry stands exactly if what it records stands.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count as CountRows
from django.db.models import Max, OuterRef, Prefetch, Subquery, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees.enums import BallotForm, BallotState, CloseCause, EntryKind, EntryRelation, ReferralRole
from committees.models import (
    Ballot,
    BallotPaper,
    Committee,
    Participation,
    RegisterHead,
    Reservation,
    Resolution,
    ResolutionPart,
    RollEntry,
    Vote,
)
from committees.rules import register as rules_of_register
from committees.rules.papers import bucket
from committees.rules.register import Head, Part, Record, Reference
from committees.rules.rule_set import Rules
from committees.rules.verdict import Count, Verdict
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import Partnership, User
from partnership.outbox.witness import Line
from partnership.services import audit

# What a ballot ends with -> kind of entry, by what its committee does with the motion.
_DECIDED = {"adopted": EntryKind.ADOPTED, "rejected": EntryKind.REJECTED}
_ADVISED = {"adopted": EntryKind.RECOMMENDED, "rejected": EntryKind.NOT_RECOMMENDED}
_WITHOUT = {
    "no_quorum": EntryKind.NO_QUORUM,
    "tie": EntryKind.TIE,
    "undecided": EntryKind.UNDECIDED,
    "stopped": EntryKind.STOPPED,
}
NUMBERED = (EntryKind.ADOPTED, EntryKind.REJECTED, EntryKind.RECOMMENDED, EntryKind.NOT_RECOMMENDED)
# What an entry that only refers to an earlier one says about it.
_RELATIONS = {
    EntryKind.ANNULLED: EntryRelation.ANNULS,
    EntryKind.CORRECTED: EntryRelation.CORRECTS,
    EntryKind.PUBLISHED: EntryRelation.PUBLISHES,
    EntryKind.EFFECTIVE: EntryRelation.SETTLES,
    EntryKind.LAPSED: EntryRelation.SETTLES,
}


class RegisterRefused(Refusal):
    """The register cannot take this entry."""


def kind_of(ballot: Ballot, outcome: str) -> EntryKind:
    """The kind of entry that records the outcome of a ballot ("adopted", "rejected", "no_quorum", "tie", "stopped").

    The role of the committee decides between resolution and recommendation: that of the referral, or for a ballot
    without a motion whether the committee recommends to another one.
    """
    if outcome in _WITHOUT:
        return _WITHOUT[outcome]
    if ballot.referral is not None:
        advises = ballot.referral.role == ReferralRole.RECOMMENDS
    else:
        advises = ballot.committee.recommends_to_id is not None
    return (_ADVISED if advises else _DECIDED)[outcome]


@transaction.atomic
def append(
    *,
    by: User | None,
    kind: str,
    committee: Committee,
    title: str,
    text: str,
    ballot: Ballot | None = None,
    counts: Count | Mapping[str, Any] | None = None,
    verdict: Verdict | Mapping[str, Any] | None = None,
    rules: Rules | Mapping[str, Any] | None = None,
    roll: Iterable[Mapping[str, Any]] | None = None,
    votes: Iterable[Mapping[str, Any]] | None = None,
    papers: Iterable[str] | None = None,
    persons: Any = None,
    is_confidential: bool = False,
    refers_to: Resolution | None = None,
    relation: str = "",
    numbered: bool = True,
    reason: str = "",
) -> Resolution:
    """Append one entry to the register of the committee's partnership, in the caller's transaction.

    Locks the head of the chain, so call it last (see partnership.db.locks). `ballot` fills in what is not given:
    counts, verdict, rules, way, day, roll, votes or papers, and persons as recorded, and the attachments of its motion.
    No other part than `persons` names anybody: it alone can be erased, so `title`, `text` and `reason` must not.
    Kinds that are no resolution carry no number, whatever `numbered` says. What a resolution rests on
    (recommendations of the same motion) and replaces (`Motion.replaces`) is referred to by itself.

    The entry of a confidential resolution holds number, kind and day only: its counts stand in the part "verdict".
    That of a secret ballot whose numbers would tell how somebody voted has neither.
    Raises RegisterRefused.
    """
    entry_kind = EntryKind(kind)
    if entry_kind == EntryKind.ANNULLED and refers_to is None:
        entry_kind = EntryKind.VOIDED  # nothing was in the register yet that could be annulled
    if ballot is not None:
        counts = counts if counts is not None else ballot.counts
        verdict = verdict if verdict is not None else ballot.verdict
        rules = rules if rules is not None else ballot.rules_frozen
        # What was never counted (a ballot annulled while open) leaves no votes either.
        if counts is not None and roll is None and votes is None and papers is None and persons is None:
            recorded = ballot_parts(ballot)
            roll, persons = recorded["roll"], recorded["persons"]
            votes, papers = recorded["votes"], recorded["papers"]
        if acts := acts_of(ballot):
            persons = {**(persons or {}), "acts": acts}
        if ballot.is_count_withheld:
            counts = verdict = None
    count = Count.from_data(counts) if isinstance(counts, Mapping) else counts
    parts = _salted(
        text={"title": title, "text": text, **({"reason": reason} if reason else {})},
        verdict=verdict.to_data() if isinstance(verdict, Verdict) else verdict,
        roll=None if roll is None else [dict(row) for row in roll],
        votes=None if votes is None else [dict(row) for row in votes],
        papers=None if papers is None else list(papers),
        persons=persons,
        attachments=_attachments(ballot) or None,
    )
    partnership = committee.partnership
    moment = clock.now()
    decided_on = clock.day_of(ballot.closed_at if ballot and ballot.closed_at else moment)
    head = _lock_head(partnership)
    is_numbered = numbered and entry_kind in NUMBERED
    serial = _next_serial(committee, decided_on.year) if is_numbered else None
    number = rules_of_register.number_of(committee.code, decided_on.year, serial) if serial else ""
    references = _references(ballot, entry_kind)
    if refers_to is not None:
        how = EntryRelation(relation or _RELATIONS.get(entry_kind, EntryRelation.FOLLOWS))
        references = [(how, refers_to), *(pair for pair in references if pair[1] != refers_to)]
    # The columns name one reference, for lists: what ends or changes another entry before what only follows one.
    main = sorted(references, key=lambda pair: pair[0] == EntryRelation.FOLLOWS)[:1]
    try:
        record = rules_of_register.build_entry(
            partnership=str(partnership.pk),
            previous=Head(head.position, head.hash),
            kind=entry_kind.value,
            committee=committee.code,
            decided_on=decided_on,
            number=number or None,
            way=ballot.way if ballot else None,
            count=None if is_confidential else count,
            rules=Rules.from_data(rules) if isinstance(rules, Mapping) else rules,
            parts=parts,
            references=[_reference(how, to) for how, to in references],
        )
    except rules_of_register.FormatError as error:
        raise RegisterRefused(
            _("Dieser Eintrag kann so nicht in das Register: %(problem)s") % {"problem": error}
        ) from error
    resolution = Resolution.objects.create(
        partnership=partnership,
        position=record.entry["position"],
        committee=committee,
        ballot=ballot,
        kind=entry_kind,
        year=decided_on.year,
        serial=serial,
        number=number,
        title=title,
        resolved_on=decided_on,
        is_confidential=is_confidential,
        entry=rules_of_register.canonical(dict(record.entry)).decode(),
        previous_hash=record.entry["previous_hash"],
        hash=record.hash,
        refers_to=main[0][1] if main else None,
        relation=main[0][0] if main else "",
        recorded_at=moment,
    )
    ResolutionPart.objects.bulk_create(
        ResolutionPart(
            resolution=resolution,
            name=name,
            salt=part.salt,
            data=rules_of_register.canonical(part.data).decode(),
        )
        for name, part in parts.items()
    )
    RegisterHead.objects.filter(pk=head.pk).update(position=resolution.position, hash=resolution.hash)
    audit.record(
        by=by,
        action="register.appended",
        subject=resolution,
        kind=entry_kind.value,
        number=number,
        position=resolution.position,
        hash=resolution.hash,
    )
    return resolution


def ballot_parts(ballot: Ballot) -> dict[str, Any]:
    """Roll, votes and persons of a ballot as the register keeps them: the highest revision of each partner counts.

    Of a secret ballot: who took part, and apart from it the papers in their random order.
    """
    entries = list(RollEntry.objects.filter(ballot=ballot).order_by("partner_name", "partner_id"))
    if ballot.form == BallotForm.SECRET:
        return _secret_parts(ballot, entries)
    last = {
        vote.partner_id: vote
        for vote in Vote.objects.filter(ballot=ballot).select_related("cast_by").order_by("partner_id", "revision")
    }
    present = _present(ballot, entries, last)
    votes = sorted(last.items(), key=_by_key)
    held = dict(Reservation.objects.filter(ballot=ballot).values_list("vote_id", "council"))
    return {
        "roll": [
            {
                "partner": str(row.partner_id),
                "name": row.partner_name,
                "weight": row.weight,
                "body_type": row.body_type,
                "key_value": row.key_value,
                "is_excluded": row.is_excluded,
                "is_present": None if present is None else row.partner_id in present,
            }
            for row in entries
        ],
        "papers": None,
        "votes": [
            {
                "partner": str(key),
                "choice": vote.choice,
                **({"reservation": held[vote.pk]} if vote.pk in held else {}),
                **({"statement": vote.statement} if vote.statement else {}),
            }
            for key, vote in votes
        ],
        "persons": {
            "cast_by": [
                {"partner": str(key), "name": vote.cast_by.name, "capacity": vote.capacity} for key, vote in votes
            ]
        },
    }


def acts_of(ballot: Ballot) -> list[dict[str, str]]:
    """Who asked for, and who did, what ends a ballot before its time or without a result."""
    acts: list[tuple[str, User | None]] = []
    if ballot.close_cause == CloseCause.EARLY:
        acts += [
            ("early_close_requested", ballot.early_close_requested_by),
            ("early_close_confirmed", ballot.closed_by),
        ]
    if ballot.state == BallotState.ANNULLED:
        acts += [("annulment_requested", ballot.annul_requested_by), ("annulled", ballot.annulled_by)]
    return [{"act": act, "name": person.name} for act, person in acts if person is not None]


def _secret_parts(ballot: Ballot, entries: list[RollEntry]) -> dict[str, Any]:
    took_part = set(Participation.objects.filter(ballot=ballot).values_list("partner_id", flat=True))
    present = _present(ballot, entries, took_part)
    return {
        "roll": [
            {
                "partner": str(row.partner_id),
                "name": row.partner_name,
                "weight": row.weight,
                "body_type": row.body_type,
                "key_value": row.key_value,
                "is_excluded": row.is_excluded,
                "is_present": None if present is None else row.partner_id in present,
                "took_part": row.partner_id in took_part,
            }
            for row in entries
        ],
        "votes": None,
        # By their random keys, which say nothing else.
        "papers": list(BallotPaper.objects.filter(ballot=ballot).order_by("pk").values_list("marking", flat=True)),
        "persons": None,
    }


def _present(ballot: Ballot, entries: list[RollEntry], voted: Collection[Any]) -> set[Any] | None:
    """Who was noted as present, where that agrees with the number that decided."""
    from committees.services.ballots.counting import present_partner_ids

    stated = (ballot.counts or {}).get("present")
    present = None if stated is None else present_partner_ids(ballot)
    if present is not None:
        there = sum(
            row.weight
            for row in entries
            if not row.is_excluded and (row.partner_id in present or row.partner_id in voted)
        )
        if there != stated:
            # Attendance was set right after the ballot closed: the number that decided stands, who it was is open.
            return None
    return present


def _by_key(item: tuple[Any, Any]) -> str:
    return str(item[0])


def _salted(**data: Any) -> dict[str, Part]:
    """A part with fresh salt for everything there is."""
    return {
        name: Part(secrets.token_hex(rules_of_register.SALT_BYTES), value)
        for name, value in data.items()
        if value is not None
    }


def _attachments(ballot: Ballot | None) -> list[dict[str, str]]:
    """Files the motion was decided with, bound by their hash."""
    if ballot is None or ballot.referral is None:
        return []
    documents = ballot.referral.motion.attachments.filter(withdrawn_at__isnull=True).prefetch_related("versions")
    return [{"title": document.title, "sha256": document.current.sha256} for document in documents]


def _references(ballot: Ballot | None, kind: EntryKind) -> list[tuple[EntryRelation, Resolution]]:
    """Earlier entries a resolution rests on or replaces, out of the motion's way through the committees."""
    if ballot is None or ballot.referral is None or kind not in NUMBERED:
        return []
    motion, found = ballot.referral.motion, []
    if kind == EntryKind.ADOPTED and motion.replaces is not None:
        found.append((EntryRelation.SUPERSEDES, motion.replaces))
    earlier = Resolution.objects.filter(
        ballot__referral__motion=motion, ballot__referral__position__lt=ballot.referral.position, serial__isnull=False
    ).order_by("position")
    return found + [(EntryRelation.FOLLOWS, resolution) for resolution in earlier]


def _reference(relation: EntryRelation, to: Resolution) -> Reference:
    return Reference(
        rules_of_register.Relation(relation.value), position=to.position, hash=to.hash, number=to.number or None
    )


def _lock_head(partnership: Partnership) -> RegisterHead:
    """The end of the chain, locked; made at first use.

    Two at once make it once: the second waits at the unique key and then finds the row.
    """
    RegisterHead.objects.get_or_create(partnership=partnership, defaults={"hash": rules_of_register.GENESIS})
    return lock(RegisterHead.objects.all(), partnership.pk, timeout="10s")


def _next_serial(committee: Committee, year: int) -> int:
    """The next number of a committee in a year, under the lock of the head."""
    series = Resolution.objects.filter(
        partnership=committee.partnership_id, year=year, number__startswith=f"{committee.code}-{year:04d}-"
    )
    return (series.aggregate(last=Max("serial"))["last"] or 0) + 1


# Reading the chain


def record_of(resolution: Resolution, disclose: Collection[str] = rules_of_register.PARTS) -> Record:
    """A stored entry as the rules read it, showing only the named parts. Prefetch `parts` for many."""
    parts = {
        part.name: Part(part.salt, json.loads(part.data)) for part in resolution.parts.all() if part.name in disclose
    }
    return Record(
        json.loads(resolution.entry),
        resolution.hash,
        {name: parts.get(name) for name in rules_of_register.PARTS},
    )


def chain(
    partnership: Partnership, disclose: Callable[[Resolution], Collection[str]] | None = None
) -> Iterator[Record]:
    """Every entry of the register in order; `disclose` names the parts each one shows (all, without it)."""
    entries = (
        Resolution.objects.filter(partnership=partnership)
        .select_related("publication")
        .prefetch_related(Prefetch("parts", ResolutionPart.objects.order_by("name")))
        .order_by("position")
    )
    for resolution in entries.iterator(chunk_size=500):
        yield record_of(resolution, rules_of_register.PARTS if disclose is None else disclose(resolution))


def entry_of(ballot: UUID | None, title: str = "") -> Resolution | None:
    """The last entry about a ballot, of a block that of the item with this title; None where there is none."""
    if ballot is None:
        return None
    entries = Resolution.objects.filter(ballot=ballot).order_by("-position")
    return entries.filter(title=title).first() or entries.first()


def part(resolution: Resolution, name: str) -> Any:
    """The data of one part, or None where there is none."""
    row = next((row for row in resolution.parts.all() if row.name == name), None)
    return None if row is None else json.loads(row.data)


# Checking


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the register that is not as it must be; position 0 is the register as a whole."""

    position: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Check:
    """What a check of a register found."""

    head: Head
    entries: int
    first_number: str
    last_number: str
    recounted: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        return not self.findings


def verify(partnership: Partnership) -> Check:
    """Compute the whole chain anew: hashes, parts, numbers, columns, head, and counts against the votes.

    Reads only. Nothing is taken on trust but the votes table itself, which the database keeps from change.
    """
    resolutions = list(
        Resolution.objects.filter(partnership=partnership)
        .select_related("ballot")
        .prefetch_related("parts")
        .order_by("position")
    )
    records = [record_of(resolution) for resolution in resolutions]
    findings = [
        Finding(found.position, str(found.sentence))
        for found in rules_of_register.verify_chain(records, partnership=str(partnership.pk))
    ]
    tallies = _tallies(partnership)
    recounted = 0
    for resolution, record in zip(resolutions, records, strict=True):
        problems = list(_compare_columns(resolution, record))
        stated = _stated_counts(record)
        if resolution.ballot is not None and stated is not None:
            recounted += 1
            problems += _compare_counts(record, stated, tallies.get(resolution.ballot_id))
        findings += [Finding(resolution.position, problem) for problem in problems]
    head = RegisterHead.objects.filter(partnership=partnership).first()
    end = rules_of_register.chain_head(records)
    if (head.position, head.hash) != (end.position, end.hash) if head else bool(records):
        findings.append(
            Finding(0, _("Das Ende der Kette ist nicht das, was als Registerende gespeichert ist: Es fehlen Einträge."))
        )
    numbers = [resolution.number for resolution in resolutions if resolution.number]
    return Check(
        head=end,
        entries=len(records),
        first_number=numbers[0] if numbers else "",
        last_number=numbers[-1] if numbers else "",
        recounted=recounted,
        findings=tuple(sorted(findings, key=lambda found: found.position)),
    )


def _compare_columns(resolution: Resolution, record: Record) -> Iterator[str]:
    """Columns repeat what the entry says, so that lists need not read JSON; they must agree."""
    entry, wording = record.entry, record.parts.get("text")
    same = {
        "position": resolution.position,
        "kind": resolution.kind,
        "number": resolution.number or None,
        "decided_on": resolution.resolved_on.isoformat(),
        "previous_hash": resolution.previous_hash,
    }
    for name, value in same.items():
        if entry.get(name) != value:
            yield _("Die Spalte „%(name)s“ sagt etwas anderes als der Eintrag.") % {"name": name}
    if wording is not None and wording.data.get("title") != resolution.title:
        yield _("Der Titel ist nicht der, der festgehalten wurde.")
    if rules_of_register.canonical(dict(entry)).decode() != resolution.entry:
        yield _("Der Eintrag ist nicht in der festgelegten Form gespeichert.")


def _stated_counts(record: Record) -> Mapping[str, Any] | None:
    """The counts an entry states, or for a confidential one its verdict."""
    if record.entry.get("counts") is not None:
        return record.entry["counts"]
    verdict = record.parts.get("verdict")
    return verdict.data.get("count") if verdict is not None else None


def _compare_counts(record: Record, stated: Mapping[str, Any], tally: Mapping[str, int] | None) -> Iterator[str]:
    """Counts against the disclosed votes of the entry, and against the votes as they stand in the database."""
    roll, votes, papers = (record.parts.get(name) for name in ("roll", "votes", "papers"))
    if roll is not None and (votes is not None or papers is not None):
        try:
            if papers is not None:
                counted = rules_of_register.recount_papers(roll.data, papers.data)
            else:
                assert votes is not None
                counted = rules_of_register.recount(roll.data, votes.data)
        except (rules_of_register.FormatError, KeyError, TypeError) as error:
            yield _("Die Stimmen des Eintrags lassen sich nicht zählen: %(problem)s") % {"problem": error}
        else:
            yield from _differences(stated, counted, _("nachgezählt aus dem Eintrag"))
    if tally is not None:
        yield from _differences(stated, tally, _("nachgezählt aus den Stimmen"))


def _differences(stated: Mapping[str, Any], counted: Mapping[str, Any], source: str) -> Iterator[str]:
    for name in ("roll", "yes", "no", "abstained", "missing", "excluded"):
        if name in counted and stated.get(name) != counted[name]:
            yield _("%(name)s: festgestellt %(stated)s, %(source)s %(counted)s.") % {
                "name": name,
                "stated": stated.get(name),
                "source": source,
                "counted": counted[name],
            }


def _tallies(partnership: Partnership) -> dict[Any, dict[str, int]]:
    """Yes, no, abstentions and roll of every ballot of the register in votes, counted by the database."""
    ballots = Ballot.objects.filter(resolutions__partnership=partnership)
    tallies: dict[Any, dict[str, int]] = defaultdict(lambda: {"yes": 0, "no": 0, "abstained": 0, "roll": 0})
    keys = {"yes": "yes", "no": "no", "abstain": "abstained"}  # by what a marking counts as
    on_roll = RollEntry.objects.filter(ballot__in=ballots).values("ballot").annotate(votes=Sum("weight")).order_by()
    for row in on_roll:
        tallies[row["ballot"]]["roll"] = row["votes"]
    weight = RollEntry.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner")).values("weight")
    for column, sign in (("choice", 1), ("replaced", -1)):
        rows = (
            Vote.objects.filter(ballot__in=ballots)
            .exclude(**{column: ""})
            .annotate(weight=Subquery(weight[:1]))
            .values("ballot", column)
            .annotate(votes=Sum("weight"))
            .order_by()
        )
        for row in rows:
            tallies[row["ballot"]][keys[bucket(row[column])]] += sign * row["votes"]
    papers = (
        BallotPaper.objects.filter(ballot__in=ballots)
        .exclude(marking="")
        .values("ballot", "marking")
        .annotate(votes=CountRows("pk"))
        .order_by()
    )
    for row in papers:
        tallies[row["ballot"]][keys[bucket(row["marking"])]] += row["votes"]
    return dict(tallies)


def head_of(partnership: Partnership) -> Head:
    """The end of the chain as printed in notices: an outside witness against shortening."""
    row = RegisterHead.objects.filter(partnership=partnership).first()
    return Head(row.position, row.hash) if row else rules_of_register.EMPTY


def witness(partnership: Partnership) -> Line | None:
    """The head for the foot of every mail of the partnership; nothing while the register is empty."""
    head = head_of(partnership)
    return (
        Line(gettext_lazy("Stand des Beschlussregisters:"), f"{head.position}:{head.hash}") if head.position else None
    )


__all__: Sequence[str] = (
    "Check",
    "Finding",
    "RegisterRefused",
    "acts_of",
    "append",
    "ballot_parts",
    "chain",
    "head_of",
    "kind_of",
    "part",
    "record_of",
    "verify",
    "witness",
)
