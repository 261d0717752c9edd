"""What a person's ties open in the fund: keys for the querysets of the models, which build on nothing else."""

from uuid import UUID

from partnership.access import Person, ties
from partnership.enums import Role


def books_partnership_ids(user: Person) -> frozenset[UUID]:
    """Partnerships whose books the person reads."""
    readers = (Role.TREASURER, Role.AUDITOR, Role.MANAGING_OFFICE)
    return frozenset(tie.partnership_id for tie in ties(user).items if tie.kind in readers)
