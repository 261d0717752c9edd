"""Proxies in the browser: granting for a meeting or a ballot, accepting, ending."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.forms.proxies import ProxyForm
from committees.models import Ballot, Meeting, Proxy
from committees.services import proxies
from committees.views.ballots import shown
from membership.models import Partner
from partnership.views.base import Deed, ObjectFormPage


class _GrantPage(ObjectFormPage):
    """Lets whoever acts for a partner hand its vote to another one."""

    policy = policies.represent
    form_class = ProxyForm
    template_name = "form.html"
    success_message = gettext_lazy("Der andere Partner ist gebeten, die Übertragung anzunehmen.")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("committee", "partnership")

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = shown.mandates_of(self.user, self.object.committee_id)
        own = Partner.objects.filter(pk__in=mine, partnership=self.partnership).order_by("number")
        holders = proxies.holders_free(self.object, self.object.committee)
        return super().get_form_kwargs() | {"givers": own, "holders": holders}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = self.object.get_absolute_url()
        return context | {
            "heading": _("Stimme übertragen"),
            "lead": _("%(subject)s: Wer nicht teilnehmen kann, lässt einen anderen Partner für sich abstimmen.")
            % {"subject": self.object},
            "breadcrumbs": [(str(self.object), self.object.get_absolute_url()), (_("Stimme übertragen"), "")],
        }

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return self.run(
            proxies.grant, form=form, scope=self.object, giver=data["giver"], holder=data["holder"], note=data["note"]
        )

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()


class ProxyForMeetingView(_GrantPage):
    """A proxy for all ballots of a meeting."""

    model = Meeting


class ProxyForBallotView(_GrantPage):
    """A proxy for one ballot."""

    model = Ballot


class _ProxyDeed(Deed):
    """A step with one proxy; whether the person may, the service asks under the lock."""

    policy = policies.belong
    model = Proxy
    partnership_path = "committee__partnership"

    def get_queryset(self) -> Any:
        return (
            super()
            .get_queryset()
            .select_related("committee__partnership", "meeting__partnership", "ballot__partnership")
        )

    def get_success_url(self) -> str:
        return self.object.subject.get_absolute_url()


class ProxyAcceptView(_ProxyDeed):
    """The holder takes the proxy."""

    success_message = gettext_lazy("Angenommen. Sie stimmen nun auch für diesen Partner ab.")

    def perform(self) -> Any:
        return self.run(proxies.accept, proxy=self.object)


class ProxyEndView(_ProxyDeed):
    """The holder declines, the giver or the office revokes."""

    success_message = gettext_lazy("Die Stimmrechtsübertragung ist beendet.")

    def perform(self) -> Any:
        return self.run(proxies.end, proxy=self.object)


__all__ = ["ProxyAcceptView", "ProxyEndView", "ProxyForBallotView", "ProxyForMeetingView"]
