"""Casting a vote in the browser: choose, confirm, receipt; and objecting to a circular vote."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import View

from committees import policies
from committees.enums import BallotForm, Choice
from committees.forms.ballots import CastForm, ConsentForm, ObjectionForm
from committees.forms.papers import must_fit
from committees.models import Ballot
from committees.rules.codec import RuleError
from committees.services import ballots
from committees.services.ballots import BallotRefused, statements
from committees.services.ballots.authority import say
from committees.views.ballots import shown
from committees.views.ballots.pages import BallotDetailView, BallotMixin
from membership.models import Partner
from partnership.access.ties import remember
from partnership.views.base import ObjectFormPage


class BallotVoteView(BallotDetailView):
    """GET with a choice asks for confirmation and writes nothing; POST of the confirmed choice casts it.

    So the browser's "back" never asks to send a form again, and a lost session comes back to the same question.
    Only the choice on a secret paper is asked for by POST as well, as it must never stand in an address or a log.
    The confirmed vote is the one address under load: it asks the service directly, which reads under the lock
    whether this person may cast. Only when something is wrong the page is put together.
    """

    policy = policies.vote
    http_method_names = ["get", "post", "options"]

    @method_decorator(sensitive_post_parameters())
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            given = request.POST or request.GET
            return redirect_to_login(self._page() if self._is_secret() else self._question(given))
        return View.dispatch(self, request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page that asks once more; without a choice there is only the ballot."""
        if not request.GET or self._is_secret():
            return HttpResponseRedirect(self._page())
        form = CastForm(request.GET)
        if not form.is_valid():
            return self._refuse(str(next(iter(form.errors.values()))[0]), 422)
        return self._confirm(form.cleaned_data)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = CastForm(request.POST)
        if not form.is_valid():
            return self._refuse(str(next(iter(form.errors.values()))[0]), 422)
        data = form.cleaned_data
        if not data["confirmed"]:
            self._open_page()
            if self._is_secret():
                return self._confirm(data)
            return HttpResponseRedirect(self._question(request.POST))
        try:
            receipt = ballots.cast(
                by=self.user,
                ballot=self.kwargs["pk"],
                partner=data["partner"],
                choice=data["choice"],
                token=data["token"],
                council=data["council"],
                statement=data["statement"],
                among=Ballot.objects.filter(partnership__slug=self.kwargs["slug"]),
            )
        except Ballot.DoesNotExist:
            raise Http404 from None
        except BallotRefused as refusal:
            return self._refuse(str(refusal), refusal.status)
        if not receipt.choice:
            # A secret paper: no address tells which partner has just voted.
            return HttpResponseRedirect(f"{self._page()}#quittung")
        return HttpResponseRedirect(f"{self._page()}?{urlencode({'quittung': data['partner']})}#quittung")

    def _page(self) -> str:
        return reverse("committees:ballot_detail", kwargs=self.kwargs)

    def _is_secret(self) -> bool:
        """Asked before anybody knows whether the reader may see the ballot; so nothing is told by it."""
        here = Ballot.objects.filter(partnership__slug=self.kwargs["slug"], form=BallotForm.SECRET)
        return here.filter(pk=self.kwargs["pk"]).exists()

    def _question(self, given: QueryDict) -> str:
        """Where a choice is confirmed; the ballot where none was made."""
        form = CastForm(given)
        if not form.is_valid():
            return self._page()
        chosen = {name: form.cleaned_data[name] for name in ("partner", "choice", "council", "statement")}
        chosen = {name: value for name, value in chosen.items() if value}
        return f"{reverse('committees:ballot_vote', kwargs=self.kwargs)}?{urlencode(chosen)}"

    def _open_page(self) -> None:
        """The slow way: whoever may not see the ballot learns nothing of it. Raises Http404."""
        remember(self.request.user)
        _ballot = self.object

    def _refuse(self, sentence: str, status: int) -> HttpResponse:
        self._open_page()
        self.refusal = sentence
        return self.render_to_response(self.get_context_data(), status=status)

    def _confirm(self, data: dict[str, Any]) -> HttpResponse:
        """The page that names partner and choice once more; its token makes the vote safe to send twice."""
        self._open_page()
        ballot = self.object
        seat = next((one for one in shown.seats_of(self.user, ballot) if one.entry.partner_id == data["partner"]), None)
        if seat is None:
            return self._refuse(_("Sie vertreten diesen Partner in dieser Abstimmung nicht."), 403)
        if seat.form is None:
            return self._refuse(seat.refusal, 409)
        marking = data["choice"]
        try:
            must_fit(ballot, marking)
        except RuleError as error:
            return self._refuse(say(error.sentence), 422)
        if data["council"] and (marking != Choice.YES or not ballot.rules.reservation.is_allowed):
            return self._refuse(_("Ein Vorbehalt ist nur bei einem Ja möglich."), 422)
        try:
            statements.must_fit(ballot, marking, data["statement"].strip())
        except BallotRefused as refusal:
            return self._refuse(str(refusal), refusal.status)
        context = {
            "view": self,
            "partnership": self.partnership,
            "ballot": ballot,
            "object": ballot,
            "seat": seat,
            "choice": {"value": marking, "label": ballot.words(marking)},
            "effect": shown.effect_of(ballot, marking, data["partner"]),
            "council": data["council"],
            "statement": data["statement"].strip(),
            "token": str(uuid.uuid4()),
            "breadcrumbs": [*self.breadcrumbs, (_("Bestätigen"), "")],
            "back_url": self._page(),
        }
        self.template_name = "committees/ballot_vote.html"
        return self.render_to_response(context)


