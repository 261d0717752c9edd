"""What the pages about a motion show of it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from committees.enums import MotionState, ReferralRole, ReferralState
from committees.models import Ballot, Motion, Referral, Resolution
from committees.services import motions
from partnership.access import Person
from partnership.models import AuditEvent, DocumentVersion

# What a step in the history of a motion is called. Names in the sentences are those of the step's details.
HISTORY = {
    "motion.created": gettext_lazy("Entwurf angelegt"),
    "motion.edited": gettext_lazy("Geändert"),
    "motion.submitted": gettext_lazy("Eingereicht als %(number)s"),
    "motion.withdrawn": gettext_lazy("Zurückgezogen"),
    "motion.lapsed": gettext_lazy("Für erledigt erklärt"),
    "motion.implemented": gettext_lazy("Als umgesetzt gemeldet"),
    "motion.attached": gettext_lazy("Anlage hinzugefügt: %(title)s"),
    "motion.detached": gettext_lazy("Anlage entfernt: %(title)s"),
    "motion.referred": gettext_lazy("Weg durch die Gremien festgelegt"),
    "motion.opinion": gettext_lazy("Stellungnahme geschrieben: %(committee)s"),
    "motion.scheduled": gettext_lazy("Zur Beratung vorgesehen: %(committee)s"),
    "motion.deferred": gettext_lazy("Vertagt: %(committee)s"),
    "motion.in_vote": gettext_lazy("Abstimmung eröffnet: %(committee)s"),
    "motion.recommended": gettext_lazy("Empfohlen: %(committee)s, %(number)s"),
    "motion.not_recommended": gettext_lazy("Nicht empfohlen: %(committee)s, %(number)s"),
    "motion.adopted": gettext_lazy("Beschlossen: %(committee)s, %(number)s"),
    "motion.rejected": gettext_lazy("Abgelehnt: %(committee)s, %(number)s"),
    "motion.noted": gettext_lazy("Zur Kenntnis genommen: %(committee)s"),
}
# Reasons that other services give by their name.
REASONS = {
    "annulled": gettext_lazy("Abstimmung aufgehoben"),
    "stopped": gettext_lazy("Umlauf ohne Ergebnis beendet"),
}
FIELD_NAMES = {
    "title": gettext_lazy("Titel"),
    "text": gettext_lazy("Beschlusstext"),
    "reasons": gettext_lazy("Begründung"),
    "effects": gettext_lazy("Auswirkungen"),
    "amount": gettext_lazy("Betrag"),
    "matter": gettext_lazy("Art der Angelegenheit"),
    "is_confidential": gettext_lazy("Vertraulichkeit"),
    "submitting_partner": gettext_lazy("einreichender Partner"),
    "concerned_partner": gettext_lazy("betroffener Partner"),
    "replaces": gettext_lazy("ersetzter Beschluss"),
    "committee": gettext_lazy("Weg durch die Gremien"),
}


@dataclass(frozen=True)
class Advice:
    """What an earlier committee recommends, as it stands in the Beschlussvorlage of the next one."""

    referral: Referral
    resolution: Resolution | None
    counts: dict[str, int] | None

    @property
    def is_positive(self) -> bool:
        return self.referral.state == ReferralState.RECOMMENDED


def with_treatment(rows: QuerySet[Motion], user: Person) -> QuerySet[Motion]:
    """Motions with all their page shows, in a fixed number of queries."""
    visible = Ballot.objects.visible_to(user).filter(pk=OuterRef("pk"))
    ballots = (
        Ballot.objects.select_related("committee")
        .annotate(is_visible=Exists(visible))
        .prefetch_related(Prefetch("resolutions", Resolution.objects.order_by("position")))
        .order_by("created_at")
    )
    referrals = (
        Referral.objects.select_related("committee").prefetch_related(Prefetch("ballots", ballots)).order_by("position")
    )
    return rows.select_related(
        "partnership", "submitting_partner", "concerned_partner", "created_by", "replaces", "matter"
    ).prefetch_related(Prefetch("referrals", referrals))


def share_partnership(motion: Motion) -> Motion:
    """Let everything loaded with a motion know the partnership without asking the database again."""
    related: list[Any] = [motion.replaces] if motion.replaces else []
    for referral in motion.referrals.all():
        referral.motion = motion
        for ballot in referral.ballots.all():
            related += [ballot, *ballot.resolutions.all()]
    for thing in related:
        thing.partnership = motion.partnership
    return motion


def advice_for(motion: Motion, until: Referral | None = None) -> list[Advice]:
    """Recommendations given so far, before the referral `until` where one is named."""
    found = []
    for referral in motion.referrals.all():
        if until is not None and referral.position >= until.position:
            break
        if referral.state not in (ReferralState.RECOMMENDED, ReferralState.NOT_RECOMMENDED):
            continue
        numbered = [
            (entry, ballot) for ballot in referral.ballots.all() for entry in ballot.resolutions.all() if entry.number
        ]
        entry, ballot = numbered[-1] if numbered else (None, None)
        found.append(Advice(referral, entry, ballot.counts if ballot and not ballot.is_count_withheld else None))
    return found


def way_of(motion: Motion) -> list[dict[str, Any]]:
    """The step line: every committee on the way and where it stands."""
    stopped = motion.state in (MotionState.WITHDRAWN, MotionState.LAPSED, MotionState.REJECTED)
    steps: list[dict[str, Any]] = []
    is_current_known = motion.state == MotionState.DRAFT
    for referral in motion.referrals.all():
        state = "next"
        if referral.state in (ReferralState.REJECTED, ReferralState.NOT_RECOMMENDED):
            state = "stopped"
        elif referral.state in motions.SETTLED:
            state = "done"
        elif stopped:
            state = "stopped"
        elif not is_current_known:
            state, is_current_known = "current", True
        role = ReferralRole(referral.role).label
        steps.append(
            {
                "label": referral.committee.name,
                "state": state,
                "note": f"{role}: {ReferralState(referral.state).label}",
                "url": "",
            }
        )
    return steps


def history_of(motion: Motion) -> list[dict[str, Any]]:
    """Who did what when, newest first."""
    events = (
        AuditEvent.objects.filter(subject_type="committees.motion", subject_pk=str(motion.pk))
        .select_related("actor")
        .order_by("-id")[:200]
    )
    rows = []
    for event in events:
        details = {"number": "", "committee": "", "title": "", **event.details}
        label = str(HISTORY.get(event.action, event.action)) % details
        notes = [str(REASONS.get(details[name], details[name])) for name in ("reason", "note") if details.get(name)]
        if event.action == "motion.edited":
            notes = [", ".join(str(FIELD_NAMES.get(name, name)) for name in details.get("changed", []))]
        rows.append({"at": event.at, "title": label, "who": event.actor or _("von selbst"), "text": " ".join(notes)})
    return rows


def files_of(motion: Motion) -> list[dict[str, Any]]:
    """The attachments as the file list shows them, each in its newest version."""
    versions = (
        DocumentVersion.objects.filter(
            document__in=motion.attachments.filter(withdrawn_at__isnull=True).values("pk"),
        )
        .select_related("document")
        .order_by("document__title", "document_id", "number")
    )
    newest = {version.document_id: version for version in versions}
    return [
        {
            "document": version.document,
            "title": version.document.title,
            "url": reverse(
                "partnership:document_download", kwargs={"slug": motion.partnership.slug, "pk": version.document_id}
            ),
            "kind": version.file_name.rsplit(".", 1)[-1].upper(),
            "size": version.size,
            "sha256": version.sha256,
        }
        for version in newest.values()
    ]
