"""Founding a partnership in the portal, and keeping what it says about itself."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from partnership.enums import Role
from partnership.errors import Refusal
from partnership.models import Partnership, User
from partnership.services import appointments, audit

EDITABLE = (
    "name",
    "short_name",
    "state",
    "founded_on",
    "purpose",
    "introduction",
    "benefits",
    "minimum_partners",
    "office_name",
    "office_email",
    "enquiry_email",
    "land",
    "imprint",
    "is_public",
)


class PartnershipRefused(Refusal):
    """The address is taken."""


@transaction.atomic
def found(
    *,
    by: User | None,
    office: User,
    slug: str,
    name: str,
    short_name: str,
    office_email: str,
    founded_on: date | None = None,
    **facts: Any,
) -> Partnership:
    """Set up a partnership with its first managing office. Raises PartnershipRefused."""
    if Partnership.objects.filter(slug=slug).exists():
        raise PartnershipRefused(_("Diese Adresse hat bereits eine andere Partnerschaft."), field="slug")
    partnership = Partnership.objects.create(
        slug=slug, name=name, short_name=short_name, office_email=office_email, founded_on=founded_on, **facts
    )
    audit.record(by=by or office, action="partnership.founded", subject=partnership, partnership=partnership)
    appointments.appoint(by=by or office, person=office, role=Role.MANAGING_OFFICE, subject=partnership)
    return partnership


@transaction.atomic
def update(*, by: User, partnership: Partnership, **facts: Any) -> Partnership:
    """Change what the partnership says about itself; only the fields of `EDITABLE`."""
    changed = {name: value for name, value in facts.items() if name in EDITABLE and getattr(partnership, name) != value}
    for name, value in changed.items():
        setattr(partnership, name, value)
    if changed:
        partnership.save(update_fields=list(changed))
    audit.record(
        by=by, action="partnership.updated", subject=partnership, partnership=partnership, fields=sorted(changed)
    )
    return partnership
