"""Forms about the agenda."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committees.forms.meetings import LineField
from committees.models import AgendaItem
from partnership.services.documents import TYPES
from partnership.ui.forms import KernForm, KernModelForm

CONSENTS = {
    "all_present_agree": _("Alle Anwesenden stimmen der Aufnahme zu."),
    "nobody_objects": _("Niemand widerspricht der Aufnahme."),
}


class AgendaItemForm(KernModelForm):
    """One item of the agenda."""

    submit_label = _("Punkt speichern")

    class Meta:
        model = AgendaItem
        fields = ("title", "text", "presenter", "minutes_planned", "is_confidential")
        field_classes = {"title": LineField, "presenter": LineField}
        widgets = {"text": forms.Textarea({"rows": 4})}


class NewAgendaItemForm(AgendaItemForm):
    """A new item; where the rules ask for consent to a late one, it has to be confirmed."""

    submit_label = _("Punkt hinzufügen")

    has_consent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, consent: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if consent:
            self.fields["has_consent"].label = CONSENTS[consent]
            self.fields["has_consent"].help_text = _(
                "Die Ladungsfrist ist verstrichen; die Verfahrensregeln verlangen diese Zustimmung."
            )
        else:
            del self.fields["has_consent"]


class PaperForm(KernForm):
    """A paper for an item."""

    submit_label = _("Unterlage hochladen")

    title = LineField(label=_("Titel"), max_length=200, required=False, help_text=_("Leer: der Name der Datei."))
    file = forms.FileField(label=_("Datei"), widget=forms.FileInput(attrs={"accept": ",".join(sorted(TYPES))}))


class ResultForm(KernForm):
    """What came out of an item."""

    result = forms.CharField(label=_("Ergebnis"), required=False, max_length=5000, widget=forms.Textarea({"rows": 3}))


__all__ = ["AgendaItemForm", "NewAgendaItemForm", "PaperForm", "ResultForm"]
