"""What the database itself refuses about ballots, on both engines: the last line, whatever the code above does.

Votes go only into open ballots, and only for partners on the roll; a ballot takes no step its life does not have
(`rules.lifecycles.BALLOT`); what opening froze and closing counted stays; the roll ends with the ballot; a key that a
ballot was weighed by stays as it is.

Secret papers go into open secret ballots, never more of them than partners took part. They are moved by the sealing
routine alone (`committees.sealing`), which shows itself by its row in `Sealing`.
"""

from collections.abc import Iterable

from committees.rules import lifecycles
from partnership.db.triggers import guard, seal, withhold

SEALED = ("Vote", "Objection", "Consent", "LateAnswer", "Lot", "Resolution", "ResolutionPart")
# Written anew by the sealing routine, never changed.
REWRITTEN = ("Participation", "BallotPaper")

# Fixed by opening; a draft may still change them. Who sees a ballot may become fewer (`ballot_visibility`).
FROZEN = (
    "partnership_id",
    "committee_id",
    "referral_id",
    "meeting_id",
    "agenda_item_id",
    "amendment_id",
    "matter_id",
    "kind",
    "posts",
    "is_opinion",
    "takes_nominations",
    "number",
    "continues_id",
    "way",
    "form",
    "secrecy",
    "title",
    "text",
    "deadline_at",
    "rule_set_id",
    "rules_frozen",
    "text_hash",
    "roll_size",
    "present_count",
    "opened_at",
    "opened_by_id",
    "repeats_id",
)
# Fixed by closing. Only a tie still gets its verdict, once the chair has decided or a lot was drawn.
COUNTED = (
    "counts",
    "is_count_withheld",
    "closed_at",
    "closed_by_id",
    "close_cause",
    "close_reason",
    "early_close_requested_by_id",
)
DECIDED = ("verdict", "outcome", "chair_choice")
# An end without a result is the end.
ENDED = ("annulled_by_id", "annul_requested_by_id", "ended_reason")
# Fixed by declaring.
DECLARED = ("declared_at", "declared_by_id")
# Fixed once a ballot was weighed by the key; only its end is still written.
KEY = ("partnership_id", "code", "name", "unit", "source", "valid_from", "used_at")

_BALLOT = "committees_ballot"
_VOTED = (
    "EXISTS (SELECT 1 FROM committees_participation p"
    " WHERE p.ballot_id = NEW.ballot_id AND p.partner_id = NEW.partner_id)"
)
_ON_ROLL = (
    "EXISTS (SELECT 1 FROM committees_rollentry r"
    " WHERE r.ballot_id = NEW.ballot_id AND r.partner_id = NEW.partner_id AND NOT r.is_excluded)"
)
_LOT_DRAWN = "EXISTS (SELECT 1 FROM committees_lot l WHERE l.ballot_id = NEW.id)"
_SEALS = "EXISTS (SELECT 1 FROM committees_sealing s WHERE s.ballot_id = {row}.ballot_id)"
_ON_PAPER = "EXISTS (SELECT 1 FROM committees_ballot b WHERE b.id = NEW.ballot_id AND b.form = 'secret')"
_PAPERS = "(SELECT count(*) FROM committees_ballotpaper p WHERE p.ballot_id = {key})"
_TOOK_PART = "(SELECT count(*) FROM committees_participation p WHERE p.ballot_id = {key})"
_FOLLOWS = (
    "(NEW.revision = 1 OR EXISTS (SELECT 1 FROM committees_vote v WHERE v.ballot_id = NEW.ballot_id"
    " AND v.partner_id = NEW.partner_id AND v.revision = NEW.revision - 1 AND v.choice = NEW.replaced))"
)
# Who gives a vote away holds none in the same meeting or ballot, and the other way round.
_CHAINED = (
    "NEW.ended_at IS NULL AND EXISTS (SELECT 1 FROM committees_proxy p WHERE p.id <> NEW.id AND p.ended_at IS NULL"
    " AND (p.meeting_id = NEW.meeting_id OR p.ballot_id = NEW.ballot_id)"
    " AND (p.giver_id = NEW.holder_id OR p.holder_id = NEW.giver_id))"
)


