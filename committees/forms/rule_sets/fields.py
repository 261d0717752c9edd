"""Fields of the editor: shares as people write them, and the words of every choice."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from committees.rules.rule_set import (
    Abstention,
    AlsoKind,
    Approval,
    Base,
    Binds,
    Compare,
    LateKind,
    MajorityKind,
    Missing,
    ProxyKind,
    QuorumOf,
    RuleError,
    Share,
    StageAfter,
    Tie,
    Unit,
    WeightKind,
)

# The shares the form suggests; any other can be written.
SUGGESTED = (
    Share(Compare.MORE_THAN, Fraction(1, 2)),
    Share(Compare.AT_LEAST, Fraction(1, 2)),
    Share(Compare.AT_LEAST, Fraction(2, 3)),
    Share(Compare.AT_LEAST, Fraction(3, 4)),
    Share(Compare.AT_LEAST, Fraction(3, 5)),
    Share(Compare.AT_LEAST, Fraction(4, 5)),
    Share(Compare.AT_LEAST, Fraction(1, 3)),
    Share(Compare.AT_LEAST, Fraction(1, 4)),
    Share(Compare.AT_LEAST, Fraction(1)),
)
# The list of suggestions on the page.
SUGGESTIONS_ID = "anteile"
_WRITTEN = re.compile(
    r"(?P<compare>\D*?)\s*(?P<above>\d{1,6})\s*(/\s*(?P<below>\d{1,6})|(?P<percent>%|Prozent|percent))"
)
_COMPARES = {
    "mehr als": Compare.MORE_THAN,
    "more than": Compare.MORE_THAN,
    "über": Compare.MORE_THAN,
    "mindestens": Compare.AT_LEAST,
    "at least": Compare.AT_LEAST,
    "": Compare.AT_LEAST,
}
_EVERYBODY = ("alle", "all", "everybody")


def write_share(share: Share | None) -> str:
    """A share as people write it: „mehr als 1/2“, „mindestens 2/3“, „alle“."""
    if share is None:
        return ""
    if share.fraction == 1:
        return gettext("alle")
    compare = gettext("mehr als") if share.compare is Compare.MORE_THAN else gettext("mindestens")
    return f"{compare} {share.fraction.numerator}/{share.fraction.denominator}"


def read_share(text: str) -> Share | None:
    """The share somebody wrote. Raises ValueError where it is none, RuleError where it cannot be reached."""
    text = " ".join(text.split()).casefold()
    if not text:
        return None
    if text in _EVERYBODY:
        return Share(Compare.AT_LEAST, Fraction(1))
    found = _WRITTEN.fullmatch(text)
    compare = found and _COMPARES.get(found["compare"].strip())
    if not found or compare is None or (found["below"] and not int(found["below"])):
        raise ValueError(text)
    return Share(compare, Fraction(int(found["above"]), 100 if found["percent"] else int(found["below"])))


def suggestions() -> list[str]:
    """What the list below a field of shares offers."""
    return [write_share(share) for share in SUGGESTED]


class ShareField(forms.CharField):
    """A share, typed or chosen from the suggestions."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Zum Beispiel: mehr als 1/2, mindestens 2/3, alle. Leer: nicht verlangt."))
        widget = forms.TextInput({"list": SUGGESTIONS_ID, "autocomplete": "off"})
        super().__init__(required=False, max_length=40, widget=widget, **kwargs)

    def clean(self, value: Any) -> Share | None:
        try:
            return read_share(super().clean(value))
        except RuleError as error:
            raise forms.ValidationError(error.sentence.text(get_language())) from error
        except ValueError as error:
            raise forms.ValidationError(
                _("Bitte schreiben Sie den Anteil als Bruch, zum Beispiel: mehr als 1/2 oder mindestens 2/3.")
            ) from error


class DecimalFractionField(forms.DecimalField):
    """A number with at most five places, as an exact fraction."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=9, decimal_places=5, localize=True, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        return None if number is None else Fraction(number)


class NumberField(forms.IntegerField):
    """A whole number that may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 9999, "required": False} | kwargs)


