"""The rules of procedure in plain words: what members read before they vote."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from committees.rules.rule_set import (
    LAENDER,
    Abstention,
    Base,
    Choice,
    Compare,
    LateKind,
    MajorityKind,
    Missing,
    Notice,
    Rules,
    Share,
    Tie,
    Turnout,
    Unit,
    Way,
)
from committees.rules.sentence import Sentence

# Genitive in German ("mehr als die Hälfte der …"), so each begins with an article.
_FRACTIONS: Mapping[Fraction, Sentence] = {
    Fraction(1, 2): Sentence("die Hälfte", "half"),
    Fraction(1, 3): Sentence("ein Drittel", "one third"),
    Fraction(2, 3): Sentence("zwei Drittel", "two thirds"),
    Fraction(1, 4): Sentence("ein Viertel", "one quarter"),
    Fraction(3, 4): Sentence("drei Viertel", "three quarters"),
    Fraction(3, 5): Sentence("drei Fünftel", "three fifths"),
    Fraction(4, 5): Sentence("vier Fünftel", "four fifths"),
}

_BASES: Mapping[Base, Sentence] = {
    Base.YES_NO: Sentence("der Ja- und Nein-Stimmen", "of the yes and no votes"),
    Base.CAST: Sentence(
        "der abgegebenen Stimmen, Enthaltungen eingerechnet", "of the votes cast, abstentions included"
    ),
    Base.PRESENT: Sentence("der anwesenden Partner", "of the partners present"),
    Base.ROLL: Sentence("aller stimmberechtigten Partner", "of all partners entitled to vote"),
}


def describe(rules: Rules) -> list[Sentence]:
    """Say the rules in plain sentences, in the order in which a decision meets them."""
    return [
        Sentence("Jeder Partner hat eine Stimme.", "Every partner has one vote."),
        *_quorum(rules),
        majority_words(rules),
        _abstention(rules),
        *_tie(rules),
        *_circular(rules),
        *_notice(rules),
        _late_items(rules),
        Sentence("Der Vorsitz hat eine Stimme.", "The chair has a vote.")
        if rules.chair_has_vote
        else Sentence("Der Vorsitz hat keine Stimme.", "The chair has no vote."),
        Sentence(
            "Ein Partner kann seine Stimme ändern, solange die Abstimmung läuft.",
            "A partner may change its vote while the ballot is open.",
        )
        if rules.is_change_allowed
        else Sentence("Eine abgegebene Stimme kann nicht geändert werden.", "A vote that was cast cannot be changed."),
        Sentence(
            "Der Zwischenstand ist während der Abstimmung sichtbar.",
            "The running tally is visible during the ballot.",
        )
        if rules.is_tally_visible
        else Sentence(
            "Der Zwischenstand ist bis zum Schluss der Abstimmung nicht sichtbar, nur die Beteiligung.",
            "The running tally stays hidden until the ballot is closed; only turnout is shown.",
        ),
        Sentence(
            "Befangene Partner stimmen nicht mit und werden gesondert gezählt; "
            "Beschlussfähigkeit und Mehrheit bemessen sich ohne sie.",
            "Partners with a conflict of interest do not vote and are counted apart; "
            "quorum and majority are measured without them.",
        ),
    ]


def choice_effects(rules: Rules, way: str) -> dict[Choice, Sentence]:
    """What a yes, a no and an abstention do under these rules; only the choices that may be made."""
    way = Way(way)
    is_circular_unanimity = way is Way.CIRCULAR and rules.circular.is_unanimity_needed
    effects = {
        Choice.YES: Sentence("Ja zählt für die Vorlage.", "Yes counts for the motion."),
        Choice.NO: Sentence("Nein zählt gegen die Vorlage.", "No counts against the motion."),
    }
    must_all = is_circular_unanimity or rules.majority.kind is MajorityKind.ALL
    if must_all:
        effects[Choice.NO] = Sentence(
            "Nein verhindert den Beschluss: Alle müssen zustimmen.",
            "No prevents the resolution: all must agree.",
        )
    if rules.abstention is Abstention.FORBIDDEN:
        return effects
    if is_circular_unanimity:
        effects[Choice.ABSTAIN] = Sentence(
            "Enthaltung wirkt hier wie Nein: Im Umlauf müssen alle zustimmen.",
            "Abstention works like no here: in a circular ballot all must agree.",
        )
    elif rules.abstention is Abstention.NOT_COUNTED:
        effects[Choice.ABSTAIN] = Sentence(
            "Enthaltung zählt hier nicht mit, nur zur Beteiligung.",
            "Abstention does not count here, except as taking part.",
        )
    else:
        effects[Choice.ABSTAIN] = Sentence(
            "Enthaltung wirkt hier wie Nein: Sie zählt in der Bezugsgröße, aber nicht als Zustimmung.",
            "Abstention works like no here: it counts in the base but not as consent.",
        )
    return effects


def missing_effect(rules: Rules, way: str) -> Sentence:
    """What happens where a partner does not vote at all."""
    if Way(way) is Way.MEETING:
        if rules.base in (Base.ROLL, Base.PRESENT):
            return Sentence(
                "Wer nicht abstimmt, gilt nicht als Zustimmung und zählt in der Bezugsgröße, wenn er anwesend ist."
                if rules.base is Base.PRESENT
                else "Wer nicht abstimmt, zählt in der Bezugsgröße, aber nicht als Zustimmung.",
                "Who does not vote is no consent and counts in the base when present."
                if rules.base is Base.PRESENT
                else "Who does not vote counts in the base but not as consent.",
            )
        return Sentence("Wer nicht abstimmt, zählt nicht mit.", "Who does not vote does not count.")
    if rules.circular.is_unanimity_needed:
        return Sentence(
            "Fehlt eine Stimme, kommt im Umlauf kein Beschluss zustande.",
            "If a vote is missing, the circular ballot makes no resolution.",
        )
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


def share_words(share: Share) -> Sentence:
    """Say a share: ``mehr als die Hälfte``, ``mindestens zwei Drittel``."""
    fraction = share.fraction
    if fraction == 1:
        return Sentence("alle", "all")
    written = f"{fraction.numerator}/{fraction.denominator}"
    words = _FRACTIONS.get(fraction, Sentence(written, written))
    if share.compare is Compare.MORE_THAN:
        return Sentence(f"mehr als {words.de}", f"more than {words.en}")
    return Sentence(f"mindestens {words.de}", f"at least {words.en}")


def majority_words(rules: Rules) -> Sentence:
    """Say the majority in one sentence."""
    base = _BASES[rules.base]
    if rules.majority.kind is MajorityKind.SIMPLE:
        return Sentence(
            "Eine Vorlage ist angenommen, wenn mehr Partner mit Ja als mit Nein stimmen.",
            "A motion is adopted if more partners vote yes than no.",
        )
    if rules.majority.kind is MajorityKind.ALL:
        whole = {
            Base.YES_NO: Sentence(
                "niemand mit Nein und mindestens ein Partner mit Ja stimmt",
                "nobody votes no and at least one partner votes yes",
            ),
            Base.CAST: Sentence("alle abstimmenden Partner mit Ja stimmen", "all partners who vote say yes"),
            Base.PRESENT: Sentence("alle anwesenden Partner mit Ja stimmen", "all partners present vote yes"),
            Base.ROLL: Sentence(
                "alle stimmberechtigten Partner mit Ja stimmen", "all partners entitled to vote say yes"
            ),
        }[rules.base]
        return Sentence(f"Eine Vorlage ist angenommen, wenn {whole.de}.", f"A motion is adopted if {whole.en}.")
    assert rules.majority.share is not None
    if rules.majority.share.fraction == 1:
        return Sentence(
            f"Eine Vorlage braucht ein Ja {base.de.replace('der ', 'aller ', 1)}."
            if rules.base is not Base.ROLL
            else f"Eine Vorlage braucht ein Ja {base.de}.",
            f"A motion needs a yes from all {base.en}.",
        )
    share = share_words(rules.majority.share)
    return Sentence(
        f"Eine Vorlage ist angenommen, wenn {share.de} {base.de} Ja lauten."
        if rules.base in (Base.YES_NO, Base.CAST)
        else f"Eine Vorlage ist angenommen, wenn {share.de} {base.de} mit Ja stimmen.",
        f"A motion is adopted if {share.en} {base.en} are yes."
        if rules.base in (Base.YES_NO, Base.CAST)
        else f"A motion is adopted if {share.en} {base.en} say yes.",
    )


def turnout_words(turnout: Turnout) -> Sentence:
    """Say how many must take part: ``mehr als die Hälfte der stimmberechtigten Partner und mindestens 3``."""
    parts = []
    if turnout.share is not None:
        share = share_words(turnout.share)
        parts.append(
            Sentence("alle stimmberechtigten Partner", "all partners entitled to vote")
            if turnout.share.fraction == 1
            else Sentence(f"{share.de} der stimmberechtigten Partner", f"{share.en} of the partners entitled to vote")
        )
    if turnout.number is not None:
        parts.append(
            Sentence(f"mindestens {turnout.number}", f"at least {turnout.number}")
            if parts
            else Sentence(f"mindestens {turnout.number} Partner", f"at least {turnout.number} partners")
        )
    return Sentence(" und ".join(part.de for part in parts), " and ".join(part.en for part in parts))


def _quorum(rules: Rules) -> list[Sentence]:
    turnout = rules.quorum.turnout
    if not turnout.is_asked:
        return [
            Sentence(
                "Eine Beschlussfähigkeit ist nicht vorgeschrieben; mindestens ein Partner muss abstimmen.",
                "No quorum is asked for; at least one partner must vote.",
            )
        ]
    asked = turnout_words(turnout)
    lines = [
        Sentence(
            f"Das Gremium ist beschlussfähig, wenn {asked.de} teilnehmen.",
            f"The committee has a quorum if {asked.en} take part.",
        )
    ]
    if rules.quorum.is_lifted_by_second_invitation:
        lines.append(
            Sentence(
                "Nach einer zweiten Einladung zum selben Gegenstand kommt es auf die Zahl nicht an, "
                "wenn die Einladung darauf hinweist.",
                "After a second invitation to the same matter the number does not matter, if the invitation says so.",
            )
        )
    return lines


def _abstention(rules: Rules) -> Sentence:
    return {
        Abstention.NOT_COUNTED: Sentence(
            "Enthaltungen zählen bei der Mehrheit nicht mit.", "Abstentions do not count towards the majority."
        ),
        Abstention.IN_BASE: Sentence(
            "Enthaltungen zählen in der Bezugsgröße mit und wirken deshalb wie Nein.",
            "Abstentions count in the base and so work like no.",
        ),
        Abstention.FORBIDDEN: Sentence("Enthaltungen sind nicht zulässig.", "Abstentions are not allowed."),
    }[rules.abstention]


def _tie(rules: Rules) -> list[Sentence]:
    if not rules.can_tie:
        return []
    return [
        {
            Tie.REJECTED: Sentence(
                "Bei Stimmengleichheit ist die Vorlage abgelehnt.",
                "If the votes are equal, the motion is rejected.",
            ),
            Tie.CHAIR: Sentence(
                "Bei Stimmengleichheit entscheidet die Stimme des Vorsitzes.",
                "If the votes are equal, the chair's vote decides.",
            ),
            Tie.NEW_BALLOT: Sentence(
                "Bei Stimmengleichheit wird neu abgestimmt.", "If the votes are equal, a new ballot is held."
            ),
        }[rules.tie]
    ]


def _circular(rules: Rules) -> list[Sentence]:
    circular = rules.circular
    if not circular.is_allowed:
        return [Sentence("Umlaufbeschlüsse sind nicht zulässig.", "Circular resolutions are not allowed.")]
    days = "1 Tag" if circular.minimum_days == 1 else f"{circular.minimum_days} Tage"
    days_en = "1 day" if circular.minimum_days == 1 else f"{circular.minimum_days} days"
    lines = [
        Sentence(
            f"Umlaufbeschlüsse sind zulässig; die Frist beträgt mindestens {days}.",
            f"Circular resolutions are allowed; the period is at least {days_en}.",
        )
        if circular.minimum_days
        else Sentence("Umlaufbeschlüsse sind zulässig.", "Circular resolutions are allowed.")
    ]
    if circular.objections_to_stop == 1:
        lines.append(
            Sentence(
                "Widerspricht ein Partner dem Umlauf, kommt die Vorlage auf die Tagesordnung der nächsten Sitzung.",
                "If a partner objects to the circular ballot, the motion goes to the next meeting's agenda.",
            )
        )
    elif circular.objections_to_stop is not None:
        lines.append(
            Sentence(
                f"Widersprechen {circular.objections_to_stop} Partner dem Umlauf, kommt die Vorlage auf die "
                "Tagesordnung der nächsten Sitzung.",
                f"If {circular.objections_to_stop} partners object to the circular ballot, the motion goes to "
                "the next meeting's agenda.",
            )
        )
    if circular.participation.is_asked:
        asked = turnout_words(circular.participation)
        lines.append(
            Sentence(
                f"Am Umlauf müssen {asked.de} teilnehmen.",
                f"In a circular ballot {asked.en} must take part.",
            )
        )
    if circular.is_unanimity_needed:
        lines.append(
            Sentence(
                "Im Umlauf kommt ein Beschluss nur zustande, wenn alle stimmberechtigten Partner zustimmen.",
                "A circular ballot makes a resolution only if all partners entitled to vote agree.",
            )
        )
    else:
        lines.append(missing_effect(rules, Way.CIRCULAR))
    if circular.reminder_days:
        when = _listed(circular.reminder_days)
        lines.append(
            Sentence(
                f"Wer noch nicht abgestimmt hat, wird {when.de} vor Ablauf der Frist erinnert.",
                f"Who has not voted yet is reminded {when.en} before the deadline.",
            )
        )
    return lines


def _notice(rules: Rules) -> list[Sentence]:
    notice = rules.notice
    if notice.amount == 0:
        return [Sentence("Eine Ladungsfrist ist nicht vorgeschrieben.", "No notice period is set.")]
    one, many = {
        Unit.DAYS: (Sentence("Tag", "day"), Sentence("Tage", "days")),
        Unit.WEEKS: (Sentence("Woche", "week"), Sentence("Wochen", "weeks")),
        Unit.WORKING_DAYS: (Sentence("Werktag", "working day"), Sentence("Werktage", "working days")),
    }[notice.unit]
    unit = one if notice.amount == 1 else many
    lines = [
        Sentence(
            f"Die Ladungsfrist beträgt {notice.amount} {unit.de}; {_end_days(notice).de}.",
            f"The notice period is {notice.amount} {unit.en}; {_end_days(notice).en}.",
        )
    ]
    if notice.is_end_moved:
        lines.append(
            Sentence(
                "Endet die Frist an einem Samstag, Sonntag oder Feiertag, endet sie am nächsten Werktag.",
                "If the period ends on a Saturday, Sunday or holiday, it ends on the next working day.",
            )
        )
    if notice.land is not None:
        lines.append(
            Sentence(
                f"Es gelten die Feiertage des Landes {LAENDER[notice.land]}.",
                f"The holidays of {LAENDER[notice.land]} apply.",
            )
        )
    if notice.is_waivable:
        lines.append(
            Sentence(
                "Auf die Einhaltung der Ladungsfrist kann verzichtet werden.",
                "The notice period can be waived.",
            )
        )
    return lines


def _end_days(notice: Notice) -> Sentence:
    match notice.is_dispatch_day_counted, notice.is_meeting_day_counted:
        case True, True:
            return Sentence(
                "der Tag des Versands und der Tag der Sitzung werden mitgezählt",
                "the day of dispatch and the day of the meeting are counted",
            )
        case True, False:
            return Sentence(
                "der Tag des Versands wird mitgezählt, der Tag der Sitzung nicht",
                "the day of dispatch is counted, the day of the meeting is not",
            )
        case False, True:
            return Sentence(
                "der Tag der Sitzung wird mitgezählt, der Tag des Versands nicht",
                "the day of the meeting is counted, the day of dispatch is not",
            )
    return Sentence(
        "der Tag des Versands und der Tag der Sitzung werden nicht mitgezählt",
        "the day of dispatch and the day of the meeting are not counted",
    )


def _late_items(rules: Rules) -> Sentence:
    late = rules.late_items
    if late.kind is LateKind.UNTIL_DAYS_BEFORE:
        days = "1 Tag" if late.days == 1 else f"{late.days} Tage"
        days_en = "1 day" if late.days == 1 else f"{late.days} days"
        return Sentence(
            f"Weitere Tagesordnungspunkte sind bis {days} vor der Sitzung möglich.",
            f"Further items are possible until {days_en} before the meeting.",
        )
    return {
        LateKind.NOT_ALLOWED: Sentence(
            "Nach der Einladung sind keine weiteren Tagesordnungspunkte möglich.",
            "No further items are possible after the invitation.",
        ),
        LateKind.ALL_PRESENT_AGREE: Sentence(
            "Weitere Tagesordnungspunkte brauchen die Zustimmung aller Anwesenden.",
            "Further items need the consent of all who are present.",
        ),
        LateKind.NOBODY_OBJECTS: Sentence(
            "Weitere Tagesordnungspunkte sind möglich, wenn niemand widerspricht.",
            "Further items are possible if nobody objects.",
        ),
    }[late.kind]


def _listed(days: tuple[int, ...]) -> Sentence:
    """Join days: ``3 Tage und 1 Tag``, ``7 Tage, 3 Tage und 1 Tag``."""
    de = ["1 Tag" if day == 1 else f"{day} Tage" for day in days]
    en = ["1 day" if day == 1 else f"{day} days" for day in days]
    return Sentence(
        " und ".join(filter(None, (", ".join(de[:-1]), de[-1]))),
        " and ".join(filter(None, (", ".join(en[:-1]), en[-1]))),
    )
