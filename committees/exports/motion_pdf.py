"""The Beschlussvorlage as a tagged PDF, with what earlier committees recommend."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from committees.exports import paper
from committees.exports.resolution_pdf import count_rows
from committees.models import Motion
from partnership import clock
from partnership.ui.tags import date_de


def render(motion: Motion, *, advice: Iterable[Any], files: Sequence[Mapping[str, Any]], amount: str) -> bytes:
    """The PDF of a motion; `advice` as `committees.views.motions.shown.advice_for` gives it."""
    blocks = [paper.heading(_("Beschlusstext")), paper.quote(motion.text)]
    if motion.reasons:
        blocks += [paper.heading(_("Begründung")), paper.prose(motion.reasons)]
    if motion.effects or amount:
        blocks.append(paper.heading(_("Auswirkungen")))
        if amount:
            blocks.append(paper.prose(_("Betrag: %(amount)s") % {"amount": amount}))
        if motion.effects:
            blocks.append(paper.prose(motion.effects))
    for item in advice:
        blocks += _advice(item)
    referrals = list(motion.referrals.all())
    if referrals:
        blocks.append(
            paper.table(
                _("Beratungsfolge"),
                [_("Gremium"), _("Aufgabe"), _("Stand")],
                [
                    (referral.committee.name, referral.get_role_display(), referral.get_state_display())
                    for referral in referrals
                ],
            )
        )
    if files:
        blocks += [
            paper.heading(_("Anlagen")),
            paper.items(f"{file['title']} (SHA-256 {file['sha256'][:16]}…)" for file in files),
        ]
    partner = motion.submitting_partner
    return paper.render(
        title=_("Beschlussvorlage %(number)s: %(title)s") % {"number": motion.label, "title": motion.title},
        publisher=motion.partnership.name,
        note=_("vertraulich") if motion.is_confidential else "",
        facts=[
            (_("Eingebracht von"), partner.name if partner else _("Geschäftsführung")),
            (_("Eingereicht"), date_de(motion.submitted_at)),
            (_("Stand"), motion.get_state_display()),
        ],
        blocks=blocks,
        footer=motion.label,
        at=motion.submitted_at or clock.now(),
    )


def _advice(item: Any) -> list[paper.Block]:
    name = item.referral.committee.name
    title = (
        _("Empfehlung: %(name)s empfiehlt die Annahme")
        if item.is_positive
        else _("Empfehlung: %(name)s empfiehlt die Annahme nicht")
    )
    blocks = [paper.heading(title % {"name": name})]
    if item.resolution is not None:
        blocks.append(
            paper.prose(
                _("Beschluss %(number)s vom %(day)s")
                % {"number": item.resolution.number, "day": date_de(item.resolution.resolved_on)}
            )
        )
    if item.counts:
        blocks.append(
            paper.table(_("Stimmen: %(name)s") % {"name": name}, [_("Stimme"), _("Anzahl")], count_rows(item.counts))
        )
    if item.referral.opinion:
        blocks.append(paper.prose(_("Stellungnahme: %(opinion)s") % {"opinion": item.referral.opinion}))
    return blocks
