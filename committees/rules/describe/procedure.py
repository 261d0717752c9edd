"""Quorum, circular ballots, notice, agenda, proxies, secrecy and minutes in words."""

from __future__ import annotations

from committees.rules.describe.effects import missing_effect
from committees.rules.describe.shares import days, turnout_words
from committees.rules.rule_set import (
    LAENDER,
    Approval,
    LateKind,
    MajorityKind,
    Notice,
    ProxyKind,
    QuorumOf,
    Rules,
    Turnout,
    Unit,
    Way,
)
from committees.rules.sentence import Sentence


def quorum(rules: Rules) -> list[Sentence]:
    """Who must take part, and what lifts it."""
    asked = rules.quorum
    lines = [_quorum(rules)]
    if asked.is_lifted_by_second_invitation:
        lines.append(
            Sentence(
                "Nach einer zweiten Einladung zum selben Gegenstand kommt es auf die Zahl nicht an, "
                "wenn die Einladung darauf hinweist.",
                "After a second invitation to the same matter the number does not matter, if the invitation says so.",
            )
        )
    if asked.waits_minutes is not None:
        minutes_de = "1 Minute" if asked.waits_minutes == 1 else f"{asked.waits_minutes} Minuten"
        minutes_en = "1 minute" if asked.waits_minutes == 1 else f"{asked.waits_minutes} minutes"
        lines.append(
            Sentence(
                f"Sind nicht genug da, kommt es {minutes_de} nach dem angekündigten Beginn auf die Zahl nicht mehr an.",
                f"If too few are there, the number no longer matters {minutes_en} after the announced beginning.",
            )
        )
    if asked.is_chair_needed:
        lines.append(
            Sentence(
                "In der Sitzung muss der Vorsitz anwesend sein.",
                "The chair must be present in the meeting.",
            )
        )
    lines += [
        Sentence(
            f"{named.name} muss abstimmen, sonst ist das Gremium nicht beschlussfähig.",
            f"{named.name} must vote, otherwise the committee has no quorum.",
        )
        for named in asked.partners
    ]
    return lines


def _quorum(rules: Rules) -> Sentence:
    if not rules.quorum.turnout.is_asked:
        if rules.majority.kind is MajorityKind.NO_OBJECTION:
            return Sentence("Eine Beschlussfähigkeit ist nicht vorgeschrieben.", "No quorum is asked for.")
        return Sentence(
            "Eine Beschlussfähigkeit ist nicht vorgeschrieben; mindestens ein Partner muss abstimmen.",
            "No quorum is asked for; at least one partner must vote.",
        )
    asked, in_votes = _asked(rules, rules.quorum.turnout), not rules.weights.is_equal
    if rules.quorum.counts is QuorumOf.PARTICIPATION:
        verb = Sentence("abgegeben werden", "are cast") if in_votes else Sentence("abstimmen", "vote")
        return Sentence(
            f"Das Gremium ist beschlussfähig, wenn {asked.de} {verb.de}; eine Enthaltung zählt als Teilnahme.",
            f"The committee has a quorum if {asked.en} {verb.en}; an abstention counts as taking part.",
        )
    verb = Sentence("vertreten sind", "are represented") if in_votes else Sentence("teilnehmen", "take part")
    return Sentence(
        f"Das Gremium ist beschlussfähig, wenn {asked.de} {verb.de}.",
        f"The committee has a quorum if {asked.en} {verb.en}.",
    )


def _asked(rules: Rules, turnout: Turnout) -> Sentence:
    return turnout_words(turnout, in_votes=not rules.weights.is_equal)


