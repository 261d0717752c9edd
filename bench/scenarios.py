"""Konvent's profile for the shared load generator: the same work as the floor's, scenario by scenario."""

import json
from pathlib import Path
from typing import Any

BALLOTS = "/p/bench/abstimmungen"
TOKEN = 'name="token" value="([^"]+)"'  # noqa: S105 - a pattern


def write_profile(path: Path, *, base: str, sessions: Path, targets: dict, python: str, seed: Path) -> None:
    """Write the profile; `before` takes the votes back."""
    path.write_text(
        json.dumps(
            {
                "label": "konvent",
                "base": base,
                "sessions": str(sessions),
                "scenarios": list(listed(targets, before=f"{python} {seed} reset")),
            },
            indent=1,
        )
    )


def listed(targets: dict, *, before: str) -> list[dict[str, Any]]:
    """Named as the floor's, where there is such a thing on the floor."""
    vote = [{"pk": pk} for pk in targets["vote"]]
    page = {"path": f"{BALLOTS}/{{pk}}/", "contains": 'type="radio"'}
    form = {"partner": "{partner}", "choice": "yes", "csrfmiddlewaretoken": "{csrf}"}
    cast = {
        "method": "POST",
        "path": f"{BALLOTS}/{{pk}}/stimme/",
        "status": [302],
        "location": "quittung",
        "form": form | {"token": "{i}-{partner}", "confirmed": "1"},
    }
    flow = [
        page,
        {"path": f"{BALLOTS}/{{pk}}/stimme/?partner={{partner}}&choice=yes", "capture": {"token": TOKEN}},
        cast | {"form": form | {"token": "{token}", "confirmed": "1"}},
        {"path": f"{BALLOTS}/{{pk}}/?quittung={{partner}}", "contains": 'id="quittung"'},
    ]
    found: list[dict[str, Any]] = [
        {"name": "static", "steps": [{"path": "/livez"}]},
        {"name": "poll-page", "targets": vote, "before": before, "steps": [page]},
        {"name": "vote", "targets": vote, "mode": "once", "before": before, "steps": [cast]},
        {"name": "vote-flow", "targets": vote, "mode": "once", "before": before, "steps": flow},
    ]
    for kind, path, marker in (
        ("result", f"{BALLOTS}/{{pk}}/", 'id="ergebnis"'),
        ("tally", f"{BALLOTS}/{{pk}}/stand/", "kv-votes"),
    ):
        found += [
            {
                "name": f"{kind}-{_short(int(size))}",
                "targets": [{"pk": pk}],
                "steps": [{"path": path, "contains": marker}],
            }
            for size, pk in targets[kind].items()
        ]
    return [
        *found,
        {"name": "list-50", "targets": "1-20", "steps": [{"path": "/p/bench/sitzungen/?page={target}"}]},
        {"name": "desk", "steps": [{"path": "/tisch/"}]},
    ]


def _short(size: int) -> str:
    return f"{size // 1000}k" if size >= 1000 else str(size)
