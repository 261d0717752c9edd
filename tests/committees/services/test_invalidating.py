"""Declaring a resolution invalid: two persons, a new entry, the notice, and the motion back in its committee."""

import json

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from committees.enums import EntryKind, EntryRelation, MotionState, ReferralState
from committees.exports import register_json
from committees.exports.verifier import konvent_verify
from committees.models import Invalidation, Resolution
from committees.services import invalidating, motions, register, resolutions
from fund.queries import carrying_resolutions
from partnership import clock
from partnership.enums import Role
from partnership.models import OutboxMessage
from tests.committees.services.test_ballots import text_of
from tests.factories.ground import appoint
from tests.factories.motions import make_ballot, make_house, make_motion, vote_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def adopted(house):
    motion = make_motion(house, committee=house.sk)
    return motion, vote_through(house, motion, house.sk)


def annul(house, resolution, reason="Es war nicht geladen."):
    invalidating.request(by=house.chair, resolution=resolution, reason=reason)
    return invalidating.confirm(by=house.office, resolution=resolution)


def test_a_new_entry_says_so_and_the_old_one_stays(house):
    _motion, resolution = adopted(house)
    before = resolution.entry
    entry = annul(house, resolution)
    resolution.refresh_from_db()
    assert resolution.entry == before
    assert (entry.kind, entry.number, entry.refers_to) == (EntryKind.ANNULLED, "", resolution)
    assert entry.relation == EntryRelation.ANNULS
    assert register.part(entry, "text")["reason"] == "Es war nicht geladen."
    assert register.part(entry, "persons")["acts"] == [
        {"act": "annulment_requested", "name": house.chair.name},
        {"act": "annulled", "name": house.office.name},
    ]
    assert register.verify(house.partnership).is_sound
    document, is_canonical = konvent_verify.read(register_json.for_insider(house.partnership, house.office))
    assert list(konvent_verify.check(document, is_canonical)) == []


def test_the_motion_is_treated_again_and_can_be_decided_anew(house):
    motion, resolution = adopted(house)
    annul(house, resolution)
    motion.refresh_from_db()
    referral = motion.referrals.get()
    assert (motion.state, referral.state) == (MotionState.IN_TREATMENT, ReferralState.SCHEDULED)
    again = vote_through(house, motion, house.sk, "yyy")
    motion.refresh_from_db()
    assert motion.state == MotionState.ADOPTED
    assert again.serial == resolution.serial + 1


def test_what_a_later_committee_has_begun_is_left_alone(house):
    motion = make_motion(house)
    advice = vote_through(house, motion, house.tk)
    vote_through(house, motion, house.sk)
    annul(house, advice)
    motion.refresh_from_db()
    assert motion.state == MotionState.ADOPTED


def test_what_was_carried_out_stays_so(house):
    motion, resolution = adopted(house)
    motions.mark_implemented(by=house.office, motion=motion)
    annul(house, resolution)
    motion.refresh_from_db()
    assert motion.state == MotionState.IMPLEMENTED


def test_all_partners_are_told_with_the_head_of_the_register(house):
    _motion, resolution = adopted(house)
    entry = annul(house, resolution)
    mails = OutboxMessage.objects.filter(kind="resolution.annulled")
    assert mails.count() == 6
    assert "Es war nicht geladen." in text_of(mails.first())
    assert entry.hash in text_of(mails.first()).replace(" ", "")


def test_of_a_confidential_one_the_mail_tells_the_number_only(house):
    ballot = make_ballot(house, house.sk, title="Geheime Sache", is_confidential=True)
    resolution = resolutions.record(by=house.chair, ballot=ballot, outcome="adopted")
    annul(house, resolution, reason="Geheimer Grund")
    body = text_of(OutboxMessage.objects.filter(kind="resolution.annulled").first())
    assert resolution.number in body
    assert "Geheim" not in body


