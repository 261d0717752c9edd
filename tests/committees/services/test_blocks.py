"""Block votes: one ballot, several motions, a resolution for each; any partner breaks one out."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from committees.models import AgendaItem, BlockItem, Resolution
from committees.services import amendments, ballots, motions, register
from tests.factories.committees import MeetingFactory, make_chamber

pytestmark = pytest.mark.django_db


@pytest.fixture
def chamber():
    return make_chamber(3)


@pytest.fixture
def items(chamber):
    meeting = MeetingFactory(committee=chamber.committee)
    found = []
    for number in (1, 2, 3):
        draft = motions.create(
            by=chamber.office,
            partnership=chamber.partnership,
            title=f"Vorlage {number}",
            text=f"Text {number}",
            committee=chamber.committee,
        )
        motion = motions.submit(by=chamber.office, motion=draft)
        found.append(
            AgendaItem.objects.create(
                meeting=meeting, position=number, title=motion.title, referral=motion.referrals.get()
            )
        )
    return found


def drafted(chamber, items):
    ballot = ballots.draft_ballot(
        by=chamber.chair,
        committee=chamber.committee,
        title="Block",
        text="Über die folgenden Vorlagen wird gemeinsam abgestimmt.",
        way="meeting",
        meeting=items[0].meeting,
    )
    ballots.gather(by=chamber.chair, ballot=ballot, items=items)
    return ballot


def voted(chamber, ballot, choices="yyn"):
    ballot = ballots.open_ballot(by=chamber.chair, ballot=ballot)
    chamber.cast_all(ballot, choices)
    return ballots.close_ballot(by=chamber.chair, ballot=ballot)


def test_one_ballot_makes_a_resolution_for_each_item(chamber, items):
    ballot = voted(chamber, drafted(chamber, items))
    assert all(item.referral.motion.referrals.get().state == "in_vote" for item in items)
    ballots.declare(by=chamber.chair, ballot=ballot)
    entries = list(Resolution.objects.order_by("position"))
    assert [(entry.kind, entry.title) for entry in entries] == [("adopted", f"Vorlage {n}") for n in (1, 2, 3)]
    assert len({entry.number for entry in entries}) == 3
    assert [register.part(entry, "text")["text"] for entry in entries] == ["Text 1", "Text 2", "Text 3"]
    for item in items:
        item.referral.motion.refresh_from_db()
        assert item.referral.motion.state == "adopted"
    ballot.refresh_from_db()
    assert (ballot.title, ballot.referral) == ("Block", None)
    assert register.verify(chamber.partnership).is_sound


def test_any_partner_has_an_item_taken_out_before_opening(chamber, items):
    ballot = drafted(chamber, items)
    item = ballot.block.get(position=2)
    with pytest.raises(ballots.NotAllowed, match="den Sie hier vertreten"):
        ballots.take_out(by=chamber.delegates[0], item=item, partner=chamber.partners[1])
    ballots.take_out(by=chamber.delegates[0], item=item, partner=chamber.partners[0])
    with pytest.raises(ballots.WrongState, match="bereits aus dem Block"):
        ballots.take_out(by=chamber.delegates[0], item=item, partner=chamber.partners[0])
    with pytest.raises(ballots.BallotRefused, match="einzeln abgestimmt"):
        ballots.gather(by=chamber.chair, ballot=ballot, items=items)
    ballots.declare(by=chamber.chair, ballot=voted(chamber, ballot))
    assert list(Resolution.objects.order_by("position").values_list("title", flat=True)) == ["Vorlage 1", "Vorlage 3"]
    assert items[1].referral.motion.referrals.get().state == "waiting"


def test_a_block_of_one_is_none(chamber, items):
    ballot = drafted(chamber, items[:2])
    for item in ballot.block.all():
        ballots.take_out(by=chamber.delegates[0], item=item, partner=chamber.partners[0])
        with pytest.raises(ballots.OpeningRefused, match=r"nur noch ein Punkt|alle Punkte"):
            ballots.open_ballot(by=chamber.chair, ballot=ballot)


def test_amendments_and_changed_texts_hold_the_block_up(chamber, items):
    ballot = drafted(chamber, items)
    motion = items[0].referral.motion
    amendment = amendments.propose(by=chamber.delegates[0], motion=motion, partner=chamber.partners[0], text="Anders")
    with pytest.raises(ballots.OpeningRefused, match="Vorlage 1: Zuerst ist über die Änderungsanträge"):
        ballots.open_ballot(by=chamber.chair, ballot=ballot)
    amendments.withdraw(by=chamber.delegates[0], amendment=amendment)
    motions.edit(by=chamber.office, motion=motion, text="Neuer Text")
    with pytest.raises(ballots.OpeningRefused, match="neu zusammen"):
        ballots.open_ballot(by=chamber.chair, ballot=ballot)


def test_without_quorum_and_annulled_the_motions_go_back(chamber, items):
    ballot = ballots.open_ballot(by=chamber.chair, ballot=drafted(chamber, items))
    successor = ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="Falscher Text").successor
    assert successor.block.count() == 3
    assert items[0].referral.motion.referrals.get().state == "in_vote"
    chamber.cast(successor, 0, "yes")
    ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=successor))
    assert {entry.kind for entry in Resolution.objects.filter(ballot=successor)} == {"no_quorum"}
    assert {item.referral.motion.referrals.get().state for item in items} == {"scheduled"}


def test_items_of_another_meeting_or_without_motion_stay_out(chamber, items):
    other = AgendaItem.objects.create(
        meeting=MeetingFactory(committee=chamber.committee), position=1, title="Anderswo", referral=items[0].referral
    )
    bare = AgendaItem.objects.create(meeting=items[0].meeting, position=9, title="Bericht")
    ballot = drafted(chamber, items[:2])
    for wrong in (other, bare):
        with pytest.raises(ballots.BallotRefused):
            ballots.gather(by=chamber.chair, ballot=ballot, items=[items[0], wrong])


def test_opening_freezes_the_block(chamber, items):
    ballot = ballots.open_ballot(by=chamber.chair, ballot=drafted(chamber, items))
    with pytest.raises(ballots.WrongState, match="bereits eröffnet"):
        ballots.take_out(by=chamber.delegates[0], item=ballot.block.first(), partner=chamber.partners[0])
    for deed in (lambda: BlockItem.objects.update(title="x"), lambda: BlockItem.objects.all().delete()):
        with pytest.raises(DatabaseError, match="block_"), transaction.atomic():
            deed()


# --- in the browser -----------------------------------------------------------------------------------------


def address(ballot, name="ballot_detail", **more):
    return reverse(f"committees:{name}", kwargs={"slug": ballot.partnership.slug, "pk": ballot.pk, **more})


def test_a_block_is_put_together_broken_up_and_declared_in_the_browser(client, chamber, items):
    draft = ballots.draft_ballot(
        by=chamber.chair,
        committee=chamber.committee,
        title="Block",
        text="Gemeinsam.",
        way="meeting",
        meeting=items[0].meeting,
    )
    client.force_login(chamber.chair)
    assert "Block zusammenstellen" in client.get(address(draft)).content.decode()
    form = client.get(address(draft, "block_edit")).content.decode()
    assert "Vorlage 3" in form
    client.post(address(draft, "block_edit"), {"items": [str(item.pk) for item in items]})
    assert draft.block.count() == 3
    client.force_login(chamber.delegates[0])
    page = client.get(address(draft)).content.decode()
    assert "Bis zum Eröffnen kann jeder Partner einen Punkt herausnehmen lassen" in page
    assert "„Vorlage 2“ für Partner 001 herausnehmen lassen" in page
    out = address(draft, "block_take_out", item=draft.block.get(position=2).pk)
    assert "für welchen Partner" in client.post(out, follow=True).content.decode()
    client.post(out, {"partner": chamber.partners[0].pk})
    assert "Herausgenommen auf Wunsch von Partner 001" in client.get(address(draft)).content.decode()
    ballots.declare(by=chamber.chair, ballot=voted(chamber, draft))
    page = client.get(address(draft)).content.decode()
    assert all(entry.number in page for entry in Resolution.objects.all())


def test_a_block_costs_no_more_for_many_items(client, chamber, items, django_assert_max_num_queries):
    draft = drafted(chamber, items)
    running = ballots.open_ballot(by=chamber.chair, ballot=draft)
    client.force_login(chamber.delegates[0])
    with django_assert_max_num_queries(12):
        client.get(address(running))
