"""Forms about committees and role circles."""

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from committees.enums import CommitteeKind, CommitteeState
from committees.models import Committee
from committees.seats import ACTING_ROLES, voting_committees
from committees.services.committees import FIELDS
from membership.forms.organisations import with_blank
from membership.models import Organisation
from membership.queries import organisations_of
from partnership import clock
from partnership.models import Partnership
from partnership.ui.forms import KernForm


class CommitteeForm(KernForm):
    """A committee or role circle."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.CharField(
        label=_("Kürzel"), max_length=8, help_text=_("Beginnt die Nummern der Beschlüsse, zum Beispiel SK-2026-014.")
    )
    kind = forms.ChoiceField(label=_("Art"), choices=with_blank(CommitteeKind.choices, _("Bitte wählen")))
    state = forms.ChoiceField(label=_("Stand"), choices=CommitteeState.choices, initial=CommitteeState.ACTIVE)
    position = forms.IntegerField(
        label=_("Reihenfolge"), min_value=1, max_value=999, initial=1, help_text=_("Kleine Zahlen stehen vorn.")
    )
    purpose = forms.CharField(
        label=_("Aufgaben"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Eine Aufgabe je Zeile mit führendem „- “ wird zur Liste."),
    )
    recommends_to = forms.ModelChoiceField(
        label=_("empfiehlt an"), queryset=Committee.objects.none(), required=False, empty_label="–"
    )
    is_adoption_required = forms.BooleanField(
        label=_("eigene Zustimmung nötig"),
        required=False,
        help_text=_("Nur was dieses Gremium empfiehlt, kann das nächste beschließen."),
    )
    chair_organisation = forms.ModelChoiceField(
        label=_("Vorsitz"), queryset=Organisation.objects.none(), required=False, empty_label="–"
    )
    management_organisation = forms.ModelChoiceField(
        label=_("Geschäftsführung"), queryset=Organisation.objects.none(), required=False, empty_label="–"
    )
    lead_organisation = forms.ModelChoiceField(
        label=_("Federführung"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label="–",
        help_text=_("Fehlt eine Organisation, legen Sie sie zuerst unter „Organisationen“ an."),
    )
    is_public = forms.BooleanField(label=_("auf der öffentlichen Seite zeigen"), required=False, initial=True)

    layout = Layout(
        Fieldset(_("Gremium"), "name", "code", "kind", "state", "position", "purpose", "is_public"),
        Fieldset(_("Wer leitet"), "chair_organisation", "management_organisation", "lead_organisation"),
        Fieldset(_("Weg der Vorlagen"), "recommends_to", "is_adoption_required"),
    )

    def __init__(self, *args: Any, partnership: Partnership, committee: Committee | None = None, **kwargs: Any) -> None:
        if committee is not None:
            kwargs["initial"] = {field: getattr(committee, field) for field in FIELDS}
        super().__init__(*args, **kwargs)
        others = voting_committees(partnership).filter(kind=CommitteeKind.DECIDES)
        if committee is not None:
            others = others.exclude(pk=committee.pk)
        self.fields["recommends_to"].queryset = others  # type: ignore[attr-defined]
        for field in ("chair_organisation", "management_organisation", "lead_organisation"):
            known = organisations_of(partnership)
            # An office may be held by a body that nobody has introduced yet.
            held = getattr(committee, f"{field}_id", None)
            if held:
                known = known | Organisation.objects.filter(pk=held)
            self.fields[field].queryset = known.order_by("name")  # type: ignore[attr-defined]


class PersonFields(KernForm):
    """A person, named by address; who has no account yet gets one and an invitation."""

    email = forms.EmailField(
        label=_("E-Mail-Adresse"), help_text=_("Daran erkennen wir Personen, die schon ein Konto haben.")
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_("Nur nötig, wenn die Person noch kein Konto hat; sie erhält dann eine Einladung per E-Mail."),
    )


class ActingPersonForm(PersonFields):
    """Appoint a chair, deputy chair or secretary."""

    submit_label = _("Bestellen")

    role = forms.ChoiceField(
        label=_("Funktion"), choices=[("", _("Bitte wählen")), *((role.value, role.label) for role in ACTING_ROLES)]
    )
    valid_from = forms.DateField(label=_("ab"))
    valid_until = forms.DateField(
        label=_("bis"),
        required=False,
        help_text=_("Der erste Tag, an dem die Funktion nicht mehr gilt. Leer: ohne Ende."),
    )

    field_order = ("role", "email", "name", "valid_from", "valid_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class CircleMemberForm(KernForm):
    """Somebody who works in a role circle."""

    submit_label = _("Eintragen")

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(
        label=_("E-Mail-Adresse"),
        required=False,
        help_text=_("Mit Adresse erhält die Person ein Konto; ohne steht nur der Name da."),
    )
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label="–"
    )
    is_lead = forms.BooleanField(label=_("leitet den Kreis"), required=False)
    valid_from = forms.DateField(label=_("ab"))

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations_of(partnership).order_by("name")  # type: ignore[attr-defined]


class EndForm(KernForm):
    """The day on which something ends."""

    form_tag = False

    on = forms.DateField(label=_("Endet mit Beginn des Tages"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
