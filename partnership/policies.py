"""Who may see or do what on the ground: partnerships, accounts, outbox, audit, documents."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from partnership.access.policy import policy
from partnership.access.ties import Person, ties
from partnership.enums import Role
from partnership.models import User


@policy(is_public=True)
def anyone(user: Person, subject: Any) -> bool:
    """Everybody, signed in or not."""
    return True


@policy()
def signed_in(user: Person, subject: Any) -> bool:
    """Every person with an account."""
    return True


@policy(_("Dieser Bereich ist der Verwaltung der Installation vorbehalten."))
def staff(user: Person, subject: Any) -> bool:
    """Administrators of the installation."""
    return isinstance(user, User) and user.is_staff


@policy(_("Die Ablage der Mails sehen nur Administratorinnen und Administratoren."), is_public=True)
def read_sent_mail(user: Person, subject: Any) -> bool:
    """In the demonstration everybody, else administrators: it holds the mails of all recipients."""
    # Links to set a password lie there too: staff with partial rights must not read them.
    return settings.KONVENT_DEMO or (isinstance(user, User) and user.is_superuser)


@policy(_("Dieser Bereich ist der Verwaltung der Installation vorbehalten."))
def operate(user: Person, subject: Any) -> bool:
    """Superusers: whoever answers for the installation as a whole."""
    return isinstance(user, User) and user.is_superuser


@policy(_("Sie gehören dieser Partnerschaft nicht an."))
def belong(user: Person, partnership: Any) -> bool:
    """Everybody who holds anything in the partnership today."""
    return ties(user).belongs_to(partnership.pk)


@policy(_("Das ist der Geschäftsführung vorbehalten."))
def act_as_office(user: Person, partnership: Any) -> bool:
    """The managing office of the partnership."""
    return ties(user).holds(Role.MANAGING_OFFICE, on=partnership)


@policy(_("Das ist der Geschäftsführung und dem Produktmanagement vorbehalten."))
def curate(user: Person, partnership: Any) -> bool:
    """Managing office or product management: they keep the lists of the partnership."""
    return ties(user).holds(Role.MANAGING_OFFICE, Role.PRODUCT_MANAGER, on=partnership)
