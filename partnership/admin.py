from typing import Any

# Libraries register their pages when they are imported: before, not after, they are taken out below.
import allauth.account.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partnership import clock
from partnership.admin_base import AuditedAdmin, NoDeleteAdmin, ReadOnlyAdmin, ServedAdmin
from partnership.enums import ROLES_BY_MODEL, Role
from partnership.errors import Refusal
from partnership.models import (
    AccountInvitation,
    Appointment,
    AuditEvent,
    Document,
    Feedback,
    Heartbeat,
    OutboxMessage,
    Partnership,
    SiteText,
    User,
)
from partnership.services import accounts, appointments

admin.site.site_header = _("Konvent – Verwaltung der Installation")
admin.site.site_title = "Konvent"
admin.site.index_title = _("Verwaltung")

# Rights follow from appointments, addresses from accounts: these would be a second truth.
for model in (Group, EmailAddress, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):
    """Accounts. Only superusers may hand out administration."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name", "job_title")
    ordering = ("email",)
    filter_horizontal = ("user_permissions",)
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "name", "job_title", "phone", "password")}),
        (_("Einstellungen"), {"fields": ("language", "time_zone")}),
        (_("Rechte"), {"fields": ("is_active", "is_staff", "is_superuser", "user_permissions")}),
        (_("Zeiten"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("email", "name", "usable_password", "password1", "password2")}),
    )
    actions = ("send_invitation",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        # A new account needs its address; nobody but a superuser changes one, or shuts somebody out.
        if request.user.is_superuser or obj is None:
            return fields
        return (*fields, "is_staff", "is_superuser", "user_permissions", "email", "is_active")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        if not request.user.is_superuser:
            from django.core.exceptions import PermissionDenied

            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    @admin.action(permissions=["change"], description=_("Einladung zum Setzen des Passworts senden"))
    def send_invitation(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for person in queryset:
            try:
                accounts.send_invitation(by=request.user, person=person, partnership=None)  # type: ignore[arg-type]
                self.message_user(request, _("%(person)s ist eingeladen.") % {"person": person})
            except Refusal as refusal:
                self.message_user(request, str(refusal), messages.WARNING)


@admin.register(AccountInvitation)
class AccountInvitationAdmin(ReadOnlyAdmin):
    list_display = ("user", "partnership", "created_at", "expires_at", "accepted_at")
    list_filter = ("partnership",)
    search_fields = ("user__email", "user__name")
    exclude = ("secret_hash",)


@admin.register(Partnership)
class PartnershipAdmin(AuditedAdmin, NoDeleteAdmin):
    list_display = ("name", "short_name", "state", "founded_on", "is_public", "office_email")
    list_filter = ("state", "is_public")
    search_fields = ("name", "short_name", "slug")
    prepopulated_fields = {"slug": ("short_name",)}


def _subjects() -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything on which a role can be held, grouped by kind."""
    groups = []
    for label in ROLES_BY_MODEL:
        model = apps.get_model(label)
        rows = [(f"{label}:{row.pk}", str(row)) for row in model._default_manager.all()]
        groups.append((str(model._meta.verbose_name), rows))
    return groups


class AppointmentForm(forms.ModelForm):
    """Appoint through the service, which also writes guardian's row."""

    held_on = forms.ChoiceField(label=_("für"), choices=[])

    class Meta:
        model = Appointment
        fields = ("person", "role", "valid_from", "valid_until", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page of one that is made shows it and asks for nothing.
        if "valid_from" in self.fields:
            self.fields["held_on"].choices = _subjects()  # type: ignore[attr-defined]
            self.fields["valid_from"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        label, _sep, key = data.get("held_on", "").partition(":")
        if data.get("role") and label and Role(data["role"]) not in ROLES_BY_MODEL[label]:
            raise ValidationError({"role": _("Diese Funktion gibt es hier nicht.")})
        if label:
            self.subject = apps.get_model(label)._default_manager.get(pk=key)
        return data


@admin.register(Appointment)
class AppointmentAdmin(ServedAdmin, NoDeleteAdmin):
    list_display = ("person", "role", "held_for", "partnership", "valid_from", "valid_until")
    list_filter = ("role", "partnership")
    list_select_related = ("person", "partnership", "content_type")
    search_fields = ("person__name", "person__email", "note")
    autocomplete_fields = ("person",)
    form = AppointmentForm
    actions = ("end_today",)

    @admin.display(description=_("für"))
    def held_for(self, obj: Appointment) -> str:
        return str(obj.subject)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # What it is held on is chosen when it is made, and shown afterwards.
        return ("person", "role", "held_on" if obj is None else "held_for", "valid_from", "valid_until", "note")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Whoever may appoint may appoint themselves to everything: not for limited administrators.
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A wrong appointment is ended and made anew; the list stays open for the action.
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        data = form.cleaned_data
        made = appointments.appoint(
            by=request.user,  # type: ignore[arg-type]
            person=data["person"],
            role=Role(data["role"]),
            subject=form.subject,
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
            note=data["note"],
        )
        obj.pk = made.pk

    @admin.action(permissions=["change"], description=_("Heute beenden"))
    def end_today(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> None:
        for appointment in queryset:
            try:
                appointments.end(by=request.user, appointment=appointment)  # type: ignore[arg-type]
                self.message_user(request, _("%(appointment)s ist beendet.") % {"appointment": appointment})
            except Refusal as refusal:
                self.message_user(request, str(refusal), messages.WARNING)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "subject_label", "partnership")
    list_filter = ("partnership", "action")
    list_select_related = ("actor", "partnership")
    search_fields = ("action", "subject_label", "actor__name")
    date_hierarchy = "at"


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """The fate of each mail; its content stays with office and recipient."""

    list_display = ("created_at", "kind", "to_address", "state", "attempts", "sent_at", "last_error")
    list_filter = ("state", "kind", "partnership")
    search_fields = ("to_address", "message_id")
    exclude = ("mime", "subject")
    date_hierarchy = "created_at"


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    list_display = ("title", "partnership", "audience", "is_download", "created_at", "withdrawn_at")
    list_filter = ("partnership", "audience")
    search_fields = ("title",)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "at", "detail")


@admin.register(SiteText)
class SiteTextAdmin(AuditedAdmin):
    list_display = ("title", "key", "language", "changed_at")
    list_filter = ("language",)


@admin.register(Feedback)
class FeedbackAdmin(AuditedAdmin, NoDeleteAdmin):
    list_display = ("received_at", "page", "message", "email", "is_settled")
    list_filter = ("is_settled",)
    readonly_fields = ("page", "message", "email", "received_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
