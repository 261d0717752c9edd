"""Work of membership for the Celery worker: ids in, one service call."""

from celery import shared_task

from membership.services import imports


@shared_task
def carry_out_import(pk: str) -> bool:
    """Take over a table that somebody confirmed."""
    return imports.carry_out(pk)


@shared_task
def carry_out_waiting_imports() -> int:
    """Take over what a lost message or a worker that died left behind; answers how many."""
    return sum(imports.carry_out(pk) for pk in imports.waiting())
