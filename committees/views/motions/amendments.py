"""Amendments on the page of their motion: proposing, withdrawing, ordering, preparing the ballot."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import AmendmentState
from committees.forms.amendments import AmendmentForm
from committees.models import Amendment, Motion
from committees.services import amendments
from committees.views.motions.base import MotionMixin
from membership.models import Partner
from partnership.access import ties
from partnership.models import User
from partnership.views.base import Deed, ObjectFormPage


def amendments_of(user: User, motion: Motion) -> dict[str, Any]:
    """The amendments of a motion as its page shows them, in one statement, with what the reader may do."""
    rows = list(
        motion.amendments.select_related("proposed_by").prefetch_related("ballots").order_by("position", "number")
    )
    is_open = motion.state in amendments.OPEN
    may_order = is_open and bool(policies.order_amendments(user, motion))
    is_office, partners = bool(policies.manage_motion(user, motion)), ties(user).partner_ids
    proposed = [row for row in rows if row.state == AmendmentState.PROPOSED]
    return {
        "amendments": [
            {
                "row": row,
                "ballots": [ballot for ballot in row.ballots.all() if ballot.state != "draft"],
                "may_withdraw": row in proposed
                and (is_office or row.created_by_id == user.pk or row.proposed_by_id in partners),
                "may_go_up": may_order and row in proposed[1:],
                "may_go_down": may_order and row in proposed[:-1],
                "may_prepare": may_order and row in proposed,
            }
            for row in rows
        ],
        "may_amend_text": is_open and bool(policies.propose_amendment(user, motion)),
    }


class AmendmentCreateView(MotionMixin, ObjectFormPage):
    """Proposing a change to a motion."""

    policy = policies.propose_amendment
    form_class = AmendmentForm
    success_message = gettext_lazy("Der Änderungsantrag ist gestellt.")

    def get_form_kwargs(self) -> dict[str, Any]:
        is_office = bool(policies.manage_motion(self.user, self.object))
        partners = Partner.objects.filter(partnership=self.partnership).order_by("number")
        if not is_office:
            partners = partners.filter(pk__in=ties(self.user).partner_ids)
        return super().get_form_kwargs() | {"partners": partners, "is_office": is_office}

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.object.text} if self.request.GET.get("ganz") else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = self.object.get_absolute_url()
        return context | {
            "heading": _("Änderungsantrag zu „%(title)s“") % {"title": self.object.title},
            "lead": _("Über Änderungsanträge wird vor der Vorlage abgestimmt, der am weitesten gehende zuerst."),
            "breadcrumbs": self.trail(_("Änderungsantrag")),
        }

    def perform(self, form: Any) -> Any:
        return self.run(amendments.propose, form=form, motion=self.object, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.result.get_absolute_url()


class AmendmentDeed(MotionMixin, Deed):
    """A button at one amendment."""

    policy = policies.belong

    @cached_property
    def amendment(self) -> Amendment:
        """The amendment of the address."""
        return get_object_or_404(self.object.amendments.all(), pk=self.kwargs["amendment"])

    def get_success_url(self) -> str:
        return f"{self.object.get_absolute_url()}#aenderungsantraege"


class AmendmentWithdrawView(AmendmentDeed):
    """Taking an amendment back."""

    success_message = gettext_lazy("Der Änderungsantrag ist zurückgezogen.")

    def perform(self) -> Any:
        return self.run(amendments.withdraw, amendment=self.amendment)


class AmendmentMoveView(AmendmentDeed):
    """Changing the order of the votes; `richtung` says which way."""

    policy = policies.order_amendments
    success_message = gettext_lazy("Die Reihenfolge ist geändert.")

    def perform(self) -> Any:
        return self.run(amendments.move, amendment=self.amendment, is_up=self.request.POST.get("richtung") == "vor")


class AmendmentBallotView(AmendmentDeed):
    """Preparing the ballot on an amendment."""

    policy = policies.order_amendments
    success_message = gettext_lazy("Die Abstimmung ist vorbereitet. Prüfen Sie den Text und eröffnen Sie sie dann.")

    def perform(self) -> Any:
        return self.run(amendments.prepare_ballot, amendment=self.amendment)

    def get_success_url(self) -> str:
        if self.result is None:
            return super().get_success_url()
        slug = self.partnership.slug
        return reverse("committees:ballot_detail", kwargs={"slug": slug, "pk": self.result.pk})


__all__ = [
    "AmendmentBallotView",
    "AmendmentCreateView",
    "AmendmentMoveView",
    "AmendmentWithdrawView",
    "amendments_of",
]
