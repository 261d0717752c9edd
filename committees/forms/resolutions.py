"""Forms about resolutions and the register."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from committees.enums import EntryKind
from committees.forms.motions import PlainTextField, committees_of_page
from committees.models import Resolution, ResolutionPart
from committees.services.register import NUMBERED
from committees.visibility import readable_resolutions
from partnership.ui.forms import KernForm

ALL = "all"


def _years(request: Any) -> list[tuple[int, str]]:
    rows = Resolution.objects.filter(partnership__slug=request.resolver_match.kwargs["slug"])
    if request.resolver_match.url_name == "resolution_public_list":
        rows = rows.public()
    found = rows.order_by("-year").values_list("year", flat=True).distinct()
    return [(year, str(year)) for year in found]


# Names within the stored part, which are no words of it.
_NAMES = ("title", "text", "reason")


def _with_wording(word: str) -> QuerySet[Any, Any]:
    """Entries whose wording holds a word."""
    parts = ResolutionPart.objects.filter(name="text", data__icontains=word)
    return (parts.none() if any(word.lower() in name for name in _NAMES) else parts).values("resolution")


class RegisterFilter(django_filters.FilterSet):
    """Search and filter of the register. Words are looked for only in what the person may read."""

    q = django_filters.CharFilter(method="search", label=_("Suche"))
    year = django_filters.ChoiceFilter(label=_("Jahr"), empty_label=_("alle"))
    committee = django_filters.ModelChoiceFilter(queryset=committees_of_page, label=_("Gremium"), empty_label=_("alle"))
    kind = django_filters.ChoiceFilter(
        method="of_kind",
        label=_("Art"),
        empty_label=_("Beschlüsse"),
        choices=[*EntryKind.choices, (ALL, _("alle Einträge"))],
    )

    class Meta:
        model = Resolution
        fields = ("q", "year", "committee", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["year"].extra["choices"] = _years(self.request)

    @property
    def qs(self) -> QuerySet[Resolution]:
        rows = super().qs
        return rows if self.data.get("kind") else rows.filter(kind__in=NUMBERED)

    def of_kind(self, queryset: QuerySet[Resolution], name: str, value: str) -> QuerySet[Resolution]:
        return queryset if value == ALL else queryset.filter(kind=value)

    def search(self, queryset: QuerySet[Resolution], name: str, value: str) -> QuerySet[Resolution]:
        """Number, title and wording; of what the person may not read, the number only."""
        readable = readable_resolutions(self.request.user)
        for word in value.split()[:8]:
            wording = _with_wording(word)
            queryset = queryset.filter(
                Q(number__icontains=word) | (readable & (Q(title__icontains=word) | Q(pk__in=wording)))
            )
        return queryset


class PublicRegisterFilter(RegisterFilter):
    """Search and filter of the public part; its rows are all released."""

    kind = None

    class Meta:
        model = Resolution
        fields = ("q", "year", "committee")

    @property
    def qs(self) -> QuerySet[Resolution]:
        return super(RegisterFilter, self).qs

    def search(self, queryset: QuerySet[Resolution], name: str, value: str) -> QuerySet[Resolution]:
        for word in value.split()[:8]:
            wording = _with_wording(word)
            queryset = queryset.filter(Q(number__icontains=word) | Q(title__icontains=word) | Q(pk__in=wording))
        return queryset


class PublishForm(KernForm):
    """The express release of a confidential resolution."""

    is_released = forms.BooleanField(
        label=_("Die Vertraulichkeit ist aufgehoben; ich gebe den Beschluss frei."), required=False
    )


class CorrectForm(KernForm):
    """How a resolution reads rightly, and why it was wrong."""

    text = PlainTextField(label=_("Berichtigter Beschlusstext"), max_length=20_000)
    reason = PlainTextField(label=_("Grund der Berichtigung"), max_length=500)
    submit_label = _("Berichtigung eintragen")


class AnnulForm(KernForm):
    """Why a resolution is declared invalid; who confirms reads what was written."""

    reason = PlainTextField(label=_("Begründung"), max_length=500)

    def __init__(self, *args: Any, is_asked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_asked:
            del self.fields["reason"]
