"""The cockpit: holding a meeting with one hand on a tablet."""

import hashlib
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from committees import policies
from committees.enums import PRESENT, BallotForm, BallotState, BallotWay, ItemState, MeetingState, Presence
from committees.forms.agenda import ResultForm
from committees.models import AgendaItem, Ballot, Participation
from committees.rules import secrecy
from committees.services import agendas, attendance, ballots, meetings
from committees.services.ballots import secret
from committees.views.agenda import ItemMixin
from committees.views.ballots.shown import outcome_of
from committees.views.meetings.base import MeetingMixin, by_key
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.views.base import Deed, ObjectFormPage, ObjectPage

HELD = (MeetingState.INVITED, MeetingState.RUNNING)


class CockpitMixin(MeetingMixin):
    """What the cockpit and its live part know."""

    @cached_property
    def ballots(self) -> list[Ballot]:
        """Ballots of the meeting with their turnout, the running ones first."""
        taken = Participation.objects.filter(ballot=OuterRef("pk")).order_by().values("ballot")
        rows = (
            Ballot.objects.visible_to(self.user)
            .filter(meeting=self.object)
            .exclude(state=BallotState.ANNULLED)
            .annotate(
                turnout=Coalesce(Subquery(taken.annotate(n=Count("*")).values("n"), output_field=IntegerField()), 0)
            )
            .order_by("created_at")
        )
        found = list(rows)
        for ballot in found:
            ballot.partnership, ballot.committee = self.partnership, self.object.committee
            if not secret.shows_total(ballot, is_conductor=True):
                ballot.turnout = None
        return sorted(found, key=lambda ballot: ballot.state != BallotState.OPEN)

    @cached_property
    def voting(self) -> list[Partner]:
        return attendance.voting_partners(self.object) if self.object.committee.votes else []

    @cached_property
    def attendance_rows(self) -> list[Any]:
        return attendance.rows_of(self.object)

    @cached_property
    def quorum(self) -> attendance.Quorum | None:
        if not self.voting:
            return None
        present = [row.partner_id for row in self.attendance_rows if row.until_at is None and row.presence in PRESENT]
        return attendance.quorum_of(
            self.object, self.rules, voting=[partner.pk for partner in self.voting], present=present
        )

    @cached_property
    def running(self) -> list[Ballot]:
        return [ballot for ballot in self.ballots if ballot.state == BallotState.OPEN]

    @cached_property
    def tag(self) -> str:
        """Changes when what the live part shows changes."""
        facts = [self.object.state, self.quorum, [(ballot.pk, ballot.turnout) for ballot in self.running]]  # type: ignore[attr-defined]
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]

    def live(self) -> dict[str, Any]:
        """Context of the live part."""
        return {"quorum": self.quorum, "running": self.running, "tag": self.tag}


class MeetingCockpitView(CockpitMixin, ObjectPage):
    """Attendance with quorum meter, current item, ballots, results, close."""

    policy = policies.conduct
    template_name = "committees/meeting_cockpit.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting = self.object
        by_item: dict[Any, list[Ballot]] = {}
        for ballot in self.ballots:
            ballot.shown_outcome = outcome_of(ballot)  # type: ignore[attr-defined]
            by_item.setdefault(ballot.agenda_item_id, []).append(ballot)
        for item in self.items:
            item.shown_ballots = by_item.get(item.pk, [])
        seats = attendance.seats(
            meeting,
            mandates=attendance.mandates_with_answers(meeting),
            partners=self.voting,
            rows=self.attendance_rows,
        )
        current = next((item for item in self.items if item.state == ItemState.CURRENT), None)
        following = [item for item in self.items if item.state == ItemState.OPEN]
        after = [item for item in following if current and item.position > current.position] or following
        is_day = meeting.on <= clock.today()
        return (
            super().get_context_data(**kwargs)
            | self.live()
            | {
                "breadcrumbs": self.crumbs(_("Leitung")),
                "items": self.items,
                "seats": seats,
                "present_count": sum(seat.is_present for seat in seats),
                "has_expected": any(not seat.rows and seat.state != "open" for seat in seats),
                "current": current,
                "next": after[0] if after else None,
                "form": ResultForm(initial={"result": current.result}) if current else None,
                "takes_attendance": meeting.state == MeetingState.RUNNING
                or (meeting.state == MeetingState.INVITED and is_day),
                "may_start": meeting.state == MeetingState.INVITED and is_day,
                "may_be_secret": self.rules is not None and secrecy.obstacle(self.rules, len(self.voting)) is None,
                "is_running": meeting.state == MeetingState.RUNNING,
            }
        )


