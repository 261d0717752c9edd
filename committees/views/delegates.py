"""Delegates and deputies of one partner: enter, hand over, end."""

import contextlib
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees.enums import DelegateKind
from committees.forms.delegates import DelegateEndForm, DelegateForm, HandOverForm
from committees.models import Delegate
from committees.services import delegates
from membership import policies as member_policies
from membership.views.partners import PartnerFormPage
from partnership.views.base import ObjectFormPage


class DelegateCreateView(PartnerFormPage):
    """Let a person speak for the partner in a committee."""

    policy = member_policies.keep_partner
    form_class = DelegateForm
    heading = gettext_lazy("Vertretung eintragen")
    success_message = gettext_lazy("Eingetragen. Wer noch kein Konto hatte, erhält eine Einladung per E-Mail.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership}

    def get_initial(self) -> dict[str, Any]:
        initial = {}
        with contextlib.suppress(ValueError):
            initial["committee"] = str(UUID(self.request.GET.get("gremium", "")))
        if self.request.GET.get("als") in DelegateKind.values:
            initial["kind"] = self.request.GET["als"]
        return initial

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return self.run(
            delegates.send,
            form=form,
            partner=self.object,
            committee=data["committee"],
            email=data["email"],
            name=data["name"],
            kind=DelegateKind(data["kind"]),
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
        )


class DelegateFormPage(ObjectFormPage):
    """A form about one delegation; goes back to the partner."""

    model = Delegate
    partnership_path = "committee__partnership"
    heading: Any = ""

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partner__partnership", "committee__partnership", "person")

    def get_policy_subject(self) -> Any:
        return self.object.partner

    def get_success_url(self) -> str:
        return self.object.partner.get_absolute_url()

    @cached_property
    def words(self) -> dict[str, Any]:
        """The delegation in words, for headings."""
        return {
            "person": self.object.person,
            "partner": self.object.partner,
            "committee": self.object.committee,
            "kind": self.object.get_kind_display(),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        back = self.object.partner.get_absolute_url()
        context["form"].cancel_url = back
        return {
            "heading": self.heading,
            "lead": _("%(kind)s von „%(partner)s“ im Gremium „%(committee)s“: %(person)s") % self.words,
            "cancel_url": back,
            "breadcrumbs": [
                (_("Partner"), reverse("membership:partner_list", kwargs={"slug": self.partnership.slug})),
                (str(self.object.partner), back),
                (self.heading, ""),
            ],
        } | context


class DelegateHandOverView(DelegateFormPage):
    """Let another person follow on a day."""

    policy = member_policies.keep_partner
    form_class = HandOverForm
    heading = gettext_lazy("Vertretung übergeben")
    success_message = gettext_lazy("Die Übergabe ist eingetragen.")

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return self.run(
            delegates.pass_on,
            form=form,
            delegate=self.object,
            email=data["email"],
            name=data["name"],
            on=data["on"],
        )


class DelegateEndView(DelegateFormPage):
    """End a delegation; asks once."""

    policy = member_policies.keep_partner
    form_class = DelegateEndForm
    template_name = "confirm.html"
    heading = gettext_lazy("Vertretung beenden")
    success_message = gettext_lazy("Die Vertretung endet mit dem angegebenen Tag.")

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return self.run(delegates.end, form=form, delegate=self.object, on=data["on"], reason=data["reason"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consequences = [_("%(person)s kann dann für „%(partner)s“ nicht mehr abstimmen.") % self.words]
        if self.object.kind == DelegateKind.DELEGATE:
            consequences.append(
                _("„%(partner)s“ hat im Gremium „%(committee)s“ dann keine Vertretung, bis eine neue eingetragen ist.")
                % self.words
            )
        return super().get_context_data(**kwargs) | {
            "heading": _("%(kind)s von %(person)s beenden?") % self.words,
            "lead": _("„%(partner)s“ im Gremium „%(committee)s“") % self.words,
            "consequences": consequences,
            "confirm_label": _("Beenden"),
        }
