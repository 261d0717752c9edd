"""Documents of a partnership."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnership import policies
from partnership.access import ties
from partnership.enums import Audience, Role
from partnership.forms.documents import DocumentForm, VersionForm
from partnership.models import Document, Partnership
from partnership.services import documents
from partnership.views.base import Deed, FormPage, ListPage, ObjectFormPage, ObjectMixin, PolicyMixin


class DocumentListView(ListPage):
    """Documents of the partnership that are not papers of a meeting."""

    policy = policies.belong
    model = Document
    template_name = "partnership/document_list.html"

    def get_base_queryset(self) -> QuerySet[Any]:
        rows = Document.objects.filter(partnership=self.partnership, scope_type="").prefetch_related("versions")
        if ties(self.user).holds(Role.MANAGING_OFFICE, on=self.partnership):
            return rows.order_by("withdrawn_at", "title")
        return rows.filter(withdrawn_at__isnull=True).exclude(audience=Audience.OFFICE).order_by("title")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "may_manage": bool(policies.act_as_office(self.user, self.partnership))
        }


class DocumentCreateView(FormPage):
    """Upload a document."""

    policy = policies.act_as_office
    template_name = "form.html"
    form_class = DocumentForm
    success_message = gettext_lazy("Das Dokument ist gespeichert.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Dokument hochladen"),
            "breadcrumbs": [(_("Dokumente"), self.get_success_url()), (_("Dokument hochladen"), "")],
        }

    def perform(self, form: DocumentForm) -> Any:
        return self.run(documents.add, form=form, partnership=self.partnership, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("partnership:document_list", kwargs={"slug": self.partnership.slug})


class ManagedDocumentMixin(ObjectMixin):
    """A document the office manages."""

    model = Document

    def get_queryset(self) -> QuerySet[Any]:
        """Documents of the partnership of the address."""
        return Document.objects.filter(partnership=self.partnership).select_related("partnership")

    def get_policy_subject(self) -> Any:
        """The partnership: its office manages every document of it."""
        return self.object.partnership

    def get_success_url(self) -> str:
        """Back to the list."""
        return reverse("partnership:document_list", kwargs={"slug": self.partnership.slug})


class DocumentVersionView(ManagedDocumentMixin, ObjectFormPage):
    """Upload a newer version; the page lists the older ones."""

    policy = policies.act_as_office
    template_name = "partnership/document_version.html"
    form_class = VersionForm
    success_message = gettext_lazy("Die neue Fassung ist gespeichert.")

    def perform(self, form: VersionForm) -> Any:
        return self.run(documents.add_version, form=form, document=self.object, **form.cleaned_data)


class DocumentWithdrawView(ManagedDocumentMixin, Deed):
    """Take a document out of sight; the list offers to bring it back."""

    policy = policies.act_as_office
    success_message = gettext_lazy("Das Dokument ist zurückgezogen. Sie können es in der Liste wieder freigeben.")

    def perform(self) -> Any:
        return self.run(documents.withdraw, document=self.object)


class DocumentRestoreView(ManagedDocumentMixin, Deed):
    """Bring a withdrawn document back."""

    policy = policies.act_as_office
    success_message = gettext_lazy("Das Dokument ist wieder freigegeben.")

    def perform(self) -> Any:
        return self.run(documents.restore, document=self.object)


class DocumentDownloadView(PolicyMixin):
    """The bytes of a document's newest version, or of `?fassung=n`; who may read is asked on each access."""

    policy = policies.anyone

    @cached_property
    def partnership(self) -> Partnership:
        """Any partnership: whether this reader may have this document is asked of the document."""
        return get_object_or_404(Partnership, slug=self.kwargs["slug"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        document = (
            Document.objects.select_related("partnership")
            .prefetch_related("versions")
            .filter(pk=kwargs["pk"], partnership=self.partnership)
            .first()
        )
        if document is None or not documents.may_read(request.user, document):
            raise Http404
        version = document.current
        wanted = request.GET.get("fassung", "")
        if wanted.isdecimal():
            version = next((v for v in document.versions.all() if str(v.number) == wanted), version)
        path = documents.path_of(version)
        if not path.exists():
            raise Http404
        response = FileResponse(
            path.open("rb"),
            as_attachment=version.content_type not in documents.INLINE or "laden" in request.GET,
            filename=version.file_name,
            content_type=version.content_type,
        )
        # An uploaded file is a guest: it runs nothing and frames nothing.
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store, private"
        return response
