"""Forms about contacts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from membership.enums import ContactRole
from partnership.ui.forms import KernForm


class ContactForm(KernForm):
    """A person to turn to."""

    role = forms.ChoiceField(label=_("Aufgabe"), choices=ContactRole.choices, initial=ContactRole.GENERAL)
    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-Mail-Adresse"), required=False)
    phone = forms.CharField(label=_("Telefon"), max_length=40, required=False)
