"""The pages of ballots with options: preparing, nominating, voting on paper without JavaScript, results."""

import uuid

import pytest
from django.urls import reverse

from committees.models import Ballot, Lot, Option, Resolution, Vote
from committees.services import ballots
from tests.factories.committees import MeetingFactory, make_chamber
from tests.factories.ground import UserFactory

pytestmark = pytest.mark.django_db


def address(ballot, name="ballot_detail", **more):
    return reverse(f"committees:{name}", kwargs={"slug": ballot.partnership.slug, "pk": ballot.pk, **more})


def text(response):
    return " ".join(response.content.decode().split())


def page(client, person, url):
    client.force_login(person)
    response = client.get(url)
    assert response.status_code == 200
    return text(response)


def drafted(chamber, kind="alternatives", options=("Anna", "Berta", "Carla"), **fields):
    meeting = MeetingFactory(committee=chamber.committee)
    values = {"way": "meeting", "meeting": meeting, "kind": kind, "options": options, **fields}
    return ballots.draft_ballot(
        by=chamber.chair, committee=chamber.committee, title="Farbe des Daches", text="Es wird gewählt.", **values
    )


def opened(chamber, kind="alternatives", **fields):
    ballot = drafted(chamber, kind, **fields)
    if kind == "election":
        for option in ballot.options.all():
            ballots.answer_candidacy(by=chamber.office, option=option, accepts=True)
    return ballots.open_ballot(by=chamber.chair, ballot=ballot)


def closed(chamber, markings, kind="alternatives", **fields):
    ballot = opened(chamber, kind, **fields)
    for index, marking in enumerate(markings.split()):
        chamber.cast(ballot, index, marking)
    return ballots.close_ballot(by=chamber.chair, ballot=ballot)


@pytest.fixture
def chamber():
    return make_chamber(4)


# --- preparing ----------------------------------------------------------------------------------------------


def draft_form(chamber, **fields):
    meeting = MeetingFactory(committee=chamber.committee)
    return {
        "committee": chamber.committee.pk,
        "title": "Vorsitz",
        "text": "Gewählt wird der Vorsitz.",
        "way": "meeting",
        "meeting": meeting.pk,
        "form": "roll_call",
        **fields,
    }


def test_a_draft_takes_its_options_line_by_line_and_shows_them_again(client, chamber):
    client.force_login(chamber.chair)
    new = reverse("committees:ballot_create", kwargs={"slug": chamber.partnership.slug})
    sent = draft_form(chamber, kind="ranking", options="Blau\r\n\r\n Rot \r\nGrün", posts="2")
    assert client.post(new, sent).status_code == 302
    ballot = Ballot.objects.get()
    assert (ballot.kind, ballot.posts, ballot.titles) == ("ranking", 2, {1: "Blau", 2: "Rot", 3: "Grün"})
    assert "Blau\nRot\nGrün" in client.get(address(ballot, "ballot_edit")).content.decode().replace("\r", "")
    client.post(address(ballot, "ballot_edit"), draft_form(chamber, kind="motion", options=""))
    assert not Option.objects.exists()


def test_options_without_asking_for_them_are_refused_and_nothing_typed_is_lost(client, chamber):
    client.force_login(chamber.chair)
    new = reverse("committees:ballot_create", kwargs={"slug": chamber.partnership.slug})
    response = client.post(new, draft_form(chamber, kind="motion", options="Blau\nRot"))
    assert response.status_code == 422
    assert "nur, wenn nach ihnen gefragt wird" in text(response)
    assert "Blau" in text(response)


# --- nominating ---------------------------------------------------------------------------------------------


def test_from_nomination_to_acceptance_in_the_browser(client, chamber):
    ballot, person = drafted(chamber, "election", options=(), takes_nominations=True), chamber.delegates[1]
    assert "Vorschläge ansehen und machen" in page(client, chamber.delegates[0], address(ballot))
    sent = {"title": "", "account": person.pk, "partner": chamber.partners[0].pk}
    client.post(address(ballot, "option_list"), sent)
    option = Option.objects.get()
    assert (option.title, option.account, option.proposed_by) == (person.name, person, chamber.partners[0])
    assert "Kandidatur annehmen" not in page(client, chamber.delegates[2], address(ballot, "option_list"))
    assert "Kandidatur annehmen" in page(client, person, address(ballot, "option_list"))
    client.post(address(ballot, "option_answer", option=option.pk), {"antwort": "ja"})
    assert "kandidiert" in page(client, chamber.office, address(ballot, "option_list"))
    option.refresh_from_db()
    assert option.accepted_at


