"""Ending functions that are held on an object of another app: a committee, a partner."""

from collections.abc import Collection
from functools import cached_property
from typing import Any, ClassVar

from django.http import Http404

from partnership.enums import Role
from partnership.models import Appointment
from partnership.services import appointments
from partnership.views.base import ObjectFormPage


class AppointmentEndPage(ObjectFormPage):
    """End one of `roles` that a person holds on the object of the address; the form asks for the day, once."""

    template_name = "confirm.html"
    roles: ClassVar[Collection[Role]]

    @cached_property
    def appointment(self) -> Appointment:
        """The appointment of the address, if it is held on the object of the address."""
        found = (
            Appointment.objects.filter(
                partnership=self.partnership,
                role__in=self.roles,
                object_pk=str(self.object.pk),
                pk=self.kwargs["appointment"],
            )
            .select_related("person")
            .first()
        )
        if found is None:
            raise Http404
        return found

    def perform(self, form: Any) -> Any:
        return self.run(appointments.end, form=form, appointment=self.appointment, on=form.cleaned_data["on"])
