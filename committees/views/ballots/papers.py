"""What stands on the paper: proposing, changing, removing, accepting; and what follows on equal votes."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotKind, BallotState
from committees.forms.papers import LotForm, OptionForm, ProposalForm
from committees.models import Ballot, Option
from committees.services import ballots
from committees.services.ballots.authority import say
from committees.views.ballots import shown
from committees.views.ballots.acts import BallotAct
from committees.views.ballots.pages import BallotMixin
from membership.models import Partner
from partnership.views.base import Deed, ObjectFormPage


class PaperMixin(BallotMixin):
    """A page about the paper of a ballot that has options."""

    def get_queryset(self) -> QuerySet[Ballot]:
        return super().get_queryset().exclude(kind=BallotKind.MOTION)

    @cached_property
    def is_conductor(self) -> bool:
        """Whether the reader prepares this ballot."""
        return bool(policies.conduct(self.user, self.object))

    @cached_property
    def partners(self) -> QuerySet[Partner]:
        """Partners the reader may propose for: all for who conducts, else those they speak for."""
        partners = Partner.objects.filter(partnership=self.partnership).order_by("number")
        if self.is_conductor:
            return partners
        return partners.filter(pk__in=shown.mandates_of(self.user, self.object.committee_id))

    @cached_property
    def option(self) -> Option:
        """The line of the paper that the address names."""
        rows = Option.objects.filter(ballot=self.object).select_related("account", "proposed_by")
        option = get_object_or_404(rows, pk=self.kwargs["option"])
        option.ballot = self.object
        return option

    def paper_url(self) -> str:
        """The page of the paper."""
        return shown.url_of(self.object, "option_list")


class OptionListView(PaperMixin, ObjectFormPage):
    """What stands on the paper, with the answers of candidates; a form for one more while it is prepared."""

    policy = policies.belong
    template_name = "committees/option_list.html"
    form_class = ProposalForm

    @property
    def may_propose(self) -> bool:
        """Whether the reader can put one more on the paper."""
        ballot = self.object
        if ballot.state != BallotState.DRAFT:
            return False
        return self.is_conductor or (ballot.takes_nominations and self.partners.exists())

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "ballot": self.object,
            "partners": self.partners,
            "is_partner_needed": not self.is_conductor,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        mine = set(shown.mandates_of(self.user, self.object.committee_id))
        options = self.object.options.select_related("account", "proposed_by", "recorded_by").order_by("position")
        is_draft = self.object.state == BallotState.DRAFT
        return context | {
            "breadcrumbs": [*self.breadcrumbs, (_("Stimmzettel"), "")],
            "options": options,
            "is_election": self.object.kind == BallotKind.ELECTION,
            "is_conductor": self.is_conductor and is_draft,
            "removable": mine if is_draft and self.object.takes_nominations else set(),
            "is_draft": is_draft,
            "form": context["form"] if self.may_propose else None,
        }

    def perform(self, form: Any) -> Any:
        return self.run(ballots.propose, form=form, ballot=self.object, **form.cleaned_data)

    def get_success_url(self) -> str:
        messages.success(self.request, _("„%(title)s“ steht auf dem Stimmzettel.") % {"title": self.result.title})
        return self.paper_url()


class OptionEditView(PaperMixin, ObjectFormPage):
    """Changing a line of the paper."""

    policy = policies.conduct
    form_class = OptionForm
    success_message = _("Die Änderungen sind gespeichert.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"ballot": self.object, "partners": self.partners}

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.option.title, "text": self.option.text, "account": self.option.account_id}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = self.paper_url()
        return context | {
            "heading": _("„%(title)s“ bearbeiten") % {"title": self.option.title},
            "breadcrumbs": [*self.breadcrumbs, (_("Stimmzettel"), self.paper_url()), (_("Bearbeiten"), "")],
        }

    def perform(self, form: Any) -> Any:
        return self.run(ballots.change_option, form=form, option=self.option, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.paper_url()


class OptionRemoveView(PaperMixin, Deed):
    """Taking a line off the paper."""

    policy = policies.belong
    success_message = _("Der Vorschlag ist gestrichen.")

    def perform(self) -> Any:
        return self.run(ballots.remove_option, option=self.option)

    def get_success_url(self) -> str:
        return self.paper_url()


class OptionAnswerView(PaperMixin, Deed):
    """Accepting or declining a candidacy; `antwort` says which."""

    policy = policies.belong

    def perform(self) -> Any:
        accepts = self.request.POST.get("antwort") == "ja"
        option = self.run(ballots.answer_candidacy, option=self.option, accepts=accepts)
        if option is not None:
            sentence = (
                _("Festgehalten: „%(title)s“ kandidiert.")
                if accepts
                else _("Festgehalten: „%(title)s“ kandidiert nicht.")
            )
            messages.success(self.request, sentence % {"title": option.title})
        return option

    def get_success_url(self) -> str:
        return self.paper_url()


class BallotLotView(PaperMixin, BallotAct):
    """Settling equal votes by lot."""

    form_class = LotForm
    states = (BallotState.CLOSED,)

    @cached_property
    def tied(self) -> list[Option]:
        """Those that are level."""
        result = self.object.result_of_options
        return [option for option in self.object.paper if result and option.position in result.tied]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"tied": self.tied}

    def heading(self) -> str:
        return _("Stimmengleichheit bei „%(title)s“ durch das Los entscheiden?") % {"title": self.object.title}

    def confirm_label(self) -> str:
        return _("Los entscheiden lassen")

    def consequences(self) -> list[str]:
        return [
            _("Gleich viele Stimmen haben: %(names)s.") % {"names": ", ".join(option.title for option in self.tied)},
            _("Jede Reihenfolge ist gleich wahrscheinlich. Das Los wird mit allen Beteiligten festgehalten."),
            _("Es kann nicht wiederholt werden."),
        ]

    def perform(self, form: Any) -> Any:
        return self.run(ballots.draw_lot, form=form, ballot=self.object, order=form.order())

    def done(self) -> str:
        result = self.result.result_of_options
        return say(result.sentence) if result else ""


__all__ = [
    "BallotLotView",
    "OptionAnswerView",
    "OptionEditView",
    "OptionListView",
    "OptionRemoveView",
]
