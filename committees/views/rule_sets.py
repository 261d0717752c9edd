"""The rules of procedure of a committee: in words, in versions, compared, tried out, and the editor of the next."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from committees import policies
from committees.forms.rule_sets import RuleSetForm, TrialForm
from committees.forms.rule_sets.draft import pack, unpack
from committees.forms.rule_sets.editor import ROWS, settings_of
from committees.forms.rule_sets.fields import suggestions
from committees.forms.rule_sets.rows import Known
from committees.models import Committee, Key, Matter, RuleSet
from committees.rules.describe import describe
from committees.rules.presets import EQUAL_SIMPLE, PRESETS
from committees.rules.rule_set import RuleError, Rules
from committees.rules.verdict import OUTCOMES, Outcome
from committees.services import rule_sets
from committees.views.committees import CommitteeFormPage, listed
from membership.models import Partner
from partnership import clock
from partnership.policies import act_as_office
from partnership.views.base import ObjectMixin, ObjectPage


def in_words(rules: Rules) -> list[str]:
    """The rules as sentences in the reader's language."""
    return [sentence.text(get_language()) for sentence in describe(rules)]


def differences(before: Rules, after: Rules) -> dict[str, list[str]]:
    """The sentences that fall away and those that come, from one version to another."""
    old, new = in_words(before), in_words(after)
    return {
        "gone": [line for line in old if line not in new],
        "come": [line for line in new if line not in old],
    }


def changed_settings(before: Rules, after: Rules) -> list[tuple[Any, str, str, str]]:
    """Each setting that differs: its group, its name, what it was, what it is."""
    old = {(str(title), name): value for title, lines in settings_of(before) for name, value in lines}
    new = {(str(title), name): value for title, lines in settings_of(after) for name, value in lines}
    return [
        (title, name, old.get((title, name), ""), new.get((title, name), ""))
        for title, name in dict.fromkeys([*old, *new])
        if old.get((title, name), "") != new.get((title, name), "")
    ]


def preset_name(rule_set: RuleSet) -> str:
    """The preset a version was taken from as it is."""
    return PRESETS[rule_set.preset].name.text(get_language()) if rule_set.preset in PRESETS else ""


class RulesMixin(ObjectMixin):
    """A committee with the versions of its rules, all read in one statement."""

    model = Committee
    # Set with `wanted_matter`.
    matter: Matter | None = None

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership")

    @cached_property
    def versions(self) -> list[RuleSet]:
        """Every version, general and of matters, the newest first."""
        return list(self.object.rule_sets.select_related("created_by", "matter").order_by("-version"))

    def numbered(self, name: str) -> RuleSet | None:
        """The version a parameter of the address names; none where it names none. Raises Http404."""
        wanted = self.request.GET.get(name, "")
        if not wanted:
            return None
        found = next((one for one in self.versions if str(one.version) == wanted), None)
        if found is None:
            raise Http404
        return found

    def of_matter(self, matter: Any) -> list[RuleSet]:
        """The versions for a kind of matter, or the general ones."""
        return [one for one in self.versions if one.matter_id == matter]

    def in_force(self, matter: Any) -> RuleSet | None:
        """What holds today."""
        return next((one for one in self.of_matter(matter) if one.is_valid(clock.today())), None)

    @cached_property
    def wanted_matter(self) -> UUID | None:
        """The kind of matter the address names. Raises Http404."""
        wanted = self.request.GET.get("angelegenheit", "")
        if not wanted:
            return None
        try:
            found = Matter.objects.filter(partnership=self.partnership, pk=UUID(wanted)).first()
        except ValueError:
            found = None
        if found is None:
            raise Http404
        self.matter = found
        return found.pk

    def url(self, name: str = "rule_set_detail", **parameters: Any) -> str:
        """The address of a page of these rules."""
        address = reverse(f"committees:{name}", kwargs={"slug": self.partnership.slug, "pk": self.object.pk})
        given = {key: value for key, value in parameters.items() if value}
        return f"{address}?{urlencode(given)}" if given else address

    def trail(self, *last: tuple[Any, str]) -> list[tuple[Any, str]]:
        """Where the reader is."""
        return [
            (_("Gremien"), listed(self.partnership)),
            (str(self.object), self.object.get_absolute_url()),
            (_("Verfahrensregeln"), self.url()),
            *last,
        ]