def test_nobody_does_it_alone_or_twice(house):
    _motion, resolution = adopted(house)
    with pytest.raises(invalidating.InvalidationRefused, match="Grund"):
        invalidating.request(by=house.chair, resolution=resolution, reason=" ")
    with pytest.raises(invalidating.InvalidationRefused, match="nichts"):
        invalidating.confirm(by=house.office, resolution=resolution)
    invalidating.request(by=house.chair, resolution=resolution, reason="Falsch geladen.")
    with pytest.raises(invalidating.InvalidationRefused, match="zweite Person"):
        invalidating.confirm(by=house.chair, resolution=resolution)
    with pytest.raises(invalidating.InvalidationRefused, match="bereits beantragt"):
        invalidating.request(by=house.office, resolution=resolution, reason="Noch einmal.")
    invalidating.confirm(by=house.office, resolution=resolution)
    with pytest.raises(invalidating.InvalidationRefused, match="bereits für ungültig erklärt"):
        invalidating.request(by=house.chair, resolution=resolution, reason="Noch einmal.")
    with pytest.raises(resolutions.ResolutionRefused, match="für ungültig erklärt"):
        resolutions.correct(by=house.chair, resolution=resolution, text="anders", reason="darum")
    entry = Resolution.objects.get(kind=EntryKind.ANNULLED)
    with pytest.raises(invalidating.InvalidationRefused, match="keine Vermerke"):
        invalidating.request(by=house.chair, resolution=entry, reason="Doch.")


def test_a_request_can_be_taken_back_until_it_is_confirmed(house):
    _motion, resolution = adopted(house)
    invalidating.request(by=house.chair, resolution=resolution, reason="Falsch geladen.")
    invalidating.withdraw(by=house.office, resolution=resolution)
    assert not Invalidation.objects.exists()
    assert not Resolution.objects.filter(kind=EntryKind.ANNULLED).exists()


def test_the_database_asks_for_the_second_person_and_keeps_what_was_confirmed(house):
    _motion, resolution = adopted(house)
    found = invalidating.request(by=house.chair, resolution=resolution, reason="Falsch geladen.")
    rows = Invalidation.objects.filter(pk=found.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(confirmed_by=house.chair, confirmed_at=clock.now())
    invalidating.confirm(by=house.office, resolution=resolution)
    for deed in (lambda: rows.update(reason="anders"), lambda: rows.delete()):
        with pytest.raises(DatabaseError, match="konvent"), transaction.atomic():
            deed()


def test_an_invalid_resolution_carries_no_money(house):
    _motion, resolution = adopted(house)
    assert list(carrying_resolutions(house.partnership)) == [resolution]
    annul(house, resolution)
    assert list(carrying_resolutions(house.partnership)) == []


def test_it_is_walked_in_the_browser_and_the_public_page_says_so(client, house):
    _motion, resolution = adopted(house)
    resolutions.publish(by=house.office, resolution=resolution)
    appoint(house.chair, Role.CHAIR, house.tk)
    url = reverse("committees:resolution_annul", kwargs={"slug": house.partnership.slug, "pk": resolution.pk})
    client.force_login(house.chair)
    assert "Eine zweite Person muss das bestätigen." in client.get(url).content.decode()
    asked = client.post(url, {"reason": "Es war nicht geladen."}, follow=True).content.decode()
    assert "Die Ungültigkeit ist beantragt" in asked
    client.force_login(house.office)
    assert "Beantragt hat das Herr Vorsitz: Es war nicht geladen." in client.get(url).content.decode()
    done = client.post(url, follow=True).content.decode()
    assert "Dieser Beschluss gilt nicht mehr." in done
    client.logout()
    public = reverse(
        "committees:resolution_public_detail", kwargs={"slug": house.partnership.slug, "pk": resolution.pk}
    )
    assert "für ungültig erklärt" in client.get(public).content.decode()
    exported = json.loads(register_json.for_everybody(house.partnership))
    assert "Es war nicht geladen." in exported["entries"][-1]["parts"]["text"]["data"]["reason"]
