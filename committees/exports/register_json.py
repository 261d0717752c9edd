"""The register as a file that the stand-alone verifier reads (docs/register-format.md)."""

from collections.abc import Collection
from pathlib import Path

from django.http import HttpResponse

from committees.models import Resolution
from committees.rules.register import PARTS, export_bytes
from committees.services import register
from committees.visibility import office_partnership_ids
from partnership.access import Person, ties
from partnership.models import Partnership

VERIFIER = Path(__file__).parent / "verifier" / "konvent_verify.py"

# Counts of confidential entries are not in the chain, so their votes could not be compared with anything.
CONFIDENTIAL = ("text", "verdict", "attachments")
INSIDE = ("text", "verdict", "roll", "votes", "papers", "attachments")
# What would tell how somebody voted in secret: bound by the chain, shown to nobody.
WITHHELD = {"verdict", "papers"}
PUBLIC = ("text", "verdict", "attachments")


def for_insider(partnership: Partnership, user: Person) -> bytes:
    """The whole register; withheld is what the person may not read, and who cast for whom but from the office."""
    readable = set(Resolution.objects.visible_to(user).filter(partnership=partnership).values_list("pk", flat=True))
    withheld = set(
        Resolution.objects.filter(partnership=partnership, ballot__is_count_withheld=True).values_list("pk", flat=True)
    )
    is_office = partnership.pk in office_partnership_ids(ties(user))

    def disclose(resolution: Resolution) -> Collection[str]:
        if resolution.pk not in readable:
            return ()
        if resolution.is_confidential:
            return CONFIDENTIAL
        shown = PARTS if is_office else INSIDE
        return set(shown) - WITHHELD if resolution.pk in withheld else shown

    return export_bytes(list(register.chain(partnership, disclose)), partnership=str(partnership.pk))


def for_everybody(partnership: Partnership) -> bytes:
    """The chain with the wording of released resolutions only."""
    released = set(Resolution.objects.public().filter(partnership=partnership).values_list("pk", flat=True))
    corrected = set(
        Resolution.objects.filter(
            partnership=partnership, relation__in=("corrects", "annuls"), refers_to__in=released, is_confidential=False
        ).values_list("pk", flat=True)
    )

    def disclose(resolution: Resolution) -> Collection[str]:
        return PUBLIC if resolution.pk in released or resolution.pk in corrected else ()

    return export_bytes(list(register.chain(partnership, disclose)), partnership=str(partnership.pk))


def response(content: bytes, file_name: str) -> HttpResponse:
    """The file as a download."""
    return HttpResponse(
        content,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )
