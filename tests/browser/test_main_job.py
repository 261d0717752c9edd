"""The main job in the browser, on the demonstration (issue 2, "Done when" 1)."""

import pytest

from partnership.models import User
from portal.demo import content
from tests.browser.jobs import entry_of, main_job

pytestmark = pytest.mark.browser


def test_a_meeting_is_invited_to_held_and_resolves_and_everybody_learns_of_it(visit):
    meeting, resolution, letters = main_job(visit, "Barrierefreiheit prüfen lassen")
    assert resolution.number.startswith("SK-")

    calendar, event = entry_of(letters, meeting, content.HAMBURG_DELEGATE)
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"]
    assert int(event["SEQUENCE"]) == 0
    assert str(event["SUMMARY"])
    assert meeting.title in str(event["SUMMARY"])

    told = {letter.to[0] for letter in letters if resolution.number in letter.subject}
    delegates = User.objects.filter(delegations__committee=meeting.committee)
    assert {person.email for person in delegates} <= told
    # The deputy was asked to come in the delegate's place.
    assert any(letter.to == [content.DEPUTY.email] and "vertreten" in letter.subject for letter in letters)


def test_the_main_job_fits_a_phone(visit):
    def on_a_phone(persona):
        return visit(persona, width=360, height=780)

    _meeting, resolution, _letters = main_job(on_a_phone, "Handbuch übersetzen")
    assert resolution.number
