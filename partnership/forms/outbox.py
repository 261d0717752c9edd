"""Forms about outgoing mail."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from partnership.enums import OutboxState
from partnership.models import OutboxMessage
from partnership.outbox.kinds import kind_label
from partnership.ui.forms import KernForm


class OutboxFilter(django_filters.FilterSet):
    """Search by words, state, kind and person."""

    q = django_filters.CharFilter(method="search", label=_("Suche"))
    person = django_filters.CharFilter(method="by_person", label=_("Name oder Adresse"))
    state = django_filters.ChoiceFilter(label=_("Stand"), choices=OutboxState.choices, empty_label=_("alle"))
    kind = django_filters.ChoiceFilter(label=_("Art"), choices=(), empty_label=_("alle"))

    class Meta:
        model = OutboxMessage
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.queryset.order_by("kind").values_list("kind", flat=True).distinct()
        choices = sorted(((kind, kind_label(kind)) for kind in kinds), key=lambda choice: choice[1])
        self.filters["kind"].extra["choices"] = choices

    def search(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(subject__icontains=value)
            | Q(to_address__icontains=value)
            | Q(recipient__name__icontains=value)
            | Q(last_error__icontains=value)
        )

    def by_person(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(Q(recipient__name__icontains=value) | Q(to_address__icontains=value))


class WithdrawForm(KernForm):
    """Why a mail shall not leave."""

    reason = forms.CharField(label=_("Grund"), max_length=200, help_text=_("Steht danach bei der Nachricht."))


class ReleaseForm(KernForm):
    """What becomes of mails that were waiting when the backup was made."""

    older = forms.ChoiceField(
        label=_("Nachrichten aus der Zeit vor der Wiederherstellung"),
        choices=[
            ("withdraw", _("zurückziehen: sie sind vermutlich schon angekommen")),
            ("send", _("senden: sie sind sicher noch nicht angekommen")),
        ],
        widget=forms.RadioSelect,
        initial="withdraw",
    )
