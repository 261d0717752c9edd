from django.contrib import admin

from membership.models import Contact, Enquiry, ImportBatch, Organisation, Partner, SeatShare, Standing
from partnership.admin_base import AuditedAdmin, NoDeleteAdmin, ReadOnlyAdmin


@admin.register(Organisation)
class OrganisationAdmin(AuditedAdmin, NoDeleteAdmin):
    list_display = ("name", "kind", "land", "population", "leitweg_id")
    list_filter = ("kind", "land")
    search_fields = ("name", "short_name", "ags", "leitweg_id")
    autocomplete_fields = ("parent",)


class SeatShareInline(admin.TabularInline):
    model = SeatShare
    autocomplete_fields = ("organisation",)
    extra = 0


class ContactInline(admin.TabularInline):
    model = Contact
    extra = 0


@admin.register(Partner)
class PartnerAdmin(AuditedAdmin, NoDeleteAdmin):
    fixed = ("partnership",)
    list_display = ("number", "name", "partnership", "is_listed")
    list_display_links = ("name",)
    list_filter = ("partnership", "is_listed")
    list_select_related = ("partnership",)
    search_fields = ("name", "organisations__name")
    inlines = (SeatShareInline, ContactInline)


@admin.register(Standing)
class StandingAdmin(ReadOnlyAdmin):
    list_display = ("partner", "fact", "value", "valid_from", "valid_until", "recorded_by")
    list_filter = ("fact", "value", "partner__partnership")
    list_select_related = ("partner", "recorded_by")
    search_fields = ("partner__name",)


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "organisation", "kind", "state", "partnership")
    list_filter = ("state", "kind", "partnership")
    search_fields = ("organisation", "name", "email")


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ("uploaded_at", "kind", "file_name", "uploaded_by", "applied_at")
    list_filter = ("kind", "partnership")
