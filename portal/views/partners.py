"""The page of a partner, and "Unsere Organisation": what several apps know about one seat."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees import seats
from committees.enums import BallotState
from committees.models import Ballot, Vote
from fund.models import Pledge
from membership import policies
from membership.enums import MEMBER_STAGES, Fact, Stage
from membership.models import YES, Contact, Partner, Standing
from membership.queries import administered_partners, administrators, with_organisations
from membership.services.partners import value_label
from partnership import clock
from partnership.models import AuditEvent
from partnership.views.base import ListPage, ObjectPage, Page

# What the history of a partner says about a deed, by the audit's name of it.
DEEDS = {
    "partner.created": gettext_lazy("Partner angelegt"),
    "partner.changed": gettext_lazy("Angaben geändert"),
    "partner.ended": gettext_lazy("Mitgliedschaft beendet"),
    "standing.recorded": gettext_lazy("Tatsache eingetragen"),
    "contact.added": gettext_lazy("Ansprechperson eingetragen"),
    "contact.changed": gettext_lazy("Ansprechperson geändert"),
    "contact.removed": gettext_lazy("Ansprechperson entfernt"),
}
# Ballots whose roll-call list everybody of the partnership reads.
COUNTED = (BallotState.CLOSED, BallotState.DECLARED)


def standing_now(rows: Iterable[Standing]) -> list[tuple[Any, str]]:
    """The five facts as they are today."""
    today = clock.today()
    now = {row.fact: row for row in rows if row.is_valid(today)}
    return [(fact.label, value_label(fact, now[fact].value) if fact in now else "–") for fact in Fact]


def standing_events(rows: Iterable[Standing]) -> list[dict[str, Any]]:
    """The dated facts as a time line, newest first; rows that never were in force are left out."""
    found = []
    for row in sorted(rows, key=lambda one: (one.valid_from, one.fact), reverse=True):
        if row.valid_from == row.valid_until:
            continue
        text = row.reason
        if row.valid_until:
            until = _("gilt bis vor %(day)s") % {"day": row.valid_until.strftime("%d.%m.%Y")}
            text = f"{text} ({until})" if text else until
        found.append(
            {
                "at": row.valid_from,
                "title": f"{row.get_fact_display()}: {value_label(row.fact, row.value)}",
                "text": text,
            }
        )
    return found


class PartnerPage(ObjectPage):
    """A page about one partner."""

    policy = policies.belong
    model = Partner
    tab = ""

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("partnership")

    @cached_property
    def is_keeper(self) -> bool:
        """Whether the person keeps this partner's entries."""
        return bool(policies.keep_partner(self.user, self.object))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = {"slug": self.partnership.slug, "pk": self.object.pk}
        tabs = [("partner_detail", _("Überblick")), ("partner_votes", _("Abstimmungen und Fonds"))]
        if self.is_keeper:
            tabs.append(("partner_history", _("Geschichte")))
        return super().get_context_data(**kwargs) | {
            "is_keeper": self.is_keeper,
            "is_curator": bool(policies.curate(self.user, self.object)),
            "tabs": [
                {"label": label, "url": reverse(f"portal:{name}", kwargs=address), "is_current": name == self.tab}
                for name, label in tabs
            ],
            "breadcrumbs": [
                (_("Partner"), reverse("membership:partner_list", kwargs={"slug": self.partnership.slug})),
                (str(self.object), ""),
            ],
        }


class PartnerDetailView(PartnerPage):
    """Organisations sharing the seat, standing over time, people, contacts."""

    template_name = "portal/partner_detail.html"
    tab = "partner_detail"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | seat_context(self.object, self.is_keeper)


def seat_context(partner: Partner, is_keeper: bool) -> dict[str, Any]:
    """What is told about one seat; five queries at most."""
    on = clock.today()
    standings = list(partner.standings.all())
    is_member = any(row.fact == Fact.STAGE and row.value in MEMBER_STAGES and row.is_valid(on) for row in standings)
    stage = next((row.value for row in standings if row.fact == Fact.STAGE and row.is_valid(on)), "")
    return {
        "shares": partner.shares.select_related("organisation"),
        "facts": standing_now(standings),
        "events": standing_events(standings),
        "is_member": is_member,
        "stage": Stage(stage) if stage else None,
        "votes": any(row.fact == Fact.VOTING_RIGHT and row.value == YES and row.is_valid(on) for row in standings),
        "people": seats.benches(partner, on) if is_member else [],
        "contacts": Contact.objects.filter(partner=partner),
        "administrators": administrators([partner], on) if is_keeper else [],
        "today": on,
    }


