"""Forms about the fund itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from committees.models import Resolution
from fund.models import Fund
from fund.queries import carrying_resolutions
from partnership.models import Partnership, User
from partnership.ui.forms import KernForm


class ResolutionField(forms.ModelChoiceField):
    """One of the resolutions of a partnership that are in force and that the person may read."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Resolution.objects.none(), **kwargs)

    def offer(self, partnership: Partnership, user: User) -> None:
        """Fill the list."""
        readable = Resolution.objects.visible_to(user).values("pk")
        self.queryset = carrying_resolutions(partnership).filter(pk__in=readable).order_by("-position")


class FundForm(KernForm):
    """Name, purpose, and the resolution that created the fund."""

    submit_label = _("Fonds einrichten")

    name = forms.CharField(label=_("Name"), max_length=200, initial=_("Entwicklungsfonds"))
    purpose = forms.CharField(
        label=_("Zweck"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Wofür das Geld ausgegeben werden darf. Steht auch auf der öffentlichen Seite."),
    )
    resolution = ResolutionField(
        label=_("errichtet durch Beschluss"),
        required=False,
        empty_label=_("noch kein Beschluss im Register"),
    )

    def __init__(self, *args: Any, partnership: Partnership, user: User, fund: Fund | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if fund is not None:
            self.submit_label = _("Speichern")
        if fund is not None and fund.created_by_resolution_id:
            del self.fields["resolution"]
        else:
            self.fields["resolution"].offer(partnership, user)  # type: ignore[attr-defined]
