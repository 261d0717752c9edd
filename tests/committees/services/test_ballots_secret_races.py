"""Races of secret ballots, each with a control that fails without the guard (V1, S9)."""

import threading
import time
import uuid
from collections import Counter
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from committees.models import Ballot, BallotPaper, Participation
from committees.services import ballots
from committees.services.ballots import casting
from partnership.db import triggers
from tests.committees.services.test_ballots_races import naive_lock, together
from tests.factories.committees import make_chamber, open_ballot

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def secret_ballot(chamber):
    return open_ballot(chamber, way="meeting", form="secret", secrecy="separated")


@contextmanager
def without_guards():
    """Without triggers and without the unique key of participations."""
    with triggers.lifted(), connection.cursor() as cursor:
        cursor.execute('ALTER TABLE committees_participation DROP CONSTRAINT "participation_once"')
        try:
            yield
        finally:
            for model in (BallotPaper, Participation):
                model.objects.all()._raw_delete("default")
            cursor.execute(
                "ALTER TABLE committees_participation"
                ' ADD CONSTRAINT "participation_once" UNIQUE (ballot_id, partner_id)'
            )


def test_fifty_parallel_casts_of_one_partner_make_one_paper_and_one_participation(client):
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    url = reverse("committees:ballot_vote", kwargs={"slug": chamber.partnership.slug, "pk": ballot.pk})
    client.force_login(chamber.delegates[0])
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def post():
        browser = Client()
        browser.cookies.load(cookies)
        form = {"partner": str(chamber.partners[0].pk), "choice": "yes", "token": uuid.uuid4(), "confirmed": "1"}
        return browser.post(url, form).status_code

    answers = Counter(answer if isinstance(answer, int) else repr(answer) for answer in together([post] * 50))
    assert answers == {302: 1, 409: 49}
    assert (Participation.objects.count(), BallotPaper.objects.count()) == (1, 1)


def test_control_without_lock_and_constraints_a_partner_puts_in_several_papers(monkeypatch):
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    monkeypatch.setattr(casting, "lock", naive_lock)
    met = threading.Barrier(8)
    look = casting._Attempt._may_cast

    def look_and_wait(self, *args):
        decision = look(self, *args)
        met.wait(timeout=30)
        return decision

    monkeypatch.setattr(casting._Attempt, "_may_cast", look_and_wait)
    with without_guards():
        together([lambda: chamber.cast(ballot, 0, "yes")] * 8)
        assert BallotPaper.objects.count() > 1


def test_without_the_lock_the_constraints_alone_still_hold(monkeypatch):
    chamber = make_chamber(5)
    ballot = secret_ballot(chamber)
    monkeypatch.setattr(casting, "lock", naive_lock)
    together([lambda: chamber.cast(ballot, 0, "yes")] * 8)
    assert (Participation.objects.count(), BallotPaper.objects.count()) == (1, 1)


def race_of_cast_and_close(rounds: int, hands: int = 6) -> int:
    """How many rounds lost a paper: its partner got an answer, but the counts or the urn do not hold it."""
    chamber = make_chamber(hands)
    lost = 0
    for _ in range(rounds):
        ballot = secret_ballot(chamber)
        deeds = [lambda index=index, ballot=ballot: chamber.cast(ballot, index, "yes") for index in range(hands)]
        answers = together([*deeds, lambda ballot=ballot: ballots.close_ballot(by=chamber.chair, ballot=ballot)])
        ballot.refresh_from_db()
        received = sum(isinstance(answer, ballots.Receipt) for answer in answers)
        assert isinstance(answers[-1], Ballot), answers
        papers = BallotPaper.objects.filter(ballot=ballot).count()
        taken = Participation.objects.filter(ballot=ballot).count()
        counted = (ballot.counts or {"yes": -1})["yes"]
        lost += not received == papers == taken == counted
    return lost


def test_no_paper_is_lost_between_casting_and_closing():
    assert race_of_cast_and_close(rounds=10) == 0


def test_control_without_the_lock_papers_are_lost(monkeypatch):
    monkeypatch.setattr(casting, "lock", naive_lock)
    look = casting._Attempt._may_cast

    def look_and_dawdle(self, *args):
        decision = look(self, *args)
        time.sleep(0.05)
        return decision

    monkeypatch.setattr(casting._Attempt, "_may_cast", look_and_dawdle)
    with triggers.lifted():
        assert race_of_cast_and_close(rounds=3) > 0


def test_both_tellers_at_once_count_once(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    from tests.committees.services.test_ballots_secret import FIRST, SECOND, sealed_ballot

    chamber = make_chamber(5)
    ballot = sealed_ballot(chamber)
    chamber.cast_all(ballot, "yynna")
    ballots.close_due()
    answers = together(
        [
            lambda: ballots.open_urn(by=chamber.office, ballot=ballot, passphrase=FIRST),
            lambda: ballots.open_urn(by=chamber.delegates[0], ballot=ballot, passphrase=SECOND),
        ]
    )
    assert sorted(answer.state for answer in answers) == ["closed", "counting"], answers
    assert BallotPaper.objects.exclude(marking="").count() == 5
