"""Sending what is due: claim a batch under a lease, one connection, one recipient a message, mark each row.

What may happen in between, and what then: reliability.md 4.5. Nothing is lost: a killed process leaves
rows whose lease ends. At most one mail per killed process goes out twice, with the same Message-ID.
"""

import logging
import os
import smtplib
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import timedelta
from email.utils import parseaddr
from secrets import token_hex
from typing import Any, NamedTuple

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from partnership import clock
from partnership.enums import OutboxState
from partnership.mail import StoredMail
from partnership.models import OutboxMessage
from partnership.outbox import fence, hint
from partnership.outbox.entitlements import entitlement
from partnership.outbox.mime import one_line
from partnership.services import readiness

logger = logging.getLogger(__name__)


class Outage(Exception):
    """The mail server cannot be reached at all; no mail is to blame."""


class Answer(NamedTuple):
    """What the mail server said to one mail; `code` is None where the line broke before it said anything."""

    code: int | None
    text: str = ""

    @property
    def is_accepted(self) -> bool:
        return self.code is not None and 200 <= self.code < 300

    @property
    def is_final(self) -> bool:
        """Whether trying again is pointless."""
        return self.code is not None and 500 <= self.code < 600


ACCEPTED = Answer(250)
# So many mails are read from the database at once.
AT_A_TIME = 10


def drain() -> int:
    """Send until nothing is due, at most for `OUTBOX_DRAIN_SECONDS`; answers how many mails left.

    Other work of the same worker (closing ballots) must not wait for a long mailing: when time is
    up, a new hint goes to the end of the queue.
    """
    if fence.is_held():
        fence.hold()
        return 0
    sent = 0
    end = time.monotonic() + settings.OUTBOX_DRAIN_SECONDS
    claimer = f"{socket.gethostname()[:40]}:{os.getpid()}:{token_hex(6)}"
    with _lease_kept(claimer):
        try:
            while rows := claim(claimer):
                sent += _deliver(rows, claimer)
                if time.monotonic() > end:
                    hint.announce(settings.OUTBOX_BATCH)
                    break
        except Outage as outage:
            _postpone(claimer, rows, str(outage))
        finally:
            _give_back(claimer)
    if sent:
        readiness.mail_server_works()
    return sent


# --- claiming -----------------------------------------------------------------------------------------


def claim(claimer: str) -> Sequence[OutboxMessage]:
    """Take up to `OUTBOX_BATCH` due rows under one lease; other workers pass over them."""
    now = clock.now()
    with transaction.atomic():
        rows = list(_lockable(_due(now)).order_by("due_at", "id").defer("mime")[: settings.OUTBOX_BATCH])
        if rows:
            OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(
                state=OutboxState.SENDING, claimed_by=claimer, lease_until=_lease_end()
            )
    return rows


def _due(now: Any) -> Any:
    """Rows to send now, also those whose sender has vanished (the partial index `outbox_due` serves this)."""
    return OutboxMessage.objects.filter(
        Q(state__in=(OutboxState.DUE, OutboxState.DEFERRED)) | Q(state=OutboxState.SENDING, lease_until__lt=now),
        state__in=(OutboxState.DUE, OutboxState.DEFERRED, OutboxState.SENDING),
        due_at__lte=now,
    ).select_related("recipient", "partnership")


def _lockable(rows: Any) -> Any:
    """Lock the rows on PostgreSQL; on SQLite the immediate transaction is the lock."""
    return rows.select_for_update(skip_locked=True, of=("self",))


def _lease_end() -> Any:
    return clock.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _mine(claimer: str) -> Any:
    return OutboxMessage.objects.filter(claimed_by=claimer, state=OutboxState.SENDING)