def circular(rules: Rules) -> list[Sentence]:
    """Whether a ballot may be held without a meeting, and how."""
    asked = rules.circular
    if not asked.is_allowed:
        return [Sentence("Umlaufbeschlüsse sind nicht zulässig.", "Circular resolutions are not allowed.")]
    least = days(asked.minimum_days)
    lines = [
        Sentence(
            f"Umlaufbeschlüsse sind zulässig; die Frist beträgt mindestens {least.de}.",
            f"Circular resolutions are allowed; the period is at least {least.en}.",
        )
        if asked.minimum_days
        else Sentence("Umlaufbeschlüsse sind zulässig.", "Circular resolutions are allowed.")
    ]
    if asked.objections_to_stop == 1:
        lines.append(
            Sentence(
                "Widerspricht ein Partner dem Umlauf, kommt die Vorlage auf die Tagesordnung der nächsten Sitzung.",
                "If a partner objects to the circular ballot, the motion goes to the next meeting's agenda.",
            )
        )
    elif asked.objections_to_stop is not None:
        lines.append(
            Sentence(
                f"Widersprechen {asked.objections_to_stop} Partner dem Umlauf, kommt die Vorlage auf die "
                "Tagesordnung der nächsten Sitzung.",
                f"If {asked.objections_to_stop} partners object to the circular ballot, the motion goes to "
                "the next meeting's agenda.",
            )
        )
    if asked.consent.is_asked:
        agreeing = _asked(rules, asked.consent)
        lines.append(
            Sentence(
                f"Ohne Sitzung wird nur entschieden, wenn {agreeing.de} dem Verfahren zustimmen; "
                "wer abstimmt, stimmt ihm zu.",
                f"Without a meeting a decision is taken only if {agreeing.en} agree to it; who votes agrees to it.",
            )
        )
    if asked.participation.is_asked:
        taking = _asked(rules, asked.participation)
        lines.append(
            Sentence(
                f"Am Umlauf müssen {taking.de} teilnehmen.",
                f"In a circular ballot {taking.en} must take part.",
            )
            if rules.weights.is_equal
            else Sentence(
                f"Im Umlauf müssen {taking.de} abgegeben werden.",
                f"In a circular ballot {taking.en} must be cast.",
            )
        )
    if asked.is_chair_needed:
        lines.append(Sentence("Im Umlauf muss der Vorsitz abstimmen.", "The chair must vote in a circular ballot."))
    if asked.is_unanimity_needed:
        lines.append(
            Sentence(
                "Im Umlauf kommt ein Beschluss nur zustande, wenn alle stimmberechtigten Partner zustimmen.",
                "A circular ballot makes a resolution only if all partners entitled to vote agree.",
            )
        )
    else:
        lines.append(missing_effect(rules, Way.CIRCULAR))
    if asked.reminder_days:
        when = _listed(asked.reminder_days)
        lines.append(
            Sentence(
                f"Wer noch nicht abgestimmt hat, wird {when.de} vor Ablauf der Frist erinnert.",
                f"Who has not voted yet is reminded {when.en} before the deadline.",
            )
        )
    return lines


def notice(rules: Rules) -> list[Sentence]:
    """How long before a meeting the invitation goes out."""
    asked = rules.notice
    if asked.amount == 0:
        return [Sentence("Eine Ladungsfrist ist nicht vorgeschrieben.", "No notice period is set.")]
    length = _length(asked.amount, asked.unit)
    lines = [
        Sentence(
            f"Die Ladungsfrist beträgt {length.de}; {_end_days(asked).de}.",
            f"The notice period is {length.en}; {_end_days(asked).en}.",
        )
    ]
    if asked.urgent_amount is not None:
        urgent = _length(asked.urgent_amount, asked.unit)
        lines.append(
            Sentence(f"In dringenden Fällen beträgt sie {urgent.de}.", f"In urgent cases it is {urgent.en}.")
            if asked.urgent_amount
            else Sentence("In dringenden Fällen entfällt sie.", "In urgent cases there is none.")
        )
    if asked.is_end_moved:
        lines.append(
            Sentence(
                "Endet die Frist an einem Samstag, Sonntag oder Feiertag, endet sie am nächsten Werktag.",
                "If the period ends on a Saturday, Sunday or holiday, it ends on the next working day.",
            )
        )
    if asked.land is not None:
        lines.append(
            Sentence(
                f"Es gelten die Feiertage des Landes {LAENDER[asked.land]}.",
                f"The holidays of {LAENDER[asked.land]} apply.",
            )
        )
    if asked.is_waivable:
        lines.append(
            Sentence(
                "Auf die Einhaltung der Ladungsfrist kann verzichtet werden.",
                "The notice period can be waived.",
            )
        )
    return lines


def _length(number: int, unit: Unit) -> Sentence:
    one, many = {
        Unit.DAYS: (Sentence("Tag", "day"), Sentence("Tage", "days")),
        Unit.WEEKS: (Sentence("Woche", "week"), Sentence("Wochen", "weeks")),
        Unit.WORKING_DAYS: (Sentence("Werktag", "working day"), Sentence("Werktage", "working days")),
    }[unit]
    noun = one if number == 1 else many
    return Sentence(f"{number} {noun.de}", f"{number} {noun.en}")


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


