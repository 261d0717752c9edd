"""The heads of the public registers: what anybody may note down to find out later whether something was cut off."""

from typing import Any

from committees.models import RegisterHead
from committees.rules.register import EMPTY
from partnership.models import Partnership

FORMAT = "konvent-register-heads/1"


def document() -> dict[str, Any]:
    """Position and hash of the last entry of every register with a public page, by name; two statements."""
    heads = {row.partnership_id: row for row in RegisterHead.objects.filter(partnership__is_public=True)}
    return {
        "format": FORMAT,
        "registers": [
            {
                "partnership": str(partnership.pk),
                "slug": partnership.slug,
                "name": partnership.name,
                **_head(heads.get(partnership.pk)),
            }
            for partnership in Partnership.objects.filter(is_public=True).order_by("slug")
        ],
    }


def _head(row: RegisterHead | None) -> dict[str, Any]:
    return {"position": row.position, "hash": row.hash} if row else EMPTY.to_data()
