"""What a vote does under the rules: what a voter reads beside each choice."""

from __future__ import annotations

from committees.rules.rule_set import (
    Abstention,
    Also,
    AlsoKind,
    Base,
    Choice,
    MajorityKind,
    Missing,
    Rules,
    Tie,
    Way,
)
from committees.rules.sentence import Sentence


def choice_effects(
    rules: Rules, way: str, *, partner: str | None = None, is_chair: bool = False
) -> dict[Choice, Sentence]:
    """What a yes, a no and an abstention do under these rules; only the choices that may be made.

    ``partner`` is the key of the partner that reads it, ``is_chair`` whether it votes for the chair: rules may
    name them.
    """
    way = Way(way)
    effects = {Choice.YES: _yes(rules, way), Choice.NO: _no(rules, way)}
    if rules.abstention is not Abstention.FORBIDDEN:
        effects[Choice.ABSTAIN] = _abstain(rules, way)
    if _is_asked(rules, AlsoKind.NO_VETO, partner):
        effects[Choice.NO] = Sentence(
            "Nein verhindert den Beschluss: Gegen diesen Partner kann nicht beschlossen werden.",
            "No prevents the resolution: nothing can be resolved against this partner.",
        )
    if _is_asked(rules, AlsoKind.CONSENT, partner):
        effects |= {choice: sentence for choice, sentence in _CONSENT.items() if choice in effects}
    if rules.is_reason_needed_for_no:
        effects[Choice.NO] = _join(
            effects[Choice.NO], Sentence("Ein Nein braucht eine Begründung.", "A no needs a reason.")
        )
    if is_chair and rules.tie is Tie.CHAIR and rules.can_tie:
        effects |= {choice: _join(effects[choice], _CHAIR[choice]) for choice in effects}
    return effects


_CONSENT = {
    Choice.YES: Sentence(
        "Ja zählt für die Vorlage; ohne dieses Ja kommt kein Beschluss zustande.",
        "Yes counts for the motion; without this yes there is no resolution.",
    ),
    Choice.NO: Sentence(
        "Nein verhindert den Beschluss: Die Zustimmung dieses Partners ist nötig.",
        "No prevents the resolution: the consent of this partner is needed.",
    ),
    Choice.ABSTAIN: Sentence(
        "Enthaltung verhindert den Beschluss: Die Zustimmung dieses Partners ist nötig.",
        "Abstention prevents the resolution: the consent of this partner is needed.",
    ),
}
_CHAIR = {
    Choice.YES: Sentence(
        "Bei Stimmengleichheit ist die Vorlage damit angenommen: Die Stimme des Vorsitzes entscheidet.",
        "If the votes are equal, the motion is adopted by it: the chair's vote decides.",
    ),
    Choice.NO: Sentence(
        "Bei Stimmengleichheit ist die Vorlage damit abgelehnt: Die Stimme des Vorsitzes entscheidet.",
        "If the votes are equal, the motion is rejected by it: the chair's vote decides.",
    ),
    Choice.ABSTAIN: Sentence(
        "Bei Stimmengleichheit ist die Vorlage dann abgelehnt: Der Vorsitz hat nicht entschieden.",
        "If the votes are equal, the motion is then rejected: the chair has not decided.",
    ),
}


def _yes(rules: Rules, way: Way) -> Sentence:
    if not _is_objection_rule(rules, way):
        return Sentence("Ja zählt für die Vorlage.", "Yes counts for the motion.")
    if _is_yes_needed(rules):
        return Sentence(
            "Ja ist kein Widerspruch und zählt zur Zustimmung, die außerdem nötig ist.",
            "Yes is no objection and counts towards the consent that is needed besides.",
        )
    return Sentence(
        "Ja ist kein Widerspruch; für den Beschluss kommt es nur auf die Widersprüche an.",
        "Yes is no objection; the resolution depends on objections only.",
    )


def _no(rules: Rules, way: Way) -> Sentence:
    if _must_all_agree(rules, way) or rules.majority.kind is MajorityKind.ALL:
        return Sentence(
            "Nein verhindert den Beschluss: Alle müssen zustimmen.",
            "No prevents the resolution: all must agree.",
        )
    if not _is_objection_rule(rules, way):
        return Sentence("Nein zählt gegen die Vorlage.", "No counts against the motion.")
    allowed = rules.majority.objections
    if not allowed:
        return Sentence(
            "Nein ist hier ein Widerspruch: Schon einer verhindert den Beschluss.",
            "No is an objection here: a single one prevents the resolution.",
        )
    return Sentence(
        f"Nein ist hier ein Widerspruch: Mehr als {allowed} verhindern den Beschluss.",
        f"No is an objection here: more than {allowed} prevent the resolution.",
    )


def _abstain(rules: Rules, way: Way) -> Sentence:
    if _must_all_agree(rules, way):
        return Sentence(
            "Enthaltung wirkt hier wie Nein: Im Umlauf müssen alle zustimmen.",
            "Abstention works like no here: in a circular ballot all must agree.",
        )
    if _is_objection_rule(rules, way):
        if _is_yes_needed(rules):
            return Sentence(
                "Enthaltung ist kein Widerspruch, aber auch keine Zustimmung, wie sie außerdem nötig ist.",
                "Abstention is no objection, but no consent either, which is needed besides.",
            )
        return Sentence("Enthaltung ist kein Widerspruch.", "Abstention is no objection.")
    if rules.abstention is Abstention.NOT_COUNTED:
        if _is_yes_needed(rules):
            return Sentence(
                "Enthaltung zählt für die Mehrheit nicht mit; an der Zustimmung, die außerdem nötig ist, fehlt sie.",
                "Abstention does not count towards the majority; it is missing in the consent needed besides.",
            )
        return Sentence(
            "Enthaltung zählt hier nicht mit, nur zur Beteiligung.",
            "Abstention does not count here, except as taking part.",
        )
    if any(_is_no_worse(also) for also in rules.also):
        return Sentence(
            "Enthaltung hilft der Vorlage nicht: Sie zählt in der Bezugsgröße, aber nicht als Zustimmung.",
            "Abstention does not help the motion: it counts in the base but not as consent.",
        )
    return Sentence(
        "Enthaltung wirkt hier wie Nein: Sie zählt in der Bezugsgröße, aber nicht als Zustimmung.",
        "Abstention works like no here: it counts in the base but not as consent.",
    )


