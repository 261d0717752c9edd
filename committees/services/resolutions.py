"""Resolutions after the vote: writing them into the register, telling everybody, publishing, correcting."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from committees import signals
from committees.enums import EntryKind
from committees.models import Ballot, Publication, Resolution
from committees.notifications import resolutions as notices
from committees.services import motions, register, reservations
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit


class ResolutionRefused(Refusal):
    """The entry of the register does not allow the step."""


@transaction.atomic
def record(*, by: User | None, ballot: Ballot, outcome: str, text: str = "", **parts: Any) -> Resolution:
    """Write the declared result of a ballot into the register and draw the consequences, in one transaction.

    Motion and referral follow, all partners get the notice, higher apps hear `resolution_declared`. The caller
    holds the locks on motion and ballot. `parts` go to `register.append` (counts, verdict, roll, …).
    Raises RegisterRefused, MotionRefused.
    """
    resolution = register.append(
        by=by,
        kind=register.kind_of(ballot, outcome),
        committee=ballot.committee,
        title=ballot.title,
        text=text or ballot.text,
        ballot=ballot,
        is_confidential=ballot.is_confidential,
        **parts,
    )
    motions.record_outcome(by=by, ballot=ballot, resolution=resolution)
    reservations.await_effect(resolution)
    announce(by=by, resolution=resolution)
    return resolution


@transaction.atomic
def announce(*, by: User | None, resolution: Resolution) -> None:
    """Mail the notice to all partners and tell higher apps. Entries without a number are told to nobody by mail."""
    if resolution.number:
        notices.declared(by=by, resolution=resolution)
        notices.tell_unreached(resolution=resolution)
    signals.resolution_declared.send(sender=Resolution, resolution=resolution, by=by)


@transaction.atomic
def publish(*, by: User, resolution: Resolution, is_released: bool = False) -> Publication:
    """Release a resolution to the public; the register keeps the release as an entry of its own.

    A confidential one needs the express release (`is_released`). Raises ResolutionRefused.
    """
    resolution = lock(Resolution.objects.select_related("partnership", "committee"), resolution.pk)
    if not resolution.number:
        raise ResolutionRefused(_("Veröffentlicht werden nur Beschlüsse, keine Vermerke im Register."))
    if Publication.objects.filter(resolution=resolution).exists():
        raise ResolutionRefused(
            _("Der Beschluss %(number)s ist bereits veröffentlicht.") % {"number": resolution.number}
        )
    if resolution.is_confidential and not is_released:
        raise ResolutionRefused(
            _("Dieser Beschluss ist vertraulich. Bestätigen Sie die Freigabe, um ihn zu veröffentlichen."),
            field="is_released",
        )
    publication = Publication.objects.create(resolution=resolution, published_at=clock.now(), published_by=by)
    register.append(
        by=by,
        kind=EntryKind.PUBLISHED,
        committee=resolution.committee,
        title=resolution.title,
        text="",
        refers_to=resolution,
        numbered=False,
        is_confidential=False,
    )
    audit.record(by=by, action="resolution.published", subject=resolution, was_confidential=resolution.is_confidential)
    return publication


@transaction.atomic
def correct(*, by: User, resolution: Resolution, text: str, reason: str) -> Resolution:
    """Set a mistake right: a new entry refers to the wrong one, which stays as it is. All partners are told.

    Raises ResolutionRefused.
    """
    resolution = lock(Resolution.objects.select_related("partnership", "committee"), resolution.pk)
    if not resolution.number:
        raise ResolutionRefused(_("Berichtigt werden nur Beschlüsse, keine Vermerke im Register."))
    if resolution.referred_by.filter(kind=EntryKind.ANNULLED).exists():
        raise ResolutionRefused(_("Dieser Beschluss ist für ungültig erklärt; zu berichtigen ist nichts mehr."))
    if not reason.strip():
        raise ResolutionRefused(_("Nennen Sie bitte den Grund der Berichtigung."), field="reason")
    if not text.strip():
        raise ResolutionRefused(_("Wie lautet der Beschluss richtig?"), field="text")
    is_published = Publication.objects.filter(resolution=resolution).exists()
    latest = resolution.referred_by.filter(kind=EntryKind.CORRECTED).order_by("-position").first() or resolution
    said = register.part(latest, "text") or {}
    if said.get("text", "").strip() == text.strip():
        raise ResolutionRefused(_("Der Text ist derselbe wie bisher."), field="text")
    correction = register.append(
        by=by,
        kind=EntryKind.CORRECTED,
        committee=resolution.committee,
        title=resolution.title,
        text=text,
        reason=reason.strip(),
        refers_to=resolution,
        numbered=False,
        is_confidential=resolution.is_confidential and not is_published,
    )
    audit.record(by=by, action="resolution.corrected", subject=resolution, reason=reason.strip())
    notices.declared(by=by, resolution=correction)
    return correction