class BallotObjectView(BallotMixin, ObjectFormPage):
    """Objecting, for a partner, to deciding without a meeting."""

    policy = policies.belong
    template_name = "confirm.html"
    form_class = ObjectionForm

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = shown.mandates_of(self.user, self.object.committee_id)
        partners = Partner.objects.filter(pk__in=mine, partnership=self.partnership)
        return super().get_form_kwargs() | {"partners": partners}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        limit = self.object.rules.circular.objections_to_stop if self.object.rules_frozen else None
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": [*self.breadcrumbs, (_("Widerspruch"), "")],
            "heading": _("Dem Umlaufverfahren bei „%(title)s“ widersprechen?") % {"title": self.object.title},
            "consequences": [
                _("Ihr Widerspruch beendet den Umlauf; die Vorlage kommt auf die Tagesordnung der nächsten Sitzung.")
                if limit == 1
                else _("Ihr Widerspruch wird gezählt. Bei genügend Widersprüchen endet der Umlauf ohne Beschluss."),
                _("Ein Widerspruch kann nicht zurückgenommen werden."),
            ],
            "confirm_label": _("Widerspruch einlegen"),
            "cancel_url": shown.url_of(self.object),
        }

    def perform(self, form: Any) -> Any:
        return self.run(
            ballots.object_to_circular,
            form=form,
            ballot=self.object,
            partner=form.cleaned_data["partner"],
            reason=form.cleaned_data["reason"],
        )

    def get_success_url(self) -> str:
        messages.success(self.request, _("Ihr Widerspruch ist eingelegt."))
        return shown.url_of(self.object)


class BallotConsentView(BallotMixin, ObjectFormPage):
    """Agreeing, for a partner, to deciding without a meeting, before or without voting."""

    policy = policies.represent
    template_name = "confirm.html"
    form_class = ConsentForm

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = shown.mandates_of(self.user, self.object.committee_id)
        partners = Partner.objects.filter(pk__in=mine, partnership=self.partnership).order_by("number")
        return super().get_form_kwargs() | {"partners": partners}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": [*self.breadcrumbs, (_("Einverständnis"), "")],
            "heading": _("Mit dem Umlauf zu „%(title)s“ einverstanden?") % {"title": self.object.title},
            "consequences": [
                _("Sie stimmen damit noch nicht ab; das können Sie bis zum Ende der Frist."),
                _("Ein Einverständnis kann nicht zurückgenommen werden."),
            ],
            "confirm_label": _("Einverständnis erklären"),
            "tone": "info",
            "cancel_url": shown.url_of(self.object),
        }

    def perform(self, form: Any) -> Any:
        return self.run(
            ballots.consent_to_circular, form=form, ballot=self.object, partner=form.cleaned_data["partner"]
        )

    def get_success_url(self) -> str:
        messages.success(self.request, _("Festgehalten: Ihr Partner ist mit dem Umlauf einverstanden."))
        return shown.url_of(self.object)


__all__ = ["BallotConsentView", "BallotObjectView", "BallotVoteView"]