class RuleSetDetailView(RulesMixin, ObjectPage):
    """The rules in plain words: those of today, of a kind of matter, or the version asked for by ?fassung=."""

    policy = policies.belong
    template_name = "committees/rule_set_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.numbered("fassung")
        if asked is not None:
            matter, self.matter = asked.matter_id, asked.matter
        else:
            matter = self.wanted_matter
        versions = self.of_matter(matter)
        current = self.in_force(matter)
        shown = asked or current or (versions[0] if versions else None)
        before = next((one for one in versions if shown and one.version < shown.version), None)
        return super().get_context_data(**kwargs) | {
            "shown": shown,
            "current": current,
            "matter": self.matter,
            "tabs": self._tabs(matter),
            "sentences": in_words(shown.rules) if shown else [],
            "before": before,
            "differences": differences(before.rules, shown.rules) if shown and before else None,
            "preset": preset_name(shown) if shown else "",
            "versions": versions,
            "others": [one for one in self.versions if one != shown],
            "trial_url": self.url("rule_set_trial", fassung=shown.version) if shown else "",
            "create_url": self.url("rule_set_create", angelegenheit=matter),
            "may_edit": bool(act_as_office(self.user, self.partnership)),
            "breadcrumbs": [*self.trail()[:-1], (_("Verfahrensregeln"), "")],
        }

    def _tabs(self, matter: Any) -> list[dict[str, Any]]:
        """General rules, and every kind of matter with rules of its own."""
        own = {one.matter_id: one.matter for one in self.versions if one.matter is not None}
        if self.matter is not None:
            own.setdefault(self.matter.pk, self.matter)
        if not own:
            return []
        kinds = sorted(own.values(), key=lambda kind: kind.name)
        return [
            {"label": _("Allgemein"), "url": self.url(), "is_current": matter is None},
            *(
                {"label": kind.name, "url": self.url(angelegenheit=kind.pk), "is_current": matter == kind.pk}
                for kind in kinds
            ),
        ]


class RuleSetCompareView(RulesMixin, ObjectPage):
    """Two versions side by side: in words, and setting by setting."""

    policy = policies.belong
    template_name = "committees/rule_set_compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        before, after = self.numbered("von"), self.numbered("mit")
        if after is None:
            after = self.versions[0] if self.versions else None
        if before is None and after is not None:
            before = next((one for one in self.of_matter(after.matter_id) if one.version < after.version), after)
        if before is None or after is None:
            raise Http404
        return super().get_context_data(**kwargs) | {
            "before": before,
            "after": after,
            "versions": self.versions,
            "differences": differences(before.rules, after.rules),
            "settings": changed_settings(before.rules, after.rules),
            "breadcrumbs": self.trail((_("Fassungen vergleichen"), "")),
        }


class RuleSetTrialView(RulesMixin, ObjectPage):
    """Probeabstimmung: any numbers, and what the rules of a version, or of a draft, make of them."""

    policy = policies.belong
    template_name = "committees/rule_set_trial.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft, shown, problem = self.request.GET.get("entwurf", ""), None, ""
        rules: Rules | None = None
        if draft:
            try:
                rules = unpack(draft)
            except RuleError as error:
                problem = error.sentence.text(get_language())
        else:
            shown = self.numbered("fassung") or self.in_force(self.wanted_matter)
            rules = shown.rules if shown else None
        if rules is None and not problem:
            raise Http404
        form = None
        if rules is not None:
            form = TrialForm(self.request.GET if "way" in self.request.GET else None, rules=rules)
        return super().get_context_data(**kwargs) | {
            "form": form,
            **(self._decided(form) if form is not None and form.is_bound and form.is_valid() else {}),
            "shown": shown,
            "draft": draft,
            "problem": problem,
            "versions": self.versions,
            "sentences": in_words(rules) if rules else [],
            "breadcrumbs": self.trail((_("Probeabstimmung"), "")),
        }

    def _decided(self, form: TrialForm) -> dict[str, Any]:
        outcome = form.verdict.outcome
        return {
            "is_decided": True,
            "outcome": OUTCOMES[outcome].text(get_language()),
            "tone": {Outcome.ADOPTED: "success", Outcome.REJECTED: "danger"}.get(outcome, "warning"),
        }


