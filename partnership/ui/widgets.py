"""Inputs of the kit: the three-part date, date with time, and big choices."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DateInput(forms.Widget):
    """Day, month and year in three fields, in the German order in every browser.

    A native date input shows mm/dd in an English browser. The value is an ISO date for the form
    field; what cannot be a date is kept as typed. A single value under the plain name (from a
    link or a script) is understood too.
    """

    template_name = "kern/widgets/date.html"
    use_fieldset = True
    supports_microseconds = False
    input_type = "date-parts"
    parts = (("day", _("Tag"), 2), ("month", _("Monat"), 2), ("year", _("Jahr"), 4))

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_day" if id_ else ""

    def format_value(self, value: Any) -> dict[str, str]:
        """The typed or stored value, split into what each field shows."""
        if isinstance(value, (date, datetime)):
            return {"day": str(value.day), "month": str(value.month), "year": str(value.year)}
        text = str(value or "").partition(" ")[0]
        year, month, day = [*text.split("-", 2), "", "", ""][:3]
        if iso := re.fullmatch(r"(\d{4})-0?(\d{1,2})-0?(\d{1,2})", text):
            year, month, day = iso.groups()
        return {"day": day, "month": month, "year": year}

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, dict(attrs or {}))
        shown = self.format_value(value)
        own = context["widget"]["attrs"]
        id_ = own.get("id", "")
        described = own.get("aria-describedby")
        context["widget"]["parts"] = [
            {
                "name": f"{name}_{key}",
                "id": f"{id_}_{key}",
                "label": label,
                "value": shown[key],
                "size": str(size),
                "described": described,
                "invalid": own.get("aria-invalid"),
                "required": own.get("required", False),
                "disabled": own.get("disabled", False),
            }
            for key, label, size in self.parts
        ]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = {key: data.get(f"{name}_{key}") for key, _label, _size in self.parts}
        if all(part is None for part in typed.values()):
            return data.get(name)
        day, month, year = ((typed[key] or "").strip().rstrip(".") for key in ("day", "month", "year"))
        if not (day or month or year):
            return None
        if re.fullmatch(r"\d\d", year):
            year = f"20{year}"
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            return f"{year}-{month}-{day}"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not any(f"{name}_{key}" in data for key, _label, _size in self.parts)


class DateTimeInput(DateInput):
    """A three-part date and a time of day ('14:00', also '14.00', '1400' and '14')."""

    template_name = "kern/widgets/datetime.html"
    input_type = "datetime-parts"

    def format_value(self, value: Any) -> dict[str, str]:
        shown = super().format_value(value)
        if isinstance(value, datetime):
            return {**shown, "time": value.strftime("%H:%M")}
        text = str(value or "")
        return {
            **shown,
            "time": re.split(r"[ T]", text, maxsplit=1)[1][:5] if re.search(r"[ T]", text) else "",
        }

    def get_context(self, name: str, value: Any, attrs: Mapping[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["time"] = {
            **context["widget"]["parts"][0],
            "name": f"{name}_time",
            "id": f"{context['widget']['attrs'].get('id', '')}_time",
            "label": _("Uhrzeit"),
            "value": self.format_value(value)["time"],
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        day = super().value_from_datadict(data, files, name)
        time = data.get(f"{name}_time")
        if time is None:
            return day
        time = _clock_time(time)
        if not day and not time:
            return None
        return f"{day or '--'} {time}"

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return super().value_omitted_from_data(data, files, name) and f"{name}_time" not in data


def _clock_time(typed: str) -> str:
    text = re.sub(r"\s*(uhr|h)\s*$", "", typed.strip(), flags=re.IGNORECASE)
    if match := re.fullmatch(r"(\d{1,2})(?:[:.]?(\d{2}))?", text):
        return f"{int(match[1]):02d}:{match[2] or '00'}"
    return text


class TimeInput(forms.TimeInput):
    """A time of day as text, so that it reads '14:00' in every browser."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "class": "kv-input--time", **(attrs or {})}, format="%H:%M")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return _clock_time(value) if value else value


class BigRadioSelect(forms.RadioSelect):
    """Big radio buttons for a choice that matters, such as a vote.

    `descriptions` says below a choice what it does: ``{"abstain": _("Zählt hier nicht mit.")}``.
    """

    is_big = True

    def __init__(self, attrs: Any = None, choices: Any = (), *, descriptions: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs, choices)
        self.descriptions = dict(descriptions or {})


class BigCheckboxSelectMultiple(forms.CheckboxSelectMultiple):
    """Big check boxes, with a description below each where one is given."""

    is_big = True

    def __init__(self, attrs: Any = None, choices: Any = (), *, descriptions: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs, choices)
        self.descriptions = dict(descriptions or {})
