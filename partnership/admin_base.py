"""What every page of Django's admin here shares."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse

from partnership.errors import Refusal
from partnership.services import audit


class ReadOnlyAdmin(admin.ModelAdmin):
    """To look at only: what is decided, cast, booked, sent or recorded is changed by nobody."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NoDeleteAdmin(admin.ModelAdmin):
    """To be changed, never deleted: history hangs on it."""

    # What everything else hangs on is chosen when the row is made, and stays.
    fixed: ClassVar[tuple[str, ...]] = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if obj is None else (*fields, *self.fixed)


class AuditedAdmin(admin.ModelAdmin):
    """Its deeds stand in the audit trail, in the transaction that does them, where no service records them."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "added", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record(request, "changed", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> Any:
        for obj in queryset:
            self._record(request, "deleted", obj, [])
        return super().log_deletions(request, queryset)  # type: ignore[arg-type]

    def _record(self, request: HttpRequest, deed: str, obj: Any, message: Any) -> None:
        audit.record(
            by=request.user,  # type: ignore[arg-type]
            action=f"{self.opts.model_name}.{deed}_by_administration",
            subject=obj,
            changes=message,
        )


class ServedAdmin(admin.ModelAdmin):
    """Saves through a service: what that refuses is an error of the form, which keeps what was typed."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, *args, **kwargs)
        if not hasattr(request, "refusal"):
            return form
        refusal: Refusal = request.refusal

        class Refused(form):  # type: ignore[misc, valid-type]
            def clean(self) -> Any:
                data = super().clean()
                self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))
                return data

        return Refused