def missing_effect(rules: Rules, way: str, *, partner: str | None = None) -> Sentence:
    """What happens where a partner does not vote at all; ``partner`` as in ``choice_effects``."""
    way = Way(way)
    must_vote = any(named.partner == partner for named in rules.quorum.partners)
    is_silence_consent = way is Way.CIRCULAR and rules.missing is Missing.CONSENT
    if must_vote or (_is_asked(rules, AlsoKind.CONSENT, partner) and not is_silence_consent):
        return Sentence(
            "Ohne die Stimme dieses Partners kommt kein Beschluss zustande.",
            "Without the vote of this partner there is no resolution.",
        )
    if _must_all_agree(rules, way):
        return Sentence(
            "Fehlt eine Stimme, kommt im Umlauf kein Beschluss zustande.",
            "If a vote is missing, the circular ballot makes no resolution.",
        )
    said = _missing(rules, way)
    if not _is_yes_needed(rules) or is_silence_consent:
        return said
    lacking = Sentence(
        "An der Zustimmung, die außerdem nötig ist, fehlt diese Stimme.",
        "This vote is missing in the consent needed besides.",
    )
    return _join(said, lacking)


def _missing(rules: Rules, way: Way) -> Sentence:
    if rules.majority.kind is MajorityKind.NO_OBJECTION:
        if way is Way.MEETING:
            return Sentence("Wer nicht abstimmt, widerspricht nicht.", "Who does not vote does not object.")
        return Sentence(
            "Achtung: Wer nicht antwortet, widerspricht nicht. Als Teilnahme zählt das Schweigen nicht.",
            "Note: who does not answer does not object. Silence does not count as taking part.",
        )
    if way is Way.MEETING:
        return {
            Base.PRESENT: Sentence(
                "Wer nicht abstimmt, gilt nicht als Zustimmung und zählt in der Bezugsgröße, wenn er anwesend ist.",
                "Who does not vote is no consent and counts in the base when present.",
            ),
            Base.ROLL: Sentence(
                "Wer nicht abstimmt, zählt in der Bezugsgröße, aber nicht als Zustimmung.",
                "Who does not vote counts in the base but not as consent.",
            ),
        }.get(rules.base, Sentence("Wer nicht abstimmt, zählt nicht mit.", "Who does not vote does not count."))
    return {
        Missing.NOT_CAST: Sentence(
            "Eine fehlende Stimme gilt als nicht abgegeben; für die Mehrheit kommt es auf alle Stimmberechtigten an."
            if rules.base is Base.ROLL
            else "Eine fehlende Stimme gilt als nicht abgegeben.",
            "A missing vote counts as not cast; the majority is one of all who are entitled."
            if rules.base is Base.ROLL
            else "A missing vote counts as not cast.",
        ),
        Missing.ABSTENTION: Sentence(
            "Eine fehlende Stimme zählt als Enthaltung, aber nicht als Teilnahme.",
            "A missing vote counts as an abstention, but not as taking part.",
        ),
        Missing.CONSENT: Sentence(
            "Achtung: Wer nicht antwortet, stimmt zu. Als Teilnahme zählt das Schweigen nicht.",
            "Note: who does not answer consents. Silence does not count as taking part.",
        ),
    }[rules.missing]


# What the rules ask


def _must_all_agree(rules: Rules, way: Way) -> bool:
    return way is Way.CIRCULAR and rules.circular.is_unanimity_needed


def _is_objection_rule(rules: Rules, way: Way) -> bool:
    return rules.majority.kind is MajorityKind.NO_OBJECTION and not _must_all_agree(rules, way)


def _is_yes_needed(rules: Rules) -> bool:
    """Whether something besides the majority is measured by yes votes, so that each one that is no yes is missing.

    Where only objections make the majority, every second condition is such a measure, also one of yes against no.
    """
    if rules.majority.kind is MajorityKind.NO_OBJECTION:
        measures = (AlsoKind.SHARE, AlsoKind.KEY, AlsoKind.GROUP)
        return rules.majority.minimum_yes is not None or any(also.kind in measures for also in rules.also)
    return rules.majority.minimum_yes is not None or any(
        also.kind is AlsoKind.KEY
        or (also.kind is AlsoKind.SHARE and also.base is not Base.YES_NO)
        or (also.kind is AlsoKind.GROUP and not _is_no_worse(also))
        for also in rules.also
    )


def _is_no_worse(also: Also) -> bool:
    """Whether a no harms a second condition more than an abstention does."""
    is_more_yes = also.kind is AlsoKind.GROUP and also.share is None and also.number is None
    return is_more_yes or also.kind is AlsoKind.NO_VETO or also.base is Base.YES_NO


def _is_asked(rules: Rules, kind: AlsoKind, partner: str | None) -> bool:
    return any(
        also.kind is kind and also.partner is not None and also.partner.partner == partner for also in rules.also
    )


def _join(first: Sentence, second: Sentence) -> Sentence:
    return Sentence(f"{first.de} {second.de}", f"{first.en} {second.en}")
