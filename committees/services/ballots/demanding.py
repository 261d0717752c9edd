"""Demanding secrecy: so many partners as the rules say make a ballot secret before it is opened."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotForm, BallotState
from committees.models import Ballot, Delegate, RuleSet, SecrecyDemand
from committees.rules import secrecy
from committees.rules.rule_set import Rules
from committees.services.ballots import secret
from committees.services.ballots.authority import ballots, say
from committees.services.ballots.errors import DemandRefused, NotEntitled, WrongState
from membership.models import Partner
from partnership import clock
from partnership.db.locks import lock
from partnership.models import User
from partnership.services import audit


@dataclass(frozen=True)
class Demands:
    """How many partners have demanded that a ballot be secret, and how many must."""

    made: int
    needed: int

    @property
    def is_reached(self) -> bool:
        return self.made >= self.needed


def obstacle_of(ballot: Ballot) -> str:
    """Why this draft could not be opened as a secret ballot today; empty where it could, or no rules are in force."""
    rules = _rules(ballot)
    found = None if rules is None else secrecy.obstacle(rules, _entitled(ballot))
    return "" if found is None else say(found)


def demands_of(ballot: Ballot) -> Demands | None:
    """Where a demand stands; None where the rules know none, or allow no secret ballot."""
    rules = _rules(ballot)
    if rules is None or not rules.secrecy.demand.is_asked or secrecy.obstacle(rules, _entitled(ballot)) is not None:
        return None
    made = SecrecyDemand.objects.filter(ballot=ballot).count()
    return Demands(made, rules.secrecy.demand.needed(_entitled(ballot)))


def is_reached(ballot: Ballot) -> bool:
    """Whether enough partners have demanded secrecy, so that it stays."""
    if not SecrecyDemand.objects.filter(ballot=ballot).exists():
        return False
    demands = demands_of(ballot)
    return demands is not None and demands.is_reached


@transaction.atomic
def demand_secrecy(*, by: User, ballot: Ballot, partner: Partner) -> Ballot:
    """Demand, for a partner, that the ballot be secret. In a meeting whoever conducts may note it for a partner.

    With enough demands the ballot becomes secret. Raises DemandRefused, NotEntitled, WrongState.
    """
    ballot = lock(ballots(), ballot.pk)
    if ballot.state != BallotState.DRAFT:
        raise WrongState(_("Geheime Abstimmung kann nur vor der Eröffnung verlangt werden."))
    if ballot.form == BallotForm.SECRET:
        raise DemandRefused(_("Diese Abstimmung ist bereits geheim."))
    rules = _rules(ballot)
    if rules is None or not rules.secrecy.demand.is_asked:
        raise DemandRefused(_("Nach den Verfahrensregeln dieses Gremiums kann das nicht verlangt werden."))
    if (obstacle := secrecy.obstacle(rules, _entitled(ballot))) is not None:
        raise DemandRefused(say(obstacle))
    mandates = Delegate.objects.valid(clock.today()).filter(committee=ballot.committee, partner=partner, person=by)
    notes_for_others = ballot.meeting_id is not None and bool(policies.conduct(by, ballot))
    if not mandates.exists() and not notes_for_others:
        raise NotEntitled(_("Sie vertreten diesen Partner in diesem Gremium heute nicht."), key="no_mandate")
    entitled = Partner.objects.filter(partnership=ballot.partnership_id).with_voting_right(clock.today())
    if not entitled.filter(pk=partner.pk).exists():
        raise NotEntitled(_("Dieser Partner ist in dieser Abstimmung nicht stimmberechtigt."), key="not_on_roll")
    _row, is_new = SecrecyDemand.objects.get_or_create(ballot=ballot, partner=partner, defaults={"person": by})
    if not is_new:
        raise DemandRefused(_("„%(partner)s“ hat das bereits verlangt.") % {"partner": partner})
    audit.record(by=by, action="ballot.secrecy_demanded", subject=ballot, partner=str(partner.pk))
    if is_reached(ballot):
        ballot.form, ballot.secrecy = BallotForm.SECRET, secret.default_level(ballot)
        ballot.save(update_fields=["form", "secrecy"])
        audit.record(by=by, action="ballot.made_secret", subject=ballot)
    return ballot


def _rules(ballot: Ballot) -> Rules | None:
    found = RuleSet.objects.in_force(committee=ballot.committee, matter=ballot.matter, on=clock.today())
    return None if found is None else Rules.from_data(found.settings)


def _entitled(ballot: Ballot) -> int:
    return Partner.objects.filter(partnership=ballot.partnership_id).with_voting_right(clock.today()).count()
