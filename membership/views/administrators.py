"""Who keeps a partner's entries."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership import policies
from membership.forms.administrators import PartnerAdminEndForm, PartnerAdminForm
from membership.services import partners
from membership.views.partners import PartnerFormPage
from partnership.enums import Role
from partnership.models import Appointment
from partnership.services import appointments


class PartnerAdminCreateView(PartnerFormPage):
    """Let a person keep the partner's entries."""

    policy = policies.curate
    form_class = PartnerAdminForm
    heading = gettext_lazy("Partnerverwaltung eintragen")
    success_message = gettext_lazy("Die Person pflegt nun die Angaben des Partners.")

    def perform(self, form: Any) -> Any:
        return self.run(partners.appoint_administrator, form=form, partner=self.object, **form.cleaned_data)


class PartnerAdminEndView(PartnerFormPage):
    """Take that back; asks once."""

    policy = policies.curate
    form_class = PartnerAdminEndForm
    template_name = "confirm.html"
    heading = gettext_lazy("Partnerverwaltung beenden")
    success_message = gettext_lazy("Die Funktion endet mit dem angegebenen Tag.")

    @cached_property
    def appointment(self) -> Appointment:
        """The appointment of the address, if it is held on the partner of the address."""
        found = (
            Appointment.objects.filter(
                partnership=self.partnership,
                role=Role.PARTNER_ADMIN,
                object_pk=str(self.object.pk),
                pk=self.kwargs["appointment"],
            )
            .select_related("person")
            .first()
        )
        if found is None:
            raise Http404
        return found

    def get_policy_subject(self) -> Any:
        _found = self.appointment
        return self.object

    def perform(self, form: Any) -> Any:
        return self.run(appointments.end, form=form, appointment=self.appointment, on=form.cleaned_data["on"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Partnerverwaltung durch %(person)s beenden?") % {"person": self.appointment.person},
            "lead": str(self.object),
            "consequences": [_("Die Person kann die Angaben des Partners dann nicht mehr ändern.")],
            "confirm_label": _("Beenden"),
        }
