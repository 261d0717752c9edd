"""Mails of membership; each is a row of the outbox in the transaction that causes it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from membership.models import Enquiry
from partnership import clock
from partnership.enums import Role
from partnership.models import Appointment, User
from partnership.services import outbox


def enquiry_received(enquiry: Enquiry) -> None:
    """Tell product management (else the office) about a new enquiry."""
    partnership = enquiry.partnership
    managers = User.objects.filter(
        is_active=True,
        pk__in=Appointment.objects.valid(clock.today())
        .filter(partnership=partnership, role=Role.PRODUCT_MANAGER)
        .values("person"),
    )
    told: list[tuple[User | None, str]] = [(person, person.email) for person in managers]
    shared = partnership.enquiry_email or ("" if told else partnership.office_email)
    if shared and shared.lower() not in {address for _person, address in told}:
        told.append((None, shared))
    for person, address in told:
        outbox.post(
            kind="enquiry_received",
            template="membership/mail/enquiry_received",
            context={
                "enquiry": enquiry,
                "url": reverse("membership:enquiry_detail", kwargs={"slug": partnership.slug, "pk": enquiry.pk}),
                "link_label": _("Anfrage beantworten"),
                "reason": _("Sie erhalten diese Nachricht, weil Sie Anfragen dieser Partnerschaft beantworten."),
            },
            dedup_key=f"enquiry-received:{enquiry.pk}:{address}",
            subject=_("Neue Anfrage von %(organisation)s") % {"organisation": enquiry.organisation},
            partnership=partnership,
            recipient=person,
            to="" if person else address,
            about=enquiry,
            reply_to=enquiry.email,
        )


def enquiry_confirmed(enquiry: Enquiry) -> None:
    """Tell the enquirer that it arrived. The text is not repeated: the form must not mail strangers' words."""
    outbox.post(
        kind="enquiry_confirmed",
        template="membership/mail/enquiry_confirmed",
        context={
            "enquiry": enquiry,
            "reason": _("Sie erhalten diese Nachricht, weil diese Adresse im Anfrageformular angegeben wurde."),
        },
        dedup_key=f"enquiry-confirmed:{enquiry.pk}",
        subject=_("Ihre Anfrage ist angekommen"),
        partnership=enquiry.partnership,
        to=enquiry.email,
        about=enquiry,
        reply_to=enquiry.partnership.enquiry_email or enquiry.partnership.office_email,
    )


def enquiry_answered(enquiry: Enquiry, *, by: User) -> None:
    """Send the answer to the enquirer."""
    outbox.post(
        kind="enquiry_answered",
        template="membership/mail/enquiry_answered",
        context={
            "enquiry": enquiry,
            "by": by,
            "reason": _("Sie erhalten diese Nachricht als Antwort auf Ihre Anfrage."),
        },
        dedup_key=f"enquiry-answered:{enquiry.pk}:{enquiry.handled_at:%Y%m%d%H%M%S%f}",
        subject=_("Antwort auf Ihre Anfrage"),
        partnership=enquiry.partnership,
        to=enquiry.email,
        about=enquiry,
        reply_to=enquiry.partnership.enquiry_email or enquiry.partnership.office_email,
    )
