import json

import pytest
from django.urls import reverse

from committees.enums import EntryKind
from committees.models import Resolution
from committees.services import register, resolutions
from partnership.enums import Role
from partnership.models import AuditEvent, OutboxMessage
from tests.factories import UserFactory, appoint
from tests.factories.motions import make_ballot, make_committee, make_delegate, make_house, make_motion, vote_through

pytestmark = pytest.mark.django_db

SECRET = "Zander"


def page(name, house, *, thing=None, **kwargs):
    if thing is not None:
        kwargs["pk"] = thing.pk
    return reverse(f"committees:{name}", kwargs={"slug": house.partnership.slug, **kwargs})


def append(house, **fields):
    return register.append(
        by=house.chair,
        **{"kind": EntryKind.ADOPTED, "committee": house.sk, "title": "Arbeitsprogramm", "text": "Es gilt.", **fields},
    )


def partner_admin(house):
    """Somebody inside the partnership who sits in no committee."""
    person = UserFactory()
    appoint(person, Role.PARTNER_ADMIN, house.partners[0])
    return person


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def secret(house):
    return append(
        house, ballot=make_ballot(house, house.sk), title=f"{SECRET}kauf", text=f"{SECRET}.", is_confidential=True
    )


def numbers(answer):
    return [entry.number for entry in answer.context["page_obj"]]


def test_the_register_shows_resolutions_newest_first_with_its_head(client, house):
    first, second = append(house), append(house, committee=house.tk, kind=EntryKind.RECOMMENDED)
    client.force_login(house.delegate)
    answer = client.get(page("resolution_list", house))
    assert numbers(answer) == [second.number, first.number]
    assert second.hash in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=arbeitsprogramm", True),
        ("q=gilt", True),
        ("q=SK-", True),
        ("q=gibtsnicht", False),
        ("kind=adopted", True),
        ("kind=rejected", False),
        ("kind=all", True),
        ("year=1999", False),
        ("sort=number", True),
        ("sort=title;drop", True),
        ("page=77", True),
    ],
)
def test_the_register_filters_searches_sorts_and_pages(client, house, query, found):
    append(house)
    client.force_login(house.delegate)
    assert bool(numbers(client.get(page("resolution_list", house) + "?" + query))) is found


def test_the_register_filters_by_year_and_committee(client, house):
    entry = append(house)
    append(house, committee=house.tk)
    client.force_login(house.delegate)
    answer = client.get(page("resolution_list", house) + f"?year={entry.year}&committee={house.sk.pk}")
    assert numbers(answer) == [entry.number]


def test_a_resolution_shows_text_reasons_roll_call_and_chain(client, house):
    motion = make_motion(house)
    advice = vote_through(house, motion, house.tk)
    entry = vote_through(house, motion, house.sk)
    client.force_login(house.delegate)
    shown = client.get(page("resolution_detail", house, thing=entry)).content.decode()
    for expected in (
        "Der Kachelserver wird erneuert.",
        "Mehrheit erreicht",
        "Stadt 1",
        entry.hash,
        entry.previous_hash,
        advice.number,
        motion.label,
    ):
        assert expected in shown


def test_what_was_superseded_says_so(client, house):
    old = append(house)
    motion = make_motion(house, replaces=old)
    vote_through(house, motion, house.tk)
    new = vote_through(house, motion, house.sk)
    client.force_login(house.delegate)
    shown = client.get(page("resolution_detail", house, thing=old)).content.decode()
    assert "gilt nicht mehr" in shown
    assert new.number in shown
    assert f"ersetzt durch {new.number}" in client.get(page("resolution_list", house)).content.decode()


# --- confidential entries (A4) ---------------------------------------------------------------------------


def test_a4_of_a_confidential_resolution_others_see_number_and_kind_only(client, house, secret):
    client.force_login(partner_admin(house))
    pages = [
        page("resolution_list", house),
        page("resolution_list", house) + "?kind=all",
        page("resolution_detail", house, thing=secret),
        page("register_json", house),
        page("register_table", house),
        page("register_verify", house),
    ]
    for address in pages:
        assert SECRET not in client.get(address).content.decode(), address
    shown = client.get(page("resolution_detail", house, thing=secret)).content.decode()
    assert secret.number in shown
    assert "vertraulich" in shown
    assert "Stadt 1" not in shown
    assert "Mehrheit" not in shown


