"""Mails about proxies: asked to hold one, accepted, ended."""

from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from committees.models import Delegate, Meeting, Proxy
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import outbox

GRANTED = "proxy.granted"
ACCEPTED = "proxy.accepted"
ENDED = "proxy.ended"
KINDS = {
    GRANTED: _("Stimmrechtsübertragung erbeten"),
    ACCEPTED: _("Stimmrechtsübertragung angenommen"),
    ENDED: _("Stimmrechtsübertragung beendet"),
}


def register() -> None:
    """Name the kinds; in `AppConfig.ready`."""
    for kind, label in KINDS.items():
        outbox.register_kind(kind, label)


def granted(*, proxy: Proxy) -> int:
    """The holder's people are asked to accept, or told that the office has entered a written proxy."""
    subject = _("Stimmrechtsübertragung von {giver}") if proxy.accepted_at else _("Bitte annehmen: Stimme von {giver}")
    return _post(GRANTED, proxy, proxy.holder, subject, "granted")


def accepted(*, proxy: Proxy) -> int:
    """The giver's people learn that the holder votes for them."""
    return _post(ACCEPTED, proxy, proxy.giver, _("{holder} stimmt für Sie ab"), "accepted")


def ended(*, proxy: Proxy, by: User) -> int:
    """Both partners learn that the proxy is over, except whoever ended it."""
    subject = _("Stimmrechtsübertragung von {giver} beendet")
    return sum(
        _post(ENDED, proxy, partner, subject, f"ended:{partner.pk}", but=by) for partner in (proxy.giver, proxy.holder)
    )


def _post(kind: str, proxy: Proxy, to: Partner, subject: Any, key: str, but: User | None = None) -> int:
    held_for = proxy.subject
    name = "meeting_detail" if isinstance(held_for, Meeting) else "ballot_detail"
    is_confidential = not isinstance(held_for, Meeting) and held_for.is_confidential
    context = {
        "proxy": proxy,
        "title": "" if is_confidential else str(held_for),
        "url": reverse(f"committees:{name}", kwargs={"slug": proxy.partnership.slug, "pk": held_for.pk}),
    }
    rows = (
        Delegate.objects.valid(clock.today())
        .filter(committee=proxy.committee_id, partner=to, person__is_active=True)
        .exclude(person=but)
        .select_related("person")
    )
    people = {row.person_id: row.person for row in rows}
    letters = [
        outbox.Letter(
            kind=kind,
            template=f"committees/mail/{kind.replace('.', '_')}",
            context=context,
            dedup_key=f"proxy:{proxy.pk}:{key}:{person.pk}",
            subject=format_lazy(subject, giver=proxy.giver.name, holder=proxy.holder.name),
            partnership=proxy.partnership,
            recipient=person,
            about=proxy,
        )
        for person in people.values()
    ]
    return len(outbox.post_many(letters))
