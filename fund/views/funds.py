"""The fund: overview, setting up, and who keeps and checks its books."""

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund import policies, queries
from fund.enums import MeasureState
from fund.forms.funds import FundForm
from fund.models import Measure
from fund.services import funds
from fund.views.base import FundMixin
from partnership import clock
from partnership.access import ties
from partnership.enums import ROLES_BY_MODEL, Role
from partnership.forms.appointments import AppointmentForm, EndForm
from partnership.models import Appointment
from partnership.services import appointments
from partnership.ui import charts
from partnership.views.base import FormPage, ObjectFormPage, Page

# Measures that the overview shows; all of them stand on their own list.
SHOWN_MEASURES = 8


class FundDetailView(Page):
    """What came in, what is promised, what is spent; who contributes; what the money is for."""

    policy = policies.belong
    template_name = "fund/fund_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fund = queries.overview(self.partnership)
        context = super().get_context_data(**kwargs) | {
            "fund": fund,
            "may_set_up": bool(policies.set_up(self.user, self.partnership)),
            "breadcrumbs": [(_("Fonds"), "")],
        }
        if fund is None:
            return context
        fund.partnership = self.partnership
        return context | self._money(fund) | self._people(fund)

    def _money(self, fund: Any) -> dict[str, Any]:
        rows = queries.years(fund)
        kinds = (
            ("partners", _("Zusagen je Jahr"), _("Zusagen"), ""),
            ("promised", _("Zugesagt je Jahr"), _("Betrag"), "€"),
            ("received", _("Eingegangen je Jahr"), _("Betrag"), "€"),
            ("spent", _("Ausgegeben je Jahr"), _("Betrag"), "€"),
        )
        running = Measure.objects.filter(fund=fund, state__in=(MeasureState.APPROVED, MeasureState.PROPOSED))
        return {
            "balance": queries.Balance(fund.bank or queries.NOTHING, fund.free or queries.NOTHING),
            "years": rows[::-1],
            "charts": [
                charts.columns(
                    title,
                    [(row.year, getattr(row, key)) for row in rows],
                    key=f"fund-{key}",
                    label_head=_("Jahr"),
                    value_head=head,
                    unit=unit,
                )
                for key, title, head, unit in kinds
            ],
            "measures": queries.with_remaining(running)
            .select_related("resolution")
            .order_by("state", "-created_at")[:SHOWN_MEASURES],
            "may_read_books": bool(policies.read_books(self.user, self.partnership)),
            "may_manage_measures": bool(policies.manage_measures(self.user, self.partnership)),
        }

    def _people(self, fund: Any) -> dict[str, Any]:
        this_year = clock.today().year
        standing = list(queries.standing_pledges(fund, this_year - 1))
        current = [pledge for pledge in standing if pledge.year == this_year and pledge.is_member]
        own = [pledge for pledge in standing if pledge.partner_id in ties(self.user).partner_ids]
        for pledge in own:
            pledge.fund = fund
            pledge.may_keep = bool(policies.keep_pledge(self.user, pledge))
        return {
            "year": this_year,
            "count": len(current),
            "total": fund.member_count or 0,
            "contributors": [pledge.partner.name for pledge in current],
            "own_pledges": own,
            "officers": queries.officers(fund),
            "may_pledge": bool(policies.pledge(self.user, self.partnership)),
        }


class FundCreateView(FormPage):
    """Set the fund of the partnership up."""

    policy = policies.set_up
    form_class = FundForm
    success_message = gettext_lazy("Der Fonds ist eingerichtet. Bestellen Sie als Nächstes die Kassenführung.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership, "user": self.user}

    def perform(self, form: FundForm) -> Any:
        data = form.cleaned_data
        return self.run(
            funds.set_up,
            form=form,
            partnership=self.partnership,
            name=data["name"],
            purpose=data["purpose"],
            resolution=data["resolution"],
        )

    def get_success_url(self) -> str:
        return reverse("fund:fund_detail", kwargs={"slug": self.partnership.slug})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = self.get_success_url()
        return context | {
            "heading": _("Fonds einrichten"),
            "lead": _("Ein Topf für freiwillige Beiträge der Partner mit einem festen Zweck."),
            "breadcrumbs": [(_("Fonds"), self.get_success_url()), (_("Fonds einrichten"), "")],
        }


class FundUpdateView(FundMixin, FormPage):
    """Change name and purpose."""

    policy = policies.set_up
    form_class = FundForm
    heading = gettext_lazy("Fonds bearbeiten")
    success_message = gettext_lazy("Die Angaben sind gespeichert.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partnership": self.partnership, "user": self.user, "fund": self.fund}

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.fund.name, "purpose": self.fund.purpose}

    def perform(self, form: FundForm) -> Any:
        data = form.cleaned_data
        return self.run(
            funds.edit,
            form=form,
            fund=self.fund,
            name=data["name"],
            purpose=data["purpose"],
            resolution=data.get("resolution"),
        )

    def get_success_url(self) -> str:
        return self.url("fund_detail")


class OfficerCreateView(FundMixin, FormPage):
    """Appoint treasurer or auditor."""

    policy = policies.set_up
    form_class = AppointmentForm
    heading = gettext_lazy("Kassenführung oder Kassenprüfung bestellen")
    lead = gettext_lazy("Die Kassenführung bucht; die Kassenprüfung liest alles und bucht nichts.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"roles": ROLES_BY_MODEL["fund.fund"]}

    def perform(self, form: AppointmentForm) -> Any:
        data = form.cleaned_data
        return self.run(
            funds.appoint_officer,
            form=form,
            fund=self.fund,
            role=Role(data["role"]),
            email=data["email"],
            name=data["name"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
        )

    def get_success_url(self) -> str:
        messages.success(self.request, _("%(appointment)s ist bestellt.") % {"appointment": self.result})
        return self.url("fund_detail")


class OfficerEndView(FundMixin, ObjectFormPage):
    """End the function of a treasurer or auditor; asks once."""

    policy = policies.set_up
    model = Appointment
    form_class = EndForm
    template_name = "confirm.html"
    success_message = gettext_lazy("Die Funktion endet mit diesem Tag.")

    def get_queryset(self) -> Any:
        return queries.officers(self.fund).select_related("partnership")

    @property
    def heading(self) -> Any:
        return _("Funktion „%(role)s“ von %(person)s beenden?") % {
            "role": self.object.get_role_display(),
            "person": self.object.person,
        }

    def perform(self, form: EndForm) -> Any:
        return self.run(appointments.end, form=form, appointment=self.object, on=form.cleaned_data["on"])

    def get_success_url(self) -> str:
        return self.url("fund_detail")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "consequences": [_("Die Rechte aus dieser Funktion enden mit dem angegebenen Tag.")],
            "confirm_label": _("Funktion beenden"),
        }
