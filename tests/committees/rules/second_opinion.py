"""The outcome of a ballot, written a second time from the rule text alone (V11).

Shares no code with ``committees.rules``: it reads the JSON of the rules and a list of partners, argues by
cross-multiplied whole numbers, and knows nothing of counts. Kept plain on purpose.
"""

from __future__ import annotations


def outcome(rules: dict, partners: list[dict], *, way: str, second: bool, objections: int, chair: str | None) -> str:
    """Each partner: ``{"vote": yes|no|abstain|None, "excluded": bool, "present": bool|None}``."""
    circular = rules["circular"]

    # Wer widerspricht, bringt die Vorlage in die nächste Sitzung.
    limit = circular["objections_to_stop"]
    if way == "circular" and limit is not None and objections >= limit:
        return "stopped"

    # Befangene gehören nicht zu den Stimmberechtigten.
    entitled = [partner for partner in partners if not partner["excluded"]]
    voters = [partner for partner in entitled if partner["vote"] is not None]
    attending = voters
    if way == "meeting" and all(partner["present"] is not None for partner in entitled) and entitled:
        attending = [partner for partner in entitled if partner["present"] or partner["vote"] is not None]

    # Beschlussfähigkeit; die zweite Einladung hebt sie auf.
    lifted = second and way == "meeting" and rules["quorum"]["is_lifted_by_second_invitation"]
    if not lifted and not enough(rules["quorum"]["turnout"], len(attending), len(entitled)):
        return "no_quorum"
    if way == "circular" and not enough(circular["participation"], len(voters), len(entitled)):
        return "no_quorum"
    if way == "circular" and circular["is_unanimity_needed"] and len(voters) < len(entitled):
        return "no_quorum"
    silence = rules["missing"] if way == "circular" else "not_cast"
    if not voters and silence != "consent":
        return "no_quorum"

    # Was zählt die fehlende Stimme?
    votes = [partner["vote"] for partner in entitled]
    if silence == "consent":
        votes = [vote or "yes" for vote in votes]
    if silence == "abstention":
        votes = [vote or "abstain" for vote in votes]
    yes, no = votes.count("yes"), votes.count("no")

    if way == "circular" and circular["is_unanimity_needed"]:
        return "adopted" if votes and all(vote == "yes" for vote in votes) else "rejected"

    # Die Bezugsgröße, als Liste derer, die dazugehören.
    if rules["base"] == "yes_no":
        base = [vote for vote in votes if vote in ("yes", "no")]
    elif rules["base"] == "cast":
        base = [vote for vote in votes if vote is not None]
    elif rules["base"] == "present":
        base = [vote for vote in votes if vote is not None]
        if way == "meeting":
            base += [None] * (len(attending) - len(base))
    else:
        base = votes

    majority = rules["majority"]
    if majority["kind"] == "all":
        return "adopted" if base and all(vote == "yes" for vote in base) else "rejected"
    if majority["kind"] == "simple":
        half = True
        adopted = yes > no
    else:
        above, below = map(int, majority["share"]["fraction"].split("/"))
        is_more = majority["share"]["compare"] == "more_than"
        half = is_more and 2 * above == below
        adopted = yes > 0 and (yes * below > above * len(base) if is_more else yes * below >= above * len(base))
    if adopted:
        return "adopted"

    # Stimmengleichheit: genau die Hälfte dafür, die andere dagegen.
    if half and yes and yes == no and len(base) == 2 * yes:
        if rules["tie"] == "new_ballot":
            return "tie"
        if rules["tie"] == "chair" and chair == "yes":
            return "adopted"
    return "rejected"


def enough(turnout: dict, took_part: int, entitled: int) -> bool:
    """Whether so many of so many took part as the rules ask for."""
    if turnout["number"] is not None and took_part < turnout["number"]:
        return False
    if turnout["share"] is None:
        return True
    above, below = map(int, turnout["share"]["fraction"].split("/"))
    if turnout["share"]["compare"] == "more_than":
        return took_part * below > entitled * above
    return took_part > 0 and took_part * below >= entitled * above
