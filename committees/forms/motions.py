"""Forms about motions."""

from typing import Any

import django_filters
from crispy_forms.layout import Layout, Row
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from committees.enums import CommitteeKind, CommitteeState, EntryKind, MotionState, ReferralRole
from committees.forms.matters import MatterField, offer_matters
from committees.models import Committee, Matter, Motion, Resolution
from committees.services.motions import default_way
from membership.models import Partner
from partnership.access import ties
from partnership.enums import Role
from partnership.models import Partnership, User
from partnership.ui.forms import KernForm


class PlainTextField(forms.CharField):
    """Several lines; line ends as everywhere else, whatever the browser sends."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class CommitteeWayField(forms.ModelChoiceField):
    """A committee, named with the way a motion takes from it."""

    def label_from_instance(self, obj: Any) -> str:
        return " → ".join(committee.name for committee, _role in default_way(obj))


class MotionForm(KernForm):
    """What a motion says, for whom, and where its way begins."""

    title = forms.CharField(label=_("Titel"), max_length=200)
    text = PlainTextField(
        label=_("Beschlusstext"),
        help_text=_("So soll der Beschluss lauten."),
        max_length=20_000,
        widget=forms.Textarea({"rows": 8}),
    )
    reasons = PlainTextField(
        label=_("Begründung"), required=False, max_length=50_000, widget=forms.Textarea({"rows": 8})
    )
    effects = PlainTextField(
        label=_("Auswirkungen"), required=False, help_text=_("Geld, Arbeit, andere Folgen."), max_length=20_000
    )
    amount = forms.DecimalField(
        label=_("Betrag in Euro"), max_digits=12, decimal_places=2, min_value=0, required=False, localize=True
    )
    matter = MatterField()
    submitting_partner = forms.ModelChoiceField(
        label=_("Eingebracht von"), queryset=Partner.objects.none(), required=False, empty_label=_("Geschäftsführung")
    )
    concerned_partner = forms.ModelChoiceField(
        label=_("Betroffener Partner"),
        queryset=Partner.objects.none(),
        required=False,
        empty_label=_("keiner"),
        help_text=_("Ist ein Partner selbst betroffen, hat er bei der Abstimmung darüber kein Stimmrecht."),
    )
    committee = CommitteeWayField(
        label=_("Weg durch die Gremien"),
        queryset=Committee.objects.none(),
        help_text=_("Das erste Gremium berät zuerst, das letzte beschließt."),
    )
    replaces = forms.CharField(
        label=_("Ersetzt den Beschluss"),
        required=False,
        max_length=30,
        help_text=_("Nummer eines früheren Beschlusses, zum Beispiel SK-2025-003."),
    )
    is_confidential = forms.BooleanField(
        label=_("vertraulich"),
        required=False,
        help_text=_("Nur die beratenden Gremien, der einreichende Partner und die Geschäftsführung lesen sie."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, user: User, partnership: Partnership, motion: Motion | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.partnership = user, partnership
        offer_matters(self.fields, Matter.objects.filter(partnership=partnership))
        held = ties(user)
        partners = Partner.objects.filter(partnership=partnership).order_by("number")
        concerned_field = self.fields["concerned_partner"]
        assert isinstance(concerned_field, forms.ModelChoiceField)
        concerned_field.queryset = partners
        if not held.holds(Role.MANAGING_OFFICE, on=partnership):
            del self.fields["concerned_partner"]
        partner_field = self.fields["submitting_partner"]
        assert isinstance(partner_field, forms.ModelChoiceField)
        if held.holds(Role.MANAGING_OFFICE, on=partnership):
            partner_field.queryset = partners
        else:
            own = Q(pk__in=held.partner_ids)
            if motion is not None and motion.submitting_partner_id:
                own |= Q(pk=motion.submitting_partner_id)
            partner_field.queryset = partners.filter(own)
            partner_field.required = True
            partner_field.empty_label = None
        # Asked for once; each field would ask for itself, a required one even twice.
        offered = [(partner.pk, str(partner)) for partner in partner_field.queryset]
        for field in (partner_field, concerned_field):
            field.choices = [*([("", field.empty_label)] if field.empty_label is not None else []), *offered]
        committee_field = self.fields["committee"]
        assert isinstance(committee_field, forms.ModelChoiceField)
        committee_field.queryset = (
            Committee.objects.filter(
                partnership=partnership,
                state=CommitteeState.ACTIVE,
                kind__in=(CommitteeKind.DECIDES, CommitteeKind.RECOMMENDS),
            )
            .select_related("recommends_to__recommends_to__recommends_to")
            .order_by("-recommends_to", "position")
        )
        committee_field.empty_label = None
        if motion is not None and self._is_way_begun(motion):
            del self.fields["committee"]

    def _is_way_begun(self, motion: Motion) -> bool:
        return any(referral.state != "waiting" for referral in motion.referrals.all())

    def clean_replaces(self) -> Resolution | None:
        number = self.cleaned_data["replaces"].strip()
        if not number:
            return None
        found = (
            Resolution.objects.visible_to(self.user)
            .filter(partnership=self.partnership, number__iexact=number, kind=EntryKind.ADOPTED)
            .first()
        )
        if found is None:
            raise forms.ValidationError(_("Einen Beschluss mit dieser Nummer gibt es nicht."))
        return found


class ReasonForm(KernForm):
    """Why something is done."""

    reason = PlainTextField(label=_("Grund"), max_length=500)


class NoteForm(KernForm):
    """A remark that may be left out."""

    note = PlainTextField(label=_("Bemerkung"), required=False, max_length=500)


class OpinionForm(KernForm):
    """Why a committee recommends, or does not."""

    opinion = PlainTextField(
        label=_("Stellungnahme"),
        required=False,
        max_length=10_000,
        help_text=_("Steht mit dem Abstimmungsergebnis in der Beschlussvorlage des nächsten Gremiums."),
    )


class AttachmentForm(KernForm):
    """A file for a motion."""

    title = forms.CharField(
        label=_("Titel"), max_length=200, required=False, help_text=_("Ohne Angabe: der Name der Datei.")
    )
    file = forms.FileField(label=_("Datei"))
    submit_label = _("Hochladen")


STEPS = 4


class ReferForm(KernForm):
    """The way of a motion, committee by committee."""

    submit_label = _("Weg festlegen")

    def __init__(self, *args: Any, motion: Motion, **kwargs: Any) -> None:
        begun = {referral.committee_id for referral in motion.referrals.all() if referral.state != "waiting"}
        open_ones = [referral for referral in motion.referrals.all() if referral.state == "waiting"]
        super().__init__(*args, **kwargs)
        choices = Committee.objects.filter(partnership=motion.partnership_id, state=CommitteeState.ACTIVE).exclude(
            pk__in=begun
        )
        roles = [("", _("wie im Gremium üblich")), *ReferralRole.choices]
        listed = list(choices)
        for number in range(1, STEPS + 1):
            given = open_ones[number - 1] if number <= len(open_ones) else None
            self.fields[f"committee_{number}"] = forms.ChoiceField(
                label=_("%(number)s. Gremium") % {"number": number},
                choices=[("", "–"), *((str(committee.pk), committee.name) for committee in listed)],
                required=number == 1,
                initial=str(given.committee_id) if given else "",
            )
            self.fields[f"role_{number}"] = forms.ChoiceField(
                label=_("Aufgabe des %(number)s. Gremiums") % {"number": number},
                choices=roles,
                required=False,
                initial=given.role if given else "",
            )
        self.layout = Layout(*(Row(f"committee_{number}", f"role_{number}") for number in range(1, STEPS + 1)))
        self.by_key = {str(committee.pk): committee for committee in listed}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [data.get(f"committee_{number}") for number in range(1, STEPS + 1)]
        chosen = [key for key in chosen if key]
        if len(set(chosen)) != len(chosen):
            raise forms.ValidationError(_("Ein Gremium steht zweimal im Weg."))
        return data

    def way(self) -> tuple[list[Committee], dict[Any, str]]:
        """The committees in order, and the roles that differ from what they usually do."""
        committees, roles = [], {}
        for number in range(1, STEPS + 1):
            key = self.cleaned_data.get(f"committee_{number}")
            if not key:
                continue
            committee = self.by_key[key]
            committees.append(committee)
            if role := self.cleaned_data.get(f"role_{number}"):
                roles[committee.pk] = role
        return committees, roles


def committees_of_page(request: Any) -> QuerySet[Committee]:
    """Committees of the partnership in the address."""
    return Committee.objects.filter(partnership__slug=request.resolver_match.kwargs["slug"])


class MotionFilter(django_filters.FilterSet):
    """Search and filter of the list of motions."""

    q = django_filters.CharFilter(method="search", label=_("Suche"))
    state = django_filters.ChoiceFilter(choices=MotionState.choices, label=_("Stand"), empty_label=_("alle"))
    committee = django_filters.ModelChoiceFilter(
        field_name="referrals__committee",
        queryset=committees_of_page,
        label=_("Gremium"),
        empty_label=_("alle"),
    )

    class Meta:
        model = Motion
        fields = ("q", "state", "committee")

    def search(self, queryset: QuerySet[Motion], name: str, value: str) -> QuerySet[Motion]:
        """Words of number, title, text and reasons."""
        for word in value.split()[:8]:
            parts = word.upper().removeprefix("V-").split("-")
            by_number = Q()
            if len(parts) == 2 and all(part.isdecimal() and len(part) < 6 for part in parts):
                by_number = Q(year=int(parts[0]), number=int(parts[1]))
            words = Q(title__icontains=word) | Q(text__icontains=word) | Q(reasons__icontains=word)
            queryset = queryset.filter(words | by_number if by_number else words)
        return queryset