class MeetingLiveView(CockpitMixin, ObjectPage):
    """The live part: quorum and turnout. Nothing new answers 204 (known tag) or 304 (ETag)."""

    policy = policies.conduct
    template_name = "committees/partials/cockpit_live.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        etag = f'"{self.tag}"'
        if request.GET.get("bekannt") == self.tag:
            response: HttpResponse = HttpResponse(status=204)
        elif request.headers.get("If-None-Match") == etag:
            response = HttpResponseNotModified()
        else:
            context = {"meeting": self.object, "partnership": self.partnership, **self.live()}
            response = TemplateResponse(request, self.template_name, context)
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        return response


class MeetingStartView(MeetingMixin, Deed):
    """Open the meeting."""

    policy = policies.conduct
    success_message = gettext_lazy("Die Sitzung ist eröffnet.")

    def perform(self) -> Any:
        return self.run(meetings.start, meeting=self.object)

    def get_success_url(self) -> str:
        return self.url("meeting_cockpit")


class MeetingCloseView(MeetingMixin, ObjectFormPage):
    """Asks once before the meeting is closed."""

    policy = policies.conduct
    template_name = "confirm.html"
    form_class = forms.Form
    success_message = gettext_lazy("Die Sitzung ist geschlossen. Das Ergebnisprotokoll liegt bereit.")

    def perform(self, form: Any) -> Any:
        return self.run(meetings.close, form=form, meeting=self.object)

    def get_success_url(self) -> str:
        return self.url("meeting_protocol")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left = AgendaItem.objects.filter(meeting=self.object, state=ItemState.OPEN).count()
        waiting = (BallotState.COUNTING, BallotState.CLOSED)
        undeclared = Ballot.objects.filter(meeting=self.object, state__in=waiting).count()
        consequences = []
        if left:
            consequences.append(
                ngettext(
                    "%(count)s Punkt ist noch nicht behandelt und wird vertagt.",
                    "%(count)s Punkte sind noch nicht behandelt und werden vertagt.",
                    left,
                )
                % {"count": left}
            )
        if undeclared:
            consequences.append(
                ngettext(
                    "%(count)s Abstimmung ist geschlossen, ihr Ergebnis aber noch nicht festgestellt.",
                    "%(count)s Abstimmungen sind geschlossen, ihre Ergebnisse aber noch nicht festgestellt.",
                    undeclared,
                )
                % {"count": undeclared}
            )
        consequences.append(_("Anwesenheit und Tagesordnung lassen sich danach nicht mehr ändern."))
        return super().get_context_data(**kwargs) | {
            "heading": _("„%(title)s“ schließen?") % {"title": self.object.title},
            "consequences": consequences,
            "confirm_label": _("Sitzung schließen"),
            "tone": "warning",
            "cancel_url": self.url("meeting_cockpit"),
            "breadcrumbs": self.crumbs(_("Schließen")),
        }


