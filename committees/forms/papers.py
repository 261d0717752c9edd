"""The ballot paper as a form: options to choose, to cross, or to rank; and the pages that prepare it."""

import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees.enums import BallotForm, BallotKind
from committees.models import Ballot, Delegate, Option
from committees.rules import elections, papers
from committees.rules.papers import ABSTAIN, AGAINST
from committees.rules.rule_set import Abstention, RuleError
from committees.services.ballots.authority import say
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.ui.forms import KernForm
from partnership.ui.widgets import BigCheckboxSelectMultiple, BigRadioSelect

# More places than anybody fills in; a longer ranking may still be sent.
SHOWN_PLACES = 12
_RANK = re.compile(r"rank-(\d{1,2})")


def marking_of(data: Any) -> str:
    """The marking that a sent paper comes to, whatever its kind. Raises ValidationError where it says two things.

    One value stands as it is; several are crosses; places of a ranking count from the first.
    """
    chosen = [value for value in data.getlist("choice") if value]
    places = sorted((int(match[1]), value) for key, value in data.items() if (match := _RANK.fullmatch(key)) and value)
    if places and chosen:
        raise forms.ValidationError(_("Bitte ordnen Sie entweder, oder stimmen Sie gegen alle oder mit Enthaltung."))
    if places:
        return ">".join(value for _place, value in places)
    if len(chosen) < 2:
        return "".join(chosen)
    if not all(value.isascii() and value.isdigit() for value in chosen):
        raise forms.ValidationError(_("Bitte wählen Sie genau eine Antwort."))
    return ",".join(sorted(chosen, key=int))


def must_fit(ballot: Ballot, marking: str) -> str:
    """The marking, if the paper of this ballot carries it. Raises RuleError with the sentence the voter reads."""
    fitting = papers.check(papers.BallotKind(ballot.kind), marking, options=len(ballot.titles), posts=ballot.posts)
    if marking == ABSTAIN and ballot.rules.abstention is Abstention.FORBIDDEN:
        raise RuleError(
            "Die Verfahrensregeln lassen hier keine Enthaltung zu.", "The rules of procedure allow no abstention here."
        )
    return fitting


class PaperForm(KernForm):
    """The paper of a ballot with options for one partner; its answer is confirmed on a page of its own.

    One choice is a radio button, several are crosses, a ranking is a list of places with a select each.
    """

    partner = forms.UUIDField(widget=forms.HiddenInput)
    submit_label = gettext_lazy("Weiter zur Bestätigung")

    def __init__(self, *args: Any, ballot: Ballot, action: str, marking: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form_action = action
        self.form_method = "post" if ballot.form == BallotForm.SECRET else "get"
        kind = papers.BallotKind(ballot.kind)
        effects = elections.choice_effects(ballot.rules, kind, posts=ballot.posts, way=ballot.way, number=ballot.number)
        rest: list[tuple[str, str]] = [
            (value, say(papers.spell(value, ballot.titles)).capitalize())
            for value in (AGAINST, ABSTAIN)
            if value in effects
        ]
        said: dict[str, str] = {value: say(effects[value]) for value, _label in rest}
        if kind is papers.BallotKind.RANKING:
            self._rank(ballot, marking, rest, said)
            return
        options = [(str(option.position), option.title) for option in ballot.paper]
        said |= {str(option.position): option.text for option in ballot.paper}
        is_single = kind is papers.BallotKind.ALTERNATIVES or (kind is papers.BallotKind.ELECTION and ballot.posts == 1)
        if is_single:
            self.fields["choice"] = forms.ChoiceField(
                label=_("Ihre Stimme"), choices=options + rest, widget=BigRadioSelect(descriptions=said)
            )
        else:
            self.fields["choice"] = forms.MultipleChoiceField(
                label=_("Ihre Stimme"),
                choices=options + rest,
                widget=BigCheckboxSelectMultiple(descriptions=said),
                help_text=_("Kreuzen Sie höchstens %(posts)s an.") % {"posts": ballot.posts}
                if kind is papers.BallotKind.ELECTION
                else _("Kreuzen Sie an, was Sie mittragen; beliebig viele."),
            )
        self.initial["choice"] = marking if is_single else marking.split(",")

    def _rank(self, ballot: Ballot, marking: str, rest: list[tuple[str, str]], said: dict[str, str]) -> None:
        standing = marking.split(">") if marking and not marking.isalpha() else []
        options = [("", _("niemand oder nichts")), *((str(option.position), option.title) for option in ballot.paper)]
        for place in range(1, min(len(ballot.paper), SHOWN_PLACES) + 1):
            self.fields[f"rank-{place}"] = forms.ChoiceField(
                label=_("%(place)s. Platz") % {"place": place}, choices=options, required=place == 1
            )
            self.initial[f"rank-{place}"] = standing[place - 1] if place <= len(standing) else ""
        self.fields["choice"] = forms.MultipleChoiceField(
            label=_("Statt einer Rangfolge"),
            choices=rest,
            required=False,
            widget=BigCheckboxSelectMultiple(descriptions=said),
        )
        self.initial["choice"] = [marking] if marking.isalpha() else []


class ProposalForm(KernForm):
    """One more on the paper: an option, or a candidate with account and proposing partner."""

    title = forms.CharField(label=gettext_lazy("Bezeichnung"), max_length=200, required=False)
    text = forms.CharField(
        label=gettext_lazy("Erläuterung"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    account = forms.ModelChoiceField(
        label=gettext_lazy("Person aus den Gremien"),
        queryset=User.objects.none(),
        required=False,
        help_text=gettext_lazy("Mit Konto kann die Person die Kandidatur selbst annehmen."),
    )
    partner = forms.ModelChoiceField(
        label=gettext_lazy("Vorgeschlagen von"), queryset=Partner.objects.none(), required=False
    )
    submit_label = gettext_lazy("Vorschlagen")

    def __init__(
        self,
        *args: Any,
        ballot: Ballot,
        partners: QuerySet[Partner],
        is_partner_needed: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if ballot.kind != BallotKind.ELECTION:
            del fields["account"], fields["partner"]
            fields["title"].required = True
            return
        fields["title"].label = _("Name")
        fields["title"].help_text = _("Kann leer bleiben, wenn Sie unten eine Person wählen.")
        seats = Delegate.objects.valid(clock.today()).filter(committee__partnership=ballot.partnership_id)
        fields["account"].queryset = User.objects.filter(pk__in=seats.values("person"), is_active=True).order_by("name")
        fields["partner"].queryset = partners
        if is_partner_needed:
            fields["partner"].required, fields["partner"].empty_label = True, None


class OptionForm(ProposalForm):
    """Changing what stands on the paper already."""

    submit_label = gettext_lazy("Änderungen speichern")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("partner", None)


class LotForm(KernForm):
    """Whether the system draws the lot, or who came first by hand."""

    SYSTEM = ""
    first = forms.ChoiceField(
        label=gettext_lazy("Wer hat gezogen?"),
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, tied: list[Option], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tied = tied
        field: Any = self.fields["first"]
        field.choices = [
            (self.SYSTEM, _("Das Portal zieht jetzt das Los")),
            *(
                (str(option.position), _("Von Hand gezogen wurde: %(title)s") % {"title": option.title})
                for option in tied
            ),
        ]
        field.initial = self.SYSTEM

    def order(self) -> list[int]:
        """The order that was drawn by hand, the winner first; empty where the system draws."""
        first = self.cleaned_data["first"]
        if not first:
            return []
        return [int(first), *(option.position for option in self.tied if option.position != int(first))]
