"""What the pages of a ballot show, put together with few statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from committees.enums import BallotForm, BallotState, BallotWay, Capacity, Choice, DelegateKind, MeetingState
from committees.forms.ballots import VoteForm
from committees.forms.papers import PaperForm, marking_of
from committees.models import AgendaItem, Ballot, Meeting, Resolution, RollEntry, Vote
from committees.rules import circular, describe, elections
from committees.rules.deadlines import deadline_words
from committees.rules.eligibility import Earlier, Eligible, Facts, Kind, Mandate, may_cast
from committees.rules.papers import BallotKind, buckets, spell
from committees.rules.rule_set import Choice as RuleChoice
from committees.rules.rule_set import ProxyKind, Rules
from committees.rules.verdict import OUTCOMES, Condition, Count, Outcome, Verdict
from committees.services import ballots, proxies
from committees.services.ballots import consenting, counting, secret, stages
from committees.services.ballots.authority import rules_of as rules_for
from committees.services.ballots.authority import say
from committees.services.ballots.casting import KIND_OF
from membership.models import Partner
from partnership import clock
from partnership.access import ties
from partnership.db.prepared import Prepared
from partnership.models import User
from partnership.ui import charts

ROLL_PAGE = 50


def url_of(ballot: Ballot, name: str = "ballot_detail") -> str:
    """The address of a page of the ballot."""
    return reverse(f"committees:{name}", kwargs={"slug": ballot.partnership.slug, "pk": ballot.pk})


def meeting_url_of(ballot: Ballot, name: str = "meeting_detail") -> str:
    """The address of a page of the meeting in which the ballot is held."""
    return reverse(f"committees:{name}", kwargs={"slug": ballot.partnership.slug, "pk": ballot.meeting_id})


def mandates_of(user: User, committee_id: UUID) -> dict[UUID, Kind]:
    """Partners the person acts for in the committee today, as delegate or deputy; no statement of its own."""
    found: dict[UUID, Kind] = {}
    for tie in ties(user).items:
        if tie.object_id == committee_id and tie.partner_id and tie.kind in DelegateKind.values:
            kind = Kind(tie.kind)
            if found.get(tie.partner_id) is not Kind.DELEGATE:
                found[tie.partner_id] = kind
    return found


PEOPLE = ("closed_by", "declared_by", "annulled_by", "early_close_requested_by", "annul_requested_by")


def name_people(ballot: Ballot) -> None:
    """Read those who acted on the ballot, in one statement; none where nobody has yet."""
    keys = {role: getattr(ballot, f"{role}_id") for role in PEOPLE if getattr(ballot, f"{role}_id")}
    people = User.objects.in_bulk(set(keys.values()))
    for role, key in keys.items():
        setattr(ballot, role, people[key])


def find_neighbours(ballot: Ballot) -> None:
    """Read the ballots this one repeats or continues, and those that do so with it, where there may be any."""
    goes_on = ballot.outcome in stages.GOES_ON or (ballot.outcome in stages.ONCE_MORE and ballot.number > 1)
    if not (ballot.repeats_id or ballot.continues_id or goes_on or ballot.state == BallotState.ANNULLED):
        return
    mine = Q(pk__in=[key for key in (ballot.repeats_id, ballot.continues_id) if key])
    followers = Q(continues=ballot.pk) & ~Q(state=BallotState.ANNULLED)
    for other in Ballot.objects.filter(mine | Q(repeats=ballot.pk) | followers).order_by():
        if other.pk == ballot.repeats_id:
            ballot.repeats = other
        elif other.pk == ballot.continues_id:
            ballot.continues = other
        elif other.continues_id == ballot.pk:
            ballot.follower = other
        else:
            other.repeats = ballot  # sets `repeated_by` of this one


def meeting_after(user: User, ballot: Ballot) -> AgendaItem | None:
    """The item of a meeting to which the matter of a stopped circular ballot went."""
    taken = Q(stopped_ballot=ballot.pk)
    if ballot.referral_id is not None:
        taken |= Q(referral=ballot.referral_id, meeting__starts_at__gt=ballot.closed_at)
    items = AgendaItem.objects.visible_to(user).filter(taken).exclude(meeting__state=MeetingState.CANCELLED)
    return items.select_related("meeting__partnership").order_by("meeting__starts_at").first()


@dataclass(frozen=True)
class Agreement:
    """How many agree to deciding without a meeting, and how many must."""

    given: int
    needed: int

    @property
    def sentence(self) -> str:
        """Both numbers in a sentence."""
        return _("Mit dem Umlauf einverstanden: %(given)s, nötig: %(needed)s") % {
            "given": self.given,
            "needed": self.needed,
        }


def agreement_of(ballot: Ballot, electorate: int) -> Agreement | None:
    """How far the agreement has come while the ballot runs; None where nobody asks for it."""
    if not ballots.may_consent(ballot):
        return None
    return Agreement(consenting.consents(ballot), ballot.rules.circular.consent.needed(electorate))


def warnings_of(ballot: Ballot) -> list[str]:
    """What somebody who votes in a circular ballot must not overlook."""
    rules = rules_for(ballot) if ballot.way == BallotWay.CIRCULAR else None
    return [say(sentence) for sentence in circular.warnings(rules)] if rules is not None else []


@dataclass
class Seat:
    """One partner the reader may act for in this ballot: what it has cast, and the form to cast or change it."""

    entry: RollEntry
    kind: Kind
    vote: Vote | None
    form: VoteForm | PaperForm | None = None
    # Of a secret ballot all there is to tell.
    took_part: bool = False
    refusal: str = ""

    @property
    def kind_label(self) -> Any:
        """Vertretung, Stellvertretung or Stimmrechtsübertragung."""
        return Capacity(self.kind.value).label

    @property
    def is_deputys_vote(self) -> bool:
        """Whether the vote that counts was cast by the deputy, and the reader is the delegate."""
        return self.vote is not None and self.vote.capacity == Capacity.DEPUTY and self.kind is Kind.DELEGATE

    @property
    def is_holders_vote(self) -> bool:
        """Whether the vote that counts was cast by the holder of a proxy, and the reader is of the partner itself."""
        return self.vote is not None and self.vote.capacity == Capacity.PROXY and self.kind is not Kind.PROXY


def is_past_deadline(ballot: Ballot) -> bool:
    """Closed in truth, although no job has tidied up yet."""
    return ballot.state == BallotState.OPEN and ballot.deadline_at is not None and clock.now() >= ballot.deadline_at


def latest_of(votes: Iterable[Vote]) -> dict[UUID, Vote]:
    """The vote that counts for each partner, out of rows in rising revision."""
    return {vote.partner_id: vote for vote in votes}


def votes_of(ballot: Ballot, partners: Iterable[UUID]) -> dict[UUID, Vote]:
    """The votes that count of some partners, with who cast them."""
    votes = latest_of(_votes(ballot=ballot.pk, partners=frozenset(partners)))
    for vote in votes.values():
        vote.ballot = ballot  # shares its options, so that no vote asks for them
    return votes


@Prepared
def _votes(ballot: UUID, partners: frozenset[UUID]) -> QuerySet[Vote]:
    votes = Vote.objects.filter(ballot=ballot, partner__in=partners).select_related("cast_by", "reservation")
    return votes.order_by("revision")


@Prepared
def _entries(ballot: UUID, partners: frozenset[UUID]) -> QuerySet[RollEntry]:
    mine = Q(partner__in=partners) | Q(voted_by__in=partners)
    return RollEntry.objects.filter(mine, ballot=ballot).order_by("partner_name", "id")


def seats_of(user: User, ballot: Ballot, tried: Any = None) -> list[Seat]:
    """Every partner the reader may act for, in two statements; `tried` keeps what was chosen and refused."""
    mandates = mandates_of(user, ballot.committee_id)
    if not mandates or ballot.state == BallotState.DRAFT:
        return []
    entries = _entries(ballot=ballot.pk, partners=frozenset(mandates))
    if ballot.form == BallotForm.SECRET:
        return _secret_seats(user, ballot, entries, mandates, tried)
    votes = votes_of(ballot, [entry.partner_id for entry in entries])
    return [seat_of(user, ballot, entry, mandates, votes, tried) for entry in entries]


def _secret_seats(
    user: User, ballot: Ballot, entries: Iterable[RollEntry], mandates: dict[UUID, Kind], tried: Any
) -> list[Seat]:
    entries = list(entries)
    took_part = secret.has_taken_part(ballot, [entry.partner_id for entry in entries])
    seats = []
    for entry in entries:
        seat = seat_of(user, ballot, entry, mandates, {}, tried)
        if entry.partner_id in took_part:
            seat.took_part, seat.form, seat.refusal = True, None, _("Die Teilnahme dieses Partners ist schon erfasst.")
        seats.append(seat)
    return seats


def seat_of(
    user: User,
    ballot: Ballot,
    entry: RollEntry,
    mandates: dict[UUID, Kind],
    votes: dict[UUID, Vote],
    tried: Any = None,
) -> Seat:
    """One seat; the same rules are asked again under the lock when the vote is cast."""
    vote = votes.get(entry.partner_id)
    rules = ballot.rules.proxies
    is_own = entry.partner_id in mandates and (entry.voted_by_id not in mandates or rules.is_giver_first)
    seat = Seat(entry, mandates[entry.partner_id] if is_own else Kind.PROXY, vote)
    today, me = clock.today(), str(user.pk)
    decision = may_cast(
        Facts(
            person=me,
            partner=str(entry.partner_id),
            on=today,
            at=clock.now(),
            mandates=tuple(Mandate(me, str(partner), kind, today) for partner, kind in mandates.items()),
            ballot_state=ballot.state,
            deadline=ballot.deadline_at,
            is_on_roll=True,
            is_excluded=entry.is_excluded,
            is_change_allowed=ballot.rules.is_change_allowed,
            earlier=Earlier(str(vote.cast_by_id), KIND_OF.get(vote.capacity, Kind.DELEGATE)) if vote else None,
            voted_by=str(entry.voted_by_id) if entry.voted_by_id else None,
            is_giver_first=rules.is_giver_first,
        )
    )
    if not isinstance(decision, Eligible):
        seat.refusal = say(decision.reason)
    elif entry.mark:
        seat.refusal = _("Dieser Partner hat heute kein Stimmrecht mehr; für ihn kann niemand mehr abstimmen.")
    elif ballot.form == BallotForm.SHOW_OF_HANDS:
        seat.refusal = _("Hier wird mit Handzeichen abgestimmt; das Ergebnis wird erfasst.")
    else:
        chosen = tried if tried and tried.get("partner") == str(entry.partner_id) else None
        seat.form = _form_of(ballot, entry, vote, chosen)
    return seat


def _form_of(ballot: Ballot, entry: RollEntry, vote: Vote | None, tried: Any) -> VoteForm | PaperForm:
    """The paper for one partner, marked as it was cast, or as it was tried and refused."""
    auto_id, action = f"id_{entry.partner_id.hex}_%s", url_of(ballot, "ballot_vote")
    marking = _tried_marking(tried) or (vote.choice if vote else "")
    if ballot.has_options:
        return PaperForm(
            initial={"partner": entry.partner_id}, auto_id=auto_id, ballot=ballot, action=action, marking=marking
        )
    return VoteForm(
        initial={
            "partner": entry.partner_id,
            "choice": marking,
            "council": tried.get("council", "") if tried else "",
            "statement": tried.get("statement", "") if tried else (vote.statement if vote else ""),
        },
        auto_id=auto_id,
        rules=ballot.own_rules,
        way=ballot.way,
        action=action,
        is_secret=ballot.form == BallotForm.SECRET,
    )


def _tried_marking(sent: Any) -> str:
    """What was sent and refused, as far as it says one thing."""
    try:
        return marking_of(sent) if sent else ""
    except ValidationError:
        return ""


@dataclass(frozen=True)
class Turnout:
    """How far an open ballot has come, and the version of it that a browser may hold."""

    ballot: Ballot
    # None: not for this reader.
    voted: int | None
    electorate: int
    tally: dict[str, int] | None
    is_closed: bool
    objections: int = 0
    # The same in votes, where partners have unequal votes.
    votes: int | None = None
    all_votes: int | None = None

    @property
    def etag(self) -> str:
        """From numbers and state, never from the rendered page (performance.md)."""
        tally = "-".join(str(number) for number in (self.tally or {}).values())
        return f"{self.ballot.state}-{int(self.is_closed)}-{self.voted}-{self.electorate}-{tally}"

    @property
    def chart(self) -> charts.Chart | None:
        """The tally so far of a ballot with options."""
        if self.tally is None or not self.ballot.has_options:
            return None
        named = elections.votes_by_option(BallotKind(self.ballot.kind), self.tally, len(self.ballot.titles))
        rest = buckets(self.tally)
        return charts.bars(
            _("Zwischenstand"),
            [
                *((self.ballot.titles[place], votes) for place, votes in named.items()),
                *_rest(rest["no"], rest["abstain"]),
            ],
            key="stand",
            label_head=_("Möglichkeit"),
            value_head=_("Stimmen"),
        )

    @property
    def sentence(self) -> str:
        """How many have voted, in a sentence."""
        if self.all_votes is not None:
            return _("%(voted)s von %(all)s Partnern haben abgestimmt, mit %(votes)s von %(all_votes)s Stimmen") % {
                "voted": self.voted,
                "all": self.electorate,
                "votes": self.votes,
                "all_votes": self.all_votes,
            }
        return ngettext(
            "%(voted)s von %(all)s Partnern hat abgestimmt",
            "%(voted)s von %(all)s Partnern haben abgestimmt",
            self.voted or 0,
        ) % {"voted": self.voted, "all": self.electorate}


def turnout_of(ballot: Ballot, *, is_conductor: bool) -> Turnout:
    """Turnout of an open ballot, and the running tally where the rules let it be seen."""
    numbers = counting.participation(ballot)
    return Turnout(
        ballot=ballot,
        voted=numbers["voted"] if secret.shows_total(ballot, is_conductor=is_conductor) else None,
        electorate=numbers["electorate"],
        tally=counting.running_tally(ballot) if ballot.rules.is_tally_visible else None,
        is_closed=ballot.state != BallotState.OPEN or is_past_deadline(ballot),
        objections=numbers["objections"],
        votes=numbers.get("votes"),
        all_votes=numbers.get("all_votes"),
    )


def _rest(against: int, abstained: int) -> list[tuple[str, int]]:
    return [(_("gegen alle"), against), (_("Enthaltung"), abstained)]


def chart_of(result: elections.Result) -> charts.Chart:
    """The votes of each option, against all, abstentions and missing votes as bars with a table."""
    count = result.count
    return charts.bars(
        _("Stimmen"),
        [
            *((row.title, row.votes) for row in result.table),
            *_rest(count.no, count.abstained),
            (_("nicht abgestimmt"), count.missing),
            *([(_("befangen"), count.excluded)] if count.excluded else []),
        ],
        key="ergebnis-stimmen",
        label_head=_("Möglichkeit"),
        value_head=_("Stimmen"),
    )


@dataclass(frozen=True)
class Result:
    """The stored result of a ballot: counts, verdict and reasons; nothing is counted anew."""

    ballot: Ballot

    @cached_property
    def verdict(self) -> Verdict:
        """As stored at closing."""
        assert self.ballot.verdict is not None
        return Verdict.from_data(self.ballot.verdict)

    @property
    def count(self) -> Count:
        """As stored at closing."""
        return self.verdict.count

    @cached_property
    def options(self) -> elections.Result | None:
        """Which options were chosen, and the votes of each; None for a motion."""
        return self.ballot.result_of_options

    @property
    def chart(self) -> charts.Chart | None:
        """The votes of each option; None for a motion."""
        return chart_of(self.options) if self.options else None

    @property
    def conditions(self) -> list[tuple[Condition, str]]:
        """Every condition with its sentence in the reader's language."""
        return [(condition, say(condition.sentence)) for condition in self.verdict.conditions]

    @property
    def is_adopted(self) -> bool:
        return self.verdict.outcome is Outcome.ADOPTED

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        if counting.awaits_chair(self.ballot):
            return _("Stimmengleichheit: Der Vorsitz entscheidet.")
        if self.verdict.outcome is Outcome.STOPPED:
            return _("Der Umlauf ist ohne Ergebnis beendet: %(reason)s") % {"reason": self.ballot.ended_reason}
        if self.options is not None:
            return say(self.options.sentence)
        return say(OUTCOMES[self.verdict.outcome])

    @property
    def tone(self) -> str:
        """How the outcome looks."""
        return {Outcome.ADOPTED: "success", Outcome.REJECTED: "danger"}.get(self.verdict.outcome, "warning")


