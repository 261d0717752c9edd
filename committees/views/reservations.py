"""Telling how one's own council decided on a reserved vote."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.forms.reservations import ReservationForm
from committees.models import Ballot, Effect, Reservation, Resolution
from committees.services import reservations
from committees.views.ballots import shown
from partnership.models import User
from partnership.views.base import ObjectFormPage


def shown_on(user: User, resolution: Resolution) -> dict[str, Any]:
    """What the page of a resolution shows about its effect; nothing where no vote was reserved."""
    effect = Effect.objects.filter(resolution=resolution).first()
    if effect is None or resolution.ballot is None:
        return {}
    rows = list(reservations.of(resolution.ballot))
    mine = shown.mandates_of(user, resolution.committee_id)
    return {"effect": effect, "reservations": rows, "my_partners": mine}


class ReservationSettleView(ObjectFormPage):
    """The partner's people tell whether the council agreed; whether they may, the service asks."""

    policy = policies.belong
    model = Reservation
    partnership_path = "ballot__partnership"
    form_class = ReservationForm
    template_name = "form.html"
    success_message = gettext_lazy("Danke, das ist festgehalten.")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partner", "ballot__partnership", "ballot__committee")

    @property
    def ballot(self) -> Ballot:
        """The ballot the vote was cast in."""
        return self.object.ballot

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = shown.url_of(self.ballot)
        return context | {
            "heading": _("Vorbehalt von „%(partner)s“") % {"partner": self.object.partner},
            "lead": _("Abgestimmt wurde mit Ja, vorbehaltlich der Zustimmung von: %(council)s.")
            % {"council": self.object.council},
            "breadcrumbs": [(self.ballot.title, shown.url_of(self.ballot)), (_("Vorbehalt"), "")],
        }

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return self.run(
            reservations.settle,
            form=form,
            reservation=self.object,
            is_lifted=data["decision"] == "lifted",
            note=data["note"],
        )

    def get_success_url(self) -> str:
        entry = Resolution.objects.filter(ballot=self.ballot, effect__isnull=False).first()
        return entry.get_absolute_url() if entry else shown.url_of(self.ballot)


__all__ = ["ReservationSettleView", "shown_on"]
