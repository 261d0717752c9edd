"""The pages of a ballot: what they show, what they refuse, what they cost."""

import uuid
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from committees.enums import BallotWay
from committees.models import Ballot, Meeting, Participation, RuleSet, Vote
from committees.rules.presets import EQUAL_SIMPLE, VWVFG
from committees.rules.rule_set import Also, AlsoKind, Named
from committees.services import attendance, ballots
from committees.services.ballots import counting
from membership.enums import Fact, Stage
from membership.models import YES, Partner, Standing
from partnership import clock
from tests.factories.committees import (
    BallotFactory,
    DelegateFactory,
    bulk_votes,
    closed_ballot,
    make_chamber,
    open_ballot,
)
from tests.factories.ground import LONG_AGO, UserFactory
from tests.factories.meetings import make_open_ballot, make_running
from tests.factories.motions import make_house, make_motion

pytestmark = pytest.mark.django_db


def address(ballot, name="ballot_detail", **more):
    return reverse(f"committees:{name}", kwargs={"slug": ballot.partnership.slug, "pk": ballot.pk, **more})


def text(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def chamber():
    return make_chamber(3)


@pytest.fixture
def ballot(chamber):
    return open_ballot(chamber, title="Kachelserver erneuern", text="Der **Kachelserver** wird erneuert.")


def signed_in(client, person):
    client.force_login(person)
    return client


def choose(chamber, index=0, choice="yes", **more):
    return {"partner": str(chamber.partners[index].pk), "choice": choice, **more}


# --- one ballot -------------------------------------------------------------------------------------


def test_the_page_says_what_is_voted_on_for_whom_and_what_each_choice_does(client, chamber, ballot):
    page = text(signed_in(client, chamber.delegates[0]).get(address(ballot)))
    for part in (
        "<strong>Kachelserver</strong> wird erneuert",
        "Sie stimmen ab für Partner 001",
        "Enthaltung zählt hier nicht mit",
        "0 von 3 Partnern haben abgestimmt",
        "Weiter zur Bestätigung",
        ballot.text_hash,
    ):
        assert part in page
    assert "Zwischenstand" not in page.replace("Der Zwischenstand ist", "")


def test_a_partner_that_can_prevent_the_resolution_reads_so_at_its_paper_and_nobody_else(client):
    chamber = make_chamber(2)
    veto = Also(AlsoKind.NO_VETO, partner=Named(str(chamber.partners[0].pk), chamber.partners[0].name))
    rules = replace(EQUAL_SIMPLE.rules, also=(veto,))
    RuleSet.objects.filter(committee=chamber.committee).update(settings=rules.to_data())
    ballot = open_ballot(chamber)
    said = "Gegen diesen Partner kann nicht beschlossen werden"
    for index, is_told in ((0, True), (1, False)):
        signed_in(client, chamber.delegates[index])
        question = client.get(address(ballot, "ballot_vote"), choose(chamber, index, "no"))
        assert (said.lower() in text(question).lower()) is is_told
        assert (said.lower() in text(client.get(address(ballot))).lower()) is is_told


def test_choose_confirm_receipt_without_javascript(client, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    assert f'method="get" action="{address(ballot, "ballot_vote")}"' in text(client.get(address(ballot)))
    confirm = client.get(address(ballot, "ballot_vote"), choose(chamber))
    assert confirm.status_code == 200
    assert "Für Partner 001 mit Ja stimmen?" in text(confirm)
    assert not Vote.objects.exists()
    token = confirm.context["token"]
    cast = client.post(address(ballot, "ballot_vote"), choose(chamber, token=token, confirmed="1"))
    assert cast.status_code == 302
    receipt = client.get(cast["Location"].partition("#")[0])
    assert "Stimme abgegeben" in text(receipt)
    assert "(Fassung 1)" in text(receipt)
    assert "1 von 3 Partnern hat abgestimmt" in text(receipt)
    assert "Stimme ändern" in text(receipt)


def test_a_choice_that_is_not_confirmed_is_asked_again_and_a_wrong_one_refused(client, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    question = f"{address(ballot, 'ballot_vote')}?{urlencode(choose(chamber))}"
    assert client.post(address(ballot, "ballot_vote"), choose(chamber))["Location"] == question
    assert client.get(address(ballot, "ballot_vote"))["Location"] == address(ballot)
    nothing = client.get(address(ballot, "ballot_vote"), {"partner": str(chamber.partners[0].pk)})
    assert (nothing.status_code, "Bitte wählen Sie, wie Ihre Stimme lauten soll." in text(nothing)) == (422, True)
    assert client.get(address(ballot, "ballot_vote"), choose(chamber, choice="maybe")).status_code == 422
    assert not Vote.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_lost_session_comes_back_to_the_same_question(client, chamber, ballot, method):
    question = f"{address(ballot, 'ballot_vote')}?{urlencode(choose(chamber))}"
    confirmed = {"confirmed": "1", "token": "t"} if method == "post" else {}
    lost = getattr(client, method)(address(ballot, "ballot_vote"), choose(chamber, **confirmed))
    assert parse_qs(urlsplit(lost["Location"]).query)["next"] == [question]
    page = text(signed_in(client, chamber.delegates[0]).get(question))
    assert "Für Partner 001 mit Ja stimmen?" in page
    assert not Vote.objects.exists()


def test_who_acts_for_two_partners_sees_a_form_for_each(client, chamber, ballot):
    DelegateFactory(
        committee=chamber.committee, partner=chamber.partners[1], person=chamber.delegates[0], kind="deputy"
    )
    page = text(signed_in(client, chamber.delegates[0]).get(address(ballot)))
    assert "Sie stimmen ab für Partner 001" in page
    assert "Sie stimmen ab für Partner 002" in page
    assert page.count("Weiter zur Bestätigung") == 2


def test_a_delegate_reads_that_the_deputy_has_voted(client):
    chamber = make_chamber(2, with_deputies=True)
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "no", by=chamber.deputies[0])
    page = text(signed_in(client, chamber.delegates[0]).get(address(ballot)))
    assert "Stimmen Sie selbst ab, gilt Ihre Stimme." in page


def test_the_result_shows_every_condition_the_counts_and_the_roll_call(client, chamber):
    ballot = closed_ballot(chamber, "yyn")
    resolution = ballots.declare(by=chamber.chair, ballot=ballot)
    page = text(signed_in(client, chamber.delegates[0]).get(address(ballot)))
    for part in (
        "Die Vorlage ist angenommen.",
        "3 von 3 Partnern haben teilgenommen, 2 waren nötig: beschlussfähig.",
        "2 Partner stimmten mit Ja und 1 mit Nein",
        f"Beschluss {resolution.number} im Register",
        "Wer wie gestimmt hat",
        chamber.delegates[2].name,
    ):
        assert part in page


def test_after_the_deadline_the_page_says_closed_although_no_job_ran(client, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    with clock.frozen(ballot.deadline_at + timedelta(seconds=1)):
        page = text(client.get(address(ballot)))
        refused = client.post(address(ballot, "ballot_vote"), choose(chamber, token=str(uuid.uuid4()), confirmed="1"))
    assert "geschlossen, Ergebnis wird festgestellt" in page
    assert "Weiter zur Bestätigung" not in page
    assert refused.status_code == 409
    assert "verspätet vermerkt" in text(refused)
    assert not Vote.objects.exists()


# --- V3, A7: forged input ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"choice": "maybe"}, 422),
        ({"choice": ""}, 422),
        ({"choice": ["yes", "no"]}, 422),
        ({"choice": "-1"}, 422),
        ({"choice": "x" * 900_000}, 422),
        ({"choice": "x" * 1_100_000}, 400),
        ({"choice[]": "yes"}, 422),
        ({"partner": ""}, 422),
        ({"partner": "1 OR 1=1"}, 422),
        ({"partner": ["", ""]}, 422),
        ({"partner": str(uuid.uuid4())}, 403),
        ({"token": ""}, 409),
        ({"token": "t" * 65}, 422),
        ({"token": "a\x00b"}, 422),
    ],
)
def test_forged_votes_are_refused_and_nothing_is_stored(client, chamber, ballot, data, status):
    signed_in(client, chamber.delegates[0])
    form = choose(chamber, token=str(uuid.uuid4()), confirmed="1")
    if "choice[]" in data:
        del form["choice"]
    response = client.post(address(ballot, "ballot_vote"), {**form, **data})
    assert response.status_code == status
    assert (Participation.objects.count(), Vote.objects.count()) == (0, 0)


def test_another_partners_id_is_refused(client, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    response = client.post(address(ballot, "ballot_vote"), choose(chamber, 1, token=str(uuid.uuid4()), confirmed="1"))
    assert response.status_code == 403
    assert "Sie vertreten diesen Partner" in text(response)
    assert client.get(address(ballot, "ballot_vote"), choose(chamber, 1)).status_code == 403
    assert not Vote.objects.exists()


def test_extra_fields_change_nothing(client, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    extra = {
        "weight": "9",
        "revision": "7",
        "capacity": "office",
        "cast_by": str(chamber.chair.pk),
        "state": "declared",
        "cast_at": "2020-01-01",
        "committee": str(uuid.uuid4()),
        "is_staff": "1",
    }
    client.post(address(ballot, "ballot_vote"), choose(chamber, token="t", confirmed="1", **extra))
    vote = Vote.objects.get()
    assert (vote.revision, vote.capacity, vote.cast_by) == (1, "delegate", chamber.delegates[0])
    ballot.refresh_from_db()
    chamber.delegates[0].refresh_from_db()
    assert (ballot.state, chamber.delegates[0].is_staff) == ("open", False)
    client.force_login(chamber.chair)
    draft = {"committee": str(chamber.committee.pk), "title": "Neu", "text": "Text", "way": "circular"}
    client.post(
        reverse("committees:ballot_create", kwargs={"slug": chamber.partnership.slug}),
        {**draft, "form": "roll_call", "state": "declared", "counts": "{}", "roll_size": "9", "created_by": "x"},
    )
    made = Ballot.objects.get(title="Neu")
    assert (made.state, made.counts, made.roll_size, made.created_by) == ("draft", None, 0, chamber.chair)


# --- V4: the same request again ---------------------------------------------------------------------


def test_a_captured_request_gets_the_same_answer_and_nothing_else(client, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    form = choose(chamber, token=str(uuid.uuid4()), confirmed="1")
    first = client.post(address(ballot, "ballot_vote"), form)
    assert client.post(address(ballot, "ballot_vote"), form)["Location"] == first["Location"]
    other = open_ballot(chamber)
    assert client.post(address(other, "ballot_vote"), form).status_code == 409
    assert client.post(address(ballot, "ballot_vote"), {**form, "choice": "no"}).status_code == 409
    client.logout()
    assert (
        "/anmelden" in client.post(address(ballot, "ballot_vote"), form)["Location"]
        or "login" in client.post(address(ballot, "ballot_vote"), form)["Location"]
    )
    client.force_login(chamber.delegates[1])
    assert client.post(address(ballot, "ballot_vote"), form).status_code == 409
    assert Vote.objects.count() == 1


# --- who sees what ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ballot_detail", "ballot_turnout", "ballot_open", "ballot_close", "ballot_object"])
def test_strangers_find_nothing(client, ballot, name):
    signed_in(client, make_chamber(1).delegates[0])
    assert client.get(address(ballot, name)).status_code == 404


def test_a_strangers_vote_answers_as_if_the_ballot_did_not_exist(client, chamber, ballot):
    signed_in(client, make_chamber(1).delegates[0])
    for data in (choose(chamber), choose(chamber, token="t", confirmed="1"), {}):
        assert client.post(address(ballot, "ballot_vote"), data).status_code == 404
    assert client.get(address(ballot, "ballot_vote"), choose(chamber)).status_code == 404
    absent = reverse("committees:ballot_vote", kwargs={"slug": chamber.partnership.slug, "pk": uuid.uuid4()})
    client.force_login(chamber.delegates[0])
    assert client.post(absent, choose(chamber, token="t", confirmed="1")).status_code == 404


def test_a_vote_through_the_address_of_another_partnership_is_not_found(client, chamber, ballot):
    other = make_chamber(1)
    DelegateFactory(committee=other.committee, partner=other.partners[0], person=chamber.delegates[0], kind="deputy")
    url = reverse("committees:ballot_vote", kwargs={"slug": other.partnership.slug, "pk": ballot.pk})
    signed_in(client, chamber.delegates[0])
    assert client.post(url, choose(chamber, token="t", confirmed="1")).status_code == 404
    assert not Vote.objects.exists()


def test_drafts_are_seen_only_by_those_who_conduct(client, chamber):
    draft = BallotFactory(committee=chamber.committee)
    assert signed_in(client, chamber.delegates[0]).get(address(draft)).status_code == 404
    assert "in Vorbereitung" in text(signed_in(client, chamber.chair).get(address(draft)))


@pytest.mark.parametrize(
    "name",
    ["ballot_open", "ballot_close", "ballot_close_early", "ballot_declare", "ballot_annul", "ballot_edit",
     "ballot_discard", "ballot_exclude", "ballot_break_tie"],
)  # fmt: skip
def test_delegates_conduct_nothing(client, chamber, ballot, name):
    signed_in(client, chamber.delegates[0])
    assert client.get(address(ballot, name)).status_code == 403
    assert client.post(address(ballot, name), {"reason": "x"}).status_code == 403
    ballot.refresh_from_db()
    assert ballot.state == "open"


# --- those who conduct ------------------------------------------------------------------------------


def test_the_office_prepares_changes_opens_and_discards(client, chamber):
    signed_in(client, chamber.office)
    create = reverse("committees:ballot_create", kwargs={"slug": chamber.partnership.slug})
    assert client.get(create).status_code == 200
    form = {
        "committee": str(chamber.committee.pk),
        "title": "Haushalt",
        "text": "Der Haushalt wird beschlossen.",
        "way": "circular",
        "form": "roll_call",
        "deadline_at": (clock.now() + timedelta(days=20)).strftime("%Y-%m-%d 12:00"),
    }
    empty = client.post(create, {**form, "text": ""})
    assert empty.status_code == 422
    assert "Bitte schreiben Sie, was beschlossen werden soll." in text(empty)
    assert 'value="Haushalt"' in text(empty)
    made = client.post(create, form)
    ballot = Ballot.objects.get()
    assert made["Location"] == address(ballot)
    assert client.get(address(ballot, "ballot_edit")).status_code == 200
    client.post(address(ballot, "ballot_edit"), {**form, "title": "Haushalt 2027"})
    ballot.refresh_from_db()
    assert ballot.title == "Haushalt 2027"
    question = text(client.get(address(ballot, "ballot_open")))
    assert "Abstimmung „Haushalt 2027“ eröffnen?" in question
    assert "(3 Partner)" in question
    client.post(address(ballot, "ballot_open"))
    ballot.refresh_from_db()
    assert ballot.state == "open"
    again = client.post(address(ballot, "ballot_discard"))
    assert again.status_code == 422
    draft = BallotFactory(committee=chamber.committee)
    assert client.post(address(draft, "ballot_discard")).status_code == 302
    assert not Ballot.objects.filter(pk=draft.pk).exists()


def test_a_motion_fills_the_form(client):
    house = make_house(2)
    motion = make_motion(house)
    referral = motion.referrals.get(committee=house.tk)
    signed_in(client, house.office)
    create = reverse("committees:ballot_create", kwargs={"slug": house.partnership.slug})
    page = client.get(f"{create}?gremium={house.tk.pk}&vorlage={referral.pk}")
    assert motion.title in text(page)
    client.post(
        create,
        {"committee": str(house.tk.pk), "referral": str(referral.pk), "way": "circular", "form": "roll_call"},
    )
    assert Ballot.objects.get().text == motion.text


def test_a_refused_opening_says_why_and_loses_nothing(client, chamber):
    draft = BallotFactory(committee=chamber.committee, deadline_at=clock.now() + timedelta(days=1))
    response = signed_in(client, chamber.chair).post(address(draft, "ballot_open"))
    assert response.status_code == 422
    assert "mindestens 7 Tage" in text(response)


def test_early_close_takes_two_persons_in_the_browser(client, chamber, ballot):
    signed_in(client, chamber.chair)
    chamber.cast_all(ballot, "yy")
    assert client.post(address(ballot, "ballot_close_early"), {"reason": ""}).status_code == 422
    client.post(address(ballot, "ballot_close_early"), {"reason": "Es eilt"})
    assert "Das vorzeitige Ende ist beantragt" in text(client.get(address(ballot)))
    assert client.post(address(ballot, "ballot_close")).status_code == 422
    client.force_login(chamber.office)
    assert "Es eilt" in text(client.get(address(ballot, "ballot_close")))
    assert client.post(address(ballot, "ballot_close")).status_code == 302
    ballot.refresh_from_db()
    assert ballot.state == "closed"
    assert "Beantragt von Vera Vorsitz, bestätigt von Gerd Geschäftsführung" in text(client.get(address(ballot)))


def test_requests_are_taken_back_in_the_browser(client, chamber, ballot):
    signed_in(client, chamber.chair)
    client.post(address(ballot, "ballot_close_early"), {"reason": "Es eilt"})
    client.post(address(ballot, "ballot_withdraw"))
    ballot.refresh_from_db()
    assert ballot.early_close_requested_by is None


def test_declaring_answers_with_the_number(client, chamber):
    ballot = closed_ballot(chamber, "yyn")
    signed_in(client, chamber.chair)
    assert "unveränderlich in das Beschlussregister" in text(client.get(address(ballot, "ballot_declare")))
    page = client.post(address(ballot, "ballot_declare"), follow=True)
    assert "-001 steht im Beschlussregister." in text(page)


def test_a_tie_is_decided_by_the_chair_in_the_browser(client):
    chamber = make_chamber(4, rules=VWVFG.rules)
    ballot = closed_ballot(chamber, "yynn")
    signed_in(client, chamber.chair)
    assert "Stimmengleichheit entscheiden" in text(client.get(address(ballot)))
    assert client.post(address(ballot, "ballot_declare")).status_code == 422
    page = client.post(address(ballot, "ballot_break_tie"), {"choice": "no"}, follow=True)
    assert "Die Vorlage ist abgelehnt." in text(page)


def test_exclusion_and_its_end_in_the_browser(client, chamber, ballot):
    signed_in(client, chamber.chair)
    partner = chamber.partners[1]
    page = client.post(
        address(ballot, "ballot_exclude"), {"partner": str(partner.pk), "reason": "Auftragnehmer"}, follow=True
    )
    assert "„Partner 002“ ist ausgeschlossen." in text(page)
    assert "0 von 2 Partnern haben abgestimmt" in text(page)
    assert "0 von 2 Partnern haben abgestimmt." in text(client.get(address(ballot, "ballot_close")))
    assert "Auftragnehmer" in text(client.get(address(ballot, "ballot_exclude")))
    client.post(address(ballot, "ballot_include", partner=partner.pk))
    assert not ballot.roll.filter(is_excluded=True).exists()


def test_annulling_leads_to_the_new_ballot(client, chamber):
    ballot = open_ballot(chamber, way="meeting")
    page = signed_in(client, chamber.chair).post(
        address(ballot, "ballot_annul"), {"reason": "Falscher Text"}, follow=True
    )
    assert "Dies ist die neue Abstimmung." in text(page)
    assert "Diese Abstimmung wiederholt eine aufgehobene" in text(page)
    assert "Falscher Text" in text(client.get(address(ballot)))


def test_a_ballot_in_a_meeting_leads_back_to_it_and_who_conducts_to_the_cockpit(client):
    house = make_house(3)
    meeting = make_running(house)
    ballot = make_open_ballot(house, meeting.items.first())
    cockpit = address(meeting, "meeting_cockpit")
    delegate = text(signed_in(client, house.sk_delegates[0]).get(address(ballot)))
    assert f'href="{meeting.get_absolute_url()}"' in delegate
    assert cockpit not in delegate
    assert f"{cockpit}#aktuell" in text(signed_in(client, house.chair).get(address(ballot)))
    Meeting.objects.filter(pk=meeting.pk).update(state="closed")
    assert cockpit not in text(client.get(address(ballot)))


def test_hands_are_entered_and_previewed(client, chamber):
    ballot = open_ballot(chamber, way="meeting", form="show_of_hands")
    signed_in(client, chamber.office)
    assert client.get(address(ballot, "ballot_hands")).status_code == 200
    data = {f"p-{chamber.partners[0].pk.hex}": "no", "rest": "yes"}
    page = client.post(address(ballot, "ballot_hands"), data, follow=True)
    assert "So ginge es jetzt aus" in text(page)
    assert "2 Partner stimmten mit Ja und 1 mit Nein" in text(page)
    assert counting.tally_by_latest(ballot) == {"yes": 2, "no": 1, "abstain": 0}


def test_all_others_are_those_who_are_there(client):
    house = make_house(3)
    meeting = make_running(house)
    ballot = make_open_ballot(house, meeting.items.first(), form="show_of_hands")
    attendance.record(by=house.chair, meeting=meeting, partner=house.partners[0], presence="delegate")
    page = signed_in(client, house.office).get(address(ballot, "ballot_hands"))
    assert text(page).count("nicht als anwesend erfasst") == 2
    client.post(address(ballot, "ballot_hands"), {"rest": "yes"})
    assert counting.tally_by_latest(ballot) == {"yes": 1, "no": 0, "abstain": 0}
    # Somebody seen although not noted down is entered on the partner's own line.
    client.post(address(ballot, "ballot_hands"), {f"p-{house.partners[2].pk.hex}": "no"})
    assert counting.tally_by_latest(ballot) == {"yes": 1, "no": 1, "abstain": 0}


def test_an_objection_is_made_in_the_browser(client, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    assert "Dem Umlaufverfahren widersprechen" in text(client.get(address(ballot)))
    data = {"partner": str(chamber.partners[0].pk), "reason": ""}
    assert client.post(address(ballot, "ballot_object"), data).status_code == 422
    page = client.post(address(ballot, "ballot_object"), {**data, "reason": "Bitte besprechen"}, follow=True)
    assert "Widerspruch gegen das Umlaufverfahren" in text(page)
    assert "kommt auf die Tagesordnung der nächsten Sitzung" in text(page)


def test_reminding_says_how_many(client, chamber, ballot):
    page = signed_in(client, chamber.office).post(address(ballot, "ballot_remind"), follow=True)
    assert "3 Erinnerungen sind unterwegs." in text(page)
    page = client.post(address(ballot, "ballot_remind"), follow=True)
    assert "Heute wurde schon erinnert." in text(page)


# --- live turnout -----------------------------------------------------------------------------------


def test_turnout_answers_304_until_something_changes_and_stops_at_the_end(client, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    url = address(ballot, "ballot_turnout")
    first = client.get(url)
    assert first.status_code == 200
    etag = first["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    chamber.cast(ballot, 1, "yes")
    second = client.get(url, headers={"If-None-Match": etag})
    assert second.status_code == 200
    assert "1 von 3 Partnern hat abgestimmt" in text(second)
    with clock.frozen(ballot.deadline_at):
        end = client.get(url, headers={"If-None-Match": second["ETag"]})
    assert end.status_code == 286
    assert "geschlossen" in text(end)


def test_the_tally_is_shown_only_where_the_rules_allow(client):
    from dataclasses import replace

    from committees.rules.presets import EQUAL_SIMPLE

    chamber = make_chamber(3, rules=replace(EQUAL_SIMPLE.rules, is_tally_visible=True))
    ballot = open_ballot(chamber)
    chamber.cast(ballot, 0, "yes")
    assert "Zwischenstand" in text(signed_in(client, chamber.delegates[1]).get(address(ballot, "ballot_turnout")))


# --- lists and files --------------------------------------------------------------------------------


def test_the_list_is_searched_filtered_and_empty_kindly(client, chamber, ballot):
    closed = closed_ballot(chamber, "yyn", title="Haushalt")
    signed_in(client, chamber.delegates[0])
    url = reverse("committees:ballot_list", kwargs={"slug": chamber.partnership.slug})
    page = text(client.get(url))
    assert ballot.title in page
    assert closed.title in page
    assert ballot.title not in text(client.get(f"{url}?q=Haushalt"))
    assert closed.title not in text(client.get(f"{url}?state=open"))
    assert "Keine Abstimmung gefunden" in text(client.get(f"{url}?q=gibt-es-nicht"))
    other = make_chamber(1)
    client.force_login(other.delegates[0])
    empty = reverse("committees:ballot_list", kwargs={"slug": other.partnership.slug})
    assert "Noch keine Abstimmung" in text(client.get(empty))


def test_the_roll_call_is_downloaded_after_closing_only(client, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    assert client.get(address(ballot, "ballot_download")).status_code == 404
    Partner.objects.filter(pk=chamber.partners[0].pk).update(name="=cmd|calc")
    ended = closed_ballot(chamber, "yn.")
    content = client.get(address(ended, "ballot_download")).content.decode("utf-8-sig")
    assert content.splitlines()[0].startswith("Partner;Stimme;")
    assert "'=cmd|calc;Ja;" in content
    assert len(content.splitlines()) == 4


# --- cost -------------------------------------------------------------------------------------------

CAST_LIMIT = 14
PAGE_LIMIT = 12


@pytest.mark.parametrize("partners", [2, 3, 60])
def test_casting_costs_the_same_for_every_roll(client, partners):
    chamber = make_chamber(partners)
    ballot = open_ballot(chamber)
    signed_in(client, chamber.delegates[0])
    client.get(address(ballot))
    with CaptureQueriesContext(connection) as queries:
        response = client.post(address(ballot, "ballot_vote"), choose(chamber, token="t", confirmed="1"))
    # The savepoint stands for BEGIN and COMMIT, as the test is a transaction itself.
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= CAST_LIMIT, "\n".join(statements)
    assert response.status_code == 302


@pytest.mark.parametrize("partners", [1, 3])
@pytest.mark.parametrize("who", ["delegate", "chair"])
@pytest.mark.parametrize("state", ["open", "voted", "declared"])
def test_the_page_costs_the_same_for_every_roll(client, django_assert_max_num_queries, partners, who, state):
    chamber = make_chamber(partners)
    ballot = open_ballot(chamber, way="meeting" if state == "declared" else "circular")
    if state == "declared":
        bulk_votes(ballot, ["yes"] * partners, chamber.partners, chamber.delegates[0])
        ballot = ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=ballot)).ballot
    elif state == "voted" and partners > 1:
        chamber.cast(ballot, 0, "yes")
    signed_in(client, chamber.delegates[0] if who == "delegate" else chamber.chair)
    client.get(address(ballot))
    with django_assert_max_num_queries(PAGE_LIMIT):
        assert client.get(address(ballot)).status_code == 200


def test_the_page_of_5000_partners_costs_no_more(client, django_assert_max_num_queries):
    chamber = make_chamber(1)
    crowd = Partner.objects.bulk_create(
        Partner(partnership=chamber.partnership, number=number, name=f"Partner {number}")
        for number in range(1_000_000, 1_005_000)
    )
    Standing.objects.bulk_create(
        Standing(partner=partner, fact=fact, value=value, valid_from=LONG_AGO)
        for partner in crowd
        for fact, value in ((Fact.STAGE, Stage.ACTIVE), (Fact.VOTING_RIGHT, YES))
    )
    ballot = open_ballot(chamber, way=BallotWay.MEETING)
    bulk_votes(ballot, ["yes", "no", "abstain", "yes"] * 1250, crowd, chamber.chair)
    signed_in(client, chamber.delegates[0])
    client.get(address(ballot))
    with django_assert_max_num_queries(PAGE_LIMIT):
        assert "5000 von 5001" in text(client.get(address(ballot))).replace(".", "")
    ballot.refresh_from_db()
    ballots.declare(by=chamber.chair, ballot=ballots.close_ballot(by=chamber.chair, ballot=ballot))
    with django_assert_max_num_queries(PAGE_LIMIT):
        page = client.get(f"{address(ballot)}?page=7")
    assert page.context["roll_page"].number == 7
    assert len(page.context["roll_page"].object_list) == 50


def test_the_list_costs_the_same_for_many(client, django_assert_max_num_queries):
    chamber = make_chamber(1)
    for number in (1, 2, 60):
        for _ in range(number):
            BallotFactory(committee=chamber.committee)
        signed_in(client, chamber.chair)
        url = reverse("committees:ballot_list", kwargs={"slug": chamber.partnership.slug})
        client.get(url)
        with django_assert_max_num_queries(PAGE_LIMIT):
            assert client.get(url).status_code == 200


def test_turnout_is_cheap(client, django_assert_max_num_queries, chamber, ballot):
    signed_in(client, chamber.delegates[0])
    client.get(address(ballot, "ballot_turnout"))
    with django_assert_max_num_queries(9):
        client.get(address(ballot, "ballot_turnout"))


def test_who_holds_nothing_finds_nothing(client, ballot):
    assert signed_in(client, UserFactory()).get(address(ballot)).status_code == 404
