from committees.models.amendment import Amendment
from committees.models.ballot import Ballot, LateAnswer, Objection, Participation, RollEntry, Vote
from committees.models.block import BlockItem
from committees.models.committee import CircleMember, Committee
from committees.models.conflict import Conflict, ConflictState
from committees.models.consent import Consent
from committees.models.delegate import Delegate
from committees.models.invalidation import Invalidation
from committees.models.key import Key, KeyShare
from committees.models.meeting import AgendaItem, Attendance, Meeting, MeetingAnswer, Paper
from committees.models.motion import Motion, Referral
from committees.models.option import Lot, Option
from committees.models.proxy import Proxy
from committees.models.reservation import Effect, Reservation, ReservationState
from committees.models.resolution import Publication, RegisterHead, Resolution, ResolutionPart
from committees.models.rule_set import Matter, RuleSet
from committees.models.secret import BallotPaper, Sealing, SecrecyDemand, Teller
