"""The audit of a partnership, for its office."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnership import deeds, policies
from partnership.models import AuditEvent
from partnership.views.base import ListPage


class AuditFilter(django_filters.FilterSet):
    """Search in deed, subject and person."""

    q = django_filters.CharFilter(method="search", label=_("Suche"))

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(action__in=deeds.actions_like(value))
            | Q(subject_label__icontains=value)
            | Q(actor__name__icontains=value)
        )


class AuditListView(ListPage):
    """Who did what when."""

    policy = policies.act_as_office
    model = AuditEvent
    template_name = "partnership/audit_list.html"
    filterset_class = AuditFilter

    def get_base_queryset(self) -> QuerySet[Any]:
        return AuditEvent.objects.filter(partnership=self.partnership).select_related("actor")