def test_a4_a_word_of_a_confidential_resolution_gives_no_hit_and_no_count(client, house, secret):
    client.force_login(partner_admin(house))
    for name in ("resolution_list", "register_table"):
        answer = client.get(page(name, house) + f"?q={SECRET}")
        assert secret.number not in answer.content.decode().replace(f"?q={SECRET}", "")
    assert client.get(page("resolution_list", house) + f"?q={SECRET}").context["page_obj"].paginator.count == 0


def test_committee_and_office_read_a_confidential_resolution(client, house, secret):
    for person in (house.sk_delegates[0], house.office, house.chair):
        client.force_login(person)
        assert SECRET in client.get(page("resolution_detail", house, thing=secret)).content.decode()
        assert numbers(client.get(page("resolution_list", house) + f"?q={SECRET}")) == [secret.number]


def test_another_committee_does_not(client, house, secret):
    person = UserFactory()
    make_delegate(make_committee(house.partnership, "AG"), house.partners[0], person)
    client.force_login(person)
    assert SECRET not in client.get(page("resolution_detail", house, thing=secret)).content.decode()


@pytest.mark.parametrize("name", ["resolution_pdf", "resolution_publish", "resolution_correct"])
def test_what_is_not_readable_has_no_paper_and_no_acts(client, house, secret, name):
    client.force_login(partner_admin(house))
    assert client.get(page(name, house, thing=secret)).status_code == 404


def test_a_foreign_entry_answers_as_if_there_were_none(client, house):
    other = make_house()
    entry = append(other)
    client.force_login(house.delegate)
    assert client.get(page("resolution_detail", house, thing=entry)).status_code == 404
    assert client.get(page("resolution_list", other)).status_code == 404


# --- publishing and correcting -----------------------------------------------------------------------------


def test_the_office_publishes_after_asking_once(client, house):
    entry = append(house)
    client.force_login(house.delegate)
    assert client.post(page("resolution_publish", house, thing=entry)).status_code == 403
    client.force_login(house.office)
    assert entry.number in client.get(page("resolution_publish", house, thing=entry)).content.decode()
    client.post(page("resolution_publish", house, thing=entry))
    client.logout()
    shown = client.get(page("resolution_public_detail", house, thing=entry))
    assert "Es gilt." in shown.content.decode()


def test_a_confidential_one_is_published_only_with_the_release(client, house, secret):
    client.force_login(house.office)
    answer = client.post(page("resolution_publish", house, thing=secret))
    assert answer.status_code == 422
    assert "vertraulich" in answer.content.decode()
    client.post(page("resolution_publish", house, thing=secret), {"is_released": "on"})
    client.force_login(partner_admin(house))
    assert SECRET in client.get(page("resolution_detail", house, thing=secret)).content.decode()


def test_correcting_keeps_what_was_typed_and_leaves_the_entry_as_it_is(client, house):
    entry = append(house)
    client.force_login(house.office)
    address = page("resolution_correct", house, thing=entry)
    assert client.get(address).context["form"]["text"].value() == "Es gilt."
    answer = client.post(address, {"text": "Es gilt nicht.", "reason": ""})
    assert answer.status_code == 422
    assert "Es gilt nicht." in answer.content.decode()
    client.post(address, {"text": "Es gilt nicht.", "reason": "Schreibfehler"})
    assert OutboxMessage.objects.filter(kind="resolution.corrected").exists()
    shown = client.get(page("resolution_detail", house, thing=entry)).content.decode()
    assert "Es gilt nicht." in shown
    assert "Schreibfehler" in shown
    assert register.verify(house.partnership).is_sound


# --- checking and exporting ----------------------------------------------------------------------------------


def test_checking_reads_only(client, house):
    append(house)
    client.force_login(house.delegate)
    before = (Resolution.objects.count(), AuditEvent.objects.count())
    answer = client.get(page("register_verify", house))
    assert "in Ordnung" in answer.content.decode()
    assert (Resolution.objects.count(), AuditEvent.objects.count()) == before
    assert client.post(page("register_verify", house)).status_code == 405


