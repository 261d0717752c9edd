"""The trial ballot: numbers in, the verdict under some rules out. Works by address, so that it can be linked."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committees.enums import BallotWay, Choice
from committees.forms.rule_sets import fields as of
from committees.models.key import PLACES
from committees.rules.rule_set import Abstention, AlsoKind, RuleError, Rules, Tie
from committees.rules.verdict import Count, Tallies, Verdict, decide
from partnership.ui.forms import KernForm

SAID = ("yes", "no", "abstain", "missing", "excluded")
LABELS = {
    "yes": _("Ja"),
    "no": _("Nein"),
    "abstain": _("Enthaltung"),
    "missing": _("nicht abgestimmt"),
    "excluded": _("befangen"),
}
NOT_ENTITLED = "none"
HIGHEST = 10_000_000


class VotesField(forms.IntegerField):
    """A number of votes; empty means none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=HIGHEST, required=False, initial=0, **kwargs)


class TrialForm(KernForm):
    """What the rules ask about a ballot, and nothing else."""

    form_method = "get"
    form_tag = False
    submit_label = _("Ergebnis zeigen")

    way = forms.ChoiceField(label=_("Verfahren"), choices=BallotWay.choices, initial=BallotWay.MEETING)
    verdict: Verdict

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = rules
        self.fields |= dict(self._asked())

    def _asked(self) -> Iterator[tuple[str, forms.Field]]:
        rules = self.rules
        for name in SAID:
            if name != "abstain" or rules.abstention is not Abstention.FORBIDDEN or rules.stages:
                yield name, VotesField(label=LABELS[name])
        yield (
            "present",
            forms.IntegerField(
                label=_("anwesend"),
                min_value=0,
                max_value=HIGHEST,
                required=False,
                help_text=_("Nur in der Sitzung. Leer: Die Anwesenheit wird nicht geführt."),
            ),
        )
        if rules.stages:
            yield (
                "number",
                forms.IntegerField(label=_("Wahlgang"), min_value=1, max_value=99, initial=1, required=False),
            )
        if rules.quorum.is_lifted_by_second_invitation:
            yield "is_second_invitation", of.SwitchField(label=_("nach zweiter Einladung"))
        if rules.quorum.waits_minutes:
            yield "minutes_waited", VotesField(label=_("Minuten seit dem angekündigten Beginn"))
        if rules.quorum.is_chair_needed or rules.circular.is_chair_needed:
            yield "is_chair_there", of.SwitchField(label=_("Der Vorsitz nimmt teil"))
        if rules.circular.objections_to_stop is not None:
            yield "objections", VotesField(label=_("Widersprüche gegen den Umlauf"))
        if rules.circular.consent.is_asked:
            yield (
                "consents",
                VotesField(
                    label=_("Stimmen, die dem Umlauf zugestimmt haben"), help_text=_("Wer abstimmt, stimmt zu.")
                ),
            )
        if rules.tie is Tie.CHAIR or any(stage.tie is Tie.CHAIR for stage in rules.stages):
            choices = [("", _("keine Entscheidung")), *Choice.choices]
            yield "chair_choice", forms.ChoiceField(label=_("Stimme des Vorsitzes"), choices=choices, required=False)
        if self._key:
            for name in SAID:
                yield (
                    f"key_{name}",
                    of.DecimalFractionField(
                        label=_("Schlüssel „%(key)s“: %(choice)s") % {"key": self._key, "choice": LABELS[name]},
                        min_value=0,
                    ),
                )
        for position, group in enumerate(self._groups):
            for name in SAID:
                yield (
                    f"group{position}_{name}",
                    VotesField(label=_("%(group)s: %(choice)s") % {"group": group, "choice": LABELS[name]}),
                )
        for position, name in enumerate(self._named.values()):
            choices = [
                *Choice.choices,
                ("", _("nicht abgestimmt")),
                (NOT_ENTITLED, _("nicht stimmberechtigt")),
            ]
            yield (
                f"named{position}",
                forms.ChoiceField(label=name, choices=choices, required=False, initial=Choice.YES.value),
            )

    @property
    def _key(self) -> str | None:
        return next((also.key for also in self.rules.also if also.kind is AlsoKind.KEY), None)

    @property
    def _groups(self) -> list[str]:
        return list(dict.fromkeys(also.group.name for also in self.rules.also if also.group is not None))

    @property
    def _named(self) -> dict[str, str]:
        named = [*self.rules.quorum.partners, *(also.partner for also in self.rules.also if also.partner is not None)]
        return {one.partner: one.name for one in named}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        present = data["present"] if data["way"] == BallotWay.MEETING else None
        try:
            count = _count([data.get(name) or 0 for name in SAID], present)
        except ValueError:
            self.add_error(
                "present",
                _("Anwesend sind mindestens alle, die abgestimmt haben, und höchstens alle Stimmberechtigten."),
            )
            return data
        try:
            self.verdict = decide(
                self.rules,
                count,
                way=data["way"],
                is_second_invitation=bool(data.get("is_second_invitation")),
                objections=data.get("objections") or 0,
                chair_choice=data.get("chair_choice") or None,
                tallies=self._tallies(data),
                number=data.get("number") or 1,
            )
        except RuleError as error:
            self.add_error("abstain" if count.abstained and "abstain" in self.fields else "way", _say(error))
        return data

    def _tallies(self, data: dict[str, Any]) -> Tallies:
        places = 10**PLACES
        return Tallies(
            key=_count([int((data[f"key_{name}"] or 0) * places) for name in SAID]) if self._key else None,
            groups={
                group: _count([data[f"group{position}_{name}"] or 0 for name in SAID])
                for position, group in enumerate(self._groups)
            },
            named={
                partner: data[f"named{position}"] or None
                for position, partner in enumerate(self._named)
                if data[f"named{position}"] != NOT_ENTITLED
            },
            is_chair_there=data.get("is_chair_there"),
            minutes_waited=data.get("minutes_waited"),
            consents=data.get("consents") or 0,
        )

    @property
    def conditions(self) -> list[tuple[Any, str]]:
        """Every condition of the verdict with its sentence."""
        return [(one, one.sentence.text(get_language())) for one in self.verdict.conditions]


def _count(numbers: list[int], present: int | None = None) -> Count:
    yes, no, abstained, missing, excluded = numbers
    return Count(
        roll=sum(numbers), yes=yes, no=no, abstained=abstained, missing=missing, excluded=excluded, present=present
    )


def _say(error: RuleError) -> str:
    return error.sentence.text(get_language())
