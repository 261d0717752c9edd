"""The register: gapless numbers, one chain, nothing lost on a rollback (reliability.md 4.4; R3, R4)."""

import json
import threading
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from committees.enums import EntryKind, EntryRelation
from committees.models import RegisterHead, Resolution, ResolutionPart
from committees.rules import register as format_
from committees.services import register, resolutions
from partnership import clock
from partnership.db.triggers import lifted
from partnership.models import AuditEvent
from tests.factories.motions import make_ballot, make_house, make_motion, vote_through

pytestmark = pytest.mark.django_db


def append(house, **fields):
    return register.append(
        by=house.chair,
        **{
            "kind": EntryKind.ADOPTED,
            "committee": house.sk,
            "title": "Arbeitsprogramm",
            "text": "Das Arbeitsprogramm wird beschlossen.",
            **fields,
        },
    )


def test_the_first_entry_begins_the_chain_and_the_next_ones_follow():
    house = make_house()
    first, second = append(house), append(house)
    assert first.previous_hash == format_.GENESIS
    assert (second.position, second.previous_hash) == (2, first.hash)
    assert register.head_of(house.partnership) == format_.Head(2, second.hash)
    assert register.verify(house.partnership).is_sound


def test_numbers_run_by_committee_and_year():
    house = make_house()
    with clock.frozen(datetime(2026, 12, 31, 12, tzinfo=UTC)):
        numbers = [append(house).number, append(house, committee=house.tk).number, append(house).number]
    with clock.frozen(datetime(2027, 1, 1, 12, tzinfo=UTC)):
        numbers.append(append(house).number)
    assert numbers == ["SK-2026-001", "TK-2026-001", "SK-2026-002", "SK-2027-001"]
    assert register.verify(house.partnership).is_sound


def test_a_ballot_declared_after_new_year_keeps_the_year_it_was_decided_in():
    house = make_house()
    with clock.frozen(datetime(2026, 12, 30, 12, tzinfo=UTC)):
        ballot = make_ballot(house, house.sk)
    with clock.frozen(datetime(2027, 1, 4, 12, tzinfo=UTC)):
        assert append(house, ballot=ballot).number == "SK-2026-001"


def test_the_day_of_a_resolution_is_that_of_the_place_wherever_its_declarer_is():
    house = make_house()
    just_after_new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    with clock.frozen(just_after_new_year), timezone.override("America/New_York"):
        entry = append(house)
    assert (entry.number, entry.resolved_on) == ("SK-2027-001", date(2027, 1, 1))


def test_a_committee_that_changes_its_code_begins_a_new_series():
    house = make_house()
    append(house)
    house.sk.code = "StK"
    house.sk.save()
    with clock.frozen(clock.now()):
        assert append(house).number.endswith("-001")
    assert register.verify(house.partnership).is_sound


def test_a_rolled_back_entry_leaves_no_gap():
    house = make_house()
    append(house)
    with transaction.atomic():
        append(house)
        transaction.set_rollback(True)
    assert append(house).serial == 2
    assert register.verify(house.partnership).is_sound


def test_two_partnerships_have_two_chains():
    here, there = make_house(), make_house()
    append(here)
    assert append(there).previous_hash == format_.GENESIS


@pytest.mark.parametrize("kind", [EntryKind.NO_QUORUM, EntryKind.TIE, EntryKind.STOPPED, EntryKind.ANNULLED])
def test_a_ballot_without_a_resolution_is_recorded_without_a_number(kind):
    house = make_house()
    entry = append(house, kind=kind)
    assert (entry.number, entry.serial) == ("", None)
    assert entry.kind == (EntryKind.VOIDED if kind == EntryKind.ANNULLED else kind)
    assert register.verify(house.partnership).is_sound


