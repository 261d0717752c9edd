"""Pledges, and the payments booked on them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund import policies, queries
from fund.exports import tables
from fund.forms.pledges import PaymentForm, PledgeCreateForm, PledgeFilter, PledgeUpdateForm
from fund.models import Pledge
from fund.rules.ledger import euros
from fund.services import payments, pledges
from fund.views.base import FundMixin, FundObjectFormPage
from membership.models import Partner
from partnership import clock
from partnership.access import ties
from partnership.enums import Role
from partnership.views.base import FormPage
from partnership.views.exports import ExportedList


class PledgeListView(FundMixin, ExportedList):
    """Who promised what for which year, and what of it has come in."""

    policy = policies.see_pledges
    model = Pledge
    template_name = "fund/pledge_list.html"
    export_name = "zusagen"
    heading = gettext_lazy("Zusagen")
    sorts = {
        "year": ("-year", "partner__number"),
        "-year": ("year", "partner__number"),
        "partner": ("partner__name", "-year"),
        "-partner": ("-partner__name", "-year"),
        "amount": ("amount",),
        "-amount": ("-amount",),
    }

    def get_base_queryset(self) -> QuerySet[Any]:
        return Pledge.objects.visible_to(self.user).filter(fund=self.fund)

    def get_queryset(self) -> QuerySet[Any]:
        base = self.get_base_queryset()
        years = queries.years_to_choose(base.order_by().values_list("year", flat=True).distinct())
        self.filterset = PledgeFilter(
            self.request.GET, queryset=queries.with_paid(base), request=self.request, years=years
        )
        rows = self.filterset.qs if self.filterset.is_valid() else base.none()
        self.sort = self.request.GET.get("sort", "")
        if self.sort not in self.sorts:
            self.sort = "year"
        return rows.select_related("partner", "fund").order_by(*self.sorts[self.sort], "-pledged_at", "pk")

    def get_table(self) -> tables.Dataset:
        return tables.pledges(self.get_queryset())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for pledge in context["page_obj"]:
            pledge.fund.partnership = self.partnership
            pledge.paid = queries.cents(pledge.paid)
            pledge.open_amount = max(pledge.amount - pledge.paid, queries.NOTHING)
            pledge.may_keep = pledge.state == "pledged" and bool(policies.keep_pledge(self.user, pledge))
        rows: Any = self.object_list
        sums = rows.order_by().aggregate(promised=Sum("amount"))
        return context | {
            "promised": queries.cents(sums["promised"]),
            "may_pledge": bool(policies.pledge(self.user, self.partnership)),
            "may_keep_books": bool(policies.keep_books(self.user, self.partnership)),
        }


class PledgeCreateView(FundMixin, FormPage):
    """Promise an amount for a year."""

    policy = policies.pledge
    form_class = PledgeCreateForm
    heading = gettext_lazy("Beitrag zusagen")
    lead = gettext_lazy("Freiwillig und für ein Jahr. Den Betrag bestimmt der Partner selbst.")

    def get_partners(self) -> QuerySet[Partner]:
        """Partners the person may promise for."""
        members = Partner.objects.filter(partnership=self.partnership).members(clock.today()).order_by("number")
        held = ties(self.user)
        if held.roles_in(self.partnership.pk) & {Role.MANAGING_OFFICE, Role.TREASURER}:
            return members
        return members.filter(pk__in=held.ids("membership.partner", Role.PARTNER_ADMIN))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partners": self.get_partners()}

    def perform(self, form: PledgeCreateForm) -> Any:
        data = form.cleaned_data
        return self.run(
            pledges.create,
            form=form,
            fund=self.fund,
            partner=data["partner"],
            year=data["year"],
            amount=data["amount"],
            is_named=data["is_named"],
        )

    def get_success_url(self) -> str:
        messages.success(
            self.request,
            _("Danke! %(partner)s sagt für %(year)s %(amount)s zu.")
            % {"partner": self.result.partner, "year": self.result.year, "amount": euros(self.result.amount)},
        )
        return self.url("fund_detail")


class PledgePage(FundObjectFormPage):
    """A form about one pledge that stands."""

    policy = policies.keep_pledge
    model = Pledge

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(state="pledged").select_related("fund__partnership", "partner")

    def get_success_url(self) -> str:
        return self.url("fund_detail")


class PledgeUpdateView(PledgePage):
    """Another amount; the old pledge stays in the history."""

    form_class = PledgeUpdateForm
    heading = gettext_lazy("Zusage ändern")
    success_message = gettext_lazy("Die Zusage ist geändert. Die bisherige bleibt in der Geschichte.")

    @property
    def lead(self) -> Any:
        return _("%(partner)s, %(year)s") % {"partner": self.object.partner, "year": self.object.year}

    def get_initial(self) -> dict[str, Any]:
        return {"amount": self.object.amount, "is_named": self.object.is_named}

    def perform(self, form: PledgeUpdateForm) -> Any:
        data = form.cleaned_data
        return self.run(pledges.change, form=form, pledge=self.object, amount=data["amount"], is_named=data["is_named"])


class PledgeWithdrawView(PledgePage):
    """Take a pledge back; asks once."""

    form_class = forms.Form
    template_name = "confirm.html"
    success_message = gettext_lazy("Die Zusage ist zurückgezogen.")

    @property
    def heading(self) -> Any:
        return _("Zusage %(year)s von „%(partner)s“ über %(amount)s zurückziehen?") % {
            "year": self.object.year,
            "partner": self.object.partner,
            "amount": euros(self.object.amount),
        }

    def perform(self, form: Any) -> Any:
        return self.run(pledges.withdraw, form=form, pledge=self.object)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "consequences": [_("Der Betrag zählt nicht mehr als zugesagt. Sie können später erneut zusagen.")],
            "confirm_label": _("Zusage zurückziehen"),
        }


class PaymentCreateView(PledgePage):
    """Book money that came in on a pledge."""

    policy = policies.keep_books
    form_class = PaymentForm
    heading = gettext_lazy("Zahlung buchen")

    @property
    def lead(self) -> Any:
        got = queries.paid(self.object.fund, self.object.partner_id, self.object.year)
        return _("%(partner)s, %(year)s: zugesagt %(amount)s, bisher eingegangen %(paid)s.") % {
            "partner": self.object.partner,
            "year": self.object.year,
            "amount": euros(self.object.amount),
            "paid": euros(got),
        }

    def get_cancel_url(self) -> str:
        return self.url("pledge_list")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_breadcrumbs(), (_("Zusagen"), self.url("pledge_list"))]

    def get_initial(self) -> dict[str, Any]:
        got = queries.paid(self.object.fund, self.object.partner_id, self.object.year)
        left = self.object.amount - got
        return {"amount": left} if left > 0 else {}

    def perform(self, form: PaymentForm) -> Any:
        data = form.cleaned_data
        return self.run(
            payments.receive,
            form=form,
            pledge=self.object,
            amount=data["amount"],
            booked_on=data["booked_on"],
            reference=data["reference"],
            key=data["key"],
            accept_overpayment=data["accept_overpayment"],
        )

    def get_success_url(self) -> str:
        messages.success(
            self.request,
            _("Gebucht als Nummer %(number)s: %(amount)s. Der Partner bekommt eine Dankesmail.")
            % {"number": self.result.number, "amount": euros(self.result.amount)},
        )
        return self.url("pledge_list")
