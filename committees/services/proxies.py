"""Proxies: granting, accepting, ending, and handing the giver's entry of the roll over at opening.

Everything happens under the lock of the meeting or the ballot the proxy holds for (reliability.md 4.2), so that caps
and "no chains" are true when they are checked.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from committees import policies
from committees.enums import BallotState, BallotWay, MeetingState
from committees.models import Ballot, Committee, Delegate, Meeting, Participation, Proxy, RollEntry, RuleSet
from committees.notifications import proxies as notices
from committees.rules.rule_set import ProxyKind, Rules
from committees.services import revisions
from committees.services.ballots.authority import hold, rules_of
from membership.models import Partner
from partnership import clock
from partnership.errors import Refusal
from partnership.models import Document, User
from partnership.services import audit

Scope = Meeting | Ballot


class ProxyRefused(Refusal):
    """The rules or the state of things do not allow this proxy."""

    status = 409


def rules_for(scope: Scope) -> Rules | None:
    """The rules a proxy for this meeting or ballot stands under: the frozen ones, else those of today."""
    if isinstance(scope, Ballot):
        return rules_of(scope)
    found = RuleSet.objects.in_force(committee=scope.committee, matter=None, on=clock.today())
    return found.rules if found else None


def is_in_time(scope: Scope) -> bool:
    """Whether the meeting or ballot still takes a proxy; a ballot in a meeting is covered by the meeting's."""
    if isinstance(scope, Meeting):
        return scope.state in (MeetingState.DRAFT, MeetingState.INVITED, MeetingState.RUNNING)
    if scope.way != BallotWay.CIRCULAR:
        return scope.state == BallotState.DRAFT
    is_late = scope.deadline_at is not None and clock.now() >= scope.deadline_at
    return scope.state in (BallotState.DRAFT, BallotState.OPEN) and not is_late


@transaction.atomic
def grant(
    *,
    by: User,
    scope: Scope,
    giver: Partner,
    holder: Partner,
    note: str = "",
    letter: Document | None = None,
) -> Proxy:
    """Let `holder` vote for `giver` in a meeting or a ballot, once the holder accepts.

    Whoever acts for the giver in the committee grants it; the managing office enters a written one, with its letter,
    which needs no further acceptance. Raises ProxyRefused.
    """
    scope = _locked(scope)
    rules = _must_be_possible(scope)
    is_entered = letter is not None and bool(policies.prepare(by, scope))
    if not is_entered and not _acts_for(by, scope, giver):
        raise ProxyRefused(_("Sie vertreten diesen Partner in diesem Gremium heute nicht."), field="giver")
    _must_be_entitled(scope, giver, "giver")
    _must_be_entitled(scope, holder, "holder")
    _must_be_free(scope, giver, holder, rules)
    proxy = Proxy(
        committee=scope.committee,
        meeting=scope if isinstance(scope, Meeting) else None,
        ballot=scope if isinstance(scope, Ballot) else None,
        giver=giver,
        holder=holder,
        note=note.strip(),
        letter=letter,
        granted_by=by,
        granted_at=clock.now(),
    )
    proxy.save(force_insert=True)
    audit.record(
        by=by,
        action="proxy.granted",
        subject=proxy,
        partnership=proxy.partnership,
        giver=str(giver.pk),
        holder=str(holder.pk),
        about=str(scope.pk),
        is_entered=is_entered,
    )
    if is_entered:
        _take_effect(by, proxy, scope)
    notices.granted(proxy=proxy)
    return proxy


@transaction.atomic
def accept(*, by: User, proxy: Proxy) -> Proxy:
    """The holder takes the proxy; from now on its people vote for the giver. Raises ProxyRefused."""
    proxy, scope = _hold(proxy)
    _must_stand(proxy)
    if proxy.accepted_at is not None:
        raise ProxyRefused(_("Die Übertragung ist bereits angenommen."))
    if not _acts_for(by, scope, proxy.holder):
        raise ProxyRefused(_("Annehmen kann nur, wer „%(partner)s“ hier vertritt.") % {"partner": proxy.holder})
    rules = _must_be_possible(scope)
    _must_be_entitled(scope, proxy.giver, "")
    _must_be_entitled(scope, proxy.holder, "")
    _must_be_free(scope, proxy.giver, proxy.holder, rules, own=proxy)
    _take_effect(by, proxy, scope)
    audit.record(by=by, action="proxy.accepted", subject=proxy, partnership=proxy.partnership)
    notices.accepted(proxy=proxy)
    return proxy


