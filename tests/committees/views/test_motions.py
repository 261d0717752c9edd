import pytest
from django.urls import reverse

from committees.enums import MotionState, ReferralState
from committees.models import Motion
from committees.services import motions
from partnership.enums import Role
from tests.factories import UserFactory, appoint
from tests.factories.motions import make_house, make_motion, vote_through

pytestmark = pytest.mark.django_db


def page(name, house, *, thing=None, **kwargs):
    if thing is not None:
        kwargs["pk"] = thing.pk
    return reverse(f"committees:{name}", kwargs={"slug": house.partnership.slug, **kwargs})


@pytest.fixture
def house_with_motion():
    house = make_house()
    return house, make_motion(house)


def form(house, **fields):
    return {
        "title": "Kachelserver",
        "text": "Er wird erneuert.",
        "reasons": "Alt.\r\nSehr alt.",
        "amount": "1.200,50",
        "submitting_partner": house.partners[0].pk,
        "committee": house.tk.pk,
        **fields,
    }


def test_a_delegate_writes_and_submits_in_one_step(client):
    house = make_house()
    client.force_login(house.delegate)
    answer = client.post(page("motion_create", house), form(house, then="submit"))
    motion = Motion.objects.get()
    assert answer.url == motion.get_absolute_url()
    assert (motion.state, motion.number, motion.amount) == (MotionState.SUBMITTED, 1, 1200.5)
    assert motion.reasons == "Alt.\nSehr alt."
    assert [referral.committee for referral in motion.referrals.order_by("position")] == [house.tk, house.sk]


def test_a_draft_is_kept_and_submitted_later(client):
    house = make_house()
    client.force_login(house.delegate)
    client.post(page("motion_create", house), form(house))
    motion = Motion.objects.get()
    assert motion.state == MotionState.DRAFT
    assert "Vorlage einreichen" in client.get(page("motion_submit", house, thing=motion)).content.decode()
    client.post(page("motion_submit", house, thing=motion))
    assert Motion.objects.get().label


def test_bad_input_loses_nothing_that_was_typed(client):
    house = make_house()
    client.force_login(house.delegate)
    answer = client.post(page("motion_create", house), form(house, title="", text="Langer Text", amount="viel"))
    assert answer.status_code == 422
    assert "Langer Text" in answer.content.decode()
    assert not Motion.objects.exists()


def test_a_delegate_cannot_submit_for_another_partner_or_set_the_state(client):
    house = make_house()
    client.force_login(house.delegate)
    answer = client.post(
        page("motion_create", house), form(house, submitting_partner=house.partners[1].pk, then="submit")
    )
    assert answer.status_code == 422
    client.post(page("motion_create", house), form(house, state="adopted", number="99", created_by="1"))
    motion = Motion.objects.get()
    assert (motion.state, motion.number, motion.created_by) == (MotionState.DRAFT, None, house.delegate)


def test_the_office_submits_without_a_partner_and_replaces_a_resolution(client):
    house = make_house()
    motion = make_motion(house)
    vote_through(house, motion, house.tk)
    old = vote_through(house, motion, house.sk)
    client.force_login(house.office)
    answer = client.post(
        page("motion_create", house), form(house, submitting_partner="", replaces=old.number.lower(), then="submit")
    )
    assert answer.status_code == 302
    assert Motion.objects.get(title="Kachelserver").replaces == old
    answer = client.post(page("motion_create", house), form(house, replaces="SK-1999-001"))
    assert "gibt es nicht" in answer.content.decode()


def test_editing_keeps_what_was_typed_when_somebody_else_was_faster(client):
    house = make_house()
    motion = make_motion(house)
    client.force_login(house.delegate)
    shown = client.get(page("motion_edit", house, thing=motion))
    assert shown.context["form"]["revision"].value() == 1
    motions.edit(by=house.office, motion=motion, title="Vom Büro")
    answer = client.post(page("motion_edit", house, thing=motion), form(house, title="Von mir", revision=1))
    assert answer.status_code == 422
    assert "Von mir" in answer.content.decode()
    assert Motion.objects.get().title == "Vom Büro"


