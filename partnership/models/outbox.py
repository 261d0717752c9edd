"""Mails as rows: written in the transaction that causes them, delivered by the worker."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partnership.access.ties import Person, ties
from partnership.enums import OutboxState, Role
from partnership.models.base import Entity
from partnership.outbox.kinds import is_personal, kind_label


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def visible_to(self, user: Person) -> "OutboxQuerySet":
        """Mails of the partnerships whose office this person is; their bodies are left in the database."""
        offices = ties(user).ids("partnership.partnership", Role.MANAGING_OFFICE)
        return self.filter(partnership__in=offices).defer("mime")

    def about(self, thing: models.Model) -> "OutboxQuerySet":
        """Mails about one meeting, ballot, …"""
        return self.filter(subject_type=thing._meta.label_lower, subject_pk=str(thing.pk))


class OutboxMessage(Entity):
    """One rendered mail to one recipient, and its fate (reliability.md 4.5)."""

    dedup_key = models.CharField(max_length=200, unique=True)
    message_id = models.CharField(_("Message-ID"), max_length=200)
    partnership = models.ForeignKey(
        "partnership.Partnership",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outbox",
        db_index=False,  # "outbox_partnership" begins with it, and every index is written twice for each mail
        verbose_name=_("Partnerschaft"),
    )
    kind = models.CharField(_("Art"), max_length=40)
    # What the mail is about, for the lists on a meeting's or ballot's page.
    subject_type = models.CharField(max_length=60, blank=True)
    subject_pk = models.CharField(max_length=64, blank=True)
    recipient = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Person"),
    )
    to_address = models.EmailField(_("Empfängeradresse"))
    subject = models.CharField(_("Betreff"), max_length=300)
    mime = models.BinaryField(_("Nachricht"))
    state = models.CharField(_("Stand"), max_length=12, choices=OutboxState, default=OutboxState.DUE)
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    created_at = models.DateTimeField(_("angelegt"))
    due_at = models.DateTimeField(_("fällig"))
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(_("gesendet"), null=True, blank=True)
    smtp_code = models.PositiveSmallIntegerField(_("SMTP-Code"), null=True, blank=True)
    last_error = models.CharField(_("Grund"), max_length=500, blank=True)
    # The name of a check in the registry; asked just before sending whether the recipient is still entitled.
    entitlement = models.CharField(max_length=60, blank=True)
    # The life of the installation in which the row was written; a restored copy begins a new one.
    epoch = models.CharField(max_length=36, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("ausgehende Nachricht")
        verbose_name_plural = _("Postausgang")
        ordering = ("-created_at", "id")
        indexes = [
            models.Index(
                fields=("due_at",),
                name="outbox_due",
                condition=Q(state__in=("due", "deferred", "sending")),
            ),
            models.Index(fields=("partnership", "-created_at"), name="outbox_partnership"),
            models.Index(fields=("subject_type", "subject_pk"), name="outbox_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to_address}"

    def get_absolute_url(self) -> str:
        return reverse("partnership:outbox_detail", kwargs={"slug": self.partnership.slug, "pk": self.pk})  # type: ignore[union-attr]

    def get_kind_display(self) -> str:
        """The kind in the reader's words."""
        return kind_label(self.kind)

    @property
    def is_personal(self) -> bool:
        """Whether only the recipient may read it: its link opens their account."""
        return is_personal(self.kind)

    @property
    def can_resend(self) -> bool:
        """Whether a person may put it into the queue once more."""
        return self.state in (OutboxState.FAILED, OutboxState.WITHDRAWN)

    @property
    def can_withdraw(self) -> bool:
        """Whether it can still be stopped."""
        return self.state in (OutboxState.DUE, OutboxState.DEFERRED, OutboxState.HELD)

    @staticmethod
    def new_message_id(domain: str) -> str:
        """A Message-ID that stays the same over every attempt."""
        return f"<{uuid.uuid4()}@{domain}>"


class Epoch(models.Model):
    """One life of the installation, begun at the first start or confirmed by a person after a restore.

    Mails leave only while the youngest row agrees with the file `epoch` in KONVENT_DATA.
    """

    value = models.CharField(max_length=36, unique=True)
    confirmed_at = models.DateTimeField(_("bestätigt"))
    confirmed_by = models.ForeignKey(
        "partnership.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("bestätigt von"),
    )

    class Meta:
        verbose_name = _("Freigabe des Versands")
        verbose_name_plural = _("Freigaben des Versands")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.value


class Heartbeat(models.Model):
    """Work last done by a part of the machinery; `/readyz` goes by this, not by living processes."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Lebenszeichen")
        verbose_name_plural = _("Lebenszeichen")

    def __str__(self) -> str:
        return self.name
