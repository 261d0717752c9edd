"""Feedback on the installation."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from partnership import clock
from partnership.models import Feedback
from partnership.services import outbox


@transaction.atomic
def receive_feedback(*, message: str, email: str = "", page: str = "") -> Feedback:
    """Keep what somebody told us, and mail it to the operator where an address is set (SITE_CONTACT_EMAIL)."""
    feedback = Feedback.objects.create(message=message, email=email, page=page[:300], received_at=clock.now())
    if settings.SITE_CONTACT_EMAIL:
        outbox.post(
            kind="feedback",
            template="partnership/mail/feedback",
            context={"feedback": feedback},
            to=settings.SITE_CONTACT_EMAIL,
            partnership=None,
            about=feedback,
            dedup_key=f"feedback:{feedback.pk}",
            subject=_("Konvent: Rückmeldung zum Portal"),
            reply_to=email,
        )
    return feedback
