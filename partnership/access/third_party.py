"""Policies of pages that libraries bring, by the name of their address."""

from fnmatch import fnmatchcase

from partnership import policies
from partnership.access.policy import Policy

# First match wins.
TABLE: tuple[tuple[str, Policy], ...] = (
    ("account_login", policies.anyone),
    ("account_logout", policies.anyone),
    ("account_signup", policies.anyone),
    ("account_inactive", policies.anyone),
    ("account_reset_password*", policies.anyone),
    ("account_*", policies.signed_in),
    ("usersessions_*", policies.signed_in),
    ("set_language", policies.anyone),
    ("admin:login", policies.anyone),
    ("admin:jsi18n", policies.staff),
    ("admin*", policies.staff),
)


def policy_for(name: str) -> Policy | None:
    """The policy of a library's page, or None where nobody has thought of it."""
    return next((found for pattern, found in TABLE if fnmatchcase(name, pattern)), None)
