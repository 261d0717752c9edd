"""Declaring a resolution invalid: one person asks, a second one confirms, and the register says so from then on.

The resolution stays as it is; a new entry refers to it. Its motion goes back to the committee.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from committees.enums import EntryKind, EntryRelation
from committees.models import Effect, Invalidation, Publication, Resolution
from committees.notifications import resolutions as notices
from committees.services import motions, register
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit


class InvalidationRefused(Refusal):
    """The resolution cannot be declared invalid like that."""

    status = 409


def waiting(resolution: Resolution) -> Invalidation | None:
    """The request that waits for a second person."""
    return (
        Invalidation.objects.filter(resolution=resolution, confirmed_at__isnull=True)
        .select_related("requested_by")
        .first()
    )


@transaction.atomic
def request(*, by: User, resolution: Resolution, reason: str) -> Invalidation:
    """Ask for it, with the reason all partners will read. Raises InvalidationRefused."""
    resolution = _held(resolution)
    if not reason.strip():
        raise InvalidationRefused(_("Bitte nennen Sie den Grund."), field="reason")
    if Invalidation.objects.filter(resolution=resolution).exists():
        raise InvalidationRefused(_("Das ist bereits beantragt; eine zweite Person kann es nun bestätigen."))
    found = Invalidation.objects.create(
        resolution=resolution, reason=reason.strip()[:500], requested_by=by, requested_at=clock.now()
    )
    audit.record(by=by, action="resolution.annulment_requested", subject=resolution, reason=found.reason)
    return found


@transaction.atomic
def withdraw(*, by: User, resolution: Resolution) -> None:
    """Take the request back. Raises InvalidationRefused."""
    found = waiting(_held(resolution))
    if found is None:
        raise InvalidationRefused(_("Beantragt ist hier nichts."))
    audit.record(by=by, action="resolution.annulment_withdrawn", subject=resolution, reason=found.reason)
    found.delete()


@transaction.atomic
def confirm(*, by: User, resolution: Resolution) -> Resolution:
    """The second person confirms: a new entry, the notice to all partners, and the motion back in its committee.

    Answers the new entry. Raises InvalidationRefused.
    """
    resolution = _held(resolution)
    found = waiting(resolution)
    if found is None:
        raise InvalidationRefused(_("Beantragt ist hier nichts."))
    if found.requested_by_id == by.pk:
        raise InvalidationRefused(_("Die Ungültigkeit muss eine zweite Person bestätigen."))
    found.confirmed_by, found.confirmed_at = by, clock.now()
    found.save(update_fields=["confirmed_by", "confirmed_at"])
    # It takes no effect any more, whatever councils still say.
    Effect.objects.filter(resolution=resolution, settled_at__isnull=True).update(
        settled_at=found.confirmed_at, is_effective=False
    )
    if resolution.ballot is not None:
        motions.reopen(by=by, ballot=resolution.ballot, reason=found.reason)
    is_published = Publication.objects.filter(resolution=resolution).exists()
    entry = register.append(
        by=by,
        kind=EntryKind.ANNULLED,
        committee=resolution.committee,
        title=resolution.title,
        text="",
        reason=found.reason,
        persons={
            "acts": [
                {"act": "annulment_requested", "name": found.requested_by.name},
                {"act": "annulled", "name": by.name},
            ]
        },
        refers_to=resolution,
        numbered=False,
        is_confidential=resolution.is_confidential and not is_published,
    )
    audit.record(by=by, action="resolution.annulled", subject=resolution, reason=found.reason)
    notices.annulled(entry=entry)
    return entry


def _held(resolution: Resolution) -> Resolution:
    """The resolution under its lock, its motion locked before it. Raises InvalidationRefused."""
    if resolution.ballot is not None and resolution.ballot.referral is not None:
        motions.lock_motion(resolution.ballot.referral.motion_id)
    resolution = lock(
        Resolution.objects.select_related("partnership", "committee", "ballot__referral__motion"), resolution.pk
    )
    if not resolution.number:
        raise InvalidationRefused(_("Für ungültig erklärt werden nur Beschlüsse, keine Vermerke im Register."))
    if resolution.referred_by.filter(relation=EntryRelation.ANNULS).exists():
        raise InvalidationRefused(
            _("Der Beschluss %(number)s ist bereits für ungültig erklärt.") % {"number": resolution.number}
        )
    return resolution
