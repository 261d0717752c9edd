"""A technical recommendation becomes the strategic resolution, in the browser (issue 2, "Done when" 1)."""

import pytest

from committees.models import Ballot, Delegate, Resolution
from portal.demo import content
from tests.browser.jobs import deliver, write_motion
from tests.browser.test_circular_job import issue, let_the_deadline_pass
from tests.browser.visitor import the_others_vote

pytestmark = pytest.mark.browser

REASONS = "Die Erweiterung ist geprüft und ersetzt zwei eigene Lösungen."


def decide(chair, ballot):
    """The chair finds the deadline passed, and declares."""
    chair.go(ballot.get_absolute_url())
    chair.follow("Ergebnis ermitteln")
    chair.press("Abstimmung schließen")
    chair.follow("Ergebnis feststellen")
    chair.press("Ergebnis feststellen")
    chair.sees("steht im Beschlussregister.")
    return Resolution.objects.get(ballot=ballot)


def everybody_votes(ballot):
    """All that have a delegate; one partner has none, so it is the deadline that ends the vote."""
    the_others_vote(ballot, ["yes"] * 30 + ["no"] * 3)
    let_the_deadline_pass(ballot)


def test_a_technical_recommendation_becomes_the_strategic_resolution(visit):
    office, chair = visit(content.OFFICE), visit(content.CHAIR)
    motion = write_motion(office, "Suche erneuern", "Technisches Komitee → Strategisches Komitee")
    advice = issue(office, motion)
    assert advice.committee.name == "Technisches Komitee"
    everybody_votes(advice)
    recommended = decide(chair, advice)
    assert recommended.number.startswith("TK-")

    chair.go(motion.get_absolute_url())
    chair.follow("Stellungnahme schreiben")
    chair.fill("Stellungnahme (optional)", REASONS)
    chair.page.locator("#inhalt form button[type=submit]").first.click()
    chair.go(motion.get_absolute_url())
    for words in (
        "Empfehlung: Technisches Komitee empfiehlt die Annahme",
        "Ja 30, Nein 3, Enthaltung 0",
        recommended.number,
        REASONS,
    ):
        chair.sees(words)
    chair.go(f"{motion.get_absolute_url()}drucken/")
    chair.sees(REASONS)

    ballot = issue(office, motion)
    assert ballot.committee.name == "Strategisches Komitee"
    everybody_votes(ballot)
    resolution = decide(chair, ballot)
    assert resolution.number.startswith("SK-")

    letters = deliver(office, resolution)
    told = {letter.to[0] for letter in letters if motion.label in letter.subject}
    advisers = Delegate.objects.filter(committee=advice.committee).values_list("person__email", flat=True)
    assert set(advisers) <= told
    assert Ballot.objects.filter(referral__motion=motion).count() == 2
