"""What those who conduct a ballot do: prepare, open, close, decide, declare, exclude, annul."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotForm, BallotState, BallotWay, CommitteeState
from committees.forms.ballots import (
    AnnulForm,
    BallotDraftForm,
    ConfirmForm,
    ExclusionForm,
    HandsForm,
    ReasonForm,
    TieForm,
)
from committees.models import Ballot, Committee, Participation, RollEntry
from committees.rules.deadlines import deadline_words
from committees.services import ballots
from committees.services.ballots import counting
from committees.services.ballots.authority import say
from committees.views.ballots import shown
from committees.views.ballots.pages import BallotMixin
from membership.models import Partner
from partnership import clock
from partnership.access import Person, ties
from partnership.enums import Role
from partnership.views.base import Deed, FormPage, ObjectFormPage


def conducted(user: Person, committees: QuerySet[Committee]) -> QuerySet[Committee]:
    """Those of the committees whose ballots the person prepares and conducts."""
    held = ties(user)
    mine = held.ids("committees.committee", Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY)
    offices = held.ids("partnership.partnership", Role.MANAGING_OFFICE)
    return committees.filter(
        Q(pk__in=mine) | Q(partnership__in=offices), kind__in=("decides", "recommends"), state=CommitteeState.ACTIVE
    )


class DraftMixin(FormPage):
    """The form of a ballot that is being prepared."""

    form_class = BallotDraftForm
    template_name = "form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        committees = conducted(self.user, Committee.objects.filter(partnership=self.partnership))
        return super().get_form_kwargs() | {"committees": committees}

    def get_success_url(self) -> str:
        return shown.url_of(self.result)


class BallotCreateView(DraftMixin):
    """Preparing a ballot; `?gremium=`, `?vorlage=`, `?sitzung=`, `?top=` fill the form."""

    policy = policies.prepare_ballots
    success_message = _("Die Abstimmung ist vorbereitet. Prüfen Sie den Text und eröffnen Sie sie dann.")

    def get_initial(self) -> dict[str, Any]:
        query = self.request.GET
        in_meeting = query.get("sitzung") or query.get("top")
        return {
            "committee": query.get("gremium", ""),
            "referral": query.get("vorlage", ""),
            "meeting": query.get("sitzung", ""),
            "agenda_item": query.get("top", ""),
            "way": BallotWay.MEETING if in_meeting else BallotWay.CIRCULAR,
            "form": BallotForm.ROLL_CALL,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url = reverse("committees:ballot_list", kwargs={"slug": self.partnership.slug})
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = url
        return context | {
            "heading": _("Abstimmung vorbereiten"),
            "lead": _("Erst mit dem Eröffnen stehen Text, Regeln und Stimmberechtigte fest."),
            "breadcrumbs": [(_("Abstimmungen"), url), (_("Vorbereiten"), "")],
        }

    def perform(self, form: Any) -> Any:
        return self.run(partial(ballots.draft_ballot, **form.cleaned_data), form=form)


class BallotEditView(BallotMixin, DraftMixin):
    """Changing a ballot before it is opened."""

    policy = policies.conduct
    success_message = _("Die Änderungen sind gespeichert.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"ballot": self.object}

    def get_initial(self) -> dict[str, Any]:
        names = ("committee", "referral", "title", "text", "way", "deadline_at", "meeting", "agenda_item", "form")
        return {name: getattr(self.object, name) for name in (*names, "is_confidential")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = shown.url_of(self.object)
        context["form"].submit_label = _("Änderungen speichern")
        return context | {
            "object": self.object,
            "heading": _("Abstimmung bearbeiten"),
            "breadcrumbs": [*self.breadcrumbs, (_("Bearbeiten"), "")],
        }

    def perform(self, form: Any) -> Any:
        changes = {name: value for name, value in form.cleaned_data.items() if name != "committee"}
        return self.run(partial(ballots.change_draft, ballot=self.object, **changes), form=form)


class ConfirmPage(BallotMixin, ObjectFormPage):
    """A page that names the ballot, says what follows, and asks once."""

    policy = policies.conduct
    template_name = "confirm.html"
    form_class: type[Form] = ConfirmForm
    tone: ClassVar[str] = "info"
    # States in which the act makes sense; in others the page leads back to the ballot.
    states: ClassVar[tuple[BallotState, ...]] = ()

    def heading(self) -> str:
        """The question, with the name of the thing."""
        raise NotImplementedError

    def confirm_label(self) -> str:
        """A verb for the button."""
        raise NotImplementedError

    def consequences(self) -> list[str]:
        """What follows, in sentences."""
        return []

    def done(self) -> str:
        """What is said when it is done."""
        return ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.states and self.object.state not in self.states:
            messages.info(
                request,
                _("Das geht nicht (mehr): Die Abstimmung ist „%(state)s“.")
                % {"state": self.object.get_state_display()},
            )
            return HttpResponseRedirect(shown.url_of(self.object))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {
            "heading": self.heading(),
            "consequences": self.consequences(),
            "confirm_label": self.confirm_label(),
            "cancel_url": shown.url_of(self.object),
            "tone": self.tone,
            "breadcrumbs": [*self.breadcrumbs, (self.confirm_label(), "")],
        }

    def get_success_url(self) -> str:
        if done := self.done():
            messages.success(self.request, done)
        return shown.url_of(self.object)


class BallotDiscardView(ConfirmPage):
    """Throwing a draft away."""

    tone = "danger"
    states = (BallotState.DRAFT,)

    def heading(self) -> str:
        return _("Entwurf „%(title)s“ verwerfen?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Entwurf verwerfen")

    def consequences(self) -> list[str]:
        return [_("Der Entwurf wird gelöscht. Abgestimmt wurde darüber noch nicht.")]

    def perform(self, form: Any) -> Any:
        self.run(ballots.discard_draft, form=form, ballot=self.object)
        return None if form.errors else True

    def get_success_url(self) -> str:
        messages.success(self.request, _("Der Entwurf ist verworfen."))
        return reverse("committees:ballot_list", kwargs={"slug": self.partnership.slug})


class BallotOpenView(ConfirmPage):
    """Opening: freezes text, rules and roll."""

    states = (BallotState.DRAFT,)

    def heading(self) -> str:
        return _("Abstimmung „%(title)s“ eröffnen?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Abstimmung eröffnen")

    def consequences(self) -> list[str]:
        ballot = self.object
        number = Partner.objects.filter(partnership=self.partnership).with_voting_right(clock.today()).count()
        lines = [
            _("Text, Verfahrensregeln und die Stimmberechtigten von heute (%(number)s Partner) stehen damit fest.")
            % {"number": number}
        ]
        if ballot.way == BallotWay.CIRCULAR:
            lines.append(_("Alle Vertretungen und Stellvertretungen erhalten eine Mail."))
            if ballot.deadline_at:
                lines.append(
                    _("Abgestimmt werden kann bis %(until)s.") % {"until": say(deadline_words(ballot.deadline_at))}
                )
        return lines

    def done(self) -> str:
        return _("Die Abstimmung ist eröffnet.")

    def perform(self, form: Any) -> Any:
        return self.run(ballots.open_ballot, form=form, ballot=self.object)


class BallotCloseView(ConfirmPage):
    """Closing: counts and decides."""

    states = (BallotState.OPEN,)

    def heading(self) -> str:
        return _("Abstimmung „%(title)s“ schließen?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Abstimmung schließen")

    def consequences(self) -> list[str]:
        voted = counting.turnout(self.object)
        lines = [
            _("%(voted)s von %(all)s Partnern haben abgestimmt.") % {"voted": voted, "all": self.object.roll_size},
            _("Danach kann niemand mehr abstimmen. Eine geschlossene Abstimmung wird nicht wieder geöffnet."),
        ]
        if self.object.early_close_requested_by_id:
            lines.append(
                _("Das vorzeitige Ende hat %(person)s beantragt: %(reason)s")
                % {"person": self.object.early_close_requested_by, "reason": self.object.close_reason}
            )
        return lines

    def done(self) -> str:
        return _("Die Abstimmung ist geschlossen und ausgezählt.")

    def perform(self, form: Any) -> Any:
        return self.run(ballots.close_ballot, form=form, ballot=self.object)


class BallotCloseEarlyView(ConfirmPage):
    """Asking for the early end of a circular ballot."""

    form_class = ReasonForm
    tone = "danger"
    states = (BallotState.OPEN,)

    def heading(self) -> str:
        return _("Umlauf „%(title)s“ vorzeitig schließen?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Vorzeitiges Ende beantragen")

    def consequences(self) -> list[str]:
        return [
            _("Noch haben nicht alle Partner abgestimmt, und die Frist läuft."),
            _("Eine zweite Person (Vorsitz, Schriftführung oder Geschäftsführung) muss das Ende bestätigen."),
            _("Begründung und beide Personen stehen im Beschlussregister und in der Mitteilung an die Partner."),
        ]

    def done(self) -> str:
        return _("Das vorzeitige Ende ist beantragt. Eine zweite Person kann es nun bestätigen.")

    def perform(self, form: Any) -> Any:
        reason = form.cleaned_data["reason"]
        return self.run(ballots.request_early_close, form=form, ballot=self.object, reason=reason)


class BallotBreakTieView(ConfirmPage):
    """The chair decides equal votes."""

    policy = policies.preside
    form_class = TieForm
    states = (BallotState.CLOSED,)

    def heading(self) -> str:
        return _("Stimmengleichheit bei „%(title)s“ entscheiden") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Entscheidung festhalten")

    def consequences(self) -> list[str]:
        return [_("Ihre Entscheidung gilt als Stimme des Vorsitzes und kann nicht geändert werden.")]

    def done(self) -> str:
        return _("Die Entscheidung des Vorsitzes ist festgehalten.")

    def perform(self, form: Any) -> Any:
        choice = form.cleaned_data["choice"]
        return self.run(ballots.break_tie, form=form, ballot=self.object, choice=choice)


class BallotDeclareView(ConfirmPage):
    """Declaring: register, motion and notices in one step."""

    states = (BallotState.CLOSED,)

    def heading(self) -> str:
        return _("Ergebnis von „%(title)s“ feststellen?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Ergebnis feststellen")

    def consequences(self) -> list[str]:
        return [
            shown.Result(self.object).sentence if self.object.verdict else "",
            _("Das Ergebnis wird unveränderlich in das Beschlussregister eingetragen."),
            _("Ein Beschluss wird allen Partnern per Mail mitgeteilt."),
        ]

    def done(self) -> str:
        if self.result.number:
            return _("Festgestellt: %(number)s steht im Beschlussregister.") % {"number": self.result.number}
        return _("Festgestellt; das Register hält fest, dass kein Beschluss zustande kam.")

    def perform(self, form: Any) -> Any:
        return self.run(ballots.declare, form=form, ballot=self.object)


class BallotAnnulView(ConfirmPage):
    """Annulling with a reason and voting anew, in one step."""

    form_class = AnnulForm
    tone = "danger"
    states = (BallotState.OPEN, BallotState.CLOSED, BallotState.DISPUTED)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"ballot": self.object}

    def heading(self) -> str:
        return _("Abstimmung „%(title)s“ aufheben und neu abstimmen?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        if self.object.annul_requested_by_id:
            return _("Aufhebung bestätigen")
        return _("Aufheben und neu abstimmen")

    def consequences(self) -> list[str]:
        ballot = self.object
        lines = [
            _("Die bisherigen Stimmen zählen nicht mehr. Die neue Abstimmung wird sofort eröffnet."),
            _("Aufhebung und Begründung stehen im Beschlussregister."),
        ]
        if ballot.form == BallotForm.SHOW_OF_HANDS:
            lines.append(_("Die erfassten Handzeichen werden übernommen und können korrigiert werden."))
        if ballot.annul_requested_by_id:
            lines.append(
                _("Beantragt hat das %(person)s: %(reason)s")
                % {"person": ballot.annul_requested_by, "reason": ballot.ended_reason}
            )
        elif ballot.rules_frozen and ballots.needs_second_person(ballot):
            lines.append(_("Ein Ergebnis liegt schon vor: Eine zweite Person muss die Aufhebung bestätigen."))
        return lines

    def perform(self, form: Any) -> Any:
        return self.run(
            ballots.annul_and_repeat,
            form=form,
            ballot=self.object,
            reason=form.cleaned_data.get("reason", ""),
            deadline_at=form.cleaned_data.get("deadline_at"),
        )

    def get_success_url(self) -> str:
        if self.result.is_done:
            messages.success(self.request, _("Aufgehoben. Dies ist die neue Abstimmung."))
            return shown.url_of(self.result.successor)
        messages.success(self.request, _("Die Aufhebung ist beantragt. Eine zweite Person kann sie nun bestätigen."))
        return shown.url_of(self.object)


class BallotExcludeView(ConfirmPage):
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
        return _("„%(partner)s“ ist ausgeschlossen.") % {"partner": self.result.partner_name}

    def perform(self, form: Any) -> Any:
        return self.run(ballots.exclude_partner, form=form, ballot=self.object, **form.cleaned_data)


class BallotIncludeView(BallotMixin, Deed):
    """Taking an exclusion back."""

    policy = policies.preside
    success_message = _("Der Ausschluss ist zurückgenommen.")

    def perform(self) -> Any:
        excluded = RollEntry.objects.filter(ballot=self.object, is_excluded=True).select_related("partner")
        entry = get_object_or_404(excluded, partner=self.kwargs["partner"])
        return self.run(ballots.include_partner, ballot=self.object, partner=entry.partner)

    def get_success_url(self) -> str:
        return shown.url_of(self.object, "ballot_exclude")


class BallotRemindView(BallotMixin, Deed):
    """Reminding now those who have not voted."""

    policy = policies.conduct

    def perform(self) -> Any:
        number = self.run(ballots.remind_now, ballot=self.object)
        if number is not None:
            text = _("%(number)s Erinnerungen sind unterwegs.") if number else _("Heute wurde schon erinnert.")
            messages.success(self.request, text % {"number": number} if number else text)
        return number


class BallotWithdrawView(BallotMixin, Deed):
    """Taking back the request for an early end or for an annulment."""

    policy = policies.conduct
    success_message = _("Der Antrag ist zurückgenommen.")

    def perform(self) -> Any:
        if self.object.annul_requested_by_id is not None:
            return self.run(ballots.withdraw_annulment, ballot=self.object)
        return self.run(ballots.withdraw_early_close, ballot=self.object)


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
        return super().get_form_kwargs() | {"entries": entries, "standing": standing}

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
    "BallotAnnulView",
    "BallotBreakTieView",
    "BallotCloseEarlyView",
    "BallotCloseView",
    "BallotCreateView",
    "BallotDeclareView",
    "BallotDiscardView",
    "BallotEditView",
    "BallotExcludeView",
    "BallotHandsView",
    "BallotIncludeView",
    "BallotOpenView",
    "BallotRemindView",
    "BallotWithdrawView",
]
