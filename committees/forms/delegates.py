"""Forms about delegates and deputies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committees.enums import DelegateKind
from committees.forms.committees import EndForm, PersonFields
from committees.models import Committee
from committees.seats import voting_committees
from partnership import clock
from partnership.models import Partnership


class DelegateForm(PersonFields):
    """Let a person speak for the partner in a committee."""

    submit_label = _("Eintragen")

    committee = forms.ModelChoiceField(
        label=_("Gremium"), queryset=Committee.objects.none(), empty_label=_("Bitte wählen")
    )
    kind = forms.ChoiceField(
        label=_("Als"),
        choices=DelegateKind.choices,
        initial=DelegateKind.DELEGATE,
        widget=forms.RadioSelect,
        help_text=_("Jeder Partner hat eine Vertretung je Gremium und beliebig viele Stellvertretungen."),
    )
    valid_from = forms.DateField(label=_("ab"))
    valid_until = forms.DateField(
        label=_("bis"), required=False, help_text=_("Der erste Tag, an dem es nicht mehr gilt. Leer: ohne Ende.")
    )

    field_order = ("committee", "kind", "email", "name", "valid_from", "valid_until")

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["committee"].queryset = voting_committees(partnership)  # type: ignore[attr-defined]


class HandOverForm(PersonFields):
    """Who follows, and from which day on."""

    submit_label = _("Übergeben")

    on = forms.DateField(label=_("Übergabe am"), help_text=_("Mit Beginn dieses Tages spricht die neue Person."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": clock.today()} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class DelegateEndForm(EndForm):
    """When and why a delegation ends."""

    reason = forms.CharField(label=_("Grund"), max_length=200, required=False)
