"""The result sheet of a ballot: text, rules, conditions, counts, roll call and proof, as a tagged PDF."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from committees.enums import BallotForm
from committees.exports import paper
from committees.exports.resolution_pdf import count_rows
from committees.models import Ballot, Resolution, RollEntry, Vote
from committees.services import register
from partnership.ui.tags import datetime_de

# Who voted what is told of these only.
OPEN_FORMS = (BallotForm.ROLL_CALL, BallotForm.SHOW_OF_HANDS)


def render(
    ballot: Ballot,
    *,
    outcome: str,
    rules: Sequence[str],
    sentences: Sequence[str],
    facts: Sequence[tuple[object, object]],
    entry: Resolution | None,
) -> bytes:
    """The PDF of an ended ballot; `facts`, `rules` and `sentences` in the reader's language."""
    counts = ballot.counts or {}
    blocks = [paper.heading(_("Zur Abstimmung gestellter Text")), paper.quote(ballot.text)]
    blocks += [paper.heading(_("Ergebnis")), paper.prose(outcome)]
    if ballot.ended_reason:
        blocks.append(paper.prose(_("Grund: %(reason)s") % {"reason": ballot.ended_reason}))
    blocks.append(paper.items(sentences))
    if counts:
        blocks.append(paper.table(_("Stimmen"), [_("Stimme"), _("Anzahl")], count_rows(counts)))
    if ballot.form in OPEN_FORMS:
        blocks.append(
            paper.table(
                _("Namentliche Liste"),
                [_("Partner"), _("Stimmen"), _("Stimme"), _("Erklärung")],
                list(_roll_call(ballot)),
            )
        )
    blocks += [paper.heading(_("Verfahrensregeln dieser Abstimmung")), paper.items(rules)]
    blocks += [paper.heading(_("Nachweis")), *_proof(ballot, entry)]
    return paper.render(
        title=_("Ergebnis der Abstimmung: %(title)s") % {"title": ballot.title},
        publisher=ballot.partnership.name,
        note=_("vertraulich") if ballot.is_confidential else "",
        facts=[
            *((str(name), str(value)) for name, value in facts),
            (_("Eröffnet"), datetime_de(ballot.opened_at)),
            (_("Geschlossen"), datetime_de(ballot.closed_at)),
            (_("Festgestellt"), datetime_de(ballot.declared_at) if ballot.declared_at else ""),
        ],
        blocks=blocks,
        footer=ballot.title,
        at=ballot.declared_at or ballot.closed_at or ballot.created_at,
    )


def _roll_call(ballot: Ballot) -> Iterator[tuple[str, int, str, str]]:
    """Each partner on the roll with its vote, in two statements."""
    votes = {vote.partner_id: vote for vote in Vote.objects.filter(ballot=ballot).order_by("revision")}
    for entry in RollEntry.objects.filter(ballot=ballot).order_by("partner_name", "id"):
        vote = votes.get(entry.partner_id)
        if vote is not None:
            yield entry.partner_name, entry.weight, vote.words, vote.statement
        elif entry.is_excluded:
            yield entry.partner_name, entry.weight, _("befangen"), entry.exclusion_reason
        else:
            yield entry.partner_name, entry.weight, _("nicht abgestimmt"), ""


def _proof(ballot: Ballot, entry: Resolution | None) -> list[paper.Block]:
    blocks = [paper.prose(_("Prüfsumme des Textes bei Eröffnung (SHA-256):")), paper.code(ballot.text_hash)]
    if entry is not None:
        number = entry.number or _("ohne Nummer")
        blocks += [
            paper.prose(
                _("Eintrag %(position)s (%(number)s) im Beschlussregister, Prüfsumme:")
                % {"position": entry.position, "number": number}
            ),
            paper.code(entry.hash),
        ]
    head = register.head_of(ballot.partnership)
    return [
        *blocks,
        paper.prose(_("Stand des Beschlussregisters, als dieses Blatt erstellt wurde:")),
        paper.code(f"{head.position}:{head.hash}"),
    ]
