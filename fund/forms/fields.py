"""Fields of the fund's forms."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fund.rules import ledger


class MoneyField(forms.Field):
    """An amount as people write it in German ("1.000,50"); what cannot be read is refused, never guessed."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("In Euro, zum Beispiel 1.000,50"))
        kwargs.setdefault("error_messages", {"required": _("Bitte geben Sie einen Betrag ein.")})
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "maxlength": "60"}

    def to_python(self, value: Any) -> Decimal | None:
        """The exact amount. Raises ValidationError with the rules' sentence."""
        if value in self.empty_values or not str(value).strip():
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return ledger.parse_amount(str(value))
        except ledger.LedgerError as error:
            raise ValidationError(error.sentence.text(get_language()), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return ledger.euros(value).removesuffix("\N{NO-BREAK SPACE}€")
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True


class OnceField(forms.UUIDField):
    """A hidden token that makes a form book once, however often it is sent."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", uuid4)
        kwargs.setdefault(
            "error_messages",
            {
                "required": _("Das Formular ist unvollständig. Öffnen Sie die Seite bitte neu."),
                "invalid": _("Das Formular ist unvollständig. Öffnen Sie die Seite bitte neu."),
            },
        )
        super().__init__(**kwargs)
