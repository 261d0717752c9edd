"""States and kinds of membership."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrganisationKind(TextChoices):
    """Types of legal bodies."""

    FEDERATION = "federation", _("Bund")
    LAND = "land", _("Land")
    DISTRICT = "district", _("Kreis")
    CITY = "city", _("kreisfreie Stadt")
    MUNICIPALITY = "municipality", _("Gemeinde")
    ASSOCIATION = "association", _("Verband")
    AGENCY = "agency", _("AöR/IT-Dienstleister")
    UNIVERSITY = "university", _("Hochschule")
    FOREIGN = "foreign", _("ausländische Körperschaft")
    OTHER = "other", _("Sonstige")


class Stage(TextChoices):
    """Stages of membership from enquiry to last day (domain.md 3)."""

    LEAD = "lead", _("Anfrage")
    ADVISING = "advising", _("Beratung")
    LETTER_OF_INTENT = "letter_of_intent", _("Absichtserklärung")
    APPLIED = "applied", _("Antrag gestellt")
    ADMITTED = "admitted", _("aufgenommen")
    SIGNING = "signing", _("Unterzeichnung")
    ACTIVE = "active", _("Partner")
    NOTICE_GIVEN = "notice_given", _("gekündigt")
    SETTLING = "settling", _("in Abwicklung")
    ENDED = "ended", _("ausgeschieden")
    DEFERRED = "deferred", _("zurückgestellt")
    REJECTED = "rejected", _("abgelehnt")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    LAPSED = "lapsed", _("verfallen")
    EXCLUDED = "excluded", _("ausgeschlossen")


# Stages in which a partner is a member and counts.
MEMBER_STAGES = (Stage.ACTIVE, Stage.NOTICE_GIVEN)


class Fact(TextChoices):
    """The five separate dated facts of a partner; never one flag."""

    STAGE = "stage", _("Mitgliedschaft")
    VOTING_RIGHT = "voting_right", _("Stimmrecht")
    FEE_DUTY = "fee_duty", _("Beitragspflicht")
    FUND_PARTICIPATION = "fund_participation", _("Beteiligung am Entwicklungsfonds")
    SUSPENSION = "suspension", _("Ruhen der Rechte")


class ContactRole(TextChoices):
    """What a contact of a partner is there for."""

    TECHNICAL = "technical", _("Technik")
    FINANCE = "finance", _("Finanzen")
    PRESS = "press", _("Presse")
    GENERAL = "general", _("Allgemein")


class EnquiryKind(TextChoices):
    """What an enquirer is after."""

    JOIN = "join", _("Beitritt")
    SUPPORT = "support", _("kostenpflichtiger Support")
    OTHER = "other", _("Sonstiges")


class EnquiryState(TextChoices):
    """Where an enquiry stands."""

    NEW = "new", _("neu")
    ANSWERED = "answered", _("beantwortet")
    CLOSED = "closed", _("erledigt")
