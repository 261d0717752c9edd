"""Forms about enquiries."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from membership.enums import EnquiryKind, EnquiryState
from membership.models import Enquiry
from membership.queries import contains
from partnership.ui.forms import KernForm


class EnquiryFilter(django_filters.FilterSet):
    """Search, kind and state."""

    q = django_filters.CharFilter(method="search", label=_("Suche"))
    anliegen = django_filters.ChoiceFilter(
        field_name="kind", choices=EnquiryKind.choices, label=_("Anliegen"), empty_label=_("alle")
    )
    stand = django_filters.ChoiceFilter(
        field_name="state", choices=EnquiryState.choices, label=_("Stand"), empty_label=_("alle")
    )

    class Meta:
        model = Enquiry
        fields: list[str] = []

    def search(self, queryset: QuerySet[Enquiry], name: str, value: str) -> QuerySet[Enquiry]:
        return queryset.filter(
            contains("organisation", value)
            | contains("name", value)
            | contains("email", value)
            | contains("message", value)
        )


class AnswerForm(KernForm):
    """The text that answers an enquiry."""

    submit_label = _("Antwort senden")

    text = forms.CharField(
        label=_("Ihre Antwort"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Anrede, Gruß und Name setzt das Portal dazu. Die Anfrage wird darunter wiederholt."),
    )
