"""Preparing a ballot: drafting, changing and discarding it before it is opened."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import BallotForm, BallotState, BallotWay, CommitteeState
from committees.forms.ballots import (
    BallotDraftForm,
)
from committees.models import Committee
from committees.services import ballots
from committees.views.ballots import shown
from committees.views.ballots.acts import BallotAct
from committees.views.ballots.pages import BallotMixin
from partnership.access import Person, ties
from partnership.enums import Role
from partnership.views.base import FormPage


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
    success_message = gettext_lazy("Die Abstimmung ist vorbereitet. Prüfen Sie den Text und eröffnen Sie sie dann.")

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
    success_message = gettext_lazy("Die Änderungen sind gespeichert.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"ballot": self.object}

    def get_initial(self) -> dict[str, Any]:
        names = ("committee", "referral", "title", "text", "way", "deadline_at", "meeting", "agenda_item", "form")
        more = ("secrecy", "matter", "is_confidential", "kind", "posts", "takes_nominations", "is_opinion")
        paper = {"options": "\n".join(self.object.titles.values())}
        return {name: getattr(self.object, name) for name in (*names, *more)} | paper

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


class BallotDiscardView(BallotAct):
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


__all__ = [
    "BallotCreateView",
    "BallotDiscardView",
    "BallotEditView",
]
