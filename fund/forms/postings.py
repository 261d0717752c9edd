"""Filters of the ledger."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from fund.enums import AccountKind
from fund.models import Posting

IN, OUT, SET_ASIDE, REVERSALS = "ein", "aus", "zurueckgestellt", "storno"


class PostingFilter(django_filters.FilterSet):
    """Search, year of the booking day, kind."""

    q = django_filters.CharFilter(method="search", label=_("Suche"))
    jahr = django_filters.ChoiceFilter(field_name="booked_on__year", label=_("Jahr"), empty_label=_("alle"))
    art = django_filters.ChoiceFilter(
        method="by_kind",
        label=_("Art"),
        choices=[
            (IN, _("Einnahmen")),
            (OUT, _("Ausgaben")),
            (SET_ASIDE, _("Zurückgestellt und freigegeben")),
            (REVERSALS, _("Stornierungen")),
        ],
        empty_label=_("alle"),
    )

    class Meta:
        model = Posting
        fields: list[str] = []

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["jahr"].extra["choices"] = [(year, str(year)) for year in years]

    def search(self, queryset: QuerySet[Posting], name: str, value: str) -> QuerySet[Posting]:
        found = Q(text__icontains=value) | Q(reference__icontains=value)
        if value.isdecimal() and value.isascii() and len(value) < 10:
            found |= Q(number=int(value))
        return queryset.filter(found)

    def by_kind(self, queryset: QuerySet[Posting], name: str, value: str) -> QuerySet[Posting]:
        if value == REVERSALS:
            return queryset.filter(reverses__isnull=False)
        bank = Q(debit__kind=AccountKind.BANK) | Q(credit__kind=AccountKind.BANK)
        if value == SET_ASIDE:
            return queryset.exclude(bank)
        free = Q(debit__kind=AccountKind.FREE) | Q(credit__kind=AccountKind.FREE)
        return queryset.filter(bank, free) if value == IN else queryset.filter(bank).exclude(free)
