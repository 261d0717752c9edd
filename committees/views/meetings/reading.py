"""The page of a meeting, the answer to its invitation, its calendar entry and papers."""

import tempfile
import zipfile
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import Answer, MeetingState
from committees.exports import invitation_ical
from committees.models import Ballot, Motion
from committees.notifications import meetings as notifications
from committees.rules.rule_set import ProxyKind
from committees.services import attendance
from committees.views.ballots import shown
from committees.views.meetings.base import MeetingMixin, by_key
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import documents, outbox
from partnership.views.base import Deed, ObjectPage

DELIVERED = (*notifications.NOTICES, notifications.CANCELLATION)


class MeetingDetailView(MeetingMixin, ObjectPage):
    """The meeting: agenda, papers, who comes, calendar entry, my answer; for the office the fate of each mail."""

    policy = policies.belong
    template_name = "committees/meeting_detail.html"

    @cached_property
    def seats(self) -> list[attendance.Seat]:
        return attendance.seats(
            self.object,
            mandates=attendance.mandates_with_answers(self.object),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting = self.object
        is_told = self.may_prepare and meeting.state in (MeetingState.INVITED, MeetingState.CANCELLED)
        by_item: dict[Any, list[Ballot]] = {}
        for ballot in Ballot.objects.visible_to(self.user).filter(meeting=meeting).order_by("created_at"):
            ballot.partnership, ballot.committee = self.partnership, meeting.committee
            ballot.shown_outcome = shown.outcome_of(ballot)  # type: ignore[attr-defined]
            by_item.setdefault(ballot.agenda_item_id, []).append(ballot)
        for item in self.items:
            item.shown_ballots = by_item.get(item.pk, [])
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": self.crumbs(),
            "items": self.items,
            "has_papers": any(item.files for item in self.items) or self._motions_bring_papers(),
            "seats": self.seats,
            "counts": {
                state: sum(seat.state == state for seat in self.seats) for state in ("yes", "deputy", "no", "open")
            },
            "mine": [_My(seat, self.user) for seat in self.seats if _My.is_of(seat, self.user)]
            if meeting.state == MeetingState.INVITED
            else [],
            "delivery": outbox.summary(about=meeting, kinds=DELIVERED) if is_told else None,
            "is_today": meeting.on <= clock.today(),
            **self._proxies(),
        }

    def _proxies(self) -> dict[str, Any]:
        if self.rules is None or self.rules.proxies.kind is ProxyKind.NONE:
            return {}
        return shown.proxies_of(self.user, self.object) | {"may_prepare": self.may_prepare}

    def _motions_bring_papers(self) -> bool:
        keys = {item.referral.motion_id for item in self.items if item.referral}
        motions = Motion.objects.visible_to(self.user).filter(pk__in=keys)
        return motions.filter(attachments__isnull=False, attachments__withdrawn_at__isnull=True).exists()


class _My:
    """A seat as the person on the page may answer for it."""

    def __init__(self, seat: attendance.Seat, user: User) -> None:
        self.partner = seat.partner
        self.given = next((row for row in seat.answers if row.person_id == user.pk), None)
        self.is_delegate = any(person.pk == user.pk for person in seat.delegates)
        self.deputies = [person for person in seat.deputies if person.pk != user.pk] if self.is_delegate else []
        called = {row.deputy_id for row in seat.answers if row.deputy_id}
        self.is_called = user.pk in called

    @staticmethod
    def is_of(seat: attendance.Seat, user: User) -> bool:
        return any(person.pk == user.pk for person in (*seat.delegates, *seat.deputies))

    @property
    def answer(self) -> str:
        return self.given.answer if self.given else ""


class MeetingAnswerView(MeetingMixin, Deed):
    """Answer the invitation for one partner: yes, no, or my deputy comes."""

    policy = policies.belong

    def perform(self) -> Any:
        data = self.request.POST
        partner = by_key(
            Partner.objects.visible_to(self.user).filter(partnership=self.partnership), data.get("partner")
        )
        if partner is None or data.get("answer") not in Answer.values:
            messages.error(self.request, _("Bitte wählen Sie eine der Antworten."))
            return None
        deputy = by_key(User.objects.filter(is_active=True), data.get("deputy"))
        return self.run(attendance.answer, meeting=self.object, partner=partner, answer=data["answer"], deputy=deputy)

    def get_success_url(self) -> str:
        if self.result is not None:
            said = {
                Answer.YES: _("Danke. Für %(partner)s ist notiert: Sie nehmen teil."),
                Answer.NO: _("Danke. Für %(partner)s ist notiert: Sie nehmen nicht teil."),
                Answer.DEPUTY: _("Danke. Für %(partner)s ist notiert: %(deputy)s kommt und wird benachrichtigt."),
            }[Answer(self.result.answer)]
            messages.success(self.request, said % {"partner": self.result.partner, "deputy": self.result.deputy})
        return self.object.get_absolute_url()


class MeetingCalendarView(MeetingMixin, ObjectPage):
    """The calendar entry as a file."""

    policy = policies.belong

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        content = invitation_ical.calendar(
            self.object,
            self.items,
            method=invitation_ical.CANCEL if self.object.state == MeetingState.CANCELLED else invitation_ical.PUBLISH,
        )
        name = invitation_ical.file_name(self.object)
        return HttpResponse(
            content,
            content_type="text/calendar; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class MeetingPapersView(MeetingMixin, ObjectPage):
    """All papers this person may read in one ZIP: of the items and of their motions."""

    policy = policies.belong

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        bundle = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it has been sent
        with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
            taken: set[str] = set()
            for folder, paper in self._papers():
                path = documents.path_of(paper)
                if path.exists():
                    archive.write(path, _unused(f"{folder}/{paper.file_name}", taken))
        if not taken:
            bundle.close()
            raise Http404
        bundle.seek(0)
        return FileResponse(
            bundle,
            as_attachment=True,
            filename=f"unterlagen-{self.object.on.isoformat()}.zip",
            content_type="application/zip",
        )

    def _papers(self) -> Iterable[tuple[str, Any]]:
        keys = {item.referral.motion_id for item in self.items if item.referral}
        motions = {
            motion.pk: motion
            for motion in Motion.objects.visible_to(self.user)
            .filter(pk__in=keys)
            .prefetch_related("attachments__versions")
        }
        for item in self.items:
            folder = get_valid_filename(f"TOP {item.position:02d} {item.title}"[:80])
            for paper in item.files:
                yield folder, paper
            motion = motions.get(item.referral.motion_id) if item.referral else None
            for document in motion.attachments.all() if motion else ():
                if document.withdrawn_at is None and document.versions.all():
                    yield folder, document.current


def _unused(name: str, taken: set[str]) -> str:
    """A name that no file of the archive has yet."""
    stem, dot, ending = name.rpartition(".")
    number = 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    taken.add(name)
    return name
