import re
from pathlib import Path

import pytest
from django.urls import reverse

from committees.enums import MotionState, ReferralState
from fund.enums import MeasureState
from partnership import deeds
from partnership.enums import Role
from partnership.services import audit
from tests.factories import PartnershipFactory, UserFactory, appoint

ROOT = Path(__file__).parents[3]
DEED = re.compile(r'(?:action=|_record\(by, )f?"([a-z_]+\.[a-z_{}]+)"')


def recorded():
    """Every deed that the services append, a step of a state once for each state."""
    steps = {"motion": [*MotionState.values, *ReferralState.values], "measure": MeasureState.values}
    for app in ("partnership", "membership", "committees", "fund", "portal"):
        for file in (ROOT / app).rglob("*.py"):
            for action in DEED.findall(file.read_text()):
                noun, verb = action.split(".")
                yield from ([f"{noun}.{step}" for step in steps[noun]] if verb == "{to}" else [action])


def test_every_deed_has_a_name():
    # No service steps to these: they are where things begin, or follow from other steps.
    never = {"motion.draft", "motion.in_treatment", "motion.waiting"}
    assert sorted({action for action in recorded() if deeds.name_of(action) == action} - never) == []


@pytest.mark.django_db
def test_the_office_reads_and_finds_deeds_by_their_names(client):
    partnership, office = PartnershipFactory(), UserFactory()
    appoint(office, Role.MANAGING_OFFICE, partnership)
    audit.record(by=office, action="meeting.closed", subject=partnership, partnership=partnership)
    audit.record(by=office, action="motion.submitted", subject=partnership, partnership=partnership)
    client.force_login(office)
    page = client.get(reverse("partnership:audit_list", kwargs={"slug": partnership.slug}), {"q": "sitzung gesch"})
    assert "Sitzung geschlossen" in page.content.decode()
    assert "Vorlage eingereicht" not in page.content.decode()
