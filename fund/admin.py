from django.contrib import admin
from django.http import HttpRequest

from fund.models import Account, Fund, Measure, Pledge, Posting
from partnership.admin_base import AuditedAdmin, NoDeleteAdmin, ReadOnlyAdmin


@admin.register(Fund)
class FundAdmin(AuditedAdmin, NoDeleteAdmin):
    list_display = ("name", "partnership", "created_by_resolution")
    list_select_related = ("partnership", "created_by_resolution")
    search_fields = ("name", "partnership__name")
    readonly_fields = ("partnership", "created_by_resolution")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A fund comes with its accounts: the office sets it up on the page of the fund."""
        return False


@admin.register(Pledge)
class PledgeAdmin(ReadOnlyAdmin):
    list_display = ("partner", "year", "amount", "state", "pledged_at")
    list_filter = ("fund", "year", "state")
    list_select_related = ("partner",)
    date_hierarchy = "pledged_at"
    search_fields = ("partner__name",)


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ("title", "budget", "state", "resolution")
    list_select_related = ("resolution",)
    list_filter = ("fund", "state")
    search_fields = ("title",)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("fund", "kind", "measure", "balance")
    list_select_related = ("fund", "measure")
    search_fields = ("measure__title",)
    list_filter = ("fund", "kind")


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ("number", "booked_on", "debit", "credit", "amount", "bank_after", "text", "reverses")
    list_filter = ("fund",)
    list_select_related = ("debit__measure", "credit__measure", "reverses")
    search_fields = ("text", "reference")
    date_hierarchy = "booked_on"
