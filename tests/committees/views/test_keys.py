"""The pages about keys and kinds of matters."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from committees.models import Ballot, Key, Matter, Motion
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import WeightKind, Weights
from partnership import clock
from tests.factories.committees import BallotFactory, closed_ballot, make_chamber, make_key, open_ballot

pytestmark = pytest.mark.django_db

LISTED = replace(EQUAL_SIMPLE.rules, weights=Weights(WeightKind.LISTED, key="stimmen"))


def url(name, key_or_partnership, **more):
    if isinstance(key_or_partnership, Key | Matter):
        more |= {"pk": key_or_partnership.pk, "slug": key_or_partnership.partnership.slug}
    else:
        more |= {"slug": key_or_partnership.slug}
    return reverse(f"committees:{name}", kwargs=more)


@pytest.fixture
def chamber(client):
    chamber = make_chamber(3, rules=LISTED)
    client.force_login(chamber.office)
    return chamber


def test_a_key_is_made_and_filled_in_the_browser(client, chamber):
    made = client.post(
        url("key_create", chamber.partnership),
        {"name": "Stimmen 2026", "code": "stimmen", "unit": "Stimmen", "valid_from": "2018-06-07", "source": ""},
    )
    key = Key.objects.get()
    assert made.url == url("key_values", key)
    lines = {f"p-{partner.pk.hex}": value for partner, value in zip(chamber.partners, ("3", "1,0", ""), strict=True)}
    assert client.post(made.url, lines).url == key.get_absolute_url()
    assert list(key.shares.order_by("partner__number").values_list("value", flat=True)) == [3, 1]
    text = client.get(key.get_absolute_url()).content.decode()
    assert "Partner ohne Wert" in text
    wrong = client.post(made.url, lines | {f"p-{chamber.partners[2].pk.hex}": "viel"})
    assert wrong.status_code == 422
    assert 'value="viel"' in wrong.content.decode()
    assert key.shares.count() == 2


def test_a_pasted_table_is_shown_before_anything_is_saved(client, chamber):
    key = make_key(chamber.partnership, {chamber.partners[0]: 9})
    text = "Partner\tStimmen\nPartner 001\t3\nPartner 002\t2\nFremd\t1\n"
    shown = client.post(url("key_values", key), {"read": "1", "pasted": text})
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "Vorschau" in page
    assert "Zeile 4: „Fremd“ ist kein Partner dieser Partnerschaft." in page
    assert shown.context["form"][f"p-{chamber.partners[0].pk.hex}"].value() == "3"
    assert [partner.name for partner in shown.context["missing"]] == ["Partner 003"]
    assert key.shares.get().value == 9


def test_a_file_is_read_too_and_nothing_is_refused_in_words(client, chamber):
    key = make_key(chamber.partnership, {})
    file = SimpleUploadedFile("werte.csv", b"Partner;Wert\nPartner 003;7\n")
    shown = client.post(url("key_values", key), {"read": "1", "file": file})
    assert shown.context["read"].values == {chamber.partners[2].pk: Decimal(7)}
    for sent in ({}, {"pasted": "nur eine Spalte\nHamburg"}):
        refused = client.post(url("key_values", key), {"read": "1"} | sent)
        assert refused.status_code == 422


def test_a_key_in_use_says_so_and_offers_a_new_version(client, chamber):
    key = make_key(chamber.partnership, dict.fromkeys(chamber.partners, 2))
    open_ballot(chamber)
    text = client.get(key.get_absolute_url()).content.decode()
    assert "bleibt, wie sie ist" in text
    assert url("key_values", key) not in text
    refused = client.post(url("key_values", key), {f"p-{chamber.partners[0].pk.hex}": "9"})
    assert refused.status_code == 422
    made = client.post(
        url("key_version", key), {"name": "Stimmen 2027", "valid_from": clock.today().isoformat(), "source": ""}
    )
    assert made.url == url("key_values", Key.objects.exclude(pk=key.pk).get())


def test_a_key_is_downloaded_and_read_back(client, chamber):
    key = make_key(chamber.partnership, {chamber.partners[0]: "2.55752", chamber.partners[1]: 3})
    content = client.get(key.get_absolute_url() + "?export=csv").content
    shown = client.post(url("key_values", key), {"read": "1", "file": SimpleUploadedFile("w.csv", content)})
    assert shown.context["read"].problems == []
    assert set(shown.context["read"].values.values()) == {Decimal("2.55752"), Decimal(3)}


@pytest.mark.parametrize("size", [1, 3])
def test_pages_cost_the_same_for_one_and_for_three(client, chamber, size, django_assert_max_num_queries):
    found = [make_key(chamber.partnership, {chamber.partners[0]: 1}, code=f"k{n}") for n in range(size)]
    for n in range(size):
        Matter.objects.create(partnership=chamber.partnership, name=f"Art {n}")
    addresses = [url("key_list", chamber.partnership), url("matter_list", chamber.partnership)]
    addresses += [url("key_detail", found[0]), url("key_values", found[0])]
    for address in addresses:
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("size", [2, 6])
def test_a_key_costs_the_same_whatever_the_number_of_partners(client, size, django_assert_max_num_queries):
    chamber = make_chamber(size, rules=LISTED)
    key = make_key(chamber.partnership, dict.fromkeys(chamber.partners, 1))
    client.force_login(chamber.office)
    client.get(url("key_list", chamber.partnership))
    for name in ("key_detail", "key_values"):
        with django_assert_max_num_queries(11):
            client.get(url(name, key))


# --- votes per partner ----------------------------------------------------------------------------------


def test_the_result_shows_the_votes_of_each_partner_where_they_are_unequal(client, chamber):
    make_key(chamber.partnership, dict(zip(chamber.partners, (5, 3, 2), strict=True)))
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    text = " ".join(client.get(ballot.get_absolute_url()).content.decode().split())
    assert "1 von 3 Partnern haben abgestimmt, mit 5 von 10 Stimmen" in text
    client.force_login(chamber.delegates[0])
    assert "mit 5 Stimmen" in " ".join(client.get(ballot.get_absolute_url()).content.decode().split())
    ended = closed_ballot(chamber, "ynn")
    shown = client.get(ended.get_absolute_url())
    assert shown.context["is_weighed"]
    assert 'data-label="Stimmen">5</td>' in shown.content.decode()
    rows = client.get(reverse("committees:ballot_download", kwargs={"slug": chamber.partnership.slug, "pk": ended.pk}))
    assert "Partner 001;Ja;5;" in rows.content.decode("utf-8-sig")


def test_before_opening_the_page_tells_the_votes_or_what_is_missing(client, chamber):
    draft = BallotFactory(committee=chamber.committee)
    opening = reverse("committees:ballot_open", kwargs={"slug": chamber.partnership.slug, "pk": draft.pk})
    assert "gilt keiner" in client.get(opening).content.decode()
    refused = client.post(opening)
    assert refused.status_code == 422
    assert "gilt keiner" in refused.content.decode()
    make_key(chamber.partnership, dict(zip(chamber.partners, (5, 0, 2), strict=True)))
    assert "Es stimmen 2 Partner mit zusammen 7 Stimmen ab." in client.get(opening).content.decode()
    assert client.post(opening).status_code == 302


def test_where_all_have_one_vote_nothing_is_said_about_votes(client):
    chamber = make_chamber(2)
    client.force_login(chamber.delegates[0])
    ended = closed_ballot(chamber, "yn")
    assert 'data-label="Stimmen"' not in client.get(ended.get_absolute_url()).content.decode()


# --- kinds of matters -------------------------------------------------------------------------------------


def test_a_motion_and_its_ballot_name_the_kind_of_matter(client):
    chamber = make_chamber(2)
    client.force_login(chamber.office)
    assert client.post(url("matter_create", chamber.partnership), {"name": "Haushalt", "description": ""}).url == url(
        "matter_list", chamber.partnership
    )
    matter = Matter.objects.get()
    client.post(
        url("motion_create", chamber.partnership),
        {
            "title": "Haushalt 2027",
            "text": "Der Haushalt wird beschlossen.",
            "committee": chamber.committee.pk,
            "matter": matter.pk,
            "then": "submit",
        },
    )
    motion = Motion.objects.get()
    assert motion.matter == matter
    assert "Art der Angelegenheit: Haushalt" in client.get(motion.get_absolute_url()).content.decode()
    client.post(
        url("ballot_create", chamber.partnership),
        {
            "committee": chamber.committee.pk,
            "referral": motion.referrals.get().pk,
            "way": "circular",
            "form": "roll_call",
            "deadline_at_0": "2999-01-01",
            "deadline_at_1": "12:00",
        },
    )
    assert Ballot.objects.get().matter == matter
    page = client.get(Ballot.objects.get().get_absolute_url()).content.decode()
    assert "Haushalt" in page


def test_without_kinds_of_matters_no_form_asks_for_one(client):
    chamber = make_chamber(1)
    client.force_login(chamber.office)
    for name in ("motion_create", "ballot_create"):
        assert "matter" not in client.get(url(name, chamber.partnership)).context["form"].fields


def test_a_ballot_follows_the_rules_of_its_matter():
    from committees.services import ballots, rule_sets

    chamber = make_chamber(2)
    matter = Matter.objects.create(partnership=chamber.partnership, name="Satzung")
    own = replace(EQUAL_SIMPLE.rules, is_tally_visible=True)
    rule_sets.create(by=None, committee=chamber.committee, rules=own, valid_from=clock.today(), matter=matter)
    special = ballots.open_ballot(by=chamber.chair, ballot=BallotFactory(committee=chamber.committee, matter=matter))
    general = ballots.open_ballot(by=chamber.chair, ballot=BallotFactory(committee=chamber.committee))
    assert (special.rule_set.version, general.rule_set.version) == (2, 1)
