"""What everybody may see: a partnership, its enquiry form, legal pages, feedback."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committees.models import Resolution
from fund.queries import supporters
from membership.services import enquiries
from partnership import clock, policies
from partnership.models import SiteText
from partnership.services import site
from partnership.views.base import FormPage, Page
from portal import queries
from portal.forms.public import EnquiryForm, FeedbackForm


class PartnershipPublicView(Page):
    """Purpose, pillars, partners, fund supporters, public resolutions, downloads."""

    policy = policies.anyone
    template_name = "portal/partnership_public.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partners = list(queries.public_partners(self.partnership))
        return super().get_context_data(**kwargs) | {
            "today": clock.today(),
            "pillars": queries.pillars(self.partnership),
            "partners": partners,
            "support": supporters(self.partnership, clock.today().year),
            "resolutions": Resolution.objects.public()
            .filter(partnership=self.partnership)
            .select_related("committee")
            .order_by("-position")[:5],
            "downloads": queries.downloads(self.partnership),
        }


class EnquiryCreateView(FormPage):
    """The enquiry form: a record, and mails to product management and the enquirer."""

    policy = policies.anyone
    template_name = "portal/enquiry_create.html"
    form_class = EnquiryForm

    def get_initial(self) -> dict[str, Any]:
        return {"kind": self.request.GET.get("anliegen", "join")}

    def perform(self, form: EnquiryForm) -> Any:
        return enquiries.receive(partnership=self.partnership, **form.told())

    def get_success_url(self) -> str:
        messages.success(self.request, _("Vielen Dank. Ihre Anfrage ist angekommen; wir melden uns bei Ihnen."))
        return reverse("portal:partnership_public", kwargs={"slug": self.partnership.slug})


# What a legal page says before somebody has written one in the administration.
LEGAL_PAGES = {
    "impressum": "portal/legal/imprint.html",
    "datenschutz": "portal/legal/privacy.html",
    "barrierefreiheit": "portal/legal/accessibility.html",
}


class LegalView(Page):
    """Imprint, privacy, accessibility statement: the text of the administration, else a template to fill."""

    policy = policies.anyone

    def get_template_names(self) -> list[str]:
        return ["portal/legal/text.html"] if self.text else [LEGAL_PAGES[self.kwargs["key"]]]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = (get_language() or "de")[:2]
        texts = {row.language: row for row in SiteText.objects.filter(key=self.kwargs["key"])}
        self.text = texts.get(language) or texts.get("de")
        return super().get_context_data(**kwargs) | {"text": self.text}


class FeedbackView(FormPage):
    """Tell us about a barrier or anything else."""

    policy = policies.anyone
    template_name = "portal/feedback.html"
    form_class = FeedbackForm

    def get_initial(self) -> dict[str, Any]:
        return {"page": self.request.GET.get("seite", "")[:300]}

    def perform(self, form: FeedbackForm) -> Any:
        return site.receive_feedback(**form.told())

    def get_success_url(self) -> str:
        messages.success(self.request, _("Vielen Dank für Ihre Rückmeldung."))
        return reverse("portal:feedback")
