"""The list of meetings."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.enums import CommitteeState, MeetingState
from committees.models import AgendaItem, Committee, Meeting
from committees.visibility import confidential_committee_ids, office_partnership_ids
from partnership import clock
from partnership.access import ties
from partnership.exports import tables
from partnership.views.exports import ExportedList


def _committees(request: HttpRequest) -> QuerySet[Committee]:
    """The committees of the partnership of the address."""
    assert request.resolver_match is not None
    slug = request.resolver_match.kwargs["slug"]
    return Committee.objects.visible_to(request.user).filter(partnership__slug=slug).select_related("partnership")


class MeetingFilter(django_filters.FilterSet):
    """Search and filters of the list; they live in the address."""

    q = django_filters.CharFilter(label=gettext_lazy("Suche"), method="search")
    gremium = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Gremium"), field_name="committee", queryset=_committees, empty_label=gettext_lazy("alle")
    )
    stand = django_filters.ChoiceFilter(
        label=gettext_lazy("Stand"), field_name="state", choices=MeetingState.choices, empty_label=gettext_lazy("alle")
    )
    zeit = django_filters.ChoiceFilter(
        label=gettext_lazy("Zeit"),
        method="span",
        choices=[("kommend", gettext_lazy("kommende")), ("vergangen", gettext_lazy("vergangene"))],
        empty_label=gettext_lazy("alle"),
    )

    class Meta:
        model = Meeting
        fields: ClassVar[list[str]] = []

    def search(self, meetings: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        """Title, place, and items this person may see: a word of a confidential one finds nothing (A4)."""
        found = AgendaItem.objects.visible_to(self.request.user).filter(
            Q(title__icontains=value) | Q(text__icontains=value), meeting=OuterRef("pk")
        )
        return meetings.filter(Q(title__icontains=value) | Q(place__icontains=value) | Exists(found))

    def span(self, meetings: QuerySet[Meeting], name: str, value: str) -> QuerySet[Meeting]:
        """Meetings to come (those of today included), or past ones."""
        now = clock.now()
        return meetings.filter(ends_at__gte=now) if value == "kommend" else meetings.filter(ends_at__lt=now)


class MeetingListView(ExportedList):
    """All meetings of the partnership this person may see."""

    policy = policies.belong
    model = Meeting
    template_name = "committees/meeting_list.html"
    export_name = "sitzungen"
    filterset_class = MeetingFilter
    sorts: ClassVar[dict[str, tuple[str, ...]]] = {
        "-wann": ("-starts_at",),
        "wann": ("starts_at",),
        "bezeichnung": ("title", "-starts_at"),
        "-bezeichnung": ("-title", "-starts_at"),
        "gremium": ("committee__position", "committee__name", "-starts_at"),
        "-gremium": ("-committee__position", "-committee__name", "-starts_at"),
    }

    def get_base_queryset(self) -> QuerySet[Meeting]:
        held = ties(self.user)
        visible = (
            Q(items__is_confidential=False)
            | Q(committee__in=confidential_committee_ids(held))
            | Q(partnership__in=office_partnership_ids(held))
        )
        return (
            super()
            .get_base_queryset()
            .select_related("committee", "partnership")
            .annotate(item_count=Count("items", filter=visible))
        )

    def get_table(self) -> tables.Dataset:
        rows = (
            (
                meeting.starts_at,
                meeting.ends_at,
                meeting.title,
                meeting.committee.name,
                meeting.get_state_display(),
                meeting.place,
                meeting.item_count,
            )
            for meeting in self.get_queryset()
        )
        heads = [_("Beginn"), _("Ende"), _("Bezeichnung"), _("Gremium"), _("Stand"), _("Ort"), _("Tagesordnungspunkte")]
        return tables.table(heads, rows, title=_("Sitzungen"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choices = self.filterset.form.fields["gremium"].queryset
        return super().get_context_data(**kwargs) | {
            "preparable": [
                committee
                for committee in choices
                if committee.state != CommitteeState.ENDED and policies.prepare(self.user, committee)
            ],
        }
