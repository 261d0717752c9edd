from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from committees.enums import BallotForm, BallotState
from committees.models import (
    Ballot,
    CircleMember,
    Committee,
    Delegate,
    Meeting,
    Motion,
    Participation,
    Resolution,
    RollEntry,
    RuleSet,
    Vote,
)
from committees.services import committees
from partnership.admin_base import AuditedAdmin, NoDeleteAdmin, ReadOnlyAdmin, ServedAdmin


class CircleMemberInline(admin.TabularInline):
    model = CircleMember
    autocomplete_fields = ("person", "organisation")
    extra = 0
    can_delete = False  # who leaves gets a last day


@admin.register(Committee)
class CommitteeAdmin(ServedAdmin, AuditedAdmin, NoDeleteAdmin):
    fixed = ("partnership",)
    list_display = ("name", "code", "kind", "state", "partnership", "recommends_to")
    list_filter = ("partnership", "kind", "state")
    list_select_related = ("partnership", "recommends_to")
    search_fields = ("name", "code")
    autocomplete_fields = (
        "recommends_to",
        "chair_organisation",
        "management_organisation",
        "lead_organisation",
    )
    inlines = (CircleMemberInline,)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in committees.FIELDS}
        if change:
            committees.edit(by=request.user, committee=obj, **values)  # type: ignore[arg-type]
        else:
            made = committees.create(by=request.user, partnership=obj.partnership, **values)  # type: ignore[arg-type]
            obj.pk = made.pk


@admin.register(RuleSet)
class RuleSetAdmin(ReadOnlyAdmin):
    list_display = ("committee", "version", "preset", "valid_from", "valid_until")
    list_filter = ("committee",)


@admin.register(Delegate)
class DelegateAdmin(ReadOnlyAdmin):
    """Delegations are made and ended in the portal, where they are deeds with consequences."""

    list_display = ("person", "partner", "committee", "kind", "valid_from", "valid_until")
    list_filter = ("committee", "kind")
    list_select_related = ("person", "partner", "committee")
    search_fields = ("person__name", "person__email", "partner__name")


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ("title", "committee", "state", "starts_at", "invited_at")
    list_filter = ("partnership", "committee", "state")
    list_select_related = ("committee",)
    search_fields = ("title",)
    date_hierarchy = "starts_at"


@admin.register(Motion)
class MotionAdmin(ReadOnlyAdmin):
    list_display = ("label", "title", "state", "partnership", "submitted_at")
    list_filter = ("partnership", "state")
    search_fields = ("title",)


@admin.register(Ballot)
class BallotAdmin(ReadOnlyAdmin):
    list_display = ("title", "committee", "way", "state", "outcome", "opened_at", "closed_at", "declared_at")
    list_filter = ("partnership", "state", "way")
    list_select_related = ("committee",)
    search_fields = ("title",)


@admin.register(RollEntry)
class RollEntryAdmin(ReadOnlyAdmin):
    list_display = ("partner_name", "ballot", "weight", "is_excluded", "mark")
    list_filter = ("is_excluded",)
    list_select_related = ("ballot",)
    search_fields = ("partner_name", "ballot__title")


@admin.register(Participation)
class ParticipationAdmin(ReadOnlyAdmin):
    """Those of a secret ballot only once its result is declared."""

    list_display = ("partner", "ballot")
    list_select_related = ("partner", "ballot")
    search_fields = ("partner__name", "ballot__title")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participation]:
        is_told = ~Q(ballot__form=BallotForm.SECRET) | Q(ballot__state=BallotState.DECLARED)
        return super().get_queryset(request).filter(is_told)


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    """Open votes only; secret papers are never registered here."""

    list_display = ("ballot", "partner", "revision", "choice", "capacity", "cast_at")
    list_filter = ("choice", "capacity")
    list_select_related = ("ballot", "partner")
    search_fields = ("partner__name", "ballot__title")


@admin.register(Resolution)
class ResolutionAdmin(ReadOnlyAdmin):
    list_display = ("position", "number", "title", "kind", "committee", "resolved_on", "hash")
    list_filter = ("partnership", "committee", "kind", "year")
    list_select_related = ("committee",)
    search_fields = ("number", "title")
