"""Kinds of matters that committees may decide by rules of their own."""

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import policies
from committees.forms.matters import MatterForm
from committees.models import Matter, RuleSet
from committees.services import matters
from partnership import clock
from partnership.policies import act_as_office
from partnership.views.base import FormPage, ObjectFormPage, Page


def listed(partnership: Any) -> str:
    """The address of the list of kinds."""
    return reverse("committees:matter_list", kwargs={"slug": partnership.slug})


class MatterListView(Page):
    """Kinds of matters, and which committees decide them by rules of their own."""

    policy = policies.belong
    template_name = "committees/matter_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = (
            Matter.objects.visible_to(self.user)
            .filter(partnership=self.partnership)
            .annotate(motion_count=Count("motions"))
            .order_by("name")
        )
        own: dict[Any, dict[Any, Any]] = {}
        rows = RuleSet.objects.valid(clock.today()).filter(matter__partnership=self.partnership)
        for row in rows.select_related("committee").order_by("committee__position", "committee__name"):
            row.committee.partnership = self.partnership
            own.setdefault(row.matter_id, {})[row.committee_id] = row.committee
        return super().get_context_data(**kwargs) | {
            "matters": [(matter, list(own.get(matter.pk, {}).values())) for matter in found],
            "may_edit": bool(act_as_office(self.user, self.partnership)),
            "breadcrumbs": [(_("Arten von Angelegenheiten"), "")],
        }


class MatterFormMixin(FormPage):
    """The form of a kind of matter."""

    policy = act_as_office
    form_class = MatterForm
    success_message = gettext_lazy("Die Art ist gespeichert.")
    heading: Any = ""

    def get_success_url(self) -> str:
        return listed(self.partnership)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = listed(self.partnership)
        return context | {
            "heading": self.heading,
            "breadcrumbs": [(_("Arten von Angelegenheiten"), listed(self.partnership)), (self.heading, "")],
        }


class MatterCreateView(MatterFormMixin):
    """Name a kind of matter."""

    heading = gettext_lazy("Art anlegen")

    def perform(self, form: Any) -> Any:
        return self.run(matters.create, form=form, partnership=self.partnership, **form.cleaned_data)


class MatterUpdateView(MatterFormMixin, ObjectFormPage):
    """Correct name and description."""

    model = Matter
    heading = gettext_lazy("Art bearbeiten")

    def get_policy_subject(self) -> Any:
        _found = self.object
        return self.partnership

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.object.name, "description": self.object.description}

    def perform(self, form: Any) -> Any:
        return self.run(matters.edit, form=form, matter=self.object, **form.cleaned_data)
