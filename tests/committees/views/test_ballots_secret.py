"""Pages of secret ballots: what they show to whom, and what they never show (S4, S5, S7 of reliability.md)."""

import csv
import io
import re
import uuid
from dataclasses import replace
from fractions import Fraction

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from committees import sealing
from committees.models import Ballot, BallotPaper, Participation, Sealing, SecrecyDemand, Teller
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import Compare, Secrecy, Share, Turnout
from committees.services import agendas, ballots, meetings
from committees.services.ballots import strongbox
from partnership import clock
from tests.committees.services.test_ballots_options import opened
from tests.committees.services.test_circular import ALL, with_circular
from tests.committees.views.test_ballots import CAST_LIMIT
from tests.factories.committees import BallotFactory, make_chamber, open_ballot
from tests.factories.ground import UserFactory
from tests.factories.meetings import make_invited
from tests.factories.motions import make_house, make_motion

pytestmark = pytest.mark.django_db
TOTAL = "haben abgestimmt"
HIDDEN = "sieht bis zum Ende niemand"


@pytest.fixture(autouse=True)
def _apart(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(sealing, "sweep", lambda: None)
    monkeypatch.setattr(strongbox, "_stretched", lambda phrase, salt: (phrase.encode() + salt).ljust(32, b"-")[:32])


def address(ballot, name="ballot_detail"):
    return reverse(f"committees:{name}", kwargs={"slug": ballot.partnership.slug, "pk": ballot.pk})


def text(response):
    return " ".join(response.content.decode().split())


def page(client, person, ballot, name="ballot_detail"):
    client.force_login(person)
    return text(client.get(address(ballot, name)))


def secret_ballot(chamber, **fields):
    return open_ballot(chamber, form="secret", secrecy="separated", **{"way": "meeting", **fields})


def vote(client, chamber, ballot, index=0, choice="yes", **more):
    client.force_login(chamber.delegates[index])
    form = {"partner": str(chamber.partners[index].pk), "choice": choice, "token": str(uuid.uuid4()), "confirmed": "1"}
    return client.post(address(ballot, "ballot_vote"), form | more)


# --- casting ------------------------------------------------------------------------------------------


def test_choosing_confirming_and_the_page_afterwards(client):
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    assert "Geheime Abstimmung" in page(client, chamber.delegates[0], ballot)
    confirming = vote(client, chamber, ballot, confirmed="")
    assert "weder geändert noch gezeigt" in text(confirming)
    response = vote(client, chamber, ballot)
    assert response["Location"] == f"{address(ballot)}#quittung"
    shown = page(client, chamber.delegates[0], ballot)
    assert "Die Teilnahme ist erfasst" in shown
    assert "Ihre Stimme" not in shown
    again = vote(client, chamber, ballot, choice="no")
    assert again.status_code == 409
    assert "nicht geändert werden" in text(again)


def test_s5_no_page_of_the_voter_tells_the_choice(client):
    chamber = make_chamber(6)
    ballot = secret_ballot(chamber)
    response = vote(client, chamber, ballot, choice="abstain")
    assert "no-store" in response["Cache-Control"]
    response = client.get(address(ballot))
    assert "no-store" in response["Cache-Control"]
    seat = text(response).split("Sie stimmen ab für")[1].split("</section>")[0]
    assert not [word for word in ("Ja", "Nein", "Enthaltung") if word in seat]


def test_a_cast_costs_no_more_statements_than_an_open_vote(client):
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    client.force_login(chamber.delegates[0])
    form = {"partner": str(chamber.partners[0].pk), "choice": "yes", "token": "t", "confirmed": "1"}
    with CaptureQueriesContext(connection) as queries:
        client.post(address(ballot, "ballot_vote"), form)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert BallotPaper.objects.count() == 1
    assert len(statements) <= CAST_LIMIT, "\n".join(statements)


def test_a_choice_never_stands_in_an_address(client):
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    client.force_login(chamber.delegates[0])
    shown = client.get(address(ballot))
    form = re.search(r'<form[^>]*action="[^"]*stimme[^"]*"[^>]*>', shown.content.decode())
    assert form is not None
    assert 'method="post"' in form[0]
    assert "csrfmiddlewaretoken" in shown.content.decode().split(form[0])[1].split("</form>")[0]
    assert 'name="statement"' not in shown.content.decode()
    choice = {"partner": str(chamber.partners[0].pk), "choice": "yes"}
    confirming = client.post(address(ballot, "ballot_vote"), choice)
    assert (confirming.status_code, "Mit Ja stimmen" in text(confirming)) == (200, True)
    asked = client.get(address(ballot, "ballot_vote"), choice)
    assert (asked.status_code, asked.url) == (302, address(ballot))
    client.logout()
    for sent in (client.get, client.post):
        lost = sent(address(ballot, "ballot_vote"), choice)
        assert lost.status_code == 302
        assert "choice" not in lost.url
        assert chamber.partners[0].pk.hex not in lost.url.replace("-", "")
    assert not Participation.objects.exists()


def test_a_paper_with_options_is_sent_without_an_address_as_well(client):
    chamber = make_chamber(5)
    ballot = opened(chamber, "alternatives", form="secret", secrecy="separated")
    client.force_login(chamber.delegates[0])
    form = re.search(r'<form[^>]*action="[^"]*stimme[^"]*"[^>]*>', client.get(address(ballot)).content.decode())
    assert 'method="post"' in form[0]
    confirming = client.post(address(ballot, "ballot_vote"), {"partner": str(chamber.partners[0].pk), "choice": "2"})
    assert "Berta" in text(confirming)
    assert vote(client, chamber, ballot, choice="2").url == f"{address(ballot)}#quittung"
    assert BallotPaper.objects.get().marking == "2"


# --- S4: while it runs --------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "conductor_sees"), [(9, False), (10, True)])
def test_s4_nobody_sees_how_many_have_voted_the_conductor_from_ten_on(client, number, conductor_sees):
    chamber = make_chamber(number)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyn")
    for person in (chamber.delegates[0], chamber.delegates[-1]):
        for name in ("ballot_detail", "ballot_turnout"):
            shown = page(client, person, ballot, name)
            assert HIDDEN in shown
            assert TOTAL not in shown
    for person in (chamber.chair, chamber.office):
        for name in ("ballot_detail", "ballot_turnout", "ballot_close"):
            assert (TOTAL in page(client, person, ballot, name)) is conductor_sees
        cockpit = reverse(
            "committees:meeting_cockpit", kwargs={"slug": ballot.partnership.slug, "pk": ballot.meeting_id}
        )
        client.force_login(person)
        assert ("bleibt bis zum Ende verborgen" in text(client.get(cockpit))) is not conductor_sees


def test_s4_the_live_parts_do_not_change_when_somebody_votes(client):
    chamber = make_chamber(9)
    ballot = secret_ballot(chamber)
    live = reverse("committees:meeting_live", kwargs={"slug": ballot.partnership.slug, "pk": ballot.meeting_id})

    def seen(person):
        client.force_login(person)
        addresses = [address(ballot, "ballot_turnout")] + ([live] if person == chamber.chair else [])
        answers = [client.get(url) for url in addresses]
        return [(answer.headers.get("ETag"), answer.content) for answer in answers]

    for person in (chamber.delegates[5], chamber.chair):
        before = seen(person)
        chamber.cast(ballot, 0 if person != chamber.chair else 1, "yes")
        assert seen(person) == before


def test_s4_the_administration_shows_no_paper_and_no_participation(client):
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyn")
    registered = {model._meta.label for model in admin.site._registry}
    hidden = {model._meta.label for model in (BallotPaper, Sealing, Teller, SecrecyDemand)}
    assert hidden <= {model._meta.label for model in apps.get_app_config("committees").get_models()}
    assert not hidden & registered
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    assert chamber.partners[0].name not in text(client.get(reverse("admin:committees_participation_changelist")))


def test_s4_no_file_tells_anything_before_the_result_is_declared(client):
    chamber = make_chamber(6)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyynn")
    client.force_login(chamber.chair)
    assert client.get(address(ballot, "ballot_download")).status_code == 404
    ballot = ballots.close_ballot(by=chamber.chair, ballot=ballot)
    assert client.get(address(ballot, "ballot_download")).status_code == 404
    ballots.declare(by=chamber.chair, ballot=ballot)
    file = client.get(address(ballot, "ballot_download")).content.decode().lstrip("\ufeff")
    lines = list(csv.reader(io.StringIO(file), delimiter=";"))
    assert [line[:2] for line in lines[1:]] == [
        [partner.name, "ja" if index < 5 else "nein"] for index, partner in enumerate(chamber.partners)
    ]


def test_s4_how_many_agreed_to_a_circular_ballot_would_tell_how_many_have_voted(client):
    chamber = make_chamber(6, rules=with_circular(objections_to_stop=None, consent=ALL))
    ballot = secret_ballot(chamber, way="circular")
    said = "Mit dem Umlauf einverstanden:"
    before = page(client, chamber.delegates[5], ballot)
    chamber.cast_all(ballot, "yyn")
    after = page(client, chamber.delegates[5], ballot)
    assert said not in before
    assert said not in after
    for shown in (before, after):
        assert address(ballot, "ballot_consent") in shown
    assert address(ballot, "ballot_consent") not in page(client, chamber.delegates[0], ballot)


# --- afterwards ---------------------------------------------------------------------------------------


def test_who_took_part_is_told_with_the_result_and_never_what(client):
    chamber = make_chamber(6)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyynn.")
    ballot = ballots.close_ballot(by=chamber.chair, ballot=ballot)
    assert "sobald das Ergebnis festgestellt ist" in page(client, chamber.chair, ballot)
    entry = ballots.declare(by=chamber.chair, ballot=ballot)
    shown = page(client, chamber.delegates[5], ballot)
    assert shown.count("hat teilgenommen") == 5
    assert shown.count("keine Teilnahme erfasst") == 1
    assert entry.hash in shown
    assert "Wer wie gestimmt hat" not in shown


def test_s7_withheld_numbers_are_on_no_page_and_in_no_file(client):
    chamber = make_chamber(6)
    ballot = secret_ballot(chamber)
    chamber.cast_all(ballot, "yyyyy.")
    entry = ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=ballot))
    slug = {"slug": chamber.partnership.slug}
    pages = [
        address(ballot),
        reverse("committees:resolution_detail", kwargs={**slug, "pk": entry.pk}),
        reverse("committees:resolution_list", kwargs=slug),
        reverse("committees:meeting_protocol", kwargs={**slug, "pk": ballot.meeting_id}),
    ]
    client.force_login(chamber.office)
    for url in pages:
        shown = text(client.get(url))
        assert "5 Ja" not in shown
        assert "Ja-Stimmen" not in shown
        assert "kv-votebar" not in shown
    register = client.get(reverse("committees:register_json", kwargs=slug)).json()
    said = register["entries"][-1]
    assert said["entry"]["counts"] is None
    assert (said["parts"]["papers"], said["parts"]["verdict"]) == (None, None)
    assert said["entry"]["commitments"]["papers"]


