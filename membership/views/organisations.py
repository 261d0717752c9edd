"""The legal bodies a partnership knows."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership import policies
from membership.forms.organisations import OrganisationFilter, OrganisationForm, OwnOrganisationForm
from membership.models import Organisation
from membership.queries import organisations_of
from membership.services import organisations
from membership.views.partners import PartnerFormPage
from partnership.exports import tables
from partnership.views.base import FormPage, ObjectFormPage
from partnership.views.exports import ExportedList


class OrganisationListView(ExportedList):
    """Every body with a share in a seat, or an office in a committee."""

    policy = policies.curate
    model = Organisation
    template_name = "membership/organisation_list.html"
    export_name = "organisationen"
    filterset_class = OrganisationFilter
    sorts = {
        "name": ("name",),
        "-name": ("-name",),
        "kind": ("kind", "name"),
        "-kind": ("-kind", "name"),
        "land": ("land", "name"),
        "-land": ("-land", "name"),
        "population": ("population", "name"),
        "-population": ("-population", "name"),
    }

    def get_base_queryset(self) -> Any:
        return organisations_of(self.partnership)

    def get_table(self) -> tables.Dataset:
        heads = [
            _("Name"),
            _("Kurzname"),
            _("Art"),
            _("Land"),
            _("AGS"),
            _("Einwohner"),
            _("Stichtag"),
            _("Leitweg-ID"),
            _("Internetseite"),
        ]
        rows = [
            [
                body.name,
                body.short_name,
                body.get_kind_display(),
                body.get_land_display(),
                body.ags,
                body.population,
                body.population_on,
                body.leitweg_id,
                body.website,
            ]
            for body in self.get_queryset()
        ]
        return tables.table(heads, rows, title=_("Organisationen"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "count": context["paginator"].count,
            "breadcrumbs": [
                (_("Organisationen"), ""),
            ],
        }


class OrganisationFormMixin:
    """The way back to the list."""

    heading: Any = ""
    partnership: Any

    def get_success_url(self) -> str:
        return reverse("membership:organisation_list", kwargs={"slug": self.partnership.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        context["form"].cancel_url = self.get_success_url()
        return context | {
            "heading": self.heading,
            "breadcrumbs": [(_("Organisationen"), self.get_success_url()), (self.heading, "")],
        }


class OrganisationCreateView(OrganisationFormMixin, FormPage):
    """Note a body, for example a managing office that is no partner."""

    policy = policies.curate
    form_class = OrganisationForm
    heading = gettext_lazy("Organisation anlegen")
    success_message = gettext_lazy("Die Organisation ist angelegt.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership}

    def perform(self, form: Any) -> Any:
        return self.run(organisations.create, form=form, partnership=self.partnership, **form.cleaned_data)


class OrganisationUpdateView(OrganisationFormMixin, ObjectFormPage):
    """Correct what is known about a body."""

    policy = policies.curate
    model = Organisation
    form_class = OrganisationForm
    heading = gettext_lazy("Organisation bearbeiten")
    success_message = gettext_lazy("Die Angaben sind gespeichert.")

    def get_queryset(self) -> Any:
        return organisations_of(self.partnership).select_related("parent")

    def get_policy_subject(self) -> Any:
        _found = self.object
        return self.partnership

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership, "organisation": self.object}

    def perform(self, form: Any) -> Any:
        return self.run(
            organisations.edit,
            form=form,
            organisation=self.object,
            partnership=self.partnership,
            **form.cleaned_data,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"lead": str(self.object)}


class PartnerOrganisationUpdateView(PartnerFormPage):
    """What a partner keeps about the body, or one of the bodies, that holds its seat."""

    policy = policies.keep_partner
    form_class = OwnOrganisationForm
    heading = gettext_lazy("Angaben zur Organisation")
    success_message = gettext_lazy("Die Angaben sind gespeichert.")

    @cached_property
    def organisation(self) -> Organisation:
        """The body of the address, if it shares the partner's seat."""
        found = Organisation.objects.filter(shares__partner=self.object, pk=self.kwargs["organisation"]).first()
        if found is None:
            raise Http404
        return found

    def get_policy_subject(self) -> Any:
        _found = self.organisation
        return self.object

    def get_initial(self) -> dict[str, Any]:
        return OwnOrganisationForm.initial_for(self.organisation)

    def perform(self, form: Any) -> Any:
        return self.run(
            organisations.edit,
            form=form,
            organisation=self.organisation,
            partnership=self.partnership,
            **form.cleaned_data,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"lead": str(self.organisation)}