def late_items(rules: Rules) -> Sentence:
    """Whether an item may still come onto the agenda."""
    late = rules.late_items
    if late.kind is LateKind.UNTIL_DAYS_BEFORE:
        assert late.days is not None
        before = days(late.days)
        return Sentence(
            f"Weitere Tagesordnungspunkte sind bis {before.de} vor der Sitzung möglich.",
            f"Further items are possible until {before.en} before the meeting.",
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


def _listed(numbers: tuple[int, ...]) -> Sentence:
    """Join days: ``3 Tage und 1 Tag``, ``7 Tage, 3 Tage und 1 Tag``."""
    de, en = [days(number).de for number in numbers], [days(number).en for number in numbers]
    return Sentence(
        " und ".join(filter(None, (", ".join(de[:-1]), de[-1]))),
        " and ".join(filter(None, (", ".join(en[:-1]), en[-1]))),
    )


def proxies(rules: Rules) -> list[Sentence]:
    """Who may vote for a partner besides its own people."""
    asked = rules.proxies
    if asked.kind is ProxyKind.NONE:
        return [
            Sentence(
                "Die Stimme kann nicht auf einen anderen Partner übertragen werden; "
                "für einen Partner stimmen seine Vertretung und seine Stellvertretungen ab.",
                "A vote cannot be given to another partner; a partner's own delegate and deputies vote for it.",
            )
        ]
    held = "einen anderen" if asked.most_held == 1 else f"{asked.most_held} andere"
    held_en = "one other" if asked.most_held == 1 else f"{asked.most_held} others"
    lines = [
        Sentence(
            f"Ein Partner kann seine Stimme auf einen anderen übertragen; jeder vertritt höchstens {held}.",
            f"A partner may give its vote to another one; each acts for {held_en} at most.",
        )
    ]
    if asked.is_giver_first:
        lines.append(
            Sentence(
                "Stimmt der Partner rechtzeitig selbst ab, gilt seine eigene Stimme.",
                "If the partner votes in time itself, its own vote counts.",
            )
        )
    return lines


def voting(rules: Rules) -> list[Sentence]:
    """What the chair may, what can be changed and seen while voting."""
    lines = [
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
    ]
    if rules.is_reason_needed_for_no:
        lines.append(Sentence("Ein Nein braucht eine Begründung.", "A no needs a reason."))
    return lines


def secrecy(rules: Rules) -> list[Sentence]:
    """Whether a ballot may be secret, and who can demand it."""
    asked = rules.secrecy
    if not asked.is_allowed:
        return [Sentence("Geheime Abstimmungen sind nicht zulässig.", "Secret ballots are not allowed.")]
    if not rules.is_secrecy_possible:
        return [
            Sentence(
                "Geheime Abstimmungen gibt es nicht: Nach diesen Regeln muss bekannt sein, wer wie stimmt.",
                "There are no secret ballots: under these rules it must be known who votes how.",
            )
        ]
    lines = [
        Sentence(
            f"Geheim kann abgestimmt werden, wenn mindestens {asked.minimum_roll} Partner stimmberechtigt sind.",
            f"A ballot may be secret if at least {asked.minimum_roll} partners are entitled to vote.",
        )
    ]
    if asked.demand.is_asked:
        who = turnout_words(asked.demand)
        lines.append(
            Sentence(
                f"Es wird geheim abgestimmt, wenn {who.de} es verlangen.",
                f"The ballot is secret if {who.en} demand it.",
            )
        )
    return lines


def reservation(rules: Rules) -> list[Sentence]:
    """Whether a yes may be subject to one's own council."""
    if not rules.reservation.is_allowed:
        return []
    within = Sentence("von 1 Tag", "1 day") if rules.reservation.days == 1 else None
    within = within or Sentence(f"von {rules.reservation.days} Tagen", f"{rules.reservation.days} days")
    return [
        Sentence(
            "Ein Ja unter dem Vorbehalt des eigenen Gremiums ist möglich; der Vorbehalt ist innerhalb "
            f"{within.de} aufzuheben.",
            f"A yes subject to one's own council is possible; the reservation is to be lifted within {within.en}.",
        )
    ]


def conflict(rules: Rules) -> list[Sentence]:
    """What a conflict of interest leads to."""
    lines = [
        Sentence(
            "Befangene Partner stimmen nicht mit und werden gesondert gezählt; "
            "Beschlussfähigkeit und Mehrheit bemessen sich ohne sie.",
            "Partners with a conflict of interest do not vote and are counted apart; "
            "quorum and majority are measured without them.",
        )
    ]
    if rules.is_conflict_decided_by_body:
        lines.append(
            Sentence(
                "Ob ein Partner befangen ist, entscheidet im Zweifel das Gremium ohne ihn.",
                "In case of doubt the committee decides without the partner whether it has a conflict of interest.",
            )
        )
    return lines


def minutes(rules: Rules) -> list[Sentence]:
    """When minutes go out, and how they are approved."""
    asked = rules.minutes
    sent = "von 1 Tag" if asked.sent_within_days == 1 else f"von {asked.sent_within_days} Tagen"
    lines = [
        Sentence(
            f"Die Niederschrift wird innerhalb {sent} nach der Sitzung versandt.",
            f"Minutes are sent within {days(asked.sent_within_days).en} after the meeting.",
        )
    ]
    if asked.objection_days:
        period = days(asked.objection_days)
        lines.append(
            Sentence(
                f"Einwände gegen sie sind danach {period.de} lang möglich.",
                f"Objections to them are possible for {period.en} after that.",
            )
        )
    lines.append(
        Sentence("Ohne Einwand ist sie genehmigt.", "Without an objection they are approved.")
        if asked.approval is Approval.SILENCE
        else Sentence("Genehmigt wird sie durch Beschluss.", "They are approved by resolution.")
    )
    return lines
