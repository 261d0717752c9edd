"""Reservations (Gremienvorbehalt): lifted or refused by the partner, and what that makes of the resolution.

A resolution that rests on reserved votes takes effect once all of them are lifted, or when the day has passed that
the rules name. A council that refuses turns the yes into a no: where the resolution would not have been adopted so,
it never takes effect. Both stand in the register as entries of their own.
"""

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from committees.enums import EntryKind
from committees.models import Ballot, Delegate, Effect, Reservation, ReservationState, Resolution, RollEntry
from committees.notifications import reservations as notices
from committees.rules.verdict import Count, Outcome
from committees.services import register
from committees.services.ballots import counting
from committees.services.ballots.authority import ballots
from partnership import clock
from partnership.access import ties
from partnership.db.locks import lock
from partnership.enums import Role
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit

# Days before the last one on which those with open reservations are reminded.
REMINDER_DAYS = (14, 3)


class ReservationRefused(Refusal):
    """The reservation cannot be settled like that."""

    status = 409


def of(ballot: Ballot) -> QuerySet[Reservation]:
    """The reservations that bear on the result, with their partners."""
    return Reservation.objects.counting().filter(ballot=ballot).select_related("partner").order_by("partner__number")


@transaction.atomic
def await_effect(resolution: Resolution) -> Effect | None:
    """After declaring: let an adopted resolution wait for its reservations; None where there are none."""
    ballot = resolution.ballot
    if ballot is None or resolution.kind != EntryKind.ADOPTED:
        return None
    if not of(ballot).filter(state=ReservationState.OPEN).exists():
        return None
    due_on = resolution.resolved_on + timedelta(days=ballot.rules.reservation.days)
    return Effect.objects.create(resolution=resolution, due_on=due_on)


def may_settle(user: User, reservation: Reservation) -> bool:
    """Who acts for the partner in the committee, and the partner's administrators."""
    mandates = Delegate.objects.valid(clock.today()).filter(
        committee=reservation.ballot.committee_id, partner=reservation.partner_id, person=user
    )
    return ties(user).holds(Role.PARTNER_ADMIN, on=reservation.partner) or mandates.exists()


@transaction.atomic
def settle(*, by: User, reservation: Reservation, is_lifted: bool, note: str = "") -> Reservation:
    """The partner tells how its council decided. Raises ReservationRefused."""
    ballot = lock(ballots(), reservation.ballot_id)
    reservation = of(ballot).select_related("partner", "vote").get(pk=reservation.pk)
    reservation.ballot = ballot
    if not may_settle(by, reservation):
        raise ReservationRefused(_("Das teilt nur mit, wer „%(partner)s“ vertritt.") % {"partner": reservation.partner})
    if reservation.state != ReservationState.OPEN:
        raise ReservationRefused(_("Über diesen Vorbehalt ist bereits entschieden."))
    effect = _effect(ballot)
    if effect is None or effect.settled_at is not None:
        raise ReservationRefused(
            _("Der Beschluss ist noch nicht festgestellt oder seine Wirksamkeit schon entschieden.")
        )
    _close(reservation, ReservationState.LIFTED if is_lifted else ReservationState.REFUSED, by, note)
    audit.record(
        by=by,
        action="reservation.lifted" if is_lifted else "reservation.refused",
        subject=ballot,
        partner=str(reservation.partner_id),
    )
    if not is_lifted and not _would_stand(ballot):
        _finish(effect, by, is_effective=False)
    elif not of(ballot).filter(state=ReservationState.OPEN).exists():
        _finish(effect, by, is_effective=True)
    return reservation


def settle_due() -> int:
    """Let resolutions take effect whose last day has passed; answers how many. For the schedule."""
    done = 0
    for effect in Effect.objects.filter(settled_at__isnull=True, due_on__lt=clock.today()).select_related("resolution"):
        done += _settle_late(effect)
    return done


@transaction.atomic
def _settle_late(effect: Effect) -> bool:
    assert effect.resolution.ballot_id is not None
    ballot = lock(ballots(), effect.resolution.ballot_id)
    fresh = _effect(ballot)
    if fresh is None or fresh.settled_at is not None:
        return False
    for reservation in of(ballot).filter(state=ReservationState.OPEN):
        _close(reservation, ReservationState.LAPSED, None, "")
    _finish(fresh, None, is_effective=True)
    return True


def remind_due() -> int:
    """Remind the partners with open reservations; answers how many mails are new. For the schedule."""
    sent = 0
    for effect in Effect.objects.filter(settled_at__isnull=True).select_related("resolution__partnership"):
        left = (effect.due_on - clock.today()).days
        due = [days for days in REMINDER_DAYS if 0 <= left <= days]
        ballot = effect.resolution.ballot
        if due and ballot is not None:
            for reservation in of(ballot).filter(state=ReservationState.OPEN):
                sent += notices.reminder(effect=effect, reservation=reservation, occasion=str(min(due)))
    return sent


def _close(reservation: Reservation, state: str, by: User | None, note: str) -> None:
    reservation.state, reservation.note = state, note.strip()[:300]
    reservation.settled_by, reservation.settled_at = by, clock.now()
    reservation.save()


def _effect(ballot: Ballot) -> Effect | None:
    return (
        Effect.objects.filter(resolution__ballot=ballot)
        .select_related("resolution__partnership", "resolution__committee")
        .first()
    )


def _would_stand(ballot: Ballot) -> bool:
    """Whether the resolution is adopted even with the refused votes as no."""
    assert ballot.counts is not None
    refused = of(ballot).filter(state=ReservationState.REFUSED).values("partner")
    weight = sum(RollEntry.objects.filter(ballot=ballot, partner__in=refused).values_list("weight", flat=True))
    count = Count.from_data(ballot.counts)
    count = replace(count, yes=count.yes - weight, no=count.no + weight)
    return counting.verdict_of(ballot, count).outcome is Outcome.ADOPTED


def _finish(effect: Effect, by: User | None, *, is_effective: bool) -> None:
    """Write it into the register, and tell all partners."""
    effect.settled_at, effect.is_effective = clock.now(), is_effective
    effect.save()
    resolution = effect.resolution
    entry = register.append(
        by=by,
        kind=EntryKind.EFFECTIVE if is_effective else EntryKind.LAPSED,
        committee=resolution.committee,
        title=resolution.title,
        text="",
        refers_to=resolution,
        numbered=False,
        is_confidential=resolution.is_confidential,
    )
    audit.record(by=by, action="resolution.effect_settled", subject=resolution, is_effective=is_effective)
    notices.settled(effect=effect, entry=entry)
