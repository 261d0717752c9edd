"""The pages of circular votes and of ballots one after another."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from committees.enums import MeetingState
from committees.models import AgendaItem, Ballot, Consent, Vote
from committees.rules.rule_set import Missing, Tie
from committees.services import ballots
from partnership import clock
from tests.committees.services.test_circular import AGREED, SIMPLE, cast, stop
from tests.committees.services.test_stages import DSL
from tests.committees.views.test_ballots import address, choose, signed_in, text
from tests.factories.committees import BallotFactory, MeetingFactory, closed_ballot, make_chamber, open_ballot

pytestmark = pytest.mark.django_db


def test_that_silence_is_consent_cannot_be_overlooked(client):
    chamber = make_chamber(2, rules=replace(SIMPLE, missing=Missing.CONSENT))
    draft = BallotFactory(committee=chamber.committee)
    warning = "Achtung: Wer bis zum Ende der Frist nicht abstimmt, stimmt zu."
    assert warning in text(signed_in(client, chamber.chair).get(address(draft, "ballot_open")))
    ballot = ballots.open_ballot(by=chamber.chair, ballot=draft)
    assert warning in text(signed_in(client, chamber.delegates[0]).get(address(ballot)))


def test_a_delegate_agrees_without_voting(client):
    chamber = make_chamber(2, rules=AGREED)
    ballot = open_ballot(chamber)
    signed_in(client, chamber.delegates[0])
    page = text(client.get(address(ballot)))
    assert "Einverständnis mit dem Umlauf erklären, ohne schon abzustimmen" in page
    assert "Mit dem Umlauf einverstanden: 0, nötig: 2" in page
    assert "einverstanden?" in text(client.get(address(ballot, "ballot_consent")))
    done = client.post(address(ballot, "ballot_consent"), {"partner": str(chamber.partners[0].pk)}, follow=True)
    assert "Mit dem Umlauf einverstanden: 1, nötig: 2" in text(done)
    assert Consent.objects.get().person == chamber.delegates[0]
    again = client.post(address(ballot, "ballot_consent"), {"partner": str(chamber.partners[0].pk)})
    assert "bereits erklärt" in text(again)
    foreign = client.post(address(ballot, "ballot_consent"), {"partner": str(chamber.partners[1].pk)})
    assert Consent.objects.count() == 1
    assert foreign.status_code < 500


def test_where_nobody_asks_for_it_no_page_offers_it(client):
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    assert "Einverständnis" not in text(signed_in(client, chamber.delegates[0]).get(address(ballot)))


def test_a_statement_goes_along_through_the_confirmation(client):
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    signed_in(client, chamber.delegates[0])
    confirm = client.get(address(ballot, "ballot_vote"), choose(chamber, statement="Wir <b>danken</b>."))
    assert "Wir &lt;b&gt;danken&lt;/b&gt;." in text(confirm)
    token = confirm.context["token"]
    sent = choose(chamber, statement="Wir <b>danken</b>.", token=token, confirmed="1")
    client.post(address(ballot, "ballot_vote"), sent)
    assert Vote.objects.get().statement == "Wir <b>danken</b>."
    cast(chamber, ballot, 1)
    ballot.refresh_from_db()
    resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    for page in (address(ballot), resolution.get_absolute_url(), address(ballot, "ballot_download")):
        assert "danken" in client.get(page).content.decode()


@pytest.mark.parametrize("confirmed", ["", "1"])
def test_a_no_without_the_reasons_the_rules_ask_for_is_refused_and_keeps_what_was_chosen(client, confirmed):
    chamber = make_chamber(2, rules=replace(SIMPLE, is_reason_needed_for_no=True))
    ballot = open_ballot(chamber)
    signed_in(client, chamber.delegates[0])
    sent = choose(chamber, choice="no", token=str(uuid.uuid4()), confirmed=confirmed)
    refused = (client.post if confirmed else client.get)(address(ballot, "ballot_vote"), sent)
    assert refused.status_code == 422
    assert "ist ein Nein zu begründen" in text(refused)
    assert not Vote.objects.exists()
    long = client.post(address(ballot, "ballot_vote"), choose(chamber, statement="x" * 501))
    assert "höchstens 500 Zeichen" in text(long)


def test_the_next_ballot_is_one_step_away_and_linked_both_ways(client):
    chamber = make_chamber(2, rules=replace(SIMPLE, tie=Tie.NEW_BALLOT))
    first = closed_ballot(chamber, "yn")
    signed_in(client, chamber.chair)
    assert "Nächsten Wahlgang vorbereiten" in text(client.get(address(first)))
    page = text(client.get(address(first, "ballot_continue")))
    assert "2. Wahlgang zu" in page
    assert "Mehrheit:" in page
    done = client.post(address(first, "ballot_continue"), follow=True)
    second = Ballot.objects.get(number=2)
    assert "Der 2. Wahlgang ist eröffnet." in text(done)
    assert address(first) in text(done)
    assert address(second) in text(client.get(address(first)))
    assert "Nächsten Wahlgang vorbereiten" not in text(client.get(address(first)))


def test_a_ballot_that_has_to_wait_stays_a_draft_and_the_page_says_until_when(client):
    chamber = make_chamber(2, rules=DSL)
    first = closed_ballot(chamber, "yn")
    signed_in(client, chamber.chair)
    assert "Eröffnen können Sie ihn frühestens am" in text(client.get(address(first, "ballot_continue")))
    done = client.post(address(first, "ballot_continue"), follow=True)
    assert "Der 2. Wahlgang ist vorbereitet." in text(done)
    signed_in(client, chamber.delegates[0])
    page = text(client.get(address(first)))
    assert "Ein weiterer Wahlgang wird vorbereitet." in page
    assert address(Ballot.objects.get(number=2)) not in page


def test_the_editor_offers_what_a_stopped_ballot_left_and_the_ballot_says_where_it_went(client):
    chamber = make_chamber(2)
    ballot = stop(chamber, title="Umzug")
    meeting = MeetingFactory(
        committee=chamber.committee, state=MeetingState.DRAFT, starts_at=clock.now() + timedelta(days=30)
    )
    signed_in(client, chamber.office)
    assert "Die Sache kommt auf die Tagesordnung der nächsten Sitzung." in text(client.get(address(ballot)))
    slug = {"slug": chamber.partnership.slug, "pk": meeting.pk}
    assert "Aus angehaltenen Umläufen" in text(client.get(reverse("committees:agenda_edit", kwargs=slug)))
    url = reverse("committees:agenda_stopped", kwargs=slug)
    done = client.post(url, {"ballot": str(ballot.pk)}, follow=True)
    assert "Die Sache steht auf der Tagesordnung." in text(done)
    assert AgendaItem.objects.get().stopped_ballot == ballot
    assert "schon auf einer Tagesordnung" in text(client.post(url, {"ballot": str(ballot.pk)}, follow=True))
    assert meeting.title in text(client.get(address(ballot)))


def test_the_page_costs_no_more_with_consents_and_statements(client, django_assert_max_num_queries):
    chamber = make_chamber(6, rules=AGREED)
    ballot = open_ballot(chamber)
    for index in range(1, 5):
        cast(chamber, ballot, index, statement="Gern.")
    signed_in(client, chamber.delegates[0])
    client.get(address(ballot))
    with django_assert_max_num_queries(13):
        client.get(address(ballot))
