"""The mails that lie in the folder because there is no mail server: the outbox of the demonstration."""

from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from partnership import policies
from partnership.outbox.mime import Opened, open_mail
from partnership.ui.tags import when
from partnership.views import mail_parts
from partnership.views.base import PolicyMixin

# The headers of a mail end long before.
HEAD_BYTES = 16_384
SEARCHED = 1000


class Line(NamedTuple):
    """One mail in the list."""

    name: str
    mail: Opened


class FolderMixin(PolicyMixin):
    """The folder, where mails go to one; elsewhere the page does not exist."""

    policy = policies.read_sent_mail

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if settings.EMAIL_BACKEND != "partnership.mail.FolderBackend":
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @staticmethod
    def head(file: Path) -> Line:
        """The headers of one mail."""
        with file.open("rb") as content:
            return Line(file.stem, open_mail(content.read(HEAD_BYTES), only_headers=True))


class SentMailListView(FolderMixin, TemplateView):
    """All mails, youngest first."""

    template_name = "partnership/sent_mail_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        files: list[Any] = sorted(settings.MAIL_DIR.glob("*.eml"), reverse=True)
        q = self.request.GET.get("q", "").strip()
        if q:
            lines = [self.head(file) for file in files[:SEARCHED]]
            files = [line for line in lines if self._speaks_of(line.mail, q.lower())]
        page = Paginator(files, 50).get_page(self.request.GET.get("page"))
        page.object_list = [line if isinstance(line, Line) else self.head(line) for line in page.object_list]
        return {**super().get_context_data(**kwargs), "page_obj": page, "q": q}

    @staticmethod
    def _speaks_of(mail: Opened, words: str) -> bool:
        return any(words in mail.headers.get(name, "").lower() for name in ("Subject", "To"))


class SentMailMixin(FolderMixin):
    """One mail of the folder; its name cannot lead out of it (the address takes letters, digits and dashes)."""

    @cached_property
    def mail(self) -> Opened:
        """The mail, taken apart; raises Http404 when there is none of this name."""
        file = settings.MAIL_DIR / f"{self.kwargs['name']}.eml"
        try:
            return open_mail(file.read_bytes())
        except FileNotFoundError:
            raise Http404 from None


class SentMailDetailView(SentMailMixin, TemplateView):
    """One mail as its recipient reads it."""

    template_name = "partnership/sent_mail_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        headers = self.mail.headers
        return {
            **super().get_context_data(**kwargs),
            **mail_parts.context(self.mail, self._url_of),
            "facts": [
                (_("An"), headers.get("To", "")),
                (_("Von"), headers.get("From", "")),
                (_("Antworten gehen an"), headers.get("Reply-To", "")),
                (_("Gesendet"), when(self.mail.date)),
                (_("Message-ID"), headers.get("Message-ID", "")),
            ],
            "breadcrumbs": [
                (_("Postausgang der Demonstration"), reverse("sent_mail_list")),
                (headers.get("Subject", ""), ""),
            ],
        }

    def _url_of(self, part: str) -> str:
        return reverse("sent_mail_part", kwargs={"name": self.kwargs["name"], "part": part})


class SentMailPartView(SentMailMixin):
    """One part of a mail, shut in."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return mail_parts.respond(self.mail, kwargs["part"])