def outcome_of(ballot: Ballot) -> str:
    """How it ended, in one sentence; empty while it runs, and when it was annulled."""
    has_result = ballot.state in (BallotState.CLOSED, BallotState.DECLARED) and ballot.verdict
    return Result(ballot).sentence if has_result else ""


@dataclass
class Line:
    """One line of the roll call."""

    entry: RollEntry
    vote: Vote | None
    took_part: bool = False


class RollPaginator(Paginator):
    """Pages of a roll whose length is known from opening; nothing is counted."""

    def __init__(self, rows: QuerySet[RollEntry], size: int) -> None:
        super().__init__(rows, ROLL_PAGE)
        self.size = size

    @property
    def count(self) -> int:
        return self.size


def roll_page(ballot: Ballot, number: Any) -> Any:
    """One page of the roll with the votes of the partners on it: two statements, whatever its length."""
    rows = RollEntry.objects.filter(ballot=ballot).select_related("voted_by").order_by("partner_name", "id")
    page = RollPaginator(rows, ballot.roll_size).get_page(number)
    entries = list(page.object_list)
    partners = [entry.partner_id for entry in entries]
    if ballot.form == BallotForm.SECRET:
        took_part = secret.has_taken_part(ballot, partners) if ballot.state == BallotState.DECLARED else set()
        page.object_list = [Line(entry, None, entry.partner_id in took_part) for entry in entries]
        return page
    votes = votes_of(ballot, partners)
    page.object_list = [Line(entry, votes.get(entry.partner_id)) for entry in entries]
    return page