@contextmanager
def _lease_kept(claimer: str) -> Iterator[None]:
    """Renew the lease while the dialogue runs: a slow mail server is not taken for a dead worker."""
    done = threading.Event()

    def renew() -> None:
        while not done.wait(settings.OUTBOX_LEASE_SECONDS / 3):
            try:
                _mine(claimer).update(lease_until=_lease_end())
                readiness.note("worker")
            except DatabaseError:
                logger.warning("The lease could not be renewed", exc_info=True)
        connections.close_all()

    thread = threading.Thread(target=renew, name="outbox-lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


# --- sending ------------------------------------------------------------------------------------------


class Line:
    """One connection to the mail server, opened with the first mail and again after it broke."""

    def __init__(self) -> None:
        self._backend: Any = None
        self._carried = 0
        self._sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]

    def send(self, row: OutboxMessage, mime: bytes) -> Answer:
        """Hand over one mail; raises Outage when the server cannot be reached."""
        if self._backend is None:
            self._dial()
        try:
            self._hand_over(row, mime)
        except smtplib.SMTPSenderRefused as refusal:
            # Some servers end a connection after so many mails; nothing has been handed over yet.
            self._after(refusal.smtp_code)
            if refusal.smtp_code == 421 and self._carried:
                self._carried = 0
                return self.send(row, mime)
            return _answer(refusal.smtp_code, refusal.smtp_error)
        except smtplib.SMTPRecipientsRefused as refusal:
            code, text = next(iter(refusal.recipients.values()))
            self._after(code)
            return _answer(code, text)
        except smtplib.SMTPResponseException as refusal:
            self._after(refusal.smtp_code)
            return _answer(refusal.smtp_code, refusal.smtp_error)
        except (smtplib.SMTPException, OSError) as problem:
            self.close()
            return Answer(None, one_line(problem) or type(problem).__name__)
        self._carried += 1
        return ACCEPTED

    def _dial(self) -> None:
        backend = get_connection(timeout=settings.OUTBOX_CONNECT_SECONDS)
        try:
            backend.open()
        except (smtplib.SMTPException, OSError) as problem:
            raise Outage(_reason(problem)) from problem
        server = getattr(backend, "connection", None)
        if isinstance(server, smtplib.SMTP) and server.sock is not None:
            server.sock.settimeout(settings.EMAIL_TIMEOUT)
        self._backend, self._carried = backend, 0

    def _hand_over(self, row: OutboxMessage, mime: bytes) -> None:
        server = getattr(self._backend, "connection", None)
        if isinstance(server, smtplib.SMTP):
            # Without the backend, which would parse both addresses anew for each mail.
            server.sendmail(self._sender, [row.to_address], mime)
        else:
            self._backend.send_messages([StoredMail(row.to_address, row.subject, mime)])

    def _after(self, code: int) -> None:
        if code == 421:
            self.close()

    def close(self) -> None:
        """Say goodbye, if anybody still listens."""
        backend, self._backend = self._backend, None
        if backend is not None:
            try:
                backend.close()
            except (smtplib.SMTPException, OSError):
                logger.info("The mail server had hung up already")


def _answer(code: int, text: bytes | str) -> Answer:
    return Answer(code, one_line(text.decode("utf-8", "replace") if isinstance(text, bytes) else text))


def _reason(problem: Exception) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        answer = _answer(problem.smtp_code, problem.smtp_error)
        return f"{answer.code} {answer.text}"
    return one_line(problem) or type(problem).__name__


def _deliver(rows: Sequence[OutboxMessage], claimer: str) -> int:
    """Send one batch over one connection."""
    sent = 0
    with closing(Line()) as line:
        for row, mime in _still_mine(rows, claimer):
            try:
                if reason := _no_longer_entitled(row):
                    _mark(row, claimer, state=OutboxState.WITHDRAWN, last_error=one_line(reason)[:500])
                    continue
                answer = line.send(row, mime)
            except (Outage, DatabaseError):
                raise
            except Exception as fault:  # one mail that cannot be sent must not stop the others
                logger.exception("Mail %s cannot be sent", row.pk)
                answer = Answer(None, f"{type(fault).__name__}: {one_line(fault)}")
            if answer.is_accepted:
                _mark_sent(row, claimer, answer)
                sent += 1
            else:
                _note_refusal(row, claimer, answer)
    return sent


