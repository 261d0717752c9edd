"""The partner columns of the import table."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from membership.enums import MEMBER_STAGES, Fact, OrganisationKind
from membership.models import YES, Organisation, Partner, Standing
from membership.queries import organisations_of, with_organisations
from membership.services import organisations as bodies
from membership.services import partners
from membership.services.imports.files import Line
from membership.services.imports.rows import VALID_FROM, Actor, Column, Row, Seat, no_day, parse_day
from partnership import clock
from partnership.enums import Land
from partnership.errors import Refusal
from partnership.models import Partnership

NUMBER, NAME, ORGANISATION = "Nr.", "Partner", "Organisation"
SECOND, SECOND_KIND, SECOND_LAND = "Weitere Organisation", "Weitere Art", "Weiteres Land"
SINCE = "Partner seit"
KIND, LAND, AGS = "Art", "Land", "AGS"
SHORT, POPULATION, POPULATION_ON = "Kurzname", "Einwohner", "Stichtag Einwohner"
LEITWEG, WEBSITE, LISTED = "Leitweg-ID", "Internetseite", "öffentlich genannt"
FACTS = {
    "Stimmrecht": Fact.VOTING_RIGHT,
    "Beitragspflicht": Fact.FEE_DUTY,
    "Entwicklungsfonds": Fact.FUND_PARTICIPATION,
}
# Column -> field of the organisation.
ATTRIBUTES = {
    SHORT: "short_name",
    KIND: "kind",
    LAND: "land",
    AGS: "ags",
    POPULATION: "population",
    POPULATION_ON: "population_on",
    LEITWEG: "leitweg_id",
    WEBSITE: "website",
}
COLUMN_OF = {field: column for column, field in ATTRIBUTES.items()} | {"name": ORGANISATION}
LENGTHS = {NAME: 200, ORGANISATION: 200, SECOND: 200, SHORT: 60, WEBSITE: 200}
TRUTHS = {"ja": True, "j": True, "x": True, "1": True, "yes": True, "wahr": True}
TRUTHS |= {"nein": False, "n": False, "0": False, "no": False, "falsch": False}


class PartnerPart:
    """Partners and the organisations that hold their seats."""

    def columns(self, partnership: Partnership) -> list[Column]:
        kinds = ", ".join(str(label) for label in OrganisationKind.labels)
        return [
            Column(NUMBER, _("Nummer des Partners; leer bei neuen Partnern."), ""),
            Column(
                NAME, _("Name des Partners. Pflicht; daran und an der Nummer wird er erkannt."), "Stadt Müsterhausen"
            ),
            Column(ORGANISATION, _("Organisation, die den Sitz hält; leer: wie der Partner."), "Stadt Müsterhausen"),
            Column(SHORT, _("Kurzname der Organisation."), "Müsterhausen"),
            Column(KIND, _("Eine von: %(kinds)s.") % {"kinds": kinds}, str(OrganisationKind.CITY.label)),
            Column(LAND, _("Name oder Kürzel des Landes, zum Beispiel MV."), "MV"),
            Column(AGS, _("Amtlicher Gemeindeschlüssel, acht Ziffern."), "13004000"),
            Column(POPULATION, _("Einwohnerzahl."), "99000"),
            Column(POPULATION_ON, _("Stichtag der Einwohnerzahl."), "31.12.2024"),
            Column(LEITWEG, _("Leitweg-ID; die Prüfziffern werden geprüft."), "04011000-1234512345-06"),
            Column(WEBSITE, _("Adresse im Internet."), "https://www.muesterhausen.example"),
            Column(SECOND, _("Organisation, die sich den Sitz teilt."), "Landkreis Übersee"),
            Column(
                SECOND_KIND, _("Art der weiteren Organisation, wenn sie neu ist."), str(OrganisationKind.DISTRICT.label)
            ),
            Column(SECOND_LAND, _("Land der weiteren Organisation, wenn sie neu ist."), "MV"),
            Column(SINCE, _("Beginn der Mitgliedschaft; leer: „gültig ab“."), "01.01.2026"),
            Column("Stimmrecht", _("ja oder nein; leer bei neuen Partnern: ja."), "ja"),
            Column("Beitragspflicht", _("ja oder nein."), "nein"),
            Column("Entwicklungsfonds", _("ja oder nein: beteiligt sich am Entwicklungsfonds."), "ja"),
            Column(LISTED, _("ja oder nein; leer bei neuen Partnern: ja."), "ja"),
            Column(VALID_FROM, _("Ab wann die Änderungen dieser Zeile gelten; leer: heute."), "01.01.2026"),
        ]

    def planner(self, partnership: Partnership, lines: Sequence[Line]) -> "PartnerPlanner":
        return PartnerPlanner(partnership, lines)

    def stand(self, partnership: Partnership) -> dict[UUID, list[dict[str, str]]]:
        planner = PartnerPlanner(partnership, [])
        return {partner.pk: [planner.cells_of(partner)] for partner in planner.partners if planner.is_member(partner)}


class PartnerPlanner:
    """The partners of a partnership as they are, and what rows would change about them."""

    def __init__(self, partnership: Partnership, lines: Sequence[Line]) -> None:
        self.partnership = partnership
        self.partners = list(with_organisations(Partner.objects.filter(partnership=partnership)).order_by("number"))
        self.standings: dict[tuple[UUID, str], list[Standing]] = {}
        for standing in Standing.objects.filter(partner__partnership=partnership).order_by("valid_from"):
            self.standings.setdefault((standing.partner_id, standing.fact), []).append(standing)
        named = {line.cells.get(column, "") for line in lines for column in (NAME, ORGANISATION, SECOND)}
        found = list(Organisation.objects.filter(name__in=named - {""})) + list(organisations_of(partnership))
        self.organisations = {body.name.casefold(): body for body in found}
        self.seats: dict[str, Seat] = {}
        self.first_rows: dict[str, Row] = {}
        for partner in self.partners:
            seat = Seat(f"#{partner.number}", partner.name, partner, self._member_since(partner))
            self.seats[seat.key] = seat
            self.seats[partner.name.casefold()] = seat

    # --- which partner -----------------------------------------------------------------------------
    def seat(self, row: Row) -> Seat | None:
        """The partner the row is about; None, with a problem noted, if it cannot be told."""
        number, name = row.cell(NUMBER), " ".join(row.cell(NAME).split())
        row.label = name or number
        if number and not (number.isascii() and number.isdigit() and len(number) < 9):
            row.problem(NUMBER, _("„%(text)s“ ist keine Nummer.") % {"text": number})
            return None
        known = self.seats.get(f"#{int(number)}") if number else self.seats.get(name.casefold())
        if known is not None:
            return known
        if not name:
            row.problem(NAME, _("Der Name des Partners fehlt."))
            return None
        if self.seats.get(name.casefold()) is not None:
            row.problem(NUMBER, _("„%(name)s“ hat eine andere Nummer.") % {"name": name})
            return None
        seat = Seat(f"#{int(number)}" if number else name.casefold(), name)
        self.seats[seat.key] = self.seats[name.casefold()] = seat
        return seat

    def prepare(self, actor: Actor) -> None:
        """Each row enters its own partner."""

    # --- what changes ------------------------------------------------------------------------------
    def plan(self, row: Row, seat: Seat) -> None:
        """Note what the partner columns of the row would do."""
        self._check_lengths(row)
        earlier = self.first_rows.get(seat.key)
        if earlier is not None:
            self._repeat(row, earlier)
            return
        self.first_rows[seat.key] = row
        if seat.partner is None:
            self._plan_new(row, seat)
        else:
            self._plan_change(row, seat.partner)

    def _repeat(self, row: Row, earlier: Row) -> None:
        """A further row of the same partner may add people; what it says about the partner must agree."""
        mine = {column.name for column in PartnerPart().columns(self.partnership)} - {VALID_FROM}
        for column in mine:
            if row.cell(column) and row.cell(column) != earlier.cell(column) and (column != NUMBER):
                row.problem(
                    column,
                    _("Zeile %(row)s nennt für denselben Partner „%(value)s“.")
                    % {"row": earlier.number, "value": earlier.cell(column)},
                )

    def _plan_new(self, row: Row, seat: Seat) -> None:
        row.is_new = True
        since = self._day(row, SINCE) or row.valid_from
        seat.member_since = since
        organisation = row.cell(ORGANISATION) or seat.name
        values = self._attributes(row)
        known = self.organisations.get(organisation.casefold())
        if known is None and not row.cell(KIND):
            row.problem(KIND, _("Die Art der neuen Organisation „%(name)s“ fehlt.") % {"name": organisation})
        self._check_body(row, known, values)
        second = self._second(row)
        truths = {column: self._truth(row, column) for column in FACTS}
        listed = self._truth(row, LISTED)
        row.change(NAME, "", seat.name)
        for column in (ORGANISATION, *ATTRIBUTES, SECOND, SINCE, *FACTS):
            if row.cell(column):
                row.change(column, "", row.cell(column))

        def enter(actor: Actor) -> None:
            shares: list[Organisation | partners.NewOrganisation] = [
                known or partners.NewOrganisation(organisation, values["kind"], values.get("land", ""))
            ]
            if second is not None:
                shares.append(second)
            seat.partner = partners.create(
                by=actor.by,
                partnership=self.partnership,
                organisations=shares,
                name=seat.name,
                number=int(row.cell(NUMBER)) if row.cell(NUMBER) else None,
                valid_from=since,
                has_voting_right=truths["Stimmrecht"] is not False,
                has_fee_duty=bool(truths["Beitragspflicht"]),
                is_in_fund=bool(truths["Entwicklungsfonds"]),
                is_listed=listed is not False,
            )
            if values:
                body = seat.partner.shares.select_related("organisation")[0].organisation
                bodies.edit(by=actor.by, organisation=body, partnership=self.partnership, **values)

        row.deeds.append(enter)

    def _plan_change(self, row: Row, partner: Partner) -> None:
        shares = [share.organisation for share in partner.shares.all()]
        body = shares[0] if shares else None
        self._plan_entry(row, partner, shares)
        values = self._attributes(row)
        self._check_body(row, body, values)
        if body is not None:
            changed = {field: value for field, value in values.items() if getattr(body, field) != value}
            for field, value in changed.items():
                row.change(COLUMN_OF[field], shown(field, getattr(body, field)), shown(field, value))
            if changed:
                row.deeds.append(self._edit_body(body, changed))
        for column, fact in FACTS.items():
            self._plan_fact(row, partner, column, fact)
        since = self._day(row, SINCE)
        began = self._member_since(partner)
        if since is not None and since != began:
            row.problem(
                SINCE,
                _("Der Beginn steht fest (%(day)s) und lässt sich nicht durch einen Import ändern.")
                % {"day": began.strftime("%d.%m.%Y") if began else "–"},
            )

    def _plan_entry(self, row: Row, partner: Partner, shares: list[Organisation]) -> None:
        """Name, listing and the organisations that share the seat."""
        name = " ".join(row.cell(NAME).split()) or partner.name
        other = self.seats.get(name.casefold())
        if other is not None and other.partner != partner:
            row.problem(NAME, _("Den Partner „%(name)s“ gibt es bereits.") % {"name": name})
        self.seats.setdefault(name.casefold(), self.seats[f"#{partner.number}"])
        listed = self._truth(row, LISTED)
        listed = partner.is_listed if listed is None else listed
        organisation = row.cell(ORGANISATION)
        if organisation and organisation.casefold() not in {body.name.casefold() for body in shares[:1]}:
            row.problem(
                ORGANISATION,
                _("Den Sitz hält „%(name)s“. Einen Wechsel tragen Sie auf der Seite des Partners ein.")
                % {"name": shares[0] if shares else "–"},
            )
        second = self._second(row, present=shares)
        if name != partner.name:
            row.change(NAME, partner.name, name)
        if listed != partner.is_listed:
            row.change(LISTED, truth(partner.is_listed), truth(listed))
        if second is not None:
            row.change(SECOND, ", ".join(body.name for body in shares[1:]), row.cell(SECOND))
        if name == partner.name and listed == partner.is_listed and second is None:
            return

        def enter(actor: Actor) -> None:
            partners.edit(
                by=actor.by,
                partner=partner,
                name=name,
                is_listed=listed,
                note=partner.note,
                organisations=None if second is None else [*shares, second],
            )

        row.deeds.append(enter)

    def _plan_fact(self, row: Row, partner: Partner, column: str, fact: Fact) -> None:
        wanted = self._truth(row, column)
        if wanted is None:
            return
        start = row.valid_from
        rows = self.standings.get((partner.pk, fact), [])
        current = next((one for one in rows if one.is_valid(max(start, clock.today()))), None)
        has = current is not None and current.value == YES
        if wanted == has:
            return
        if any(one.valid_from >= start or (one.valid_until and one.valid_until > start) for one in rows):
            row.problem(
                VALID_FROM,
                _("Für „%(fact)s“ ist ab diesem Tag schon etwas eingetragen; bitte nennen Sie einen späteren Tag.")
                % {"fact": fact.label},
            )
            return
        row.change(column, truth(has), truth(wanted))

        def record(actor: Actor) -> None:
            partners.record_standing(
                by=actor.by,
                partner=partner,
                fact=fact,
                value=YES if wanted else partners.NO,
                valid_from=start,
                reason=_("Import"),
            )

        row.deeds.append(record)

    def _edit_body(self, body: Organisation, changed: dict[str, Any]) -> Callable[[Actor], Any]:
        return lambda actor: bodies.edit(by=actor.by, organisation=body, partnership=self.partnership, **changed)

    # --- cells -------------------------------------------------------------------------------------
    def _check_lengths(self, row: Row) -> None:
        for column, most in LENGTHS.items():
            if len(row.cell(column)) > most:
                row.problem(column, _("Höchstens %(count)s Zeichen.") % {"count": most})

    def _second(self, row: Row, present: Sequence[Organisation] = ()) -> Organisation | partners.NewOrganisation | None:
        """The further organisation a row names, if the seat does not have it yet."""
        name = " ".join(row.cell(SECOND).split())
        if not name or name.casefold() in {body.name.casefold() for body in present[1:]}:
            return None
        if name.casefold() == (present[0].name if present else row.cell(ORGANISATION) or row.cell(NAME)).casefold():
            row.problem(SECOND, _("Eine Organisation kann den Sitz nicht mit sich selbst teilen."))
            return None
        if len(present) > 1:
            row.problem(SECOND, _("Den Sitz teilt bereits „%(name)s“.") % {"name": present[1].name})
        known = self.organisations.get(name.casefold())
        if known is not None:
            return known
        kind = self._kind(row, SECOND_KIND)
        if not row.cell(SECOND_KIND):
            row.problem(SECOND_KIND, _("Die Art der neuen Organisation „%(name)s“ fehlt.") % {"name": name})
        return partners.NewOrganisation(name, kind, self._land(row, SECOND_LAND))

    def _attributes(self, row: Row) -> dict[str, Any]:
        """What the row says about the organisation, in the written form of each; empty cells say nothing."""
        values: dict[str, Any] = {
            ATTRIBUTES[column]: row.cell(column) for column in (SHORT, WEBSITE, LEITWEG, AGS) if row.cell(column)
        }
        if kind := self._kind(row, KIND):
            values["kind"] = kind
        if land := self._land(row, LAND):
            values["land"] = land
        if text := row.cell(POPULATION):
            digits = text.replace(".", "").replace(" ", "").replace("\u00a0", "")
            if digits.isascii() and digits.isdigit() and len(digits) < 10:
                values["population"] = int(digits)
            else:
                row.problem(POPULATION, _("„%(text)s“ ist keine Einwohnerzahl.") % {"text": text})
        if day := self._day(row, POPULATION_ON):
            values["population_on"] = day
        website = values.get("website")
        if website and not website.startswith(("http://", "https://")):
            row.problem(WEBSITE, _("Die Adresse muss mit https:// beginnen."))
        return values

    def _check_body(self, row: Row, body: Organisation | None, values: dict[str, Any]) -> None:
        """Hold the values against the rules, together with what is known; written forms replace what was typed."""
        if any(one.column in ATTRIBUTES for one in row.problems):
            return
        stated = {
            field: values.get(field, getattr(body, field, None)) for field in ("land", "population", "population_on")
        }
        try:
            clean = bodies.check(stated | values)
        except Refusal as refusal:
            row.problem(COLUMN_OF.get(refusal.field or "", ORGANISATION), refusal)
            return
        values.update({field: clean[field] for field in values})

    def _kind(self, row: Row, column: str) -> str:
        return self._one_of(row, column, OrganisationKind.choices, _("Diese Art kennen wir nicht: „%(text)s“."))

    def _land(self, row: Row, column: str) -> str:
        return self._one_of(row, column, Land.choices, _("Dieses Land kennen wir nicht: „%(text)s“."))

    @staticmethod
    def _one_of(row: Row, column: str, choices: Any, sentence: str) -> str:
        text = row.cell(column)
        if not text:
            return ""
        for value, label in choices:
            if text.casefold() in {name.casefold() for name in (str(value), str(label), _in_german(label))}:
                return value
        row.problem(column, sentence % {"text": text})
        return ""

    @staticmethod
    def _truth(row: Row, column: str) -> bool | None:
        text = row.cell(column)
        if not text:
            return None
        if text.casefold() not in TRUTHS:
            row.problem(column, _("Bitte schreiben Sie ja oder nein statt „%(text)s“.") % {"text": text})
            return None
        return TRUTHS[text.casefold()]

    @staticmethod
    def _day(row: Row, column: str) -> date | None:
        text = row.cell(column)
        if not text:
            return None
        day = parse_day(text)
        if day is None:
            row.problem(column, no_day(text))
        return day

    # --- the present state -------------------------------------------------------------------------
    def _member_since(self, partner: Partner) -> date | None:
        """The first day of the present membership; None for those who are no members."""
        since = None
        for standing in self.standings.get((partner.pk, Fact.STAGE), []):
            if standing.value in MEMBER_STAGES and standing.valid_until != standing.valid_from:
                since = since or standing.valid_from
                if standing.valid_until is None:
                    return since
            else:
                since = None
        return None

    def is_member(self, partner: Partner) -> bool:
        """Whether the partner is a member today."""
        today = clock.today()
        return any(
            one.value in MEMBER_STAGES and one.is_valid(today)
            for one in self.standings.get((partner.pk, Fact.STAGE), [])
        )

    def cells_of(self, partner: Partner) -> dict[str, str]:
        """The partner as a row of the table."""
        today = clock.today()
        shares = [share.organisation for share in partner.shares.all()]
        body = shares[0] if shares else None
        since = self._member_since(partner)
        cells = {
            NUMBER: str(partner.number),
            NAME: partner.name,
            ORGANISATION: body.name if body else "",
            SECOND: shares[1].name if len(shares) > 1 else "",
            SINCE: since.strftime("%d.%m.%Y") if since else "",
            LISTED: truth(partner.is_listed),
        }
        if body is not None:
            cells |= {column: shown(field, getattr(body, field)) for column, field in ATTRIBUTES.items()}
        for column, fact in FACTS.items():
            rows = self.standings.get((partner.pk, fact), [])
            cells[column] = truth(any(one.value == YES and one.is_valid(today) for one in rows))
        return cells


def _in_german(label: Any) -> str:
    """A word as the template of the table has it, whatever language its reader has chosen."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(label)


def truth(value: bool) -> str:
    """Ja or nein, as the table writes it."""
    return _("ja") if value else _("nein")


def shown(field: str, value: Any) -> str:
    """A value of an organisation as the table writes it."""
    if value in (None, ""):
        return ""
    if field == "kind":
        return str(OrganisationKind(value).label)
    if field == "land":
        return str(Land(value).label)
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    return str(value)
