"""The table to fill in: empty, with an example row, or with the members as they are today."""

from membership.models import Partner
from membership.services.imports import plan
from partnership.models import Partnership

EMPTY, EXAMPLE, PRESENT = "leer", "beispiel", "stand"
KINDS = (EMPTY, EXAMPLE, PRESENT)


def make(partnership: Partnership, kind: str) -> tuple[list[str], list[list[str]]]:
    """Heads and rows. The present state imported unchanged changes nothing."""
    columns = plan.columns(partnership)
    heads = [column.name for column in columns]
    if kind == EXAMPLE:
        return heads, [[column.example for column in columns]]
    if kind == PRESENT:
        return heads, [[cells.get(head, "") for head in heads] for cells in _present(partnership)]
    return heads, []


def _present(partnership: Partnership) -> list[dict[str, str]]:
    first, *others = [part.stand(partnership) for part in plan.parts()]
    order = (
        Partner.objects.filter(partnership=partnership, pk__in=first).order_by("number").values_list("pk", flat=True)
    )
    found: list[dict[str, str]] = []
    for pk in order:
        lines = [dict(cells) for cells in first[pk]]
        for stand in others:
            for index, cells in enumerate(stand.get(pk, [])):
                if index == len(lines):
                    lines.append({key: lines[0][key] for key in ("Nr.", "Partner")})
                lines[index].update(cells)
        found += lines
    return found
