"""The editor of the rules of procedure: form fields to pure rules and back."""

from fractions import Fraction
from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from committees.rules.describe import share_words
from committees.rules.rule_set import (
    LAENDER,
    Abstention,
    Base,
    Circular,
    Compare,
    LateItems,
    LateKind,
    Majority,
    MajorityKind,
    Missing,
    Notice,
    Quorum,
    RuleError,
    Rules,
    Share,
    Tie,
    Turnout,
    Unit,
)
from partnership import clock
from partnership.ui.forms import KernForm

# The shares the form offers; a version that holds another one keeps it on offer.
SHARES = (
    Share(Compare.MORE_THAN, Fraction(1, 2)),
    Share(Compare.AT_LEAST, Fraction(1, 2)),
    Share(Compare.AT_LEAST, Fraction(2, 3)),
    Share(Compare.AT_LEAST, Fraction(3, 4)),
    Share(Compare.AT_LEAST, Fraction(3, 5)),
    Share(Compare.AT_LEAST, Fraction(4, 5)),
    Share(Compare.AT_LEAST, Fraction(1, 3)),
    Share(Compare.AT_LEAST, Fraction(1, 4)),
)
EVERYBODY = Share(Compare.AT_LEAST, Fraction(1))


def write_share(share: Share | None) -> str:
    """A share as the value of a choice, such as `at_least 2/3`."""
    return "" if share is None else f"{share.compare.value} {share.fraction.numerator}/{share.fraction.denominator}"


def read_share(text: str) -> Share | None:
    """The share of a choice's value."""
    if not text:
        return None
    compare, fraction = text.split(" ")
    return Share(Compare(compare), Fraction(fraction))


def share_choices(*extra: Share | None) -> list[tuple[str, str]]:
    """The shares on offer, in words."""
    found = dict.fromkeys([*SHARES, *(share for share in extra if share is not None)])
    return [(write_share(share), share_words(share).text(get_language())) for share in found]


