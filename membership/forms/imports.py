"""Forms about imports."""

from django import forms
from django.utils.translation import gettext_lazy as _

from membership.services.imports import MAXIMUM_BYTES
from partnership.ui.forms import KernForm


class UploadForm(KernForm):
    """A table from one's own machine."""

    submit_label = _("Hochladen und prüfen")

    file = forms.FileField(
        label=_("Tabelle"),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        help_text=_("XLSX oder CSV, höchstens 2 MB und 2.000 Zeilen. Noch wird nichts übernommen."),
        error_messages={"empty": _("Die Datei ist leer.")},
    )

    def clean_file(self) -> object:
        """Refuse by size before anything is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > MAXIMUM_BYTES:
            raise forms.ValidationError(_("Die Datei ist größer als 2 MB."))
        return file


class ApplyForm(KernForm):
    """The confirmation, bound to the preview the person saw."""

    form_tag = False

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    is_inviting = forms.BooleanField(
        label=_("Neue Personen gleich per E-Mail einladen"),
        required=False,
        initial=True,
        help_text=_("Ohne Haken legen wir nur Konten an; einladen können Sie später unter „Personen“."),
    )
