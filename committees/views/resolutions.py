"""Pages about the register and its resolutions, inside a partnership and for everybody."""

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from committees import followups, policies
from committees.enums import EntryKind, EntryRelation
from committees.exports import register_csv, register_json
from committees.forms import resolutions as forms
from committees.models import Invalidation, Motion, Resolution
from committees.rules import elections
from committees.rules import register as rules_of_register
from committees.rules.papers import spell
from committees.services import invalidating, register, resolutions
from committees.services.ballots.authority import say
from committees.views import reservations
from committees.views.ballots.shown import chart_of
from partnership.exports import tables
from partnership.policies import anyone
from partnership.views.base import (
    ConfirmPage,
    Deed,
    ListPage,
    ObjectFormPage,
    ObjectMixin,
    ObjectPage,
    Page,
    PolicyMixin,
)

# A roll call of more partners is shown on the page of the ballot, page by page.
LONGEST_ROLL = 200


def sentences_of(resolution: Resolution) -> list[dict[str, Any]]:
    """The conditions of the verdict in the reader's language."""
    verdict = register.part(resolution, "verdict") or {}
    language = "en" if (get_language() or "de").startswith("en") else "de"
    return [
        {"text": condition["sentence"][language], "is_met": condition["is_met"]}
        for condition in verdict.get("conditions", [])
    ]


def counts_of(resolution: Resolution) -> dict[str, int] | None:
    """The counts: of the entry, or for a confidential one of its verdict."""
    stated = register.record_of(resolution, ()).entry.get("counts")
    return stated or (register.part(resolution, "verdict") or {}).get("count")


def options_of(resolution: Resolution) -> list[dict[str, Any]]:
    """The table of options; empty for a motion."""
    table: list[dict[str, Any]] = (register.part(resolution, "verdict") or {}).get("options", [])
    return table


def result_of(resolution: Resolution) -> dict[str, Any]:
    """What its pages show of a ballot with options: bars, table, who or what was chosen; nothing for a motion."""
    verdict = register.part(resolution, "verdict")
    if not elections.has_options(verdict):
        return {}
    result = elections.Result.from_data(verdict)
    return {"chart": chart_of(result), "options": result.table, "chosen": result.chosen}


def roll_call_of(resolution: Resolution) -> list[dict[str, Any]]:
    """Each partner on the roll with its vote, by name; empty where the roll is long or not recorded."""
    roll = register.part(resolution, "roll") or []
    if len(roll) > LONGEST_ROLL:
        return []
    votes = {row["partner"]: row for row in register.part(resolution, "votes") or []}
    nothing: dict[str, str] = {}
    titles = {row["position"]: row["title"] for row in options_of(resolution)}
    return [
        {
            "name": row["name"],
            "is_excluded": row["is_excluded"],
            "words": say(spell(votes[row["partner"]]["choice"], titles)) if row["partner"] in votes else "",
            "statement": votes.get(row["partner"], nothing).get("statement", ""),
            "took_part": row.get("took_part"),
        }
        for row in roll
    ]


def corrections_of(resolution: Resolution) -> list[dict[str, Any]]:
    """Later entries that correct this one, oldest first."""
    return [
        {"entry": entry, **(register.part(entry, "text") or {})}
        for entry in resolution.referred_by.all()
        if entry.kind == EntryKind.CORRECTED
    ]


def with_everything(rows: QuerySet[Resolution]) -> QuerySet[Resolution]:
    """Entries with all their page shows, in a fixed number of queries."""
    later = Resolution.objects.select_related("committee", "publication").prefetch_related("parts").order_by("position")
    return rows.select_related(
        "partnership",
        "committee",
        "publication",
        "refers_to",
        "ballot__referral__motion",
        "invalidation__requested_by",
    ).prefetch_related("parts", Prefetch("referred_by", later))


def invalidation_of(entry: Resolution) -> Invalidation | None:
    """The request to declare it invalid that waits for a second person."""
    found: Invalidation | None = getattr(entry, "invalidation", None)
    return found if found is not None and found.confirmed_at is None else None


def share_partnership(entry: Resolution) -> Resolution:
    """Let everything loaded with an entry know the partnership without asking the database again."""
    related: list[Any] = [entry.refers_to, entry.ballot, *entry.referred_by.all()]
    if entry.ballot and entry.ballot.referral:
        related.append(entry.ballot.referral.motion)
    for thing in related:
        if thing is not None:
            thing.partnership = entry.partnership
    return entry


