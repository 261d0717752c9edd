"""Policies: named predicates that every view carries. A URL without one fails the system check."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from partnership.access.ties import Person


@dataclass(frozen=True)
class Denied:
    """The answer no, with the sentence the person reads."""

    reason: Any

    def __bool__(self) -> bool:
        return False


ALLOWED = True
Decision = bool | Denied
DEFAULT_REASON = _("Dafür fehlt Ihnen die Funktion in dieser Partnerschaft.")


@dataclass(frozen=True)
class Policy:
    """A named question: may this person do this with this object?

    `is_public`: people who have not signed in are asked too; everybody else is sent to sign in first.
    """

    name: str
    test: Callable[[Person, Any], Decision]
    reason: Any = DEFAULT_REASON
    is_public: bool = False
    summary: str = ""

    def __call__(self, user: Person, subject: Any = None) -> Decision:
        """ALLOWED, or a `Denied` with its reason."""
        if not self.is_public and not user.is_authenticated:
            return Denied(_("Bitte melden Sie sich an."))
        decision = self.test(user, subject)
        if decision is False:
            return Denied(self.reason)
        return decision


def policy(
    reason: Any = DEFAULT_REASON, *, is_public: bool = False
) -> Callable[[Callable[[Person, Any], Decision]], Policy]:
    """Make a predicate a policy; its docstring says who is let through.

    @policy(_("Sitzungen bereitet die Geschäftsführung vor."))
    def manage_meeting(user, meeting):
        '''Managing office of the partnership, or secretary of the committee.'''
    """

    def wrap(test: Callable[[Person, Any], Decision]) -> Policy:
        return Policy(
            name=f"{test.__module__.split('.')[0]}.{test.__name__}",
            test=test,
            reason=reason,
            is_public=is_public,
            summary=(test.__doc__ or "").strip(),
        )

    return wrap
