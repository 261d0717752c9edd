"""Conflicts of interest in the browser: a partner declares its own, the chair records how the body decided."""

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotState
from committees.forms.ballots import ConflictDecisionForm, ConflictForm
from committees.models import Ballot, Conflict, ConflictState
from committees.services import ballots
from committees.views.ballots import shown
from committees.views.ballots.pages import BallotMixin
from membership.models import Partner
from partnership.views.base import ObjectFormPage


class BallotConflictView(BallotMixin, ObjectFormPage):
    """Declaring, for a partner, that it is concerned itself."""

    policy = policies.represent
    template_name = "confirm.html"
    form_class = ConflictForm

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(state__in=(BallotState.DRAFT, BallotState.OPEN))

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = shown.mandates_of(self.user, self.object.committee_id)
        partners = Partner.objects.filter(pk__in=mine, partnership=self.partnership).order_by("number")
        return super().get_form_kwargs() | {"partners": partners}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": [*self.breadcrumbs, (_("Befangenheit"), "")],
            "heading": _("Befangenheit bei „%(title)s“ erklären?") % {"title": self.object.title},
            "consequences": [
                _("Ihr Partner stimmt nicht mit und wird gesondert gezählt."),
                _("Wo die Verfahrensregeln es verlangen, entscheidet vorher das Gremium ohne Ihren Partner."),
            ],
            "confirm_label": _("Befangenheit erklären"),
            "cancel_url": shown.url_of(self.object),
        }

    def perform(self, form: Any) -> Any:
        return self.run(ballots.declare_conflict, form=form, ballot=self.object, **form.cleaned_data)

    def get_success_url(self) -> str:
        is_found = self.result.state == ConflictState.FOUND
        messages.success(
            self.request,
            _("Festgehalten: Ihr Partner stimmt hier nicht mit.")
            if is_found
            else _("Festgehalten. Das Gremium entscheidet nun darüber."),
        )
        return shown.url_of(self.object)


class ConflictDecideView(ObjectFormPage):
    """Recording how the body, without the partner, decided on its exclusion."""

    policy = policies.preside
    model = Conflict
    partnership_path = "ballot__partnership"
    template_name = "confirm.html"
    form_class = ConflictDecisionForm

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .filter(state=ConflictState.STATED)
            .select_related("partner", "ballot__partnership", "ballot__committee")
        )

    @property
    def ballot(self) -> Ballot:
        """The ballot the conflict is about."""
        return self.object.ballot

    def get_policy_subject(self) -> Any:
        return self.ballot

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": [(self.ballot.title, shown.url_of(self.ballot)), (_("Befangenheit"), "")],
            "heading": _("Ist „%(partner)s“ befangen?") % {"partner": self.object.partner},
            "lead": self.object.reason,
            "consequences": [
                _("Der Partner nimmt an dieser Entscheidung nicht teil."),
                _("Mehr Stimmen für als gegen den Ausschluss: Der Partner stimmt nicht mit. Sonst stimmt er mit."),
            ],
            "confirm_label": _("Entscheidung festhalten"),
            "cancel_url": shown.url_of(self.ballot),
        }

    def perform(self, form: Any) -> Any:
        return self.run(ballots.decide_conflict, form=form, conflict=self.object, **form.cleaned_data)

    def get_success_url(self) -> str:
        messages.success(self.request, _("Die Entscheidung ist festgehalten."))
        return shown.url_of(self.ballot)


__all__ = ["BallotConflictView", "ConflictDecideView"]