@transaction.atomic
def end(*, by: User, proxy: Proxy) -> Proxy:
    """Revoke (giver, office) or decline (holder) a proxy; entries of the roll that are not used yet go back.

    Where the rules let only the holder vote, it stands once the holder has voted in a running ballot.
    Raises ProxyRefused.
    """
    proxy, scope = _hold(proxy)
    _must_stand(proxy)
    is_of_both = _acts_for(by, scope, proxy.giver) or _acts_for(by, scope, proxy.holder)
    if not is_of_both and not policies.prepare(by, scope):
        raise ProxyRefused(_("Beenden können das nur die beiden Partner und die Geschäftsführung."))
    for ballot in _running_with(proxy):
        _give_back(ballot, proxy)
    proxy.ended_at, proxy.ended_by = clock.now(), by
    proxy.save(update_fields=["ended_at", "ended_by"])
    audit.record(by=by, action="proxy.ended", subject=proxy, partnership=proxy.partnership)
    notices.ended(proxy=proxy, by=by)
    return proxy


def hand_over(ballot: Ballot) -> int:
    """At opening: let the holders of proxies in effect vote for the givers; answers for how many.

    A holder that is not on the roll itself holds nothing. The caller holds the lock of ballot and meeting.
    """
    if ballot.rules.proxies.kind is ProxyKind.NONE:
        return 0
    scope = Q(ballot=ballot)
    if ballot.meeting_id:
        scope |= Q(meeting=ballot.meeting_id)
    on_roll = set(RollEntry.objects.filter(ballot=ballot).values_list("partner_id", flat=True))
    handed = 0
    for giver, holder in Proxy.objects.in_effect().filter(scope).values_list("giver_id", "holder_id"):
        if holder in on_roll:
            handed += RollEntry.objects.filter(ballot=ballot, partner=giver).update(voted_by=holder)
    return handed


def _take_effect(by: User, proxy: Proxy, scope: Scope) -> None:
    proxy.accepted_at, proxy.accepted_by = clock.now(), by
    proxy.save(update_fields=["accepted_at", "accepted_by"])
    if isinstance(scope, Ballot) and scope.state == BallotState.OPEN:
        if Participation.objects.filter(ballot=scope, partner=proxy.giver).exists():
            raise ProxyRefused(_("„%(partner)s“ hat bereits selbst abgestimmt.") % {"partner": proxy.giver})
        if not RollEntry.objects.filter(ballot=scope, partner=proxy.holder).exists():
            raise ProxyRefused(_("„%(partner)s“ ist hier nicht stimmberechtigt.") % {"partner": proxy.holder})
        RollEntry.objects.filter(ballot=scope, partner=proxy.giver).update(voted_by=proxy.holder)


def _give_back(ballot: Ballot, proxy: Proxy) -> None:
    entry = RollEntry.objects.filter(ballot=ballot, partner=proxy.giver, voted_by=proxy.holder)
    has_voted = Participation.objects.filter(ballot=ballot, partner=proxy.giver).exists()
    if has_voted and not ballot.rules.proxies.is_giver_first:
        raise ProxyRefused(
            _("Für „%(partner)s“ wurde bei „%(title)s“ bereits abgestimmt; die Übertragung bleibt bis zu deren Ende.")
            % {"partner": proxy.giver, "title": ballot.title}
        )
    entry.update(voted_by=None)


def _running_with(proxy: Proxy) -> list[Ballot]:
    """Open ballots whose roll the proxy has changed, each under its lock, in the order of their keys."""
    keys = RollEntry.objects.filter(
        partner=proxy.giver, voted_by=proxy.holder, ballot__state=BallotState.OPEN, ballot__committee=proxy.committee_id
    )
    scope = Q(ballot=proxy.ballot_id) if proxy.ballot_id else Q(ballot__meeting=proxy.meeting_id)
    found = Ballot.objects.filter(pk__in=keys.filter(scope).values("ballot")).order_by("pk")
    return [ballot for one in found if (ballot := hold(one)).state == BallotState.OPEN]


