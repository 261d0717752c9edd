"""A circular vote that ends by its deadline, in the browser (issue 2, "Done when" 1)."""

from datetime import timedelta

import pytest

from committees.models import Ballot, Resolution
from committees.tasks import close_due_ballots
from partnership import clock
from partnership.db.triggers import lifted
from portal.demo import content
from tests.browser.jobs import THEMSELVES, deliver, read_the_register, write_motion
from tests.browser.visitor import address_of, in_days, the_others_vote, vote

pytestmark = pytest.mark.browser


def issue(office, motion):
    """Prepare the ballot from the motion's page, and open it."""
    office.go(motion.get_absolute_url())
    office.follow("Abstimmung vorbereiten")
    office.page.get_by_label("Umlaufbeschluss").check()
    office.fill_day("deadline_at", in_days(15))
    office.page.locator("#id_deadline_at_time").fill("18:00")
    office.press("Abstimmung vorbereiten")
    office.follow("Abstimmung eröffnen")
    office.press("Abstimmung eröffnen")
    office.sees("Die Abstimmung ist eröffnet.")
    return Ballot.objects.get(pk=address_of(office.page))


def let_the_deadline_pass(ballot):
    """As if the weeks had gone by."""
    with lifted():
        Ballot.objects.filter(pk=ballot.pk).update(deadline_at=clock.database_now() - timedelta(seconds=1))


def test_a_circular_vote_ends_by_its_deadline_refuses_the_late_and_is_declared_in_one_click(visit):
    office = visit(content.OFFICE)
    motion = write_motion(office, "Testumgebung verlängern")
    ballot = issue(office, motion)
    vote(visit(content.DELEGATE), ballot, content.MUNICH, "Ja")
    the_others_vote(ballot, ["yes"] * 19 + ["no"], but=THEMSELVES)

    # Somebody has the form open while the deadline passes.
    late = visit(content.HAMBURG_DELEGATE)
    late.go(ballot.get_absolute_url())
    late.choose("Ja")
    late.press("Weiter")
    let_the_deadline_pass(ballot)
    late.page.get_by_role("button", name="Mit Ja stimmen").click()
    late.sees("Frist")
    assert "Stimme abgegeben" not in late.text
    ballot.refresh_from_db()
    assert not ballot.votes.filter(partner__name=content.HAMBURG).exists()

    assert close_due_ballots() == 1
    chair = visit(content.CHAIR)
    chair.sees(ballot.title)
    chair.go(ballot.get_absolute_url())
    chair.sees("Die Vorlage ist angenommen.")
    chair.follow("Ergebnis feststellen")
    chair.press("Ergebnis feststellen")
    chair.sees("steht im Beschlussregister.")
    resolution = Resolution.objects.get(ballot=ballot)
    read_the_register(office, resolution)
    assert deliver(office, resolution)