def register() -> None:
    """Hand every guard to the ground, which installs them after each migrate."""
    for model in SEALED:
        seal(f"committees.{model}")
    for model in REWRITTEN:
        seal(f"committees.{model}", "UPDATE")
        withhold(f"committees.{model}", "DELETE")
    withhold("committees.Sealing", "INSERT", "UPDATE", "DELETE")
    _refuse_insert("vote_into_open", "Vote", f"{_is_open('NEW')} AND {_ON_ROLL} AND {_FOLLOWS} AND NOT {_ON_PAPER}")
    _refuse("vote_fits_paper", "Vote", "INSERT", f"NOT {fits_paper('NEW.choice')}")
    for deed, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW"))):
        drafts = " AND ".join(_is_in(row, "draft") for row in rows)
        _refuse(f"option_{deed.lower()}", "Option", deed, f"NOT ({drafts})")
    for deed, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW"))):
        drafts = " AND ".join(_is_in(row, "draft") for row in rows)
        _refuse(f"block_{deed.lower()}", "BlockItem", deed, f"NOT ({drafts})")
    _refuse("block_delete", "BlockItem", "DELETE", f"NOT {_is_in('OLD', 'draft', gone=True)}", row="OLD")
    _refuse("option_delete", "Option", "DELETE", f"NOT {_is_in('OLD', 'draft', gone=True)}", row="OLD")
    fixed = ("motion_id", "number", "proposed_by_id", "original", "passage", "text", "reasons", "created_by_id")
    _refuse(
        "amendment_fixed",
        "Amendment",
        "UPDATE",
        f"{_changed(fixed)} OR (OLD.state <> 'proposed' AND {_changed(['state'])})",
    )
    _refuse("amendment_kept", "Amendment", "DELETE", "1 = 1", row="OLD")
    _refuse("lot_into_tie", "Lot", "INSERT", f"NOT {_is_tie('NEW')}")
    _refuse_insert(
        "participation_into_open",
        "Participation",
        f"({_is_open('NEW')} AND {_ON_ROLL}) OR {_SEALS.format(row='NEW')}",
    )
    _register_secret()
    _refuse_insert("objection_into_open", "Objection", _is_open("NEW"))
    _refuse_insert("consent_into_open", "Consent", f"{_is_open('NEW')} AND {_ON_ROLL}")
    _refuse("ballot_step", "Ballot", "UPDATE", _any(_wrong_steps()))
    _refuse("ballot_frozen", "Ballot", "UPDATE", f"OLD.state <> 'draft' AND {_changed(FROZEN)}")
    _refuse(
        "ballot_visibility",
        "Ballot",
        "UPDATE",
        "OLD.state <> 'draft' AND OLD.is_confidential AND NOT NEW.is_confidential",
    )
    _refuse("ballot_counted", "Ballot", "UPDATE", f"OLD.counts IS NOT NULL AND {_changed(COUNTED)}")
    _refuse(
        "ballot_decided",
        "Ballot",
        "UPDATE",
        f"OLD.counts IS NOT NULL AND {_changed(DECIDED)} AND NOT (OLD.state = 'closed' AND NEW.state = 'closed'"
        f" AND OLD.outcome = 'tie' AND OLD.chair_choice = '' AND (NEW.chair_choice <> '' OR {_LOT_DRAWN}))",
    )
    _refuse("ballot_declared", "Ballot", "UPDATE", f"OLD.state = 'declared' AND {_changed(DECLARED)}")
    _refuse(
        "ballot_ended", "Ballot", "UPDATE", f"OLD.state IN ('declared', 'stopped', 'annulled') AND {_changed(ENDED)}"
    )
    _refuse("ballot_kept", "Ballot", "DELETE", "OLD.state <> 'draft'", row="OLD")
    _refuse("roll_insert", "RollEntry", "INSERT", f"NOT {_is_in('NEW', 'draft')}")
    _refuse(
        "roll_update",
        "RollEntry",
        "UPDATE",
        f"NOT {_is_in('OLD', 'draft', 'open')} OR {_changed(('ballot_id', 'partner_id', 'partner_name'))}"
        f" OR (NOT {_is_in('OLD', 'draft')} AND {_changed(('weight', 'body_type', 'key_value'))})"
        f" OR (NEW.is_excluded AND NOT OLD.is_excluded AND {_VOTED})",
    )
    _refuse("reservation_settled", "Reservation", "UPDATE", f"OLD.state <> 'open' AND {_changed(('state', 'council'))}")
    _refuse("effect_settled", "Effect", "UPDATE", "OLD.settled_at IS NOT NULL")
    _refuse("invalidation_confirmed", "Invalidation", "UPDATE", "OLD.confirmed_at IS NOT NULL")
    _refuse("invalidation_kept", "Invalidation", "DELETE", "OLD.confirmed_at IS NOT NULL", row="OLD")
    _refuse("proxy_no_chain_insert", "Proxy", "INSERT", _CHAINED)
    _refuse("proxy_no_chain_update", "Proxy", "UPDATE", _CHAINED)
    _refuse("key_used", "Key", "UPDATE", f"OLD.used_at IS NOT NULL AND {_changed(KEY)}")
    _refuse("key_kept", "Key", "DELETE", "OLD.used_at IS NOT NULL", row="OLD")
    _refuse("key_share_insert", "KeyShare", "INSERT", _of_used_key("NEW"))
    _refuse("key_share_update", "KeyShare", "UPDATE", f"{_of_used_key('OLD')} OR {_changed(('key_id', 'partner_id'))}")
    _refuse("key_share_delete", "KeyShare", "DELETE", _of_used_key("OLD"), row="OLD")
    _refuse("roll_delete", "RollEntry", "DELETE", f"NOT {_is_in('OLD', 'draft', gone=True)}", row="OLD")