def facts_of(ballot: Ballot) -> list[tuple[Any, Any]]:
    """Term and value, for the list of particulars."""
    facts: list[tuple[Any, Any]] = [
        (_("Gremium"), ballot.committee),
        (_("Verfahren"), ballot.get_way_display()),
        (_("Form"), ballot.get_form_display()),
    ]
    if ballot.has_options:
        facts.append((_("Stimmzettel"), ballot.get_kind_display()))
    if ballot.posts > 1:
        facts.append((_("Zu besetzende Plätze"), ballot.posts))
    if ballot.number > 1:
        facts.append((_("Wahlgang"), ballot.number))
    if ballot.secrecy:
        facts.append((_("Geheimhaltung"), ballot.get_secrecy_display()))
    if ballot.meeting is not None:
        facts.append((_("Sitzung"), format_html('<a href="{}">{}</a>', meeting_url_of(ballot), ballot.meeting)))
    if ballot.deadline_at is not None:
        facts.append((_("Frist"), say(deadline_words(ballot.deadline_at))))
    if ballot.state != BallotState.DRAFT:
        facts.append((_("Stimmberechtigte Partner"), ballot.roll_size))
    if ballot.rule_set is not None:
        facts.append((_("Verfahrensregeln"), _rules_link(ballot)))
    if ballot.matter is not None:
        facts.insert(1, (_("Art der Angelegenheit"), ballot.matter))
    return facts


