"""Forms about keys."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from committees.services.key_tables import read_value
from membership.models import Partner
from membership.services.imports import MAXIMUM_BYTES
from partnership import clock
from partnership.ui.forms import KernForm


class KeyForm(KernForm):
    """What a key is called, what its values mean, and from when it holds."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Mit Jahr, zum Beispiel: Königsteiner Schlüssel 2026.")
    )
    code = forms.RegexField(
        label=_("Kürzel"),
        regex=r"^[a-z0-9-]+\Z",
        max_length=40,
        help_text=_("Unter dem Kürzel nennen ihn die Verfahrensregeln, zum Beispiel: koenigstein."),
        error_messages={"invalid": _("Erlaubt sind Kleinbuchstaben, Ziffern und Bindestriche.")},
    )
    unit = forms.CharField(
        label=_("Einheit"), max_length=40, help_text=_("Was die Werte bedeuten: Prozent, Stimmen, Tonnen …")
    )
    source = forms.CharField(
        label=_("Quelle"),
        max_length=300,
        required=False,
        help_text=_("Wo die Werte veröffentlicht oder vereinbart sind."),
    )
    valid_from = forms.DateField(label=_("gilt ab"), initial=clock.today)


class KeyEditForm(KernForm):
    """What may still be corrected before a ballot was weighed by the key."""

    name = KeyForm.base_fields["name"]
    unit = KeyForm.base_fields["unit"]
    source = KeyForm.base_fields["source"]


class KeyVersionForm(KernForm):
    """The next version of a key."""

    submit_label = _("Fassung anlegen")

    name = KeyForm.base_fields["name"]
    source = KeyForm.base_fields["source"]
    valid_from = forms.DateField(label=_("gilt ab"), initial=clock.today)


class ValueField(forms.CharField):
    """A value of a key; empty means that the partner has none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=30,
            widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "class": "kv-num"}),
            **kwargs,
        )

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_value(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class KeyValuesForm(KernForm):
    """The value of each partner, line by line."""

    form_tag = False

    def __init__(
        self, *args: Any, partners: Sequence[Partner], values: Mapping[UUID, Decimal] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.partners = partners
        for partner in partners:
            value = (values or {}).get(partner.pk)
            self.fields[self.name_of(partner)] = ValueField(
                label=partner.name, initial="" if value is None else written(value)
            )

    @staticmethod
    def name_of(partner: Partner) -> str:
        """The name of a partner's line."""
        return f"p-{partner.pk.hex}"

    def lines(self) -> list[tuple[Partner, Any]]:
        """Each partner with its field."""
        return [(partner, self[self.name_of(partner)]) for partner in self.partners]

    def values(self) -> dict[Partner, Decimal]:
        """The values that were typed."""
        found = {partner: self.cleaned_data[self.name_of(partner)] for partner in self.partners}
        return {partner: value for partner, value in found.items() if value is not None}


class KeyTableForm(KernForm):
    """A table of values: copied from a table programme, or a file."""

    form_tag = False

    pasted = forms.CharField(
        label=_("Aus einer Tabelle einfügen"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Zwei Spalten: Partner und Wert. Markieren, kopieren, hier einfügen."),
    )
    file = forms.FileField(
        label=_("Oder eine Datei"),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        help_text=_("XLSX oder CSV, höchstens 2 MB. Sie sehen zuerst eine Vorschau."),
        error_messages={"empty": _("Die Datei ist leer.")},
    )
    layout = Layout("pasted", "file")

    def clean_file(self) -> Any:
        """Refuse by size before anything is read into memory."""
        file = self.cleaned_data["file"]
        if file and file.size > MAXIMUM_BYTES:
            raise forms.ValidationError(_("Die Datei ist größer als 2 MB."))
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not data.get("pasted", "").strip():
            self.add_error("pasted", _("Bitte fügen Sie eine Tabelle ein oder wählen Sie eine Datei."))
        return data

    def table(self) -> tuple[str, bytes]:
        """Name and content of what was handed in; a file comes first."""
        file = self.cleaned_data.get("file")
        return (file.name, file.read()) if file else ("eingefügt.csv", self.cleaned_data["pasted"].encode())


def written(value: Decimal) -> str:
    """A value as people write it here: 21,14424 or 3."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
