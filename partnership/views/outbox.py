"""The office's outbox: every mail with its fate."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from partnership import policies
from partnership.enums import OutboxState
from partnership.exports import tables
from partnership.forms.outbox import OutboxFilter, ReleaseForm, WithdrawForm
from partnership.models import OutboxMessage
from partnership.outbox import fence
from partnership.outbox.mime import open_mail
from partnership.services import outbox
from partnership.ui.tags import when
from partnership.views import mail_parts
from partnership.views.base import Deed, FormPage, ObjectFormPage, ObjectMixin, ObjectPage, PolicyMixin
from partnership.views.exports import ExportedList


class OutboxListView(ExportedList):
    """Every mail of the partnership; what failed stands above all."""

    policy = policies.act_as_office
    model = OutboxMessage
    template_name = "partnership/outbox_list.html"
    export_name = "postausgang"
    filterset_class = OutboxFilter
    sorts = {
        "-created": ("-created_at",),
        "created": ("created_at",),
        "person": ("recipient__name", "to_address"),
        "-person": ("-recipient__name", "-to_address"),
        "subject": ("subject",),
        "-subject": ("-subject",),
        "state": ("state", "-created_at"),
        "-state": ("-state", "-created_at"),
    }

    def get_base_queryset(self) -> QuerySet[Any]:
        rows = OutboxMessage.objects.visible_to(self.user).filter(partnership=self.partnership)
        return rows.select_related("recipient", "partnership")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = OutboxMessage.objects.filter(partnership=self.partnership).order_by()
        counts = dict(rows.values_list("state").annotate(number=Count("pk")))
        return {
            **super().get_context_data(**kwargs),
            "counts": [(state, counts[state.value]) for state in OutboxState if state.value in counts],
            "failed": counts.get(OutboxState.FAILED.value, 0),
            "is_held": fence.is_closed(),
        }

    def get_table(self) -> tables.Dataset:
        heads = (
            _("angelegt"), _("Person"), _("Empfängeradresse"), _("Art"), _("Betreff"), _("Stand"), _("gesendet"),
            _("Versuche"), _("SMTP-Code"), _("Grund"), _("Message-ID"),
        )  # fmt: skip
        rows = (
            (
                row.created_at, row.recipient or "", row.to_address, row.get_kind_display(), row.subject,
                row.get_state_display(), row.sent_at, row.attempts, row.smtp_code, row.last_error, row.message_id,
            )
            for row in self.get_queryset().iterator(500)
        )  # fmt: skip
        return tables.table(heads, rows, title=str(_("Postausgang")))


class MessageMixin(ObjectMixin):
    """One mail of the partnership, for its office."""

    policy = policies.act_as_office
    model = OutboxMessage

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().select_related("recipient", "partnership")

    def get_policy_subject(self) -> Any:
        """The office is asked about the partnership; a foreign mail answers 404 before."""
        _ = self.object
        return self.partnership


class OutboxDetailView(MessageMixin, ObjectPage):
    """One mail: its fate, its text, its HTML, its files. What is personal shows its fate alone."""

    template_name = "partnership/outbox_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message = self.object
        mail = open_mail(bytes(message.mime)) if message.mime else None
        return {
            **super().get_context_data(**kwargs),
            **(mail_parts.context(mail, self._url_of) if mail and not message.is_personal else {}),
            "facts": [
                (_("An"), str(mail.headers["To"]) if mail else message.to_address),
                (_("Angelegt"), when(message.created_at)),
                (_("Gesendet"), when(message.sent_at)),
                (_("Nächster Versuch"), when(message.due_at) if message.state == OutboxState.DEFERRED else ""),
                (_("Versuche"), message.attempts),
                (_("Antworten gehen an"), mail.headers.get("Reply-To", "") if mail else ""),
                (_("Message-ID"), message.message_id),
            ],
            "breadcrumbs": [
                (_("Postausgang"), reverse("partnership:outbox_list", kwargs={"slug": self.partnership.slug})),
                (message.subject, ""),
            ],
        }

    def _url_of(self, part: str) -> str:
        keys = {"slug": self.partnership.slug, "pk": self.object.pk, "part": part}
        return reverse("partnership:outbox_part", kwargs=keys)


class OutboxPartView(MessageMixin):
    """One part of a mail, shut in."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.is_personal or not self.object.mime:
            raise Http404
        return mail_parts.respond(open_mail(bytes(self.object.mime)), kwargs["part"])


class OutboxResendView(MessageMixin, Deed):
    """Send a failed or withdrawn mail once more."""

    success_message = _("Die Nachricht ist wieder eingereiht und wird gleich gesendet.")

    def perform(self) -> Any:
        return self.run(outbox.resend, message=self.object)


class OutboxResendFailedView(PolicyMixin):
    """Send all failed mails once more."""

    policy = policies.act_as_office
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        count = self.run(outbox.resend_failed, partnership=self.partnership)
        if count:
            sentence = ngettext(
                "%(count)s Nachricht ist wieder eingereiht und wird gleich gesendet.",
                "%(count)s Nachrichten sind wieder eingereiht und werden gleich gesendet.",
                count,
            )
            messages.success(request, sentence % {"count": count})
        return HttpResponseRedirect(reverse("partnership:outbox_list", kwargs={"slug": self.partnership.slug}))


class OutboxWithdrawView(MessageMixin, ObjectFormPage):
    """Stop a mail that has not left."""

    form_class = WithdrawForm
    template_name = "confirm.html"
    success_message = _("Die Nachricht ist zurückgezogen.")

    def perform(self, form: WithdrawForm) -> Any:
        return self.run(outbox.withdraw, form=form, message=self.object, reason=form.cleaned_data["reason"])

    def get_success_url(self) -> str:
        return self.object.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "heading": _("Nachricht „%(subject)s“ zurückziehen?") % {"subject": self.object.subject},
            "consequences": [
                _("%(address)s erhält diese Nachricht nicht.") % {"address": self.object.to_address},
                _("Sie können sie später erneut senden."),
            ],
            "confirm_label": _("Zurückziehen"),
            "cancel_url": self.object.get_absolute_url(),
        }


class OutboxReleaseView(FormPage):
    """After a restore: a person confirms that mails may leave again."""

    policy = policies.operate
    form_class = ReleaseForm
    template_name = "partnership/outbox_release.html"

    def perform(self, form: ReleaseForm) -> Any:
        return self.run(outbox.release_sending, form=form, is_older_withdrawn=form.cleaned_data["older"] == "withdraw")

    def get_success_url(self) -> str:
        due, withdrawn = self.result
        messages.success(
            self.request,
            _("Der Versand läuft wieder: %(due)s Nachrichten werden gesendet, %(withdrawn)s sind zurückgezogen.")
            % {"due": due, "withdrawn": withdrawn},
        )
        return reverse("outbox_release")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = fence.epoch_of_folder()
        waiting = OutboxMessage.objects.filter(state__in=outbox.PENDING)
        return {
            **super().get_context_data(**kwargs),
            "is_held": fence.is_closed(),
            "older": waiting.exclude(epoch=here).defer("mime").select_related("partnership", "recipient")[:200],
            "older_count": waiting.exclude(epoch=here).count(),
            "newer_count": waiting.filter(epoch=here).count(),
        }