def test_the_page_shows_the_recommendation_with_count_and_reasons(client):
    house = make_house()
    motion = make_motion(house)
    advice = vote_through(house, motion, house.tk)
    motions.set_opinion(by=house.office, referral=motion.referrals.get(committee=house.tk), opinion="Technisch nötig.")
    client.force_login(house.sk_delegates[0])
    for name in ("motion_detail", "motion_print"):
        shown = client.get(page(name, house, thing=motion)).content.decode()
        assert "Technisches Gremium empfiehlt die Annahme" in shown
        assert "Ja 2, Nein 1, Enthaltung 0" in shown
        assert "Technisch nötig." in shown
        assert advice.number in shown


def test_buttons_follow_the_lifecycle_and_the_role(client):
    house = make_house()
    motion = make_motion(house)
    labels = {}
    for person in (house.delegate, house.tk_delegates[1], house.office):
        client.force_login(person)
        answer = client.get(page("motion_detail", house, thing=motion))
        labels[person] = [button.label for button in answer.context["buttons"]]
    assert labels[house.delegate] == ["Vorlage zurückziehen"]
    assert labels[house.tk_delegates[1]] == []
    assert labels[house.office] == ["Weg festlegen", "Vorlage zurückziehen", "Vorlage für erledigt erklären"]


def test_the_office_walks_a_referral_and_a_delegate_may_not(client):
    house = make_house()
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    client.force_login(house.delegate)
    assert client.post(page("referral_schedule", house, thing=referral)).status_code == 403
    client.force_login(house.office)
    assert client.post(page("referral_schedule", house, thing=referral)).status_code == 302
    assert client.post(page("referral_defer", house, thing=referral), {"reason": ""}).status_code == 422
    client.post(page("referral_defer", house, thing=referral), {"reason": "Zahlen fehlen"})
    referral.refresh_from_db()
    assert referral.state == ReferralState.DEFERRED
    answer = client.post(page("referral_opinion", house, thing=referral), {"opinion": "Ja, aber."})
    referral.refresh_from_db()
    assert (answer.status_code, referral.opinion) == (302, "Ja, aber.")


def test_the_office_sets_the_way(client):
    house = make_house()
    motion = make_motion(house)
    client.force_login(house.office)
    answer = client.post(page("motion_refer", house, thing=motion), {"committee_1": house.sk.pk})
    assert answer.status_code == 302
    assert [referral.committee for referral in motion.referrals.all()] == [house.sk]
    answer = client.post(
        page("motion_refer", house, thing=motion), {"committee_1": house.sk.pk, "committee_2": house.sk.pk}
    )
    assert answer.status_code == 422


def test_withdrawing_asks_once_and_wants_a_reason(client):
    house = make_house()
    motion = make_motion(house)
    client.force_login(house.delegate)
    address = page("motion_withdraw", house, thing=motion)
    assert motion.title in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "Überholt"})
    assert Motion.objects.get().state == MotionState.WITHDRAWN


def test_drafts_are_seen_by_their_house_and_the_office_only(client):
    house = make_house()
    draft = make_motion(house, is_submitted=False)
    for person, status in ((house.delegate, 200), (house.sk_delegates[0], 200), (house.sk_delegates[1], 404)):
        client.force_login(person)
        assert client.get(page("motion_detail", house, thing=draft)).status_code == status