def test_the_entry_binds_text_verdict_roll_votes_and_persons_and_holds_none_of_them():
    house = make_house()
    entry = append(house, ballot=make_ballot(house, house.sk))
    assert {part.name for part in entry.parts.all()} == {"text", "verdict", "roll", "votes", "persons"}
    assert "Arbeitsprogramm" not in entry.entry
    assert house.sk_delegates[0].name not in entry.entry
    assert json.loads(entry.entry)["counts"]["yes"] == 2
    assert register.part(entry, "persons")["cast_by"][0]["name"]


def test_a_confidential_entry_keeps_its_counts_out_of_the_chain():
    house = make_house()
    entry = append(house, ballot=make_ballot(house, house.sk), is_confidential=True)
    assert json.loads(entry.entry)["counts"] is None
    assert register.part(entry, "verdict")["count"]["yes"] == 2
    check = register.verify(house.partnership)
    assert check.is_sound
    assert check.recounted == 1


def test_a_decision_refers_to_the_recommendation_it_rests_on():
    house = make_house()
    motion = make_motion(house)
    advice = vote_through(house, motion, house.tk)
    decision = vote_through(house, motion, house.sk)
    assert (decision.refers_to, decision.relation) == (advice, EntryRelation.FOLLOWS)
    assert json.loads(decision.entry)["references"][0]["number"] == advice.number


def test_a_ballot_annulled_while_open_leaves_no_votes_in_the_register():
    house = make_house()
    ballot = make_ballot(house, house.sk)
    ballot.counts = ballot.verdict = None
    entry = append(house, kind=EntryKind.ANNULLED, ballot=ballot, reason="Falscher Text")
    assert {part.name for part in entry.parts.all()} == {"text"}


def test_a_repeated_vote_names_the_annulled_one_and_still_supersedes():
    house = make_house()
    old = append(house)
    motion = make_motion(house, replaces=old)
    advice = vote_through(house, motion, house.tk)
    voided = append(house, kind=EntryKind.ANNULLED)
    ballot = make_ballot(house, house.sk, motion.referrals.get(committee=house.sk))
    entry = append(house, ballot=ballot, refers_to=voided)
    assert (entry.refers_to, entry.relation) == (old, EntryRelation.SUPERSEDES)
    named = [(row["relation"], row["position"]) for row in json.loads(entry.entry)["references"]]
    assert named == [("follows", voided.position), ("supersedes", old.position), ("follows", advice.position)]
    assert register.verify(house.partnership).is_sound


def test_an_adopted_motion_supersedes_what_it_replaces():
    house = make_house()
    old = append(house)
    motion = make_motion(house, replaces=old)
    vote_through(house, motion, house.tk)
    new = vote_through(house, motion, house.sk)
    assert (new.refers_to, new.relation) == (old, EntryRelation.SUPERSEDES)
    assert register.verify(house.partnership).is_sound


def test_appending_is_audited():
    house = make_house()
    entry = append(house)
    event = AuditEvent.objects.get(action="register.appended")
    assert event.details["hash"] == entry.hash