class PartnerVotesView(PartnerPage):
    """How the partner voted in open ballots that are counted, and what it pledged to the fund."""

    policy = policies.belong
    template_name = "portal/partner_votes.html"
    tab = "partner_votes"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        later = Vote.objects.filter(
            ballot=OuterRef("ballot"), partner=OuterRef("partner"), revision__gt=OuterRef("revision")
        )
        readable = Ballot.objects.visible_to(self.user).filter(partnership=self.partnership, state__in=COUNTED)
        votes = (
            Vote.objects.filter(~Exists(later), partner=self.object, ballot__in=readable)
            .select_related("ballot__committee")
            .order_by("-ballot__closed_at")
        )
        pledges = Pledge.objects.visible_to(self.user).filter(partner=self.object).order_by("-year")
        return super().get_context_data(**kwargs) | {"cast_votes": votes[:100], "pledges": pledges}


class PartnerHistoryView(ListPage):
    """Who changed what about the partner, newest first; for those who keep its entries."""

    policy = policies.keep_partner
    model = AuditEvent
    template_name = "portal/partner_history.html"

    @cached_property
    def object(self) -> Partner:
        """The partner of the address; absent and foreign ones answer alike."""
        found = (
            Partner.objects.visible_to(self.user)
            .filter(partnership=self.partnership, pk=self.kwargs["pk"])
            .select_related("partnership")
            .first()
        )
        if found is None:
            raise Http404
        return found

    def get_policy_subject(self) -> Any:
        return self.object

    def get_base_queryset(self) -> Any:
        return (
            AuditEvent.objects.filter(subject_type="membership.partner", subject_pk=str(self.object.pk))
            .select_related("actor")
            .order_by("-id")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        address = {"slug": self.partnership.slug, "pk": self.object.pk}
        names = [
            ("partner_detail", _("Überblick")),
            ("partner_votes", _("Abstimmungen und Fonds")),
            ("partner_history", _("Geschichte")),
        ]
        return context | {
            "object": self.object,
            "partner": self.object,
            "is_keeper": True,
            "events": [deed_event(event) for event in context["page_obj"]],
            "tabs": [
                {
                    "label": label,
                    "url": reverse(f"portal:{name}", kwargs=address),
                    "is_current": name == "partner_history",
                }
                for name, label in names
            ],
            "breadcrumbs": [
                (_("Partner"), reverse("membership:partner_list", kwargs={"slug": self.partnership.slug})),
                (str(self.object), self.object.get_absolute_url()),
                (_("Geschichte"), ""),
            ],
        }


def deed_event(event: AuditEvent) -> dict[str, Any]:
    """An audit row as a line of the history."""
    details = event.details
    text = ""
    if event.action == "standing.recorded" and details.get("fact") in Fact.values:
        fact = Fact(details["fact"])
        day = date.fromisoformat(details["valid_from"])
        text = _("%(fact)s: %(value)s ab %(day)s") % {
            "fact": fact.label,
            "value": value_label(fact, details["value"]),
            "day": day.strftime("%d.%m.%Y"),
        }
    elif "changes" in details:
        text = "; ".join(
            f"{_field_name(field)}: {_shown(old)} → {_shown(new)}" for field, (old, new) in details["changes"].items()
        )
    elif "name" in details:
        text = str(details["name"])
    elif "reason" in details:
        text = str(details["reason"])
    return {
        "at": timezone.localtime(event.at),
        "title": DEEDS.get(event.action, event.action),
        "who": str(event.actor) if event.actor else "",
        "text": text,
    }


def _field_name(field: str) -> str:
    return str(getattr(Partner._meta.get_field(field), "verbose_name", field))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    return str(value) if value not in (None, "") else "–"


class OwnOrganisationView(Page):
    """What a partner admin keeps: profile, delegates and deputies, contacts; several partners are tabs."""

    policy = policies.administer_partners
    template_name = "portal/own_organisation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        partners = list(
            with_organisations(administered_partners(self.user, self.partnership)).select_related("partnership")
        )
        wanted = self.request.GET.get("partner", "")
        partner = next((one for one in partners if str(one.pk) == wanted), partners[0])
        return (
            super().get_context_data(**kwargs)
            | seat_context(partner, is_keeper=True)
            | {
                "shares": partner.shares.all(),
                "object": partner,
                "partner": partner,
                "is_keeper": True,
                "is_curator": bool(policies.curate(self.user, partner)),
                "tabs": [
                    {"label": str(one), "url": f"?partner={one.pk}", "is_current": one.pk == partner.pk}
                    for one in partners
                ]
                if len(partners) > 1
                else [],
                "breadcrumbs": [
                    (_("Unsere Organisation"), ""),
                ],
            }
        )
