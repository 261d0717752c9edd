"""The votes of a ballot as rows of a table."""

from collections.abc import Iterator

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from committees.enums import BallotForm
from committees.models import Ballot, Participation, RollEntry


def roll_call_rows(ballot: Ballot) -> Iterator[list[str]]:
    """Heading, then one row per partner on the roll: what it voted, cast by whom, when."""
    if ballot.form == BallotForm.SECRET:
        yield from _took_part_rows(ballot)
        return
    yield [
        _("Partner"),
        _("Stimme"),
        _("Stimmen"),
        _("abgegeben von"),
        _("als"),
        _("am"),
        _("Fassung"),
        _("Erklärung"),
        _("Vermerk"),
    ]
    rows = ballot.votes.select_related("cast_by").order_by("revision")
    votes = {vote.partner_id: vote for vote in rows}
    for entry in RollEntry.objects.filter(ballot=ballot).order_by("partner_name", "id"):
        vote = votes.get(entry.partner_id)
        note = _("befangen: %(reason)s") % {"reason": entry.exclusion_reason} if entry.is_excluded else entry.mark
        cells = [
            entry.partner_name,
            vote.words if vote else "",
            str(entry.weight),
            str(vote.cast_by) if vote else "",
            vote.get_capacity_display() if vote else "",
            f"{localtime(vote.cast_at):%Y-%m-%d %H:%M}" if vote else "",
            str(vote.revision) if vote else "",
            vote.statement if vote else "",
            note,
        ]
        yield [_harmless(str(cell)) for cell in cells]


def _took_part_rows(ballot: Ballot) -> Iterator[list[str]]:
    """Of a secret ballot: who took part, never what was voted."""
    yield [_("Partner"), _("Teilnahme"), _("Vermerk")]
    took_part = set(Participation.objects.filter(ballot=ballot).values_list("partner_id", flat=True))
    for entry in RollEntry.objects.filter(ballot=ballot).order_by("partner_name", "id"):
        note = _("befangen: %(reason)s") % {"reason": entry.exclusion_reason} if entry.is_excluded else entry.mark
        said = _("ja") if entry.partner_id in took_part else _("nein")
        yield [_harmless(str(cell)) for cell in (entry.partner_name, said, note)]


def _harmless(cell: str) -> str:
    """A cell that no table program takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
