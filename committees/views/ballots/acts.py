"""What those who conduct a ballot do: open, close, decide, declare, annul, remind."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import BallotForm, BallotState, BallotWay
from committees.forms.ballots import (
    AnnulForm,
    ReasonForm,
    TieForm,
)
from committees.models import RuleSet
from committees.rules.deadlines import deadline_words
from committees.services import ballots, weighing
from committees.services.ballots import confiding, secret
from committees.services.ballots.authority import say
from committees.views.ballots import shown
from committees.views.ballots.pages import BallotMixin
from membership.models import Partner
from partnership import clock
from partnership.views.base import ConfirmPage, Deed


class BallotAct(BallotMixin, ConfirmPage):
    """An act of those who conduct a ballot; in a state in which it makes no sense, it leads back to the ballot."""

    policy = policies.conduct
    tone = "info"
    states: ClassVar[tuple[BallotState, ...]] = ()

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

    def get_success_url(self) -> str:
        if done := self.done():
            messages.success(self.request, done)
        return shown.url_of(self.object)


class BallotOpenView(BallotAct):
    """Opening: freezes text, rules and roll."""

    states = (BallotState.DRAFT,)

    def heading(self) -> str:
        return _("Abstimmung „%(title)s“ eröffnen?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Abstimmung eröffnen")

    def consequences(self) -> list[str]:
        ballot, today = self.object, clock.today()
        entitled = Partner.objects.filter(partnership=self.partnership).with_voting_right(today)
        partners = list(entitled.values_list("pk", flat=True))
        lines = [
            _("Text, Verfahrensregeln und die Stimmberechtigten von heute (%(number)s Partner) stehen damit fest.")
            % {"number": len(partners)}
        ]
        rule_set = RuleSet.objects.in_force(committee=ballot.committee, matter=ballot.matter, on=today)
        if rule_set is not None and rule_set.rules.key_codes:
            lines.append(self._votes(rule_set, partners))
        if ballot.form == BallotForm.SECRET:
            lines += [
                _(
                    "Ein Stimmzettel kann nicht geändert werden, "
                    "und bei Stimmengleichheit entscheidet nicht der Vorsitz."
                ),
                _(
                    "Stimmen alle gleich, ist damit bekannt, wie jeder gestimmt hat. "
                    "Das kann keine geheime Wahl verhindern."
                ),
            ]
        if ballot.way == BallotWay.CIRCULAR:
            lines += shown.warnings_of(ballot)
            lines.append(_("Alle Vertretungen und Stellvertretungen erhalten eine Mail."))
            if ballot.deadline_at:
                lines.append(
                    _("Abgestimmt werden kann bis %(until)s.") % {"until": say(deadline_words(ballot.deadline_at))}
                )
        return lines

    def _votes(self, rule_set: RuleSet, partners: list[UUID]) -> str:
        """How many votes they have by the keys of today, or why the ballot could not be opened."""
        try:
            found = weighing.weigh(
                rule_set.rules, partnership=self.partnership, partners=partners, on=clock.today()
            ).values()
        except weighing.WeighingRefused as refusal:
            return str(refusal)
        return _("Es stimmen %(number)s Partner mit zusammen %(votes)s Stimmen ab.") % {
            "number": sum(voter.weight > 0 for voter in found),
            "votes": sum(voter.weight for voter in found),
        }

    def done(self) -> str:
        return _("Die Abstimmung ist eröffnet.")

    def perform(self, form: Any) -> Any:
        return self.run(ballots.open_ballot, form=form, ballot=self.object)


class BallotConfideView(BallotAct):
    """Making a ballot confidential that is under way."""

    tone = "warning"
    states = confiding.STATES

    def heading(self) -> str:
        return _("„%(title)s“ vertraulich behandeln?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Vertraulich behandeln")

    def consequences(self) -> list[str]:
        return [
            _("Nur noch Gremium und Geschäftsführung sehen die Abstimmung; Mails nennen ihren Inhalt nicht mehr."),
            _("Was bisher zu sehen war oder verschickt wurde, lässt sich nicht zurückholen."),
            _("Das kann niemand rückgängig machen, solange die Abstimmung läuft."),
        ]

    def done(self) -> str:
        return _("Die Abstimmung ist vertraulich.")

    def perform(self, form: Any) -> Any:
        return self.run(ballots.make_confidential, form=form, ballot=self.object)


class BallotCloseView(BallotAct):
    """Closing: counts and decides."""

    states = (BallotState.OPEN,)

    def heading(self) -> str:
        return _("Abstimmung „%(title)s“ schließen?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Abstimmung schließen")

    def consequences(self) -> list[str]:
        lines = []
        if secret.shows_total(self.object, is_conductor=True):
            lines.append(f"{shown.turnout_of(self.object, is_conductor=True).sentence}.")
        lines += [
            _("Danach kann niemand mehr abstimmen. Eine geschlossene Abstimmung wird nicht wieder geöffnet."),
        ]
        if self.object.early_close_requested_by_id:
            lines.append(
                _("Das vorzeitige Ende hat %(person)s beantragt: %(reason)s")
                % {"person": self.object.early_close_requested_by, "reason": self.object.close_reason}
            )
        return lines

    def done(self) -> str:
        if self.result.state == BallotState.COUNTING:
            return _("Die Abstimmung ist geschlossen. Nun sind die beiden zählenden Personen am Zug.")
        return _("Die Abstimmung ist geschlossen und ausgezählt.")

    def perform(self, form: Any) -> Any:
        return self.run(ballots.close_ballot, form=form, ballot=self.object)


class BallotCloseEarlyView(BallotAct):
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


class BallotBreakTieView(BallotAct):
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


class BallotDeclareView(BallotAct):
    """Declaring: register, motion and notices in one step."""

    states = (BallotState.CLOSED,)

    def heading(self) -> str:
        return _("Ergebnis von „%(title)s“ feststellen?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Ergebnis feststellen")

    def consequences(self) -> list[str]:
        return [
            shown.Result(self.object).sentence if self.object.verdict else "",
            *(
                [
                    _("Ein Meinungsbild bindet niemanden und steht nicht im Beschlussregister."),
                    _("Das Gremium erhält das Ergebnis per Mail."),
                ]
                if self.object.is_opinion
                else [
                    _("Das Ergebnis wird unveränderlich in das Beschlussregister eingetragen."),
                    _("Ein Beschluss wird allen Partnern per Mail mitgeteilt."),
                ]
            ),
        ]

    def done(self) -> str:
        if self.object.is_opinion:
            return _("Festgestellt. Das Gremium wird über das Meinungsbild benachrichtigt.")
        if self.result.number:
            return _("Festgestellt: %(number)s steht im Beschlussregister.") % {"number": self.result.number}
        return _("Festgestellt; das Register hält fest, dass kein Beschluss zustande kam.")

    def perform(self, form: Any) -> Any:
        resolution = self.run(ballots.declare, form=form, ballot=self.object)
        # An opinion poll has no entry; None is for a refusal, which the form then names.
        return resolution or (self.object if self.object.is_opinion and not form.errors else None)


class BallotAnnulView(BallotAct):
    """Annulling with a reason and voting anew, in one step."""

    form_class = AnnulForm
    tone = "danger"
    states = (BallotState.OPEN, BallotState.COUNTING, BallotState.CLOSED, BallotState.DISPUTED)

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
            _(
                "Die bisherigen Stimmen zählen nicht mehr. Die neue Abstimmung wird vorbereitet; "
                "vor der Eröffnung setzen "
                "beide zählenden Personen ein neues Kennwort."
            )
            if ballot.is_sealed
            else _("Die bisherigen Stimmen zählen nicht mehr. Die neue Abstimmung wird sofort eröffnet."),
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
    success_message = gettext_lazy("Der Antrag ist zurückgenommen.")

    def perform(self) -> Any:
        if self.object.annul_requested_by_id is not None:
            return self.run(ballots.withdraw_annulment, ballot=self.object)
        return self.run(ballots.withdraw_early_close, ballot=self.object)


__all__ = [
    "BallotAnnulView",
    "BallotBreakTieView",
    "BallotCloseEarlyView",
    "BallotCloseView",
    "BallotDeclareView",
    "BallotOpenView",
    "BallotRemindView",
    "BallotWithdrawView",
]
