"""Pages about the agenda of a meeting."""

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from committees import policies
from committees.enums import MeetingState
from committees.forms.agenda import CONSENTS, AgendaItemForm, NewAgendaItemForm, PaperForm
from committees.models import AgendaItem, Paper
from committees.services import agendas
from committees.views.meetings.base import MeetingMixin, by_key
from partnership.errors import Refusal
from partnership.models import Partnership
from partnership.views.base import Deed, ObjectFormPage, ObjectMixin, ObjectPage


class AgendaEditView(MeetingMixin, ObjectPage):
    """The agenda editor: order, items, papers, motions that wait, items of the last meeting."""

    policy = policies.prepare
    template_name = "committees/agenda_edit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_open = self.object.state in agendas.EDITABLE
        try:
            consent = agendas.consent_needed(self.object, self.rules) if is_open else ""
        except Refusal:
            consent = ""
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": self.crumbs(_("Tagesordnung")),
            "items": self.items,
            "minutes": sum(item.minutes_planned or 0 for item in self.items),
            "is_open": is_open,
            "consent": CONSENTS.get(consent, ""),
            "waiting": list(agendas.waiting_motions(self.object)) if is_open else [],
            "stopped": list(agendas.waiting_stopped(self.object.committee_id)) if is_open else [],
            "previous": agendas.previous_meeting(self.object) if is_open else None,
        }


class _Late(MeetingMixin):
    """Knows whose consent a further item needs now."""

    @cached_property
    def late(self) -> tuple[str, str]:
        """The consent needed, and the refusal where none helps."""
        try:
            return agendas.consent_needed(self.object, self.rules), ""
        except Refusal as refusal:
            return "", str(refusal)


class AgendaItemCreateView(_Late, ObjectFormPage):
    """A further item."""

    policy = policies.prepare
    template_name = "committees/agenda_item_form.html"
    form_class = NewAgendaItemForm
    success_message = gettext_lazy("Der Punkt steht am Ende der Tagesordnung.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"consent": self.late[0]}

    def perform(self, form: NewAgendaItemForm) -> Any:
        return self.run(agendas.add_item, form=form, meeting=self.object, **form.cleaned_data)

    def get_success_url(self) -> str:
        return self.url("agenda_edit")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.get_form())
        kwargs["form"].cancel_url = self.get_success_url()
        return super().get_context_data(**kwargs) | {
            "heading": _("Tagesordnungspunkt hinzufügen"),
            "late_refusal": self.late[1],
            "breadcrumbs": [*self.crumbs(_("Neuer Punkt"))],
        }


class AgendaMotionView(MeetingMixin, Deed):
    """Put a motion that waits onto the agenda."""

    policy = policies.prepare
    success_message = gettext_lazy("Die Vorlage steht auf der Tagesordnung.")

    def perform(self) -> Any:
        referral = by_key(agendas.waiting_motions(self.object), self.request.POST.get("referral"))
        if referral is None:
            messages.error(self.request, _("Diese Vorlage wartet nicht mehr auf eine Beratung in diesem Gremium."))
            return None
        return self.run(
            agendas.put_motion,
            meeting=self.object,
            referral=referral,
            has_consent=self.request.POST.get("has_consent") == "on",
        )

    def get_success_url(self) -> str:
        return self.url("agenda_edit")


class AgendaStoppedView(MeetingMixin, Deed):
    """Put the matter of a stopped circular ballot onto the agenda."""

    policy = policies.prepare
    success_message = gettext_lazy("Die Sache steht auf der Tagesordnung.")

    def perform(self) -> Any:
        ballot = by_key(agendas.waiting_stopped(self.object.committee_id), self.request.POST.get("ballot"))
        if ballot is None:
            messages.error(self.request, _("Diese Sache steht schon auf einer Tagesordnung."))
            return None
        return self.run(
            agendas.put_stopped,
            meeting=self.object,
            ballot=ballot,
            has_consent=self.request.POST.get("has_consent") == "on",
        )

    def get_success_url(self) -> str:
        return self.url("agenda_edit")


class AgendaCarryView(MeetingMixin, Deed):
    """Take items from the last meeting."""

    policy = policies.prepare

    def perform(self) -> Any:
        source = agendas.previous_meeting(self.object)
        if source is None:
            messages.error(self.request, _("Es gibt keine frühere Sitzung dieses Gremiums."))
            return None
        what = self.request.POST.get("what")
        count = self.run(
            agendas.carry_over,
            meeting=self.object,
            source=source,
            with_standing=what == "standing",
            with_open=what != "standing",
        )
        if count is not None:
            messages.success(
                self.request,
                ngettext("%(count)s Punkt ist übernommen.", "%(count)s Punkte sind übernommen.", count)
                % {"count": count}
                if count
                else _("Es gab nichts, was nicht schon übernommen ist."),
            )
        return count

    def get_success_url(self) -> str:
        return self.url("agenda_edit")


# --- one item ------------------------------------------------------------------------------------------------


