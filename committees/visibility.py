"""What a person's ties open in committees: keys and conditions for the querysets of the models.

Knows ties and states, no model: the querysets build on it, and `queries.py` on the models.
"""

from uuid import UUID

from django.db.models import Q

from partnership.access import Person, Ties, ties
from partnership.enums import Role


def confidential_committee_ids(held: Ties) -> frozenset[UUID]:
    """Committees whose confidential matters the person may read: seats, chairs and secretaries."""
    return held.ids("committees.committee")


def office_partnership_ids(held: Ties) -> frozenset[UUID]:
    """Partnerships whose managing office the person is."""
    return held.ids("partnership.partnership", Role.MANAGING_OFFICE)


def preparing_committee_ids(held: Ties) -> frozenset[UUID]:
    """Committees whose meetings the person prepares or conducts."""
    return held.ids("committees.committee", Role.SECRETARY, Role.CHAIR, Role.DEPUTY_CHAIR)


def readable_resolutions(user: Person) -> Q:
    """Entries of the register whose wording the person may read: confidential ones only committee and office.

    A released resolution is confidential no longer.
    """
    held = ties(user)
    return (
        Q(is_confidential=False)
        | Q(publication__isnull=False)
        | Q(partnership__in=office_partnership_ids(held))
        | Q(committee__in=confidential_committee_ids(held))
    )
