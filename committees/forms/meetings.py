"""Forms about meetings."""

import re
from typing import Any

from crispy_forms.layout import Fieldset, Layout, Row
from django import forms
from django.core.validators import URLValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committees.models import Meeting
from committees.rules.deadlines import BERLIN, LocalTimeError, local_moment
from partnership.ui.forms import KernForm

_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class LineField(forms.CharField):
    """A text of one line: line ends and control characters that somebody smuggles in become spaces."""

    def to_python(self, value: Any) -> str:
        return " ".join(_BREAKS.sub(" ", str(super().to_python(value) or "")).split())


class WebField(forms.URLField):
    """An address of the web: http or https, nothing else."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)


class MeetingForm(KernForm):
    """Title, time and place. Times are typed as the clock on the wall shows them in Berlin."""

    submit_label = _("Speichern")

    title = LineField(label=_("Bezeichnung"), max_length=200)
    on = forms.DateField(label=_("Tag"), widget=forms.DateInput())
    begins = forms.TimeField(label=_("Beginn"), widget=forms.TimeInput())
    ends = forms.TimeField(label=_("Ende"), widget=forms.TimeInput())
    last_on = forms.DateField(
        label=_("Letzter Tag"),
        required=False,
        widget=forms.DateInput(),
        help_text=_("Nur bei Sitzungen, die an einem anderen Tag enden."),
    )
    place = LineField(label=_("Ort"), max_length=300, required=False)
    video_url = WebField(label=_("Link zur Videokonferenz"), max_length=500, required=False)
    invitation_text = forms.CharField(
        label=_("Einladungstext"), required=False, max_length=5000, widget=forms.Textarea({"rows": 5})
    )
    is_second_invitation = forms.BooleanField(
        label=_("Zweite Einladung wegen Beschlussunfähigkeit"),
        required=False,
        help_text=_("Die Verfahrensregeln sagen, ob es dann auf die Zahl der Anwesenden noch ankommt."),
    )

    layout = Layout(
        "title",
        Fieldset(_("Wann"), "on", Row("begins", "ends"), "last_on"),
        Fieldset(_("Wo"), "place", "video_url"),
        Fieldset(_("Einladung"), "invitation_text", "is_second_invitation"),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["starts_at"] = self._moment(data.get("on"), "begins")
        data["ends_at"] = self._moment(data.get("last_on") or data.get("on"), "ends")
        if data["starts_at"] and data["ends_at"] and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends", _("Das Ende liegt vor dem Beginn."))
        return data

    def _moment(self, day: Any, name: str) -> Any:
        at = self.cleaned_data.get(name)
        if day is None or at is None:
            return None
        try:
            return local_moment(day, at)
        except LocalTimeError as refusal:
            self.add_error(name, refusal.sentence.text(get_language()))
            return None

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        left_out = ("on", "begins", "ends", "last_on")
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, Any]:
        """The form as it stands for a meeting."""
        start, end = meeting.starts_at.astimezone(BERLIN), meeting.ends_at.astimezone(BERLIN)
        return {
            "title": meeting.title,
            "on": start.date(),
            "begins": start.time(),
            "ends": end.time(),
            "last_on": end.date() if end.date() != start.date() else None,
            "place": meeting.place,
            "video_url": meeting.video_url,
            "invitation_text": meeting.invitation_text,
            "is_second_invitation": meeting.is_second_invitation,
        }


class NewMeetingForm(MeetingForm):
    """A new meeting; on wish with what the last one left."""

    submit_label = _("Sitzung anlegen")

    carries_open = forms.BooleanField(
        label=_("Offene Punkte der letzten Sitzung übernehmen"),
        required=False,
        initial=True,
        help_text=_(
            "Vertagte Punkte mit ihren Vorlagen und Unterlagen; sie bleiben mit der letzten Sitzung verknüpft."
        ),
    )
    copies_agenda = forms.BooleanField(
        label=_("Wiederkehrende Punkte der letzten Sitzung übernehmen"),
        required=False,
        initial=True,
        help_text=_("Zum Beispiel Begrüßung und Berichte; Punkte mit behandelten Vorlagen kommen nicht mit."),
    )

    layout = Layout(*MeetingForm.layout.fields, Fieldset(_("Tagesordnung"), "carries_open", "copies_agenda"))


class CancelForm(KernForm):
    """Why a meeting is not held."""

    reason = LineField(
        label=_("Grund der Absage"), max_length=300, help_text=_("Steht in der Nachricht an alle Eingeladenen.")
    )


class WaiverForm(KernForm):
    """The waiver of the notice period, where the rules allow one."""

    form_tag = False

    waiver = LineField(
        label=_("Verzicht auf die Ladungsfrist"),
        max_length=300,
        required=False,
        help_text=_("Wer hat wann und warum verzichtet? Der Text steht im Protokoll der Einladung."),
    )


__all__ = ["CancelForm", "LineField", "MeetingForm", "NewMeetingForm", "WaiverForm", "WebField"]
