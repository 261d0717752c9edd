"""The mails about a meeting: invitation, change, cancellation, and the call of a deputy."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.functional import lazy
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from committees.exports import invitation_ical
from committees.models import AgendaItem, Delegate, Meeting
from committees.services import second_invitation
from committees.services.notices import Recipient, is_still_concerned, rules_of
from committees.services.revisions import changes
from membership.models import Partner
from partnership import clock
from partnership.db.prepared import Prepared
from partnership.models import OutboxMessage, User
from partnership.outbox.render import render
from partnership.services import outbox

INVITATION = "meeting_invitation"
CHANGE = "meeting_change"
CANCELLATION = "meeting_cancellation"
DEPUTY_CALLED = "meeting_deputy_called"
DEPUTY_RELEASED = "meeting_deputy_released"
TEST = "meeting_test"
# What tells somebody of the meeting itself; the page shows their fate.
NOTICES = (INVITATION, CHANGE)
ENTITLEMENT = "committees.delegate"

States = tuple[Mapping[str, Any], Mapping[str, Any]]


def register() -> None:
    """Name the kinds for the office's lists, and the question asked before each send."""
    outbox.register_entitlement(ENTITLEMENT, still_concerned)
    for kind, label in (
        (INVITATION, gettext_lazy("Einladung zur Sitzung")),
        (CHANGE, gettext_lazy("Änderung einer Sitzung")),
        (CANCELLATION, gettext_lazy("Absage einer Sitzung")),
        (DEPUTY_CALLED, gettext_lazy("Bitte um Stellvertretung")),
        (DEPUTY_RELEASED, gettext_lazy("Stellvertretung entfällt")),
        (TEST, gettext_lazy("Test einer Einladung")),
    ):
        outbox.register_kind(kind, label)


@Prepared
def _mandates(meeting: UUID, person: UUID, on: date) -> QuerySet[Any, Any]:
    mine = Delegate.objects.valid(on).filter(
        committee__meetings=meeting, person=person, partner__in=Partner.objects.members(on)
    )
    return mine.order_by().values_list("pk")[:1]


def still_concerned(message: OutboxMessage) -> str | None:
    """Asked by the worker just before it sends: why the recipient is no longer to be told, else None (M11)."""
    person = message.recipient
    if person and person.is_active and _mandates(meeting=UUID(message.subject_pk), person=person.pk, on=clock.today()):
        return None
    # No delegate or deputy: of the circle, an officer, or concerned no longer.
    meeting = Meeting.objects.select_related("committee").filter(pk=message.subject_pk).first()
    if meeting is None or message.recipient is None:
        return None
    if is_still_concerned(message.recipient, meeting):
        return None
    return _("%(person)s gehört dem Gremium nicht mehr an.") % {"person": message.recipient}


def invited(meeting: Meeting, *, items: Sequence[AgendaItem], recipients: Sequence[Recipient]) -> int:
    """The invitation with agenda and calendar entry; answers how many mails were written."""
    return _to_all(meeting, INVITATION, items, recipients, subject=_invitation_subject(meeting))


def changed(meeting: Meeting, *, items: Sequence[AgendaItem], recipients: Sequence[Recipient], states: States) -> int:
    """The update of the same entry, with what is different."""
    return _to_all(meeting, CHANGE, items, recipients, subject=_change_subject(meeting), states=states)


def cancelled(meeting: Meeting, *, items: Sequence[AgendaItem], recipients: Sequence[Recipient]) -> int:
    """The cancellation, which takes the calendar entry back."""
    subject = _lazily(lambda: _("Abgesagt: %(title)s am %(when)s") % _named(meeting))
    return _to_all(meeting, CANCELLATION, items, recipients, subject=subject)


def test(meeting: Meeting, *, items: Sequence[AgendaItem], person: User, states: States | None) -> None:
    """What would go out now, to one person alone; without calendar method, so that no entry is made."""
    kind = INVITATION if states is None else CHANGE
    real = _invitation_subject(meeting) if states is None else _change_subject(meeting)
    outbox.post(
        kind=TEST,
        template=f"committees/mail/{kind}",
        context={**_context(meeting, items, states), "reasons": [_("Test")]},
        dedup_key=f"{TEST}:{meeting.pk}:{person.pk}:{OutboxMessage.new_message_id('t')}",
        subject=_lazily(lambda: _("Test: %(subject)s") % {"subject": real}),
        partnership=meeting.partnership,
        recipient=person,
        about=None,
        attachments=[
            (
                invitation_ical.file_name(meeting),
                invitation_ical.calendar(meeting, items, method=invitation_ical.PUBLISH),
                "text/calendar",
            )
        ],
    )


def deputy_called(meeting: Meeting, *, partner: Partner, deputy: User, by: User, turn: str) -> None:
    """A delegate cannot come and sends the deputy."""
    _to_deputy(
        meeting, DEPUTY_CALLED, partner, deputy, by, turn,
        lambda: _("Bitte vertreten Sie %(partner)s: %(title)s am %(when)s") % {**_named(meeting), "partner": partner},
    )  # fmt: skip


