"""A partnership with a fund, its people, and resolutions that may carry a measure."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from committees.models import Resolution
from fund.models import Fund, Measure, Pledge, Posting
from fund.services import funds, measures, payments, pledges
from membership.models import Partner
from partnership import clock
from partnership.enums import Role
from partnership.models import Partnership, User
from tests.factories.ground import UserFactory, appoint
from tests.factories.motions import House, make_house, make_motion, vote_through


@dataclass
class Treasury:
    """One partnership with a fund: office, treasurer, auditor, and an admin of the first partner."""

    house: House
    fund: Fund
    treasurer: User
    auditor: User
    admin: User

    @property
    def partnership(self) -> Partnership:
        return self.house.partnership

    @property
    def office(self) -> User:
        return self.house.office

    @property
    def partners(self) -> list[Partner]:
        return self.house.partners

    @property
    def slug(self) -> str:
        return self.partnership.slug

    def resolve(self, title: str = "Fehlerbehebung beauftragen", choices: str = "yyn", **fields: Any) -> Resolution:
        """A resolution of the deciding committee, voted and declared."""
        motion = make_motion(self.house, title=title, committee=self.house.sk, **fields)
        return vote_through(self.house, motion, self.house.sk, choices)

    def pledge(self, amount: str = "1000", *, partner: int = 0, year: int | None = None, **fields: Any) -> Pledge:
        return pledges.create(
            by=self.treasurer,
            fund=self.fund,
            partner=self.partners[partner],
            year=year or clock.today().year,
            amount=Decimal(amount),
            **fields,
        )

    def fill(self, amount: str = "1000", **where: Any) -> Posting:
        """Money promised and paid."""
        return self.receive(self.pledge(amount, **where), amount)

    def receive(self, pledge: Pledge, amount: str, **fields: Any) -> Posting:
        fields.setdefault("booked_on", clock.today())
        return payments.receive(by=self.treasurer, pledge=pledge, amount=Decimal(amount), **fields)

    def propose(self, budget: str = "600", title: str = "Fehlerbehebung") -> Measure:
        return measures.propose(by=self.office, fund=self.fund, title=title, budget=Decimal(budget))

    def approve(self, budget: str = "600", resolution: Resolution | None = None, **fields: Any) -> Measure:
        measure = self.propose(budget, **fields)
        return measures.approve(by=self.office, measure=measure, resolution=resolution or self.resolve())

    def pay(self, measure: Measure, amount: str, **fields: Any) -> Posting:
        fields.setdefault("booked_on", clock.today())
        fields.setdefault("payee", "Muster GmbH")
        return measures.pay(by=self.treasurer, measure=measure, amount=Decimal(amount), **fields)


def make_treasury(partners: int = 3) -> Treasury:
    house = make_house(partners)
    fund = funds.set_up(
        by=house.office, partnership=house.partnership, name="Entwicklungsfonds", purpose="Fehlerbehebung"
    )
    treasurer, auditor, admin = UserFactory(name="Karl Kasse"), UserFactory(name="Petra Prüfung"), UserFactory()
    appoint(treasurer, Role.TREASURER, fund)
    appoint(auditor, Role.AUDITOR, fund)
    appoint(admin, Role.PARTNER_ADMIN, house.partners[0])
    return Treasury(house, fund, treasurer, auditor, admin)


__all__ = ["Treasury", "make_treasury"]
