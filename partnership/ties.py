"""What the ground ties people to partnerships by: dated appointments."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, QuerySet
from guardian.models import UserObjectPermission

from partnership.access import Tie, register_source
from partnership.db.prepared import Prepared
from partnership.enums import Role
from partnership.models import Appointment, User


@Prepared
def _appointments(person: UUID, on: date) -> QuerySet[Any, Any]:
    granted = UserObjectPermission.objects.filter(
        user=person,
        content_type=OuterRef("content_type"),
        object_pk=OuterRef("object_pk"),
        permission__codename=OuterRef("role"),
        permission__content_type=OuterRef("content_type"),
    )
    return (
        Appointment.objects.valid(on)
        .filter(Exists(granted), person=person)
        .values_list("role", "content_type_id", "object_pk", "partnership_id")
        .order_by()
    )


@register_source
def appointments(user: User, on: date) -> Iterable[Tie]:
    """Appointments valid on the day *and* carried by guardian's permission (decisions.md 5)."""
    for role, content_type_id, object_pk, partnership_id in _appointments(person=user.pk, on=on):
        model = ContentType.objects.get_for_id(content_type_id).model_class()
        assert model is not None
        yield Tie(
            kind=role,
            label=model._meta.label_lower,
            object_id=UUID(object_pk),
            partnership_id=partnership_id,
            partner_id=UUID(object_pk) if role == Role.PARTNER_ADMIN else None,
        )
