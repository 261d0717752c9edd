"""A partnership with a technical and a strategic committee, as in the Masterportal document, and its motions."""

from dataclasses import dataclass, field
from datetime import timedelta

from committees.enums import BallotState, BallotWay, CommitteeKind, DelegateKind
from committees.models import Ballot, Committee, Delegate, Motion, Participation, RollEntry, Vote
from committees.rules import presets
from committees.rules.verdict import decide, tally
from committees.services import motions
from membership.models import Partner
from partnership import clock
from partnership.enums import Role
from partnership.models import Partnership, User
from tests.factories.ground import LONG_AGO, PartnerFactory, PartnershipFactory, UserFactory, appoint


def make_committee(partnership: Partnership, code: str, **fields) -> Committee:
    defaults = {"name": f"Gremium {code}", "kind": CommitteeKind.DECIDES}
    return Committee.objects.create(partnership=partnership, code=code, **{**defaults, **fields})


def make_delegate(committee: Committee, partner: Partner, person: User | None = None, **fields) -> Delegate:
    return Delegate.objects.create(
        committee=committee,
        partner=partner,
        person=person or UserFactory(),
        **{"kind": DelegateKind.DELEGATE, "valid_from": LONG_AGO, **fields},
    )


@dataclass
class House:
    """One partnership with its people; delegates sit in the technical committee `tk` and the strategic `sk`."""

    partnership: Partnership
    sk: Committee
    tk: Committee
    office: User
    chair: User
    partners: list[Partner]
    tk_delegates: list[User] = field(default_factory=list)
    sk_delegates: list[User] = field(default_factory=list)

    @property
    def delegate(self) -> User:
        """The delegate of the first partner in the technical committee."""
        return self.tk_delegates[0]


def make_house(partners: int = 3, **tk_fields) -> House:
    partnership = PartnershipFactory(name="Implementierungspartnerschaft Muster", short_name="Muster")
    sk = make_committee(partnership, "SK", name="Strategisches Gremium", position=1)
    tk = make_committee(
        partnership,
        "TK",
        name="Technisches Gremium",
        kind=CommitteeKind.RECOMMENDS,
        recommends_to=sk,
        position=2,
        **tk_fields,
    )
    office, chair = UserFactory(name="Frau Büro"), UserFactory(name="Herr Vorsitz")
    appoint(office, Role.MANAGING_OFFICE, partnership)
    appoint(chair, Role.CHAIR, sk)
    seats = [PartnerFactory(partnership=partnership, number=n + 1, name=f"Stadt {n + 1}") for n in range(partners)]
    house = House(partnership, sk, tk, office, chair, seats)
    for seat in seats:
        house.tk_delegates.append(make_delegate(tk, seat).person)
        house.sk_delegates.append(make_delegate(sk, seat).person)
    return house


def make_motion(house: House, by: User | None = None, *, is_submitted: bool = True, **fields) -> Motion:
    """A motion of the first partner on its way through both committees."""
    motion = motions.create(
        by=by or house.delegate,
        partnership=house.partnership,
        **{
            "title": "Kachelserver erneuern",
            "text": "Der Kachelserver wird erneuert.",
            "reasons": "Er ist alt.",
            "committee": house.tk,
            "submitting_partner": house.partners[0],
            **fields,
        },
    )
    return motions.submit(by=by or house.delegate, motion=motion) if is_submitted else motion


def make_ballot(
    house: House, committee: Committee, referral=None, choices: str = "yyn", way: str = BallotWay.CIRCULAR, **fields
) -> Ballot:
    """A ballot that is closed and counted: one letter per partner, y, n, a, or a dot for no vote."""
    rules = presets.EQUAL_SIMPLE.rules
    letters = {"y": "yes", "n": "no", "a": "abstain"}
    now = clock.now()
    on_roll = dict(zip(house.partners, choices, strict=False))
    given = {partner.pk: letters[letter] for partner, letter in on_roll.items() if letter in letters}
    count = tally([partner.pk for partner in on_roll], given)
    verdict = decide(rules, count, way=way)
    motion = referral.motion if referral else None
    ballot = Ballot.objects.create(
        partnership=house.partnership,
        committee=committee,
        referral=referral,
        way=way,
        **{
            "title": motion.title if motion else "Arbeitsprogramm",
            "text": motion.text if motion else "Das Arbeitsprogramm wird beschlossen.",
            "is_confidential": motion.is_confidential if motion else False,
            "state": BallotState.DRAFT,
            "deadline_at": now + timedelta(days=7),
            **fields,
        },
    )
    people = house.sk_delegates if committee == house.sk else house.tk_delegates
    for partner in on_roll:
        RollEntry.objects.create(ballot=ballot, partner=partner, partner_name=partner.name)
    ballot.rules_frozen, ballot.text_hash, ballot.opened_at = rules.to_data(), "0" * 64, now
    ballot.roll_size, ballot.state = len(on_roll), BallotState.OPEN
    ballot.save()
    for partner, person in zip(on_roll, people, strict=False):
        if partner.pk in given:
            Participation.objects.create(ballot=ballot, partner=partner)
            Vote.objects.create(
                ballot=ballot,
                partner=partner,
                choice=given[partner.pk],
                cast_by=person,
                capacity="delegate",
                cast_at=now,
                token_hash=f"{ballot.pk}-{partner.number}"[:64],
            )
    ballot.counts, ballot.verdict, ballot.outcome = count.to_data(), verdict.to_data(), verdict.outcome.value
    ballot.state, ballot.closed_at = BallotState.CLOSED, now
    ballot.save()
    return ballot


def vote_through(house: House, motion: Motion, committee: Committee, choices: str = "yyn"):
    """Let a committee vote on a motion and declare the result: schedule, vote, count, register."""
    from committees.services import resolutions

    referral = motion.referrals.get(committee=committee)
    ballot = make_ballot(house, committee, referral, choices)
    motions.begin_vote(by=house.office, referral=referral, ballot=ballot)
    return resolutions.record(by=house.chair, ballot=ballot, outcome=ballot.outcome)


__all__ = ["House", "make_ballot", "make_committee", "make_delegate", "make_house", "make_motion", "vote_through"]