class SwitchField(forms.BooleanField):
    """Yes or no."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


def pick(words: dict[Any, Any], blank: Any = None) -> list[tuple[str, Any]]:
    """The choices of a field: the values of a setting in words."""
    chosen = [(value.value, label) for value, label in words.items()]
    return chosen if blank is None else [("", blank), *chosen]


WEIGHTS = {
    WeightKind.EQUAL: _("eine Stimme je Partner"),
    WeightKind.LISTED: _("so viele, wie ein Schlüssel nennt"),
    WeightKind.STEPS: _("nach Stufen eines Werts im Schlüssel"),
}
QUORUM_OF = {
    QuorumOf.PRESENT: _("wer anwesend ist"),
    QuorumOf.PARTICIPATION: _("wer abstimmt, schriftlich oder vor Ort"),
}
MAJORITIES = {
    MajorityKind.SIMPLE: _("mehr Ja als Nein"),
    MajorityKind.SHARE: _("ein Anteil (unten)"),
    MajorityKind.ALL: _("alle"),
    MajorityKind.NO_OBJECTION: _("angenommen, wenn nicht zu viele widersprechen"),
}
BASES = {
    Base.YES_NO: _("Ja- und Nein-Stimmen"),
    Base.CAST: _("abgegebene Stimmen mit Enthaltungen"),
    Base.PRESENT: _("Stimmen der Anwesenden"),
    Base.ROLL: _("alle Stimmen"),
}
ABSTENTIONS = {
    Abstention.NOT_COUNTED: _("zählt bei der Mehrheit nicht mit"),
    Abstention.IN_BASE: _("zählt in der Bezugsgröße"),
    Abstention.FORBIDDEN: _("ist nicht zulässig"),
}
TIES = {
    Tie.REJECTED: _("ist die Vorlage abgelehnt"),
    Tie.CHAIR: _("entscheidet die Stimme des Vorsitzes"),
    Tie.NEW_BALLOT: _("wird neu abgestimmt"),
}
ALSO = {
    AlsoKind.SHARE: _("auch ein Anteil einer anderen Bezugsgröße"),
    AlsoKind.KEY: _("auch ein Anteil nach einem Schlüssel"),
    AlsoKind.GROUP: _("auch eine Gruppe von Partnern"),
    AlsoKind.CONSENT: _("ein genannter Partner muss zustimmen"),
    AlsoKind.NO_VETO: _("ein genannter Partner darf nicht dagegen stimmen"),
}
STAGES = {StageAfter.TIE: _("nach Stimmengleichheit"), StageAfter.NOT_ADOPTED: _("wenn nicht angenommen")}
MISSING = {
    Missing.NOT_CAST: _("gilt als nicht abgegeben"),
    Missing.ABSTENTION: _("zählt als Enthaltung"),
    Missing.CONSENT: _("zählt als Zustimmung (Vorsicht: Wer nicht antwortet, stimmt zu)"),
}
BINDS = {Binds.ALL: _("alle Partner"), Binds.AGREEING: _("nur die zustimmenden Partner")}
UNITS = {Unit.DAYS: _("Tage"), Unit.WEEKS: _("Wochen"), Unit.WORKING_DAYS: _("Werktage")}
LATE = {
    LateKind.NOT_ALLOWED: _("nicht möglich"),
    LateKind.UNTIL_DAYS_BEFORE: _("bis Tage vor der Sitzung"),
    LateKind.ALL_PRESENT_AGREE: _("wenn alle Anwesenden zustimmen"),
    LateKind.NOBODY_OBJECTS: _("wenn niemand widerspricht"),
}
PROXIES = {ProxyKind.NONE: _("nicht zulässig"), ProxyKind.PARTNERS: _("auf einen anderen Partner")}
APPROVALS = {Approval.SILENCE: _("wenn niemand Einspruch erhebt"), Approval.RESOLUTION: _("durch Beschluss")}


def said(field: forms.Field, value: Any) -> str:
    """What a field shows, in words: for lists of settings and what differs between them."""
    if isinstance(field, forms.MultipleChoiceField):
        names = dict(_flat(field.choices))
        return ", ".join(str(names.get(str(one), one)) for one in value or ())
    if isinstance(field, forms.ChoiceField):
        return str(dict(_flat(field.choices)).get(str(value or ""), value or ""))
    if isinstance(field, forms.BooleanField):
        return gettext("ja") if value else gettext("nein")
    return "" if value is None else str(value)


def _flat(choices: Any) -> Iterable[tuple[str, Any]]:
    return ((str(key), label) for key, label in choices)