def _locked(scope: Scope) -> Scope:
    if isinstance(scope, Meeting):
        return revisions.locked(scope)
    return hold(Ballot.objects.select_related("referral").get(pk=scope.pk))


def _hold(proxy: Proxy) -> tuple[Proxy, Scope]:
    scope = _locked(proxy.subject)
    fresh = Proxy.objects.select_related("committee__partnership", "giver", "holder").get(pk=proxy.pk)
    return fresh, scope


def _must_stand(proxy: Proxy) -> None:
    if proxy.ended_at is not None:
        raise ProxyRefused(_("Diese Stimmrechtsübertragung ist bereits beendet."))


def _must_be_possible(scope: Scope) -> Rules:
    rules = rules_for(scope)
    if rules is None or rules.proxies.kind is ProxyKind.NONE:
        raise ProxyRefused(_("Die Verfahrensregeln dieses Gremiums lassen keine Stimmrechtsübertragung zu."))
    if not is_in_time(scope):
        raise ProxyRefused(
            _("Dafür ist es zu spät: „%(subject)s“ nimmt keine Übertragung mehr an.") % {"subject": scope}
        )
    return rules


def _must_be_entitled(scope: Scope, partner: Partner, field: str) -> None:
    entitled = Partner.objects.filter(partnership=scope.partnership_id).with_voting_right(clock.today())
    if not entitled.filter(pk=partner.pk).exists():
        raise ProxyRefused(
            _("„%(partner)s“ ist heute nicht stimmberechtigt.") % {"partner": partner}, field=field or None
        )


def _must_be_free(scope: Scope, giver: Partner, holder: Partner, rules: Rules, own: Proxy | None = None) -> None:
    """No second proxy of the giver, no chain, no more than the rules let one partner hold."""
    if giver.pk == holder.pk:
        raise ProxyRefused(_("Ein Partner kann seine Stimme nur einem anderen Partner übertragen."), field="holder")
    standing = _standing(scope).exclude(pk=own.pk) if own else _standing(scope)
    if standing.filter(giver=giver).exists():
        raise ProxyRefused(_("„%(partner)s“ hat seine Stimme hier bereits übertragen.") % {"partner": giver})
    if standing.filter(holder=giver).exists():
        raise ProxyRefused(
            _("„%(partner)s“ vertritt selbst einen anderen Partner und kann seine Stimme nicht weitergeben.")
            % {"partner": giver}
        )
    if standing.filter(giver=holder).exists():
        raise ProxyRefused(
            _("„%(partner)s“ hat seine eigene Stimme übertragen und kann keine andere annehmen.") % {"partner": holder},
            field="holder",
        )
    if standing.filter(holder=holder).count() >= rules.proxies.most_held:
        raise ProxyRefused(
            _("„%(partner)s“ vertritt schon so viele Partner, wie die Verfahrensregeln erlauben (%(most)s).")
            % {"partner": holder, "most": rules.proxies.most_held},
            field="holder",
        )


def _standing(scope: Scope) -> QuerySet[Proxy]:
    """Everything that bears on the scope: for a ballot in a meeting also the proxies of the meeting."""
    if isinstance(scope, Meeting):
        return Proxy.objects.standing().filter(meeting=scope)
    mine = Q(ballot=scope) | (Q(meeting=scope.meeting_id) if scope.meeting_id else Q())
    return Proxy.objects.standing().filter(mine)


def _acts_for(person: User, scope: Scope, partner: Partner | UUID) -> bool:
    mandates = Delegate.objects.valid(clock.today()).filter(committee=scope.committee_id, person=person)
    return mandates.filter(partner=partner).exists()


def of(scope: Scope) -> list[Proxy]:
    """The standing proxies of a meeting or ballot, as pages show them; one statement."""
    return list(_standing(scope).select_related("giver", "holder").order_by("giver__number"))


def holders_free(scope: Scope, committee: Committee) -> QuerySet[Partner]:
    """Partners that could be asked: entitled to vote, and not giving away their own vote."""
    giving = _standing(scope).values("giver")
    entitled = Partner.objects.filter(partnership=committee.partnership_id).with_voting_right(clock.today())
    return entitled.exclude(pk__in=giving).order_by("number")
