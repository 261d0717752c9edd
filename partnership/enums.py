"""States and kinds of the ground."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PartnershipState(TextChoices):
    """Where a partnership stands in its life."""

    FOUNDING = "founding", _("in Gründung")
    ACTIVE = "active", _("aktiv")
    HANDED_OVER = "handed_over", _("Produkt übergeben")
    DISSOLVED = "dissolved", _("aufgelöst")


class Role(TextChoices):
    """What a person can be appointed to; the value is also the codename of guardian's permission."""

    MANAGING_OFFICE = "managing_office", _("Geschäftsführung")
    PRODUCT_MANAGER = "product_manager", _("Produktmanagement")
    CHAIR = "chair", _("Vorsitz")
    DEPUTY_CHAIR = "deputy_chair", _("Stellvertretender Vorsitz")
    SECRETARY = "secretary", _("Schriftführung")
    PARTNER_ADMIN = "partner_admin", _("Partnerverwaltung")
    TREASURER = "treasurer", _("Kassenführung")
    AUDITOR = "auditor", _("Kassenprüfung")


# On what each role is held: model label -> roles. Guardian's permissions stand in those models' Meta.
ROLES_BY_MODEL: dict[str, tuple[Role, ...]] = {
    "partnership.partnership": (Role.MANAGING_OFFICE, Role.PRODUCT_MANAGER),
    "committees.committee": (Role.CHAIR, Role.DEPUTY_CHAIR, Role.SECRETARY),
    "membership.partner": (Role.PARTNER_ADMIN,),
    "fund.fund": (Role.TREASURER, Role.AUDITOR),
}


def role_permissions(label: str) -> list[tuple[str, Any]]:
    """`Meta.permissions` for the model on which these roles are held."""
    return [(role.value, str(role.name)) for role in ROLES_BY_MODEL[label]]


class OutboxState(TextChoices):
    """The fate of one mail to one recipient (reliability.md 4.5)."""

    DUE = "due", _("wartet")
    SENDING = "sending", _("wird gesendet")
    SENT = "sent", _("gesendet")
    DEFERRED = "deferred", _("verzögert, neuer Versuch folgt")
    FAILED = "failed", _("gescheitert")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    HELD = "held", _("angehalten")


class Audience(TextChoices):
    """Who may read a document."""

    PUBLIC = "public", _("öffentlich")
    PARTNERS = "partners", _("Partner")
    COMMITTEE = "committee", _("Gremium")
    OFFICE = "office", _("nur Geschäftsführung")


class Land(TextChoices):
    """The Länder, by ISO 3166-2 without the prefix; holidays and registers differ between them."""

    BW = "BW", _("Baden-Württemberg")
    BY = "BY", _("Bayern")
    BE = "BE", _("Berlin")
    BB = "BB", _("Brandenburg")
    HB = "HB", _("Bremen")
    HH = "HH", _("Hamburg")
    HE = "HE", _("Hessen")
    MV = "MV", _("Mecklenburg-Vorpommern")
    NI = "NI", _("Niedersachsen")
    NW = "NW", _("Nordrhein-Westfalen")
    RP = "RP", _("Rheinland-Pfalz")
    SL = "SL", _("Saarland")
    SN = "SN", _("Sachsen")
    ST = "ST", _("Sachsen-Anhalt")
    SH = "SH", _("Schleswig-Holstein")
    TH = "TH", _("Thüringen")
