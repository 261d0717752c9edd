"""Block votes: putting one together, and taking an item out."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import BallotKind, BallotWay
from committees.forms.blocks import BlockForm
from committees.models import AgendaItem, Ballot, BlockItem
from committees.services import ballots
from committees.services.ballots import blocks
from committees.views.ballots import shown
from committees.views.ballots.pages import BallotMixin
from membership.models import Partner
from partnership.models import User
from partnership.views.base import Deed, ObjectFormPage


class BlockEditView(BallotMixin, ObjectFormPage):
    """Choosing the items of a block."""

    policy = policies.conduct
    form_class = BlockForm
    success_message = gettext_lazy("Der Block ist zusammengestellt.")

    def get_queryset(self) -> QuerySet[Ballot]:
        return super().get_queryset().filter(kind=BallotKind.MOTION, way=BallotWay.MEETING, referral__isnull=True)

    def get_form_kwargs(self) -> dict[str, Any]:
        items = AgendaItem.objects.filter(
            meeting=self.object.meeting_id, referral__state__in=blocks.TREATABLE
        ).select_related("referral__motion", "meeting")
        return super().get_form_kwargs() | {"items": items.order_by("position")}

    def get_initial(self) -> dict[str, Any]:
        chosen = self.object.block.filter(taken_out_at__isnull=True)
        return {"items": list(chosen.values_list("agenda_item", flat=True))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = shown.url_of(self.object)
        return context | {
            "heading": _("Block zusammenstellen"),
            "lead": _("Über alle gewählten Punkte wird mit einer Stimme abgestimmt; jeder wird ein eigener Beschluss."),
            "breadcrumbs": [*self.breadcrumbs, (_("Block"), "")],
        }

    def perform(self, form: Any) -> Any:
        return self.run(ballots.gather, form=form, ballot=self.object, items=list(form.cleaned_data["items"]))

    def get_success_url(self) -> str:
        return shown.url_of(self.object)


class BlockTakeOutView(BallotMixin, Deed):
    """Having an item voted on alone; `partner` says for whom."""

    policy = policies.belong
    success_message = gettext_lazy("Der Punkt ist aus dem Block genommen.")

    def perform(self) -> Any:
        rows = BlockItem.objects.filter(ballot=self.object)
        item = get_object_or_404(rows, pk=self.kwargs["item"])
        item.ballot = self.object
        partners = Partner.objects.filter(partnership=self.partnership)
        partner = next((row for row in partners if str(row.pk) == self.request.POST.get("partner")), None)
        if partner is None:
            return self.run(_nobody)
        return self.run(ballots.take_out, item=item, partner=partner)

    def get_success_url(self) -> str:
        return shown.url_of(self.object)


def _nobody(*, by: User) -> None:
    raise ballots.NotAllowed(_("Es fehlt, für welchen Partner der Punkt herausgenommen werden soll."))


__all__ = ["BlockEditView", "BlockTakeOutView"]
