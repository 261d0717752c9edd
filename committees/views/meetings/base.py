"""What the pages about meetings share."""

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from committees import policies
from committees.models import AgendaItem, Meeting, RuleSet
from committees.rules.rule_set import Rules
from committees.services import revisions
from partnership import clock
from partnership.models import Partnership
from partnership.views.base import ObjectMixin


class MeetingMixin(ObjectMixin):
    """A page about one meeting, which brings its committee, its partnership and its rules along in one query."""

    model = Meeting

    def get_queryset(self) -> QuerySet[Meeting]:
        rules = RuleSet.objects.general().valid(clock.today()).filter(committee=OuterRef("committee"))
        return (
            Meeting.objects.visible_to(self.user)
            .filter(partnership__slug=self.kwargs["slug"])
            .select_related("committee", "partnership", "invited_by")
            .annotate(rules_settings=Subquery(rules.values("settings")[:1]))
        )

    @cached_property
    def partnership(self) -> Partnership:
        """The partnership of the meeting, read with it."""
        return self.object.partnership

    @cached_property
    def rules(self) -> Rules | None:
        """The rules of procedure valid today."""
        settings = self.object.rules_settings
        return Rules.from_data(settings) if settings else None

    @cached_property
    def may_prepare(self) -> bool:
        return bool(policies.prepare(self.user, self.object))

    @cached_property
    def may_conduct(self) -> bool:
        return bool(policies.conduct(self.user, self.object))

    @cached_property
    def items(self) -> list[AgendaItem]:
        """The items this person may see, with motions and papers."""
        return list(revisions.with_files(AgendaItem.objects.visible_to(self.user).filter(meeting=self.object)))

    def crumbs(self, *more: Any) -> list[tuple[Any, str]]:
        """The way to this page."""
        way = [
            (_("Sitzungen"), reverse("committees:meeting_list", kwargs={"slug": self.partnership.slug})),
            (self.object.title, self.object.get_absolute_url()),
            *((label, "") for label in more),
        ]
        return way if more else [*way[:-1], (self.object.title, "")]

    def url(self, name: str) -> str:
        """The address of another page of this meeting."""
        return reverse(f"committees:{name}", kwargs={"slug": self.partnership.slug, "pk": self.object.pk})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "meeting": self.object,
            "may_prepare": self.may_prepare,
            "may_conduct": self.may_conduct,
        }


def by_key(rows: QuerySet[Any], key: Any) -> Any:
    """The row of a posted key, or None for anything that is no key of one."""
    try:
        return rows.filter(pk=forms.UUIDField().clean(key)).first()
    except forms.ValidationError:
        return None
