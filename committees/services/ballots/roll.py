"""The roll of a ballot: exclusions for conflict of interest, and partners that leave while it runs."""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotForm, BallotState
from committees.models import Ballot, Participation, RollEntry
from committees.services.ballots.authority import ballots, hold, must_have_reason, require, rules_of
from committees.services.ballots.errors import RollRefused, WrongState
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import audit


@transaction.atomic
def exclude_partner(*, by: User | None, ballot: Ballot, partner: Partner, reason: str) -> RollEntry:
    """Exclude a partner for conflict of interest (Befangenheit): it stays on the roll and is counted apart.

    Possible before opening, and while the ballot is open as long as the partner has not voted. Where the rules let
    the body decide, `conflicts` is the way. Raises NotAllowed, RollRefused, WrongState.
    """
    ballot = hold(ballot)
    require(policies.preside, by, ballot)
    rules = rules_of(ballot)
    if rules is not None and rules.is_conflict_decided_by_body:
        raise RollRefused(_("Nach den Verfahrensregeln entscheidet das Gremium ohne den Partner über den Ausschluss."))
    return exclude(ballot, partner, reason=must_have_reason(reason)[:300], by=by)


def exclude(ballot: Ballot, partner: Partner, *, reason: str, by: User | None) -> RollEntry:
    """Exclude a partner under the lock the caller holds. Raises RollRefused, WrongState."""
    entry = entry_of(ballot, partner)
    if entry.is_excluded:
        raise RollRefused(_("„%(partner)s“ ist bereits ausgeschlossen.") % {"partner": entry.partner_name})
    if Participation.objects.filter(ballot=ballot, partner=partner).exists():
        raise RollRefused(
            _("„%(partner)s“ hat bereits abgestimmt und kann nicht mehr ausgeschlossen werden.")
            % {"partner": entry.partner_name},
            field="partner",
        )
    if ballot.state == BallotState.OPEN and not _others_entitled(ballot, partner):
        raise RollRefused(_("Danach wäre kein Partner mehr stimmberechtigt."), field="partner")
    entry.is_excluded, entry.exclusion_reason, entry.excluded_by = True, reason, by
    entry.save()
    audit.record(
        by=by, action="ballot.partner_excluded", subject=ballot, partner=str(partner.pk), name=entry.partner_name
    )
    return entry


@transaction.atomic
def include_partner(*, by: User | None, ballot: Ballot, partner: Partner) -> RollEntry:
    """Take an exclusion back; answers its line of the roll. Raises NotAllowed, RollRefused, WrongState."""
    ballot = hold(ballot)
    require(policies.preside, by, ballot)
    entry = entry_of(ballot, partner)
    if not entry.is_excluded:
        raise RollRefused(_("„%(partner)s“ ist nicht ausgeschlossen.") % {"partner": entry.partner_name})
    if ballot.state == BallotState.DRAFT:
        entry.delete()
    else:
        entry.is_excluded, entry.exclusion_reason, entry.excluded_by = False, "", None
        entry.save()
    audit.record(
        by=by, action="ballot.partner_included", subject=ballot, partner=str(partner.pk), name=entry.partner_name
    )
    return entry


def _must_not_run_in_secret(ballot: Ballot) -> None:
    """The answer would tell whether the partner has voted. Raises RollRefused."""
    if ballot.state == BallotState.OPEN and ballot.form == BallotForm.SECRET:
        raise RollRefused(_("Bei einer geheimen Abstimmung steht die Befangenheit mit der Eröffnung fest."))


def entry_of(ballot: Ballot, partner: Partner) -> RollEntry:
    """The partner's line of the roll, to be changed; of a draft a new one. Raises RollRefused, WrongState."""
    _must_not_run_in_secret(ballot)
    if ballot.state not in (BallotState.DRAFT, BallotState.OPEN):
        raise WrongState(
            _("Die Abstimmung „%(title)s“ hat den Stand „%(state)s“; an der Stimmberechtigung ändert sich nichts mehr.")
            % {"title": ballot.title, "state": ballot.get_state_display()}
        )
    entry = RollEntry.objects.filter(ballot=ballot, partner=partner).first()
    if entry is not None:
        return entry
    entitled = Partner.objects.with_voting_right(clock.today()).filter(partnership=ballot.partnership_id)
    if ballot.state == BallotState.DRAFT and entitled.filter(pk=partner.pk).exists():
        return RollEntry(ballot=ballot, partner=partner, partner_name=partner.name)
    raise RollRefused(
        _("„%(partner)s“ ist in dieser Abstimmung nicht stimmberechtigt.") % {"partner": partner}, field="partner"
    )


def _others_entitled(ballot: Ballot, partner: Partner) -> bool:
    return RollEntry.objects.filter(ballot=ballot, is_excluded=False).exclude(partner=partner).exists()


@transaction.atomic
def mark_leaving(*, by: User | None, partner: Partner, note: str = "") -> int:
    """Mark a partner that lost its voting right on the rolls of ballots that run; answers how many.

    It stays on the roll and a vote already cast counts, but nobody casts for it any more (domain.md 5).
    """
    note = note or _("Stimmrecht während der Abstimmung geendet am %(day)s") % {
        "day": clock.today().strftime("%d.%m.%Y")
    }
    marked = 0
    entries = RollEntry.objects.filter(partner=partner, mark="", ballot__state=BallotState.OPEN)
    for pk in entries.order_by("ballot").values_list("ballot", flat=True):
        ballot = hold(ballots().get(pk=pk))
        if ballot.state == BallotState.OPEN:
            marked += RollEntry.objects.filter(ballot=ballot, partner=partner, mark="").update(mark=note[:200])
            audit.record(
                by=by, action="ballot.partner_left", subject=ballot, partner=str(partner.pk), name=str(partner)
            )
    return marked


def mark_all_leaving(ballot: Ballot) -> None:
    """At closing: mark whoever on the roll has no voting right today."""
    # NOT EXISTS, as NOT IN over a large roll compares each line with each partner.
    entitled = Partner.objects.with_voting_right(clock.today()).filter(pk=OuterRef("partner"))
    note = _("Stimmrecht während der Abstimmung geendet")
    RollEntry.objects.filter(~Exists(entitled), ballot=ballot, mark="").update(mark=note)


def outstanding(ballot: Ballot | UUID) -> QuerySet[RollEntry]:
    """Partners that may still vote and have not."""
    voted = Participation.objects.filter(ballot=OuterRef("ballot"), partner=OuterRef("partner"))
    return RollEntry.objects.filter(~Exists(voted), ballot=ballot, is_excluded=False, mark="")
