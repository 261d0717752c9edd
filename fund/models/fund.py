"""The development fund and its accounts."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committees.models import Resolution
from fund.enums import AccountKind, MeasureState, PledgeState
from fund.rules import ledger
from fund.visibility import books_partnership_ids
from membership.models import Partner
from partnership.access import Person, ties
from partnership.enums import role_permissions
from partnership.models import Entity, Partnership


class FundQuerySet(models.QuerySet["Fund"]):
    def visible_to(self, user: Person) -> "FundQuerySet":
        """Funds of the partnerships this person belongs to."""
        return self.filter(partnership__in=Partnership.objects.visible_to(user))


class Fund(Entity):
    """A pot of voluntary contributions with a bound purpose, created by a resolution."""

    partnership = models.OneToOneField(
        Partnership, on_delete=models.PROTECT, related_name="fund", verbose_name=_("Partnerschaft")
    )
    name = models.CharField(_("Name"), max_length=200)
    purpose = models.TextField(_("Zweck"))
    created_by_resolution = models.ForeignKey(
        Resolution,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("errichtet durch Beschluss"),
    )
    created_at = models.DateTimeField(_("angelegt"), auto_now_add=True)

    objects = FundQuerySet.as_manager()

    class Meta:
        verbose_name = _("Fonds")
        verbose_name_plural = _("Fonds")
        ordering = ("partnership",)
        permissions = role_permissions("fund.fund")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("fund:fund_detail", kwargs={"slug": self.partnership.slug})


class MeasureQuerySet(models.QuerySet["Measure"]):
    def visible_to(self, user: Person) -> "MeasureQuerySet":
        """Measures of the funds this person may see."""
        return self.filter(fund__in=Fund.objects.visible_to(user))


class Measure(Entity):
    """Something the fund pays for; approved by a resolution, paid up to its budget."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="measures", verbose_name=_("Fonds"))
    title = models.CharField(_("Titel"), max_length=200)
    description = models.TextField(_("Beschreibung"), blank=True)
    budget = models.DecimalField(_("Kosten in Euro"), max_digits=15, decimal_places=2)
    state = models.CharField(_("Stand"), max_length=10, choices=MeasureState, default=MeasureState.PROPOSED)
    resolution = models.ForeignKey(
        Resolution,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measures",
        verbose_name=_("Beschluss"),
    )
    created_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("angelegt von"),
    )
    created_at = models.DateTimeField(_("angelegt"))

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("Maßnahme")
        verbose_name_plural = _("Maßnahmen")
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                name="measure_budget_positive",
                condition=Q(budget__gt=0),
                violation_error_message=_("Der Betrag muss größer als null sein."),
            ),
            models.CheckConstraint(
                name="measure_approved_by_resolution",
                condition=~Q(state__in=("approved", "done")) | Q(resolution__isnull=False),
                violation_error_message=_("Eine Maßnahme wird nur durch einen Beschluss bewilligt."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def partnership(self) -> Partnership:
        """The partnership whose fund pays."""
        return self.fund.partnership

    def get_absolute_url(self) -> str:
        return reverse("fund:measure_detail", kwargs={"slug": self.partnership.slug, "pk": self.pk})


class PledgeQuerySet(models.QuerySet["Pledge"]):
    def visible_to(self, user: Person) -> "PledgeQuerySet":
        """All pledges for those who read the books; else those of partners the person acts for."""
        return self.filter(
            Q(fund__partnership__in=books_partnership_ids(user)) | Q(partner__in=ties(user).partner_ids),
            fund__partnership__in=ties(user).partnership_ids,
        )


class Pledge(Entity):
    """What a partner promises of its own will for one year; the partner sets the amount."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="pledges", verbose_name=_("Fonds"))
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="pledges", verbose_name=_("Partner"))
    year = models.PositiveSmallIntegerField(_("Jahr"))
    amount = models.DecimalField(_("Betrag in Euro"), max_digits=15, decimal_places=2)
    state = models.CharField(_("Stand"), max_length=10, choices=PledgeState, default=PledgeState.PLEDGED)
    is_named = models.BooleanField(
        _("öffentlich nennen"),
        default=True,
        help_text=_("Ohne Haken bleibt der Partner in der Öffentlichkeit ungenannt."),
    )
    pledged_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("zugesagt von"),
    )
    pledged_at = models.DateTimeField(_("zugesagt"))
    withdrawn_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("zurückgezogen von"),
    )
    withdrawn_at = models.DateTimeField(_("zurückgezogen"), null=True, blank=True)

    objects = PledgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Zusage")
        verbose_name_plural = _("Zusagen")
        ordering = ("-year", "partner__number")
        constraints = [
            models.UniqueConstraint(
                fields=("fund", "partner", "year"),
                condition=Q(state="pledged"),
                name="pledge_once_a_year",
                violation_error_message=_("Für dieses Jahr liegt bereits eine Zusage vor."),
            ),
            models.CheckConstraint(
                name="pledge_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("Der Betrag muss größer als null sein."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.year}"

    @property
    def partnership(self) -> Partnership:
        """The partnership whose fund is promised money."""
        return self.fund.partnership


class Account(models.Model):
    """One account of a fund's ledger. `balance` is what the postings add up to, kept on the locked row."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="accounts", verbose_name=_("Fonds"))
    kind = models.CharField(_("Art"), max_length=14, choices=AccountKind)
    measure = models.OneToOneField(
        Measure,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="account",
        verbose_name=_("Maßnahme"),
    )
    balance = models.DecimalField(_("Saldo"), max_digits=18, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("Konto")
        verbose_name_plural = _("Konten")
        ordering = ("fund", "kind")
        constraints = [
            models.UniqueConstraint(
                fields=("fund", "kind"), condition=Q(measure__isnull=True), name="account_one_of_a_kind"
            ),
            models.CheckConstraint(
                name="account_measure_named",
                condition=Q(kind="measure", measure__isnull=False) | ~Q(kind="measure") & Q(measure__isnull=True),
            ),
            models.CheckConstraint(
                name="account_not_overdrawn",
                condition=Q(balance__gte=0),
                violation_error_message=_("So viel Geld ist im Fonds nicht vorhanden."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} „{self.measure}“" if self.measure else str(self.get_kind_display())

    @property
    def key(self) -> str:
        """The name of the account in `rules.ledger`."""
        return ledger.measure_account(self.measure_id) if self.kind == AccountKind.MEASURE else self.kind


class PostingQuerySet(models.QuerySet["Posting"]):
    def visible_to(self, user: Person) -> "PostingQuerySet":
        """Postings for those who read the books."""
        return self.filter(fund__partnership__in=books_partnership_ids(user))


class Posting(models.Model):
    """An entry of the ledger: debit and credit with one amount, so it balances by construction.

    Never changed or deleted; a mistake is reversed by another posting (decisions.md 4). Numbers have no gaps.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="postings", verbose_name=_("Fonds"))
    number = models.PositiveIntegerField(_("Nummer"))
    booked_on = models.DateField(_("Buchungstag"))
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits", verbose_name=_("Soll"))
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits", verbose_name=_("Haben"))
    amount = models.DecimalField(_("Betrag in Euro"), max_digits=15, decimal_places=2)
    # The money there is after this posting, written under the lock: lists show it without adding up, replay checks it.
    bank_after = models.DecimalField(_("Bestand danach"), max_digits=18, decimal_places=2)
    text = models.CharField(_("Buchungstext"), max_length=300)
    reference = models.CharField(_("Beleg"), max_length=100, blank=True)
    pledge = models.ForeignKey(
        Pledge,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="postings",
        verbose_name=_("Zusage"),
    )
    measure = models.ForeignKey(
        Measure,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="postings",
        verbose_name=_("Maßnahme"),
    )
    reverses = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversed_by",
        verbose_name=_("storniert"),
    )
    idempotency_key = models.UUIDField(unique=True, editable=False)
    booked_by = models.ForeignKey(
        "partnership.User",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("gebucht von"),
    )
    booked_at = models.DateTimeField(_("gebucht"))

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Buchung")
        verbose_name_plural = _("Buchungen")
        ordering = ("fund", "-number")
        constraints = [
            models.UniqueConstraint(fields=("fund", "number"), name="posting_number"),
            models.CheckConstraint(
                name="posting_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("Der Betrag muss größer als null sein."),
            ),
            models.CheckConstraint(name="posting_two_accounts", condition=~Q(debit=models.F("credit"))),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.text}"

    @property
    def partnership(self) -> Partnership:
        """The partnership whose fund this is about."""
        return self.fund.partnership

    @property
    def is_reversible(self) -> bool:
        """Whether this is a payment, in or out, that is no reversal itself."""
        return self.reverses_id is None and AccountKind.BANK in (self.debit.kind, self.credit.kind)