def test_the_export_shows_persons_to_the_office_only(client, house):
    append(house, ballot=make_ballot(house, house.sk))
    found = {}
    for person in (house.delegate, house.office):
        client.force_login(person)
        found[person] = json.loads(client.get(page("register_json", house)).content)["entries"][0]["parts"]["persons"]
    assert found[house.delegate] is None
    assert found[house.office]


def test_the_table_holds_no_formula(client, house):
    append(house, title="=1+1", text="@SUM(A1)")
    client.force_login(house.delegate)
    text = client.get(page("register_table", house)).content.decode()
    assert "'=1+1" in text
    assert "'@SUM" in text
    assert client.get(page("register_table", house) + "?format=xlsx").content[:2] == b"PK"


def test_everybody_may_have_the_verifier(client, house):
    text = b"".join(client.get(page("register_verifier", house)).streaming_content)
    assert text.startswith(b"#!/usr/bin/env python3")


# --- for everybody --------------------------------------------------------------------------------------------


def test_the_public_sees_released_resolutions_only(client, house, secret):
    released, hidden = append(house, title="Offen"), append(house, title="Intern")
    resolutions.publish(by=house.office, resolution=released)
    answer = client.get(page("resolution_public_list", house))
    assert numbers(answer) == [released.number]
    text = answer.content.decode()
    for word in ("Intern", SECRET, hidden.number, secret.number):
        assert word not in text
    for query in (SECRET, "Intern", "Es gilt"):
        count = client.get(page("resolution_public_list", house) + f"?q={query}").context["page_obj"].paginator.count
        assert count == (1 if query == "Es gilt" else 0)
    for entry in (hidden, secret):
        assert client.get(page("resolution_public_detail", house, thing=entry)).status_code == 404
    text = client.get(page("register_public_json", house)).content.decode()
    assert "Offen" in text
    assert "Intern" not in text
    assert SECRET not in text


def test_a_partnership_without_a_public_page_shows_nothing(client, house):
    resolutions.publish(by=house.office, resolution=append(house))
    house.partnership.is_public = False
    house.partnership.save()
    for name in ("resolution_public_list", "register_public_json", "register_verifier"):
        assert client.get(page(name, house)).status_code == 404


def test_the_inside_sends_strangers_to_sign_in(client, house):
    entry = append(house)
    for address in (page("resolution_list", house), page("resolution_detail", house, thing=entry)):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("count", [1, 1000])
def test_the_register_costs_the_same_with_a_thousand_resolutions(client, django_assert_max_num_queries, count):
    house = make_house()
    first = append(house)
    # Rows as a thousand decisions leave them; the chain itself is not looked at here.
    Resolution.objects.bulk_create(
        Resolution(
            partnership=house.partnership,
            committee=house.sk,
            position=n,
            kind=EntryKind.ADOPTED,
            year=first.year,
            serial=n,
            number=f"SK-{first.year}-{n:03d}",
            title=f"Beschluss {n}",
            resolved_on=first.resolved_on,
            is_confidential=n % 7 == 0,
            entry="{}",
            previous_hash=f"{n:064x}",
            hash=f"{n + 1:064x}",
            recorded_at=first.recorded_at,
        )
        for n in range(2, count + 1)
    )
    client.force_login(house.delegate)
    for query in ("", "?q=Beschluss", "?kind=all&sort=committee"):
        with django_assert_max_num_queries(12):
            assert client.get(page("resolution_list", house) + query).status_code == 200


def test_the_page_of_a_resolution_costs_at_most_twelve_queries(client, django_assert_max_num_queries, house):
    motion = make_motion(house, is_confidential=True)
    vote_through(house, motion, house.tk)
    entry = vote_through(house, motion, house.sk)
    resolutions.correct(by=house.office, resolution=entry, text="Anders.", reason="Schreibfehler")
    client.force_login(house.office)
    with django_assert_max_num_queries(12):
        client.get(page("resolution_detail", house, thing=entry))
    resolutions.publish(by=house.office, resolution=entry, is_released=True)
    client.logout()
    with django_assert_max_num_queries(12):
        client.get(page("resolution_public_detail", house, thing=entry))
