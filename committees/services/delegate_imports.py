"""The delegate columns of the import table: one pair of name and address per committee and kind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from committees.enums import CommitteeKind, CommitteeState, DelegateKind
from committees.models import Committee, Delegate
from committees.services import delegates
from membership.services.imports.files import Line
from membership.services.imports.rows import VALID_FROM, Actor, Column, Row, Seat
from partnership import clock
from partnership.models import Partnership, User
from partnership.services import accounts

LABELS = {DelegateKind.DELEGATE: "Vertretung", DelegateKind.DEPUTY: "Stellvertretung"}


def head(committee: Committee, kind: DelegateKind, *, is_address: bool = False) -> str:
    """The head of a column, such as „SK Vertretung E-Mail“."""
    return f"{committee.code} {LABELS[kind]}{' E-Mail' if is_address else ''}"


def voting_committees(partnership: Partnership) -> list[Committee]:
    """The committees into which partners send people."""
    return list(
        Committee.objects.filter(partnership=partnership, kind__in=(CommitteeKind.DECIDES, CommitteeKind.RECOMMENDS))
        .exclude(state=CommitteeState.ENDED)
        .order_by("position", "name")
    )


def current_delegates(partnership: Partnership) -> list[Delegate]:
    """Delegations that hold today or later."""
    today = clock.today()
    return list(
        Delegate.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=today), committee__partnership=partnership
        )
        .select_related("person")
        .order_by("valid_from", "pk")
    )


class DelegatePart:
    """People the partners send into the committees."""

    def columns(self, partnership: Partnership) -> list[Column]:
        found = []
        for committee in voting_committees(partnership):
            for kind in DelegateKind:
                words = {"kind": LABELS[kind], "committee": committee.name}
                sample = "Änne Größe" if kind == DelegateKind.DELEGATE else "Jürgen Süß"
                address = "aenne.groesse" if kind == DelegateKind.DELEGATE else "juergen.suess"
                found += [
                    Column(
                        head(committee, kind),
                        _("Name; nur nötig, wenn die Person noch kein Konto hat. %(kind)s im Gremium %(committee)s.")
                        % words,
                        sample,
                    ),
                    Column(
                        head(committee, kind, is_address=True),
                        _("Adresse der Person. Leer: nichts ändert sich. Weitere Personen in weiteren Zeilen."),
                        f"{address}@muesterhausen.example",
                    ),
                ]
        return found

    def planner(self, partnership: Partnership, lines: Sequence[Line]) -> "DelegatePlanner":
        return DelegatePlanner(partnership, lines)

    def stand(self, partnership: Partnership) -> dict[UUID, list[dict[str, str]]]:
        committees = {committee.pk: committee for committee in voting_committees(partnership)}
        rows: dict[UUID, list[dict[str, str]]] = {}
        for delegate in current_delegates(partnership):
            committee = committees.get(delegate.committee_id)
            if committee is None:
                continue
            kind = DelegateKind(delegate.kind)
            cells = {
                head(committee, kind): delegate.person.name,
                head(committee, kind, is_address=True): delegate.person.email,
            }
            lines = rows.setdefault(delegate.partner_id, [])
            free = next((line for line in lines if head(committee, kind) not in line), None)
            if free is None:
                lines.append(cells)
            else:
                free.update(cells)
        return rows


@dataclass
class Held:
    """Who speaks for one partner in one committee, as the rows before this one leave it."""

    delegate: Delegate | None = None
    delegate_address: str = ""
    deputies: dict[str, Delegate | None] = field(default_factory=dict)
    named_in: int = 0


class DelegatePlanner:
    """The delegations as they are, and what rows would change about them."""

    def __init__(self, partnership: Partnership, lines: Sequence[Line]) -> None:
        self.partnership = partnership
        self.committees = voting_committees(partnership)
        self.held: dict[tuple[str, UUID], Held] = {}
        self.by_partner: dict[tuple[UUID, UUID], list[Delegate]] = {}
        for delegate in current_delegates(partnership):
            self.by_partner.setdefault((delegate.partner_id, delegate.committee_id), []).append(delegate)
        heads = [head(committee, kind, is_address=True) for committee in self.committees for kind in DelegateKind]
        addresses = {line.cells.get(column, "").lower() for line in lines for column in heads} - {""}
        self.people = {person.email: person for person in User.objects.filter(email__in=addresses)}
        # Those without an account yet: address -> name, as the first row says it.
        self.strangers: dict[str, str] = {}

    def plan(self, row: Row, seat: Seat) -> None:
        """Note what the delegate columns of the row would do."""
        for committee in self.committees:
            held = self._held(seat, committee)
            for kind in (DelegateKind.DELEGATE, DelegateKind.DEPUTY):
                named = self._named(row, committee, kind)
                if named is None:
                    continue
                if seat.member_since is None:
                    row.problem(
                        head(committee, kind, is_address=True),
                        _("„%(partner)s“ ist kein Partner und kann niemanden entsenden.") % {"partner": seat.name},
                    )
                elif kind == DelegateKind.DELEGATE:
                    self._plan_delegate(row, seat, committee, held, *named)
                else:
                    self._plan_deputy(row, seat, committee, held, *named)

    def prepare(self, actor: Actor) -> None:
        """Give everybody new an account, and the mail to it if the importing person wants that."""
        self.people |= accounts.create_many(
            by=actor.by, names=self.strangers, partnership=self.partnership, is_inviting=actor.is_inviting
        )

    def _held(self, seat: Seat, committee: Committee) -> Held:
        key = (seat.key, committee.pk)
        if key not in self.held:
            rows = self.by_partner.get((seat.partner.pk, committee.pk), []) if seat.partner else []
            first = next((one for one in rows if one.kind == DelegateKind.DELEGATE), None)
            self.held[key] = Held(
                delegate=first,
                delegate_address=first.person.email if first else "",
                deputies={one.person.email: one for one in rows if one.kind == DelegateKind.DEPUTY},
            )
        return self.held[key]

    def _named(self, row: Row, committee: Committee, kind: DelegateKind) -> tuple[str, str] | None:
        """Name and address of the cell pair; None where it is empty or wrong."""
        column = head(committee, kind, is_address=True)
        name, address = row.cell(head(committee, kind)), row.cell(column).lower()
        if not address:
            if name:
                row.problem(column, _("Zum Namen „%(name)s“ fehlt die E-Mail-Adresse.") % {"name": name})
            return None
        try:
            validate_email(address)
        except ValidationError:
            row.problem(column, _("„%(address)s“ ist keine E-Mail-Adresse.") % {"address": address})
            return None
        if len(name) > 150:
            row.problem(head(committee, kind), _("Höchstens %(count)s Zeichen.") % {"count": 150})
            return None
        person = self.people.get(address)
        if person is None and not name:
            row.problem(
                head(committee, kind),
                _("Für „%(address)s“ gibt es noch kein Konto; bitte nennen Sie den Namen.") % {"address": address},
            )
            return None
        if person is not None and not person.is_active:
            row.problem(column, _("Das Konto „%(address)s“ ist gesperrt.") % {"address": address})
            return None
        return (person.name if person else name), address

    def _plan_delegate(self, row: Row, seat: Seat, committee: Committee, held: Held, name: str, address: str) -> None:
        column = head(committee, DelegateKind.DELEGATE, is_address=True)
        if held.named_in and held.delegate_address != address:
            row.problem(
                column,
                _("Zeile %(row)s nennt bereits eine andere Vertretung; weitere Personen sind Stellvertretungen.")
                % {"row": held.named_in},
            )
            return
        if held.delegate_address == address:
            return
        start = self._start(row, seat)
        former, deputy = held.delegate, held.deputies.get(address)
        if (former or deputy) and start < clock.today():
            row.problem(VALID_FROM, _("Ein Wechsel der Vertretung kann nicht rückwirkend gelten."))
            return
        if address in held.deputies and deputy is None:
            row.problem(column, _("Diese Person ist in derselben Tabelle als Stellvertretung genannt."))
            return
        row.change(column, _person(former), f"{name} <{address}>")
        self._note(address, name)
        held.delegate_address, held.named_in = address, row.number
        held.deputies.pop(address, None)

        def enter(actor: Actor) -> None:
            assert seat.partner is not None
            person = self.people[address]
            if former is not None:
                delegates.hand_over(by=actor.by, delegate=former, person=person, on=start)
                return
            if deputy is not None:
                delegates.end(by=actor.by, delegate=deputy, on=start, reason=_("Übernimmt die Vertretung"))
            delegates.add(
                by=actor.by,
                partner=seat.partner,
                committee=committee,
                person=person,
                kind=DelegateKind.DELEGATE,
                valid_from=start,
            )

        row.deeds.append(enter)

    def _plan_deputy(self, row: Row, seat: Seat, committee: Committee, held: Held, name: str, address: str) -> None:
        column = head(committee, DelegateKind.DEPUTY, is_address=True)
        if address in held.deputies:
            return
        if address == held.delegate_address:
            row.problem(column, _("Diese Person ist bereits die Vertretung; sie kann sich nicht selbst vertreten."))
            return
        start = self._start(row, seat)
        held.deputies[address] = None
        row.change(column, "", f"{name} <{address}>")
        self._note(address, name)

        def enter(actor: Actor) -> None:
            assert seat.partner is not None
            delegates.add(
                by=actor.by,
                partner=seat.partner,
                committee=committee,
                person=self.people[address],
                kind=DelegateKind.DEPUTY,
                valid_from=start,
            )

        row.deeds.append(enter)

    @staticmethod
    def _start(row: Row, seat: Seat) -> date:
        assert seat.member_since is not None
        return max(row.valid_from, seat.member_since)

    def _note(self, address: str, name: str) -> None:
        if address not in self.people:
            self.strangers.setdefault(address, name)


def _person(delegate: Delegate | None) -> str:
    return f"{delegate.person.name} <{delegate.person.email}>" if delegate else ""
