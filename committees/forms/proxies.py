"""The form of a proxy."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from membership.models import Partner
from partnership.ui.forms import KernForm


class ProxyForm(KernForm):
    """Which partner's vote goes to which other partner."""

    giver = forms.ModelChoiceField(label=_("Stimme von"), queryset=Partner.objects.none(), empty_label=None)
    holder = forms.ModelChoiceField(
        label=_("übertragen an"),
        queryset=Partner.objects.none(),
        help_text=_("Der andere Partner muss die Übertragung annehmen."),
    )
    note = forms.CharField(
        label=_("Weisung oder Bemerkung"),
        max_length=300,
        required=False,
        help_text=_("Lesen beide Partner und die Sitzungsleitung."),
    )
    submit_label = _("Stimme übertragen")

    def __init__(self, *args: Any, givers: QuerySet[Partner], holders: QuerySet[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["giver"].queryset = givers
        fields["holder"].queryset = holders