def test_the_office_records_edits_and_removes(client, chamber):
    ballot = drafted(chamber, "election")
    first, second, third = ballot.options.order_by("position")
    client.force_login(chamber.office)
    client.post(address(ballot, "option_answer", option=first.pk), {"antwort": "nein"})
    client.post(address(ballot, "option_edit", option=second.pk), {"title": "Berta B.", "text": "aus Berlin"})
    client.post(address(ballot, "option_remove", option=third.pk))
    shown = text(client.get(address(ballot, "option_list")))
    for part in ("lehnt ab", "Berta B.", "aus Berlin", "Antwort erfasst von"):
        assert part in shown
    assert "Carla" not in text(client.get(address(ballot)))


def test_who_may_not_propose_sees_no_form_and_is_told_why(client, chamber):
    ballot = drafted(chamber, "election", takes_nominations=True)
    stranger = UserFactory()
    client.force_login(stranger)
    assert client.get(address(ballot, "option_list")).status_code == 404
    client.force_login(chamber.delegates[0])
    answer = client.post(address(ballot, "option_list"), {"title": "Dora", "partner": chamber.partners[1].pk})
    assert answer.status_code == 422
    removed = client.post(address(ballot, "option_remove", option=ballot.options.first().pk), follow=True)
    assert "nur für einen Partner" in text(removed)
    assert ballot.options.count() == 3


def test_a_motion_has_no_paper_page(client, chamber):
    ballot = drafted(chamber, "motion", options=())
    client.force_login(chamber.chair)
    assert client.get(address(ballot, "option_list")).status_code == 404


# --- voting -------------------------------------------------------------------------------------------------


def send(client, ballot, chamber, **paper):
    ask = client.post if "confirmed" in paper else client.get
    return ask(address(ballot, "ballot_vote"), {"partner": str(chamber.partners[0].pk), **paper})


@pytest.mark.parametrize(
    ("kind", "posts", "paper", "words", "marking"),
    [
        ("alternatives", 1, {"choice": "2"}, "Berta", "2"),
        ("alternatives", 1, {"choice": "no"}, "gegen alle", "no"),
        ("approval", 1, {"choice": ["3", "1"]}, "Anna, Carla", "1,3"),
        ("election", 2, {"choice": ["1", "2"]}, "Anna, Berta", "1,2"),
        ("ranking", 1, {"rank-1": "3", "rank-2": "1", "rank-3": ""}, "1. Carla, 2. Anna", "3>1"),
        ("ranking", 1, {"rank-1": "", "rank-2": "2"}, "Berta", "2"),
        ("ranking", 1, {"rank-1": "", "choice": "abstain"}, "Enthaltung", "abstain"),
    ],
)
def test_choose_confirm_and_receipt_say_the_same(client, chamber, kind, posts, paper, words, marking):
    ballot = opened(chamber, kind, posts=posts)
    client.force_login(chamber.delegates[0])
    confirm = send(client, ballot, chamber, **paper)
    assert confirm.status_code == 200
    assert f"Ihre Wahl: <strong>{words}</strong>" in text(confirm)
    assert not Vote.objects.exists()
    cast = send(client, ballot, chamber, choice=marking, token=confirm.context["token"], confirmed="1")
    assert cast.status_code == 302
    receipt = text(client.get(cast["Location"].partition("#")[0]))
    assert f"hat so gestimmt: <strong>{words}</strong>" in receipt
    assert Vote.objects.get().choice == marking


@pytest.mark.parametrize(
    ("kind", "paper", "said"),
    [
        ("alternatives", {}, "wie Ihre Stimme lauten soll"),
        ("alternatives", {"choice": ["1", "2"]}, "genau eine Möglichkeit"),
        ("approval", {"choice": ["1", "no"]}, "genau eine Antwort"),
        ("approval", {"choice": "7"}, "was auf dem Stimmzettel steht"),
        ("election", {"choice": ["1", "2"]}, "Bitte wählen Sie eine Person"),
        ("ranking", {"rank-1": "1", "rank-2": "1"}, "jedes nur einmal"),
        ("ranking", {"rank-1": "1", "choice": "no"}, "entweder"),
        ("ranking", {"rank-1": "1>2"}, "gestimmt"),
    ],
)
def test_a_paper_that_says_something_else_is_refused_and_nothing_is_cast(client, chamber, kind, paper, said):
    ballot = opened(chamber, kind)
    client.force_login(chamber.delegates[0])
    answer = send(client, ballot, chamber, **paper)
    if said == "gestimmt":
        assert not Vote.objects.exists()
        return
    assert answer.status_code == 422
    assert said in text(answer)
    assert not Vote.objects.exists()