def _rules_link(ballot: Ballot) -> Any:
    """The version a ballot was opened under, leading to its words."""
    assert ballot.rule_set is not None
    address = reverse("committees:rule_set_detail", kwargs={"slug": ballot.partnership.slug, "pk": ballot.committee_id})
    words = _("Fassung %(version)s") % {"version": ballot.rule_set.version}
    return format_html('<a href="{}?fassung={}">{}</a>', address, ballot.rule_set.version, words)


def effect_of(ballot: Ballot, marking: str, partner: UUID) -> str:
    """What this marking of this partner does under the rules of the ballot; they may name the partner."""
    if ballot.has_options:
        effects = _paper_effects(ballot)
        return say(effects.get(marking) or effects["yes"])
    effects_here = describe.choice_effects(ballot.own_rules, ballot.way, partner=str(partner))
    return say(effects_here[RuleChoice(marking)])


@lru_cache(maxsize=256)
def _effects(rules: Rules, way: str, _language: str) -> tuple[tuple[str, str], ...]:
    effects = describe.choice_effects(rules, way)
    lines = [(str(Choice(choice.value).label), say(sentence)) for choice, sentence in effects.items()]
    return (*lines, (_("Keine Stimme"), say(describe.missing_effect(rules, way))))


@lru_cache(maxsize=256)
def _sentences(rules: Rules, _language: str) -> tuple[str, ...]:
    return tuple(say(sentence) for sentence in describe.describe(rules))


