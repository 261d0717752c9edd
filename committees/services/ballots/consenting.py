"""Agreeing to the circular procedure, where the rules ask how many must (facts.md 6, rule 29)."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from committees.enums import BallotState, BallotWay
from committees.models import Ballot, Consent, Delegate, Objection, Participation, RollEntry
from committees.services.ballots.authority import hold, must_be_open, named_rules, rules_of
from committees.services.ballots.errors import ConsentRefused, NotEntitled
from membership.models import Partner
from partnership import clock
from partnership.models import User
from partnership.services import audit


def is_asked(ballot: Ballot) -> bool:
    """Whether this ballot stands only if enough partners agree to deciding without a meeting."""
    rules = rules_of(ballot) if ballot.way == BallotWay.CIRCULAR else None
    return rules is not None and rules.circular.consent.is_asked


@transaction.atomic
def consent_to_circular(*, by: User, ballot: Ballot, partner: Partner) -> Consent:
    """Agree, for a partner, to deciding without a meeting, without voting yet.

    Who votes agrees by that. Raises NotEntitled, ConsentRefused, WrongState.
    """
    ballot = hold(ballot)
    must_be_open(ballot)
    moment = clock.database_now()
    if not is_asked(ballot):
        raise ConsentRefused(
            _("Nach den %(rules)s braucht dieser Umlauf kein Einverständnis der Partner.")
            % {"rules": named_rules(ballot)}
        )
    if ballot.deadline_at is not None and moment >= ballot.deadline_at:
        raise ConsentRefused(_("Die Frist ist abgelaufen; ein Einverständnis ist nicht mehr möglich."))
    mandates = Delegate.objects.valid(clock.today()).filter(committee=ballot.committee, partner=partner, person=by)
    if not mandates.exists():
        raise NotEntitled(_("Sie vertreten diesen Partner in diesem Gremium heute nicht."), key="no_mandate")
    entry = RollEntry.objects.filter(ballot=ballot, partner=partner, is_excluded=False, mark="").first()
    if entry is None:
        raise NotEntitled(_("Dieser Partner ist in dieser Abstimmung nicht stimmberechtigt."), key="not_on_roll")
    name = {"partner": entry.partner_name}
    if Participation.objects.filter(ballot=ballot, partner=partner).exists():
        raise ConsentRefused(_("„%(partner)s“ hat bereits abgestimmt; das gilt als Einverständnis.") % name)
    if Objection.objects.filter(ballot=ballot, partner=partner).exists():
        raise ConsentRefused(_("„%(partner)s“ hat dem Umlaufverfahren widersprochen.") % name)
    if Consent.objects.filter(ballot=ballot, partner=partner).exists():
        raise ConsentRefused(_("„%(partner)s“ hat sein Einverständnis bereits erklärt.") % name)
    consent = Consent.objects.create(ballot=ballot, partner=partner, person=by, consented_at=moment)
    audit.record(by=by, action="ballot.consented", subject=ballot, partner=str(partner.pk), name=entry.partner_name)
    return consent


def consents(ballot: Ballot) -> int:
    """The votes of the partners that agree: by declaration or by voting, and without objecting besides."""
    mine = {"ballot": OuterRef("ballot"), "partner": OuterRef("partner")}
    agreed = Q(Exists(Participation.objects.filter(**mine))) | Q(Exists(Consent.objects.filter(**mine)))
    entries = RollEntry.objects.filter(
        agreed, ~Exists(Objection.objects.filter(**mine)), ballot=ballot, is_excluded=False
    )
    return entries.aggregate(votes=Sum("weight"))["votes"] or 0


def may_consent(ballot: Ballot) -> bool:
    """Whether a declaration can still be made."""
    return ballot.state == BallotState.OPEN and is_asked(ballot)
