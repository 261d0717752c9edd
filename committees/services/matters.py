"""Kinds of matters that committees may decide by rules of their own."""

from django.db import transaction
from django.utils.translation import gettext as _

from committees.models import Matter
from partnership.db.locks import lock
from partnership.errors import Refusal
from partnership.models import Partnership, User
from partnership.services import audit


class MatterRefused(Refusal):
    """A kind of this name exists already."""


@transaction.atomic
def create(*, by: User | None, partnership: Partnership, name: str, description: str = "") -> Matter:
    """Name a kind of matter. Raises MatterRefused."""
    lock(Partnership.objects.all(), partnership.pk)
    matter = Matter(partnership=partnership, name=name.strip(), description=description.strip())
    _must_be_new(matter)
    matter.save(force_insert=True)
    audit.record(by=by, action="matter.created", subject=matter, partnership=partnership, name=matter.name)
    return matter


@transaction.atomic
def edit(*, by: User | None, matter: Matter, name: str, description: str = "") -> Matter:
    """Correct name and description. Raises MatterRefused."""
    lock(Partnership.objects.all(), matter.partnership_id)
    matter = lock(Matter.objects.select_related("partnership"), matter.pk)
    matter.name, matter.description = name.strip(), description.strip()
    _must_be_new(matter)
    matter.save(update_fields=["name", "description"])
    audit.record(by=by, action="matter.changed", subject=matter, partnership=matter.partnership, name=matter.name)
    return matter


def _must_be_new(matter: Matter) -> None:
    others = Matter.objects.filter(partnership=matter.partnership_id, name__iexact=matter.name).exclude(pk=matter.pk)
    if others.exists():
        raise MatterRefused(_("Eine Art dieses Namens gibt es bereits."), field="name")
