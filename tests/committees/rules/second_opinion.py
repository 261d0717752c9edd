"""The outcome of a ballot, written a second time from the rule text alone (V11).

Shares no code with ``committees.rules``: it reads the JSON of the rules and a list of partners, argues by
cross-multiplied whole numbers, and knows nothing of counts, only of partners that are added up. Kept plain on
purpose.
"""

from __future__ import annotations


def outcome(
    rules: dict,
    partners: list[dict],
    *,
    way: str,
    second: bool,
    objections: int,
    chair: str | None,
    minutes: int | None,
    number: int,
) -> str:
    """Each partner: its id, vote (yes|no|abstain|None), weight, key (value), type, whether it is excluded, present
    (or None: unknown) and consents to deciding without a meeting. ``chair`` is the id of the chair's partner.
    """
    stages = sorted(rules["stages"], key=lambda stage: stage["from_ballot"])
    text = dict(rules)
    for stage in stages:
        if stage["from_ballot"] <= number:
            text |= {name: stage[name] for name in ("majority", "base", "abstention", "tie") if stage[name] is not None}
    found = result(text, partners, way, second, objections, chair, minutes)

    # Ist die Vorlage nicht angenommen und steht noch eine Stufe aus, folgt ein weiterer Wahlgang.
    later = [stage for stage in stages if stage["from_ballot"] > number]
    if later and later[0]["after"] == "tie" and found == "tie":
        return "undecided"
    if later and later[0]["after"] == "not_adopted" and found in ("tie", "rejected"):
        return "undecided"
    return found


def result(rules: dict, partners: list[dict], way, second, objections, chair, minutes) -> str:
    """The outcome of this one ballot."""
    circular, quorum = rules["circular"], rules["quorum"]
    by_letter = way == "circular"

    # Wer widerspricht, bringt die Vorlage in die nächste Sitzung.
    limit = circular["objections_to_stop"]
    if by_letter and limit is not None and objections >= limit:
        return "stopped"

    # Befangene gehören nicht zu den Stimmberechtigten.
    entitled = [partner for partner in partners if not partner["excluded"]]
    voters = [partner for partner in entitled if partner["vote"] is not None]

    # Stimmen zu wenige dem Umlauf zu, kommt die Vorlage ebenso in die nächste Sitzung. Wer abstimmt, stimmt ihm zu.
    agreeing = [partner for partner in entitled if partner["consents"] or partner["vote"] is not None]
    if by_letter and not enough(circular["consent"], votes_of(agreeing), votes_of(entitled)):
        return "stopped"

    is_attendance_kept = not by_letter and entitled and all(partner["present"] is not None for partner in entitled)
    attending = voters
    if is_attendance_kept:
        attending = [partner for partner in entitled if partner["present"] or partner["vote"] is not None]
    all_votes = votes_of(entitled)

    # Beschlussfähigkeit; zweite Einladung und Wartezeit heben die Zahl auf.
    lifted = not by_letter and (
        (second and quorum["is_lifted_by_second_invitation"])
        or (quorum["waits_minutes"] is not None and minutes is not None and minutes >= quorum["waits_minutes"])
    )
    counted = voters if quorum["counts"] == "participation" else attending
    if not lifted and not enough(quorum["turnout"], votes_of(counted), all_votes):
        return "no_quorum"
    ids = {partner["id"] for partner in voters}
    for named in quorum["partners"]:
        if named["partner"] not in ids:
            return "no_quorum"
    if not by_letter and quorum["is_chair_needed"] and chair not in {partner["id"] for partner in attending}:
        return "no_quorum"

    # Der Umlauf: Mindestteilnahme, Vorsitz.
    if by_letter:
        if not enough(circular["participation"], votes_of(voters), all_votes):
            return "no_quorum"
        if circular["is_unanimity_needed"] and votes_of(voters) < max(all_votes, 1):
            return "no_quorum"
        if circular["is_chair_needed"] and chair not in ids:
            return "no_quorum"

    # Ohne eine einzige Stimme wird nichts beschlossen, außer wo Schweigen genügt.
    silence = rules["missing"] if by_letter else "not_cast"
    majority = rules["majority"]
    if all_votes == 0:
        return "no_quorum"
    if votes_of(voters) == 0 and silence != "consent" and majority["kind"] != "no_objection":
        return "no_quorum"

    # Was zählt die fehlende Stimme?
    says = {"consent": "yes", "abstention": "abstain", "not_cast": None}[silence]
    entitled = [{**partner, "vote": partner["vote"] or says} for partner in entitled]
    yes = [partner for partner in entitled if partner["vote"] == "yes"]
    no = [partner for partner in entitled if partner["vote"] == "no"]
    bases = {
        "yes_no": yes + no,
        "cast": [partner for partner in entitled if partner["vote"] is not None],
        "roll": entitled,
    }
    if is_attendance_kept:
        here = {partner["id"] for partner in attending}
        bases["present"] = [partner for partner in entitled if partner["id"] in here]
    else:
        bases["present"] = bases["cast"]

    # Was außer der Mehrheit nötig ist.
    is_all_else_met = all(second_condition(also, entitled, bases) for also in rules["also"])
    if majority["minimum_yes"] is not None and votes_of(yes) < majority["minimum_yes"]:
        is_all_else_met = False
    if not is_all_else_met:
        return "rejected"

    # Die Mehrheit.
    base = votes_of(bases[rules["base"]])
    half = False
    if by_letter and circular["is_unanimity_needed"]:
        adopted = votes_of(yes) == all_votes
    elif majority["kind"] == "no_objection":
        adopted = votes_of(no) <= majority["objections"]
    elif majority["kind"] == "all":
        adopted = base > 0 and votes_of(yes) == base
    elif majority["kind"] == "simple":
        half, adopted = True, votes_of(yes) > votes_of(no)
    else:
        half = majority["share"]["compare"] == "more_than" and twice_is_whole(majority["share"]["fraction"])
        adopted = reaches(majority["share"], votes_of(yes), base)
    if adopted:
        return "adopted"

    # Stimmengleichheit: genau die Hälfte dafür, die andere dagegen.
    if half and votes_of(yes) and votes_of(yes) == votes_of(no) and base == 2 * votes_of(yes):
        if rules["tie"] == "new_ballot":
            return "tie"
        if rules["tie"] == "chair":
            voice = {partner["id"]: partner["vote"] for partner in voters}.get(chair)
            return "adopted" if voice == "yes" else "rejected"
    return "rejected"


