"""Appointing people to roles, and ending that; the only place that writes guardian's permissions."""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission
from guardian.shortcuts import assign_perm

from partnership import clock
from partnership.access.ties import forget
from partnership.enums import ROLES_BY_MODEL, Role
from partnership.errors import Refusal
from partnership.models import Appointment, Partnership, User
from partnership.services import audit

# Nobody checks the books they keep.
APART = {Role.TREASURER: Role.AUDITOR, Role.AUDITOR: Role.TREASURER}


class AppointmentRefused(Refusal):
    """The role does not fit the object, is held already, or is to be held apart from one that is."""


def _partnership_of(subject: Any) -> Partnership:
    return subject if isinstance(subject, Partnership) else subject.partnership


@transaction.atomic
def appoint(
    *,
    by: User | None,
    person: User,
    role: Role,
    subject: Model,
    valid_from: date | None = None,
    valid_until: date | None = None,
    note: str = "",
) -> Appointment:
    """Appoint a person to a role on an object (partnership, committee, partner, fund) for a period.

    Raises AppointmentRefused.
    """
    if role not in ROLES_BY_MODEL.get(subject._meta.label_lower, ()):
        raise AppointmentRefused(_("Diese Funktion gibt es hier nicht."), field="role")
    start = valid_from or clock.today()
    if valid_until is not None and valid_until <= start:
        raise AppointmentRefused(_("Das Ende liegt vor dem Anfang."), field="valid_until")
    content_type = ContentType.objects.get_for_model(subject)
    held = Appointment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=start),
        person=person,
        content_type=content_type,
        object_pk=str(subject.pk),
    )
    if held.filter(role=role).exists():
        raise AppointmentRefused(
            _("%(person)s hat die Funktion „%(role)s“ bereits.") % {"person": person, "role": role.label},
            field="person",
        )
    if held.filter(role=APART.get(role)).exists():
        raise AppointmentRefused(
            _("%(person)s kann nicht zugleich Kassenführung und Kassenprüfung sein.") % {"person": person},
            field="person",
        )
    appointment = Appointment.objects.create(
        person=person,
        role=role,
        partnership=_partnership_of(subject),
        content_type=content_type,
        object_pk=str(subject.pk),
        valid_from=start,
        valid_until=valid_until,
        note=note,
        appointed_by=by,
    )
    assign_perm(role.value, person, subject)
    audit.record(
        by=by,
        action="appointment.made",
        subject=appointment,
        role=role.value,
        on=f"{subject._meta.label_lower}:{subject.pk}",
        person=str(person.pk),
        valid_from=start.isoformat(),
        valid_until=valid_until.isoformat() if valid_until else None,
    )
    forget(person)
    return appointment


@transaction.atomic
def end(*, by: User | None, appointment: Appointment, on: date | None = None) -> Appointment:
    """End an appointment with the beginning of the day `on` (today); its rights end at the next request."""
    last = on or clock.today()
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if appointment.valid_until is not None and appointment.valid_until <= last:
        raise AppointmentRefused(_("Diese Funktion ist bereits beendet."))
    appointment.valid_until = max(last, appointment.valid_from)
    appointment.ended_by = by
    appointment.save(update_fields=["valid_until", "ended_by"])
    if appointment.valid_until <= clock.today():
        _idle_permissions().filter(user=appointment.person_id, object_pk=appointment.object_pk).delete()
    audit.record(
        by=by,
        action="appointment.ended",
        subject=appointment,
        valid_until=appointment.valid_until.isoformat(),
    )
    return appointment


@transaction.atomic
def settle() -> int:
    """Take back the permissions of appointments that have run out; answers how many. For the schedule."""
    count, _by_model = _idle_permissions().delete()
    return count


def _idle_permissions() -> QuerySet[UserObjectPermission]:
    """Guardian's rows that no appointment carries, or will: nothing grants one anew when an appointment begins."""
    carrying = Appointment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=clock.today()),
        person=OuterRef("user"),
        role=OuterRef("permission__codename"),
        content_type=OuterRef("content_type"),
        object_pk=OuterRef("object_pk"),
    )
    return UserObjectPermission.objects.filter(~Exists(carrying), permission__codename__in=Role.values)
