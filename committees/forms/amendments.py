"""The form of an amendment."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from membership.models import Partner
from partnership.ui.forms import KernForm


class AmendmentForm(KernForm):
    """For which partner, which passage, how it should read, and why."""

    partner = forms.ModelChoiceField(label=_("Antragstellender Partner"), queryset=Partner.objects.none())
    passage = forms.CharField(
        label=_("Zu ersetzende Stelle"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=20_000,
        strip=True,
        help_text=_("Wörtlich aus dem Beschlusstext. Leer lassen, wenn der ganze Text neu gefasst werden soll."),
    )
    text = forms.CharField(
        label=_("Neuer Wortlaut"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        max_length=20_000,
        help_text=_("Leer lassen, wenn die Stelle gestrichen werden soll."),
    )
    reasons = forms.CharField(
        label=_("Begründung"), widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=10_000
    )
    submit_label = _("Änderungsantrag stellen")

    def __init__(self, *args: Any, partners: QuerySet[Partner], is_office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["partner"]
        field.queryset, field.required = partners, not is_office
        if not is_office:
            field.empty_label = None