def _paper_effects(ballot: Ballot) -> dict[str, Any]:
    """What each marking of a paper with options does."""
    kind, number = BallotKind(ballot.kind), ballot.number
    return dict(elections.choice_effects(ballot.own_rules, kind, posts=ballot.posts, way=ballot.way, number=number))


def effects_of(ballot: Ballot) -> tuple[tuple[str, str], ...]:
    """What each choice does under these rules, and what happens without one."""
    if ballot.has_options:
        found = _paper_effects(ballot)
        lines: list[tuple[str, str]] = [(_("Ihre Wahl"), say(found.pop("yes")))]
        lines += [(say(spell(value, ballot.titles)).capitalize(), say(sentence)) for value, sentence in found.items()]
        return (*lines, (_("Keine Stimme"), _("Eine fehlende Stimme gilt als nicht abgegeben.")))
    return _effects(ballot.own_rules, ballot.way, get_language())


def rules_of(ballot: Ballot) -> tuple[str, ...]:
    """The frozen rules, sentence by sentence."""
    return _sentences(ballot.rules, get_language())


def can_object(ballot: Ballot) -> bool:
    """Whether the circular procedure may be objected to now."""
    return (
        ballot.state == BallotState.OPEN
        and ballot.way == BallotWay.CIRCULAR
        and ballot.rules.circular.objections_to_stop is not None
        and not is_past_deadline(ballot)
    )


