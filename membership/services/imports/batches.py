"""Keeping an uploaded table, showing what it would change, and taking it over once.

A short table is taken over in the request that confirms it. A long one is marked as confirmed and handed to the
worker by its key; what the worker finds in the row is the truth, the message only a hint that a sweep makes good.
"""

import logging
from contextlib import suppress
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from membership.models import ImportBatch
from membership.services.imports import plan as planning
from membership.services.imports.files import FileRefused, Line, read
from membership.services.imports.partners import NAME
from membership.services.imports.plan import Plan
from membership.services.imports.rows import ERROR, Actor, ImportRefused
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import Partnership, User
from partnership.services import audit

logger = logging.getLogger(__name__)

# So many rows are done while one waits.
SHORT = 50
# A worker that dies over a table so many times will die again.
MOST_ATTEMPTS = 3
# By name: the task stands above what it calls.
TASK = "membership.tasks.carry_out_import"


class PreviewAged(ImportRefused):
    """What the person saw is no longer what would happen."""


@transaction.atomic
def upload(*, by: User, partnership: Partnership, name: str, content: bytes) -> ImportBatch:
    """Read a table and keep its rows for the preview; members and people stay untouched. Raises FileRefused."""
    heads, lines = read(name, content)
    names = {column.name.casefold(): column.name for column in planning.columns(partnership)}
    unknown = [head for head in heads if head.casefold() not in names]
    if unknown:
        raise FileRefused(
            _("Die Spalte „%(column)s“ kennen wir nicht. Bitte verwenden Sie die Spalten der Vorlage.")
            % {"column": unknown[0][:80]},
            field="file",
        )
    if NAME.casefold() not in {head.casefold() for head in heads}:
        raise FileRefused(_("Die Spalte „%(column)s“ fehlt.") % {"column": NAME}, field="file")
    batch = ImportBatch(
        partnership=partnership, kind="partners", file_name=name[-200:], uploaded_by=by, uploaded_at=clock.now()
    )
    batch.rows = [
        {"row": line.number, "cells": {names[head.casefold()]: text for head, text in line.cells.items()}}
        for line in lines
    ]
    _keep(batch, preview(batch))
    batch.save(force_insert=True)
    audit.record(by=by, action="import.uploaded", subject=batch, rows=len(lines))
    return batch


def preview(batch: ImportBatch) -> Plan:
    """What the table would change if it were taken over now."""
    lines = [Line(row["row"], row["cells"]) for row in batch.rows]
    return planning.make(batch.partnership, lines)


def _keep(batch: ImportBatch, plan: Plan) -> None:
    """Put the preview into the batch, so that its page need not read the whole partnership again."""
    batch.rows = [row.to_data() for row in plan.rows]
    batch.outcome = plan.counts | {"fingerprint": plan.fingerprint}


@transaction.atomic
def refresh(*, by: User | None, batch: ImportBatch) -> ImportBatch:
    """Make the preview of a table anew; what is confirmed or taken over stays as it is."""
    batch = lock(ImportBatch.objects.select_related("partnership"), batch.pk)
    if batch.confirmed_at is None:
        _keep(batch, preview(batch))
        batch.save(update_fields=["rows", "outcome"])
    return batch


def apply(*, by: User, batch: ImportBatch, fingerprint: str, is_inviting: bool = True) -> ImportBatch:
    """Take a table over as it was previewed, all of it or nothing: a short one now, a long one by the worker.

    `fingerprint` is that of the preview the person saw. Where it has aged, the preview is made anew and
    ImportRefused raised; as it is for tables with errors. Pressing twice changes nothing the second time.
    """
    try:
        batch, is_new = _confirm(by=by, batch=batch, fingerprint=fingerprint, is_inviting=is_inviting)
    except PreviewAged:
        refresh(by=by, batch=batch)
        raise
    if not is_new or len(batch.rows) > SHORT:
        return batch
    try:
        return _take_over(batch)
    except Refusal:
        _give_up(batch)
        raise


@transaction.atomic
def _confirm(*, by: User, batch: ImportBatch, fingerprint: str, is_inviting: bool) -> tuple[ImportBatch, bool]:
    """Note who wants the table taken over; answers whether that is news."""
    batch = lock(ImportBatch.objects.select_related("partnership"), batch.pk)
    if batch.confirmed_at is not None:
        return batch, False
    if batch.outcome.get("fingerprint") != fingerprint:
        raise PreviewAged(_aged())
    if batch.outcome.get(ERROR):
        raise ImportRefused(_wrong())
    batch.confirmed_at, batch.confirmed_by, batch.is_inviting = clock.now(), by, is_inviting
    batch.approved, batch.language = fingerprint, translation.get_language() or settings.LANGUAGE_CODE
    batch.attempts, batch.failure = 0, ""
    batch.save()
    audit.record(by=by, action="import.confirmed", subject=batch, rows=len(batch.rows))
    if len(batch.rows) > SHORT:
        transaction.on_commit(partial(_announce, batch.pk), robust=True)
    return batch, True