def _still_mine(rows: Sequence[OutboxMessage], claimer: str) -> Iterator[tuple[OutboxMessage, bytes]]:
    """The rows with their mails, without those withdrawn, or taken over by another after a long pause.

    The database is asked for a few at a time, and again when its answer is older than a second.
    """
    mails: dict[Any, bytes] = {}
    fresh_until = last = 0.0
    for place, row in enumerate(rows):
        if place >= last or time.monotonic() > fresh_until:
            last, fresh_until = place + AT_A_TIME, time.monotonic() + 1
            keys = [waiting.pk for waiting in rows[place : place + AT_A_TIME]]
            mails = dict(_mine(claimer).filter(pk__in=keys).values_list("pk", "mime"))
        if row.pk in mails:
            yield row, bytes(mails.pop(row.pk))


def _no_longer_entitled(row: OutboxMessage) -> str | None:
    if not row.entitlement:
        return None
    check = entitlement(row.entitlement)
    if check is None:
        return _("Die Prüfung „%(name)s“ gibt es nicht mehr.") % {"name": row.entitlement}
    return check(row)


def _note_refusal(row: OutboxMessage, claimer: str, answer: Answer) -> None:
    """Plan the next try, or give up."""
    pauses = settings.OUTBOX_RETRY_MINUTES
    if answer.is_final or row.attempts >= len(pauses):
        reason = answer.text
        if not answer.is_final:
            reason = _("Aufgegeben nach %(count)s Versuchen: %(reason)s") % {
                "count": row.attempts + 1,
                "reason": answer.text,
            }
        _mark(row, claimer, state=OutboxState.FAILED, smtp_code=answer.code, last_error=reason[:500])
        return
    _mark(
        row,
        claimer,
        state=OutboxState.DEFERRED,
        smtp_code=answer.code,
        last_error=answer.text[:500],
        due_at=clock.now() + timedelta(minutes=pauses[row.attempts]),
    )


def _mark(row: OutboxMessage, claimer: str, **fate: Any) -> None:
    """Write the fate on the row, at once and for good. A row taken over by another sender is left to it."""
    OutboxMessage.objects.filter(pk=row.pk, claimed_by=claimer).update(
        attempts=F("attempts") + 1, lease_until=None, **fate
    )


# The one statement that is executed for each mail, so its SQL is not put together each time.
_SENT = """
    UPDATE partnership_outboxmessage SET state = %s, sent_at = %s, smtp_code = %s, last_error = '',
    attempts = attempts + 1, lease_until = NULL WHERE id = %s AND claimed_by = %s
"""


def _mark_sent(row: OutboxMessage, claimer: str, answer: Answer) -> None:
    """The same for a mail that has left."""
    now = connection.ops.adapt_datetimefield_value(clock.now())
    key = row._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [OutboxState.SENT.value, now, answer.code, key, claimer])


def _postpone(claimer: str, rows: Sequence[OutboxMessage], reason: str) -> None:
    """The server is away: try again later, the later the longer it lasts. Counts against no mail.

    So an outage of days ends with all mails sent, not with all given up.
    """
    now = clock.now()
    first = timedelta(minutes=settings.OUTBOX_RETRY_MINUTES[0])
    waited = now - min(row.created_at for row in rows)
    pause = min(max(waited / 2, first), 5 * first)
    _mine(claimer).update(
        state=OutboxState.DEFERRED, due_at=now + pause, last_error=reason[:500], smtp_code=None, lease_until=None
    )
    readiness.mail_server_is_away(reason)


def _give_back(claimer: str) -> None:
    """Whatever ended the round, rows not yet tried are due again at once."""
    _mine(claimer).update(state=OutboxState.DUE, lease_until=None)
