"""Forms about functions that people hold."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership import clock
from partnership.enums import Role
from partnership.ui.forms import KernForm


class AppointmentForm(KernForm):
    """Appoint a person, by address; who has no account yet is invited."""

    submit_label = _("Bestellen")

    role = forms.ChoiceField(label=_("Funktion"))
    name = forms.CharField(
        label=_("Name"), max_length=150, required=False, help_text=_("Nur nötig, wenn die Person noch kein Konto hat.")
    )
    email = forms.EmailField(label=_("E-Mail-Adresse"))
    valid_from = forms.DateField(label=_("Ab"))
    valid_until = forms.DateField(
        label=_("Bis"),
        required=False,
        help_text=_("Der erste Tag, an dem die Funktion nicht mehr gilt. Leer: ohne Ende."),
    )

    def __init__(self, *args: Any, roles: tuple[Role, ...], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("valid_from", clock.today())
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label=_("Funktion"), choices=[(role.value, role.label) for role in roles]
        )


class EndForm(KernForm):
    """The day on which something ends."""

    form_tag = False

    on = forms.DateField(label=_("Endet mit Beginn des Tages"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("on", clock.today())
        super().__init__(*args, **kwargs)
