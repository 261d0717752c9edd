"""Importing partners and delegates: table, preview, taking over."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership import policies
from membership.forms.imports import ApplyForm, UploadForm
from membership.models import ImportBatch
from membership.services import imports
from membership.services.imports import templates as table_templates
from membership.services.imports.plan import columns
from membership.services.imports.rows import CHANGED, ERROR, NEW, UNCHANGED
from partnership import clock
from partnership.exports import tables
from partnership.views.base import Deed, FormPage, ListPage, ObjectFormPage, ObjectPage, Page

STATES = {
    NEW: (gettext_lazy("neu"), "success", "add"),
    CHANGED: (gettext_lazy("geändert"), "info", "edit"),
    UNCHANGED: (gettext_lazy("unverändert"), "neutral", "check"),
    ERROR: (gettext_lazy("fehlerhaft"), "danger", "danger"),
}


# The worker begins within a moment, at the latest with the next sweep.
PATIENCE = timedelta(minutes=2)


class Progress:
    """How far the worker is with a confirmed table."""

    def __init__(self, batch: ImportBatch) -> None:
        assert batch.confirmed_at is not None
        self.total = len(batch.rows)
        self.done = imports.progress(batch) if batch.attempts else 0
        self.has_begun = bool(batch.attempts)
        self.is_late = not batch.attempts and clock.now() - batch.confirmed_at > PATIENCE


def listed(partnership: Any) -> str:
    """The address of the list of imports."""
    return reverse("membership:import_list", kwargs={"slug": partnership.slug})


class ImportListView(ListPage):
    """What was uploaded, and what became of it."""

    policy = policies.curate
    model = ImportBatch
    template_name = "membership/import_list.html"
    sorts = {"-uploaded": ("-uploaded_at",), "uploaded": ("uploaded_at",)}

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().select_related("uploaded_by").defer("rows")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": [
                (_("Partner"), reverse("membership:partner_list", kwargs={"slug": self.partnership.slug})),
                (_("Importe"), ""),
            ]
        }


class ImportCreateView(FormPage):
    """Upload a table; nothing is taken over yet."""

    policy = policies.curate
    form_class = UploadForm
    template_name = "membership/import_create.html"

    def perform(self, form: Any) -> Any:
        file = form.cleaned_data["file"]
        return self.run(imports.upload, form=form, partnership=self.partnership, name=file.name, content=file.read())

    def get_success_url(self) -> str:
        return reverse("membership:import_detail", kwargs={"slug": self.partnership.slug, "pk": self.result.pk})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].cancel_url = listed(self.partnership)
        return context | {
            "columns": columns(self.partnership),
            "breadcrumbs": [(_("Importe"), listed(self.partnership)), (_("Tabelle hochladen"), "")],
        }


class ImportTemplateView(Page):
    """The table to fill in: empty, with an example, or with the present members."""

    policy = policies.curate

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = request.GET.get("format", "")
        kind = request.GET.get("inhalt", "")
        heads, rows = table_templates.make(self.partnership, kind)
        name = f"import-{kind if kind in table_templates.KINDS else 'leer'}-{self.partnership.slug}"
        table = tables.table(heads, rows, title=_("Partner"))
        return tables.download(table, form if form in tables.FORMATS else "xlsx", name)


class ImportDetailView(ObjectFormPage):
    """The preview of a table, row by row; the button that takes it over."""

    policy = policies.curate
    model = ImportBatch
    form_class = ApplyForm
    template_name = "membership/import_detail.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership", "uploaded_by", "confirmed_by")

    def perform(self, form: Any) -> Any:
        return self.run(
            imports.apply,
            form=form,
            batch=self.object,
            fingerprint=form.cleaned_data["fingerprint"],
            is_inviting=form.cleaned_data["is_inviting"],
        )

    def form_invalid(self, form: Any) -> HttpResponse:
        # A refusal may have made the preview anew.
        self.object.refresh_from_db()
        return super().form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        if self.object.confirmed_at is not None:
            messages.info(self.request, _("Diese Tabelle ist bereits bestätigt; es wird nichts doppelt eingetragen."))
            return HttpResponseRedirect(self.get_success_url())
        return super().form_valid(form)

    @property
    def success_message(self) -> Any:
        if self.result.applied_at is None:
            return ""  # the page itself says how far it is
        return _("Übernommen: %(new)s neu, %(changed)s geändert, %(unchanged)s unverändert.") % self.result.outcome

    def get_success_url(self) -> str:
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.object.is_waiting:
            return context | self._frame() | {"progress": Progress(self.object)}
        if self.object.applied_at is not None:
            outcome = self.object.outcome
            return (
                context
                | self._frame()
                | {
                    "counts": [
                        (label, outcome.get(state, 0), tone, icon) for state, (label, tone, icon) in STATES.items()
                    ]
                }
            )
        outcome, form = self.object.outcome, context["form"]
        # The page always binds the button to the preview it shows.
        form.initial["fingerprint"] = outcome.get("fingerprint", "")
        if form.is_bound:
            form.data = form.data.copy()
            form.data["fingerprint"] = outcome.get("fingerprint", "")
        only = self.request.GET.get("nur", "")
        rows = [row for row in self.object.rows if only not in STATES or row["state"] == only]
        return (
            context
            | self._frame()
            | {
                "has_errors": bool(outcome.get(ERROR)),
                "has_effect": bool(outcome.get(NEW) or outcome.get(CHANGED)),
                "rows": [{"row": row, "look": STATES[row["state"]]} for row in rows],
                "tabs": [
                    {
                        "label": _("Alle Zeilen"),
                        "url": "?",
                        "is_current": only not in STATES,
                        "count": len(self.object.rows),
                    },
                    *(
                        {
                            "label": label,
                            "url": f"?nur={state}",
                            "is_current": only == state,
                            "count": outcome.get(state, 0),
                        }
                        for state, (label, _tone, _icon) in STATES.items()
                    ),
                ],
            }
        )

    def _frame(self) -> dict[str, Any]:
        return {
            "breadcrumbs": [(_("Importe"), listed(self.partnership)), (self.object.file_name, "")],
            "partners_url": reverse("membership:partner_list", kwargs={"slug": self.partnership.slug}),
        }


class ImportProgressView(ObjectPage):
    """The part of the page that asks for itself again while the worker is at it; when it is done, the whole page."""

    policy = policies.curate
    model = ImportBatch
    template_name = "membership/partials/import_progress.html"

    def get_queryset(self) -> Any:
        return super().get_queryset().defer("outcome")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.object.is_waiting:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"progress": Progress(self.object)}


class ImportRefreshView(Deed):
    """Make the preview anew, after something else was put right in the portal."""

    policy = policies.curate
    model = ImportBatch
    success_message = gettext_lazy("Die Vorschau ist erneuert.")

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership")

    def perform(self) -> Any:
        return self.run(imports.refresh, batch=self.object)

    def get_success_url(self) -> str:
        return reverse("membership:import_detail", kwargs={"slug": self.partnership.slug, "pk": self.object.pk})
