"""Who keeps a partner's entries."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership import policies
from membership.forms.administrators import PartnerAdminEndForm, PartnerAdminForm
from membership.services import partners
from membership.views.partners import PartnerFormPage
from partnership.enums import Role
from partnership.views.appointments import AppointmentEndPage


class PartnerAdminCreateView(PartnerFormPage):
    """Let a person keep the partner's entries."""

    policy = policies.curate
    form_class = PartnerAdminForm
    heading = gettext_lazy("Partnerverwaltung eintragen")
    success_message = gettext_lazy("Die Person pflegt nun die Angaben des Partners.")

    def perform(self, form: Any) -> Any:
        return self.run(partners.appoint_administrator, form=form, partner=self.object, **form.cleaned_data)


class PartnerAdminEndView(PartnerFormPage, AppointmentEndPage):
    """Take that back; asks once."""

    policy = policies.curate
    form_class = PartnerAdminEndForm
    template_name = "confirm.html"
    roles = (Role.PARTNER_ADMIN,)
    heading = gettext_lazy("Partnerverwaltung beenden")
    success_message = gettext_lazy("Die Funktion endet mit dem angegebenen Tag.")

    def get_policy_subject(self) -> Any:
        _found = self.appointment
        return self.object

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Partnerverwaltung durch %(person)s beenden?") % {"person": self.appointment.person},
            "lead": str(self.object),
            "consequences": [_("Die Person kann die Angaben des Partners dann nicht mehr ändern.")],
            "confirm_label": _("Beenden"),
        }
