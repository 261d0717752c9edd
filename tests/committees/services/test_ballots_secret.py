"""Secret ballots, levels 1 and 2: opening, casting, sealing, counting (S1, S4, S5, S7, S9, S10 of reliability.md)."""

import uuid
from dataclasses import replace
from email import message_from_bytes, policy
from fractions import Fraction

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction

from committees import sealing
from committees.enums import BallotState, SecrecyLevel
from committees.models import (
    Ballot,
    BallotPaper,
    LateAnswer,
    Participation,
    Sealing,
    SecrecyDemand,
    Teller,
    Vote,
)
from committees.rules import secrecy
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import (
    Also,
    AlsoKind,
    Binds,
    Compare,
    Named,
    Secrecy,
    Share,
    Tie,
    Turnout,
    WeightKind,
    Weights,
)
from committees.services import ballots, register
from committees.services.ballots import closing, strongbox
from partnership.db import roles
from partnership.models import AuditEvent, OutboxMessage
from tests.factories.committees import BallotFactory, make_chamber, open_ballot
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db
SIMPLE = EQUAL_SIMPLE.rules
FIRST, SECOND = "Kranich im Nebel 7", "Muschel am Strand 9"


@pytest.fixture(autouse=True)
def _apart(tmp_path, settings, monkeypatch):
    """Keys in a folder of this test; VACUUM runs in no transaction, so not in these tests."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(sealing, "sweep", lambda: None)


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch):
    """Stretching a passphrase is slow on purpose; that it is has a test of its own."""
    monkeypatch.setattr(strongbox, "_stretched", lambda phrase, salt: (phrase.encode() + salt).ljust(32, b"-")[:32])


def secret_ballot(chamber, **fields):
    return open_ballot(chamber, form="secret", secrecy="separated", **{"way": "meeting", **fields})


def sealed_draft(chamber, **fields):
    draft = BallotFactory(committee=chamber.committee, form="secret", secrecy="sealed", **fields)
    return ballots.appoint_tellers(by=chamber.chair, ballot=draft, persons=[chamber.office, chamber.delegates[0]])


def sealed_ballot(chamber, **fields):
    draft = sealed_draft(chamber, **fields)
    ballots.set_passphrase(by=chamber.office, ballot=draft, passphrase=FIRST)
    ballots.set_passphrase(by=chamber.delegates[0], ballot=draft, passphrase=SECOND)
    return ballots.open_ballot(by=chamber.chair, ballot=draft)


def close(chamber, ballot):
    ballot.refresh_from_db()
    return ballots.close_ballot(by=chamber.chair, ballot=ballot)


def markings(ballot):
    return sorted(BallotPaper.objects.filter(ballot=ballot).values_list("marking", flat=True))


# --- level 1 ------------------------------------------------------------------------------------------


def test_a_secret_ballot_leaves_a_participation_and_a_paper_that_know_nothing_of_each_other():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    events, mails = AuditEvent.objects.count(), OutboxMessage.objects.count()
    receipt = chamber.cast(ballot, 0, "yes")
    assert (receipt.choice, receipt.cast_at, receipt.capacity) == ("", None, "")
    assert Participation.objects.get().partner == chamber.partners[0]
    assert BallotPaper.objects.get().marking == "yes"
    assert not Vote.objects.exists()
    assert (AuditEvent.objects.count(), OutboxMessage.objects.count()) == (events, mails)


def test_s1_a_paper_has_no_column_for_a_person_a_partner_or_a_time():
    assert {field.attname for field in BallotPaper._meta.get_fields()} == {"id", "ballot_id", "marking", "ciphertext"}
    assert {field.attname for field in Participation._meta.get_fields()} == {
        "id",
        "ballot_id",
        "partner_id",
        "token_hash",
    }
    assert uuid.UUID(str(BallotPaper().pk)).version == 4


def test_closing_counts_seals_and_decides():
    chamber = make_chamber(12)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyyyynnnna..")
    before = set(BallotPaper.objects.values_list("pk", flat=True))
    ballot = close(chamber, ballot)
    assert (ballot.state, ballot.outcome, ballot.is_count_withheld) == ("closed", "adopted", False)
    assert {name: ballot.counts[name] for name in ("yes", "no", "abstained", "missing")} == {
        "yes": 5,
        "no": 4,
        "abstained": 1,
        "missing": 2,
    }
    assert not before & set(BallotPaper.objects.values_list("pk", flat=True))
    taken = list(Participation.objects.order_by("pk").values_list("partner_id", flat=True))
    assert taken == sorted(taken)
    assert not Participation.objects.exclude(token_hash="").exists()
    assert not Sealing.objects.exists()
    assert ballots.recount(ballot)


def test_the_audit_of_a_secret_ballot_tells_no_numbers_and_nothing_between_opening_and_closing():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yynya")
    close(chamber, ballot)
    events = list(AuditEvent.objects.filter(subject_pk=str(ballot.pk)).order_by("id"))
    assert [event.action for event in events] == ["ballot.opened", "ballot.closed"]
    assert events[-1].details == {"cause": "chair"}


def test_the_same_form_again_gets_the_same_answer_another_one_is_refused():
    chamber = make_chamber(5, with_deputies=True)
    ballot = secret_ballot(chamber)
    first = chamber.cast(ballot, 0, "yes", token="dieselbe")
    assert replace(chamber.cast(ballot, 0, "yes", token="dieselbe"), is_repeat=False) == first
    for person in (chamber.delegates[0], chamber.deputies[0]):
        with pytest.raises(ballots.ChangeRefused, match="nicht geändert"):
            chamber.cast(ballot, 0, "no", by=person)
    assert markings(ballot) == ["yes"]


def test_nobody_casts_after_closing_and_nothing_late_is_kept_by_name():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    close(chamber, ballot)
    with pytest.raises(ballots.BallotClosed):
        chamber.cast(ballot, 0, "yes")
    assert not LateAnswer.objects.exists()


def test_the_chair_never_breaks_a_tie():
    chamber = make_chamber(6, rules=replace(SIMPLE, tie=Tie.CHAIR))
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyynnn")
    ballot = close(chamber, ballot)
    assert ballot.outcome == "tie"
    assert not ballots.awaits_chair(ballot)
    with pytest.raises(ballots.WrongState):
        ballots.break_tie(by=chamber.chair, ballot=ballot, choice="yes")


# --- S7: when it is not offered -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "number", "sentence"),
    [
        (SIMPLE, 4, "erst ab 5"),
        (replace(SIMPLE, secrecy=Secrecy(minimum_roll=7)), 6, "erst ab 7"),
        (replace(SIMPLE, secrecy=Secrecy(is_allowed=False)), 5, "keine geheime Abstimmung zu"),
        (replace(SIMPLE, is_reason_needed_for_no=True), 5, "begründet"),
        (replace(SIMPLE, binds=Binds.AGREEING), 5, "wer zustimmt"),
        (replace(SIMPLE, also=(Also(AlsoKind.CONSENT, partner=Named("p", "P")),)), 5, "einzelner Partner"),
    ],
)
def test_where_secrecy_cannot_be_kept_it_is_not_offered(rules, number, sentence):
    chamber = make_chamber(number, rules=rules)
    with pytest.raises(ballots.OpeningRefused, match=sentence):
        secret_ballot(chamber)


def test_unequal_weights_allow_no_secret_ballot():
    found = secrecy.obstacle(replace(SIMPLE, weights=Weights(WeightKind.LISTED, key="k")))
    assert "Gewicht" in found.de


def test_who_is_excluded_does_not_make_the_roll_large_enough():
    chamber = make_chamber(5)
    draft = BallotFactory(committee=chamber.committee, form="secret", secrecy="separated")
    ballots.exclude_partner(by=chamber.chair, ballot=draft, partner=chamber.partners[0], reason="Selbst betroffen.")
    with pytest.raises(ballots.OpeningRefused, match="hier sind es 4"):
        ballots.open_ballot(by=chamber.chair, ballot=draft)


@pytest.mark.parametrize(
    ("number", "choices", "is_withheld"),
    [
        (9, "yyyyyyyyy", True),
        (9, "yyyyyyyyn", True),
        (9, "yyyyyyynn", False),
        (9, "yyyn.....", True),
        (10, "yyyyyyyyyy", False),
        (12, "yyyy........", True),
    ],
)
def test_numbers_that_tell_votes_are_shown_to_nobody(number, choices, is_withheld):
    chamber = make_chamber(number)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, choices)
    ballot = close(chamber, ballot)
    assert ballot.is_count_withheld is is_withheld
    entry = ballots.declare(by=chamber.chair, ballot=ballot)
    record = register.record_of(entry)
    assert (record.entry["counts"] is None) is is_withheld
    assert (record.parts["verdict"] is None) is is_withheld
    assert record.entry["commitments"]["papers"]
    assert register.verify(chamber.partnership).is_sound


# --- the database refuses it too ----------------------------------------------------------------------


def refused(deed):
    with pytest.raises(DatabaseError), transaction.atomic():
        deed()


def test_the_database_takes_no_paper_without_participation_and_keeps_what_it_took():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    open_by_name = open_ballot(chamber, way="meeting")
    refused(lambda: BallotPaper.objects.create(ballot=ballot, marking="yes"))
    chamber.cast(ballot, 0, "yes")
    refused(lambda: BallotPaper.objects.create(ballot=ballot, marking="yes"))
    refused(lambda: BallotPaper.objects.update(marking="no"))
    refused(lambda: BallotPaper.objects.all()._raw_delete("default"))
    refused(lambda: Participation.objects.all()._raw_delete("default"))
    refused(lambda: Participation.objects.update(token_hash=""))
    chamber.cast(open_by_name, 0, "yes")
    refused(lambda: BallotPaper.objects.create(ballot=open_by_name, marking="yes"))
    refused(lambda: Sealing.objects.create(ballot=open_by_name))


def test_the_database_takes_no_named_vote_and_no_late_answer_in_a_secret_ballot():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    refused(
        lambda: Vote.objects.create(
            ballot=ballot,
            partner=chamber.partners[0],
            choice="yes",
            cast_by=chamber.delegates[0],
            capacity="delegate",
            cast_at=ballot.opened_at,
            token_hash="t",
        )
    )
    refused(
        lambda: LateAnswer.objects.create(
            ballot=ballot,
            partner=chamber.partners[0],
            choice="yes",
            person=chamber.delegates[0],
            answered_at=ballot.opened_at,
        )
    )


def test_a_closed_ballot_is_not_sealed_again():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyynn")
    ballot = close(chamber, ballot)
    refused(lambda: sealing.seal(ballot))
    refused(lambda: sealing.seal(ballot, sealing.Deed.DESTROY))


def test_s9_fewer_papers_than_participations_are_disputed_and_never_declared():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyn..")
    Participation.objects.create(ballot=ballot, partner=chamber.partners[4])
    ballot = close(chamber, ballot)
    assert (ballot.state, ballot.counts, ballot.outcome) == ("disputed", None, "")
    with pytest.raises(ballots.WrongState):
        ballots.declare(by=chamber.chair, ballot=ballot)


def test_s9_the_database_does_not_close_what_is_not_whole(monkeypatch):
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyn..")
    Participation.objects.create(ballot=ballot, partner=chamber.partners[4])
    monkeypatch.setattr(closing.secret, "is_whole", lambda ballot: True)
    refused(lambda: close(chamber, ballot))


@pytest.mark.postgres
def test_the_serving_role_deletes_no_paper_but_closes_a_ballot():
    """Decisions 1 and 2: the role that serves may call the one routine of the owner, and nothing beside it."""
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE konvent_serving")
        roles.grant("konvent_serving")
        cursor.execute("SET LOCAL ROLE konvent_serving")
    chamber.cast_all(ballot, "yyynn")
    for deed in (
        lambda: BallotPaper.objects.all()._raw_delete("default"),
        lambda: BallotPaper.objects.update(marking="no"),
        lambda: Participation.objects.all()._raw_delete("default"),
        lambda: Sealing.objects.create(ballot=ballot),
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            deed()
    assert close(chamber, ballot).counts["yes"] == 3
    refused(lambda: sealing.seal(ballot, sealing.Deed.DESTROY))


@pytest.mark.postgres
def test_the_routine_opens_nothing_but_all_encrypted_papers_of_a_ballot_that_is_counted():
    chamber = make_chamber(5)
    ballot = sealed_ballot(chamber)
    chamber.cast_all(ballot, "yynna")
    refused(lambda: sealing.seal(ballot, sealing.Deed.OPEN, ["yes"] * 5))
    closing.close_due()
    refused(lambda: sealing.seal(ballot, sealing.Deed.OPEN, ["yes"] * 4))
    by_paper = secret_ballot(chamber)
    chamber.cast(by_paper, 0, "no")
    refused(lambda: sealing.seal(by_paper, sealing.Deed.OPEN, ["yes"]))


# --- level 2 ------------------------------------------------------------------------------------------


def test_a_sealed_ballot_is_counted_when_both_tellers_have_given_their_passphrases():
    chamber = make_chamber(7)
    ballot = sealed_ballot(chamber)
    chamber.cast_all(ballot, "yyyynn.")
    papers = list(BallotPaper.objects.all())
    assert {paper.marking for paper in papers} == {""}
    assert len({len(paper.ciphertext) for paper in papers}) == 1
    assert len({bytes(paper.ciphertext) for paper in papers}) == 6
    ballot = ballots.request_early_close(by=chamber.chair, ballot=ballot, reason="Alle sind da.")
    ballot = ballots.close_ballot(by=chamber.office, ballot=ballot)
    assert (ballot.state, ballot.counts) == ("counting", None)
    ballot = ballots.open_urn(by=chamber.delegates[0], ballot=ballot, passphrase=SECOND)
    assert ballot.state == "counting"
    ballot = ballots.open_urn(by=chamber.office, ballot=ballot, passphrase=FIRST)
    assert (ballot.state, ballot.outcome) == ("closed", "adopted")
    assert markings(ballot) == ["no", "no", "yes", "yes", "yes", "yes"]
    assert not BallotPaper.objects.exclude(ciphertext=None).exists()


def test_the_order_of_the_tellers_does_not_matter(django_capture_on_commit_callbacks):
    chamber = make_chamber(5)
    ballot = sealed_ballot(chamber, way="circular")
    chamber.cast_all(ballot, "yynna")
    closing.close_due()
    ballot.refresh_from_db()
    assert (ballot.state, ballot.close_cause) == ("counting", "complete")
    assert strongbox.kept() == [ballot.pk]
    ballots.open_urn(by=chamber.office, ballot=ballot, passphrase=FIRST)
    with django_capture_on_commit_callbacks(execute=True):
        ballot = ballots.open_urn(by=chamber.delegates[0], ballot=ballot, passphrase=SECOND)
    assert (ballot.state, ballot.outcome) == ("closed", "rejected")
    assert strongbox.kept() == []


def test_one_teller_alone_opens_nothing_even_twice():
    chamber = make_chamber(5)
    ballot = sealed_ballot(chamber)
    chamber.cast_all(ballot, "yynna")
    closing.close_due()
    for _ in range(2):
        ballot = ballots.open_urn(by=chamber.office, ballot=ballot, passphrase=FIRST)
    assert ballot.state == "counting"


def test_a_wrong_passphrase_and_a_stranger_are_refused():
    chamber = make_chamber(5)
    ballot = sealed_ballot(chamber)
    chamber.cast_all(ballot, "yynna")
    closing.close_due()
    ballot.refresh_from_db()
    with pytest.raises(ballots.KeyRefused, match="passt nicht"):
        ballots.open_urn(by=chamber.office, ballot=ballot, passphrase=SECOND)
    with pytest.raises(ballots.NotAllowed):
        ballots.open_urn(by=chamber.chair, ballot=ballot, passphrase=FIRST)
    assert not Teller.objects.filter(has_opened=True).exists()
    for _ in range(9):
        with pytest.raises(ballots.KeyRefused):
            ballots.open_urn(by=chamber.office, ballot=ballot, passphrase="falsch")
    with pytest.raises(ballots.TooManyCasts):
        ballots.open_urn(by=chamber.office, ballot=ballot, passphrase=FIRST)


def test_a_sealed_ballot_does_not_open_before_both_have_set_a_passphrase():
    chamber = make_chamber(5)
    draft = sealed_draft(chamber)
    ballots.set_passphrase(by=chamber.office, ballot=draft, passphrase=FIRST)
    with pytest.raises(ballots.OpeningRefused, match="beide"):
        ballots.open_ballot(by=chamber.chair, ballot=draft)


def test_one_person_cannot_be_both_tellers_and_a_new_one_needs_a_passphrase():
    chamber = make_chamber(5)
    draft = sealed_draft(chamber)
    with pytest.raises(ballots.BallotRefused, match="verschiedene"):
        ballots.appoint_tellers(by=chamber.chair, ballot=draft, persons=[chamber.office, chamber.office])
    ballots.set_passphrase(by=chamber.office, ballot=draft, passphrase=FIRST)
    ballots.appoint_tellers(by=chamber.chair, ballot=draft, persons=[chamber.office, chamber.delegates[1]])
    assert [teller.has_passphrase for teller in Teller.objects.all()] == [True, False]


@pytest.mark.parametrize("passphrase", ["kurz", "123456789012345", "passwort-des-zugangs"])
def test_a_weak_passphrase_and_that_of_the_account_are_refused(passphrase):
    chamber = make_chamber(5)
    chamber.office.set_password("passwort-des-zugangs")
    chamber.office.save()
    with pytest.raises(ballots.KeyRefused):
        ballots.set_passphrase(by=chamber.office, ballot=sealed_draft(chamber), passphrase=passphrase)


def test_tellers_and_passphrases_stand_once_the_ballot_is_open():
    chamber = make_chamber(5)
    ballot = sealed_ballot(chamber)
    with pytest.raises(ballots.WrongState):
        ballots.set_passphrase(by=chamber.office, ballot=ballot, passphrase=SECOND)
    with pytest.raises(ballots.WrongState):
        ballots.appoint_tellers(by=chamber.chair, ballot=ballot, persons=chamber.delegates[:2])
    refused(lambda: Teller.objects.update(public_key=b"x" * 32))
    refused(lambda: Teller.objects.all()._raw_delete("default"))


def test_a_lost_key_ends_in_annulment_and_a_draft_with_the_same_tellers(django_capture_on_commit_callbacks):
    chamber = make_chamber(5)
    meeting = open_ballot(chamber, way="meeting").meeting
    ballot = sealed_ballot(chamber, way="meeting", meeting=meeting, deadline_at=None)
    chamber.cast_all(ballot, "yynna")
    ballot = close(chamber, ballot)
    strongbox.destroy(ballot.pk)
    with pytest.raises(ballots.KeyRefused, match="wiederholt"):
        ballots.open_urn(by=chamber.office, ballot=ballot, passphrase=FIRST)
    ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="Kennwort verloren")
    annulment = ballots.annul_and_repeat(by=chamber.office, ballot=ballot, reason="")
    assert (annulment.ballot.state, annulment.successor.state) == ("annulled", "draft")
    assert not BallotPaper.objects.exists()
    tellers = Teller.objects.filter(ballot=annulment.successor)
    assert [teller.person for teller in tellers] == [chamber.office, chamber.delegates[0]]
    assert not any(teller.has_passphrase for teller in tellers)


def test_a_damaged_paper_makes_the_ballot_disputed():
    chamber = make_chamber(5)
    ballot = sealed_ballot(chamber)
    chamber.cast_all(ballot, "yyyy.")
    Participation.objects.create(ballot=ballot, partner=chamber.partners[4])
    BallotPaper.objects.create(ballot=ballot, ciphertext=b"x" * 297)
    closing.close_due()
    ballots.open_urn(by=chamber.office, ballot=ballot, passphrase=FIRST)
    assert ballots.open_urn(by=chamber.delegates[0], ballot=ballot, passphrase=SECOND).state == "disputed"


def test_keys_that_a_crash_left_behind_are_destroyed_once_their_ballot_has_ended():
    chamber = make_chamber(5)
    running, counted = sealed_ballot(chamber), sealed_ballot(chamber)
    chamber.cast_all(counted, "yynna")
    closing.close_due()
    for person, phrase in ((chamber.office, FIRST), (chamber.delegates[0], SECOND)):
        ballots.open_urn(by=person, ballot=counted, passphrase=phrase)
    strange = uuid.uuid4()
    strongbox.Box(strange, 1).make(FIRST)
    assert len(strongbox.kept()) == 3
    assert ballots.sweep_keys() == 1
    assert set(strongbox.kept()) == {running.pk, strange}


def test_elections_and_confidential_items_are_sealed_by_default():
    chamber = make_chamber(5)
    fields = {"by": chamber.chair, "committee": chamber.committee, "title": "t", "text": "t", "way": "circular"}
    assert ballots.draft_ballot(**fields, form="secret").secrecy == "separated"
    assert ballots.draft_ballot(**fields, form="secret", is_confidential=True).secrecy == "sealed"
    assert ballots.draft_ballot(**fields, form="secret", secrecy="sealed").secrecy == "sealed"
    assert ballots.draft_ballot(**fields, secrecy="sealed").secrecy == ""


# --- S10: where the key is not ------------------------------------------------------------------------


def test_s10_no_private_key_is_in_the_database(django_db_blocker):
    chamber = make_chamber(5)
    ballot = sealed_ballot(chamber)
    chamber.cast_all(ballot, "yynna")
    assert {field.attname for field in Teller._meta.get_fields()} == {
        "id",
        "ballot_id",
        "person_id",
        "position",
        "public_key",
        "has_opened",
    }
    folder = settings.DATA_DIR / "keys" / str(ballot.pk)
    assert sorted(file.name for file in folder.iterdir()) == ["1.json", "2.json"]
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())
    assert not folder.is_relative_to(settings.MEDIA_ROOT)


def test_stretching_a_passphrase_costs_time_and_memory(monkeypatch):
    monkeypatch.undo()
    first = strongbox._stretched("Kranich im Nebel 7", b"0" * 16)
    assert (len(first), first) == (32, strongbox._stretched("Kranich im Nebel 7", b"0" * 16))
    assert first != strongbox._stretched("Kranich im Nebel 7", b"1" * 16)


def test_a_paper_of_another_ballot_does_not_open():
    keys = [strongbox.X25519PrivateKey.generate() for _ in range(2)]
    publics = [key.public_key().public_bytes_raw() for key in keys]
    mine, other = uuid.uuid4(), uuid.uuid4()
    paper = strongbox.encrypt("3>1>2", mine, publics)
    assert strongbox.decrypt(paper, mine, keys) == "3>1>2"
    with pytest.raises(strongbox.InvalidTag):
        strongbox.decrypt(paper, other, keys)
    with pytest.raises(strongbox.InvalidTag):
        strongbox.decrypt(paper, mine, keys[::-1])
    lengths = {len(strongbox.encrypt(said, mine, publics)) for said in ("no", "abstain", "1" * strongbox.LONGEST)}
    assert len(lengths) == 1


# --- endings without a result -------------------------------------------------------------------------


def test_an_annulled_secret_ballot_leaves_no_papers_and_is_opened_anew():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyn..")
    ballot.refresh_from_db()
    annulment = ballots.annul_and_repeat(by=chamber.chair, ballot=ballot, reason="Falscher Text")
    assert (annulment.successor.state, annulment.successor.form) == ("open", "secret")
    assert not BallotPaper.objects.filter(ballot=ballot).exists()
    assert Participation.objects.filter(ballot=ballot).count() == 3


def test_a_stopped_secret_ballot_was_never_counted():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber, way="circular")
    chamber.cast_all(ballot, "yyn..")
    ballots.object_to_circular(by=chamber.delegates[4], ballot=ballot, partner=chamber.partners[4], reason="Sitzung!")
    ballot.refresh_from_db()
    assert (ballot.state, ballot.counts, ballot.verdict) == ("stopped", None, None)
    assert not BallotPaper.objects.exists()


# --- who may know what while it runs ------------------------------------------------------------------


def test_excluding_while_it_runs_would_tell_who_has_voted():
    chamber = make_chamber(6)
    ballot = secret_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    for partner in chamber.partners[:2]:
        with pytest.raises(ballots.RollRefused, match="mit der Eröffnung fest"):
            ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=partner, reason="Befangen.")


def test_reminders_go_to_all_and_are_withdrawn_for_nobody():
    from committees.notifications.ballots import may_still_vote

    chamber = make_chamber(5)
    ballot = secret_ballot(chamber, way="circular")
    chamber.cast(ballot, 0, "yes")
    ballots.remind_now(by=chamber.chair, ballot=ballot)
    reminders = OutboxMessage.objects.filter(kind="ballot.reminder")
    assert {message.recipient for message in reminders} == set(chamber.delegates)
    assert {may_still_vote(message) for message in reminders} == {None}
    bodies = [message_from_bytes(bytes(message.mime), policy=policy.default) for message in reminders]
    assert all("geht an alle" in " ".join(body.get_body(("plain",)).get_content().split()) for body in bodies)


def test_the_last_vote_does_not_close_a_secret_ballot_the_schedule_does():
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber, way="circular")
    chamber.cast_all(ballot, "yynna")
    ballot.refresh_from_db()
    assert ballot.state == "open"
    assert closing.close_due() == 1
    ballot.refresh_from_db()
    assert ballot.state == "closed"


# --- demanding secrecy --------------------------------------------------------------------------------

DEMANDED = replace(SIMPLE, secrecy=Secrecy(demand=Turnout(Share(Compare.AT_LEAST, Fraction(1, 4)))))


def test_so_many_partners_as_the_rules_say_make_a_ballot_secret():
    chamber = make_chamber(6, rules=DEMANDED)
    draft = BallotFactory(committee=chamber.committee)
    assert ballots.demands_of(draft) == ballots.Demands(0, 2)
    first = ballots.demand_secrecy(by=chamber.delegates[0], ballot=draft, partner=chamber.partners[0])
    assert first.form == "roll_call"
    with pytest.raises(ballots.DemandRefused, match="bereits verlangt"):
        ballots.demand_secrecy(by=chamber.delegates[0], ballot=draft, partner=chamber.partners[0])
    second = ballots.demand_secrecy(by=chamber.delegates[1], ballot=draft, partner=chamber.partners[1])
    assert (second.form, second.secrecy) == ("secret", SecrecyLevel.SEPARATED)
    with pytest.raises(ballots.BallotRefused, match="dabei bleibt es"):
        ballots.change_draft(by=chamber.chair, ballot=draft, form="roll_call")
    assert ballots.open_ballot(by=chamber.chair, ballot=second).state == BallotState.OPEN


def test_nobody_demands_for_another_partner_nor_where_the_rules_know_no_demand():
    chamber = make_chamber(6, rules=DEMANDED)
    draft = BallotFactory(committee=chamber.committee)
    for person in (chamber.delegates[1], chamber.chair, UserFactory()):
        with pytest.raises(ballots.NotEntitled):
            ballots.demand_secrecy(by=person, ballot=draft, partner=chamber.partners[0])
    other = make_chamber(6)
    with pytest.raises(ballots.DemandRefused, match="nicht verlangt"):
        ballots.demand_secrecy(
            by=other.delegates[0], ballot=BallotFactory(committee=other.committee), partner=other.partners[0]
        )
    assert not SecrecyDemand.objects.exists()


def test_after_opening_nothing_is_demanded():
    chamber = make_chamber(6, rules=DEMANDED)
    ballot = open_ballot(chamber)
    with pytest.raises(ballots.WrongState):
        ballots.demand_secrecy(by=chamber.delegates[0], ballot=ballot, partner=chamber.partners[0])
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        SecrecyDemand.objects.create(ballot=ballot, partner=chamber.partners[0], person=chamber.delegates[0])


def test_the_register_of_a_secret_ballot_holds_who_took_part_and_the_papers_apart():
    chamber = make_chamber(12)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyyyynnnna..")
    entry = ballots.declare(by=chamber.chair, ballot=close(chamber, ballot))
    parts = register.record_of(entry).parts
    assert parts["votes"] is None
    assert parts["persons"] is None
    assert sorted(parts["papers"].data) == sorted(["yes"] * 5 + ["no"] * 4 + ["abstain"])
    assert [row["took_part"] for row in parts["roll"].data] == [True] * 10 + [False] * 2
    check = register.verify(chamber.partnership)
    assert (check.is_sound, check.recounted) == (True, 1)
    assert Ballot.objects.get(pk=ballot.pk).state == "declared"
