from django.contrib import admin

from fund.models import Account, Fund, Measure, Pledge, Posting
from partnership.admin_base import NoDeleteAdmin, ReadOnlyAdmin


@admin.register(Fund)
class FundAdmin(NoDeleteAdmin):
    list_display = ("name", "partnership", "created_by_resolution")
    search_fields = ("name",)
    readonly_fields = ("created_by_resolution",)


@admin.register(Pledge)
class PledgeAdmin(ReadOnlyAdmin):
    list_display = ("partner", "year", "amount", "state", "pledged_at")
    list_filter = ("fund", "year", "state")
    list_select_related = ("partner",)
    search_fields = ("partner__name",)


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ("title", "budget", "state", "resolution")
    list_filter = ("fund", "state")
    search_fields = ("title",)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("fund", "kind", "measure", "balance")
    list_filter = ("fund", "kind")


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ("number", "booked_on", "debit", "credit", "amount", "text", "reverses")
    list_filter = ("fund",)
    list_select_related = ("debit__measure", "credit__measure", "reverses")
    search_fields = ("text", "reference")
    date_hierarchy = "booked_on"