class ResolutionListView(ListPage):
    """The register. Of confidential entries, number and kind only for who may not read them."""

    policy = policies.belong
    model = Resolution
    template_name = "committees/resolution_list.html"
    filterset_class = forms.RegisterFilter
    sorts: ClassVar[dict[str, tuple[str, ...]]] = {
        "-position": ("-position",),
        "position": ("position",),
        "number": ("number",),
        "-number": ("-number",),
        "committee": ("committee__position", "committee__name", "-position"),
        "-committee": ("-committee__position", "-committee__name", "-position"),
    }

    def get_base_queryset(self) -> QuerySet[Resolution]:
        return (
            Resolution.objects.listed_for(self.user)
            .filter(partnership=self.partnership)
            .select_related("committee", "publication", "refers_to")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        slug = {"slug": self.partnership.slug}
        query, sheet = self.request.GET.copy(), self.request.GET.copy()
        sheet["format"] = "xlsx"
        superseded = Resolution.objects.filter(
            partnership=self.partnership,
            relation__in=(
                EntryRelation.SUPERSEDES,
                EntryRelation.REPEALS,
                EntryRelation.ANNULS,
                EntryRelation.CORRECTS,
            ),
            refers_to__in=[row.pk for row in context["page_obj"]],
        )
        later: dict[Any, list[Resolution]] = {}
        for entry in superseded:
            later.setdefault(entry.refers_to_id, []).append(entry)
        for row in context["page_obj"]:
            row.later = later.get(row.pk, [])
        context |= {
            "head": register.head_of(self.partnership),
            "exports": [
                ("JSON", reverse("committees:register_json", kwargs=slug)),
                ("CSV", f"{reverse('committees:register_table', kwargs=slug)}?{query.urlencode()}"),
                ("XLSX", f"{reverse('committees:register_table', kwargs=slug)}?{sheet.urlencode()}"),
            ],
            "breadcrumbs": [(_("Beschlussregister"), "")],
        }
        return context


class RegisterVerifyView(Page):
    """Computes the whole chain anew on demand; reads only."""

    policy = policies.belong
    template_name = "committees/register_verify.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        top = reverse("committees:resolution_list", kwargs={"slug": self.partnership.slug})
        return super().get_context_data(**kwargs) | {
            "check": register.verify(self.partnership),
            "heading": _("Beschlussregister prüfen"),
            "breadcrumbs": [(_("Beschlussregister"), top), (_("Prüfung"), "")],
        }


class RegisterJsonView(PolicyMixin):
    """The whole register as the stand-alone verifier reads it; what the person may not read is withheld."""

    policy = policies.belong

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return register_json.response(
            register_json.for_insider(self.partnership, self.user), f"register-{self.partnership.slug}.json"
        )


class RegisterTableView(ResolutionListView):
    """The filtered list as a table: CSV, or XLSX with `?format=xlsx`."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = self.get_queryset().prefetch_related("parts")
        form = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
        return tables.download(register_csv.table(rows), form, f"beschluesse-{self.partnership.slug}")


class RegisterVerifierView(PolicyMixin):
    """The stand-alone verifier: one file, standard library only."""

    policy = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        return FileResponse(
            register_json.VERIFIER.open("rb"),
            as_attachment=True,
            filename=register_json.VERIFIER.name,
            content_type="text/x-python; charset=utf-8",
        )


class ResolutionMixin(ObjectMixin):
    """One entry of the register."""

    model = Resolution

    def get_queryset(self) -> QuerySet[Resolution]:
        return with_everything(Resolution.objects.listed_for(self.user).filter(partnership=self.partnership))

    @cached_property
    def object(self) -> Any:
        return share_partnership(super().object)

    def trail(self, last: str = "") -> list[tuple[str, str]]:
        """The breadcrumbs down to this page."""
        entry = self.object
        top = [(_("Beschlussregister"), reverse("committees:resolution_list", kwargs={"slug": self.partnership.slug}))]
        name = entry.number or _("Eintrag %(position)s") % {"position": entry.position}
        return [*top, (name, entry.get_absolute_url()), (last, "")] if last else [*top, (name, "")]


class ReadableResolutionMixin(ResolutionMixin):
    """An entry whose wording the person may read; else it answers as if there were none."""

    @cached_property
    def object(self) -> Any:
        found = super().object
        if not found.is_readable:
            raise Http404
        return found


class ResolutionDetailView(ResolutionMixin, ObjectPage):
    """A resolution with its reasons, its chain proof and what became of it."""

    policy = policies.belong
    template_name = "committees/resolution_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        entry = self.object
        named = register.record_of(entry, ()).entry["references"]
        places = {entry.position - 1, entry.position + 1, *(reference["position"] for reference in named)}
        around = {
            other.position: other
            for other in Resolution.objects.filter(partnership=entry.partnership_id, position__in=places).only(
                "pk", "position", "hash", "number"
            )
        }
        context |= {
            "previous": around.get(entry.position - 1),
            "next": around.get(entry.position + 1),
            "genesis": rules_of_register.GENESIS,
            "references": [
                {"relation": EntryRelation(reference["relation"]).label, "entry": around[reference["position"]]}
                for reference in named
                if reference["position"] in around
            ],
            "later": [other for other in entry.referred_by.all() if other.relation != EntryRelation.PUBLISHES],
            "breadcrumbs": self.trail(),
        }
        if entry.is_readable:
            wording = register.part(entry, "text") or {}
            may_conduct = bool(policies.conduct(self.user, entry))
            is_annulled = any(other.relation == EntryRelation.ANNULS for other in entry.referred_by.all())
            motion = entry.ballot.referral.motion if entry.ballot and entry.ballot.referral else None
            context |= {
                "text": wording.get("text", ""),
                "reason": wording.get("reason", ""),
                "sentences": sentences_of(entry),
                "counts": counts_of(entry),
                **result_of(entry),
                "roll_call": roll_call_of(entry),
                "attachments": register.part(entry, "attachments") or [],
                "corrections": corrections_of(entry),
                "motion": motion if motion is not None and self.may_see(motion) else None,
                "followups": followups.of(entry, self.user),
                **reservations.shown_on(self.user, entry),
                "may_publish": bool(entry.number) and not hasattr(entry, "publication") and may_conduct,
                "may_correct": bool(entry.number) and may_conduct and not is_annulled,
                "may_annul": bool(entry.number) and may_conduct and not is_annulled,
                "annulment": invalidation_of(entry) if may_conduct else None,
            }
        return context

    def may_see(self, motion: Motion) -> bool:
        """Whether the motion may be named; a released resolution does not release its motion."""
        return not motion.is_confidential or Motion.objects.visible_to(self.user).filter(pk=motion.pk).exists()


class ResolutionPdfView(ReadableResolutionMixin):
    """The Beschlussausfertigung: one resolution as a tagged PDF."""

    policy = policies.belong

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from committees.exports import resolution_pdf

        entry = self.object
        pdf = resolution_pdf.render(
            entry,
            sentences=[row["text"] for row in sentences_of(entry)],
            counts=counts_of(entry),
            options=options_of(entry),
            roll_call=roll_call_of(entry),
            corrections=corrections_of(entry),
        )
        name = entry.number or f"Eintrag-{entry.position}"
        return HttpResponse(
            pdf,
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="Beschluss-{name}.pdf"'},
        )


class ResolutionPublishView(ReadableResolutionMixin, ConfirmPage):
    """Release a resolution to the public."""

    policy = policies.conduct
    tone = "info"
    success_message = gettext_lazy("Der Beschluss ist veröffentlicht.")

    def get_form_class(self) -> Any:
        return forms.PublishForm if self.object.is_confidential else forms.forms.Form

    def heading(self) -> str:
        return _("Beschluss %(number)s „%(title)s“ veröffentlichen?") % {
            "number": self.object.number,
            "title": self.object.title,
        }

    def consequences(self) -> list[str]:
        return [
            _("Wortlaut, Ergebnis und Begründung des Ergebnisses sind danach für alle im Internet lesbar."),
            _("Die Veröffentlichung steht im Register und lässt sich nicht zurücknehmen."),
        ]

    def confirm_label(self) -> str:
        return _("Veröffentlichen")

    def perform(self, form: Any) -> Any:
        return self.run(
            resolutions.publish,
            form=form,
            resolution=self.object,
            is_released=form.cleaned_data.get("is_released", False),
        )


class ResolutionCorrectView(ReadableResolutionMixin, ObjectFormPage):
    """Set a mistake right by a new entry."""

    policy = policies.conduct
    form_class = forms.CorrectForm
    template_name = "form.html"
    success_message = gettext_lazy("Die Berichtigung steht im Register; alle Partner erhalten eine Nachricht.")

    def get_initial(self) -> dict[str, Any]:
        said = [self.object, *(row["entry"] for row in corrections_of(self.object))][-1]
        return {"text": (register.part(said, "text") or {}).get("text", "")}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.cancel_url = self.object.get_absolute_url()
        return form

    def perform(self, form: Any) -> Any:
        return self.run(resolutions.correct, form=form, resolution=self.object, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Beschluss %(number)s berichtigen") % {"number": self.object.number},
            "lead": _(
                "Der bisherige Eintrag bleibt unverändert stehen. Ein neuer Eintrag verweist auf ihn, "
                "und alle Partner erhalten eine Nachricht."
            ),
            "breadcrumbs": self.trail(_("Berichtigen")),
        }


class ResolutionAnnulView(ReadableResolutionMixin, ConfirmPage):
    """Declaring a resolution invalid: the first person asks, a second one confirms."""

    policy = policies.conduct
    tone = "danger"

    @cached_property
    def waiting(self) -> Invalidation | None:
        return invalidation_of(self.object)

    def get_form_class(self) -> Any:
        return forms.AnnulForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_asked": self.waiting is not None}

    def heading(self) -> str:
        return _("Beschluss %(number)s „%(title)s“ für ungültig erklären?") % {
            "number": self.object.number,
            "title": self.object.title,
        }

    def consequences(self) -> list[str]:
        lines = [
            _("Der Eintrag bleibt unverändert stehen; ein neuer Eintrag im Register erklärt ihn für ungültig."),
            _("Alle Partner erhalten eine Nachricht mit dem Grund. Die Vorlage wird im Gremium erneut beraten."),
        ]
        if self.waiting is None:
            return [*lines, _("Eine zweite Person muss das bestätigen.")]
        asked = {"person": self.waiting.requested_by, "reason": self.waiting.reason}
        return [_("Beantragt hat das %(person)s: %(reason)s") % asked, *lines]

    def confirm_label(self) -> str:
        return _("Für ungültig erklären") if self.waiting else _("Ungültigkeit beantragen")

    def perform(self, form: Any) -> Any:
        if self.waiting is None:
            reason = form.cleaned_data["reason"]
            return self.run(invalidating.request, form=form, resolution=self.object, reason=reason)
        return self.run(invalidating.confirm, form=form, resolution=self.object)

    def get_success_url(self) -> str:
        messages.success(
            self.request,
            _("Der Beschluss ist für ungültig erklärt; alle Partner erhalten eine Nachricht.")
            if isinstance(self.result, Resolution)
            else _("Das ist beantragt. Eine zweite Person kann es nun bestätigen."),
        )
        return self.object.get_absolute_url()


class ResolutionKeepView(ReadableResolutionMixin, Deed):
    """Taking the request back."""

    policy = policies.conduct
    success_message = gettext_lazy("Der Antrag ist zurückgenommen.")

    def perform(self) -> Any:
        return self.run(invalidating.withdraw, resolution=self.object)

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()


# --- for everybody --------------------------------------------------------------------------------------


class ResolutionPublicListView(ListPage):
    """Released resolutions of a partnership with a public page."""

    policy = anyone
    model = Resolution
    template_name = "committees/resolution_public_list.html"
    filterset_class = forms.PublicRegisterFilter
    sorts: ClassVar[dict[str, tuple[str, ...]]] = {
        "-position": ("-position",),
        "position": ("position",),
        "title": ("title",),
        "-title": ("-title",),
        "committee": ("committee__position", "committee__name", "-position"),
        "-committee": ("-committee__position", "-committee__name", "-position"),
    }

    def get_base_queryset(self) -> QuerySet[Resolution]:
        return (
            Resolution.objects.public().filter(partnership=self.partnership).select_related("committee", "publication")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slug = {"slug": self.partnership.slug}
        return super().get_context_data(**kwargs) | {
            "exports": [("JSON", reverse("committees:register_public_json", kwargs=slug))],
            "breadcrumbs": [(_("Beschlüsse"), "")],
        }


class ResolutionPublicDetailView(ObjectPage):
    """A released resolution."""

    policy = anyone
    model = Resolution
    template_name = "committees/resolution_public_detail.html"

    def get_queryset(self) -> QuerySet[Resolution]:
        return with_everything(Resolution.objects.public().filter(partnership=self.partnership))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        entry = self.object
        top = reverse("committees:resolution_public_list", kwargs={"slug": self.partnership.slug})
        context |= {
            "text": (register.part(entry, "text") or {}).get("text", ""),
            "sentences": sentences_of(entry),
            "counts": counts_of(entry),
            **result_of(entry),
            "corrections": [row for row in corrections_of(entry) if not row["entry"].is_confidential],
            "annulments": [
                {"entry": other, **(register.part(other, "text") or {})}
                for other in entry.referred_by.all()
                if other.relation == EntryRelation.ANNULS and not other.is_confidential
            ],
            "later": [
                other
                for other in entry.referred_by.all()
                if other.relation in (EntryRelation.SUPERSEDES, EntryRelation.REPEALS) and hasattr(other, "publication")
            ],
            "breadcrumbs": [
                (_("Beschlüsse"), top),
                (entry.number, ""),
            ],
        }
        return context


class RegisterPublicJsonView(PolicyMixin):
    """The chain for everybody: the wording of released resolutions, of the others only what the chain needs."""

    policy = anyone

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return register_json.response(
            register_json.for_everybody(self.partnership), f"register-{self.partnership.slug}-oeffentlich.json"
        )
