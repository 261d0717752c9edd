"""Forms about legal bodies."""

from typing import Any

import django_filters
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from membership.enums import OrganisationKind
from membership.models import Organisation
from membership.queries import contains, organisations_of
from partnership.enums import Land
from partnership.models import Partnership
from partnership.ui.forms import KernForm


def with_blank(choices: Any, label: Any = "–") -> list[tuple[str, Any]]:
    """Choices with an empty one in front."""
    return [("", label), *choices]


class OrganisationFilter(django_filters.FilterSet):
    """Search, kind, Land."""

    q = django_filters.CharFilter(method="search", label=_("Suche"))
    art = django_filters.ChoiceFilter(
        field_name="kind", choices=OrganisationKind.choices, label=_("Art"), empty_label=_("alle")
    )
    land = django_filters.ChoiceFilter(choices=Land.choices, label=_("Land"), empty_label=_("alle"))

    class Meta:
        model = Organisation
        fields: list[str] = []

    def search(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        for word in value.split()[:8]:
            queryset = queryset.filter(contains("name", word) | contains("short_name", word) | Q(ags__startswith=word))
        return queryset


class OwnOrganisationForm(KernForm):
    """What a partner tells about its own body."""

    short_name = forms.CharField(label=_("Kurzname"), max_length=60, required=False)
    website = forms.URLField(
        label=_("Internetseite"),
        max_length=200,
        required=False,
        assume_scheme="https",
        help_text=_("Zum Beispiel https://www.schwerin.de"),
    )
    address = forms.CharField(
        label=_("Anschrift"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    leitweg_id = forms.CharField(
        label=_("Leitweg-ID"),
        max_length=46,
        required=False,
        help_text=_("Für elektronische Rechnungen, zum Beispiel 04011000-1234512345-06. Die Prüfziffern prüfen wir."),
    )
    ags = forms.CharField(
        label=_("Amtlicher Gemeindeschlüssel (AGS)"), max_length=12, required=False, help_text=_("Acht Ziffern.")
    )
    population = forms.IntegerField(label=_("Einwohnerzahl"), min_value=0, max_value=2_000_000_000, required=False)
    population_on = forms.DateField(label=_("Stichtag der Einwohnerzahl"), required=False)

    layout = Layout(
        Fieldset(_("Angaben"), "short_name", "website", "address"),
        Fieldset(_("Verwaltung"), "leitweg_id", "ags", "population", "population_on"),
    )

    @staticmethod
    def initial_for(organisation: Organisation) -> dict[str, Any]:
        """What the form shows at first."""
        return {field: getattr(organisation, field) for field in OwnOrganisationForm.base_fields}


class OrganisationForm(OwnOrganisationForm):
    """What product management keeps about a body."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Art"), choices=with_blank(OrganisationKind.choices, _("Bitte wählen")))
    land = forms.ChoiceField(label=_("Land"), choices=with_blank(Land.choices), required=False)
    parent = forms.ModelChoiceField(
        label=_("gehört zu"), queryset=Organisation.objects.none(), required=False, empty_label="–"
    )

    layout = Layout(
        Fieldset(_("Angaben"), "name", "short_name", "kind", "land", "parent", "website", "address"),
        Fieldset(_("Verwaltung"), "leitweg_id", "ags", "population", "population_on"),
    )

    def __init__(self, *args: Any, partnership: Partnership, organisation: Organisation | None = None, **kwargs: Any):
        if organisation is not None:
            fields = (*self.base_fields,)
            kwargs["initial"] = {field: getattr(organisation, field) for field in fields}
        super().__init__(*args, **kwargs)
        found = organisations_of(partnership)
        if organisation is not None:
            found = found.exclude(pk=organisation.pk)
        self.fields["parent"].queryset = found.order_by("name")  # type: ignore[attr-defined]
