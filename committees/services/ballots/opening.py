"""Opening a ballot: roll, rules and text are frozen, and those who may vote are told."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotForm, BallotState, BallotWay, CommitteeState, MeetingState
from committees.models import Ballot, RollEntry, RuleSet
from committees.rules.deadlines import check_circular_deadline
from committees.rules.register import canonical
from committees.services import weighing
from committees.services.ballots import blocks, candidates, neighbours, secret, stages
from committees.services.ballots.authority import hold, must_step, named_rules, require, say
from committees.services.ballots.counting import present_partner_ids
from committees.services.ballots.errors import NoRules, OpeningRefused
from committees.services.weighing import Weighed
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import audit

TEXT_FORMAT = "konvent-text/1"


def text_hash(title: str, text: str, options: Sequence[Mapping[str, Any]] = ()) -> str:
    """SHA-256 of the text that is voted on, in canonical form: `{"format", "text", "title"}`.

    What stands on the paper, or in the block, belongs to it as `options`: `{"position", "text", "title"}` each.
    """
    asked = {"format": TEXT_FORMAT, "title": title, "text": text}
    paper = {"options": [dict(option) for option in options]} if options else {}
    return hashlib.sha256(canonical({**asked, **paper})).hexdigest()


@transaction.atomic
def open_ballot(*, by: User | None, ballot: Ballot) -> Ballot:
    """Open a prepared ballot: from now on the partners on its roll may vote.

    Freezes the roll (partners with voting right today, with their votes by the key that holds today), the rules in
    force and the text. A circular ballot
    needs a deadline the rules allow and is announced by mail; one in a meeting needs the meeting to be running.
    Raises NotAllowed, WrongState, NoRules, OpeningRefused.
    """
    ballot = hold(ballot)
    require(policies.conduct, by, ballot)
    must_step(ballot, BallotState.OPEN)
    moment = clock.database_now()
    rule_set = _rule_set(ballot)
    if rule_set is None:
        raise NoRules(
            _("Für „%(committee)s“ gelten noch keine Verfahrensregeln. Bitte legen Sie zuerst welche fest.")
            % {"committee": ballot.committee}
        )
    ballot.rule_set, ballot.rules_frozen = rule_set, rule_set.settings
    ballot.opened_at, ballot.opened_by = moment, by
    _check(ballot)
    _freeze_roll(ballot)
    if secret.is_secret(ballot):
        secret.prepare(ballot)
    paper = candidates.paper_data(ballot) or blocks.paper_data(ballot)
    ballot.text_hash = text_hash(ballot.title, ballot.text, paper)
    ballot.state = BallotState.OPEN
    ballot.save()
    if ballot.referral is not None and not ballot.is_opinion:
        neighbours.motions().begin_vote(by=by, referral=ballot.referral, ballot=ballot)
    blocks.begin(by=by, ballot=ballot)
    audit.record(
        by=by,
        action="ballot.opened",
        subject=ballot,
        roll=ballot.roll_size,
        rules_version=rule_set.version,
        text_hash=ballot.text_hash,
        deadline_at=ballot.deadline_at.isoformat() if ballot.deadline_at else None,
    )
    if ballot.way == BallotWay.CIRCULAR:
        neighbours.notices().opened(ballot=ballot)
    return ballot


def _rule_set(ballot: Ballot) -> RuleSet | None:
    """The rules in force for the matter; a further ballot on it is held under those of the first."""
    if ballot.continues is not None:
        return ballot.continues.rule_set
    return RuleSet.objects.in_force(committee=ballot.committee, matter=ballot.matter, on=clock.today())


def _check(ballot: Ballot) -> None:
    """What the committee, the meeting and the rules ask of a ballot that is to be opened."""
    stages.must_be_ripe(ballot)
    stages.must_follow(ballot)
    if not ballot.committee.votes or ballot.committee.state != CommitteeState.ACTIVE:
        raise OpeningRefused(_("„%(committee)s“ stimmt nicht ab.") % {"committee": ballot.committee})
    candidates.check_paper(ballot)
    blocks.check(ballot)
    if not ballot.is_opinion and (problem := neighbours.amendments().why_not_yet(ballot)):
        raise OpeningRefused(problem)
    if ballot.way == BallotWay.MEETING:
        if ballot.meeting is None or ballot.meeting.state != MeetingState.RUNNING:
            raise OpeningRefused(_("Abgestimmt wird in der laufenden Sitzung. Bitte eröffnen Sie zuerst die Sitzung."))
        return
    circular = ballot.rules.circular
    if not circular.is_allowed:
        raise OpeningRefused(
            _("Die %(rules)s lassen keine Umlaufbeschlüsse zu.") % {"rules": named_rules(ballot)}, field="way"
        )
    if ballot.form == BallotForm.SHOW_OF_HANDS:
        raise OpeningRefused(_("Im Umlauf stimmt jeder Partner selbst ab, namentlich oder geheim."), field="form")
    if ballot.deadline_at is None:
        raise OpeningRefused(_("Ein Umlaufbeschluss braucht eine Frist."), field="deadline_at")
    assert ballot.opened_at is not None
    if problem := check_circular_deadline(ballot.opened_at, ballot.deadline_at, circular):
        raise OpeningRefused(say(problem), field="deadline_at")


def _freeze_roll(ballot: Ballot) -> None:
    """Write down who may vote with what weight; exclusions made beforehand stay, whoever has no vote falls away."""
    entitled = Partner.objects.filter(partnership=ballot.partnership_id).with_voting_right(clock.today())
    partners = list(entitled.order_by("number"))
    voters = _weigh(ballot, [partner.pk for partner in partners])
    partners = [partner for partner in partners if voters[partner.pk].weight]
    prepared = {entry.partner_id: entry for entry in RollEntry.objects.filter(ballot=ballot)}
    gone = set(prepared) - {partner.pk for partner in partners}
    RollEntry.objects.filter(ballot=ballot, partner__in=gone).delete()
    if all(partner.pk in prepared for partner in partners):
        raise OpeningRefused(_("Kein Partner wäre stimmberechtigt. So kann die Abstimmung nicht eröffnet werden."))
    entries = [
        prepared.get(partner.pk) or RollEntry(ballot=ballot, partner=partner, partner_name=partner.name)
        for partner in partners
    ]
    for entry in entries:
        voter = voters[entry.partner_id]
        entry.weight, entry.body_type, entry.key_value = voter.weight, voter.body_type, voter.key_value
    _exclude_concerned(ballot, entries)
    frozen = ("weight", "body_type", "key_value", "is_excluded", "exclusion_reason")
    RollEntry.objects.bulk_update([entry for entry in entries if entry.pk], frozen)
    RollEntry.objects.bulk_create(entry for entry in entries if not entry.pk)
    ballot.roll_size = len(entries)
    neighbours.proxies().hand_over(ballot)
    present = present_partner_ids(ballot)
    if present is not None:
        ballot.present_count = sum(
            entry.weight for entry in entries if entry.partner_id in present and not entry.is_excluded
        )


def _exclude_concerned(ballot: Ballot, entries: list[RollEntry]) -> None:
    """The partner a motion is about has no vote on it, without anybody stating so (facts.md 6, rule 43)."""
    concerned = ballot.referral.motion.concerned_partner_id if ballot.referral else None
    for entry in entries:
        if entry.partner_id == concerned:
            entry.is_excluded, entry.exclusion_reason = True, _("Die Vorlage betrifft den Partner selbst.")
    if all(entry.is_excluded for entry in entries):
        raise OpeningRefused(_("Kein Partner wäre stimmberechtigt. So kann die Abstimmung nicht eröffnet werden."))


def _weigh(ballot: Ballot, partners: list[UUID]) -> dict[UUID, Weighed]:
    """What each partner brings, by the keys of today, which are in use from now on."""
    today = clock.today()
    try:
        weighing.mark_used(ballot.rules, partnership=ballot.partnership, on=today)
        return weighing.weigh(ballot.rules, partnership=ballot.partnership, partners=partners, on=today)
    except weighing.WeighingRefused as refusal:
        raise OpeningRefused(str(refusal)) from refusal
