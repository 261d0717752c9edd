"""Looking at ballots: the list, one ballot, its live turnout, its votes as a file."""

import csv
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotForm, BallotState, BallotWay, MeetingState
from committees.exports.ballots import roll_call_rows
from committees.forms.ballots import BallotFilter
from committees.models import Ballot, Conflict, ConflictState, Resolution, RollEntry, Teller
from committees.rules.verdict import Outcome
from committees.services import ballots
from committees.services.ballots import counting
from committees.views.ballots import shown
from partnership.access import Person
from partnership.db.prepared import Prepared
from partnership.models import User
from partnership.views.base import ListPage, ObjectMixin, ObjectPage

LOADED = ("committee", "matter", "meeting", "referral__motion", "rule_set")
# All of the ballot, and of its neighbours what its page names: each column costs when a statement is put together.
SHOWN = (
    *(field.name for field in Ballot._meta.concrete_fields),
    "committee__name",
    "matter__name",
    "meeting__state",
    "meeting__title",
    "referral__motion__number",
    "referral__motion__partnership",
    "referral__motion__year",
    "rule_set__version",
)
# htmx stops asking when it is answered with this status.
STOP_POLLING = 286
ENDED = (BallotState.CLOSED, BallotState.DECLARED, BallotState.ANNULLED, BallotState.STOPPED)


@Prepared
def _shown_ballot(reader: Person, partnership: UUID, ballot: UUID) -> QuerySet[Ballot]:
    mine = Ballot.objects.visible_to(reader).filter(partnership=partnership, pk=ballot)
    return mine.select_related(*LOADED).only(*SHOWN).order_by()


class BallotMixin(ObjectMixin):
    """One ballot with what its pages name; people and repetitions, which few ballots have, apart (`shown`)."""

    model = Ballot
    object: Ballot

    def get_queryset(self) -> QuerySet[Ballot]:
        return super().get_queryset().select_related(*LOADED)

    @property
    def breadcrumbs(self) -> list[tuple[Any, str]]:
        """Where the reader is."""
        return [
            (_("Abstimmungen"), _list_url(self.object)),
            (self.object.title, shown.url_of(self.object)),
        ]

    def trail(self, last: str = "") -> list[tuple[Any, str]]:
        """The breadcrumbs down to a page about the ballot."""
        return [*self.breadcrumbs, (last, "")] if last else self.breadcrumbs


def _list_url(ballot: Ballot) -> str:
    from django.urls import reverse

    return reverse("committees:ballot_list", kwargs={"slug": ballot.partnership.slug})


class BallotListView(ListPage):
    """All ballots of the partnership the reader may see."""

    policy = policies.belong
    model = Ballot
    template_name = "committees/ballot_list.html"
    filterset_class = BallotFilter
    sorts = {
        "-opened": ("-opened_at", "-created_at"),
        "opened": ("opened_at", "created_at"),
        "title": ("title",),
        "-title": ("-title",),
        "deadline": ("deadline_at",),
        "-deadline": ("-deadline_at",),
    }

    def get_base_queryset(self) -> QuerySet[Ballot]:
        return super().get_base_queryset().select_related("committee", "partnership")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "breadcrumbs": [(_("Abstimmungen"), "")],
            "may_prepare": bool(policies.prepare_ballots(self.user, self.partnership)),
        }