class RuleSetCreateView(RulesMixin, CommitteeFormPage):
    """The next version of the rules: begins with the present one or a preset, shown in words before it is saved."""

    policy = act_as_office
    form_class = RuleSetForm
    template_name = "committees/rule_set_create.html"
    heading = gettext_lazy("Neue Fassung der Verfahrensregeln")
    success_message = gettext_lazy("Die neue Fassung ist gespeichert.")

    @cached_property
    def last(self) -> RuleSet | None:
        """The newest version for the matter; for its first one the newest general version."""
        own = self.of_matter(self.wanted_matter)
        return next(iter(own or self.of_matter(None)), None)

    @cached_property
    def preset(self) -> str:
        """The preset to begin with, if one was chosen or nothing is there."""
        wanted = self.request.GET.get("vorlage", "")
        if wanted in PRESETS:
            return wanted
        return "" if self.last else EQUAL_SIMPLE.key

    def get_form_kwargs(self) -> dict[str, Any]:
        start = PRESETS[self.preset].rules if self.preset else self.last.rules  # type: ignore[union-attr]
        return super().get_form_kwargs() | {"start": start, "known": self._known()}

    def _known(self) -> Known:
        """Keys and partners that the rules may name."""
        keys = Key.objects.filter(partnership=self.partnership).order_by("code", "valid_from")
        members = Partner.objects.filter(partnership=self.partnership).members(clock.today()).order_by("number")
        return Known({key.code: f"{key.name} ({key.code})" for key in keys}, {str(one.pk): one.name for one in members})

    def form_valid(self, form: Any) -> HttpResponse:
        if "preview" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form, preview=in_words(form.rules)))
        return super().form_valid(form)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._must_vote()
        if (row := request.POST.get("add")) in ROWS:
            return self.render_to_response(self.get_context_data(form=self.get_form().add_row(row), added=row))
        return super().post(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._must_vote()
        return super().get(request, *args, **kwargs)

    def _must_vote(self) -> None:
        if not self.object.votes:
            raise Http404

    def perform(self, form: Any) -> Any:
        is_preset = bool(self.preset) and form.rules == PRESETS[self.preset].rules
        _wanted = self.wanted_matter
        return self.run(
            rule_sets.create,
            form=form,
            committee=self.object,
            rules=form.rules,
            valid_from=form.cleaned_data["valid_from"],
            matter=self.matter,
            preset=self.preset if is_preset else "",
            reason=form.cleaned_data["reason"],
        )

    def get_success_url(self) -> str:
        return self.url(fassung=self.result.version)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        _wanted = self.wanted_matter
        if context.get("preview"):
            context["trial_url"] = self.url("rule_set_trial", entwurf=pack(form.rules))
            if self.last:
                context["differences"] = differences(self.last.rules, form.rules)
        return context | {
            "groups": list(form.groups()),
            "suggestions": suggestions(),
            "matter": self.matter,
            "matters": Matter.objects.filter(partnership=self.partnership).order_by("name"),
            "presets": [(key, preset.name.text(get_language()), key == self.preset) for key, preset in PRESETS.items()],
            "last": self.last,
            "cancel_url": self.url(),
            "breadcrumbs": self.trail((self.heading, "")),
        }
