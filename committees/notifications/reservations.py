"""Mails about reservations: a reminder to those still open, and what became of the resolution."""

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from committees.models import Delegate, Effect, Reservation, Resolution
from committees.notifications.resolutions import ENTITLEMENT, people_of_all_partners
from partnership import clock
from partnership.services import outbox

REMINDER = "reservation.reminder"
SETTLED = "resolution.effect"
KINDS = {REMINDER: _("Erinnerung an einen Gremienvorbehalt"), SETTLED: _("Wirksamkeit eines Beschlusses")}


def register() -> None:
    """Name the kinds; in `AppConfig.ready`."""
    for kind, label in KINDS.items():
        outbox.register_kind(kind, label)


def _url(resolution: Resolution) -> str:
    return reverse("committees:resolution_detail", kwargs={"slug": resolution.partnership.slug, "pk": resolution.pk})


def reminder(*, effect: Effect, reservation: Reservation, occasion: str) -> int:
    """Remind the people of a partner that its council's decision is still open; once per occasion."""
    resolution = effect.resolution
    rows = Delegate.objects.valid(clock.today()).filter(
        committee=resolution.committee_id, partner=reservation.partner_id, person__is_active=True
    )
    people = {row.person_id: row.person for row in rows.select_related("person")}
    letters = [
        outbox.Letter(
            kind=REMINDER,
            template="committees/mail/reservation_reminder",
            context={"effect": effect, "resolution": resolution, "reservation": reservation, "url": _url(resolution)},
            dedup_key=f"reservation:{reservation.pk}:{occasion}:{person.pk}",
            subject=format_lazy(_("Vorbehalt noch offen: Beschluss {number}"), number=resolution.number),
            partnership=resolution.partnership,
            recipient=person,
            about=resolution,
            entitlement=ENTITLEMENT,
        )
        for person in people.values()
    ]
    return len(outbox.post_many(letters))


def settled(*, effect: Effect, entry: Resolution) -> int:
    """Tell all partners that the resolution has taken effect, or never will."""
    resolution = effect.resolution
    subject = _("Beschluss {number} ist wirksam") if effect.is_effective else _("Beschluss {number} wird nicht wirksam")
    letters = [
        outbox.Letter(
            kind=SETTLED,
            template="committees/mail/resolution_effect",
            context={
                "effect": effect,
                "resolution": resolution,
                "head": f"{entry.position}:{entry.hash}",
                "url": _url(resolution),
            },
            dedup_key=f"effect:{resolution.pk}:{person.pk}",
            subject=format_lazy(subject, number=resolution.number),
            partnership=resolution.partnership,
            recipient=person,
            about=resolution,
            entitlement=ENTITLEMENT,
        )
        for person in people_of_all_partners(resolution.partnership)
    ]
    return len(outbox.post_many(letters))