class BallotDetailView(BallotMixin, ObjectPage):
    """The text, what each choice does, one's own vote, turnout; afterwards the result with its reasons."""

    policy = policies.belong
    template_name = "committees/ballot_detail.html"
    refusal = ""

    def find(self) -> Ballot | None:
        return _shown_ballot.first(reader=self.user, partnership=self.partnership.pk, ballot=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        ballot = self.object
        if ballot.referral is not None:
            ballot.referral.motion.partnership = self.partnership
        shown.name_people(ballot)
        shown.find_neighbours(ballot)
        is_conductor = bool(policies.conduct(self.user, ballot))
        context |= {
            "breadcrumbs": [*self.breadcrumbs[:1], (ballot.title, "")],
            "facts": shown.facts_of(ballot),
            "refusal": self.refusal,
            "is_conductor": is_conductor,
            "is_past_deadline": shown.is_past_deadline(ballot),
            "acts": acts_of(self.user, ballot) if is_conductor else [],
            **shown.block_of(self.user, ballot),
        }
        if is_conductor and ballot.meeting is not None and ballot.meeting.state == MeetingState.RUNNING:
            context["cockpit_url"] = shown.meeting_url_of(ballot, "meeting_cockpit")
        context |= self._proxies(ballot)
        if ballot.state == BallotState.DRAFT or (ballot.state == BallotState.OPEN and ballot.form != BallotForm.SECRET):
            context |= self._conflicts(ballot)
        if ballot.form == BallotForm.SECRET:
            context |= self._secret(ballot, is_conductor)
        if ballot.state != BallotState.DRAFT and ballot.rules_frozen:
            context |= {
                "effects": shown.effects_of(ballot),
                "rules": shown.rules_of(ballot),
                "is_weighed": counting.is_weighed(ballot),
            }
        if ballot.state == BallotState.DRAFT:
            context["excluded"] = list(RollEntry.objects.filter(ballot=ballot, is_excluded=True))
            if ballot.form != BallotForm.SECRET:
                context["demands"] = ballots.demands_of(ballot)
        elif ballot.state == BallotState.OPEN:
            context |= self._open(ballot, is_conductor)
        elif ballot.verdict:
            context |= self._ended(ballot)
        return context

    def _conflicts(self, ballot: Ballot) -> dict[str, Any]:
        mine = shown.mandates_of(self.user, ballot.committee_id)
        is_chair = bool(policies.preside(self.user, ballot))
        if not mine and not is_chair:
            return {}
        waiting = Conflict.objects.filter(ballot=ballot).exclude(state=ConflictState.FOUND).select_related("partner")
        return {"conflicts": list(waiting), "is_chair": is_chair, "may_declare_conflict": bool(mine)}

    def _proxies(self, ballot: Ballot) -> dict[str, Any]:
        if ballot.way != BallotWay.CIRCULAR or ballot.state not in (BallotState.DRAFT, BallotState.OPEN):
            return {}
        return shown.proxies_of(self.user, ballot) | {"may_prepare": bool(policies.prepare(self.user, ballot))}

    def _secret(self, ballot: Ballot, is_conductor: bool) -> dict[str, Any]:
        """Who counts it, and what is left to do for them."""
        tellers = list(Teller.objects.filter(ballot=ballot).select_related("person")) if ballot.is_sealed else []
        waits = ballot.state in (BallotState.DRAFT, BallotState.COUNTING)
        return {
            "obstacle": ballots.obstacle_of(ballot) if ballot.state == BallotState.DRAFT else "",
            "tellers": tellers,
            "is_teller": waits and any(teller.person_id == self.user.pk for teller in tellers),
            "reminds_all": is_conductor
            and ballot.state == BallotState.OPEN
            and ballot.way == BallotWay.CIRCULAR
            and not shown.is_past_deadline(ballot),
        }

    def _open(self, ballot: Ballot, is_conductor: bool) -> dict[str, Any]:
        tried = self.request.POST or self.request.GET
        seats = shown.seats_of(self.user, ballot, tried=tried if self.refusal else None)
        receipt = self.request.GET.get("quittung", "")
        more: dict[str, Any] = {
            "seats": seats,
            "has_form": any(seat.form for seat in seats),
            "turnout": shown.turnout_of(ballot, is_conductor=is_conductor),
            "receipt": next((seat for seat in seats if seat.vote and str(seat.entry.partner_id) == receipt), None),
            "can_object": bool(seats) and shown.can_object(ballot),
            "warnings": shown.warnings_of(ballot),
        }
        more["agreement"] = shown.agreement_of(ballot, more["turnout"].electorate)
        more["can_consent"] = more["agreement"] is not None and any(
            seat.vote is None and not seat.took_part for seat in seats
        )
        if more["turnout"].voted is None:
            # Who votes agrees: the number would tell how many have voted.
            more["agreement"] = None
        if is_conductor and ballot.form == BallotForm.ROLL_CALL:
            waiting = list(ballots.outstanding(ballot).order_by("partner_name")[: shown.ROLL_PAGE + 1])
            more |= {"waiting": waiting[: shown.ROLL_PAGE], "is_more_waiting": len(waiting) > shown.ROLL_PAGE}
        if more["turnout"].objections:
            more["objections"] = list(ballot.objections.select_related("partner").order_by("objected_at"))
        return more

    def _ended(self, ballot: Ballot) -> dict[str, Any]:
        mine = set(shown.mandates_of(self.user, ballot.committee_id))
        result = shown.Result(ballot)
        more: dict[str, Any] = {
            "result": result,
            "chosen": result.options.chosen if result.options else (),
            "roll_page": shown.roll_page(ballot, self.request.GET.get("page", 1)),
            "mine": mine,
            "awaits_chair": ballot.state == BallotState.CLOSED and ballots.awaits_chair(ballot),
            "resolution": Resolution.objects.filter(ballot=ballot).select_related("partnership").first()
            if ballot.state != BallotState.CLOSED and not ballot.is_opinion
            else None,
        }
        if ballot.state == BallotState.STOPPED:
            more["taken_up"] = shown.meeting_after(self.user, ballot)
        if ballot.way == BallotWay.CIRCULAR:
            more["late"] = list(ballot.late_answers.select_related("partner"))
            # An answer that was late is told to whoever gave it.
            receipt = self.request.GET.get("quittung", "")
            more["receipt_line"] = next(
                (line for line in more["roll_page"] if str(line.entry.partner_id) == receipt and line.vote), None
            )
        return more


def acts_of(user: User, ballot: Ballot) -> list[tuple[str, Any, str]]:
    """What may be done next with the ballot: address name, label, tone ("primary", "secondary", "danger")."""
    is_chair = bool(policies.preside(user, ballot))
    acts: list[tuple[str, Any, str]] = []
    if ballot.state == BallotState.DRAFT:
        acts = [
            ("ballot_open", _("Abstimmung eröffnen"), "primary"),
            *([("option_list", _("Stimmzettel"), "secondary")] if ballot.has_options else []),
            *([("block_edit", _("Block zusammenstellen"), "secondary")] if shown.may_be_block(ballot) else []),
            ("ballot_edit", _("Bearbeiten"), "secondary"),
            ("ballot_discard", _("Verwerfen"), "danger"),
        ]
        if ballot.is_sealed:
            acts.insert(0, ("ballot_tellers", _("Zählende benennen"), "secondary"))
    elif ballot.state == BallotState.OPEN:
        acts = _acts_while_open(user, ballot)
    elif ballot.state == BallotState.CLOSED:
        if not ballots.awaits_chair(ballot):
            acts.append(("ballot_declare", _("Ergebnis feststellen"), "primary"))
        elif is_chair:
            acts.append(("ballot_break_tie", _("Stimmengleichheit entscheiden"), "primary"))
        if ballot.has_options and ballot.outcome == Outcome.TIE:
            acts.insert(0, ("ballot_lot", _("Los entscheiden lassen"), "secondary"))
    if ballots.can_continue(ballot):
        acts.append(("ballot_continue", _("Nächsten Wahlgang vorbereiten"), "primary"))
    may_exclude = ballot.state == BallotState.DRAFT or (
        ballot.state == BallotState.OPEN and ballot.form != BallotForm.SECRET
    )
    if is_chair and may_exclude:
        acts.append(("ballot_exclude", _("Befangenheit"), "secondary"))
    if ballot.state in (BallotState.OPEN, BallotState.COUNTING, BallotState.CLOSED, BallotState.DISPUTED):
        if not ballot.is_confidential:
            acts.append(("ballot_confide", _("Vertraulich behandeln"), "secondary"))
        label = _("Aufhebung bestätigen") if ballot.annul_requested_by_id else _("Aufheben und neu abstimmen")
        acts.append(("ballot_annul", label, "danger"))
    return acts


def _acts_while_open(user: User, ballot: Ballot) -> list[tuple[str, Any, str]]:
    acts: list[tuple[str, Any, str]] = []
    if ballot.form == BallotForm.SHOW_OF_HANDS:
        acts.append(("ballot_hands", _("Handzeichen erfassen"), "primary"))
    if ballot.way == BallotWay.MEETING:
        acts.append(("ballot_close", _("Abstimmung schließen"), "primary" if not acts else "secondary"))
    elif shown.is_past_deadline(ballot):
        acts.append(("ballot_close", _("Ergebnis ermitteln"), "primary"))
    elif ballot.early_close_requested_by_id is None:
        acts.append(("ballot_close_early", _("Vorzeitig schließen"), "secondary"))
    elif ballot.early_close_requested_by_id != user.pk:
        acts.append(("ballot_close", _("Vorzeitiges Ende bestätigen"), "secondary"))
    return acts


class BallotTurnoutView(BallotMixin, ObjectPage):
    """The part of the page that asks for itself again: turnout, and the tally where the rules show it."""

    policy = policies.belong
    template_name = "committees/partials/ballot_turnout.html"

    def get_queryset(self) -> QuerySet[Ballot]:
        return ObjectMixin.get_queryset(self)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.object.state == BallotState.DRAFT:
            return HttpResponse(status=204)
        turnout = shown.turnout_of(self.object, is_conductor=bool(policies.conduct(self.user, self.object)))
        etag = f'W/"{turnout.etag}-{get_language()}"'
        if not turnout.is_closed and (unchanged := get_conditional_response(request, etag=etag)):
            return unchanged
        response = self.render_to_response({"turnout": turnout, "ballot": self.object, "is_fragment": True})
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        if turnout.is_closed:
            response.status_code = STOP_POLLING
        return response


class BallotDownloadView(BallotMixin, ObjectPage):
    """The roll call of an ended ballot as a table file."""

    policy = policies.belong

    def get_queryset(self) -> QuerySet[Ballot]:
        # Who took part in a secret ballot is told with its result.
        is_told = ~Q(form=BallotForm.SECRET) | Q(state=BallotState.DECLARED)
        return super().get_queryset().filter(is_told, state__in=ENDED)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="abstimmung-{str(self.object.pk)[:8]}.csv"'
        # The byte order mark tells table programs that this is UTF-8.
        response.write("\ufeff")
        csv.writer(response, delimiter=";").writerows(roll_call_rows(self.object))
        return response


class BallotSheetView(BallotMixin, ObjectPage):
    """The result sheet of an ended ballot as a tagged PDF; of a secret one the page tells all there is."""

    policy = policies.belong

    def get_queryset(self) -> QuerySet[Ballot]:
        return super().get_queryset().filter(~Q(form=BallotForm.SECRET), state__in=ENDED, verdict__isnull=False)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from committees.exports import ballot_pdf

        ballot = self.object
        result = shown.Result(ballot)
        pdf = ballot_pdf.render(
            ballot,
            outcome=result.sentence,
            rules=shown.rules_of(ballot),
            sentences=[sentence for _condition, sentence in result.conditions],
            facts=shown.facts_of(ballot),
            entry=Resolution.objects.filter(ballot=ballot).order_by("position").first(),
        )
        name = f"abstimmung-{str(ballot.pk)[:8]}.pdf"
        return HttpResponse(
            pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
        )


__all__ = [
    "BallotDetailView",
    "BallotDownloadView",
    "BallotListView",
    "BallotMixin",
    "BallotSheetView",
    "BallotTurnoutView",
    "acts_of",
]
