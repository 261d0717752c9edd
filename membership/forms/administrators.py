"""Forms about who keeps a partner's entries."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership import clock
from partnership.ui.forms import KernForm


class PartnerAdminForm(KernForm):
    """A person, named by address; who has no account yet gets one and an invitation."""

    submit_label = _("Eintragen")

    email = forms.EmailField(
        label=_("E-Mail-Adresse"), help_text=_("Daran erkennen wir Personen, die schon ein Konto haben.")
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_("Nur nötig, wenn die Person noch kein Konto hat; sie erhält dann eine Einladung per E-Mail."),
    )
    valid_from = forms.DateField(label=_("ab"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class PartnerAdminEndForm(KernForm):
    """The day on which the function ends."""

    form_tag = False

    on = forms.DateField(label=_("Endet mit Beginn des Tages"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
