"""Forms that draw themselves with the kit: `{% crispy form %}`."""

from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from partnership.ui import widgets

# Django's own widget -> the kit's, where a field did not choose one itself.
_BETTER: dict[type[forms.Widget], type[forms.Widget]] = {
    forms.DateInput: widgets.DateInput,
    forms.DateTimeInput: widgets.DateTimeInput,
    forms.TimeInput: widgets.TimeInput,
}
DJANGOS_EMPTY_LABEL = "---------"


class KernFormMixin:
    """A form with a helper: own form tag, submit button, cancel link, errors said by the server.

    Set on the class or on the form: `submit_label`, `submit_tone` ("primary" or "danger"),
    `cancel_url`, `form_method`, `form_action`, `form_tag`, `layout`.
    """

    submit_label: Any = _("Speichern")
    submit_tone = "primary"
    cancel_url = ""
    form_method = "post"
    form_action = ""
    form_tag = True
    form_class = "kv-form"
    layout: Layout | None = None

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            better = _BETTER.get(type(field.widget))
            if better is not None:
                kept = {key: value for key, value in field.widget.attrs.items() if key != "type"}
                field.widget = better(kept)
                field.widget.is_required = field.required
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == DJANGOS_EMPTY_LABEL:
                field.empty_label = _("Bitte wählen") if field.required else "–"

    @cached_property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_method = self.form_method
        helper.form_action = str(self.form_action)
        helper.form_tag = self.form_tag
        helper.form_class = self.form_class
        helper.layout = self.layout or Layout(*self.fields)
        helper.disable_csrf = self.form_method == "get"
        helper.attrs = {"novalidate": True}
        helper.submit_label = self.submit_label
        helper.submit_tone = self.submit_tone
        helper.cancel_url = str(self.cancel_url)
        helper.include_media = False
        return helper


class KernForm(KernFormMixin, forms.Form):
    """A plain form of the kit."""


class KernModelForm(KernFormMixin, forms.ModelForm):
    """A model form of the kit."""
