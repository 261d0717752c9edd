"""Ballots: the verbs, one for each step of a vote. Words and states in docs and `rules.lifecycles`."""

from committees.services.ballots.blocks import gather, take_out
from committees.services.ballots.candidates import answer_candidacy, change_option, propose, remove_option
from committees.services.ballots.casting import Receipt, cast
from committees.services.ballots.closing import (
    break_tie,
    close_ballot,
    close_due,
    recount,
    request_early_close,
    withdraw_early_close,
)
from committees.services.ballots.confiding import make_confidential
from committees.services.ballots.conflicts import decide_conflict, declare_conflict, state_conflict
from committees.services.ballots.consenting import consent_to_circular, may_consent
from committees.services.ballots.continuing import continue_ballot
from committees.services.ballots.counting import awaits_chair, running_tally, turnout
from committees.services.ballots.declaring import declare
from committees.services.ballots.demanding import Demands, demand_secrecy, demands_of, obstacle_of
from committees.services.ballots.drafting import change_draft, discard_draft, draft_ballot
from committees.services.ballots.ending import (
    Annulment,
    annul_and_repeat,
    needs_second_person,
    object_to_circular,
    withdraw_annulment,
)
from committees.services.ballots.errors import (
    BallotClosed,
    BallotRefused,
    ChangeRefused,
    ConsentRefused,
    DeadlinePassed,
    DemandRefused,
    EarlyCloseRefused,
    InvalidChoice,
    KeyRefused,
    NoRules,
    NotAllowed,
    NotEntitled,
    ObjectionRefused,
    OpeningRefused,
    RollRefused,
    TieOpen,
    TokenUsed,
    TooManyCasts,
    WrongState,
)
from committees.services.ballots.hands import enter_hands, preview
from committees.services.ballots.lots import draw_lot
from committees.services.ballots.opening import open_ballot, text_hash
from committees.services.ballots.reminding import remind_due, remind_now
from committees.services.ballots.roll import exclude_partner, include_partner, mark_leaving, outstanding
from committees.services.ballots.secret import sweep_keys
from committees.services.ballots.stages import GOES_ON, can_continue
from committees.services.ballots.tellers import appoint_tellers, open_urn, set_passphrase

__all__ = [
    "GOES_ON",
    "Annulment",
    "BallotClosed",
    "BallotRefused",
    "ChangeRefused",
    "ConsentRefused",
    "DeadlinePassed",
    "DemandRefused",
    "Demands",
    "EarlyCloseRefused",
    "InvalidChoice",
    "KeyRefused",
    "NoRules",
    "NotAllowed",
    "NotEntitled",
    "ObjectionRefused",
    "OpeningRefused",
    "Receipt",
    "RollRefused",
    "TieOpen",
    "TokenUsed",
    "TooManyCasts",
    "WrongState",
    "annul_and_repeat",
    "answer_candidacy",
    "appoint_tellers",
    "awaits_chair",
    "break_tie",
    "can_continue",
    "cast",
    "change_draft",
    "change_option",
    "close_ballot",
    "close_due",
    "consent_to_circular",
    "continue_ballot",
    "decide_conflict",
    "declare",
    "declare_conflict",
    "demand_secrecy",
    "demands_of",
    "discard_draft",
    "draft_ballot",
    "draw_lot",
    "enter_hands",
    "exclude_partner",
    "gather",
    "include_partner",
    "make_confidential",
    "mark_leaving",
    "may_consent",
    "needs_second_person",
    "object_to_circular",
    "obstacle_of",
    "open_ballot",
    "open_urn",
    "outstanding",
    "preview",
    "propose",
    "recount",
    "remind_due",
    "remind_now",
    "remove_option",
    "request_early_close",
    "running_tally",
    "set_passphrase",
    "state_conflict",
    "sweep_keys",
    "take_out",
    "text_hash",
    "turnout",
    "withdraw_annulment",
    "withdraw_early_close",
]
