"""Keeping what a partnership says about itself."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import policies
from partnership.models import Partnership
from partnership.services import partnerships
from partnership.views.base import FormPage
from portal.forms.partnership import PartnershipForm


class PartnershipEditView(FormPage):
    """The office edits name, public texts and addresses."""

    policy = policies.act_as_office
    form_class = PartnershipForm
    success_message = gettext_lazy("Die Angaben zur Partnerschaft sind gespeichert.")

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: what is typed and refused must not show in the page's frame.
        return super().get_form_kwargs() | {"instance": Partnership.objects.get(pk=self.partnership.pk)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = self.get_success_url()
        return context | {
            "heading": _("Partnerschaft bearbeiten"),
            "breadcrumbs": [(_("Partnerschaft bearbeiten"), "")],
        }

    def perform(self, form: PartnershipForm) -> Any:
        return self.run(partnerships.update, form=form, partnership=self.partnership, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("portal:partnership_public", kwargs={"slug": self.partnership.slug})
