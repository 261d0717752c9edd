"""The editor of the rules of procedure: form fields to pure rules and back."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committees.forms.rule_sets import fields as of
from committees.forms.rule_sets.rows import (
    AlsoRow,
    AlsoRows,
    Known,
    NamedRow,
    NamedRows,
    Row,
    Rows,
    StageRow,
    StageRows,
)
from committees.rules.rule_set import (
    LAENDER,
    Abstention,
    Approval,
    Base,
    Binds,
    Circular,
    LateItems,
    LateKind,
    Majority,
    MajorityKind,
    MinutesRule,
    Missing,
    Notice,
    Proxies,
    ProxyKind,
    Quorum,
    QuorumOf,
    Reservation,
    RuleError,
    Rules,
    Secrecy,
    Tie,
    Turnout,
    Unit,
    WeightKind,
    Weights,
)
from partnership import clock
from partnership.ui.forms import KernForm

# The heading of each group of settings, its fields, and the rows that stand below them.
GROUPS: tuple[tuple[Any, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        _("Stimmen"),
        ("weight_kind", "weight_key", "weight_step", "weight_free", "weight_base", "weight_cap", "chair_has_vote"),
        (),
    ),
    (
        _("Beschlussfähigkeit"),
        (
            "quorum_share",
            "quorum_number",
            "quorum_counts",
            "quorum_lifted",
            "quorum_waits",
            "quorum_chair",
        ),
        ("named",),
    ),
    (
        _("Mehrheit"),
        (
            "majority",
            "majority_share",
            "majority_objections",
            "minimum_yes",
            "base",
            "abstention",
            "tie",
            "binds",
        ),
        ("also",),
    ),
    (_("Weitere Wahlgänge"), (), ("stages",)),
    (
        _("Stimmabgabe"),
        ("is_change_allowed", "is_tally_visible", "is_reason_needed_for_no", "is_conflict_decided_by_body"),
        (),
    ),
    (
        _("Umlaufbeschluss"),
        (
            "circular_allowed",
            "circular_days",
            "circular_objections",
            "consent_share",
            "consent_number",
            "circular_unanimous",
            "circular_share",
            "circular_number",
            "circular_chair",
            "missing",
            "reminder_days",
        ),
        (),
    ),
    (
        _("Stimmrechtsübertragung und Vorbehalt"),
        ("proxy_kind", "proxy_most", "proxy_giver_first", "reservation_allowed", "reservation_days"),
        (),
    ),
    (_("Geheime Abstimmung"), ("secret_allowed", "secret_roll", "demand_share", "demand_number"), ()),
    (
        _("Einladung"),
        (
            "notice_amount",
            "notice_unit",
            "notice_urgent",
            "notice_dispatch_counted",
            "notice_meeting_counted",
            "notice_end_moved",
            "notice_land",
            "notice_waivable",
            "late_kind",
            "late_days",
        ),
        (),
    ),
    (_("Niederschrift"), ("minutes_days", "minutes_objection_days", "minutes_approval"), ()),
)
# So many of them lie open on the page, the others until they are asked for.
OPEN_GROUPS = 3
NOBODY = Known({}, {})
# What a contradiction begins with, and the field it is told at.
BLAMED: Mapping[str, str] = {
    "Mehrheit und Bezugsgröße": "base",
    "Enthaltung und Bezugsgröße": "abstention",
    "Fehlende Stimme und Enthaltung": "missing",
    "Stimmengleichheit und Vorsitz": "tie",
    "Umlauf und fehlende Stimme": "missing",
    "Umlauf": "circular_unanimous",
    "Umlauf und Vorsitz": "circular_chair",
    "Zweite Bedingung und Geheimhaltung": "demand_share",
    "Bindung und Geheimhaltung": "binds",
    "Vorbehalt und Geheimhaltung": "reservation_allowed",
    "Begründung und Geheimhaltung": "is_reason_needed_for_no",
    "Stimmgewicht und Geheimhaltung": "weight_kind",
}
# The same for settings that repeat: it is told at the last row that says something.
BLAMED_ROWS: Mapping[str, str] = {
    "Zweite Bedingung": "also",
    "Stufen": "stages",
    "Stufen und Stimmengleichheit": "stages",
}
ROWS: Mapping[str, tuple[type[Rows], type[Row], Any, Any]] = {
    "named": (NamedRows, NamedRow, _("Ohne diese Partner keine Beschlussfähigkeit"), _("Weiterer Partner")),
    "also": (AlsoRows, AlsoRow, _("Zweite Bedingungen"), _("Weitere Bedingung")),
    "stages": (
        StageRows,
        StageRow,
        _("Andere Regeln ab einem späteren Wahlgang zum selben Gegenstand"),
        _("Weitere Stufe"),
    ),
}


class RuleSetForm(KernForm):
    """Every setting of the rules of procedure, the day they begin and what they rest on."""

    form_tag = False

    weight_kind = forms.ChoiceField(label=_("Wie viele Stimmen ein Partner hat"), choices=of.pick(of.WEIGHTS))
    weight_key = forms.ChoiceField(
        label=_("Schlüssel der Stimmen"),
        required=False,
        help_text=_("Nur bei ungleichen Stimmen. Es gilt die Fassung des Tages, an dem eröffnet wird."),
    )
    weight_step = of.DecimalFractionField(
        label=_("Stufe"), help_text=_("Eine Stimme je angefangene so viele Einheiten des Schlüssels.")
    )
    weight_free = of.DecimalFractionField(
        label=_("Freibetrag"), help_text=_("Nur bei Stufen: So viel zählt nicht mit."), min_value=0
    )
    weight_base = of.NumberField(
        label=_("Grundstimmen"), min_value=0, max_value=1000, help_text=_("Nur bei Stufen: Stimmen, die jeder hat.")
    )
    weight_cap = of.NumberField(label=_("Höchstzahl der Stimmen eines Partners"), max_value=100_000)
    chair_has_vote = of.SwitchField(label=_("Der Vorsitz hat eine Stimme"))

    quorum_share = of.ShareField(label=_("Anteil aller Stimmen"))
    quorum_number = of.NumberField(label=_("Mindestzahl"))
    quorum_counts = forms.ChoiceField(label=_("Es zählt"), choices=of.pick(of.QUORUM_OF))
    quorum_lifted = of.SwitchField(
        label=_("entfällt nach zweiter Einladung"),
        help_text=_("Wenn die zweite Einladung zum selben Gegenstand darauf hinweist."),
    )
    quorum_waits = of.NumberField(
        label=_("entfällt nach Minuten Wartezeit"), max_value=1440, help_text=_("Seit dem angekündigten Beginn.")
    )
    quorum_chair = of.SwitchField(label=_("Der Vorsitz muss teilnehmen"))

    majority = forms.ChoiceField(label=_("Mehrheit"), choices=of.pick(of.MAJORITIES))
    majority_share = of.ShareField(
        label=_("Anteil der Ja-Stimmen"),
        help_text=_("Nur bei „ein Anteil“. Zum Beispiel: mehr als 1/2, mindestens 2/3."),
    )
    majority_objections = of.NumberField(
        label=_("Zulässige Widersprüche"), min_value=0, help_text=_("Nur bei der Widerspruchsregel.")
    )
    minimum_yes = of.NumberField(
        label=_("Mindestzahl der Ja-Stimmen"), help_text=_("Mit weniger ist die Vorlage nicht angenommen.")
    )
    base = forms.ChoiceField(label=_("Bezugsgröße"), choices=of.pick(of.BASES))
    abstention = forms.ChoiceField(label=_("Enthaltung"), choices=of.pick(of.ABSTENTIONS))
    tie = forms.ChoiceField(label=_("Bei Stimmengleichheit"), choices=of.pick(of.TIES))
    binds = forms.ChoiceField(label=_("Ein Beschluss bindet"), choices=of.pick(of.BINDS))

    is_change_allowed = of.SwitchField(label=_("Ein Partner darf seine Stimme ändern, solange die Abstimmung läuft"))
    is_tally_visible = of.SwitchField(
        label=_("Der Zwischenstand ist während der Abstimmung sichtbar"),
        help_text=_("Die Beteiligung ist immer sichtbar."),
    )
    is_reason_needed_for_no = of.SwitchField(label=_("Ein Nein braucht eine Begründung"))
    is_conflict_decided_by_body = of.SwitchField(label=_("Über eine Befangenheit entscheidet das Gremium"))

    circular_allowed = of.SwitchField(label=_("Umlaufbeschlüsse sind zulässig"))
    circular_days = forms.IntegerField(label=_("Mindestdauer in Tagen"), min_value=0, max_value=366)
    circular_objections = of.NumberField(
        label=_("Widersprüche, die den Umlauf anhalten"), help_text=_("Leer: Niemand kann den Umlauf anhalten.")
    )
    consent_share = of.ShareField(label=_("Zustimmung zum Umlauf: Anteil"))
    consent_number = of.NumberField(
        label=_("Zustimmung zum Umlauf: Zahl"), help_text=_("Wer abstimmt, stimmt auch dem Umlauf zu.")
    )
    circular_unanimous = of.SwitchField(label=_("Im Umlauf müssen alle stimmberechtigten Partner zustimmen"))
    circular_share = of.ShareField(label=_("Mindestbeteiligung: Anteil"))
    circular_number = of.NumberField(label=_("Mindestbeteiligung: Zahl"))
    circular_chair = of.SwitchField(label=_("Im Umlauf muss der Vorsitz abstimmen"))
    missing = forms.ChoiceField(label=_("Fehlende Stimme im Umlauf"), choices=of.pick(of.MISSING))
    reminder_days = forms.CharField(
        label=_("Erinnerungen, Tage vor der Frist"),
        max_length=60,
        required=False,
        help_text=_("Zum Beispiel: 3, 1. Leer: keine Erinnerung."),
    )

    proxy_kind = forms.ChoiceField(label=_("Stimmrecht übertragen"), choices=of.pick(of.PROXIES))
    proxy_most = forms.IntegerField(
        label=_("Höchstzahl der Partner, die ein anderer vertritt"), min_value=1, max_value=100
    )
    proxy_giver_first = of.SwitchField(label=_("Stimmt der Partner rechtzeitig selbst ab, gilt seine eigene Stimme"))
    reservation_allowed = of.SwitchField(
        label=_("„Ja, vorbehaltlich der eigenen Gremien“ ist zulässig"), help_text=_("Gremienvorbehalt.")
    )
    reservation_days = forms.IntegerField(label=_("Frist für den Vorbehalt in Tagen"), min_value=1, max_value=730)

    secret_allowed = of.SwitchField(label=_("Geheime Abstimmungen sind zulässig"))
    secret_roll = forms.IntegerField(
        label=_("Mindestzahl der Stimmberechtigten"),
        min_value=3,
        max_value=1000,
        help_text=_("Mit weniger verriete schon das Ergebnis einzelne Stimmen."),
    )
    demand_share = of.ShareField(
        label=_("Geheim auf Verlangen: Anteil"), help_text=_("Leer: Der Vorsitz entscheidet darüber.")
    )
    demand_number = of.NumberField(label=_("Geheim auf Verlangen: Zahl der Partner"))

    notice_amount = forms.IntegerField(
        label=_("Ladungsfrist"), min_value=0, max_value=366, help_text=_("0: Es gibt keine.")
    )
    notice_unit = forms.ChoiceField(label=_("gerechnet in"), choices=of.pick(of.UNITS))
    notice_urgent = of.NumberField(
        label=_("in dringenden Fällen"), min_value=0, max_value=366, help_text=_("Leer: keine kürzere Frist.")
    )
    notice_dispatch_counted = of.SwitchField(label=_("Der Tag des Versands zählt mit"))
    notice_meeting_counted = of.SwitchField(label=_("Der Tag der Sitzung zählt mit"))
    notice_end_moved = of.SwitchField(
        label=_("Ein Ende am Wochenende oder Feiertag verschiebt sich auf den nächsten Werktag")
    )
    notice_land = forms.ChoiceField(
        label=_("Feiertage des Landes"), choices=[("", "–"), *sorted(LAENDER.items())], required=False
    )
    notice_waivable = of.SwitchField(label=_("Auf die Frist kann verzichtet werden"))
    late_kind = forms.ChoiceField(label=_("Weitere Tagesordnungspunkte nach der Einladung"), choices=of.pick(of.LATE))
    late_days = of.NumberField(
        label=_("Tage vor der Sitzung"), max_value=366, help_text=_("Nur bei „bis Tage vor der Sitzung“.")
    )

    minutes_days = forms.IntegerField(label=_("Versand innerhalb von Tagen"), min_value=1, max_value=366)
    minutes_objection_days = forms.IntegerField(label=_("Einspruch innerhalb von Tagen"), min_value=0, max_value=366)
    minutes_approval = forms.ChoiceField(label=_("Genehmigt ist sie"), choices=of.pick(of.APPROVALS))

    valid_from = forms.DateField(label=_("gilt ab"))
    reason = forms.CharField(
        label=_("Grundlage"),
        max_length=300,
        required=False,
        help_text=_("Zum Beispiel: Geschäftsordnung vom 7. Juni 2018 oder Beschluss SK-2026-003."),
    )

    def __init__(self, *args: Any, start: Rules, known: Known = NOBODY, **kwargs: Any) -> None:
        kwargs["initial"] = self.initial_for(start) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.known = _with_those_of(known, start)
        key = self.fields["weight_key"]
        assert isinstance(key, forms.ChoiceField)
        key.choices = [("", "–"), *self.known.keys.items()]
        data = self.data if self.is_bound else None
        self.rows: dict[str, Rows] = {
            name: kind(
                data,
                prefix=name,
                initial=[row.write(value) for value in rows_of(start)[name]],
                form_kwargs={"known": self.known},
            )
            for name, (kind, row, _title, _more) in ROWS.items()
        }

    @staticmethod
    def initial_for(rules: Rules) -> dict[str, Any]:
        """The rules as the form shows them, without its rows."""
        weights, quorum, circular, notice = rules.weights, rules.quorum, rules.circular, rules.notice
        return {
            "weight_kind": weights.kind.value,
            "weight_key": weights.key or "",
            "weight_step": _number(weights.step),
            "weight_free": _number(weights.free) if weights.free else None,
            "weight_base": weights.base or None,
            "weight_cap": weights.cap,
            "chair_has_vote": rules.chair_has_vote,
            "quorum_share": of.write_share(quorum.turnout.share),
            "quorum_number": quorum.turnout.number,
            "quorum_counts": quorum.counts.value,
            "quorum_lifted": quorum.is_lifted_by_second_invitation,
            "quorum_waits": quorum.waits_minutes,
            "quorum_chair": quorum.is_chair_needed,
            "majority": rules.majority.kind.value,
            "majority_share": of.write_share(rules.majority.share),
            "majority_objections": rules.majority.objections,
            "minimum_yes": rules.majority.minimum_yes,
            "base": rules.base.value,
            "abstention": rules.abstention.value,
            "tie": rules.tie.value,
            "binds": rules.binds.value,
            "is_change_allowed": rules.is_change_allowed,
            "is_tally_visible": rules.is_tally_visible,
            "is_reason_needed_for_no": rules.is_reason_needed_for_no,
            "is_conflict_decided_by_body": rules.is_conflict_decided_by_body,
            "circular_allowed": circular.is_allowed,
            "circular_days": circular.minimum_days,
            "circular_objections": circular.objections_to_stop,
            "consent_share": of.write_share(circular.consent.share),
            "consent_number": circular.consent.number,
            "circular_unanimous": circular.is_unanimity_needed,
            "circular_share": of.write_share(circular.participation.share),
            "circular_number": circular.participation.number,
            "circular_chair": circular.is_chair_needed,
            "missing": rules.missing.value,
            "reminder_days": ", ".join(str(day) for day in circular.reminder_days),
            "proxy_kind": rules.proxies.kind.value,
            "proxy_most": rules.proxies.most_held,
            "proxy_giver_first": rules.proxies.is_giver_first,
            "reservation_allowed": rules.reservation.is_allowed,
            "reservation_days": rules.reservation.days,
            "secret_allowed": rules.secrecy.is_allowed,
            "secret_roll": rules.secrecy.minimum_roll,
            "demand_share": of.write_share(rules.secrecy.demand.share),
            "demand_number": rules.secrecy.demand.number,
            "notice_amount": notice.amount,
            "notice_unit": notice.unit.value,
            "notice_urgent": notice.urgent_amount,
            "notice_dispatch_counted": notice.is_dispatch_day_counted,
            "notice_meeting_counted": notice.is_meeting_day_counted,
            "notice_end_moved": notice.is_end_moved,
            "notice_land": notice.land or "",
            "notice_waivable": notice.is_waivable,
            "late_kind": rules.late_items.kind.value,
            "late_days": rules.late_items.days,
            "minutes_days": rules.minutes.sent_within_days,
            "minutes_objection_days": rules.minutes.objection_days,
            "minutes_approval": rules.minutes.approval.value,
            "valid_from": clock.today(),
        }

    def groups(self) -> Iterator[dict[str, Any]]:
        """The settings as the page draws them: heading, fields, rows below; open are the first and the faulty ones."""
        for position, (title, names, rows) in enumerate(GROUPS):
            yield {
                "title": title,
                "is_open": position < OPEN_GROUPS
                or any(name in self.errors for name in names)
                or any(len(self.rows[name].forms) > 1 for name in rows),
                "fields": [self[name] for name in names],
                "rows": [
                    {"name": name, "title": ROWS[name][2], "more": ROWS[name][3], "forms": self.rows[name]}
                    for name in rows
                ],
            }
        yield {"title": _("Geltung"), "is_open": True, "fields": [self["valid_from"], self["reason"]], "rows": []}

    def add_row(self, name: str) -> "RuleSetForm":
        """The same form, as typed, with one more empty row and without a word about what is still missing."""
        assert isinstance(self.data, QueryDict)
        data = self.data.copy()
        total = f"{name}-TOTAL_FORMS"
        typed = str(data.get(total) or "0")
        data[total] = str(int(typed) + 1) if typed.isdecimal() else "1"
        self.data = data
        for rows in self.rows.values():
            rows.show_as_typed(data)
        self._errors, self.cleaned_data = forms.utils.ErrorDict(), {}
        return self

    def clean_reminder_days(self) -> tuple[int, ...]:
        """Days before the deadline, early to late."""
        text = self.cleaned_data["reminder_days"]
        parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
        if any(not (part.isascii() and part.isdigit() and len(part) < 4) for part in parts):
            raise forms.ValidationError(_("Bitte nennen Sie Zahlen, getrennt durch Kommas, zum Beispiel: 3, 1."))
        return tuple(sorted({int(part) for part in parts}, reverse=True))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, rows in self.rows.items():
            if not rows.is_valid():
                self.add_error(None, _("Bitte prüfen Sie die Zeilen unter „%(title)s“.") % {"title": ROWS[name][2]})
        if not self.errors:
            self._build(data)
        return data

    def _build(self, data: dict[str, Any]) -> None:
        """Make the rules part by part, so that each refusal stands at its field."""
        parts = {}
        for name, (build, field) in _PARTS.items():
            try:
                parts[name] = build(data, self.rows)
            except RuleError as error:
                self.add_error(field, error.sentence.text(get_language()))
        if self.errors:
            return
        try:
            self.rules = Rules(
                **parts,
                also=self.rows["also"].values(),
                stages=self.rows["stages"].values(),
                base=Base(data["base"]),
                abstention=Abstention(data["abstention"]),
                tie=Tie(data["tie"]),
                missing=Missing(data["missing"]),
                binds=Binds(data["binds"]),
                chair_has_vote=data["chair_has_vote"],
                is_change_allowed=data["is_change_allowed"],
                is_tally_visible=data["is_tally_visible"],
                is_reason_needed_for_no=data["is_reason_needed_for_no"],
                is_conflict_decided_by_body=data["is_conflict_decided_by_body"],
            )
        except RuleError as error:
            self._blame(error.sentence.de.partition(":")[0], error.sentence.text(get_language()))

    def _blame(self, about: str, sentence: str) -> None:
        """Tell a contradiction at the field, or at the row, that it is about."""
        self.add_error(BLAMED.get(about), sentence)
        if about in BLAMED_ROWS:
            self.rows[BLAMED_ROWS[about]].blame_last(sentence)


# Each part of the rules, how it is read from the form, and the field its refusal is told at.
_PARTS: Mapping[str, tuple[Any, str]] = {
    "weights": (
        lambda data, rows: Weights(
            WeightKind(data["weight_kind"]),
            data["weight_key"] or None,
            data["weight_step"],
            data["weight_free"] or Fraction(0),
            data["weight_base"] or 0,
            data["weight_cap"],
        ),
        "weight_kind",
    ),
    "quorum": (
        lambda data, rows: Quorum(
            Turnout(data["quorum_share"], data["quorum_number"]),
            QuorumOf(data["quorum_counts"]),
            data["quorum_lifted"],
            data["quorum_waits"],
            data["quorum_chair"],
            rows["named"].values(),
        ),
        "quorum_share",
    ),
    "majority": (
        lambda data, rows: Majority(
            MajorityKind(data["majority"]),
            data["majority_share"],
            data["majority_objections"],
            data["minimum_yes"],
        ),
        "majority",
    ),
    "circular": (
        lambda data, rows: Circular(
            is_allowed=data["circular_allowed"],
            objections_to_stop=data["circular_objections"],
            consent=Turnout(data["consent_share"], data["consent_number"]),
            is_unanimity_needed=data["circular_unanimous"],
            participation=Turnout(data["circular_share"], data["circular_number"]),
            is_chair_needed=data["circular_chair"],
            minimum_days=data["circular_days"],
            reminder_days=data["reminder_days"],
        ),
        "reminder_days",
    ),
    "notice": (
        lambda data, rows: Notice(
            amount=data["notice_amount"],
            unit=Unit(data["notice_unit"]),
            is_dispatch_day_counted=data["notice_dispatch_counted"],
            is_meeting_day_counted=data["notice_meeting_counted"],
            is_end_moved=data["notice_end_moved"],
            land=data["notice_land"] or None,
            is_waivable=data["notice_waivable"],
            urgent_amount=data["notice_urgent"],
        ),
        "notice_amount",
    ),
    "late_items": (
        lambda data, rows: LateItems(
            LateKind(data["late_kind"]),
            data["late_days"] if data["late_kind"] == LateKind.UNTIL_DAYS_BEFORE else None,
        ),
        "late_days",
    ),
    "proxies": (
        lambda data, rows: Proxies(ProxyKind(data["proxy_kind"]), data["proxy_most"], data["proxy_giver_first"]),
        "proxy_most",
    ),
    "secrecy": (
        lambda data, rows: Secrecy(
            data["secret_allowed"], data["secret_roll"], Turnout(data["demand_share"], data["demand_number"])
        ),
        "demand_share",
    ),
    "reservation": (
        lambda data, rows: Reservation(data["reservation_allowed"], data["reservation_days"]),
        "reservation_days",
    ),
    "minutes": (
        lambda data, rows: MinutesRule(
            data["minutes_days"], data["minutes_objection_days"], Approval(data["minutes_approval"])
        ),
        "minutes_days",
    ),
}


def rows_of(rules: Rules) -> Mapping[str, tuple[Any, ...]]:
    """The settings that repeat."""
    return {"named": rules.quorum.partners, "also": rules.also, "stages": rules.stages}


def settings_of(rules: Rules) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Every setting in words, group by group: its name and its value, as the editor shows them."""
    form = RuleSetForm(start=rules)
    shown = form.initial_for(rules)
    found = []
    for title, names, rows in GROUPS:
        lines = [(str(form.fields[name].label), of.said(form.fields[name], shown[name])) for name in names]
        for name in rows:
            _kind, row, heading, _more = ROWS[name]
            lines += [
                (f"{heading} {position}", row(known=form.known).in_words(value))
                for position, value in enumerate(rows_of(rules)[name], start=1)
            ]
        found.append((title, lines))
    return found


def _with_those_of(known: Known, rules: Rules) -> Known:
    """What rows choose from, and whatever the rules name already."""
    named = [*rules.quorum.partners, *(also.partner for also in rules.also if also.partner is not None)]
    return Known(
        {**{code: code for code in sorted(rules.key_codes)}, **known.keys},
        {**{one.partner: one.name for one in named}, **known.partners},
    )


def _number(value: Any) -> Any:
    """A fraction as a form shows it."""
    return None if value is None else Decimal(value.numerator) / Decimal(value.denominator)
