"""Forms about one's own account and about people."""

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.models import User
from partnership.ui.forms import KernForm, KernModelForm

TIME_ZONES = ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "UTC")


class InvitationForm(KernForm):
    """The first password, twice."""

    submit_label = _("Passwort festlegen und anmelden")

    password1 = forms.CharField(
        label=_("Passwort"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Mindestens 12 Zeichen. Ein Satz ist leichter zu merken als ein Wort mit Sonderzeichen."),
        strip=False,
    )
    password2 = forms.CharField(
        label=_("Passwort wiederholen"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("Die beiden Passwörter sind nicht gleich."))
        return data


class ProfileForm(KernModelForm):
    """What a person may change about themselves."""

    time_zone = forms.ChoiceField(
        label=_("Zeitzone"), choices=[(name, name) for name in TIME_ZONES if name in zoneinfo.available_timezones()]
    )
    language = forms.ChoiceField(
        label=_("Sprache"),
        choices=[("", _("wie im Browser eingestellt")), ("de", "Deutsch"), ("en", "English")],
        required=False,
    )

    class Meta:
        model = User
        fields = ("name", "job_title", "phone", "language", "time_zone")


class PersonForm(KernForm):
    """A person to invite to the portal."""

    submit_label = _("Person einladen")

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-Mail-Adresse"), help_text=_("Die Einladung geht an diese Adresse."))