def _register_secret() -> None:
    key = "NEW.ballot_id"
    _refuse_insert(
        "paper_into_open",
        "BallotPaper",
        f"({_is_open('NEW')} AND {_ON_PAPER} AND {_PAPERS.format(key=key)} < {_TOOK_PART.format(key=key)})"
        f" OR {_SEALS.format(row='NEW')}",
    )
    for name, model in (("paper_kept", "BallotPaper"), ("participation_kept", "Participation")):
        _refuse(name, model, "DELETE", f"NOT {_SEALS.format(row='OLD')}", row="OLD")
    _refuse("late_answer_named", "LateAnswer", "INSERT", _ON_PAPER)
    _refuse(
        "sealing_of_secret",
        "Sealing",
        "INSERT",
        f"NOT ({_is_in('NEW', 'open', 'counting')} AND {_ON_PAPER})",
    )
    _refuse(
        "ballot_secret",
        "Ballot",
        "UPDATE",
        "(NEW.form = 'secret' AND OLD.state = 'open' AND NEW.state = 'closed')"
        " OR (NEW.form <> 'secret' AND NEW.state = 'counting')"
        " OR (NEW.form = 'secret' AND NEW.state = 'closed' AND OLD.state = 'counting'"
        f" AND {_PAPERS.format(key='NEW.id')} <> {_TOOK_PART.format(key='NEW.id')})",
    )
    for model in ("Teller", "SecrecyDemand"):
        name = model.lower()
        _refuse(f"{name}_insert", model, "INSERT", f"NOT {_is_in('NEW', 'draft')}")
        _refuse(f"{name}_delete", model, "DELETE", f"NOT {_is_in('OLD', 'draft', gone=True)}", row="OLD")
    _refuse(
        "teller_update",
        "Teller",
        "UPDATE",
        f"{_changed(('ballot_id', 'person_id', 'position', 'public_key'))} AND NOT {_is_in('OLD', 'draft')}",
    )
    _refuse("secrecydemand_update", "SecrecyDemand", "UPDATE", "TRUE")


