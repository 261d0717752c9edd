"""The rules of procedure of a committee: in words, in versions, and the editor of the next version."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from committees import policies
from committees.forms.rule_sets import RuleSetForm
from committees.models import Committee, RuleSet
from committees.rules.describe import describe
from committees.rules.presets import EQUAL_SIMPLE, PRESETS
from committees.rules.rule_set import Rules
from committees.services import rule_sets
from committees.views.committees import CommitteeFormPage, listed
from partnership import clock
from partnership.policies import act_as_office
from partnership.views.base import ObjectPage


def in_words(rules: Rules) -> list[str]:
    """The rules as sentences in the reader's language."""
    return [sentence.text(get_language()) for sentence in describe(rules)]


def differences(before: Rules, after: Rules) -> dict[str, list[str]]:
    """The sentences that fall away and those that come, from one version to the next."""
    old, new = in_words(before), in_words(after)
    return {
        "gone": [line for line in old if line not in new],
        "come": [line for line in new if line not in old],
    }


class RuleSetDetailView(ObjectPage):
    """The rules of a committee in plain words: those of today, or the version asked for by ?fassung=."""

    policy = policies.belong
    model = Committee
    template_name = "committees/rule_set_detail.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on = clock.today()
        versions = list(self.object.rule_sets.general().select_related("created_by").order_by("-version"))
        wanted = self.request.GET.get("fassung", "")
        current = next((one for one in versions if one.is_valid(on)), None)
        shown = (
            next((one for one in versions if str(one.version) == wanted), None)
            if wanted
            else current or (versions[0] if versions else None)
        )
        if wanted and shown is None:
            raise Http404
        before = next((one for one in versions if shown and one.version == shown.version - 1), None)
        return super().get_context_data(**kwargs) | {
            "shown": shown,
            "current": current,
            "sentences": in_words(shown.rules) if shown else [],
            "before": before,
            "differences": differences(before.rules, shown.rules) if shown and before else None,
            "preset": PRESETS[shown.preset].name.text(get_language()) if shown and shown.preset in PRESETS else "",
            "versions": versions,
            "may_edit": bool(act_as_office(self.user, self.partnership)),
            "breadcrumbs": [
                (_("Gremien"), listed(self.partnership)),
                (str(self.object), self.object.get_absolute_url()),
                (_("Verfahrensregeln"), ""),
            ],
        }


class RuleSetCreateView(CommitteeFormPage):
    """The next version of the rules: begins with the present one or a preset, shown in words before it is saved."""

    policy = act_as_office
    form_class = RuleSetForm
    template_name = "committees/rule_set_create.html"
    heading = gettext_lazy("Neue Fassung der Verfahrensregeln")
    success_message = gettext_lazy("Die neue Fassung ist gespeichert.")

    @cached_property
    def last(self) -> RuleSet | None:
        """The newest version there is."""
        return self.object.rule_sets.general().order_by("-version").first()

    @cached_property
    def preset(self) -> str:
        """The preset to begin with, if one was chosen or nothing is there."""
        wanted = self.request.GET.get("vorlage", "")
        if wanted in PRESETS:
            return wanted
        return "" if self.last else EQUAL_SIMPLE.key

    def get_form_kwargs(self) -> dict[str, Any]:
        start = PRESETS[self.preset].rules if self.preset else self.last.rules  # type: ignore[union-attr]
        return super().get_form_kwargs() | {"start": start}

    def form_valid(self, form: Any) -> HttpResponse:
        if "preview" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form, preview=in_words(form.rules)))
        return super().form_valid(form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.object.votes:
            raise Http404
        return super().post(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.object.votes:
            raise Http404
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> Any:
        is_preset = bool(self.preset) and form.rules == PRESETS[self.preset].rules
        return self.run(
            rule_sets.create,
            form=form,
            committee=self.object,
            rules=form.rules,
            valid_from=form.cleaned_data["valid_from"],
            preset=self.preset if is_preset else "",
            reason=form.cleaned_data["reason"],
        )

    def get_success_url(self) -> str:
        return reverse("committees:rule_set_detail", kwargs={"slug": self.partnership.slug, "pk": self.object.pk}) + (
            f"?fassung={self.result.version}"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        if context.get("preview") and self.last:
            context["differences"] = differences(self.last.rules, form.rules)
        return context | {
            "presets": [(key, preset.name.text(get_language()), key == self.preset) for key, preset in PRESETS.items()],
            "last": self.last,
        }
