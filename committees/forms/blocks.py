"""Which items of an agenda are decided together."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from committees.models import AgendaItem
from partnership.ui.forms import KernForm
from partnership.ui.widgets import BigCheckboxSelectMultiple


class BlockForm(KernForm):
    """Items with a motion that this committee still treats."""

    items = forms.ModelMultipleChoiceField(
        label=_("Gemeinsam abgestimmt wird über"),
        queryset=AgendaItem.objects.none(),
        widget=BigCheckboxSelectMultiple,
        help_text=_("Jeder Partner kann bis zum Eröffnen verlangen, dass über einen Punkt einzeln abgestimmt wird."),
    )
    submit_label = _("Block speichern")

    def __init__(self, *args: Any, items: QuerySet[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["items"]
        field.queryset = items
