"""Forms that anybody may fill in."""

import time
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from membership.enums import EnquiryKind
from partnership.ui.forms import KernForm

# Nobody fills in the form faster; older forms are a page left open.
FASTEST_SECONDS = 3
OLDEST_SECONDS = 24 * 3600


class PublicForm(KernForm):
    """Keeps robots out without a third party: a field people do not see, and a signed moment."""

    homepage = forms.CharField(
        label=_("Bitte leer lassen"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = [name for name in self.fields if name != "homepage"]
        self.layout = Layout(*seen, Div("homepage", css_class="kv-trap"))
        self.initial.setdefault("opened", signing.dumps(int(time.time()), salt="public-form"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            opened = signing.loads(data.get("opened", ""), salt="public-form", max_age=OLDEST_SECONDS)
        except signing.BadSignature:
            raise forms.ValidationError(
                _("Das Formular war zu lange offen. Bitte senden Sie es noch einmal ab.")
            ) from None
        if data.get("homepage") or time.time() - opened < FASTEST_SECONDS:
            raise forms.ValidationError(
                _("Das ging sehr schnell. Bitte warten Sie einen Augenblick und senden Sie noch einmal.")
            )
        return data

    def told(self) -> dict[str, Any]:
        """What was filled in, without the traps."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("homepage", "opened")}


class EnquiryForm(PublicForm):
    """Somebody wants to join, or to buy support."""

    submit_label = _("Anfrage senden")

    kind = forms.ChoiceField(label=_("Worum geht es?"), choices=EnquiryKind.choices, widget=forms.RadioSelect)
    organisation = forms.CharField(label=_("Organisation"), max_length=200)
    name = forms.CharField(label=_("Ihr Name"), max_length=150)
    email = forms.EmailField(label=_("E-Mail-Adresse"))
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
    message = forms.CharField(label=_("Ihre Nachricht"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}))
    is_informed = forms.BooleanField(
        label=_("Ich bin einverstanden, dass meine Angaben zur Beantwortung der Anfrage gespeichert werden.")
    )

    def told(self) -> dict[str, Any]:
        return {name: value for name, value in super().told().items() if name != "is_informed"}


class FeedbackForm(PublicForm):
    """Barriers and other things that could be better."""

    submit_label = _("Rückmeldung senden")

    message = forms.CharField(
        label=_("Was ist Ihnen aufgefallen?"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6})
    )
    page = forms.CharField(label=_("Auf welcher Seite?"), max_length=300, required=False)
    email = forms.EmailField(
        label=_("E-Mail-Adresse"), required=False, help_text=_("Nur nötig, wenn Sie eine Antwort wünschen.")
    )
