"""What all pages of the fund share: the fund of the address, and the way back to it."""

from functools import cached_property
from typing import Any

from django.http import Http404
from django.urls import reverse

from fund.models import Fund
from partnership.views.base import ObjectFormPage, PolicyMixin


class FundMixin(PolicyMixin):
    """A page inside the fund of a partnership; a partnership without one has no such pages."""

    heading: Any = ""
    lead: Any = ""

    @cached_property
    def fund(self) -> Fund:
        """The fund of the partnership in the address."""
        found = Fund.objects.filter(partnership=self.partnership).first()
        if found is None:
            raise Http404
        found.partnership = self.partnership
        return found

    def url(self, name: str, **kwargs: Any) -> str:
        """The address of a page of this fund."""
        return reverse(f"fund:{name}", kwargs={"slug": self.partnership.slug, **kwargs})

    def get_cancel_url(self) -> str:
        return self.url("fund_detail")

    def get_breadcrumbs(self) -> list[tuple[Any, str]]:
        """The way to this page; its own name comes behind by itself."""
        return [(str(self.fund), self.url("fund_detail"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fund = self.fund
        context = super().get_context_data(**kwargs)
        if "form" in context and hasattr(context["form"], "cancel_url"):
            context["form"].cancel_url = self.get_cancel_url()
        return {
            "fund": fund,
            "heading": self.heading,
            "lead": self.lead,
            "cancel_url": self.get_cancel_url(),
            "breadcrumbs": [*self.get_breadcrumbs(), (self.heading, "")],
        } | context


class FundObjectFormPage(FundMixin, ObjectFormPage):
    """A form about one row of the fund."""

    partnership_path = "fund__partnership"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("fund__partnership")
