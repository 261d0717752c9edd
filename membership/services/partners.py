"""Admitting partners, keeping their entries and dated facts, and ending their membership."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Max, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from membership.enums import MEMBER_STAGES, Fact, Stage
from membership.models import YES, Organisation, Partner, SeatShare, Standing
from membership.rules import lifecycle
from membership.services import organisations as bodies
from membership.services import people
from membership.signals import partner_ended, standing_recorded
from partnership.db.locks import lock
from partnership.enums import Role
from partnership.errors import Refusal
from partnership.models import Appointment, Partnership, User
from partnership.services import appointments, audit

NO = "no"
LEAVING = (Stage.SETTLING, Stage.ENDED, Stage.EXCLUDED)
MAXIMUM_SHARES = 4


class PartnerRefused(Refusal):
    """An entry about a partner is wrong, or contradicts another."""


class StandingRefused(Refusal):
    """A dated fact would overlap or repeat what is recorded."""


@dataclass(frozen=True)
class NewOrganisation:
    """A body that is not known yet and comes with its partner."""

    name: str
    kind: str
    land: str = ""


@transaction.atomic
def create(
    *,
    by: User | None,
    partnership: Partnership,
    organisations: Sequence[Organisation | NewOrganisation],
    valid_from: date,
    name: str = "",
    number: int | None = None,
    stage: Stage = Stage.ACTIVE,
    has_voting_right: bool = True,
    has_fee_duty: bool = False,
    is_in_fund: bool = False,
    is_listed: bool = True,
    note: str = "",
) -> Partner:
    """Enter a partner with the organisation(s) that hold its one seat, and its first dated facts.

    Raises PartnerRefused, bodies.OrganisationRefused.
    """
    lock(Partnership.objects.all(), partnership.pk)
    seated = _bodies(by=by, partnership=partnership, organisations=organisations)
    name = _checked_name(partnership, name or _(" mit ").join(str(body) for body in seated))
    last = Partner.objects.filter(partnership=partnership).aggregate(last=Max("number"))["last"] or 0
    if number is not None and Partner.objects.filter(partnership=partnership, number=number).exists():
        raise PartnerRefused(_("Die Nummer %(number)s ist vergeben.") % {"number": number}, field="number")
    partner = Partner.objects.create(
        partnership=partnership, number=number or last + 1, name=name, is_listed=is_listed, note=note
    )
    _seat(partner, seated)
    facts = (
        (Fact.STAGE, stage.value),
        (Fact.VOTING_RIGHT, YES if has_voting_right else NO),
        (Fact.FEE_DUTY, YES if has_fee_duty else NO),
        (Fact.FUND_PARTICIPATION, YES if is_in_fund else NO),
    )
    Standing.objects.bulk_create(
        Standing(partner=partner, fact=fact, value=value, valid_from=valid_from, recorded_by=by)
        for fact, value in facts
    )
    audit.record(
        by=by,
        action="partner.created",
        subject=partner,
        organisations=[str(body) for body in seated],
        valid_from=valid_from.isoformat(),
        facts=dict(facts),
    )
    return partner


@transaction.atomic
def edit(
    *,
    by: User | None,
    partner: Partner,
    name: str,
    is_listed: bool,
    note: str,
    organisations: Sequence[Organisation | NewOrganisation] | None = None,
) -> Partner:
    """Correct name, listing, remark and, where given, the organisations that share the seat. Raises PartnerRefused."""
    partner = lock(Partner.objects.select_related("partnership"), partner.pk)
    name = _checked_name(partner.partnership, name, partner)
    changes: dict[str, list[object]] = {}
    for field, value in (("name", name), ("is_listed", is_listed), ("note", note)):
        if getattr(partner, field) != value:
            changes[field] = [getattr(partner, field), value]
            setattr(partner, field, value)
    partner.save(update_fields=["name", "is_listed", "note"])
    if organisations is not None:
        before = [share.organisation for share in partner.shares.select_related("organisation")]
        after = _bodies(by=by, partnership=partner.partnership, organisations=organisations)
        if before != after:
            partner.shares.all().delete()
            _seat(partner, after)
            changes["organisations"] = [[str(body) for body in before], [str(body) for body in after]]
    if changes:
        audit.record(by=by, action="partner.changed", subject=partner, changes=changes)
    return partner


@transaction.atomic
def record_standing(
    *,
    by: User | None,
    partner: Partner,
    fact: Fact,
    value: str,
    valid_from: date,
    valid_until: date | None = None,
    reason: str = "",
) -> Standing:
    """Record what holds for a partner from a day on; what held before ends that day, nothing is overwritten.

    Raises StandingRefused where the period overlaps another one, or nothing would change.
    """
    partner = lock(Partner.objects.select_related("partnership"), partner.pk)
    allowed = Stage.values if fact == Fact.STAGE else (YES, NO)
    if value not in allowed:
        raise StandingRefused(_("Diesen Wert gibt es für diese Tatsache nicht."), field="value")
    if valid_until is not None and valid_until <= valid_from:
        raise StandingRefused(_("Das Ende liegt vor dem Anfang."), field="valid_until")
    if fact == Fact.STAGE:
        _check_stage(partner, value, valid_from, valid_until)
    return _follow(
        by=by, partner=partner, fact=fact, value=value, valid_from=valid_from, valid_until=valid_until, reason=reason
    )


@transaction.atomic
def appoint_administrator(
    *, by: User | None, partner: Partner, email: str, name: str, valid_from: date | None = None
) -> Appointment:
    """Let a person, named by address, keep a partner's entries; who has no account yet is invited.

    Raises appointments.AppointmentRefused, accounts.AccountRefused.
    """
    person = people.find_or_invite(
        by=by, email=email, name=name, partnership=partner.partnership, target=partner.get_absolute_url()
    )
    return appointments.appoint(by=by, person=person, role=Role.PARTNER_ADMIN, subject=partner, valid_from=valid_from)


@transaction.atomic
def end_membership(*, by: User | None, partner: Partner, on: date, reason: str, stage: Stage = Stage.ENDED) -> Partner:
    """End a partner's membership with the beginning of the day `on`; rights and delegations end that second.

    Votes and resolutions keep its name. Raises StandingRefused.
    """
    partner = lock(Partner.objects.select_related("partnership"), partner.pk)
    if stage not in LEAVING:
        raise StandingRefused(_("Mit dieser Stufe endet keine Mitgliedschaft."))
    if not reason.strip():
        raise StandingRefused(_("Bitte geben Sie den Grund des Ausscheidens an."), field="reason")
    current = partner.standings.filter(fact=Fact.STAGE, valid_until__isnull=True).first()
    if current is None or current.value not in MEMBER_STAGES:
        raise StandingRefused(_("„%(partner)s“ ist kein Partner mehr.") % {"partner": partner})
    if on < current.valid_from:
        raise StandingRefused(
            _("Die Mitgliedschaft begann erst am %(day)s.") % {"day": _day(current.valid_from)}, field="on"
        )
    _follow(by=by, partner=partner, fact=Fact.STAGE, value=stage.value, valid_from=on, reason=reason, same_day=True)
    held = partner.standings.exclude(fact=Fact.STAGE).filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on))
    for standing in list(held):
        standing.valid_until = max(on, standing.valid_from)
        standing.save(update_fields=["valid_until"])
    administrators = Appointment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=on),
        role=Role.PARTNER_ADMIN,
        content_type=ContentType.objects.get_for_model(Partner),
        object_pk=str(partner.pk),
    )
    for appointment in list(administrators):
        appointments.end(by=by, appointment=appointment, on=on)
    audit.record(by=by, action="partner.ended", subject=partner, on=on.isoformat(), reason=reason, stage=stage.value)
    partner_ended.send(sender=Partner, partner=partner, on=on, reason=reason, by=by)
    return partner


def _follow(
    *,
    by: User | None,
    partner: Partner,
    fact: Fact,
    value: str,
    valid_from: date,
    valid_until: date | None = None,
    reason: str = "",
    same_day: bool = False,
) -> Standing:
    """Close the open row of a fact and add the one that follows it; the partner is locked."""
    rows = list(partner.standings.filter(fact=fact).order_by("valid_from"))
    touched = [
        row
        for row in rows
        if (valid_until is None or row.valid_from < valid_until)
        and (row.valid_until is None or row.valid_until > valid_from)
    ]
    is_close = touched and (touched[0].valid_from < valid_from or same_day)
    open_row = touched[0] if len(touched) == 1 and is_close and touched[0].valid_until is None else None
    if touched and open_row is None:
        raise StandingRefused(_overlap(fact, touched[0]), field="valid_from")
    if open_row is not None:
        if open_row.value == value and valid_until is None:
            raise StandingRefused(
                _("Das gilt bereits seit dem %(day)s.") % {"day": _day(open_row.valid_from)}, field="value"
            )
        open_row.valid_until = valid_from
        open_row.save(update_fields=["valid_until"])
    standing = Standing.objects.create(
        partner=partner,
        fact=fact,
        value=value,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=reason,
        recorded_by=by,
    )
    audit.record(
        by=by,
        action="standing.recorded",
        subject=partner,
        fact=fact.value,
        value=value,
        valid_from=valid_from.isoformat(),
        valid_until=valid_until.isoformat() if valid_until else None,
        reason=reason,
    )
    standing_recorded.send(sender=Standing, standing=standing, by=by)
    return standing


def _check_stage(partner: Partner, value: str, valid_from: date, valid_until: date | None) -> None:
    if value in LEAVING:
        raise StandingRefused(
            _("Das Ausscheiden tragen Sie unter „Mitgliedschaft beenden“ ein; dort enden auch alle Rechte."),
            field="value",
        )
    if valid_until is not None:
        raise StandingRefused(_("Eine Stufe der Mitgliedschaft gilt, bis eine andere folgt."), field="valid_until")
    current = partner.standings.filter(fact=Fact.STAGE, valid_until__isnull=True).first()
    if current is not None and current.value != value and lifecycle.allowed(current.value, value) is None:
        raise StandingRefused(
            _("Von „%(from)s“ führt kein Schritt zu „%(to)s“.")
            % {"from": Stage(current.value).label, "to": Stage(value).label},
            field="value",
        )


def _overlap(fact: Fact, row: Standing) -> str:
    facts = {"fact": fact.label, "start": _day(row.valid_from), "value": value_label(fact, row.value)}
    if row.valid_until is None:
        return (
            _("Ab dem %(start)s ist für „%(fact)s“ bereits „%(value)s“ eingetragen. Was folgt, muss später beginnen.")
            % facts
        )
    return _(
        "Vom %(start)s bis vor dem %(end)s ist für „%(fact)s“ bereits „%(value)s“ eingetragen. "
        "Eingetragenes wird nicht überschrieben; bitte wählen Sie einen Zeitraum, der sich nicht überschneidet."
    ) % (facts | {"end": _day(row.valid_until)})


def value_label(fact: Fact | str, value: str) -> str:
    """The value of a fact in words."""
    if fact == Fact.STAGE:
        return str(Stage(value).label)
    return _("ja") if value == YES else _("nein")


def _bodies(
    *, by: User | None, partnership: Partnership, organisations: Sequence[Organisation | NewOrganisation]
) -> list[Organisation]:
    found: list[Organisation] = []
    for given in organisations:
        if isinstance(given, Organisation):
            body = given
        else:
            known = Organisation.objects.filter(name__iexact=" ".join(given.name.split())).first()
            body = known or bodies.create(
                by=by, partnership=partnership, name=given.name, kind=given.kind, land=given.land
            )
        body.partnerships.add(partnership)
        found.append(body)
    if not found:
        raise PartnerRefused(_("Ein Partner braucht mindestens eine Organisation."), field="organisation")
    if len({body.pk for body in found}) != len(found):
        raise PartnerRefused(_("Eine Organisation kann den Sitz nicht mit sich selbst teilen."), field="organisation")
    if len(found) > MAXIMUM_SHARES:
        raise PartnerRefused(
            _("Einen Sitz teilen sich höchstens %(number)s Organisationen.") % {"number": MAXIMUM_SHARES},
            field="organisation",
        )
    return found


def _seat(partner: Partner, organisations: Sequence[Organisation]) -> None:
    SeatShare.objects.bulk_create(
        SeatShare(partner=partner, organisation=body, position=position)
        for position, body in enumerate(organisations, start=1)
    )


def _checked_name(partnership: Partnership, name: str, partner: Partner | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise PartnerRefused(_("Bitte geben Sie den Namen des Partners an."), field="name")
    if len(name) > 200:
        raise PartnerRefused(_("Der Name darf höchstens 200 Zeichen haben."), field="name")
    others = Partner.objects.filter(partnership=partnership, name__iexact=name)
    if partner is not None:
        others = others.exclude(pk=partner.pk)
    if others.exists():
        raise PartnerRefused(_("Den Partner „%(name)s“ gibt es bereits.") % {"name": name}, field="name")
    return name


def _day(day: date) -> str:
    return date_format(day, "d.m.Y")
