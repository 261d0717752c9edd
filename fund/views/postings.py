"""The ledger: read by treasurer, auditor and office, written by nobody but the services."""

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund import policies, queries
from fund.exports import tables
from fund.forms.measures import ReverseForm
from fund.forms.postings import PostingFilter
from fund.models import Posting
from fund.rules.ledger import euros
from fund.services import books
from fund.views.base import FundMixin
from partnership.views.base import FormPage
from partnership.views.exports import ExportedList


class PostingListView(FundMixin, ExportedList):
    """Every posting with the money there was after it; what is booked stays."""

    policy = policies.read_books
    model = Posting
    template_name = "fund/posting_list.html"
    export_name = "buchungen"
    heading = gettext_lazy("Buchungen")
    sorts = {"-number": ("-number",), "number": ("number",), "amount": ("amount",), "-amount": ("-amount",)}

    def get_base_queryset(self) -> QuerySet[Any]:
        return Posting.objects.visible_to(self.user).filter(fund=self.fund)

    def get_queryset(self) -> QuerySet[Any]:
        base = self.get_base_queryset()
        years = queries.years_to_choose(base.order_by().values_list("booked_on__year", flat=True).distinct())
        self.filterset = PostingFilter(self.request.GET, queryset=base, request=self.request, years=years)
        rows = self.filterset.qs if self.filterset.is_valid() else base.none()
        self.sort = self.request.GET.get("sort", "")
        if self.sort not in self.sorts:
            self.sort = "-number"
        rows = rows.select_related("debit__measure", "credit__measure", "booked_by", "reverses", "reversed_by")
        return rows.order_by(*self.sorts[self.sort], "-number")

    def get_table(self) -> tables.Dataset:
        return tables.postings(self.get_queryset().order_by("number"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "balance": queries.balance(self.fund),
            "may_keep_books": bool(policies.keep_books(self.user, self.partnership)),
        }


class PostingReverseView(FundMixin, FormPage):
    """Take a payment back by the opposite posting; asks once and for the reason."""

    policy = policies.keep_books
    form_class = ReverseForm
    template_name = "confirm.html"
    success_message = gettext_lazy("Die Buchung ist storniert. Beide Buchungen bleiben im Buch stehen.")

    @cached_property
    def posting(self) -> Posting:
        """The posting of the address; numbers are those of this fund."""
        rows = Posting.objects.visible_to(self.user).filter(fund=self.fund, number=self.kwargs["number"])
        found = rows.select_related("fund__partnership", "debit", "credit").first()
        if found is None:
            raise Http404
        return found

    @property
    def heading(self) -> Any:
        return _("Buchung %(number)s über %(amount)s stornieren?") % {
            "number": self.posting.number,
            "amount": euros(self.posting.amount),
        }

    @property
    def lead(self) -> Any:
        return _("%(text)s, gebucht am %(day)s") % {
            "text": self.posting.text,
            "day": date_format(self.posting.booked_on, "d.m.Y"),
        }

    def get_cancel_url(self) -> str:
        return self.url("posting_list")

    def get_success_url(self) -> str:
        return self.url("posting_list")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        return [*super().get_breadcrumbs(), (_("Buchungen"), self.url("posting_list"))]

    def perform(self, form: ReverseForm) -> Any:
        data = form.cleaned_data
        return self.run(books.reverse, form=form, posting=self.posting, reason=data["reason"], key=data["key"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "consequences": [
                _("Heute wird derselbe Betrag zurückgebucht; der Bestand ändert sich sofort."),
                _("Die Gegenbuchung bekommt eine eigene Nummer; nichts wird gelöscht."),
            ],
            "confirm_label": _("Buchung stornieren"),
        }