def _announce(pk: UUID) -> None:
    """Tell the worker; where the broker is away, the sweep finds the table."""
    from partnership.celery import app

    with app.connection_for_write(connect_timeout=2) as broker, broker.Producer() as producer:
        app.signature(TASK, args=[str(pk)]).apply_async(producer=producer, task_id=f"import-{pk}", retry=False)


def waiting() -> list[UUID]:
    """Tables that are confirmed and not taken over yet, oldest first."""
    rows = ImportBatch.objects.filter(confirmed_at__isnull=False, applied_at__isnull=True)
    return list(rows.order_by("confirmed_at").values_list("pk", flat=True))


def carry_out(pk: UUID | str) -> bool:
    """Take a confirmed table over, in the worker; answers whether this call did it.

    May be called any number of times, also by two workers at once: the row is locked while one is at it, and the
    one transaction that writes everything also notes that it is done. What makes it impossible stands in `failure`.
    """
    batch = _begin(pk)
    if batch is None:
        return False
    with translation.override(batch.language):
        try:
            return _take_over(batch).applied_at is not None
        except Refusal as refusal:
            _give_up(batch, str(refusal))
        except (OperationalError, InterfaceError):
            raise  # the database is away or busy: the sweep tries again
        except Exception:
            logger.exception("import %s failed", batch.pk)
            _give_up(batch, _("Ein unerwarteter Fehler ist aufgetreten; er ist vermerkt. Es wurde nichts übernommen."))
    return False


@transaction.atomic
def _begin(pk: UUID | str) -> ImportBatch | None:
    """Count the attempt before it is made, so that one that ends the worker counts too; None where none is due."""
    rows = ImportBatch.objects.select_related("partnership", "confirmed_by")
    batch = rows.select_for_update(of=("self",), skip_locked=True, no_key=True).filter(pk=pk).first()
    if batch is None or not batch.is_waiting:
        return None
    if batch.attempts >= MOST_ATTEMPTS:
        with translation.override(batch.language):
            _give_up(batch, _("Die Übernahme ist mehrmals abgebrochen. Es wurde nichts übernommen."))
        return None
    batch.attempts += 1
    batch.save(update_fields=["attempts"])
    return batch


@transaction.atomic
def _take_over(batch: ImportBatch) -> ImportBatch:
    """Do all that the confirmed preview says. Raises ImportRefused."""
    rows = ImportBatch.objects.select_related("partnership", "confirmed_by")
    mine = rows.select_for_update(of=("self",), skip_locked=True, no_key=True).filter(pk=batch.pk).first()
    if mine is None or not mine.is_waiting:
        return mine or batch
    batch, by = mine, mine.confirmed_by
    assert by is not None
    lock(Partnership.objects.all(), batch.partnership_id)
    plan = preview(batch)
    if plan.fingerprint != batch.approved:
        raise PreviewAged(_aged())
    if plan.has_errors:
        raise ImportRefused(_wrong())
    actor = Actor(by, batch.is_inviting)
    _note_progress(batch, 0)
    try:
        for planner in plan.planners:
            planner.prepare(actor)
    except Refusal as refusal:
        raise ImportRefused(_("%(sentence)s Es wurde nichts übernommen.") % {"sentence": refusal}) from refusal
    for done, row in enumerate(plan.rows, start=1):
        for deed in row.deeds:
            try:
                deed(actor)
            except Refusal as refusal:
                raise ImportRefused(
                    _("Zeile %(row)s: %(sentence)s Es wurde nichts übernommen.")
                    % {"row": row.number, "sentence": refusal}
                ) from refusal
        _note_progress(batch, done)
    batch.applied_at = clock.now()
    batch.outcome = plan.counts
    batch.save(update_fields=["applied_at", "outcome"])
    audit.record(by=by, action="import.applied", subject=batch, counts=plan.counts)
    return batch


@transaction.atomic
def _give_up(batch: ImportBatch, failure: str = "") -> None:
    """Back to the preview, made anew, with what went wrong."""
    batch = lock(ImportBatch.objects.select_related("partnership"), batch.pk)
    if batch.applied_at is not None:
        return
    batch.confirmed_at = batch.confirmed_by = None
    batch.failure = failure[:500]
    _keep(batch, preview(batch))
    batch.save()
    if failure:
        audit.record(by=None, action="import.failed", subject=batch, reason=failure)


# --- progress ---------------------------------------------------------------------------------------
# Nobody sees a transaction from outside before it ends, so how far it is stands in the cache.


def progress(batch: ImportBatch) -> int:
    """How many rows of a confirmed table are done."""
    return cache.get(f"import:{batch.pk}", 0)


def _note_progress(batch: ImportBatch, rows: int) -> None:
    if rows % 10 == 0:
        with suppress(Exception):  # a cache that is away stops no import
            cache.set(f"import:{batch.pk}", rows, 3600)


def _aged() -> str:
    return _("Seit der Vorschau hat sich etwas geändert. Bitte prüfen Sie die Vorschau noch einmal.")


def _wrong() -> str:
    return _("Die Tabelle enthält Fehler. Bitte berichtigen Sie sie und laden Sie die Datei erneut hoch.")
