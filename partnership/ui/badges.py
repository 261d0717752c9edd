"""How a state looks: tone and icon beside its word. Never colour alone (WCAG 1.4.1)."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Look(NamedTuple):
    """Tone: info, success, warning, danger or neutral. Icon: a name of the icon set."""

    tone: str
    icon: str


NEUTRAL = Look("neutral", "circle")

_DRAFT = Look("neutral", "edit")
_RUNNING = Look("info", "clock")
_DONE = Look("success", "success")
_ENDED = Look("neutral", "check")
_STOPPED = Look("neutral", "close")
_CARE = Look("warning", "warning")
_BAD = Look("danger", "danger")

# State words of domain.md, whatever object carries them. An app adds its own with `register`.
_looks: dict[str, Look] = {
    **dict.fromkeys(["draft", "planned", "founding", "lead", "waiting", "proposed"], _DRAFT),
    **dict.fromkeys(["invited", "scheduled", "submitted"], Look("info", "calendar-today")),
    **dict.fromkeys(
        ["running", "open", "in_vote", "in_treatment", "advising", "applied", "signing", "queued"], _RUNNING
    ),
    **dict.fromkeys(["sending", "requested", "letter_of_intent", "settling"], _RUNNING),
    **dict.fromkeys(["closed", "ended", "noted", "handed_over", "product_handed_over", "dissolved"], _ENDED),
    **dict.fromkeys(["declared", "adopted", "recommended", "implemented", "approved", "accepted"], _DONE),
    **dict.fromkeys(["active", "admitted", "sent", "paid", "yes", "present", "valid", "done"], _DONE),
    **dict.fromkeys(["rejected", "not_recommended", "failed", "given_up", "excluded", "expired"], _BAD),
    **dict.fromkeys(["deferred", "disputed", "notice_given", "suspended", "overdue", "unanswered"], _CARE),
    **dict.fromkeys(["cancelled", "stopped", "annulled", "withdrawn", "lapsed", "no", "absent"], _STOPPED),
    **dict.fromkeys(["superseded", "repealed", "excused", "abstain"], _STOPPED),
    "confidential": Look("warning", "lock"),
    "secret": Look("info", "lock"),
    "deputy": Look("info", "people"),
}


def register(looks: Mapping[str, tuple[str, str]]) -> None:
    """Name the look (tone, icon) of further states."""
    _looks.update({value: Look(*look) for value, look in looks.items()})


def look_of(state: Any) -> Look:
    """The look of a state; neutral for one nobody has named."""
    return _looks.get(str(getattr(state, "value", state)), NEUTRAL)
