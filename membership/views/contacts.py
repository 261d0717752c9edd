"""The people to turn to at a partner."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership import policies
from membership.forms.contacts import ContactForm
from membership.models import Contact
from membership.services import contacts
from membership.views.partners import PartnerFormPage
from partnership.ui.forms import KernForm


class ContactCreateView(PartnerFormPage):
    """Name a person to turn to."""

    policy = policies.keep_partner
    form_class = ContactForm
    heading = gettext_lazy("Ansprechperson eintragen")
    success_message = gettext_lazy("Die Ansprechperson ist eingetragen.")

    def perform(self, form: Any) -> Any:
        return self.run(contacts.add, form=form, partner=self.object, **form.cleaned_data)


class ContactPage(PartnerFormPage):
    """A form about one contact of the partner in the address."""

    policy = policies.keep_partner

    @cached_property
    def contact(self) -> Contact:
        """The contact of the address, if it belongs to the partner of the address."""
        found = Contact.objects.filter(partner=self.object, pk=self.kwargs["contact"]).first()
        if found is None:
            raise Http404
        return found

    def get_policy_subject(self) -> Any:
        _found = self.contact
        return self.object


class ContactUpdateView(ContactPage):
    """Correct a contact."""

    policy = policies.keep_partner
    form_class = ContactForm
    heading = gettext_lazy("Ansprechperson bearbeiten")
    success_message = gettext_lazy("Die Ansprechperson ist gespeichert.")

    def get_initial(self) -> dict[str, Any]:
        return {field: getattr(self.contact, field) for field in ContactForm.base_fields}

    def perform(self, form: Any) -> Any:
        return self.run(contacts.edit, form=form, contact=self.contact, **form.cleaned_data)


class NothingForm(KernForm):
    """A confirmation without fields."""

    form_tag = False


class ContactDeleteView(ContactPage):
    """Remove a contact; asks once."""

    policy = policies.keep_partner
    form_class = NothingForm
    template_name = "confirm.html"
    heading = gettext_lazy("Ansprechperson entfernen")
    success_message = gettext_lazy("Die Ansprechperson ist entfernt.")

    def perform(self, form: Any) -> Any:
        return self.run(contacts.remove, form=form, contact=self.contact)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("%(name)s als Ansprechperson entfernen?") % {"name": self.contact.name},
            "lead": str(self.object),
            "confirm_label": _("Entfernen"),
        }