@pytest.mark.parametrize("deed", ["update", "delete"])
@pytest.mark.parametrize("model", [Resolution, ResolutionPart])
def test_the_database_refuses_change_and_deletion(model, deed):
    house = make_house()
    append(house)
    rows = model.objects.all()
    deeds = {
        "update": lambda: rows.update(**({"title": "anders"} if model is Resolution else {"data": "{}"})),
        "delete": lambda: rows._raw_delete(rows.db),
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        deeds[deed]()


def tampered(house, sql, *values):
    """Change the register as somebody with the rights of the owner could."""
    connection.check_constraints()  # PostgreSQL alters no table that waits for the check of a foreign key
    with lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        connection.check_constraints()
    return " ".join(finding.sentence for finding in register.verify(house.partnership).findings)


def test_a_changed_text_is_found():
    house = make_house()
    entry = append(house)
    found = tampered(
        house,
        "UPDATE committees_resolutionpart SET data = replace(data, 'beschlossen', 'verworfen') WHERE name = 'text'",
    )
    assert "Teil „text“" in found
    assert register.verify(house.partnership).findings[0].position == entry.position


def test_a_changed_column_is_found():
    house = make_house()
    append(house)
    assert "Titel" in tampered(house, "UPDATE committees_resolution SET title = 'anders'")


def test_a_changed_vote_is_found():
    house = make_house()
    append(house, ballot=make_ballot(house, house.sk, choices="yyn"))
    found = tampered(house, "UPDATE committees_vote SET choice = 'no' WHERE choice = 'yes'")
    assert "nachgezählt aus den Stimmen" in found


def test_a_cut_end_is_found():
    house = make_house()
    append(house)
    last = append(house)
    connection.check_constraints()
    with lifted():
        ResolutionPart.objects.filter(resolution=last).delete()
        Resolution.objects.filter(pk=last.pk).delete()
        connection.check_constraints()
    assert [finding.position for finding in register.verify(house.partnership).findings] == [0]


def test_publishing_is_an_entry_of_its_own():
    house = make_house()
    entry = append(house)
    resolutions.publish(by=house.office, resolution=entry)
    released = Resolution.objects.get(kind=EntryKind.PUBLISHED)
    assert (released.refers_to, released.relation) == (entry, EntryRelation.PUBLISHES)
    with pytest.raises(resolutions.ResolutionRefused):
        resolutions.publish(by=house.office, resolution=entry)
    assert register.verify(house.partnership).is_sound


def test_a_confidential_resolution_is_published_only_with_express_release():
    house = make_house()
    entry = append(house, is_confidential=True)
    with pytest.raises(resolutions.ResolutionRefused):
        resolutions.publish(by=house.office, resolution=entry)
    assert resolutions.publish(by=house.office, resolution=entry, is_released=True)


def test_a_correction_is_a_new_entry_and_tells_everybody():
    from partnership.models import OutboxMessage

    house = make_house()
    entry = append(house)
    correction = resolutions.correct(by=house.office, resolution=entry, text="Richtig.", reason="Schreibfehler")
    assert (correction.kind, correction.refers_to, correction.number) == (EntryKind.CORRECTED, entry, "")
    assert register.part(entry, "text")["text"] == "Das Arbeitsprogramm wird beschlossen."
    assert OutboxMessage.objects.filter(kind="resolution.corrected").count() == 6
    assert register.verify(house.partnership).is_sound
    with pytest.raises(resolutions.ResolutionRefused):
        resolutions.correct(by=house.office, resolution=entry, text="Richtig.", reason="noch einmal")


# --- R4 ---------------------------------------------------------------------------------------------------


def append_in_parallel(house, total=50, broken=10):
    """Append `total` entries at once, `broken` of which are rolled back. Answers the errors that were no intention."""
    begin, errors = threading.Barrier(total), []

    def work(number):
        try:
            begin.wait(30)
            with transaction.atomic():
                append(house)
                if number < broken:
                    raise RuntimeError("rolled back on purpose")
        except RuntimeError:
            pass
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(total)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_r4_fifty_parallel_entries_with_ten_rolled_back_leave_no_gap():
    house = make_house()
    assert append_in_parallel(house) == []
    assert list(Resolution.objects.order_by("serial").values_list("serial", flat=True)) == list(range(1, 41))
    assert list(Resolution.objects.order_by("position").values_list("position", flat=True)) == list(range(1, 41))
    assert register.verify(house.partnership).is_sound


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_r4_without_the_lock_parallel_entries_fail(monkeypatch):
    """The control: what the lock prevents is caught by the constraints, at the price of lost entries."""
    house = make_house()
    append(house)
    monkeypatch.setattr(register, "_lock_head", lambda partnership: RegisterHead.objects.get(partnership=partnership))
    errors = append_in_parallel(house)
    assert any(isinstance(error, IntegrityError) for error in errors)
    assert Resolution.objects.count() < 41