def test_opening_warns_of_unanimity(client):
    chamber = make_chamber(5)
    draft = BallotFactory(committee=chamber.committee, form="secret", secrecy="separated")
    shown = page(client, chamber.chair, draft, "ballot_open")
    assert "Stimmen alle gleich" in shown


def test_s7_the_page_of_a_draft_says_why_it_cannot_be_secret(client):
    chamber = make_chamber(4)
    draft = BallotFactory(committee=chamber.committee, form="secret", secrecy="separated")
    assert "erst ab 5 stimmberechtigten Partnern" in page(client, chamber.chair, draft)


@pytest.mark.parametrize(("number", "is_offered"), [(4, False), (5, True)])
def test_s7_the_cockpit_offers_a_secret_ballot_only_where_it_can_be_kept(client, number, is_offered):
    house = make_house(partners=number)
    motion = make_motion(house)
    meeting = make_invited(house, committee=house.tk)
    item = agendas.put_motion(by=house.office, meeting=meeting, referral=motion.referrals.get(committee=house.tk))
    with clock.frozen(meeting.starts_at):
        meetings.start(by=house.office, meeting=meeting)
        agendas.call_item(by=house.office, item=item)
        client.force_login(house.office)
        url = reverse("committees:meeting_cockpit", kwargs={"slug": house.partnership.slug, "pk": meeting.pk})
        assert ("Geheim abstimmen" in text(client.get(url))) is is_offered


