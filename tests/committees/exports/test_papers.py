"""Papers are tagged PDFs that hold before an independent check of PDF/UA-1."""

from datetime import timedelta

import page
import pytest
from django.urls import reverse

from committees.services import ballots, motions
from partnership import clock
from tests.factories.committees import make_chamber, open_ballot
from tests.factories.motions import make_house, make_motion, vote_through

pytestmark = pytest.mark.django_db


def is_accessible(pdf: bytes) -> bool:
    found = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    return found.is_compliant


@pytest.fixture
def house():
    return make_house(partners=12)


def test_a_resolution_and_its_motion_are_accessible_papers(client, house):
    motion = make_motion(
        house,
        title="#set text(red) *Zeichen* $x$",
        text="Erste Zeile.\n\n- Punkt\n#pagebreak()",
        effects="Kosten: 12 €",
        amount=1200,
    )
    vote_through(house, motion, house.tk, choices="yyyynnna....")
    motions.set_opinion(by=house.office, referral=motion.referrals.get(committee=house.tk), opinion="Nötig.")
    entry = vote_through(house, motion, house.sk, choices="y" * 12)
    client.force_login(house.office)
    for name, thing in (("resolution_pdf", entry), ("motion_pdf", motion)):
        answer = client.get(reverse(f"committees:{name}", kwargs={"slug": house.partnership.slug, "pk": thing.pk}))
        assert answer["Content-Type"] == "application/pdf"
        assert is_accessible(answer.content)


def test_the_same_resolution_gives_the_same_bytes(client, house):
    entry = vote_through(house, make_motion(house), house.tk)
    client.force_login(house.office)
    address = reverse("committees:resolution_pdf", kwargs={"slug": house.partnership.slug, "pk": entry.pk})
    assert client.get(address).content == client.get(address).content


def test_a_draft_has_a_paper_too(client, house):
    draft = make_motion(house, is_submitted=False)
    client.force_login(house.delegate)
    address = reverse("committees:motion_pdf", kwargs={"slug": house.partnership.slug, "pk": draft.pk})
    assert is_accessible(client.get(address).content)


def test_the_result_sheet_is_an_accessible_paper_with_statements_conditions_and_head(client):
    chamber = make_chamber(4)
    ballot = open_ballot(chamber, title="#set *Titel* $x$", text="Zeile eins.\n\n#pagebreak()")
    for index, choice in enumerate(("yes", "no", "abstain")):
        ballots.cast(
            by=chamber.delegates[index],
            ballot=ballot,
            partner=chamber.partners[index],
            choice=choice,
            token=f"t{index}",
            statement="Wir *danken*.",
        )
    ballots.exclude_partner(by=chamber.chair, ballot=ballot, partner=chamber.partners[3], reason="Selbst betroffen.")
    ballot.refresh_from_db()
    with clock.frozen(ballot.deadline_at + timedelta(seconds=1)):
        ballots.close_due()
    ballot.refresh_from_db()
    ballots.declare(by=chamber.chair, ballot=ballot)
    client.force_login(chamber.delegates[0])
    address = reverse("committees:ballot_sheet", kwargs={"slug": chamber.partnership.slug, "pk": ballot.pk})
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert is_accessible(answer.content)
    assert client.get(address).content == answer.content
