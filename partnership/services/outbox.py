"""Mails are rows first: `post` writes one in the transaction that causes it, the worker delivers it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from partnership import clock
from partnership.enums import OutboxState
from partnership.errors import Refusal
from partnership.models import Epoch, OutboxMessage, Partnership, User
from partnership.outbox import fence, hint, witness
from partnership.outbox.entitlements import entitlement, register_entitlement
from partnership.outbox.kinds import register_kind
from partnership.outbox.mime import Attachment, Mail, build, one_line
from partnership.outbox.render import absolute, render
from partnership.services import audit

PENDING = (OutboxState.DUE, OutboxState.DEFERRED, OutboxState.HELD)


class NotPossible(Refusal):
    """The mail is in a state in which this cannot be done to it."""


# --- posting ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What `post` takes; `post_many` takes a list of them."""

    kind: str
    template: str
    context: Mapping[str, Any]
    dedup_key: str
    subject: Any
    partnership: Partnership | None
    recipient: User | None = None
    to: str = ""
    about: Model | None = None
    calendar: bytes | None = None
    calendar_method: str = "REQUEST"
    attachments: Sequence[tuple[str, bytes, str]] = field(default_factory=tuple)
    entitlement: str = ""
    reply_to: str = ""


def post(
    *,
    kind: str,
    template: str,
    context: Mapping[str, Any],
    dedup_key: str,
    subject: Any,
    partnership: Partnership | None,
    recipient: User | None = None,
    to: str = "",
    about: Model | None = None,
    calendar: bytes | None = None,
    calendar_method: str = "REQUEST",
    attachments: Sequence[tuple[str, bytes, str]] = (),
    entitlement: str = "",
    reply_to: str = "",
) -> OutboxMessage | None:
    """Write one mail to one recipient into the outbox; None when this `dedup_key` is there already.

    `template` names the pair `<app>/mail/<name>.txt` and `.html`. The subject gets the short name of the
    partnership in front. Replies go to `reply_to`, else to the partnership's office. An address that
    is none does not stop the others: its row says so and is never tried.
    """
    letter = Letter(
        kind=kind,
        template=template,
        context=context,
        dedup_key=dedup_key,
        subject=subject,
        partnership=partnership,
        recipient=recipient,
        to=to,
        about=about,
        calendar=calendar,
        calendar_method=calendar_method,
        attachments=attachments,
        entitlement=entitlement,
        reply_to=reply_to,
    )
    return next(iter(post_many([letter])), None)


@transaction.atomic
def post_many(letters: Sequence[Letter]) -> list[OutboxMessage]:
    """Write many mails with few statements; the answer lacks those whose `dedup_key` was there already."""
    if len(letters) > 1:
        keys = [letter.dedup_key for letter in letters]
        known = set(_in_slices("dedup_key", keys, "dedup_key"))
        letters = list({letter.dedup_key: letter for letter in letters if letter.dedup_key not in known}.values())
    epoch = fence.epoch_of_folder()
    partnerships = {letter.partnership for letter in letters}
    footnotes = {partnership: witness.lines(partnership) for partnership in partnerships}
    rows = [_row(letter, epoch, footnotes[letter.partnership]) for letter in letters]
    if not rows:
        return []
    # Another transaction may write the same key at the same time: the database keeps one of both.
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
    written = set(_in_slices("pk", [row.pk for row in rows], "pk"))
    rows = [row for row in rows if row.pk in written]
    if rows:
        hint.after_commit(len(rows))
    return rows


def _in_slices(name: str, values: Sequence[Any], wanted: str, size: int = 900) -> list[Any]:
    """Those of the values that stand in the table; SQLite takes no more than 999 parameters at once."""
    return [
        value
        for start in range(0, len(values), size)
        for value in OutboxMessage.objects.filter(**{f"{name}__in": values[start : start + size]}).values_list(
            wanted, flat=True
        )
    ]


def _row(letter: Letter, epoch: str, footnotes: Sequence[witness.Line]) -> OutboxMessage:
    """The row with its rendered mail."""
    now = clock.now()
    partnership, recipient = letter.partnership, letter.recipient
    to = one_line(letter.to or (recipient.email if recipient else ""))
    message_id = OutboxMessage.new_message_id(_domain())
    subject, text, html, language = render(
        letter.template,
        letter.context,
        subject=letter.subject,
        recipient=recipient,
        partnership=partnership,
        reply_to=letter.reply_to if is_address(letter.reply_to) else "",
        footnotes=footnotes,
    )
    row = OutboxMessage(
        dedup_key=letter.dedup_key,
        message_id=message_id,
        partnership=partnership,
        kind=letter.kind,
        subject_type=letter.about._meta.label_lower if letter.about else "",
        subject_pk=str(letter.about.pk) if letter.about else "",
        recipient=recipient,
        to_address=to[:254],
        subject=subject[:300],
        created_at=now,
        due_at=now,
        entitlement=letter.entitlement,
        epoch=epoch,
    )
    if not is_address(to):
        row.state = OutboxState.FAILED
        row.last_error = _("„%(address)s“ ist keine gültige E-Mail-Adresse.") % {"address": to[:254]}
        return row
    office = partnership.office_email if partnership else ""
    reply_to = letter.reply_to if is_address(letter.reply_to) else office
    row.mime = build(
        Mail(
            message_id=message_id,
            date=now,
            sender=settings.DEFAULT_FROM_EMAIL,
            to=to,
            to_name=recipient.name if recipient else "",
            subject=row.subject,
            text=text,
            html=html,
            language=language,
            reply_to=reply_to if is_address(reply_to) else "",
            reply_to_name=partnership.office_name if partnership and reply_to == office else "",
            calendar=letter.calendar,
            calendar_method=letter.calendar_method,
            attachments=[Attachment(*file) for file in letter.attachments],
        )
    )
    return row


