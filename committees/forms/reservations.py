"""The form with which a partner tells how its own council decided."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.ui.forms import KernForm
from partnership.ui.widgets import BigRadioSelect


class ReservationForm(KernForm):
    """Whether the council has agreed."""

    decision = forms.ChoiceField(
        label=_("Wie hat das Gremium entschieden?"),
        choices=[("lifted", _("Zugestimmt")), ("refused", _("Nicht zugestimmt"))],
        widget=BigRadioSelect(
            descriptions={
                "lifted": _("Der Vorbehalt entfällt; das Ja gilt ohne Bedingung."),
                "refused": _("Das Ja wird zum Nein. Fehlt dadurch die Mehrheit, wird der Beschluss nicht wirksam."),
            }
        ),
    )
    note = forms.CharField(
        label=_("Bemerkung"),
        max_length=300,
        required=False,
        help_text=_("Zum Beispiel Tag und Nummer des Beschlusses."),
    )
    submit_label = _("Entscheidung mitteilen")