def proxies_of(user: User, subject: Meeting | Ballot) -> dict[str, Any]:
    """What the page of a meeting or ballot shows about proxies; nothing where the rules know none."""
    rules = proxies.rules_for(subject)
    if rules is None or rules.proxies.kind is ProxyKind.NONE:
        return {}
    mine = mandates_of(user, subject.committee_id)
    name = "proxy_for_meeting" if isinstance(subject, Meeting) else "proxy_for_ballot"
    return {
        "proxies": proxies.of(subject),
        "my_partners": mine,
        "may_grant": bool(mine) and proxies.is_in_time(subject),
        "grant_url": reverse(f"committees:{name}", kwargs={"slug": subject.partnership.slug, "pk": subject.pk}),
    }


def may_be_block(ballot: Ballot) -> bool:
    """Whether the ballot can be, or is, about several items."""
    return (
        ballot.kind == BallotKind.MOTION
        and ballot.way == BallotWay.MEETING
        and ballot.referral_id is None
        and ballot.amendment_id is None
        and not ballot.is_opinion
    )


def block_of(user: User, ballot: Ballot) -> dict[str, Any]:
    """The items of a block as the page of its ballot shows them; nothing where it is none."""
    if not may_be_block(ballot):
        return {}
    rows = list(ballot.block.select_related("referral__motion", "agenda_item", "taken_out_for").order_by("position"))
    if not rows:
        return {}
    for row in rows:
        row.referral.motion.partnership = ballot.partnership
    entries: dict[str, Resolution] = {}
    if ballot.state == BallotState.DECLARED:
        entries = {entry.title: entry for entry in Resolution.objects.filter(ballot=ballot).order_by("position")}
    mine: list[Partner] = []
    if ballot.state == BallotState.DRAFT:
        mine = list(Partner.objects.filter(pk__in=mandates_of(user, ballot.committee_id)).order_by("number"))
    return {"block_items": [{"row": row, "entry": entries.get(row.title)} for row in rows], "breaking_partners": mine}
