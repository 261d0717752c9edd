"""Secret ballots: papers that belong to nobody, and who keeps the urn shut (reliability.md 4.3)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from committees.models.ballot import Ballot
from committees.rules.papers import LONGEST
from membership.models import Partner

TELLERS = 2


class BallotPaper(models.Model):
    """One paper of a secret ballot: what stands on it, in a sealed one encrypted until it is counted.

    Nothing else may ever stand here: no partner, person, time, address or number in order. The rows are never
    changed; the sealing routine (`committees.sealing`) alone writes them anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ballot = models.ForeignKey(Ballot, on_delete=models.PROTECT, related_name="papers")
    marking = models.CharField(max_length=LONGEST, blank=True)
    ciphertext = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("Stimmzettel")
        verbose_name_plural = _("Stimmzettel")
        constraints = [
            models.CheckConstraint(
                name="paper_open_or_sealed",
                condition=(~Q(marking="") & Q(ciphertext__isnull=True)) | (Q(marking="") & Q(ciphertext__isnull=False)),
            )
        ]

    def __str__(self) -> str:
        return str(_("Stimmzettel"))


class Sealing(models.Model):
    """Stands only inside the transaction of the sealing routine; what the database checks before a paper moves."""

    ballot = models.OneToOneField(Ballot, primary_key=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Versiegelung")
        verbose_name_plural = _("Versiegelungen")

    def __str__(self) -> str:
        return str(self.ballot_id)


class Teller(models.Model):
    """One of the two persons without whom the urn of a sealed ballot stays shut.

    The public key is here; the private one lies in a file outside of the database, locked by the person's
    passphrase (`committees.services.ballots.strongbox`).
    """

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.CASCADE,
        related_name="tellers",
        db_index=False,  # the unique constraints begin with it
        verbose_name=_("Abstimmung"),
    )
    person = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("Person"))
    position = models.PositiveSmallIntegerField()
    public_key = models.BinaryField(default=bytes)
    has_opened = models.BooleanField(_("hat geöffnet"), default=False)

    class Meta:
        verbose_name = _("Zählende Person")
        verbose_name_plural = _("Zählende Personen")
        ordering = ("ballot", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("ballot", "person"),
                name="teller_once",
                violation_error_message=_("Es müssen zwei verschiedene Personen sein."),
            ),
            models.UniqueConstraint(fields=("ballot", "position"), name="teller_position"),
            models.CheckConstraint(name="teller_of_two", condition=Q(position__in=(1, TELLERS))),
        ]

    def __str__(self) -> str:
        return f"{self.person}"

    @property
    def has_passphrase(self) -> bool:
        return bool(self.public_key)


class SecrecyDemand(models.Model):
    """A partner demands that this ballot be secret; the rules say how many must."""

    ballot = models.ForeignKey(
        Ballot,
        on_delete=models.CASCADE,
        related_name="demands",
        db_index=False,  # the unique constraint begins with it
        verbose_name=_("Abstimmung"),
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", verbose_name=_("Partner"))
    person = models.ForeignKey("partnership.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("Person"))

    class Meta:
        verbose_name = _("Verlangen nach geheimer Abstimmung")
        verbose_name_plural = _("Verlangen nach geheimer Abstimmung")
        constraints = [models.UniqueConstraint(fields=("ballot", "partner"), name="demand_once")]

    def __str__(self) -> str:
        return f"{self.partner}"
