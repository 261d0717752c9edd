"""Enquiries from the public page: received, answered, closed."""

from django.db import transaction
from django.utils.translation import gettext as _

from membership import notifications
from membership.enums import EnquiryKind, EnquiryState
from membership.models import Enquiry
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import Partnership, User
from partnership.services import audit


class EnquiryRefused(Refusal):
    """The enquiry is closed, or the answer is empty."""


@transaction.atomic
def receive(
    *, partnership: Partnership, kind: str, organisation: str, name: str, email: str, phone: str = "", message: str
) -> Enquiry:
    """Store what somebody asked on the public page; mail product management and confirm to the enquirer.

    Raises EnquiryRefused. Spam is kept out by the form.
    """
    if kind not in EnquiryKind.values:
        raise EnquiryRefused(_("Bitte wählen Sie Ihr Anliegen."), field="kind")
    enquiry = Enquiry.objects.create(
        partnership=partnership,
        kind=kind,
        organisation=organisation,
        name=name,
        email=email,
        phone=phone,
        message=message,
        received_at=clock.now(),
    )
    audit.record(by=None, action="enquiry.received", subject=enquiry, kind=kind)
    notifications.enquiry_received(enquiry)
    notifications.enquiry_confirmed(enquiry)
    return enquiry


@transaction.atomic
def answer(*, by: User, enquiry: Enquiry, text: str) -> Enquiry:
    """Answer by mail; the same answer sent twice goes out once. Raises EnquiryRefused."""
    enquiry = lock(Enquiry.objects.select_related("partnership"), enquiry.pk)
    if enquiry.state == EnquiryState.CLOSED:
        raise EnquiryRefused(_("Diese Anfrage ist bereits erledigt."))
    if not text.strip():
        raise EnquiryRefused(_("Bitte schreiben Sie eine Antwort."), field="text")
    if enquiry.answer == text:
        return enquiry
    enquiry.answer = text
    enquiry.state = EnquiryState.ANSWERED
    enquiry.handled_by, enquiry.handled_at = by, clock.now()
    enquiry.save(update_fields=["answer", "state", "handled_by", "handled_at"])
    audit.record(by=by, action="enquiry.answered", subject=enquiry)
    notifications.enquiry_answered(enquiry, by=by)
    return enquiry


@transaction.atomic
def close(*, by: User, enquiry: Enquiry) -> Enquiry:
    """Mark an enquiry as done; doing so twice changes nothing."""
    enquiry = lock(Enquiry.objects.select_related("partnership"), enquiry.pk)
    if enquiry.state != EnquiryState.CLOSED:
        enquiry.state = EnquiryState.CLOSED
        enquiry.handled_by, enquiry.handled_at = by, clock.now()
        enquiry.save(update_fields=["state", "handled_by", "handled_at"])
        audit.record(by=by, action="enquiry.closed", subject=enquiry)
    return enquiry


@transaction.atomic
def reopen(*, by: User, enquiry: Enquiry) -> Enquiry:
    """Take a closed enquiry up again."""
    enquiry = lock(Enquiry.objects.select_related("partnership"), enquiry.pk)
    if enquiry.state == EnquiryState.CLOSED:
        enquiry.state = EnquiryState.ANSWERED if enquiry.answer else EnquiryState.NEW
        enquiry.save(update_fields=["state"])
        audit.record(by=by, action="enquiry.reopened", subject=enquiry)
    return enquiry
