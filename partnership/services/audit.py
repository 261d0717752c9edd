"""Appending to the audit: who did what when, in the transaction it describes."""

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
    return AuditEvent.objects.create(
        at=clock.now(),
        actor=by,
        partnership_id=partnership.pk if partnership else getattr(subject, "partnership_id", None),
        action=action,
        subject_type=subject._meta.label_lower,
        subject_pk=str(subject.pk),
        subject_label=str(subject)[:200],
        details=details,
    )
