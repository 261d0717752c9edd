"""Committees, rules, delegates and ballots, made the short way."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from committees.enums import BallotForm, BallotWay, CommitteeKind, DelegateKind, MeetingState
from committees.models import Ballot, Committee, Delegate, Key, KeyShare, Meeting, RuleSet
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import Rules
from committees.services import ballots
from membership.models import Partner
from partnership import clock
from partnership.enums import Role
from partnership.models import Partnership, User
from tests.factories.ground import LONG_AGO, PartnerFactory, PartnershipFactory, UserFactory, appoint


class CommitteeFactory(DjangoModelFactory):
    """A committee that decides, without rules of procedure."""

    class Meta:
        model = Committee

    partnership = factory.SubFactory(PartnershipFactory)
    name = factory.Sequence(lambda n: f"Gremium {n}")
    code = factory.Sequence(lambda n: f"G{n}")
    kind = CommitteeKind.DECIDES


class RuleSetFactory(DjangoModelFactory):
    """Rules in force since long ago: "gleiche Stimme, einfache Mehrheit", or `rules=Rules(…)`."""

    class Meta:
        model = RuleSet

    class Params:
        rules = EQUAL_SIMPLE.rules

    committee = factory.SubFactory(CommitteeFactory)
    version = 1
    preset = "equal_simple"
    settings = factory.LazyAttribute(lambda o: o.rules.to_data())
    valid_from = LONG_AGO


class DelegateFactory(DjangoModelFactory):
    """Somebody who has spoken for a partner since long ago."""

    class Meta:
        model = Delegate

    committee = factory.SubFactory(CommitteeFactory)
    partner = factory.SubFactory(PartnerFactory, partnership=factory.SelfAttribute("..committee.partnership"))
    person = factory.SubFactory(UserFactory)
    kind = DelegateKind.DELEGATE
    valid_from = LONG_AGO


class MeetingFactory(DjangoModelFactory):
    """A meeting that is running."""

    class Meta:
        model = Meeting

    committee = factory.SubFactory(CommitteeFactory)
    partnership = factory.SelfAttribute("committee.partnership")
    title = factory.Sequence(lambda n: f"{n}. Sitzung")
    state = MeetingState.RUNNING
    starts_at = factory.LazyFunction(clock.now)
    ends_at = factory.LazyAttribute(lambda o: o.starts_at + timedelta(hours=3))


class BallotFactory(DjangoModelFactory):
    """A circular ballot that is being prepared; open it with `open_ballot`."""

    class Meta:
        model = Ballot

    committee = factory.SubFactory(CommitteeFactory)
    partnership = factory.SelfAttribute("committee.partnership")
    title = factory.Sequence(lambda n: f"Gegenstand {n}")
    text = "Das Arbeitsprogramm wird beschlossen."
    way = BallotWay.CIRCULAR
    form = BallotForm.ROLL_CALL
    deadline_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=20))


@dataclass
class Chamber:
    """A committee with everybody a vote needs."""

    partnership: Partnership
    committee: Committee
    chair: User
    office: User
    partners: list[Partner]
    delegates: list[User]
    deputies: list[User] = field(default_factory=list)

    def person(self, partner: Partner) -> User:
        """The delegate of a partner."""
        return self.delegates[self.partners.index(partner)]

    def cast(
        self, ballot: Ballot, index: int, choice: str, *, by: User | None = None, token: str = ""
    ) -> ballots.Receipt:
        """Cast for the partner at a place of the list, by its delegate."""
        return ballots.cast(
            by=by or self.delegates[index],
            ballot=ballot,
            partner=self.partners[index],
            choice=choice,
            token=token or str(uuid.uuid4()),
        )

    def cast_all(self, ballot: Ballot, choices: str) -> None:
        """Cast in order of the partners: y, n, a; a dot leaves one out."""
        letters = {"y": "yes", "n": "no", "a": "abstain"}
        for index, letter in enumerate(choices):
            if letter in letters:
                self.cast(ballot, index, letters[letter])


def make_chamber(
    partners: int = 3,
    *,
    rules: Rules = EQUAL_SIMPLE.rules,
    with_deputies: bool = False,
    partnership: Partnership | None = None,
    **committee: object,
) -> Chamber:
    """A committee with rules, chair, office, partners and their delegates (and deputies)."""
    place = CommitteeFactory(partnership=partnership or PartnershipFactory(), **committee)
    RuleSetFactory(committee=place, rules=rules)
    chair, office = UserFactory(name="Vera Vorsitz"), UserFactory(name="Gerd Geschäftsführung")
    appoint(chair, Role.CHAIR, place)
    appoint(office, Role.MANAGING_OFFICE, place.partnership)
    seats = [PartnerFactory(partnership=place.partnership, name=f"Partner {n:03d}") for n in range(1, partners + 1)]
    return Chamber(
        partnership=place.partnership,
        committee=place,
        chair=chair,
        office=office,
        partners=seats,
        delegates=[DelegateFactory(committee=place, partner=seat).person for seat in seats],
        deputies=[
            DelegateFactory(committee=place, partner=seat, kind=DelegateKind.DEPUTY).person
            for seat in (seats if with_deputies else ())
        ],
    )


def make_key(
    partnership: Partnership, values: Mapping[Partner, object], *, code: str = "stimmen", **fields: Any
) -> Key:
    """A key in force since long ago, with a value for each partner named."""
    key = Key.objects.create(
        partnership=partnership,
        **{"code": code, "name": code.title(), "unit": "Stimmen", "valid_from": LONG_AGO} | fields,
    )
    KeyShare.objects.bulk_create(
        KeyShare(key=key, partner=partner, value=Decimal(str(value))) for partner, value in values.items()
    )
    return key


def open_ballot(chamber: Chamber, *, way: str = BallotWay.CIRCULAR, **fields: object) -> Ballot:
    """A ballot that is open: circular, or in a running meeting of the committee."""
    if way == BallotWay.MEETING:
        fields.setdefault("meeting", MeetingFactory(committee=chamber.committee))
        fields["deadline_at"] = None
    draft = BallotFactory(committee=chamber.committee, way=way, **fields)
    return ballots.open_ballot(by=chamber.chair, ballot=draft)


def closed_ballot(chamber: Chamber, choices: str = "yyn", *, way: str = BallotWay.MEETING, **fields: object) -> Ballot:
    """A ballot that was voted on (y, n, a, dot) and closed in a meeting."""
    ballot = open_ballot(chamber, way=way, **fields)
    chamber.cast_all(ballot, choices)
    ballot.refresh_from_db()
    return ballot if ballot.state != "open" else ballots.close_ballot(by=chamber.chair, ballot=ballot)


def bulk_votes(ballot: Ballot, choices: Sequence[str], partners: Iterable[Partner], by: User) -> None:
    """Write many votes at once, as if they had been cast."""
    from committees.models import Participation, Vote

    rows = list(zip(partners, choices, strict=False))
    Participation.objects.bulk_create(Participation(ballot=ballot, partner=partner) for partner, _ in rows)
    Vote.objects.bulk_create(
        Vote(
            ballot=ballot,
            partner=partner,
            choice=choice,
            cast_by=by,
            capacity="delegate",
            cast_at=clock.now(),
            token_hash=uuid.uuid4().hex,
        )
        for partner, choice in rows
    )


__all__ = [
    "BallotFactory",
    "Chamber",
    "CommitteeFactory",
    "DelegateFactory",
    "MeetingFactory",
    "RuleSetFactory",
    "bulk_votes",
    "closed_ballot",
    "make_chamber",
    "make_key",
    "open_ballot",
]