class ItemMixin(ObjectMixin):
    """A page about one item; who may prepare the meeting may change it."""

    model = AgendaItem

    def get_queryset(self) -> QuerySet[AgendaItem]:
        return (
            AgendaItem.objects.visible_to(self.user)
            .filter(meeting__partnership__slug=self.kwargs["slug"])
            .select_related("meeting__committee", "meeting__partnership", "referral__motion")
        )

    @cached_property
    def partnership(self) -> Partnership:
        """The partnership of the meeting, read with the item."""
        return self.object.meeting.partnership

    def get_success_url(self) -> str:
        """Back to the editor, at this item."""
        editor = reverse("committees:agenda_edit", kwargs={"slug": self.partnership.slug, "pk": self.object.meeting_id})
        return f"{editor}#punkt-{self.object.pk}"

    def crumbs(self, label: Any) -> list[tuple[Any, str]]:
        """The way to this page."""
        meeting = self.object.meeting
        slug = {"slug": self.partnership.slug}
        return [
            (_("Sitzungen"), reverse("committees:meeting_list", kwargs=slug)),
            (meeting.title, meeting.get_absolute_url()),
            (_("Tagesordnung"), reverse("committees:agenda_edit", kwargs={**slug, "pk": meeting.pk})),
            (label, ""),
        ]


class AgendaItemEditView(ItemMixin, ObjectFormPage):
    """Change an item."""

    policy = policies.prepare
    template_name = "committees/agenda_item_form.html"
    form_class = AgendaItemForm
    success_message = gettext_lazy("Der Punkt ist gespeichert.")

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: the form writes into its instance even where the service refuses.
        return super().get_form_kwargs() | {"instance": AgendaItem.objects.get(pk=self.object.pk)}

    def perform(self, form: AgendaItemForm) -> Any:
        return self.run(agendas.change_item, form=form, item=self.object, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.get_form())
        kwargs["form"].cancel_url = self.get_success_url()
        return super().get_context_data(**kwargs) | {
            "heading": str(self.object),
            "breadcrumbs": self.crumbs(_("Bearbeiten")),
        }


class AgendaItemMoveView(ItemMixin, Deed):
    """Move an item up, down, or to a number."""

    policy = policies.prepare

    def perform(self) -> Any:
        wanted = self.request.POST.get("to", "")
        positions = {"up": self.object.position - 1, "down": self.object.position + 1}
        to = positions.get(wanted) or (int(wanted) if wanted.isdecimal() and len(wanted) < 5 else None)
        if to is None:
            messages.error(self.request, _("Bitte geben Sie eine Nummer der Tagesordnung an."))
            return None
        return self.run(agendas.move_item, item=self.object, to=to)


class AgendaItemDeleteView(ItemMixin, ObjectFormPage):
    """Asks once before an item is taken off."""

    policy = policies.prepare
    template_name = "confirm.html"

    def get_form_class(self) -> Any:
        from django.forms import Form

        return Form

    def perform(self, form: Any) -> Any:
        title = str(self.object)
        try:
            agendas.remove_item(by=self.user, item=self.object)
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
            return False
        messages.success(self.request, _("„%(item)s“ ist von der Tagesordnung genommen.") % {"item": title})
        return True

    def get_success_url(self) -> str:
        return super().get_success_url().partition("#")[0]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        consequences = [_("Der Punkt verschwindet von der Tagesordnung; die folgenden rücken auf.")]
        if self.object.referral_id:
            consequences.append(_("Die Vorlage wartet danach wieder auf eine Sitzung."))
        if self.object.meeting.state == MeetingState.INVITED:
            consequences.append(_("Die Eingeladenen erfahren davon, sobald Sie die Änderung versenden."))
        return super().get_context_data(**kwargs) | {
            "heading": _("„%(item)s“ von der Tagesordnung nehmen?") % {"item": self.object},
            "consequences": consequences,
            "confirm_label": _("Von der Tagesordnung nehmen"),
            "cancel_url": ItemMixin.get_success_url(self),
            "breadcrumbs": self.crumbs(_("Löschen")),
        }


class AgendaPaperCreateView(ItemMixin, ObjectFormPage):
    """Lay a paper before an item."""

    policy = policies.prepare
    template_name = "form.html"
    form_class = PaperForm
    success_message = gettext_lazy("Die Unterlage ist hochgeladen.")

    def perform(self, form: PaperForm) -> Any:
        return self.run(agendas.add_paper, form=form, item=self.object, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.get_form())
        kwargs["form"].cancel_url = self.get_success_url()
        return super().get_context_data(**kwargs) | {
            "heading": _("Unterlage hochladen"),
            "lead": str(self.object),
            "breadcrumbs": self.crumbs(_("Unterlage hochladen")),
        }


class AgendaPaperDeleteView(ItemMixin, ObjectFormPage):
    """Asks once before a paper is taken off an item."""

    policy = policies.prepare
    template_name = "confirm.html"

    def get_form_class(self) -> Any:
        from django.forms import Form

        return Form

    @cached_property
    def paper(self) -> Paper:
        found = self.object.paper_links.filter(document=self.kwargs["document"]).select_related("document").first()
        if found is None:
            raise Http404
        return found

    def perform(self, form: Any) -> Any:
        title = self.paper.document.title
        try:
            agendas.remove_paper(by=self.user, item=self.object, paper=self.paper)
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
            return False
        messages.success(self.request, _("Die Unterlage „%(title)s“ ist zurückgezogen.") % {"title": title})
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "heading": _("Unterlage „%(title)s“ zurückziehen?") % {"title": self.paper.document.title},
            "consequences": [_("Niemand außer der Geschäftsführung sieht sie danach noch; gelöscht wird sie nicht.")],
            "confirm_label": _("Unterlage zurückziehen"),
            "cancel_url": self.get_success_url(),
            "breadcrumbs": self.crumbs(_("Unterlage zurückziehen")),
        }
