"""Forms about documents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.enums import Audience
from partnership.services.documents import TYPES
from partnership.ui.forms import KernForm

ACCEPT = ",".join(sorted(TYPES))


class DocumentForm(KernForm):
    """A new document of the partnership."""

    submit_label = _("Hochladen")

    title = forms.CharField(label=_("Titel"), max_length=200, required=False, help_text=_("Leer: der Name der Datei."))
    file = forms.FileField(label=_("Datei"), widget=forms.FileInput(attrs={"accept": ACCEPT}))
    audience = forms.ChoiceField(
        label=_("Leserkreis"),
        choices=[(a.value, a.label) for a in (Audience.PARTNERS, Audience.PUBLIC, Audience.OFFICE)],
    )
    is_download = forms.BooleanField(label=_("Auf der öffentlichen Seite unter Downloads zeigen"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_download") and data.get("audience") != Audience.PUBLIC:
            self.add_error("is_download", _("Nur öffentliche Dokumente erscheinen unter Downloads."))
        return data


class VersionForm(KernForm):
    """A newer version of a document."""

    submit_label = _("Neue Fassung hochladen")

    file = forms.FileField(label=_("Datei"), widget=forms.FileInput(attrs={"accept": ACCEPT}))
