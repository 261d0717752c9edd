"""Settings that repeat: second conditions, stages, named partners. Rows of a form, also without JavaScript."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committees.forms.rule_sets import fields as of
from committees.rules.rule_set import (
    Abstention,
    Also,
    AlsoKind,
    Base,
    Group,
    Majority,
    MajorityKind,
    Named,
    RuleError,
    Stage,
    StageAfter,
    Tie,
)
from membership.enums import OrganisationKind
from partnership.ui.forms import KernForm

MOST_ROWS = 20


@dataclass(frozen=True)
class Known:
    """What rows choose from: keys by code, partners by key, each with the name people read."""

    keys: Mapping[str, str]
    partners: Mapping[str, str]


class Row(KernForm):
    """One row. Left empty, it is no setting; ticked off, no longer."""

    is_gone = of.SwitchField(label=_("Zeile entfernen"))
    # The field that makes a row: where it is empty, so is the row.
    leading: str
    value: Any = None

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        for name, choices in (("key", known.keys), ("partner", known.partners)):
            if name in self.fields:
                field = self.fields[name]
                assert isinstance(field, forms.ChoiceField)
                field.choices = [("", _("bitte wählen")), *choices.items()]
        self.order_fields([*(name for name in self.fields if name != "is_gone"), "is_gone"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.value = None
        if self.errors or data.get("is_gone") or data.get(self.leading) in ("", None):
            if data.get("is_gone"):
                self._errors = forms.utils.ErrorDict()
            return data
        try:
            self.value = self.read(data)
        except RuleError as error:
            self.add_error(self.leading, error.sentence.text(get_language()))
        return data

    @property
    def has_data(self) -> bool:
        """Whether anything stands in the row."""
        return bool(self[self.leading].value())

    def read(self, data: dict[str, Any]) -> Any:
        """The setting the row stands for. Raises RuleError."""
        raise NotImplementedError

    @staticmethod
    def write(value: Any) -> dict[str, Any]:
        """The row that stands for a setting."""
        raise NotImplementedError

    def in_words(self, value: Any) -> str:
        """The row as one line."""
        shown = self.write(value)
        parts = [
            f"{field.label}: {of.said(field, shown[name])}"
            for name, field in self.fields.items()
            if shown.get(name) not in (None, "", [], False)
        ]
        return "; ".join(parts)


class AlsoRow(Row):
    """A second condition."""

    leading = "kind"

    kind = forms.ChoiceField(label=_("Bedingung"), required=False, choices=of.pick(of.ALSO, _("keine")))
    share = of.ShareField(label=_("Anteil"))
    number = of.NumberField(label=_("oder Zahl der Ja-Stimmen"), help_text=_("Nur bei einer Gruppe."))
    base = forms.ChoiceField(
        label=_("Bezugsgröße"),
        required=False,
        choices=of.pick(of.BASES, "–"),
        help_text=_("Nur bei „auch ein Anteil einer anderen Bezugsgröße“."),
    )
    key = forms.ChoiceField(label=_("Schlüssel"), required=False)
    group_name = forms.CharField(
        label=_("Name der Gruppe"), max_length=60, required=False, help_text=_("Zum Beispiel: Länder.")
    )
    group_types = forms.MultipleChoiceField(
        label=_("Wer zur Gruppe gehört"),
        required=False,
        choices=OrganisationKind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    partner = forms.ChoiceField(label=_("Genannter Partner"), required=False)

    def read(self, data: dict[str, Any]) -> Also:
        kind = AlsoKind(data["kind"])
        has_group = data["group_name"] or data["group_types"]
        partner = data["partner"]
        return Also(
            kind,
            share=data["share"],
            number=data["number"],
            base=Base(data["base"]) if data["base"] else None,
            key=data["key"] or None,
            group=Group(data["group_name"], tuple(data["group_types"])) if has_group else None,
            partner=Named(partner, self.known.partners[partner]) if partner else None,
        )

    @staticmethod
    def write(value: Also) -> dict[str, Any]:
        return {
            "kind": value.kind.value,
            "share": of.write_share(value.share),
            "number": value.number,
            "base": value.base.value if value.base else "",
            "key": value.key or "",
            "group_name": value.group.name if value.group else "",
            "group_types": list(value.group.types) if value.group else [],
            "partner": value.partner.partner if value.partner else "",
        }


class StageRow(Row):
    """Other rules from the n-th ballot on the same matter."""

    leading = "from_ballot"

    from_ballot = of.NumberField(label=_("ab dem Wahlgang"), min_value=2, max_value=20)
    after = forms.ChoiceField(label=_("und zwar"), choices=of.pick(of.STAGES), initial=StageAfter.NOT_ADOPTED.value)
    majority = forms.ChoiceField(label=_("Mehrheit"), required=False, choices=of.pick(of.MAJORITIES, _("wie zuvor")))
    share = of.ShareField(label=_("Anteil"), help_text=_("Nur bei „ein Anteil“."))
    objections = of.NumberField(
        label=_("Zulässige Widersprüche"), min_value=0, help_text=_("Nur bei der Widerspruchsregel.")
    )
    minimum_yes = of.NumberField(label=_("Mindestzahl der Ja-Stimmen"))
    base = forms.ChoiceField(label=_("Bezugsgröße"), required=False, choices=of.pick(of.BASES, _("wie zuvor")))
    abstention = forms.ChoiceField(
        label=_("Enthaltung"), required=False, choices=of.pick(of.ABSTENTIONS, _("wie zuvor"))
    )
    tie = forms.ChoiceField(label=_("Bei Stimmengleichheit"), required=False, choices=of.pick(of.TIES, _("wie zuvor")))
    wait_days = of.NumberField(label=_("Abstand in Tagen, mindestens"), min_value=0, max_value=366)

    def read(self, data: dict[str, Any]) -> Stage:
        kind = data["majority"]
        return Stage(
            from_ballot=data["from_ballot"],
            after=StageAfter(data["after"]),
            majority=Majority(MajorityKind(kind), data["share"], data["objections"], data["minimum_yes"])
            if kind
            else None,
            base=Base(data["base"]) if data["base"] else None,
            abstention=Abstention(data["abstention"]) if data["abstention"] else None,
            tie=Tie(data["tie"]) if data["tie"] else None,
            wait_days=data["wait_days"] or 0,
        )

    @staticmethod
    def write(value: Stage) -> dict[str, Any]:
        majority = value.majority
        return {
            "from_ballot": value.from_ballot,
            "after": value.after.value,
            "majority": majority.kind.value if majority else "",
            "share": of.write_share(majority.share) if majority else "",
            "objections": majority.objections if majority else None,
            "minimum_yes": majority.minimum_yes if majority else None,
            "base": value.base.value if value.base else "",
            "abstention": value.abstention.value if value.abstention else "",
            "tie": value.tie.value if value.tie else "",
            "wait_days": value.wait_days or None,
        }


class NamedRow(Row):
    """A partner without which there is no quorum."""

    leading = "partner"

    partner = forms.ChoiceField(label=_("Partner"), required=False)

    def read(self, data: dict[str, Any]) -> Named:
        return Named(data["partner"], self.known.partners[data["partner"]])

    @staticmethod
    def write(value: Named) -> dict[str, Any]:
        return {"partner": value.partner}


class Rows(forms.BaseFormSet):
    """Rows of one setting: those there are and an empty one."""

    _errors: Any
    _non_form_errors: Any

    def blame_last(self, sentence: str) -> None:
        """Tell what is wrong with the rows together at the last one that says something."""
        for form in reversed(self.forms):
            if form.value is not None:
                form.add_error(form.leading, sentence)
                return

    def show_as_typed(self, data: Any) -> None:
        """Take other data, and say nothing of what is missing in it."""
        self.data = data
        for name in ("forms", "management_form"):
            self.__dict__.pop(name, None)
        self._errors, self._non_form_errors = [{} for _form in self.forms], forms.utils.ErrorList()
        for form in self.forms:
            form._errors, form.cleaned_data = forms.utils.ErrorDict(), {}

    def values(self) -> tuple[Any, ...]:
        """The settings the rows stand for."""
        return tuple(form.value for form in self.forms if form.value is not None)


def _rows(kind: type[Row]) -> Any:
    return forms.formset_factory(kind, formset=Rows, extra=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS)


AlsoRows, StageRows, NamedRows = _rows(AlsoRow), _rows(StageRow), _rows(NamedRow)
