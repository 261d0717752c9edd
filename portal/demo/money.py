"""The fund of the demonstration: pledges of the first partners, payments, measures. All figures are invented."""

from decimal import Decimal

from django.utils import timezone

from committees.models import Resolution
from fund.models import Fund, Measure, Pledge
from fund.services import funds, measures, payments, pledges
from partnership import clock
from partnership.enums import Role
from portal.demo import content
from portal.demo.stage import Stage, moment

PURPOSE = (
    "Der Entwicklungsfonds dient der Codepflege des Masterportals, insbesondere der Fehlerbehebung. "
    "Er speist sich aus freiwilligen Beiträgen der Partner; den Betrag bestimmt jeder selbst."
)
# What the contributors promise for this year, in their order; the last two have not paid yet.
AMOUNTS = (12000, 8000, 2500, 15000, 4000, 1500, 1000, 2000, 2500, 1000, 3000, 1200, 1000)
UNPAID = 2
# Who has promised for the next year already.
EARLY = 4


def build_money(stage: Stage, resolution: Resolution) -> Fund:
    """Set the fund up on the day after `resolution`, the one that created it, and let it live until today."""
    start = (timezone.localtime(resolution.recorded_at).date() - timezone.localdate()).days
    this_year = timezone.localdate().year
    office, treasurer = stage[content.OFFICE], stage[content.TREASURER]
    with moment(start + 1):
        fund = funds.set_up(
            by=office,
            partnership=stage.partnership,
            name="Entwicklungsfonds",
            purpose=PURPOSE,
            resolution=resolution,
        )
        for persona, role in ((content.TREASURER, Role.TREASURER), (content.AUDITOR, Role.AUDITOR)):
            funds.appoint_officer(by=office, fund=fund, role=role, email=stage[persona].email)
    promised = _pledges(stage, fund, start + 5, this_year, AMOUNTS[: content.CONTRIBUTORS])
    for number, pledge in enumerate(promised[:-UNPAID]):
        with moment(start + 12 + 2 * number, 11):
            part = Decimal("0.5") if number == 3 else Decimal(1)
            payments.receive(
                by=treasurer,
                pledge=pledge,
                amount=pledge.amount * part,
                booked_on=clock.today(),
                reference=f"Kontoauszug {number + 1}",
            )
    _pledges(stage, fund, start + 30, this_year + 1, AMOUNTS[:EARLY])
    bugs = _measure(stage, fund, start + 40, resolution, "Fehlerbehebung in der Druckfunktion", "9800")
    updates = _measure(stage, fund, start + 45, resolution, "Abhängigkeiten aktualisieren", "12000")
    _pay(stage, bugs, start + 60, "9350.40", "Rechnung 2041")
    with moment(start + 62):
        measures.finish(by=treasurer, measure=bugs)
    _pay(stage, updates, start + 70, "4500", "Rechnung 2077")
    with moment(-6):
        measures.propose(
            by=office,
            fund=fund,
            title="Automatische Tests der Kartendarstellung",
            budget=Decimal(7500),
            description="Fehler in der Darstellung sollen auffallen, bevor eine Version erscheint.",
        )
    return fund


def _pledges(stage: Stage, fund: Fund, day: int, year: int, amounts: tuple[int, ...]) -> list[Pledge]:
    """München promises itself, the others let the treasurer enter it; one prefers not to be named."""
    made = []
    for number, ((name, partner), amount) in enumerate(zip(stage.partners.items(), amounts, strict=False)):
        by = stage[content.PARTNER_ADMIN] if name == content.MUNICH else stage[content.TREASURER]
        with moment(day, 9, number):
            made.append(
                pledges.create(
                    by=by, fund=fund, partner=partner, year=year, amount=Decimal(amount), is_named=number != 6
                )
            )
    return made


def _measure(stage: Stage, fund: Fund, day: int, resolution: Resolution, title: str, budget: str) -> Measure:
    with moment(day):
        measure = measures.propose(
            by=stage[content.OFFICE],
            fund=fund,
            title=title,
            budget=Decimal(budget),
            description="Ausgeführt von einem erfundenen Dienstleister.",
        )
    with moment(day + 2):
        return measures.approve(by=stage[content.TREASURER], measure=measure, resolution=resolution)


def _pay(stage: Stage, measure: Measure, day: int, amount: str, reference: str) -> None:
    with moment(day):
        measures.pay(
            by=stage[content.TREASURER],
            measure=measure,
            amount=Decimal(amount),
            booked_on=clock.today(),
            payee="Beispiel-Software GmbH",
            reference=reference,
        )
