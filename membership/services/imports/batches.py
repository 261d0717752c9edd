"""Keeping an uploaded table, showing what it would change, and taking it over once."""

from django.db import transaction
from django.utils.translation import gettext as _

from membership.models import ImportBatch
from membership.services.imports import plan as planning
from membership.services.imports.files import FileRefused, Line, read
from membership.services.imports.partners import NAME
from membership.services.imports.plan import Plan
from membership.services.imports.rows import Actor, ImportRefused
from partnership import clock
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import Partnership, User
from partnership.services import audit


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
def refresh(*, by: User, batch: ImportBatch) -> ImportBatch:
    """Make the preview of a table anew; what is taken over already stays as it is."""
    batch = lock(ImportBatch.objects.select_related("partnership"), batch.pk)
    if batch.applied_at is None:
        _keep(batch, preview(batch))
        batch.save(update_fields=["rows", "outcome"])
    return batch


def apply(*, by: User, batch: ImportBatch, fingerprint: str, is_inviting: bool = True) -> ImportBatch:
    """Take the table over, all of it or nothing. Pressing twice changes nothing the second time.

    `fingerprint` is that of the preview the person saw. Where it has aged, the preview is made anew and
    ImportRefused raised; as it is for tables with errors.
    """
    try:
        return _apply(by=by, batch=batch, fingerprint=fingerprint, is_inviting=is_inviting)
    except PreviewAged:
        refresh(by=by, batch=batch)
        raise


@transaction.atomic
def _apply(*, by: User, batch: ImportBatch, fingerprint: str, is_inviting: bool) -> ImportBatch:
    lock(Partnership.objects.all(), batch.partnership_id)
    batch = lock(ImportBatch.objects.select_related("partnership"), batch.pk)
    if batch.applied_at is not None:
        return batch
    plan = preview(batch)
    if plan.fingerprint != fingerprint:
        raise PreviewAged(_("Seit der Vorschau hat sich etwas geändert. Bitte prüfen Sie die Vorschau noch einmal."))
    if plan.has_errors:
        raise ImportRefused(
            _("Die Tabelle enthält Fehler. Bitte berichtigen Sie sie und laden Sie die Datei erneut hoch.")
        )
    actor = Actor(by, is_inviting)
    for row in plan.rows:
        for deed in row.deeds:
            try:
                deed(actor)
            except Refusal as refusal:
                raise ImportRefused(
                    _("Zeile %(row)s: %(sentence)s Es wurde nichts übernommen.")
                    % {"row": row.number, "sentence": refusal}
                ) from refusal
    batch.applied_at = clock.now()
    batch.outcome = plan.counts
    batch.save(update_fields=["applied_at", "outcome"])
    audit.record(by=by, action="import.applied", subject=batch, counts=plan.counts)
    return batch
