"""Forms about measures."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.enums import MeasureState
from fund.forms.fields import MoneyField, OnceField
from fund.forms.funds import ResolutionField
from fund.models import Measure
from partnership import clock
from partnership.models import Partnership, User
from partnership.ui.forms import KernForm


class MeasureFilter(django_filters.FilterSet):
    """Search and state."""

    q = django_filters.CharFilter(method="search", label=_("Suche"))
    stand = django_filters.ChoiceFilter(
        field_name="state", choices=MeasureState.choices, label=_("Stand"), empty_label=_("alle")
    )

    class Meta:
        model = Measure
        fields: list[str] = []

    def search(self, queryset: QuerySet[Measure], name: str, value: str) -> QuerySet[Measure]:
        return queryset.filter(
            Q(title__icontains=value) | Q(description__icontains=value) | Q(resolution__number__icontains=value)
        )


class MeasureForm(KernForm):
    """What is to be done, and what it costs."""

    submit_label = _("Maßnahme vorschlagen")

    title = forms.CharField(label=_("Titel"), max_length=200)
    description = forms.CharField(
        label=_("Beschreibung"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Was geschieht, wer es ausführt, was die Partner davon haben."),
    )
    budget = MoneyField(label=_("Kosten"), help_text=_("Höchstens so viel wird ausgegeben. Zum Beispiel 1.000,50"))


class ApproveForm(KernForm):
    """The resolution that approves a measure."""

    submit_label = _("Geld bewilligen")

    resolution = ResolutionField(label=_("Beschluss"), empty_label=_("Bitte wählen"))

    def __init__(self, *args: Any, partnership: Partnership, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resolution"].offer(partnership, user)  # type: ignore[attr-defined]


class PayForm(KernForm):
    """Money that goes out for a measure."""

    submit_label = _("Zahlung buchen")

    amount = MoneyField(label=_("Betrag"))
    payee = forms.CharField(label=_("Empfänger"), max_length=100)
    booked_on = forms.DateField(label=_("Bezahlt am"), initial=clock.today)
    reference = forms.CharField(
        label=_("Beleg"), max_length=100, required=False, help_text=_("Zum Beispiel die Nummer der Rechnung.")
    )
    key = OnceField()


class ReasonForm(KernForm):
    """Why something is given up or taken back."""

    form_tag = False

    reason = forms.CharField(label=_("Grund"), max_length=200)


class ReverseForm(ReasonForm):
    """Why a booking is reversed."""

    key = OnceField()
