"""Contacts, enquiries and people who keep lists, made the short way."""

import factory
from factory.django import DjangoModelFactory

from membership.enums import ContactRole, EnquiryKind
from membership.models import Contact, Enquiry
from partnership import clock
from partnership.enums import Role
from partnership.models import Partnership, User
from tests.factories.ground import PartnerFactory, PartnershipFactory, UserFactory, appoint


class ContactFactory(DjangoModelFactory):
    """A general contact of a partner."""

    class Meta:
        model = Contact

    partner = factory.SubFactory(PartnerFactory)
    role = ContactRole.GENERAL
    name = factory.Sequence(lambda n: f"Ansprechperson {n}")
    email = factory.Sequence(lambda n: f"kontakt{n}@example.org")


class EnquiryFactory(DjangoModelFactory):
    """Somebody wants to join."""

    class Meta:
        model = Enquiry

    partnership = factory.SubFactory(PartnershipFactory)
    kind = EnquiryKind.JOIN
    organisation = factory.Sequence(lambda n: f"Gemeinde {n}")
    name = "Ida Interesse"
    email = "ida@example.org"
    message = "Wir möchten beitreten."
    received_at = factory.LazyFunction(clock.now)


def make_manager(partnership: Partnership) -> User:
    """A product manager since long ago."""
    person = UserFactory(name="Paula Produkt")
    appoint(person, Role.PRODUCT_MANAGER, partnership)
    return person


def make_office(partnership: Partnership) -> User:
    """The managing office since long ago."""
    person = UserFactory(name="Gerd Geschäftsführung")
    appoint(person, Role.MANAGING_OFFICE, partnership)
    return person
