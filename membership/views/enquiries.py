"""What people asked on the public page, and the answers."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership import policies
from membership.enums import EnquiryState
from membership.forms.enquiries import AnswerForm, EnquiryFilter
from membership.models import Enquiry
from membership.services import enquiries
from partnership.exports import tables
from partnership.views.base import Deed, ObjectFormPage
from partnership.views.exports import ExportedList


class EnquiryListView(ExportedList):
    """Enquiries, newest first."""

    policy = policies.curate
    model = Enquiry
    template_name = "membership/enquiry_list.html"
    export_name = "anfragen"
    filterset_class = EnquiryFilter
    sorts = {
        "-received": ("-received_at",),
        "received": ("received_at",),
        "organisation": ("organisation",),
        "-organisation": ("-organisation",),
    }

    def get_table(self) -> tables.Dataset:
        heads = [
            _("Eingegangen"),
            _("Anliegen"),
            _("Organisation"),
            _("Name"),
            _("E-Mail-Adresse"),
            _("Telefon"),
            _("Stand"),
        ]
        rows = [
            [
                row.received_at,
                row.get_kind_display(),
                row.organisation,
                row.name,
                row.email,
                row.phone,
                row.get_state_display(),
            ]
            for row in self.get_queryset()
        ]
        return tables.table(heads, rows, title=_("Anfragen"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": [(_("Anfragen"), "")],
        }


class EnquiryDetailView(ObjectFormPage):
    """One enquiry with its answer; product management writes it here."""

    policy = policies.curate
    model = Enquiry
    form_class = AnswerForm
    template_name = "membership/enquiry_detail.html"
    success_message = gettext_lazy("Ihre Antwort ist unterwegs.")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("handled_by", "partnership")

    def perform(self, form: Any) -> Any:
        return self.run(enquiries.answer, form=form, enquiry=self.object, text=form.cleaned_data["text"])

    def get_success_url(self) -> str:
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        listed = reverse("membership:enquiry_list", kwargs={"slug": self.partnership.slug})
        return super().get_context_data(**kwargs) | {
            "is_closed": self.object.state == EnquiryState.CLOSED,
            "facts": [
                (_("Anliegen"), self.object.get_kind_display()),
                (_("Name"), self.object.name),
                (_("E-Mail-Adresse"), self.object.email),
                (_("Telefon"), self.object.phone),
            ],
            "breadcrumbs": [(_("Anfragen"), listed), (self.object.organisation, "")],
        }


class EnquiryDeed(Deed):
    """A button on an enquiry."""

    policy = policies.curate
    model = Enquiry

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership")

    def get_success_url(self) -> str:
        return reverse("membership:enquiry_list", kwargs={"slug": self.partnership.slug})


class EnquiryCloseView(EnquiryDeed):
    """Mark as done."""

    policy = policies.curate
    success_message = gettext_lazy("Die Anfrage ist erledigt.")

    def perform(self) -> Any:
        return self.run(enquiries.close, enquiry=self.object)


class EnquiryReopenView(EnquiryDeed):
    """Take up again."""

    policy = policies.curate
    success_message = gettext_lazy("Die Anfrage ist wieder offen.")

    def perform(self) -> Any:
        return self.run(enquiries.reopen, enquiry=self.object)
