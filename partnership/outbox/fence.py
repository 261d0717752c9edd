"""The fence after a restore: a copy of the past must not send what has long been sent (reliability.md 4.5).

A file in KONVENT_DATA and the youngest row of `Epoch` must agree. Restoring writes a new file, and
so does a database that comes to another machine: sending is then held until a person confirms.
"""

import contextlib
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction

from partnership import clock
from partnership.enums import OutboxState
from partnership.models import Epoch, OutboxMessage, User


def _file() -> Path:
    return settings.DATA_DIR / "epoch"


def epoch_of_folder() -> str:
    """The epoch written in the data folder; begun when there is none."""
    file = _file()
    with contextlib.suppress(FileNotFoundError):
        if found := file.read_text().strip():
            return found
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"epoch-{uuid.uuid4()}")
    draft.write_text(str(uuid.uuid4()))
    try:
        file.hardlink_to(draft)  # fails if another process was faster
    except FileExistsError:
        if not file.read_text().strip():
            draft.replace(file)
    draft.unlink(missing_ok=True)
    return file.read_text().strip()


def is_closed() -> bool:
    """Whether sending waits for a person."""
    known = Epoch.objects.values_list("value", flat=True).first()
    return known is not None and known != epoch_of_folder()


def is_held() -> bool:
    """The same for the worker: a database that has never sent takes over the folder's epoch."""
    if not Epoch.objects.exists():
        Epoch.objects.get_or_create(value=epoch_of_folder(), defaults={"confirmed_at": clock.now()})
    return is_closed()


def hold() -> int:
    """Mark everything that waits as held; answers how many rows that were."""
    waiting = (OutboxState.DUE, OutboxState.DEFERRED, OutboxState.SENDING)
    return OutboxMessage.objects.filter(state__in=waiting).update(
        state=OutboxState.HELD, lease_until=None, claimed_by=""
    )


@transaction.atomic
def release(*, by: User | None, reason: str = "") -> tuple[int, int]:
    """Let sending go on. With a `reason`, mails from before the restore are withdrawn for it.

    Answers how many are due again and how many are withdrawn.
    """
    here = epoch_of_folder()
    hold()
    held = OutboxMessage.objects.filter(state=OutboxState.HELD)
    withdrawn = 0
    if reason:
        withdrawn = held.exclude(epoch=here).update(state=OutboxState.WITHDRAWN, last_error=reason[:500])
    due = held.update(state=OutboxState.DUE, due_at=clock.now(), epoch=here)
    Epoch.objects.filter(value=here).delete()
    Epoch.objects.create(value=here, confirmed_at=clock.now(), confirmed_by=by)
    return due, withdrawn
