"""Appending to the audit: who did what when, in the transaction it describes."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from partnership import clock
from partnership.models import AuditEvent, Partnership, User


def record(
    *, by: User | None, action: str, subject: Model, partnership: Partnership | None = None, **details: Any
) -> AuditEvent:
    """Append one deed. `action` is `noun.verb`; `details` must be JSON and never hold what somebody chose.

    The partnership is taken from the subject where it has one.
    """
    event = _event(by, action, subject, partnership, details)
    event.save(force_insert=True)
    return event


def record_many(
    *, by: User | None, action: str, subjects: Sequence[Model], partnership: Partnership | None = None, **details: Any
) -> list[AuditEvent]:
    """Append the same deed on many things, one event each, with few statements."""
    return AuditEvent.objects.bulk_create(_event(by, action, subject, partnership, details) for subject in subjects)


def _event(
    by: User | None, action: str, subject: Model, partnership: Partnership | None, details: dict[str, Any]
) -> AuditEvent:
    return AuditEvent(
        at=clock.now(),
        actor=by,
        partnership_id=partnership.pk if partnership else getattr(subject, "partnership_id", None),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_pk=str(subject.pk),
        subject_label=str(subject)[:200],
        details=details,
    )