class RuleSetForm(KernForm):
    """Every setting of the rules of procedure, the day they begin and what they rest on."""

    form_tag = False

    quorum_share = forms.ChoiceField(label=_("Anteil der stimmberechtigten Partner"), required=False)
    quorum_number = forms.IntegerField(label=_("Mindestzahl der Partner"), min_value=1, max_value=9999, required=False)
    quorum_lifted = forms.BooleanField(
        label=_("entfällt nach zweiter Einladung"),
        required=False,
        help_text=_("Wenn die zweite Einladung zum selben Gegenstand darauf hinweist."),
    )
    majority = forms.ChoiceField(label=_("Mehrheit"))
    base = forms.ChoiceField(
        label=_("Bezugsgröße"),
        choices=[
            (Base.YES_NO.value, _("Ja- und Nein-Stimmen")),
            (Base.CAST.value, _("abgegebene Stimmen mit Enthaltungen")),
            (Base.PRESENT.value, _("anwesende Partner")),
            (Base.ROLL.value, _("alle stimmberechtigten Partner")),
        ],
    )
    abstention = forms.ChoiceField(
        label=_("Enthaltung"),
        choices=[
            (Abstention.NOT_COUNTED.value, _("zählt bei der Mehrheit nicht mit")),
            (Abstention.IN_BASE.value, _("zählt in der Bezugsgröße")),
            (Abstention.FORBIDDEN.value, _("ist nicht zulässig")),
        ],
    )
    tie = forms.ChoiceField(
        label=_("Bei Stimmengleichheit"),
        choices=[
            (Tie.REJECTED.value, _("ist die Vorlage abgelehnt")),
            (Tie.CHAIR.value, _("entscheidet die Stimme des Vorsitzes")),
            (Tie.NEW_BALLOT.value, _("wird neu abgestimmt")),
        ],
    )
    chair_has_vote = forms.BooleanField(label=_("Der Vorsitz hat eine Stimme"), required=False)
    is_change_allowed = forms.BooleanField(
        label=_("Ein Partner darf seine Stimme ändern, solange die Abstimmung läuft"), required=False
    )
    is_tally_visible = forms.BooleanField(
        label=_("Der Zwischenstand ist während der Abstimmung sichtbar"),
        required=False,
        help_text=_("Die Beteiligung ist immer sichtbar."),
    )
    notice_amount = forms.IntegerField(
        label=_("Ladungsfrist"), min_value=0, max_value=366, help_text=_("0: keine Ladungsfrist.")
    )
    notice_unit = forms.ChoiceField(
        label=_("Einheit"),
        choices=[
            (Unit.DAYS.value, _("Tage")),
            (Unit.WEEKS.value, _("Wochen")),
            (Unit.WORKING_DAYS.value, _("Werktage")),
        ],
    )
    notice_dispatch_counted = forms.BooleanField(label=_("Der Tag des Versands zählt mit"), required=False)
    notice_meeting_counted = forms.BooleanField(label=_("Der Tag der Sitzung zählt mit"), required=False)
    notice_end_moved = forms.BooleanField(
        label=_("Endet die Frist am Wochenende oder Feiertag, endet sie am nächsten Werktag"), required=False
    )
    notice_land = forms.ChoiceField(
        label=_("Feiertage des Landes"), choices=[("", "–"), *sorted(LAENDER.items(), key=lambda pair: pair[1])],
        required=False,
    )  # fmt: skip
    notice_waivable = forms.BooleanField(label=_("Auf die Frist kann verzichtet werden"), required=False)
    late_kind = forms.ChoiceField(
        label=_("Tagesordnungspunkte nach der Einladung"),
        choices=[
            (LateKind.NOT_ALLOWED.value, _("nicht möglich")),
            (LateKind.UNTIL_DAYS_BEFORE.value, _("bis Tage vor der Sitzung")),
            (LateKind.ALL_PRESENT_AGREE.value, _("wenn alle Anwesenden zustimmen")),
            (LateKind.NOBODY_OBJECTS.value, _("wenn niemand widerspricht")),
        ],
    )
    late_days = forms.IntegerField(
        label=_("Tage vor der Sitzung"),
        min_value=1,
        max_value=366,
        required=False,
        help_text=_("Nur bei „bis Tage vor der Sitzung“."),
    )
    circular_allowed = forms.BooleanField(label=_("Umlaufbeschlüsse sind zulässig"), required=False)
    circular_days = forms.IntegerField(label=_("Mindestdauer in Tagen"), min_value=0, max_value=366)
    circular_objections = forms.IntegerField(
        label=_("Widersprüche, die den Umlauf anhalten"),
        min_value=1,
        max_value=9999,
        required=False,
        help_text=_("Leer: Niemand kann den Umlauf anhalten."),
    )
    circular_unanimous = forms.BooleanField(
        label=_("Im Umlauf müssen alle stimmberechtigten Partner zustimmen"), required=False
    )
    circular_share = forms.ChoiceField(label=_("Mindestbeteiligung: Anteil"), required=False)
    circular_number = forms.IntegerField(
        label=_("Mindestbeteiligung: Zahl"), min_value=1, max_value=9999, required=False
    )
    missing = forms.ChoiceField(
        label=_("Fehlende Stimme im Umlauf"),
        choices=[
            (Missing.NOT_CAST.value, _("gilt als nicht abgegeben")),
            (Missing.ABSTENTION.value, _("zählt als Enthaltung")),
            (Missing.CONSENT.value, _("zählt als Zustimmung (Vorsicht: Wer nicht antwortet, stimmt zu)")),
        ],
    )
    reminder_days = forms.CharField(
        label=_("Erinnerungen, Tage vor der Frist"),
        max_length=60,
        required=False,
        help_text=_("Zum Beispiel: 3, 1. Leer: keine Erinnerung."),
    )
    valid_from = forms.DateField(label=_("gilt ab"))
    reason = forms.CharField(
        label=_("Grundlage"),
        max_length=300,
        required=False,
        help_text=_("Zum Beispiel: Geschäftsordnung vom 7. Juni 2018 oder Beschluss SK-2026-003."),
    )

    layout = Layout(
        Fieldset(_("Beschlussfähigkeit"), "quorum_share", "quorum_number", "quorum_lifted"),
        Fieldset(_("Mehrheit"), "majority", "base", "abstention", "tie", "chair_has_vote"),
        Fieldset(_("Stimmabgabe"), "is_change_allowed", "is_tally_visible"),
        Fieldset(
            _("Umlaufbeschluss"),
            "circular_allowed",
            "circular_days",
            "circular_objections",
            "circular_unanimous",
            "circular_share",
            "circular_number",
            "missing",
            "reminder_days",
        ),
        Fieldset(
            _("Einladung"),
            "notice_amount",
            "notice_unit",
            "notice_dispatch_counted",
            "notice_meeting_counted",
            "notice_end_moved",
            "notice_land",
            "notice_waivable",
            "late_kind",
            "late_days",
        ),
        Fieldset(_("Geltung"), "valid_from", "reason"),
    )

    def __init__(self, *args: Any, start: Rules, **kwargs: Any) -> None:
        kwargs["initial"] = self.initial_for(start) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        blank = [("", gettext("nicht verlangt"))]
        everybody = [(write_share(EVERYBODY), gettext("alle"))]
        quorum, circular = start.quorum.turnout.share, start.circular.participation.share
        self._choose("quorum_share", blank + share_choices(quorum) + everybody)
        self._choose("circular_share", blank + share_choices(circular) + everybody)
        self._choose(
            "majority",
            [
                (MajorityKind.SIMPLE.value, gettext("mehr Ja als Nein")),
                *share_choices(start.majority.share),
                (MajorityKind.ALL.value, gettext("alle")),
            ],
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(dict(choices).items())

    @staticmethod
    def initial_for(rules: Rules) -> dict[str, Any]:
        """The rules as the form shows them."""
        kind = rules.majority.kind
        return {
            "quorum_share": write_share(rules.quorum.turnout.share),
            "quorum_number": rules.quorum.turnout.number,
            "quorum_lifted": rules.quorum.is_lifted_by_second_invitation,
            "majority": write_share(rules.majority.share) if kind is MajorityKind.SHARE else kind.value,
            "base": rules.base.value,
            "abstention": rules.abstention.value,
            "tie": rules.tie.value,
            "missing": rules.missing.value,
            "chair_has_vote": rules.chair_has_vote,
            "is_change_allowed": rules.is_change_allowed,
            "is_tally_visible": rules.is_tally_visible,
            "notice_amount": rules.notice.amount,
            "notice_unit": rules.notice.unit.value,
            "notice_dispatch_counted": rules.notice.is_dispatch_day_counted,
            "notice_meeting_counted": rules.notice.is_meeting_day_counted,
            "notice_end_moved": rules.notice.is_end_moved,
            "notice_land": rules.notice.land or "",
            "notice_waivable": rules.notice.is_waivable,
            "late_kind": rules.late_items.kind.value,
            "late_days": rules.late_items.days,
            "circular_allowed": rules.circular.is_allowed,
            "circular_days": rules.circular.minimum_days,
            "circular_objections": rules.circular.objections_to_stop,
            "circular_unanimous": rules.circular.is_unanimity_needed,
            "circular_share": write_share(rules.circular.participation.share),
            "circular_number": rules.circular.participation.number,
            "reminder_days": ", ".join(str(day) for day in rules.circular.reminder_days),
            "valid_from": clock.today(),
        }

    def clean_reminder_days(self) -> tuple[int, ...]:
        """Days before the deadline, early to late."""
        text = self.cleaned_data["reminder_days"]
        parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
        if any(not (part.isascii() and part.isdigit() and len(part) < 4) for part in parts):
            raise forms.ValidationError(gettext("Bitte nennen Sie Zahlen, getrennt durch Kommas, zum Beispiel: 3, 1."))
        return tuple(sorted({int(part) for part in parts}, reverse=True))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                self.rules = self._rules(data)
            except RuleError as error:
                raise forms.ValidationError(error.sentence.text(get_language())) from error
        return data

    @staticmethod
    def _rules(data: dict[str, Any]) -> Rules:
        majority = data["majority"]
        is_share = majority not in (MajorityKind.SIMPLE.value, MajorityKind.ALL.value)
        until = data["late_kind"] == LateKind.UNTIL_DAYS_BEFORE.value
        return Rules(
            quorum=Quorum(
                Turnout(read_share(data["quorum_share"]), data["quorum_number"]),
                is_lifted_by_second_invitation=data["quorum_lifted"],
            ),
            majority=Majority(MajorityKind.SHARE, read_share(majority))
            if is_share
            else Majority(MajorityKind(majority)),
            base=Base(data["base"]),
            abstention=Abstention(data["abstention"]),
            tie=Tie(data["tie"]),
            missing=Missing(data["missing"]),
            circular=Circular(
                is_allowed=data["circular_allowed"],
                objections_to_stop=data["circular_objections"],
                is_unanimity_needed=data["circular_unanimous"],
                participation=Turnout(read_share(data["circular_share"]), data["circular_number"]),
                minimum_days=data["circular_days"],
                reminder_days=data["reminder_days"],
            ),
            notice=Notice(
                amount=data["notice_amount"],
                unit=Unit(data["notice_unit"]),
                is_dispatch_day_counted=data["notice_dispatch_counted"],
                is_meeting_day_counted=data["notice_meeting_counted"],
                is_end_moved=data["notice_end_moved"],
                land=data["notice_land"] or None,
                is_waivable=data["notice_waivable"],
            ),
            late_items=LateItems(LateKind(data["late_kind"]), data["late_days"] if until else None),
            chair_has_vote=data["chair_has_vote"],
            is_change_allowed=data["is_change_allowed"],
            is_tally_visible=data["is_tally_visible"],
        )
