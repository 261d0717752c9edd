"""Forms about ballots: preparing one, casting, and the acts of those who conduct it."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

import django_filters
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from committees.enums import (
    BallotForm,
    BallotKind,
    BallotState,
    BallotWay,
    Choice,
    MeetingState,
    ReferralState,
    SecrecyLevel,
)
from committees.forms.matters import MatterField, offer_matters
from committees.forms.papers import marking_of
from committees.models import AgendaItem, Ballot, Committee, Matter, Meeting, Referral, RollEntry
from committees.rules.deadlines import BERLIN, end_of_day, last_day
from committees.rules.describe import choice_effects
from committees.rules.papers import LONGEST as LONGEST_MARKING
from committees.rules.rule_set import Rules
from committees.services.ballots.authority import say
from committees.services.ballots.stages import is_ripe
from committees.services.ballots.statements import LONGEST
from membership.models import Partner
from partnership.models import User
from partnership.ui.forms import KernForm
from partnership.ui.widgets import BigRadioSelect

TREATABLE = (ReferralState.WAITING, ReferralState.SCHEDULED, ReferralState.DEFERRED)
LARGEST_TOKEN = 64
MIDNIGHT = " 24:00"


class CastForm(forms.Form):
    """What a vote is made of; strict, as anybody may send anything."""

    partner = forms.UUIDField(error_messages={"required": _("Es fehlt, für welchen Partner Sie abstimmen.")})
    choice = forms.CharField(max_length=LONGEST_MARKING, required=False)
    council = forms.CharField(max_length=200, required=False)
    statement = forms.CharField(
        max_length=LONGEST,
        required=False,
        error_messages={"max_length": _("Die Erklärung hat höchstens 500 Zeichen.")},
    )
    token = forms.CharField(max_length=LARGEST_TOKEN, required=False)
    confirmed = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        if not isinstance(self.data, QueryDict):
            return self.cleaned_data
        for name in ("partner", "token", *(["choice"] if self.cleaned_data.get("confirmed") else [])):
            if len(self.data.getlist(name)) > 1:
                raise forms.ValidationError(_("Bitte wählen Sie genau eine Antwort."))
        if not self.cleaned_data.get("confirmed"):
            self.cleaned_data["choice"] = marking_of(self.data)
        if not self.cleaned_data.get("choice"):
            raise forms.ValidationError(_("Bitte wählen Sie, wie Ihre Stimme lauten soll."))
        return self.cleaned_data


class VoteForm(KernForm):
    """The big choice for one partner; its answer is confirmed on a page of its own."""

    partner = forms.UUIDField(widget=forms.HiddenInput)
    choice = forms.ChoiceField(label=_("Ihre Stimme"), widget=BigRadioSelect)
    council = forms.CharField(
        label=_("Ja nur vorbehaltlich der Zustimmung von"),
        max_length=200,
        required=False,
        help_text=_("Zum Beispiel Stadtrat. Leer: ohne Vorbehalt. Nur bei einem Ja."),
    )
    statement = forms.CharField(
        label=_("Erklärung zur Stimme"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Freiwillig. Steht bei Ihrer Stimme, in der namentlichen Liste und im Beschlussregister."),
    )
    submit_label = _("Weiter zur Bestätigung")

    def __init__(self, *args: Any, rules: Rules, way: str, action: str, is_secret: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form_action = action
        self.form_method = "post" if is_secret else "get"
        if not rules.reservation.is_allowed:
            del self.fields["council"]
        if is_secret:
            del self.fields["statement"]
        elif rules.is_reason_needed_for_no:
            self.fields["statement"].help_text = _(
                "Bei einem Nein nötig: Nach den Verfahrensregeln ist es zu begründen. "
                "Steht bei Ihrer Stimme, in der namentlichen Liste und im Beschlussregister."
            )
        effects = choice_effects(rules, way, partner=str(self.initial["partner"]))
        field: Any = self.fields["choice"]
        field.choices = [(choice.value, Choice(choice.value).label) for choice in effects]
        field.widget.descriptions = {choice.value: say(sentence) for choice, sentence in effects.items()}


class DeadlineField(forms.DateTimeField):
    """A moment by the clock on the wall in Berlin, whatever time zone the reader has chosen; 24:00 ends its day."""

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(BERLIN):
            if isinstance(value, str) and value.endswith(MIDNIGHT):
                begin = super().to_python(value.removesuffix(MIDNIGHT) + " 00:00")
                return end_of_day(begin.date()) if begin else None
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and value.astimezone(BERLIN).time() == time(0):
            return f"{last_day(value).isoformat()}{MIDNIGHT}"
        with timezone.override(BERLIN):
            return super().prepare_value(value)


class BallotDraftForm(KernForm):
    """What a ballot asks, of whom, and how."""

    committee = forms.ModelChoiceField(label=_("Gremium"), queryset=Committee.objects.none())
    referral = forms.ModelChoiceField(
        label=_("Vorlage"),
        queryset=Referral.objects.none(),
        required=False,
        help_text=_("Titel und Beschlusstext kommen aus der Vorlage, wenn Sie sie unten leer lassen."),
    )
    title = forms.CharField(label=_("Gegenstand"), max_length=200, required=False)
    text = forms.CharField(
        label=_("Beschlusstext"),
        widget=forms.Textarea,
        required=False,
        max_length=20_000,
        help_text=_("So soll der Beschluss lauten."),
    )
    matter = MatterField()
    kind = forms.ChoiceField(
        label=_("Gefragt wird nach"), choices=BallotKind.choices, required=False, initial=BallotKind.MOTION
    )
    options = forms.CharField(
        label=_("Möglichkeiten oder Personen"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        max_length=12_000,
        help_text=_("Je Zeile eine, in der Reihenfolge des Stimmzettels. Bei Ja, Nein oder Enthaltung bleibt es leer."),
    )
    posts = forms.IntegerField(
        label=_("zu besetzende Plätze"),
        min_value=1,
        max_value=50,
        required=False,
        initial=1,
        help_text=_("Nur bei einer Wahl; bei einer Rangfolge mit mehreren Plätzen wird nach STV ausgezählt."),
    )
    takes_nominations = forms.BooleanField(
        label=_("Partner dürfen Personen vorschlagen"),
        required=False,
        help_text=_("Nur bei einer Wahl: Bis zum Eröffnen sehen alle den Entwurf, Vertretungen schlagen vor."),
    )
    is_opinion = forms.BooleanField(
        label=_("Meinungsbild"),
        required=False,
        help_text=_("Bindet niemanden und kommt nicht in das Beschlussregister."),
    )
    way = forms.ChoiceField(label=_("Verfahren"), choices=BallotWay.choices, widget=forms.RadioSelect)
    deadline_at = DeadlineField(
        label=_("Frist"),
        required=False,
        help_text=_("Nur beim Umlaufbeschluss. Bis zu diesem Zeitpunkt zählen Stimmen."),
    )
    meeting = forms.ModelChoiceField(
        label=_("Sitzung"),
        queryset=Meeting.objects.none(),
        required=False,
        help_text=_("Nur bei einer Abstimmung in der Sitzung."),
    )
    agenda_item = forms.ModelChoiceField(
        label=_("Tagesordnungspunkt"), queryset=AgendaItem.objects.none(), required=False
    )
    form = forms.ChoiceField(
        label=_("Form"), choices=BallotForm.choices, widget=forms.RadioSelect, initial=BallotForm.ROLL_CALL
    )
    secrecy = forms.ChoiceField(
        label=_("Geheimhaltung"),
        choices=[("", _("wie üblich: Wahlen und Vertrauliches versiegelt, sonst getrennt")), *SecrecyLevel.choices],
        required=False,
        help_text=_("Nur bei einer geheimen Abstimmung."),
    )
    is_confidential = forms.BooleanField(
        label=_("vertraulich"),
        required=False,
        help_text=_("Mails nennen weder Gegenstand noch Text; nur das Gremium sieht die Abstimmung."),
    )
    submit_label = _("Abstimmung vorbereiten")
    layout = Layout(
        Fieldset(_("Gegenstand"), "committee", "referral", "title", "text", "matter", "is_confidential"),
        Fieldset(_("Stimmzettel"), "kind", "options", "posts", "takes_nominations", "is_opinion"),
        Fieldset(_("Verfahren"), "way", "deadline_at", "meeting", "agenda_item", "form", "secrecy"),
    )

    def __init__(
        self, *args: Any, committees: QuerySet[Committee], ballot: Ballot | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if ballot is not None:
            committees = committees.filter(pk=ballot.committee_id)
        fields: dict[str, Any] = self.fields
        offer_matters(fields, Matter.objects.filter(partnership__in=committees.values("partnership")))
        fields["committee"].queryset = committees
        fields["committee"].empty_label = None
        fields["referral"].queryset = (
            Referral.objects.filter(committee__in=committees, motion__number__isnull=False)
            .filter(Q(state__in=TREATABLE) | Q(pk=ballot.referral_id if ballot else None))
            .select_related("motion__matter", "committee")
            .order_by("-motion__year", "-motion__number")
        )
        fields["meeting"].queryset = Meeting.objects.filter(
            committee__in=committees, state__in=(MeetingState.DRAFT, MeetingState.INVITED, MeetingState.RUNNING)
        ).order_by("starts_at")
        fields["agenda_item"].queryset = (
            AgendaItem.objects.filter(meeting__in=fields["meeting"].queryset)
            .select_related("meeting")
            .order_by("meeting__starts_at", "position")
        )

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["kind"] = data.get("kind") or BallotKind.MOTION
        data["posts"] = data.get("posts") or 1
        data["options"] = [line.strip() for line in (data.get("options") or "").splitlines() if line.strip()]
        if data["options"] and data["kind"] == BallotKind.MOTION:
            self.add_error("kind", _("Möglichkeiten stehen auf dem Stimmzettel nur, wenn nach ihnen gefragt wird."))
        if (referral := data.get("referral")) is not None:
            data["title"] = data.get("title") or referral.motion.title
            data["text"] = data.get("text") or referral.motion.text
            data["matter"] = data.get("matter") or referral.motion.matter
        if data.get("agenda_item") is not None and data.get("meeting") is None:
            data["meeting"] = data["agenda_item"].meeting
        return data


class ReasonForm(KernForm):
    """A reason that others will read."""

    reason = forms.CharField(label=_("Begründung"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class ExclusionForm(KernForm):
    """Which partner is excluded for conflict of interest, and why."""

    partner = forms.ModelChoiceField(label=_("Partner"), queryset=Partner.objects.none())
    reason = forms.CharField(
        label=_("Grund der Befangenheit"),
        max_length=300,
        help_text=_("Steht bei der Abstimmung und in der Niederschrift."),
    )

    def __init__(self, *args: Any, partners: QuerySet[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["partner"]
        field.queryset = partners


class TellersForm(KernForm):
    """The two persons who count a sealed ballot."""

    first = forms.ModelChoiceField(label=_("Erste zählende Person"), queryset=User.objects.none())
    second = forms.ModelChoiceField(label=_("Zweite zählende Person"), queryset=User.objects.none())
    submit_label = _("Zählende benennen")

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["first"].queryset = fields["second"].queryset = people


class PassphraseForm(KernForm):
    """A new passphrase, typed twice, as nobody can look it up or reset it."""

    passphrase = forms.CharField(
        label=_("Kennwort für diese Abstimmung"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Mindestens 12 Zeichen, nicht das Kennwort Ihres Zugangs."),
    )
    again = forms.CharField(
        label=_("Kennwort wiederholen"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    submit_label = _("Kennwort setzen")

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("passphrase", again):
            raise forms.ValidationError(_("Die beiden Eingaben sind nicht gleich."))
        return again


class UrnForm(KernForm):
    """The passphrase set before opening."""

    passphrase = forms.CharField(
        label=_("Ihr Kennwort für diese Abstimmung"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    submit_label = _("Kennwort eingeben")


class DemandForm(KernForm):
    """For which partner secrecy is demanded."""

    partner = forms.ModelChoiceField(label=_("Partner"), queryset=Partner.objects.none(), empty_label=None)
    submit_label = _("Geheime Abstimmung verlangen")

    def __init__(self, *args: Any, partners: QuerySet[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["partner"]
        field.queryset = partners


class ConflictForm(ReasonForm):
    """For which partner one declares that it is concerned itself, and why."""

    partner = forms.ModelChoiceField(label=_("Partner"), queryset=Partner.objects.none(), empty_label=None)
    reason = forms.CharField(
        label=_("Grund der Befangenheit"),
        max_length=300,
        help_text=_("Steht bei der Abstimmung und in der Niederschrift."),
    )
    field_order = ("partner", "reason")

    def __init__(self, *args: Any, partners: QuerySet[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["partner"]
        field.queryset = partners


class ConflictDecisionForm(KernForm):
    """How the body decided on an exclusion, without the partner."""

    votes_for = forms.IntegerField(label=_("Stimmen für den Ausschluss"), min_value=0, max_value=99_999)
    votes_against = forms.IntegerField(label=_("Stimmen gegen den Ausschluss"), min_value=0, max_value=99_999)


class AnnulForm(ReasonForm):
    """Why a ballot is annulled, and for a circular one until when the new one runs."""

    deadline_at = DeadlineField(label=_("Frist der neuen Abstimmung"))

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ballot.way != BallotWay.CIRCULAR:
            del self.fields["deadline_at"]
        if ballot.annul_requested_by_id is not None:
            del self.fields["reason"]


class ObjectionForm(ReasonForm):
    """For which partner one objects to the circular procedure, and why."""

    partner = forms.ModelChoiceField(label=_("Partner"), queryset=Partner.objects.none(), empty_label=None)
    field_order = ("partner", "reason")

    def __init__(self, *args: Any, partners: QuerySet[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["partner"]
        field.queryset = partners


class ConsentForm(KernForm):
    """For which partner one agrees to the circular procedure."""

    partner = forms.ModelChoiceField(label=_("Partner"), queryset=Partner.objects.none(), empty_label=None)

    def __init__(self, *args: Any, partners: QuerySet[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["partner"]
        field.queryset = partners


class FollowingForm(KernForm):
    """Until when the next ballot runs, where it is a circular one."""

    deadline_at = DeadlineField(label=_("Frist des nächsten Wahlgangs"))

    def __init__(self, *args: Any, ballot: Ballot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ballot.way != BallotWay.CIRCULAR:
            del self.fields["deadline_at"]
        elif not is_ripe(ballot):
            self.fields["deadline_at"].required = False
            self.fields["deadline_at"].help_text = _("Kann auch noch beim Eröffnen festgelegt werden.")


class TieForm(KernForm):
    """How the chair decides equal votes."""

    choice = forms.ChoiceField(
        label=_("Entscheidung des Vorsitzes"),
        choices=Choice.choices,
        widget=BigRadioSelect(descriptions={"abstain": _("Gilt als Ablehnung.")}),
    )


class HandsForm(forms.Form):
    """What each partner showed; a line left out stays as it is."""

    rest = forms.ChoiceField(
        label=_("Alle Übrigen"),
        choices=[("", _("nicht erfassen")), *Choice.choices],
        required=False,
        help_text=_("Gilt für anwesende Partner, bei denen oben nichts gewählt ist."),
    )

    def __init__(
        self,
        *args: Any,
        entries: list[RollEntry],
        standing: dict[Any, str],
        present: set[UUID] | None,
        **kwargs: Any,
    ) -> None:
        """`present`: partners noted as present; None where attendance is not kept."""
        super().__init__(*args, **kwargs)
        self.entries, self.present = entries, present
        for entry in entries:
            self.fields[self.name_of(entry)] = forms.ChoiceField(
                label=entry.partner_name,
                choices=Choice.choices,
                required=False,
                widget=forms.RadioSelect,
                initial=standing.get(entry.partner_id, ""),
            )

    @staticmethod
    def name_of(entry: RollEntry) -> str:
        """The name of a partner's line."""
        return f"p-{entry.partner_id.hex}"

    def is_here(self, entry: RollEntry) -> bool:
        """Whether the partner can have shown a hand, as far as is known."""
        return self.present is None or entry.partner_id in self.present

    def lines(self) -> list[tuple[RollEntry, Any, bool]]:
        """Each line of the roll with its field, and whether the partner is here."""
        return [(entry, self[self.name_of(entry)], self.is_here(entry)) for entry in self.entries]

    def choices(self) -> dict[Any, str]:
        """Partner → choice, for the lines that say something."""
        rest = self.cleaned_data.get("rest", "")
        given = {
            entry.partner_id: self.cleaned_data.get(self.name_of(entry)) or (rest if self.is_here(entry) else "")
            for entry in self.entries
        }
        return {partner: choice for partner, choice in given.items() if choice}


class BallotFilter(django_filters.FilterSet):
    """Search and filters of the list of ballots."""

    q = django_filters.CharFilter(label=_("Suche"), method="search")
    committee = django_filters.ModelChoiceFilter(label=_("Gremium"), queryset=Committee.objects.none())
    state = django_filters.ChoiceFilter(label=_("Stand"), choices=BallotState.choices)
    way = django_filters.ChoiceFilter(label=_("Verfahren"), choices=BallotWay.choices)

    class Meta:
        model = Ballot
        fields = ("q", "committee", "state", "way")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None:
            committees = Committee.objects.visible_to(self.request.user)
            slug = self.request.resolver_match.kwargs["slug"]
            self.filters["committee"].queryset = committees.filter(partnership__slug=slug)

    def search(self, queryset: QuerySet[Ballot], name: str, value: str) -> QuerySet[Ballot]:
        """Ballots whose title or text holds what was typed."""
        return queryset.filter(Q(title__icontains=value) | Q(text__icontains=value))
