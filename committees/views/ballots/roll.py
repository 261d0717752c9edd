"""Who may not vote in a ballot: excluding a partner for conflict of interest, and taking that back."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import BallotState
from committees.forms.ballots import (
    ExclusionForm,
)
from committees.models import Conflict, Participation, RollEntry
from committees.services import ballots
from committees.services.ballots.authority import rules_of
from committees.views.ballots import shown
from committees.views.ballots.acts import BallotAct
from committees.views.ballots.pages import BallotMixin
from membership.models import Partner
from partnership import clock
from partnership.views.base import Deed


class BallotExcludeView(BallotAct):
    """Excluding a partner for conflict of interest; what is excluded already can be taken back here."""

    policy = policies.preside
    form_class = ExclusionForm
    template_name = "committees/ballot_exclude.html"
    tone = "danger"
    states = (BallotState.DRAFT, BallotState.OPEN)

    def get_form_kwargs(self) -> dict[str, Any]:
        barred = RollEntry.objects.filter(ballot=self.object, is_excluded=True).values("partner")
        voted = Participation.objects.filter(ballot=self.object).values("partner")
        if self.object.state == BallotState.DRAFT:
            partners = Partner.objects.filter(partnership=self.partnership).with_voting_right(clock.today())
        else:
            roll = RollEntry.objects.filter(ballot=self.object).values("partner")
            partners = Partner.objects.filter(pk__in=roll)
        partners = partners.exclude(pk__in=barred).exclude(pk__in=voted).order_by("number")
        return super().get_form_kwargs() | {"partners": partners}

    def heading(self) -> str:
        return _("Partner von „%(title)s“ ausschließen") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Wegen Befangenheit ausschließen")

    def consequences(self) -> list[str]:
        return [_("Der Partner stimmt nicht mit und wird gesondert gezählt. Wer schon abgestimmt hat, bleibt.")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        excluded = RollEntry.objects.filter(ballot=self.object, is_excluded=True).select_related("excluded_by")
        return super().get_context_data(**kwargs) | {"excluded": excluded}

    def done(self) -> str:
        if isinstance(self.result, Conflict):
            return _("Festgehalten. Nun entscheidet das Gremium ohne „%(partner)s“.") % {"partner": self.result.partner}
        return _("„%(partner)s“ ist ausgeschlossen.") % {"partner": self.result.partner_name}

    def perform(self, form: Any) -> Any:
        return self.run(self._verb, form=form, ballot=self.object, **form.cleaned_data)

    @property
    def _verb(self) -> Any:
        """Excluding at once or, where the rules let the body decide, stating the conflict."""
        rules = rules_of(self.object)
        is_decided = rules is not None and rules.is_conflict_decided_by_body
        return ballots.state_conflict if is_decided else ballots.exclude_partner


class BallotIncludeView(BallotMixin, Deed):
    """Taking an exclusion back."""

    policy = policies.preside
    success_message = gettext_lazy("Der Ausschluss ist zurückgenommen.")

    def perform(self) -> Any:
        excluded = RollEntry.objects.filter(ballot=self.object, is_excluded=True).select_related("partner")
        entry = get_object_or_404(excluded, partner=self.kwargs["partner"])
        return self.run(ballots.include_partner, ballot=self.object, partner=entry.partner)

    def get_success_url(self) -> str:
        return shown.url_of(self.object, "ballot_exclude")


__all__ = [
    "BallotExcludeView",
    "BallotIncludeView",
]
