"""Ballots: one vote taken. The partner has the vote, a person casts it."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from committees.enums import (
    BallotForm,
    BallotKind,
    BallotState,
    BallotWay,
    Capacity,
    Choice,
    CloseCause,
    MeetingState,
    SecrecyLevel,
)
from committees.models.committee import Committee
from committees.models.meeting import AgendaItem, Meeting
from committees.models.motion import Referral
from committees.models.rule_set import Matter, RuleSet
from committees.rules.elections import Result, has_options
from committees.rules.papers import LONGEST, spell
from committees.rules.rule_set import Rules
from committees.visibility import confidential_committee_ids, office_partnership_ids, preparing_committee_ids
from membership.models import Partner
from partnership.access import Person, ties
from partnership.models import Entity, Partnership

if TYPE_CHECKING:
    from committees.models.option import Option


class BallotQuerySet(models.QuerySet["Ballot"]):
    def visible_to(self, user: Person) -> "BallotQuerySet":
        """Ballots of the person's partnerships; confidential ones to the committee.

        Drafts to those who conduct, and to the committee in a running meeting, as it may demand that it be secret;
        elections that wait for nominations, and blocks that anybody may break up, to all.
        """
        from committees.models.block import BlockItem

        held = ties(user)
        office = Q(partnership__in=office_partnership_ids(held))
        there = Q(meeting__state=MeetingState.RUNNING, committee__in=confidential_committee_ids(held))
        blocks = BlockItem.objects.values("ballot")
        return self.filter(
            office
            | Q(committee__in=preparing_committee_ids(held))
            | there
            | ~Q(state=BallotState.DRAFT)
            | Q(takes_nominations=True)
            | Q(pk__in=blocks),
            office | Q(committee__in=confidential_committee_ids(held)) | Q(is_confidential=False),
            partnership__in=held.partnership_ids,
        )


class Ballot(Entity):
    """One vote taken: draft → open → closed → declared; stopped, annulled, disputed (domain.md 5).

    Opening freezes roll, rules and text; closing stores counts and verdict; only declaring writes the register.
    """

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="ballots", verbose_name=_("Partnerschaft")
    )
    committee = models.ForeignKey(
        Committee, on_delete=models.PROTECT, related_name="ballots", verbose_name=_("Gremium")
    )
    referral = models.ForeignKey(
        Referral,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ballots",
        verbose_name=_("Beratung"),
    )
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ballots",
        verbose_name=_("Sitzung"),
    )
    agenda_item = models.ForeignKey(
        AgendaItem,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ballots",
        verbose_name=_("TOP"),
    )
    # The change to a motion that this ballot is about, before the one on the motion itself.
    amendment = models.ForeignKey(
        "committees.Amendment",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ballots",
        verbose_name=_("Änderungsantrag"),
    )
    # The kind of matter; the committee may decide it by rules of its own.
    matter = models.ForeignKey(
        Matter,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ballots",
        verbose_name=_("Art der Angelegenheit"),
    )
    kind = models.CharField(_("Art"), max_length=12, choices=BallotKind, default=BallotKind.MOTION)
    # How many can be elected, one by one or by ranking; 1 for everything else.
    posts = models.PositiveSmallIntegerField(_("zu besetzen"), default=1)
    is_opinion = models.BooleanField(
        _("Meinungsbild"), default=False, help_text=_("Bindet niemanden und kommt nicht in das Beschlussregister.")
    )
    # Until it is opened, delegates may propose candidates; everybody who sees ballots sees the draft.
    takes_nominations = models.BooleanField(_("nimmt Wahlvorschläge entgegen"), default=False)
    way = models.CharField(_("Verfahren"), max_length=10, choices=BallotWay)
    form = models.CharField(_("Form"), max_length=14, choices=BallotForm, default=BallotForm.ROLL_CALL)
    secrecy = models.CharField(_("Geheimhaltung"), max_length=10, choices=SecrecyLevel, blank=True)
    title = models.CharField(_("Gegenstand"), max_length=200)
    text = models.TextField(_("Beschlusstext"))
    is_confidential = models.BooleanField(_("vertraulich"), default=False)
    state = models.CharField(_("Stand"), max_length=10, choices=BallotState, default=BallotState.DRAFT)
    deadline_at = models.DateTimeField(_("Frist"), null=True, blank=True)

    # Frozen at opening.
    rule_set = models.ForeignKey(
        RuleSet,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ballots",
        verbose_name=_("Verfahrensregeln"),
    )
    rules_frozen = models.JSONField(null=True, blank=True, editable=False)
    text_hash = models.CharField(_("Prüfsumme des Textes"), max_length=64, blank=True, editable=False)
    roll_size = models.PositiveIntegerField(_("Stimmberechtigte"), default=0, editable=False)
    present_count = models.PositiveIntegerField(_("Anwesende"), null=True, blank=True, editable=False)
    opened_at = models.DateTimeField(_("eröffnet"), null=True, blank=True)
    opened_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("eröffnet von"),
    )

    # Set at closing.
    closed_at = models.DateTimeField(_("geschlossen"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("geschlossen von"),
    )
    close_cause = models.CharField(_("Anlass"), max_length=10, choices=CloseCause, blank=True)
    close_reason = models.CharField(_("Begründung"), max_length=500, blank=True)
    # The early close of a circular ballot: asked for by one person, confirmed by another (decisions.md 7).
    early_close_requested_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("vorzeitiges Ende beantragt von"),
    )
    counts = models.JSONField(null=True, blank=True, editable=False)
    # The numbers of a secret ballot that would tell how somebody voted are shown to nobody.
    is_count_withheld = models.BooleanField(default=False, editable=False)
    verdict = models.JSONField(null=True, blank=True, editable=False)
    outcome = models.CharField(_("Ergebnis"), max_length=12, blank=True, editable=False)
    # How the chair breaks a tie, where the rules give the chair that vote.
    chair_choice = models.CharField(_("Stichentscheid"), max_length=8, choices=Choice, blank=True)

    declared_at = models.DateTimeField(_("festgestellt"), null=True, blank=True)
    declared_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("festgestellt von"),
    )
    ended_reason = models.CharField(_("Grund"), max_length=500, blank=True, help_text=_("Bei Aufhebung oder Anhalten."))
    annulled_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("aufgehoben von"),
    )
    # Where a result is already known, one person asks for the annulment and another confirms it.
    annul_requested_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Aufhebung beantragt von"),
    )
    repeats = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="repeated_by",
        verbose_name=_("wiederholt"),
    )
    # The n-th ballot on the same matter, after one that ended in a tie or without a majority (rules.Stage).
    number = models.PositiveSmallIntegerField(_("Wahlgang"), default=1)
    continues = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="continued_by",
        verbose_name=_("folgt auf den Wahlgang"),
    )
    created_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("angelegt von"),
    )
    created_at = models.DateTimeField(_("angelegt"), auto_now_add=True)

    # The ballot that continues this one, where a page has asked for it.
    follower: "Ballot | None" = None

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("Abstimmung")
        verbose_name_plural = _("Abstimmungen")
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=("partnership", "-created_at"), name="ballot_partnership"),
            models.Index(fields=("deadline_at",), condition=Q(state="open"), name="ballot_due"),
        ]
        constraints = [
            models.CheckConstraint(
                name="ballot_circular_has_deadline",
                condition=~Q(way="circular") | Q(state="draft") | Q(deadline_at__isnull=False),
                violation_error_message=_("Ein Umlaufbeschluss braucht eine Frist."),
            ),
            models.CheckConstraint(
                name="ballot_open_is_frozen",
                condition=Q(state__in=("draft", "annulled"))
                | (Q(rules_frozen__isnull=False) & ~Q(text_hash="") & Q(opened_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="ballot_closed_is_counted",
                condition=~Q(state__in=("closed", "declared"))
                | (Q(counts__isnull=False) & Q(verdict__isnull=False) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="ballot_declared_when",
                condition=~Q(state="declared") | Q(declared_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ballot_posts_of_election",
                condition=Q(posts=1) | (Q(kind__in=("election", "ranking")) & Q(posts__gte=1)),
                violation_error_message=_("Mehrere Plätze gibt es nur bei einer Wahl."),
            ),
            models.CheckConstraint(
                name="ballot_nominations_of_election",
                condition=Q(takes_nominations=False) | Q(kind="election"),
                violation_error_message=_("Wahlvorschläge gibt es nur bei einer Wahl von Personen."),
            ),
            models.CheckConstraint(
                name="ballot_number_continues",
                condition=(Q(number=1) & Q(continues__isnull=True)) | (Q(number__gt=1) & Q(continues__isnull=False)),
            ),
            # One that is annulled is repeated under the same number.
            models.UniqueConstraint(
                fields=("continues",), condition=~Q(state="annulled"), name="ballot_continued_once"
            ),
            models.CheckConstraint(
                name="ballot_on_amendment_or_motion", condition=Q(amendment__isnull=True) | Q(referral__isnull=True)
            ),
            models.CheckConstraint(name="ballot_state_known", condition=Q(state__in=BallotState.values)),
            models.CheckConstraint(
                name="ballot_secrecy_of_secret",
                condition=Q(form="secret", secrecy__in=SecrecyLevel.values) | (~Q(form="secret") & Q(secrecy="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("committees:ballot_detail", kwargs={"slug": self.partnership.slug, "pk": self.pk})

    @property
    def is_sealed(self) -> bool:
        """Whether the papers are encrypted until two tellers open them."""
        return self.secrecy == SecrecyLevel.SEALED

    @cached_property
    def rules(self) -> Rules:
        """The rules as frozen at opening."""
        assert self.rules_frozen is not None
        return Rules.from_data(self.rules_frozen)

    @property
    def own_rules(self) -> Rules:
        """The rules of this very ballot: as frozen, with the stage of its number put in."""
        return self.rules.at_ballot(self.number)

    @property
    def result_of_options(self) -> Result | None:
        """Which options were chosen, as closing stored it; None for a motion, or before."""
        if self.verdict is None or not has_options(self.verdict):
            return None
        return Result.from_data(self.verdict)

    @property
    def has_options(self) -> bool:
        """Whether its paper names options or persons, instead of yes and no."""
        return self.kind != BallotKind.MOTION

    @cached_property
    def paper(self) -> "list[Option]":
        """What stands on the paper, in order; read once, and nothing on a motion."""
        return list(self.options.order_by("position")) if self.has_options else []

    @property
    def titles(self) -> dict[int, str]:
        """The options by their position."""
        return {option.position: option.title for option in self.paper}

    def words(self, marking: str) -> str:
        """A marking of this ballot's paper as people read it."""
        return spell(marking, self.titles).text(get_language())


