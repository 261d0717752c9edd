"""Secret ballots: naming the tellers, their passphrases, demanding secrecy, and what an administrator can see."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from committees import policies
from committees.enums import BallotState
from committees.forms.ballots import DemandForm, PassphraseForm, TellersForm, UrnForm
from committees.models import Ballot, Delegate, Teller
from committees.services import ballots
from committees.views.ballots import shown
from committees.views.ballots.pages import LOADED, BallotMixin
from membership.models import Partner
from partnership import clock
from partnership.models import Appointment, User
from partnership.views.base import ObjectFormPage, Page


class BallotSecrecyView(Page):
    """In plain words what secrecy here means, and where it ends."""

    policy = policies.belong
    template_name = "committees/ballot_secrecy.html"


class BallotTellersView(BallotMixin, ObjectFormPage):
    """Naming the two persons who count a sealed ballot."""

    policy = policies.conduct
    form_class = TellersForm

    def get_form_kwargs(self) -> dict[str, Any]:
        on = clock.today()
        seats = Delegate.objects.valid(on).filter(committee=self.object.committee_id).values("person")
        offices = Appointment.objects.valid(on).filter(partnership=self.partnership).values("person")
        people = User.objects.filter(Q(pk__in=seats) | Q(pk__in=offices), is_active=True).order_by("name", "email")
        return super().get_form_kwargs() | {"people": people}

    def get_initial(self) -> dict[str, Any]:
        named = dict(Teller.objects.filter(ballot=self.object).values_list("position", "person"))
        return {"first": named.get(1), "second": named.get(2)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = shown.url_of(self.object)
        return context | {
            "heading": _("Wer zählt „%(title)s“ aus?") % {"title": self.object.title},
            "lead": _(
                "Beide setzen vor der Eröffnung je ein eigenes Kennwort und geben es nach dem Ende ein. "
                "Fehlt eines, kann niemand auszählen."
            ),
            "breadcrumbs": [*self.breadcrumbs, (_("Zählende"), "")],
        }

    def perform(self, form: Any) -> Any:
        persons = [form.cleaned_data["first"], form.cleaned_data["second"]]
        return self.run(ballots.appoint_tellers, form=form, ballot=self.object, persons=persons)

    def get_success_url(self) -> str:
        messages.success(self.request, _("Die zählenden Personen sind benannt; sie erhalten eine Mail."))
        return shown.url_of(self.object)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class BallotTellerView(BallotMixin, ObjectFormPage):
    """The page of one of the two: set a passphrase before opening, give it after the end. Nobody else finds it."""

    policy = policies.belong
    template_name = "committees/ballot_teller.html"

    def get_queryset(self) -> QuerySet[Ballot]:
        # Who counts need not sit in the committee: only the title is shown.
        mine = Ballot.objects.filter(tellers__person=self.user, partnership=self.partnership)
        return mine.select_related(*LOADED)

    def get_form_class(self) -> Any:
        return PassphraseForm if self.object.state == BallotState.DRAFT else UrnForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        ballot, me = self.object, self.object.tellers.get(person=self.user)
        lead = sentence = ""
        if ballot.state == BallotState.DRAFT:
            lead = _(
                "Niemand außer Ihnen kennt dieses Kennwort, und niemand kann es zurücksetzen. Bewahren Sie es auf."
            )
            if me.has_passphrase:
                sentence = _("Ihr Kennwort ist gesetzt. Bis zur Eröffnung können Sie es durch ein neues ersetzen.")
        elif ballot.state == BallotState.COUNTING and not me.has_opened:
            lead = _("Wenn beide zählenden Personen ihr Kennwort eingegeben haben, wird ausgezählt.")
        else:
            context["form"] = None
            sentence = self._nothing_to_do(ballot)
        return context | {
            "heading": _("Auszählung von „%(title)s“") % {"title": ballot.title},
            "lead": lead,
            "sentence": sentence,
            "breadcrumbs": [(ballot.title, shown.url_of(ballot)), (_("Auszählung"), "")],
        }

    @staticmethod
    def _nothing_to_do(ballot: Ballot) -> str:
        if ballot.state == BallotState.COUNTING:
            return _("Sie haben Ihr Kennwort eingegeben. Es fehlt noch das der anderen Person.")
        if ballot.state == BallotState.OPEN:
            return _("Die Abstimmung läuft. Nach ihrem Ende geben Sie hier Ihr Kennwort ein.")
        return _("Hier ist nichts mehr zu tun. Die Schlüssel dieser Abstimmung sind vernichtet.")

    def perform(self, form: Any) -> Any:
        verb = ballots.set_passphrase if self.object.state == BallotState.DRAFT else ballots.open_urn
        return self.run(verb, form=form, ballot=self.object, passphrase=form.cleaned_data["passphrase"])

    def get_success_url(self) -> str:
        if isinstance(self.result, Teller):
            messages.success(self.request, _("Ihr Kennwort ist gesetzt."))
        elif self.result.state == BallotState.COUNTING:
            messages.success(self.request, _("Ihr Kennwort ist eingegeben. Es fehlt noch das der anderen Person."))
        elif self.result.state == BallotState.DISPUTED:
            messages.error(self.request, _("Die Stimmzettel lassen sich nicht zählen; das Ergebnis ist strittig."))
        else:
            messages.success(self.request, _("Die Stimmzettel sind ausgezählt, die Schlüssel vernichtet."))
        return shown.url_of(self.object, "ballot_teller")


class BallotDemandView(BallotMixin, ObjectFormPage):
    """Demanding, for a partner, that a ballot be secret."""

    policy = policies.belong
    form_class = DemandForm

    def get_queryset(self) -> QuerySet[Ballot]:
        return super().get_queryset().filter(state=BallotState.DRAFT)

    def get_form_kwargs(self) -> dict[str, Any]:
        partners = Partner.objects.filter(partnership=self.partnership).with_voting_right(clock.today())
        if not policies.conduct(self.user, self.object):
            partners = partners.filter(pk__in=shown.mandates_of(self.user, self.object.committee_id))
        return super().get_form_kwargs() | {"partners": partners.order_by("name")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = shown.url_of(self.object)
        return context | {
            "heading": _("Geheime Abstimmung über „%(title)s“ verlangen") % {"title": self.object.title},
            "lead": _("Verlangen es so viele Partner, wie die Verfahrensregeln sagen, wird geheim abgestimmt."),
            "breadcrumbs": [*self.breadcrumbs, (_("Geheim abstimmen"), "")],
        }

    def perform(self, form: Any) -> Any:
        return self.run(ballots.demand_secrecy, form=form, ballot=self.object, partner=form.cleaned_data["partner"])

    def get_success_url(self) -> str:
        messages.success(self.request, _("Das Verlangen ist festgehalten."))
        return shown.url_of(self.object)


__all__ = ["BallotDemandView", "BallotSecrecyView", "BallotTellerView", "BallotTellersView"]