def second_condition(also: dict, entitled: list[dict], bases: dict) -> bool:
    """Whether one thing that is asked besides the majority is true."""
    yes = [partner for partner in entitled if partner["vote"] == "yes"]
    if also["kind"] == "share":
        return reaches(also["share"], votes_of(yes), votes_of(bases[also["base"]]))
    if also["kind"] == "key":
        return reaches(also["share"], sum(p["key"] for p in yes), sum(p["key"] for p in entitled))
    if also["kind"] == "group":
        within = [partner for partner in entitled if partner["type"] in also["group"]["types"]]
        for_it = votes_of([partner for partner in within if partner["vote"] == "yes"])
        against = votes_of([partner for partner in within if partner["vote"] == "no"])
        if also["number"] is not None:
            return for_it >= also["number"]
        if also["share"] is not None:
            return reaches(also["share"], for_it, votes_of(within))
        return for_it > against
    votes = {partner["id"]: partner["vote"] for partner in entitled}
    named = votes.get(also["partner"]["partner"])
    return named == "yes" if also["kind"] == "consent" else named != "no"


def votes_of(partners: list[dict]) -> int:
    """How many votes these partners have together."""
    return sum(partner["weight"] for partner in partners)


def twice_is_whole(fraction: str) -> bool:
    above, below = map(int, fraction.split("/"))
    return 2 * above == below


def reaches(share: dict, part: int, whole: int) -> bool:
    """Whether a part is so large a share of the whole; nothing is never enough."""
    above, below = map(int, share["fraction"].split("/"))
    if share["compare"] == "more_than":
        return part > 0 and part * below > whole * above
    return part > 0 and part * below >= whole * above


def enough(turnout: dict, took_part: int, entitled: int) -> bool:
    """Whether so many of so many took part as the rules ask for."""
    if turnout["number"] is not None and took_part < turnout["number"]:
        return False
    return turnout["share"] is None or reaches(turnout["share"], took_part, entitled)