class AttendanceRecordView(MeetingMixin, Deed):
    """Note down one partner: here by delegate or deputy, excused, absent, gone."""

    policy = policies.conduct

    def perform(self) -> Any:
        data = self.request.POST
        if data.get("entry") == "expected":
            return self._expected()
        partner = by_key(
            Partner.objects.visible_to(self.user).filter(partnership=self.partnership), data.get("partner")
        )
        presence, _colon, key = data.get("entry", "").partition(":")
        if partner is None or presence not in (*Presence.values, "left"):
            messages.error(self.request, _("Bitte wählen Sie Partner und Anwesenheit."))
            return None
        self.anchor = f"#platz-{partner.pk}"
        if presence == "left":
            return self.run(attendance.leave, meeting=self.object, partner=partner)
        person = by_key(User.objects.filter(is_active=True), key)
        return self.run(attendance.record, meeting=self.object, partner=partner, presence=presence, person=person)

    def _expected(self) -> Any:
        count = self.run(attendance.record_expected, meeting=self.object)
        if count is not None:
            messages.success(
                self.request,
                ngettext("%(count)s Partner ist eingetragen.", "%(count)s Partner sind eingetragen.", count)
                % {"count": count},
            )
        return count

    anchor = "#anwesenheit"

    def get_success_url(self) -> str:
        return f"{self.url('meeting_cockpit')}{self.anchor}"


class AgendaItemBallotView(ItemMixin, Deed):
    """Prepare the ballot on an item's motion with one press, and go on to opening it."""

    policy = policies.conduct

    def perform(self) -> Any:
        item, form = self.object, self.request.POST.get("form")
        if item.referral is None or form not in BallotForm.values:
            messages.error(self.request, _("Zu diesem Punkt gibt es keine Vorlage, über die abzustimmen wäre."))
            return None
        motion = item.referral.motion
        return self.run(
            partial(
                ballots.draft_ballot,
                committee=item.committee,
                title=motion.title,
                text=motion.text,
                way=BallotWay.MEETING,
                form=form,
                referral=item.referral,
                agenda_item=item,
                is_confidential=item.is_confidential,
            )
        )

    def get_success_url(self) -> str:
        slug = self.partnership.slug
        if self.result is None:
            cockpit = reverse("committees:meeting_cockpit", kwargs={"slug": slug, "pk": self.object.meeting_id})
            return f"{cockpit}#aktuell"
        # A sealed one first needs those who will count it.
        step = "ballot_tellers" if self.result.is_sealed else "ballot_open"
        return reverse(f"committees:{step}", kwargs={"slug": slug, "pk": self.result.pk})


class AgendaItemStepView(ItemMixin, Deed):
    """Call, finish, finish and call the next, or adjourn an item; a result in the same form is noted first."""

    policy = policies.conduct

    STEPS: ClassVar[dict[str, Callable[..., Any]]] = {
        "call": agendas.call_item,
        "done": agendas.finish_item,
        "next": agendas.finish_item,
        "adjourn": agendas.adjourn_item,
        "note": agendas.note_result,
    }

    def perform(self) -> Any:
        step = self.request.POST.get("step", "")
        if step not in self.STEPS:
            messages.error(self.request, _("Diesen Schritt gibt es nicht."))
            return None
        form = ResultForm(self.request.POST)
        if "result" in self.request.POST:
            if not form.is_valid():
                messages.error(self.request, " ".join(map(str, form.errors["result"])))
                return None
            if form.cleaned_data["result"] != self.object.result:
                noted = self.run(agendas.note_result, item=self.object, result=form.cleaned_data["result"])
                if noted is None:
                    return None
                if step == "note":
                    messages.success(self.request, _("Das Ergebnis ist festgehalten."))
        if step == "note":
            return True
        if step == "next":
            return self.run(agendas.finish_item, item=self.object, calls_next=True)
        return self.run(self.STEPS[step], item=self.object)

    def get_success_url(self) -> str:
        cockpit = reverse(
            "committees:meeting_cockpit", kwargs={"slug": self.partnership.slug, "pk": self.object.meeting_id}
        )
        return f"{cockpit}#aktuell"
