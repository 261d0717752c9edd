"""Who may open which page. Whether a *vote* counts is another question: committees.services.ballots."""

from partnership.access.policy import ALLOWED, Decision, Denied, Policy, policy
from partnership.access.ties import Person, Tie, Ties, register_source, ties

__all__ = [
    "ALLOWED",
    "Decision",
    "Denied",
    "Person",
    "Policy",
    "Tie",
    "Ties",
    "policy",
    "register_source",
    "ties",
]
