"""What higher rooms ask of committees' objects; `visible_to` of the models decides what exists for a person."""

from committees.models import AgendaItem, Motion
from partnership.access import Person


def may_read_item(user: Person, pk: str) -> bool:
    """Whether papers of an agenda item are for this person: they are for who may see the item."""
    return AgendaItem.objects.visible_to(user).filter(pk=pk).exists()


def may_read_motion(user: Person, pk: str) -> bool:
    """Who sees a motion reads its attachments."""
    return Motion.objects.visible_to(user).filter(pk=pk).exists()
