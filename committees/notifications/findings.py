"""The mail about what the nightly recount found: to the managing office and the administrators."""

import hashlib
from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partnership import clock
from partnership.enums import Role
from partnership.models import Appointment, Partnership, User
from partnership.services import outbox

ALARM = "register.alarm"
# As many stand in the mail; the page of the check names all.
SHOWN = 20


def register() -> None:
    """Name the kind; in `AppConfig.ready`."""
    outbox.register_kind(ALARM, _("Befund der nächtlichen Prüfung"))


def found(*, partnership: Partnership, findings: Sequence[str]) -> int:
    """Tell them what does not agree; the same findings once, however often they are found."""
    office = (
        Appointment.objects.valid(clock.today())
        .filter(partnership=partnership, role=Role.MANAGING_OFFICE)
        .values("person")
    )
    people = User.objects.filter(Q(pk__in=office) | Q(is_superuser=True), is_active=True).order_by("email")
    digest = hashlib.sha256("\n".join(sorted(findings)).encode()).hexdigest()[:32]
    letters = [
        outbox.Letter(
            kind=ALARM,
            template="committees/mail/register_alarm",
            context={
                "findings": findings[:SHOWN],
                "more": max(0, len(findings) - SHOWN),
                "url": reverse("committees:register_verify", kwargs={"slug": partnership.slug}),
            },
            dedup_key=f"alarm:{partnership.pk}:{digest}:{person.pk}",
            subject=_("Prüfung fehlgeschlagen: Stimmen oder Register stimmen nicht"),
            partnership=partnership,
            recipient=person,
            about=partnership,
        )
        for person in people
    ]
    return len(outbox.post_many(letters))