def test_pages_of_a_long_roll_cost_as_many_statements_as_those_of_a_short_one(client):
    costs = []
    for number in (5, 20):
        chamber = make_chamber(number)
        ballot = secret_ballot(chamber)
        chamber.cast_all(ballot, "yyynn")
        client.force_login(chamber.delegates[0])
        client.get(address(ballot))
        with CaptureQueriesContext(connection) as running:
            client.get(address(ballot))
        ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=ballot))
        with CaptureQueriesContext(connection) as declared:
            client.get(address(ballot))
        costs.append((len(running), len(declared)))
    assert costs[0] == costs[1]


# --- tellers ------------------------------------------------------------------------------------------


def test_two_tellers_from_naming_to_counting(client):
    chamber = make_chamber(6)
    draft = BallotFactory(committee=chamber.committee, form="secret", secrecy="sealed")
    first, second = chamber.delegates[:2]
    client.force_login(chamber.chair)
    response = client.post(address(draft, "ballot_tellers"), {"first": first.pk, "second": first.pk})
    assert response.status_code == 422
    assert "verschiedene Personen" in text(response)
    response = client.post(address(draft, "ballot_tellers"), {"first": first.pk, "second": second.pk}, follow=True)
    assert text(response).count("Kennwort fehlt noch") == 2
    for person, phrase in ((first, "Kranich im Nebel 7"), (second, "Muschel am Strand 9")):
        client.force_login(person)
        assert "Auszählung" in text(client.get(reverse("portal:desk")))
        wrong = client.post(address(draft, "ballot_teller"), {"passphrase": phrase, "again": phrase + "x"})
        assert "nicht gleich" in text(wrong)
        assert phrase not in text(wrong)
        client.post(address(draft, "ballot_teller"), {"passphrase": phrase, "again": phrase})
    ballot = ballots.open_ballot(by=chamber.chair, ballot=draft)
    chamber.cast_all(ballot, "yyyynn")
    ballots.close_due()
    assert "beide zählenden Personen" in page(client, chamber.chair, ballot)
    client.force_login(first)
    assert "passt nicht" in text(client.post(address(ballot, "ballot_teller"), {"passphrase": "falsch"}))
    response = client.post(address(ballot, "ballot_teller"), {"passphrase": "Kranich im Nebel 7"}, follow=True)
    assert "Es fehlt noch das der anderen Person" in text(response)
    client.force_login(second)
    response = client.post(address(ballot, "ballot_teller"), {"passphrase": "Muschel am Strand 9"}, follow=True)
    assert "ausgezählt, die Schlüssel vernichtet" in text(response)
    assert Ballot.objects.get(pk=ballot.pk).state == "closed"


