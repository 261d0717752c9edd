"""Mails of the fund."""

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from fund.models import Posting
from membership.enums import ContactRole
from membership.models import Contact
from partnership import clock
from partnership.access import ties
from partnership.enums import Role
from partnership.models import Appointment, OutboxMessage, User
from partnership.services import outbox

RECEIVED = "fund.payment_received"
ENTITLEMENT = "fund.partner"


def payment_received(*, by: User | None, posting: Posting) -> list[OutboxMessage]:
    """Thank the partner: its administrators and its finance contacts, each address once."""
    pledge = posting.pledge
    assert pledge is not None
    partnership = posting.fund.partnership
    admins = User.objects.filter(
        is_active=True,
        pk__in=Appointment.objects.valid(clock.today())
        .filter(partnership=partnership, role=Role.PARTNER_ADMIN, object_pk=str(pledge.partner_id))
        .values("person"),
    ).order_by("email")
    told: dict[str, User | None] = {person.email.lower(): person for person in admins}
    for contact in Contact.objects.filter(partner=pledge.partner_id, role=ContactRole.FINANCE).exclude(email=""):
        told.setdefault(contact.email.lower(), None)
    url = reverse("fund:fund_detail", kwargs={"slug": partnership.slug})
    return outbox.post_many(
        [
            outbox.Letter(
                kind=RECEIVED,
                template="fund/mail/payment_received",
                context={
                    "fund": posting.fund,
                    "partner": pledge.partner,
                    "year": pledge.year,
                    "amount": posting.amount,
                    "booked_on": posting.booked_on,
                    "reference": posting.reference,
                    "url": url if person is not None else "",
                },
                dedup_key=f"payment:{posting.pk}:{address}"[:200],
                subject=format_lazy(
                    _("Danke für Ihren Beitrag {year} zum {fund}"), year=pledge.year, fund=posting.fund.name
                ),
                partnership=partnership,
                recipient=person,
                to="" if person is not None else address,
                about=posting,
                entitlement=ENTITLEMENT if person is not None else "",
            )
            for address, person in told.items()
        ]
    )


def is_still_entitled(message: OutboxMessage) -> str | None:
    """Asked just before sending: who has left the partnership gets nothing."""
    if message.recipient is None or message.partnership_id is None:
        return None
    if ties(message.recipient).belongs_to(message.partnership_id):
        return None
    return str(_("Die Person wirkt an der Partnerschaft nicht mehr mit."))
