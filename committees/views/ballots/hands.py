"""Entering a show of hands."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotForm, BallotState
from committees.forms.ballots import (
    HandsForm,
)
from committees.models import Ballot, RollEntry
from committees.services import ballots
from committees.services.ballots import counting
from committees.services.ballots.authority import say
from committees.views.ballots import shown
from committees.views.ballots.pages import BallotMixin
from partnership.views.base import ObjectFormPage


class BallotHandsView(BallotMixin, ObjectFormPage):
    """Entering a show of hands, with the verdict it would have."""

    policy = policies.conduct
    template_name = "committees/ballot_hands.html"
    form_class = HandsForm

    def get_queryset(self) -> QuerySet[Ballot]:
        return super().get_queryset().filter(form=BallotForm.SHOW_OF_HANDS)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.state != BallotState.OPEN:
            return HttpResponseRedirect(shown.url_of(self.object))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        entries = list(RollEntry.objects.filter(ballot=self.object, is_excluded=False).order_by("partner_name", "id"))
        standing = dict(counting.latest_votes(self.object).values_list("partner_id", "choice"))
        present = counting.present_partner_ids(self.object)
        return super().get_form_kwargs() | {"entries": entries, "standing": standing, "present": present}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        verdict = ballots.preview(self.object) if self.object.state == BallotState.OPEN else None
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": [*self.breadcrumbs, (_("Handzeichen"), "")],
            "verdict": verdict,
            "sentences": [say(condition.sentence) for condition in verdict.conditions] if verdict else [],
            "outcome": say(verdict.sentence) if verdict else "",
        }

    def perform(self, form: Any) -> Any:
        return self.run(ballots.enter_hands, form=form, ballot=self.object, choices=form.choices())

    def get_success_url(self) -> str:
        messages.success(self.request, _("Gespeichert. Prüfen Sie das Ergebnis und schließen Sie dann die Abstimmung."))
        return shown.url_of(self.object, "ballot_hands")


__all__ = [
    "BallotHandsView",
]
