"""The steps of a measure, as data: from, to, what the step is called."""

from typing import Final

# A measure is paid up to its budget while it is approved; money it does not need becomes free with its end.
MEASURE_STEPS: Final[dict[str, tuple[str, ...]]] = {
    "proposed": ("approved", "cancelled"),
    "approved": ("done", "cancelled"),
    "done": (),
    "cancelled": (),
}


def may_step(state: str, to: str) -> bool:
    """Whether a measure in `state` can become `to`."""
    return to in MEASURE_STEPS.get(state, ())
