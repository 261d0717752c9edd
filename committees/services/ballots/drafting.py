"""Preparing a ballot: nothing is frozen yet, everything can be changed or thrown away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotForm, BallotKind, BallotState, BallotWay, SecrecyLevel
from committees.models import AgendaItem, Amendment, Ballot, Committee, Matter, Meeting, Referral
from committees.services.ballots import candidates, demanding, secret
from committees.services.ballots.authority import ballots, require
from committees.services.ballots.errors import BallotRefused, WrongState
from partnership.db.locks import lock
from partnership.models import User
from partnership.services import audit

CHANGEABLE = (
    "title",
    "text",
    "kind",
    "posts",
    "is_opinion",
    "takes_nominations",
    "way",
    "form",
    "secrecy",
    "deadline_at",
    "is_confidential",
    "meeting",
    "agenda_item",
    "referral",
    "matter",
)


@transaction.atomic
def draft_ballot(
    *,
    by: User | None,
    committee: Committee,
    title: str,
    text: str,
    way: str,
    form: str = BallotForm.ROLL_CALL,
    secrecy: str = "",
    referral: Referral | None = None,
    meeting: Meeting | None = None,
    agenda_item: AgendaItem | None = None,
    deadline_at: datetime | None = None,
    is_confidential: bool = False,
    matter: Matter | None = None,
    kind: str = BallotKind.MOTION,
    posts: int = 1,
    is_opinion: bool = False,
    takes_nominations: bool = False,
    options: Sequence[str] = (),
    amendment: Amendment | None = None,
) -> Ballot:
    """Prepare a ballot of a committee; `options` are the lines of its paper.

    The kind of matter is that of the motion, where it names one. Raises BallotRefused, NotAllowed.
    """
    require(policies.conduct, by, committee)
    if meeting is None and agenda_item is not None:
        meeting = agenda_item.meeting
    ballot = Ballot(
        partnership=committee.partnership,
        committee=committee,
        title=title.strip(),
        text=text.strip(),
        way=way,
        form=form,
        secrecy=secrecy,
        referral=referral,
        meeting=meeting,
        agenda_item=agenda_item,
        deadline_at=deadline_at,
        matter=matter or (referral.motion.matter if referral else None),
        is_confidential=is_confidential or bool(referral and referral.motion.is_confidential),
        kind=kind,
        posts=posts,
        is_opinion=is_opinion,
        takes_nominations=takes_nominations,
        amendment=amendment,
        created_by=by,
    )
    _check(ballot)
    ballot.save(force_insert=True)
    candidates.set_options(ballot=ballot, titles=options)
    audit.record(by=by, action="ballot.drafted", subject=ballot, way=way, form=form)
    return ballot


@transaction.atomic
def change_draft(*, by: User | None, ballot: Ballot, options: Sequence[str] | None = None, **changes: Any) -> Ballot:
    """Change a ballot that has not been opened; without `options` its paper stays. Raises BallotRefused, NotAllowed."""
    ballot = lock(ballots(), ballot.pk)
    require(policies.conduct, by, ballot)
    _must_be_draft(ballot)
    if unknown := set(changes) - set(CHANGEABLE):
        raise TypeError(f"A draft has no {sorted(unknown)}")
    for name, value in changes.items():
        setattr(ballot, name, value.strip() if isinstance(value, str) else value)
    if ballot.form != BallotForm.SECRET and demanding.is_reached(ballot):
        raise BallotRefused(_("Die geheime Abstimmung ist verlangt; dabei bleibt es."), field="form")
    _check(ballot)
    ballot.save(update_fields={*changes, "secrecy"})
    if options is not None or not ballot.has_options:
        candidates.set_options(ballot=ballot, titles=options or ())
    audit.record(by=by, action="ballot.changed", subject=ballot, fields=sorted(changes))
    return ballot


@transaction.atomic
def discard_draft(*, by: User | None, ballot: Ballot) -> None:
    """Throw a ballot away that was never opened. Raises WrongState, NotAllowed."""
    ballot = lock(ballots(), ballot.pk)
    require(policies.conduct, by, ballot)
    _must_be_draft(ballot)
    audit.record(by=by, action="ballot.discarded", subject=ballot)
    secret.forget_keys(ballot.pk)
    ballot.delete()


def _must_be_draft(ballot: Ballot) -> None:
    if ballot.state != BallotState.DRAFT:
        raise WrongState(
            _("„%(title)s“ ist bereits eröffnet. Text, Verfahren und Frist stehen damit fest.")
            % {"title": ballot.title}
        )


def _check(ballot: Ballot) -> None:
    """What must hold for a draft already; the rules of procedure are asked at opening."""
    if not ballot.title:
        raise BallotRefused(_("Bitte nennen Sie den Gegenstand der Abstimmung."), field="title")
    if not ballot.text:
        raise BallotRefused(_("Bitte schreiben Sie, was beschlossen werden soll."), field="text")
    if ballot.way not in BallotWay.values:
        raise BallotRefused(_("Dieses Verfahren gibt es nicht."), field="way")
    if ballot.form not in BallotForm.values:
        raise BallotRefused(_("Diese Form der Abstimmung gibt es nicht."), field="form")
    if ballot.kind not in BallotKind.values:
        raise BallotRefused(_("Diese Art der Abstimmung gibt es nicht."), field="kind")
    if ballot.posts < 1 or (ballot.posts > 1 and ballot.kind not in (BallotKind.ELECTION, BallotKind.RANKING)):
        raise BallotRefused(_("Mehrere Plätze gibt es nur bei einer Wahl oder einer Rangfolge."), field="posts")
    if ballot.takes_nominations and ballot.kind != BallotKind.ELECTION:
        raise BallotRefused(_("Wahlvorschläge gibt es nur bei einer Wahl von Personen."), field="takes_nominations")
    if ballot.has_options and ballot.form == BallotForm.SHOW_OF_HANDS:
        raise BallotRefused(
            _("Mit Handzeichen wird nur über Ja, Nein und Enthaltung abgestimmt; hier stimmt jeder Partner selbst ab."),
            field="form",
        )
    if ballot.form != BallotForm.SECRET:
        ballot.secrecy = ""
    elif ballot.secrecy not in SecrecyLevel.values:
        ballot.secrecy = secret.default_level(ballot)
    if ballot.way == BallotWay.MEETING:
        if ballot.meeting is None:
            raise BallotRefused(_("Bitte wählen Sie die Sitzung, in der abgestimmt wird."), field="meeting")
        ballot.deadline_at = None
    else:
        ballot.meeting = ballot.agenda_item = None
        if ballot.form == BallotForm.SHOW_OF_HANDS:
            raise BallotRefused(_("Im Umlauf stimmt jeder Partner selbst ab, namentlich oder geheim."), field="form")
    if ballot.meeting is not None and ballot.meeting.committee_id != ballot.committee_id:
        raise BallotRefused(_("Diese Sitzung gehört einem anderen Gremium."), field="meeting")
    if ballot.agenda_item is not None and ballot.agenda_item.meeting_id != ballot.meeting_id:
        raise BallotRefused(_("Dieser Tagesordnungspunkt gehört zu einer anderen Sitzung."), field="agenda_item")
    if ballot.matter is not None and ballot.matter.partnership_id != ballot.partnership_id:
        raise BallotRefused(_("Diese Art der Angelegenheit gehört zu einer anderen Partnerschaft."), field="matter")
    if ballot.referral is not None and ballot.referral.committee_id != ballot.committee_id:
        raise BallotRefused(_("Diese Vorlage wird von einem anderen Gremium beraten."), field="referral")