def deputy_released(meeting: Meeting, *, partner: Partner, deputy: User, by: User, turn: str) -> None:
    """The delegate comes after all, or sends another deputy."""
    _to_deputy(
        meeting, DEPUTY_RELEASED, partner, deputy, by, turn,
        lambda: _("Ihre Vertretung von %(partner)s entfällt: %(title)s am %(when)s")
        % {**_named(meeting), "partner": partner},
    )  # fmt: skip


def preview(
    meeting: Meeting, *, items: Sequence[AgendaItem], person: User, states: States | None
) -> tuple[str, str, str]:
    """Subject, text and HTML of the mail as this person would get it."""
    kind = INVITATION if states is None else CHANGE
    subject, text, html, _language = render(
        f"committees/mail/{kind}",
        {**_context(meeting, items, states), "reasons": [_("Vorschau")]},
        subject=_invitation_subject(meeting) if states is None else _change_subject(meeting),
        recipient=person,
        partnership=meeting.partnership,
    )
    return subject, text, html


def _to_all(
    meeting: Meeting,
    kind: str,
    items: Sequence[AgendaItem],
    recipients: Sequence[Recipient],
    *,
    subject: Any,
    states: States | None = None,
) -> int:
    """One mail per person, each with an entry that names only that person."""
    method = invitation_ical.CANCEL if kind == CANCELLATION else invitation_ical.REQUEST
    calendar = _per_language(lambda: invitation_ical.calendar(meeting, items, method=method))
    shared = _context(meeting, items, states)
    letters = []
    for entry in recipients:
        with translation.override(entry.person.language or settings.LANGUAGE_CODE):
            addressed = invitation_ical.addressed(calendar(), entry.person)
        letters.append(
            outbox.Letter(
                kind=kind,
                template=f"committees/mail/{kind}",
                context={**shared, "reasons": entry.reasons},
                dedup_key=f"invitation:{meeting.pk}:{meeting.sequence}:{entry.person.pk}",
                subject=subject,
                partnership=meeting.partnership,
                recipient=entry.person,
                about=meeting,
                calendar=addressed,
                calendar_method=method,
                entitlement=ENTITLEMENT,
            )
        )
    return len(outbox.post_many(letters))


def _to_deputy(
    meeting: Meeting, kind: str, partner: Partner, deputy: User, by: User, turn: str, subject: Callable[[], str]
) -> None:
    outbox.post(
        kind=kind,
        template=f"committees/mail/{kind}",
        context={**_context(meeting, [], None), "partner": partner, "delegate": by},
        dedup_key=f"{kind}:{meeting.pk}:{partner.pk}:{deputy.pk}:{turn}",
        subject=_lazily(subject),
        partnership=meeting.partnership,
        recipient=deputy,
        about=meeting,
        entitlement=ENTITLEMENT,
    )


def _context(meeting: Meeting, items: Sequence[AgendaItem], states: States | None) -> dict[str, Any]:
    """What the templates of all recipients share; what only the language changes is drawn once per language."""
    facts = {"meeting": meeting, "items": items}
    return {
        "meeting": meeting,
        "changes": _per_language(lambda: _changes(states)) if states else (),
        "second": _per_language(lambda: _second(meeting)) if meeting.is_second_invitation else "",
        "url": meeting.get_absolute_url(),
        **{
            f"{name}_{kind}": _per_language(partial(_draw, f"committees/mail/meeting_{name}.{kind}", facts))
            for name in ("facts", "agenda")
            for kind in ("txt", "html")
        },
    }


def _second(meeting: Meeting) -> str:
    return second_invitation.notice(meeting, rules_of(meeting))


def _changes(states: States) -> list[str]:
    return changes(*states)


def _draw(template: str, context: dict[str, Any]) -> str:
    """A part of a mail; as in the whole, only HTML is escaped."""
    is_html = template.endswith(".html")
    drawn = get_template(template).template.render(Context(context, autoescape=is_html))  # type: ignore[attr-defined]
    return mark_safe(drawn) if is_html else str(drawn).strip("\n")  # noqa: S308 - drawn with escaping


def _per_language(make: Callable[[], Any]) -> Callable[[], Any]:
    """Made when first asked for in a language, and kept."""
    made: dict[str | None, Any] = {}

    def get() -> Any:
        language = get_language()
        if language not in made:
            made[language] = make()
        return made[language]

    return get


def _named(meeting: Meeting) -> dict[str, str]:
    return {"title": meeting.title, "when": meeting.time_words}


def _invitation_subject(meeting: Meeting) -> Any:
    return _lazily(lambda: _("Einladung: %(title)s am %(when)s") % _named(meeting))


def _change_subject(meeting: Meeting) -> Any:
    return _lazily(lambda: _("Geändert: %(title)s am %(when)s") % _named(meeting))


def _lazily(sentence: Callable[[], str]) -> Any:
    """A subject that is put into words in each recipient's language."""
    return lazy(sentence, str)()