class RollEntry(models.Model):
    """The frozen electorate: one partner entitled in one ballot, with weight and, where so, its exclusion."""

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.CASCADE,
        related_name="roll",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Abstimmung"),
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    partner_name = models.CharField(_("Partner bei Eröffnung"), max_length=200)
    weight = models.PositiveIntegerField(_("Stimmen"), default=1)
    # What groups and keys of a second condition are measured by, as it was at opening (rules.Also).
    body_type = models.CharField(_("Art der Körperschaft"), max_length=20, blank=True)
    key_value = models.BigIntegerField(_("Anteil nach Schlüssel, in Hunderttausendsteln"), null=True, blank=True)
    # The partner that votes for this one; the entry itself is handed over, so that nobody can vote twice.
    voted_by = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Stimme übertragen an"),
    )
    is_excluded = models.BooleanField(_("befangen"), default=False)
    exclusion_reason = models.CharField(_("Grund der Befangenheit"), max_length=300, blank=True)
    excluded_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("ausgeschlossen von"),
    )
    # A partner that leaves or is suspended during the ballot stays on the roll, marked.
    mark = models.CharField(_("Vermerk"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Stimmberechtigung")
        verbose_name_plural = _("Stimmberechtigungen")
        ordering = ("ballot", "partner_name", "id")
        indexes = [
            models.Index(fields=("ballot", "partner_name", "id"), name="roll_by_name"),
            models.Index(fields=("ballot",), condition=Q(is_excluded=True), name="roll_excluded"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("ballot", "partner"), name="roll_once"),
            models.CheckConstraint(
                name="roll_not_by_itself", condition=Q(voted_by__isnull=True) | ~Q(voted_by=models.F("partner"))
            ),
        ]

    def __str__(self) -> str:
        return self.partner_name


class Participation(models.Model):
    """Partner P has voted in this ballot."""

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.PROTECT,
        related_name="participations",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Abstimmung"),
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    # Of a secret ballot while it is open: the form that is sent twice gets the same answer. Sealing forgets it.
    token_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("Teilnahme")
        verbose_name_plural = _("Teilnahmen")
        constraints = [models.UniqueConstraint(fields=("ballot", "partner"), name="participation_once")]

    def __str__(self) -> str:
        return f"{self.partner}"


class Vote(models.Model):
    """An open vote of a partner. Rows are only added; the highest revision counts.

    `replaced` repeats the choice of the revision before, so that a tally is two GROUP BYs over an
    index: count(choice) − count(replaced).
    """

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.PROTECT,
        related_name="votes",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Abstimmung"),
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    revision = models.PositiveSmallIntegerField(_("Fassung"), default=1)
    # A marking of `rules.papers`: yes, no, abstain, or the options chosen.
    choice = models.CharField(_("Stimme"), max_length=LONGEST)
    # What the partner says to its vote, for the roll call and the register.
    statement = models.CharField(_("Erklärung zur Stimme"), max_length=500, blank=True)
    replaced = models.CharField(_("ersetzte Stimme"), max_length=LONGEST, blank=True)
    cast_by = models.ForeignKey(
        "partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("abgegeben von")
    )
    capacity = models.CharField(_("Eigenschaft"), max_length=10, choices=Capacity)
    cast_at = models.DateTimeField(_("abgegeben"))
    # SHA-256 of the form's token: the same form sent again gets the same confirmation.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("Stimme")
        verbose_name_plural = _("Stimmen")
        ordering = ("ballot", "partner", "revision")
        indexes = [
            models.Index(fields=("ballot", "choice"), name="vote_tally"),
            models.Index(fields=("ballot", "replaced"), condition=~Q(replaced=""), name="vote_tally_replaced"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("ballot", "partner", "revision"), name="vote_revision"),
            models.CheckConstraint(name="vote_is_marked", condition=~Q(choice="")),
            models.CheckConstraint(
                name="vote_first_replaces_nothing",
                condition=(Q(revision=1) & Q(replaced="")) | (Q(revision__gt=1) & ~Q(replaced="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} r{self.revision}"

    @property
    def words(self) -> str:
        """What was voted, as people read it. Votes read through `ballot.votes` share the ballot and its options."""
        words = self.ballot.words(self.choice)
        if "reservation" in self._state.fields_cache and self._state.fields_cache["reservation"] is not None:
            council = self.reservation.council
            return str(_("%(words)s, vorbehaltlich %(council)s") % {"words": words, "council": council})
        return words


class Objection(models.Model):
    """A partner objects to deciding by circular vote; the rules say how many stop it."""

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.PROTECT,
        related_name="objections",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Abstimmung"),
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    person = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("Person"))
    reason = models.CharField(_("Begründung"), max_length=500)
    objected_at = models.DateTimeField(_("eingelegt"))

    class Meta:
        verbose_name = _("Widerspruch")
        verbose_name_plural = _("Widersprüche")
        ordering = ("ballot", "objected_at")
        constraints = [models.UniqueConstraint(fields=("ballot", "partner"), name="objection_once")]

    def __str__(self) -> str:
        return f"{self.partner}"


class LateAnswer(models.Model):
    """A partner answered a circular ballot after its deadline: kept as late, never counted."""

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.PROTECT,
        related_name="late_answers",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Abstimmung"),
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    choice = models.CharField(_("Antwort"), max_length=LONGEST)
    person = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("Person"))
    answered_at = models.DateTimeField(_("eingegangen"))

    class Meta:
        verbose_name = _("verspätete Antwort")
        verbose_name_plural = _("verspätete Antworten")
        ordering = ("ballot", "answered_at")
        constraints = [models.UniqueConstraint(fields=("ballot", "partner"), name="late_answer_once")]

    def __str__(self) -> str:
        return f"{self.partner}"

    @property
    def words(self) -> str:
        """What was answered, as people read it."""
        return self.ballot.words(self.choice)
