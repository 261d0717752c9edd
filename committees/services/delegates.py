"""Sending people into committees, and ending that. The right to vote rests on these dated rows."""

from datetime import date

from django.db import transaction
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from committees import signals
from committees.enums import CommitteeState, DelegateKind
from committees.models import Committee, Delegate
from membership.models import Partner
from membership.services import people
from partnership import clock
from partnership.access.ties import forget
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import Document, User
from partnership.services import audit


class DelegateRefused(Refusal):
    """The person cannot speak for the partner in this committee in that period."""


@transaction.atomic
def add(
    *,
    by: User | None,
    partner: Partner,
    committee: Committee,
    person: User,
    kind: DelegateKind,
    valid_from: date | None = None,
    valid_until: date | None = None,
    letter: Document | None = None,
) -> Delegate:
    """Let a person speak and cast for a partner in a committee for a period.

    One delegate on any day; deputies as many as the partner likes. Raises DelegateRefused.
    """
    start = valid_from or clock.today()
    partner = lock(Partner.objects.select_related("partnership"), partner.pk)
    _check_place(partner, committee)
    if valid_until is not None and valid_until <= start:
        raise DelegateRefused(_("Das Ende liegt vor dem Anfang."), field="valid_until")
    if not Partner.objects.members(start).filter(pk=partner.pk).exists():
        raise DelegateRefused(
            _("„%(partner)s“ ist am %(day)s kein Partner und kann niemanden entsenden.")
            % {"partner": partner, "day": _day(start)},
            field="valid_from",
        )
    seats = list(
        Delegate.objects.filter(_overlaps(start, valid_until), partner=partner, committee=committee)
        .select_related("person", "committee", "partner")
        .order_by("pk")
    )
    held = next((one for one in seats if one.person_id == person.pk), None)
    if held is not None:
        raise DelegateRefused(
            _(
                "%(person)s ist für „%(partner)s“ im Gremium „%(committee)s“ bereits als %(kind)s "
                "eingetragen (%(period)s)."
            )
            % _words(held),
            field="email",
        )
    if kind == DelegateKind.DELEGATE:
        first = next((one for one in seats if one.kind == DelegateKind.DELEGATE), None)
        if first is not None:
            raise DelegateRefused(
                _(
                    "„%(partner)s“ hat im Gremium „%(committee)s“ bereits eine Vertretung: %(person)s (%(period)s). "
                    "Übergeben oder beenden Sie diese zuerst, oder tragen Sie die Person als Stellvertretung ein."
                )
                % _words(first),
                field="kind",
            )
    delegate = Delegate.objects.create(
        partner=partner,
        committee=committee,
        person=person,
        kind=kind,
        valid_from=start,
        valid_until=valid_until,
        letter=letter,
        appointed_by=by,
    )
    audit.record(
        by=by,
        action="delegate.added",
        subject=delegate,
        partnership=partner.partnership,
        partner=str(partner.pk),
        committee=str(committee.pk),
        person=str(person.pk),
        kind=str(kind),
        valid_from=start.isoformat(),
        valid_until=valid_until.isoformat() if valid_until else None,
    )
    forget(person)
    signals.delegate_added.send(sender=Delegate, delegate=delegate, by=by)
    return delegate


@transaction.atomic
def end(*, by: User | None, delegate: Delegate, on: date | None = None, reason: str = "") -> Delegate:
    """End a delegation with the beginning of the day `on` (today); the right to vote ends that second.

    A future delegation ended before its beginning never takes effect. Raises DelegateRefused.
    """
    last = on or clock.today()
    delegate = (
        Delegate.objects.select_for_update(of=("self",))
        .select_related("partner__partnership", "committee", "person")
        .get(pk=delegate.pk)
    )
    if delegate.valid_until is not None and delegate.valid_until <= last:
        raise DelegateRefused(
            _("Diese Vertretung endet bereits am %(day)s.") % {"day": _day(delegate.valid_until)}, field="on"
        )
    if last < clock.today():
        raise DelegateRefused(
            _("Eine Vertretung kann nicht rückwirkend enden; sie hat bis heute gegolten."), field="on"
        )
    delegate.valid_until = max(last, delegate.valid_from)
    delegate.end_reason = reason[:200]
    delegate.save(update_fields=["valid_until", "end_reason"])
    audit.record(
        by=by,
        action="delegate.ended",
        subject=delegate,
        partnership=delegate.partner.partnership,
        partner=str(delegate.partner_id),
        committee=str(delegate.committee_id),
        valid_until=delegate.valid_until.isoformat(),
        reason=reason,
    )
    forget(delegate.person)
    signals.delegate_ended.send(sender=Delegate, delegate=delegate, by=by)
    return delegate


