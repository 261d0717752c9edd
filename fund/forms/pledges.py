"""Forms about pledges and the payments on them."""

from typing import Any

import django_filters
from django import forms
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.enums import PledgeState
from fund.forms.fields import MoneyField, OnceField
from fund.models import Pledge
from fund.services.pledges import open_years
from membership.models import Partner
from partnership import clock
from partnership.ui.forms import KernForm

IS_NAMED = _("Unser Name darf auf der öffentlichen Seite stehen")


class PledgeFilter(django_filters.FilterSet):
    """Search, year, and how far it is paid. `jahr` is a plain choice, filled by the view."""

    q = django_filters.CharFilter(field_name="partner__name", lookup_expr="icontains", label=_("Partner"))
    jahr = django_filters.ChoiceFilter(field_name="year", label=_("Jahr"), empty_label=_("alle"))
    stand = django_filters.ChoiceFilter(
        method="by_state",
        label=_("Stand"),
        choices=[
            ("open", _("noch nicht ganz bezahlt")),
            ("paid", _("ganz bezahlt")),
            ("withdrawn", _("geändert oder zurückgezogen")),
        ],
        empty_label=_("geltende Zusagen"),
    )

    class Meta:
        model = Pledge
        fields: list[str] = []

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["jahr"].extra["choices"] = [(year, str(year)) for year in years]

    def by_state(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        if value == "withdrawn":
            return queryset
        wanted = {"paid__lt": F("amount")} if value == "open" else {"paid__gte": F("amount")}
        return queryset.filter(**wanted)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.form.cleaned_data.get("stand")
        state = PledgeState.WITHDRAWN if wanted == "withdrawn" else PledgeState.PLEDGED
        return super().filter_queryset(queryset.filter(state=state))


class PledgeCreateForm(KernForm):
    """What a partner promises for a year."""

    submit_label = _("Beitrag zusagen")

    partner = forms.ModelChoiceField(label=_("Partner"), queryset=Partner.objects.none(), empty_label=None)
    year = forms.TypedChoiceField(label=_("Jahr"), coerce=int)
    amount = MoneyField(label=_("Betrag"))
    is_named = forms.BooleanField(label=IS_NAMED, required=False, initial=True)

    def __init__(self, *args: Any, partners: QuerySet[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["partner"]
        field.queryset = partners  # type: ignore[attr-defined]
        self.fields["year"].choices = [(year, str(year)) for year in open_years()]  # type: ignore[attr-defined]
        self.initial.setdefault("year", clock.today().year)


class PledgeUpdateForm(KernForm):
    """Another amount, or another wish about being named."""

    submit_label = _("Zusage ändern")

    amount = MoneyField(label=_("Betrag"))
    is_named = forms.BooleanField(label=IS_NAMED, required=False)


class PaymentForm(KernForm):
    """Money that came in."""

    submit_label = _("Zahlung buchen")

    amount = MoneyField(label=_("Betrag"))
    booked_on = forms.DateField(label=_("Eingegangen am"), initial=clock.today)
    reference = forms.CharField(
        label=_("Beleg"), max_length=100, required=False, help_text=_("Zum Beispiel die Nummer des Kontoauszugs.")
    )
    accept_overpayment = forms.BooleanField(
        label=_("Es ist mehr eingegangen als zugesagt"),
        required=False,
        help_text=_("Nur nötig, wenn die Zahlung über der Zusage liegt."),
    )
    key = OnceField()