def _domain() -> str:
    """The site's name, for Message-IDs; an IP address would have to stand in brackets there."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return host if any(letter.isalpha() for letter in host) and ":" not in host else "localhost"


def is_address(text: str) -> bool:
    """Whether a text is one plain mail address."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return text.isascii() and len(text) <= 254


# --- what the office does ---------------------------------------------------------------------------


@transaction.atomic
def resend(*, by: User | None, message: OutboxMessage) -> OutboxMessage:
    """Put a failed or withdrawn mail into the queue once more, as the same mail with the same Message-ID.

    Raises NotPossible.
    """
    row = OutboxMessage.objects.select_for_update().defer("mime").get(pk=message.pk)
    if not row.can_resend:
        raise NotPossible(
            _("Die Nachricht an %(address)s ist weder gescheitert noch zurückgezogen.") % {"address": row.to_address}
        )
    if not is_address(row.to_address):
        raise NotPossible(_("„%(address)s“ ist keine gültige E-Mail-Adresse.") % {"address": row.to_address})
    _queue_again(OutboxMessage.objects.filter(pk=row.pk))
    audit.record(by=by, action="outbox.resent", subject=row, was=row.state, reason=row.last_error)
    hint.after_commit(1)
    row.refresh_from_db(fields=["state", "attempts", "due_at", "last_error", "smtp_code"])
    return row


@transaction.atomic
def resend_failed(*, by: User | None, partnership: Partnership) -> int:
    """Put all failed mails of a partnership into the queue once more; answers how many. Raises NotPossible."""
    rows = OutboxMessage.objects.filter(partnership=partnership, state=OutboxState.FAILED)
    keys = [pk for pk, to in rows.select_for_update().values_list("pk", "to_address") if is_address(to)]
    if not keys:
        raise NotPossible(_("Es gibt keine gescheiterte Nachricht, die noch einmal gesendet werden könnte."))
    for start in range(0, len(keys), 900):
        _queue_again(OutboxMessage.objects.filter(pk__in=keys[start : start + 900]))
    audit.record(by=by, action="outbox.all_resent", subject=partnership, partnership=partnership, count=len(keys))
    hint.after_commit(len(keys))
    return len(keys)


def _queue_again(rows: Any) -> None:
    rows.update(
        state=OutboxState.DUE, attempts=0, due_at=clock.now(), last_error="", smtp_code=None, lease_until=None,
        claimed_by="", epoch=fence.epoch_of_folder(),
    )  # fmt: skip


@transaction.atomic
def withdraw(
    *,
    by: User | None,
    reason: str,
    message: OutboxMessage | None = None,
    about: Model | None = None,
    kinds: Sequence[str] = (),
) -> int:
    """Stop mails that have not left: one, or all (of some kinds) about a thing; answers how many.

    A mail that is being sent this moment may still leave; its row then says so. For a single
    message raises NotPossible when it has left already.
    """
    if message is not None:
        rows = OutboxMessage.objects.filter(pk=message.pk)
        subject: Model = message
    elif about is not None:
        rows = OutboxMessage.objects.about(about)
        subject = about
    else:
        raise ValueError("withdraw needs a message or what the mails are about")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    count = rows.filter(state__in=(*PENDING, OutboxState.SENDING)).update(
        state=OutboxState.WITHDRAWN, last_error=one_line(reason)[:500], lease_until=None
    )
    if message is not None and not count:
        raise NotPossible(_("Diese Nachricht lässt sich nicht mehr zurückziehen."))
    if count:
        audit.record(by=by, action="outbox.withdrawn", subject=subject, count=count, reason=reason)
    return count


@transaction.atomic
def release_sending(*, by: User | None, is_older_withdrawn: bool) -> tuple[int, int]:
    """After a restore: let mails leave again, those of before or not; answers how many are due and withdrawn.

    Raises NotPossible.
    """
    if not fence.is_closed():
        raise NotPossible(_("Der Versand ist nicht angehalten."))
    reason = _("Stammt aus der Zeit vor der Wiederherstellung.") if is_older_withdrawn else ""
    due, withdrawn = fence.release(by=by, reason=reason)
    epoch = Epoch.objects.first()
    assert epoch is not None
    audit.record(by=by, action="outbox.released", subject=epoch, due=due, withdrawn=withdrawn)
    hint.after_commit(max(due, 1))
    return due, withdrawn


# --- the proof of sending ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Summary:
    """The fate of all mails about one thing, youngest first."""

    rows: Sequence[OutboxMessage]

    @cached_property
    def counts(self) -> list[tuple[OutboxState, int]]:
        """How many mails are in each state, in the order of a mail's life; states without any are left out."""
        found = Counter(row.state for row in self.rows)
        return [(state, found[state]) for state in OutboxState if found[state]]

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def sent(self) -> int:
        return sum(row.state == OutboxState.SENT for row in self.rows)

    @property
    def failed(self) -> list[OutboxMessage]:
        """Those that a person must look at."""
        return [row for row in self.rows if row.state == OutboxState.FAILED]


def summary(*, about: Model, kinds: Sequence[str] = ()) -> Summary:
    """What became of each mail about a meeting, a ballot, …: the proof of invitation. One query."""
    rows = OutboxMessage.objects.about(about)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return Summary(list(rows.select_related("recipient", "partnership").defer("mime").order_by("-created_at", "pk")))


__all__ = [
    "Letter",
    "NotPossible",
    "Summary",
    "absolute",
    "entitlement",
    "is_address",
    "post",
    "post_many",
    "register_entitlement",
    "register_kind",
    "release_sending",
    "resend",
    "resend_failed",
    "summary",
    "withdraw",
]