def test_what_was_crossed_stays_crossed_after_a_refusal(client, chamber):
    ballot = opened(chamber, "election", posts=2)
    client.force_login(chamber.delegates[0])
    answer = send(client, ballot, chamber, choice=["1", "2", "3"])
    assert text(answer).count("checked") == 3


def test_the_page_says_what_is_on_the_paper_and_what_a_choice_does(client, chamber):
    ballot = drafted(chamber, options=("Blau", "Rot"))
    Option.objects.filter(title="Blau").update(text="wie der Himmel")
    ballot = ballots.open_ballot(by=chamber.chair, ballot=ballot)
    shown = page(client, chamber.delegates[0], address(ballot))
    for part in ("Blau", "wie der Himmel", "Sie wollen nichts davon.", "Weiter zur Bestätigung"):
        assert part in shown
    assert "Auf dem Stimmzettel" in page(client, chamber.chair, address(ballot))


# --- results ------------------------------------------------------------------------------------------------


def test_the_result_names_who_was_elected_with_table_bars_and_roll_call(client, chamber):
    ballot = closed(chamber, "2 2 1 no", "election")
    resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    shown = page(client, chamber.delegates[0], address(ballot))
    for part in (
        "Gewählt: Berta.",
        "Stimmen je Möglichkeit",
        "„Berta“: 2 Stimmen",
        "gegen alle",
        "Wer wie gestimmt hat",
    ):
        assert part in shown
    entry = page(
        client,
        chamber.delegates[0],
        reverse("committees:resolution_detail", kwargs={"slug": chamber.partnership.slug, "pk": resolution.pk}),
    )
    for part in ("Gewählt: Berta.", "Stimmen je Möglichkeit", "Namentliche Liste"):
        assert part in entry
    csv = client.get(address(ballot, "ballot_download")).content.decode()
    assert "Berta" in csv


def test_a_ranking_shows_first_places_and_comparisons(client, chamber):
    ballot = closed(chamber, "1>2 1>3 2>1 no", "ranking")
    shown = page(client, chamber.delegates[0], address(ballot))
    assert "davon an erster Stelle" in shown
    assert "1. Anna, 2. Berta" in shown


def test_lot_and_further_ballot_in_the_browser(client, chamber):
    ballot = closed(chamber, "1 1 2 2", "election")
    client.force_login(chamber.chair)
    shown = text(client.get(address(ballot)))
    assert "Stimmengleichheit: Anna, Berta." in shown
    assert "Los entscheiden lassen" in shown
    assert "Anna, Berta" in text(client.get(address(ballot, "ballot_lot")))
    answer = client.post(address(ballot, "ballot_continue"))
    following = Ballot.objects.get(continues=ballot)
    assert answer["Location"] == address(following)
    assert "Dies ist ein weiterer Wahlgang" in text(client.get(address(following)))
    assert "Zum weiteren Wahlgang" in text(client.get(address(ballot)))


def test_a_lot_by_hand_or_by_the_system(client, chamber):
    ballot = closed(chamber, "1 1 2 2", "election")
    client.force_login(chamber.chair)
    assert client.post(address(ballot, "ballot_lot"), {"first": "3"}).status_code == 422
    client.post(address(ballot, "ballot_lot"), {"first": "2"})
    assert (Lot.objects.get().order, Lot.objects.get().is_by_hand) == ([2, 1], True)
    assert "das Los fiel auf „Berta“" in text(client.get(address(ballot)))


def test_an_opinion_poll_says_so_everywhere(client, chamber):
    ballot = closed(chamber, "1 1 2 no", is_opinion=True)
    client.force_login(chamber.chair)
    assert "bindet niemanden" in text(client.get(address(ballot)))
    assert "bindet niemanden" in text(client.get(address(ballot, "ballot_declare")))
    answer = client.post(address(ballot, "ballot_declare"), follow=True)
    assert "über das Meinungsbild benachrichtigt" in text(answer)
    assert not Resolution.objects.exists()


@pytest.mark.parametrize("kind", ["alternatives", "ranking", "election"])
@pytest.mark.parametrize("partners", [2, 6])
def test_the_pages_cost_the_same_for_few_and_many(client, django_assert_max_num_queries, kind, partners):
    chamber = make_chamber(partners)
    running = opened(chamber, kind)
    chamber.cast(running, 0, "1")
    done = closed(chamber, "1 " * partners, kind)
    client.force_login(chamber.delegates[0])
    for ballot in (running, done):
        with django_assert_max_num_queries(12):
            client.get(address(ballot))
    token = str(uuid.uuid4())
    with django_assert_max_num_queries(17):
        send(client, running, chamber, choice="2", token=token, confirmed="1")
