"""The neighbours a ballot talks to. They talk to ballots as well, so they are fetched when they are needed."""

from types import ModuleType


def motions() -> ModuleType:
    """The motions: a vote begins, ends with an outcome, or goes back without one."""
    from committees.services import motions

    return motions


def amendments() -> ModuleType:
    """The amendments: voted on before their motion, and what the adopted one does to it."""
    from committees.services import amendments

    return amendments


def agendas() -> ModuleType:
    """The agendas of meetings: what a stopped circular vote becomes."""
    from committees.services import agendas

    return agendas


def proxies() -> ModuleType:
    """The proxies, which hand entries of the roll over at opening."""
    from committees.services import proxies

    return proxies


def register() -> ModuleType:
    """The register, to which declaring appends."""
    from committees.services import register

    return register


def notices() -> ModuleType:
    """The mails about ballots."""
    from committees.notifications import ballots

    return ballots


def resolutions() -> ModuleType:
    """The resolutions: what a declared result becomes."""
    from committees.services import resolutions

    return resolutions