def test_nobody_but_a_teller_finds_the_page_of_a_teller(client):
    chamber = make_chamber(6)
    draft = BallotFactory(committee=chamber.committee, form="secret", secrecy="sealed")
    ballots.appoint_tellers(by=chamber.chair, ballot=draft, persons=chamber.delegates[:2])
    for person in (chamber.chair, chamber.office, chamber.delegates[2]):
        client.force_login(person)
        assert client.get(address(draft, "ballot_teller")).status_code == 404


# --- demanding ----------------------------------------------------------------------------------------


def test_in_the_running_meeting_partners_demand_secrecy(client):
    rules = replace(EQUAL_SIMPLE.rules, secrecy=Secrecy(demand=Turnout(Share(Compare.AT_LEAST, Fraction(1, 3)))))
    chamber = make_chamber(6, rules=rules)
    meeting = open_ballot(chamber, way="meeting").meeting
    draft = BallotFactory(committee=chamber.committee, way="meeting", meeting=meeting, deadline_at=None)
    for index in (0, 1):
        assert "Geheime Abstimmung verlangen" in page(client, chamber.delegates[index], draft)
        client.post(address(draft, "ballot_demand"), {"partner": chamber.partners[index].pk})
    draft.refresh_from_db()
    assert (draft.form, draft.secrecy) == ("secret", "separated")
    hidden = BallotFactory(committee=chamber.committee)
    client.force_login(chamber.delegates[0])
    assert client.get(address(hidden, "ballot_demand")).status_code == 404


def test_the_page_about_administrators_names_its_limits(client):
    chamber = make_chamber(5)
    client.force_login(chamber.delegates[0])
    shown = text(client.get(reverse("committees:ballot_secrecy", kwargs={"slug": chamber.partnership.slug})))
    for word in ("WAL", "Sicherung", "zertifiziert", "Einstimmigkeit", "Nicht geschützt"):
        assert word in shown
    assert not Participation.objects.exists()
