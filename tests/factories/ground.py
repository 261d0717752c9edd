from datetime import date

import factory
from factory.django import DjangoModelFactory

from membership.enums import Fact, OrganisationKind, Stage
from membership.models import YES, Organisation, Partner, SeatShare, Standing
from partnership.enums import Role
from partnership.models import Partnership, User
from partnership.services import appointments

LONG_AGO = date(2018, 6, 7)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        self.set_password(extracted or "geheim-geheim-geheim")
        if create:
            self.save()


class PartnershipFactory(DjangoModelFactory):
    class Meta:
        model = Partnership

    slug = factory.Sequence(lambda n: f"partnerschaft-{n}")
    name = factory.Sequence(lambda n: f"Partnerschaft {n}")
    short_name = factory.Sequence(lambda n: f"P{n}")
    office_email = factory.LazyAttribute(lambda o: f"buero@{o.slug}.example.org")
    founded_on = LONG_AGO


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Stadt Musterhausen {n}")
    kind = OrganisationKind.CITY


class PartnerFactory(DjangoModelFactory):
    """An active partner with voting right since long ago, and its organisation."""

    class Meta:
        model = Partner
        skip_postgeneration_save = True

    partnership = factory.SubFactory(PartnershipFactory)
    number = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"Partner {n}")

    @factory.post_generation
    def standing(self, create, extracted, **kwargs):
        if not create:
            return
        organisation = OrganisationFactory(name=f"Organisation {self.name} {self.pk}")
        SeatShare.objects.create(partner=self, organisation=organisation)
        for fact, value in ((Fact.STAGE, Stage.ACTIVE), (Fact.VOTING_RIGHT, YES)):
            Standing.objects.create(partner=self, fact=fact, value=value, valid_from=LONG_AGO)


def appoint(person: User, role: Role, subject) -> None:
    """Give a person a role since long ago."""
    appointments.appoint(by=None, person=person, role=role, subject=subject, valid_from=LONG_AGO)


__all__ = [
    "LONG_AGO",
    "OrganisationFactory",
    "PartnerFactory",
    "PartnershipFactory",
    "UserFactory",
    "appoint",
]
