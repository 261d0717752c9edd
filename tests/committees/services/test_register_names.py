"""No name of a person stands in the register outside the part that can be erased (decisions.md 19)."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from committees.enums import EntryKind
from committees.models import Resolution
from committees.rules.presets import EQUAL_SIMPLE, VWVFG
from committees.rules.register import PARTS, verify_chain
from committees.rules.rule_set import Circular, Stage, Tie
from committees.rules.rule_set import Reservation as ReservationRule
from committees.services import ballots, invalidating, register, reservations, resolutions
from partnership import clock
from partnership.models import User
from tests.factories.committees import CommitteeFactory, closed_ballot, make_chamber, open_ballot

pytestmark = pytest.mark.django_db
RULES = EQUAL_SIMPLE.rules


def adopted_and_corrected_and_published():
    chamber = make_chamber(4)
    ballot = open_ballot(chamber, way="meeting")
    ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[3], reason="eigener Antrag")
    chamber.cast_all(ballot, "yyn")
    entry = ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=ballot))
    resolutions.correct(by=chamber.office, resolution=entry, text="Es gilt ab März.", reason="Der Monat fehlte.")
    resolutions.publish(by=chamber.office, resolution=entry)


def closed_early():
    chamber = make_chamber(3)
    ballot = open_ballot(chamber)
    chamber.cast_all(ballot, "yy")
    ballots.request_early_close(by=chamber.chair, ballot=ballot, reason="Die Förderfrist endet morgen.")
    ballots.declare(by=chamber.office, ballot=ballots.close_ballot(by=chamber.office, ballot=ballot))


def entered_by_hand_and_rejected():
    chamber = make_chamber(2)
    ballot = open_ballot(chamber, way="meeting", form="show_of_hands")
    ballots.enter_hands(by=chamber.office, ballot=ballot, choices=dict.fromkeys(chamber.partners, "no"))
    ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=ballot))


def recommended_and_not():
    top = CommitteeFactory()
    chamber = make_chamber(3, partnership=top.partnership, recommends_to=top)
    for choices in ("yyn", "nny"):
        ballots.declare(by=chamber.chair, ballot=closed_ballot(chamber, choices))


def tied_and_without_quorum():
    tie = make_chamber(2, rules=replace(RULES, tie=Tie.NEW_BALLOT))
    ballots.declare(by=tie.chair, ballot=closed_ballot(tie, "yn"))
    few = make_chamber(3)
    ballots.declare(by=few.chair, ballot=closed_ballot(few, "..."))


def decided_by_the_chair():
    chamber = make_chamber(4, rules=VWVFG.rules)
    ballot = ballots.break_tie(by=chamber.chair, ballot=closed_ballot(chamber, "yynn"), choice="yes")
    ballots.declare(by=chamber.chair, ballot=ballot)


def stopped_by_objection():
    chamber = make_chamber(3, rules=replace(RULES, circular=Circular(objections_to_stop=1)))
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 1, "yes")
    ballots.object_to_circular(
        by=chamber.delegates[0], ballot=ballot, partner=chamber.partners[0], reason="Bitte besprechen."
    )


def annulled_while_open_and_when_known():
    chamber = make_chamber(2)
    until = clock.now() + timedelta(days=20)
    ballots.annul_and_repeat(by=chamber.chair, ballot=open_ballot(chamber), reason="Falscher Text.", deadline_at=until)
    known = closed_ballot(chamber, "yy")
    ballots.annul_and_repeat(by=chamber.chair, ballot=known, reason="Verzählt.")
    ballots.annul_and_repeat(by=chamber.office, ballot=known, reason="")


def undecided_and_decided_in_the_next_ballot():
    chamber = make_chamber(2, rules=replace(RULES, stages=(Stage(2, tie=Tie.CHAIR),)))
    second = ballots.continue_ballot(by=chamber.chair, ballot=closed_ballot(chamber, "yn"))
    chamber.cast_all(second, "yy")
    ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=second))


def settled_by_the_councils():
    rules = replace(RULES, reservation=ReservationRule(is_allowed=True, days=60))
    for is_lifted in (True, False):
        chamber = make_chamber(3, rules=rules)
        ballot = open_ballot(chamber)
        for delegate, partner, choice in zip(chamber.delegates, chamber.partners, ("yes", "yes", "no"), strict=True):
            council = "Stadtrat" if partner == chamber.partners[0] else ""
            sent = {"choice": choice, "council": council, "token": str(uuid4())}
            ballots.cast(by=delegate, ballot=ballot, partner=partner, **sent)
        entry = ballots.declare(by=chamber.office, ballot=ballot)
        reservation = reservations.of(entry.ballot).get()
        reservations.settle(by=chamber.person(reservation.partner), reservation=reservation, is_lifted=is_lifted)


def declared_invalid():
    chamber = make_chamber(2)
    entry = ballots.declare(by=chamber.chair, ballot=closed_ballot(chamber, "yy"))
    invalidating.request(by=chamber.chair, resolution=entry, reason="Es war nicht geladen.")
    invalidating.confirm(by=chamber.office, resolution=entry)


STORIES = (
    adopted_and_corrected_and_published,
    closed_early,
    entered_by_hand_and_rejected,
    recommended_and_not,
    tied_and_without_quorum,
    decided_by_the_chair,
    stopped_by_objection,
    annulled_while_open_and_when_known,
    undecided_and_decided_in_the_next_ballot,
    settled_by_the_councils,
    declared_invalid,
)


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_entry_of_any_kind_names_a_person_outside_the_part_persons(language):
    with translation.override(language):
        for story in STORIES:
            story()
    entries = list(Resolution.objects.prefetch_related("parts"))
    assert {EntryKind(entry.kind) for entry in entries} == set(EntryKind), "a new kind needs its story above"
    people = list(User.objects.all())
    traces = {trace for person in people for trace in traces_of(person)}
    for entry in entries:
        said = {"entry": entry.entry, "title": entry.title}
        said |= {part.name: part.data for part in entry.parts.all() if part.name != "persons"}
        found = [
            (name, trace) for name, text in said.items() for trace in traces if trace.casefold() in text.casefold()
        ]
        assert not found, f"{entry.kind}: {found}"


def traces_of(person):
    """All by which somebody could be told; a name in any of its words."""
    return {word.casefold() for word in (*person.name.split(), person.email, person.pk.hex, str(person.pk))}


@pytest.fixture(autouse=True)
def telling_names(monkeypatch):
    """Everybody has a name that no sentence of ours holds."""
    from tests.factories.ground import UserFactory

    made = UserFactory._create
    number = iter(range(10_000))

    def create(model, *args, **kwargs):
        count = next(number)
        return made(model, *args, **{**kwargs, "name": f"Xaverine{count} Quabbelsdorf{count}"})

    monkeypatch.setattr(UserFactory, "_create", create)


def test_who_acted_stands_in_the_part_persons():
    for story in STORIES:
        story()
    named = {}
    for entry in Resolution.objects.prefetch_related("parts"):
        for act in (register.part(entry, "persons") or {}).get("acts", []):
            named.setdefault(act["act"], set()).add(act["name"])
    assert set(named) == {"early_close_requested", "early_close_confirmed", "annulment_requested", "annulled"}
    assert all("Quabbelsdorf" in name for names in named.values() for name in names)


def test_the_register_holds_after_its_persons_are_erased():
    closed_early()
    (partnership,) = {entry.partnership for entry in Resolution.objects.all()}
    records = list(register.chain(partnership, lambda entry: set(PARTS) - {"persons"}))
    assert not list(verify_chain(records, partnership=str(partnership.pk)))
    assert "Quabbelsdorf" not in json.dumps([record.parts["text"].data for record in records])