@transaction.atomic
def hand_over(*, by: User | None, delegate: Delegate, person: User, on: date) -> Delegate:
    """Let another person follow with the beginning of the day `on`: one delegation ends, the next begins.

    A deputy who becomes the delegate stops being the deputy that day. Raises DelegateRefused.
    """
    if on < clock.today():
        raise DelegateRefused(_("Der Tag der Übergabe liegt in der Vergangenheit."), field="on")
    if person.pk == delegate.person_id:
        raise DelegateRefused(_("%(person)s ist bereits eingetragen.") % {"person": person}, field="email")
    delegate = end(by=by, delegate=delegate, on=on, reason=_("Übergabe an %(person)s") % {"person": person})
    standing_in = Delegate.objects.filter(
        _overlaps(on, None), partner=delegate.partner, committee=delegate.committee, person=person
    ).first()
    if standing_in is not None:
        end(by=by, delegate=standing_in, on=on, reason=_("Übernimmt die Vertretung"))
    return add(
        by=by,
        partner=delegate.partner,
        committee=delegate.committee,
        person=person,
        kind=DelegateKind(delegate.kind),
        valid_from=max(on, delegate.valid_from),
    )


@transaction.atomic
def send(
    *,
    by: User | None,
    partner: Partner,
    committee: Committee,
    email: str,
    name: str,
    kind: DelegateKind,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Delegate:
    """Name a person by address to speak for a partner; who has no account yet is invited.

    Raises DelegateRefused, accounts.AccountRefused; then nobody was invited either.
    """
    person = people.find_or_invite(
        by=by, email=email, name=name, partnership=partner.partnership, target=committee.get_absolute_url()
    )
    return add(
        by=by,
        partner=partner,
        committee=committee,
        person=person,
        kind=kind,
        valid_from=valid_from,
        valid_until=valid_until,
    )


@transaction.atomic
def pass_on(*, by: User | None, delegate: Delegate, email: str, name: str, on: date) -> Delegate:
    """Hand a delegation over to a person named by address; who has no account yet is invited.

    Raises DelegateRefused, accounts.AccountRefused; then nobody was invited either.
    """
    person = people.find_or_invite(
        by=by,
        email=email,
        name=name,
        partnership=delegate.partner.partnership,
        target=delegate.committee.get_absolute_url(),
    )
    return hand_over(by=by, delegate=delegate, person=person, on=on)


@transaction.atomic
def end_for_partner(*, by: User | None, partner: Partner, on: date, reason: str) -> int:
    """End every delegation of a partner that leaves with the day `on`; answers how many."""
    rows = Delegate.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on), partner=partner).select_related(
        "person"
    )
    count = 0
    for delegate in list(rows):
        delegate.valid_until = max(on, delegate.valid_from)
        delegate.end_reason = reason[:200]
        delegate.save(update_fields=["valid_until", "end_reason"])
        audit.record(
            by=by,
            action="delegate.ended",
            subject=delegate,
            partnership=partner.partnership,
            partner=str(partner.pk),
            committee=str(delegate.committee_id),
            valid_until=delegate.valid_until.isoformat(),
            reason=reason,
        )
        forget(delegate.person)
        signals.delegate_ended.send(sender=Delegate, delegate=delegate, by=by)
        count += 1
    return count


def _check_place(partner: Partner, committee: Committee) -> None:
    if committee.partnership_id != partner.partnership_id:
        raise DelegateRefused(_("Dieses Gremium gehört zu einer anderen Partnerschaft."), field="committee")
    if not committee.votes:
        raise DelegateRefused(
            _("In „%(committee)s“ werden keine Vertretungen entsandt; dort arbeiten Personen mit.")
            % {"committee": committee},
            field="committee",
        )
    if committee.state == CommitteeState.ENDED:
        raise DelegateRefused(_("„%(committee)s“ ist beendet.") % {"committee": committee}, field="committee")


def _overlaps(start: date, end_on: date | None) -> Q:
    """Rows whose period shares a day with [start, end_on)."""
    found = (Q(valid_until__isnull=True) | Q(valid_until__gt=start)) & ~Q(valid_until=F("valid_from"))
    return found if end_on is None else found & Q(valid_from__lt=end_on)


def _words(delegate: Delegate) -> dict[str, object]:
    period = (
        _("seit %(start)s") % {"start": _day(delegate.valid_from)}
        if delegate.valid_until is None
        else _("%(start)s bis vor %(end)s") % {"start": _day(delegate.valid_from), "end": _day(delegate.valid_until)}
    )
    return {
        "person": delegate.person,
        "partner": delegate.partner,
        "committee": delegate.committee,
        "kind": delegate.get_kind_display(),
        "period": period,
    }


def _day(day: date) -> str:
    return date_format(day, "d.m.Y")