def test_a4_a_confidential_motion_is_neither_found_nor_counted(client):
    house = make_house()
    make_motion(house)
    secret = make_motion(house, title="Zander", text="Zander wird gekauft.", is_confidential=True)
    outsider = UserFactory()
    appoint(outsider, Role.PARTNER_ADMIN, house.partners[2])
    client.force_login(outsider)
    for query in ("", "?q=Zander", "?export=csv"):
        assert "Zander wird" not in client.get(page("motion_list", house) + query).content.decode()
    assert client.get(page("motion_list", house)).context["page_obj"].paginator.count == 1
    assert client.get(page("motion_list", house) + "?q=Zander").context["page_obj"].paginator.count == 0
    for name in ("motion_detail", "motion_print", "motion_pdf"):
        assert client.get(page(name, house, thing=secret)).status_code == 404
    client.force_login(house.tk_delegates[1])
    assert client.get(page("motion_detail", house, thing=secret)).status_code == 200


def test_a_foreign_partnership_answers_as_if_there_were_none(client):
    house, other = make_house(), make_house()
    foreign = make_motion(other)
    client.force_login(house.delegate)
    assert client.get(page("motion_detail", other, thing=foreign)).status_code == 404
    assert client.get(page("motion_detail", house, thing=foreign)).status_code == 404


@pytest.mark.parametrize("query", ["?q=V-2026-001", "?state=submitted", "?sort=title", "?sort=x;drop", "?page=999"])
def test_the_list_filters_sorts_and_pages(client, query):
    house = make_house()
    motion = make_motion(house)
    client.force_login(house.delegate)
    query = query.replace("2026", str(motion.year))
    answer = client.get(page("motion_list", house) + query)
    assert [row.pk for row in answer.context["page_obj"]] == [motion.pk]


def test_attachments_come_and_go(client, settings, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.MEDIA_ROOT = tmp_path
    house = make_house()
    motion = make_motion(house)
    client.force_login(house.delegate)
    paper = SimpleUploadedFile("angebot.txt", b"Ein Angebot.", content_type="text/plain")
    answer = client.post(page("motion_attach", house, thing=motion), {"title": "Angebot", "file": paper})
    assert answer.status_code == 302
    document = motion.attachments.get()
    assert "Angebot" in client.get(page("motion_detail", house, thing=motion)).content.decode()
    client.post(page("motion_detach", house, thing=motion, document=document.pk))
    assert not motion.attachments.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(client, django_assert_max_num_queries, count):
    house = make_house()
    for _ in range(count):
        make_motion(house)
    client.force_login(house.office)
    with django_assert_max_num_queries(12):
        client.get(page("motion_list", house))


@pytest.mark.parametrize("voted", [False, True])
def test_the_page_of_a_motion_costs_the_same_whatever_happened(client, django_assert_max_num_queries, voted):
    house = make_house()
    motion = make_motion(house)
    if voted:
        vote_through(house, motion, house.tk)
        vote_through(house, motion, house.sk)
    client.force_login(house.office)
    with django_assert_max_num_queries(12):
        client.get(page("motion_detail", house, thing=motion))


@pytest.mark.parametrize("name", ["motion_lapse", "motion_refer", "motion_attach", "motion_edit", "motion_withdraw"])
def test_the_office_finds_every_page_of_a_motion(client, house_with_motion, name):
    house, motion = house_with_motion
    client.force_login(house.office)
    assert motion.label in client.get(page(name, house, thing=motion)).content.decode()


@pytest.mark.parametrize("name", ["referral_defer", "referral_opinion"])
def test_the_office_finds_every_page_of_a_treatment(client, house_with_motion, name):
    house, motion = house_with_motion
    client.force_login(house.office)
    referral = motion.referrals.get(committee=house.tk)
    assert motion.label in client.get(page(name, house, thing=referral)).content.decode()


def test_an_adopted_motion_is_reported_as_implemented_after_asking(client, house_with_motion):
    house, motion = house_with_motion
    vote_through(house, motion, house.tk)
    vote_through(house, motion, house.sk)
    client.force_login(house.office)
    address = page("motion_implement", house, thing=motion)
    assert motion.label in client.get(address).content.decode()
    client.post(address, {"note": "In Betrieb"})
    assert Motion.objects.get().state == MotionState.IMPLEMENTED
    assert "In Betrieb" in client.get(motion.get_absolute_url()).content.decode()
