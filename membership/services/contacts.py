"""Keeping the people to turn to at a partner."""

from django.db import transaction
from django.utils.translation import gettext as _

from membership.models import Contact, Partner
from partnership.errors import Refusal
from partnership.models import User
from partnership.services import audit


class ContactRefused(Refusal):
    """A contact without a way to reach them."""


@transaction.atomic
def add(*, by: User, partner: Partner, role: str, name: str, email: str = "", phone: str = "") -> Contact:
    """Name a person to turn to. Raises ContactRefused."""
    _check(name, email, phone)
    contact = Contact.objects.create(partner=partner, role=role, name=name, email=email.lower(), phone=phone)
    audit.record(by=by, action="contact.added", subject=partner, role=role, name=name)
    return contact


@transaction.atomic
def edit(*, by: User, contact: Contact, role: str, name: str, email: str = "", phone: str = "") -> Contact:
    """Correct a contact. Raises ContactRefused."""
    _check(name, email, phone)
    contact.role, contact.name, contact.email, contact.phone = role, name, email.lower(), phone
    contact.save(update_fields=["role", "name", "email", "phone"])
    audit.record(by=by, action="contact.changed", subject=contact.partner, role=role, name=name)
    return contact


@transaction.atomic
def remove(*, by: User, contact: Contact) -> Partner:
    """Forget a contact."""
    partner = contact.partner
    audit.record(by=by, action="contact.removed", subject=partner, role=contact.role, name=contact.name)
    contact.delete()
    return partner


def _check(name: str, email: str, phone: str) -> None:
    if not name.strip():
        raise ContactRefused(_("Bitte geben Sie den Namen an."), field="name")
    if not email and not phone:
        raise ContactRefused(_("Bitte geben Sie eine E-Mail-Adresse oder eine Telefonnummer an."), field="email")