def _is_in(row: str, *states: str, gone: bool = False) -> str:
    """The ballot of the row is in one of these states; `gone`: or is being deleted itself."""
    names = ", ".join(f"'{state}'" for state in states)
    found = f"EXISTS (SELECT 1 FROM {_BALLOT} b WHERE b.id = {row}.ballot_id AND b.state IN ({names}))"  # noqa: S608 - names of ours
    if gone:
        return f"({found} OR NOT EXISTS (SELECT 1 FROM {_BALLOT} b WHERE b.id = {row}.ballot_id))"  # noqa: S608
    return found


def fits_paper(marking: str) -> str:
    """The marking names only what stands on the paper of its ballot, each once, and not more than it may.

    Every part of the marking has to be the position of an option; so many parts, so many options.
    """
    parts = f"(1 + length({marking}) - length(replace(replace({marking}, ',', ''), '>', '')))"
    named = (
        "(SELECT count(*) FROM committees_option o WHERE o.ballot_id = NEW.ballot_id"  # noqa: S608 - names of ours
        f" AND (',' || replace({marking}, '>', ',') || ',') LIKE ('%,' || o.position || ',%'))"
    )
    return (
        f"EXISTS (SELECT 1 FROM {_BALLOT} b WHERE b.id = NEW.ballot_id AND ({marking} IN ('no', 'abstain')"  # noqa: S608
        f" OR (b.kind = 'motion' AND {marking} = 'yes')"
        f" OR (b.kind <> 'motion' AND {parts} = {named}"
        " AND (b.kind <> 'alternatives' OR {parts} = 1) AND (b.kind <> 'election' OR {parts} <= b.posts)"
        f" AND (b.kind = 'ranking' OR {marking} NOT LIKE '%>%')"
        f" AND (b.kind <> 'ranking' OR {marking} NOT LIKE '%,%'))))"
    ).replace("{parts}", parts)


def _is_tie(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {_BALLOT} b WHERE b.id = {row}.ballot_id"  # noqa: S608 - names of ours
        " AND b.state = 'closed' AND b.outcome = 'tie' AND b.kind <> 'motion')"
    )


def _is_open(row: str) -> str:
    return _is_in(row, "open")


def _of_used_key(row: str) -> str:
    """The value belongs to a key that a ballot was weighed by."""
    return f"EXISTS (SELECT 1 FROM committees_key k WHERE k.id = {row}.key_id AND k.used_at IS NOT NULL)"  # noqa: S608


def _changed(columns: Iterable[str]) -> str:
    return "(" + " OR ".join(f"OLD.{column} {{differs}} NEW.{column}" for column in columns) + ")"


def _wrong_steps() -> Iterable[str]:
    """A change of state that is not in the table of lives."""
    steps = " OR ".join(f"(OLD.state = '{step.from_}' AND NEW.state = '{step.to}')" for step in lifecycles.BALLOT)
    yield f"OLD.state <> NEW.state AND NOT ({steps})"


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(conditions)


def _refuse_insert(name: str, model: str, needed: str) -> None:
    """Refuse rows for which `needed` does not hold.

    PostgreSQL locks the ballot against closing meanwhile, so that this holds without any lock of the caller.
    """
    _refuse(
        name, model, "INSERT", f"NOT ({needed})", first=f"PERFORM 1 FROM {_BALLOT} WHERE id = NEW.ballot_id FOR SHARE; "
    )


def _refuse(name: str, model: str, deed: str, condition: str, *, row: str = "NEW", first: str = "") -> None:
    """Refuse the deed on rows of the model for which the condition holds."""
    message = f"konvent: {name} is refused"
    on_postgresql = condition.replace("{differs}", "IS DISTINCT FROM")
    guard(
        name,
        f"committees.{model}",
        postgresql=(
            f"{first}IF {on_postgresql} THEN RAISE EXCEPTION '{message}' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row};"
        ),
        sqlite=(f"WHEN {condition.replace('{differs}', 'IS NOT')} BEGIN SELECT RAISE(ABORT, '{message}'); END"),
        deed=deed,
    )
