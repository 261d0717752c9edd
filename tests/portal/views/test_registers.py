"""The heads of the public registers, for witnesses outside."""

import json

import pytest
from django.urls import reverse

from committees.services import ballots, register
from partnership.models import OutboxMessage
from tests.committees.services.test_ballots import text_of
from tests.factories.committees import closed_ballot, make_chamber, open_ballot
from tests.factories.ground import PartnershipFactory

pytestmark = pytest.mark.django_db


def heads(client):
    answer = client.get(reverse("portal:register_heads"))
    assert answer.status_code == 200
    return {row["slug"]: row for row in json.loads(answer.content)["registers"]}


def test_anybody_reads_where_each_public_register_ends(client, django_assert_max_num_queries):
    chamber = make_chamber(3, partnership=PartnershipFactory(is_public=True))
    hidden = PartnershipFactory(is_public=False)
    with django_assert_max_num_queries(3):
        assert heads(client)[chamber.partnership.slug]["position"] == 0
    ballots.declare(by=chamber.chair, ballot=closed_ballot(chamber, "yyn"))
    found = heads(client)
    head = register.head_of(chamber.partnership)
    assert (found[chamber.partnership.slug]["position"], found[chamber.partnership.slug]["hash"]) == (1, head.hash)
    assert hidden.slug not in found


def test_every_mail_of_the_partnership_carries_the_head():
    chamber = make_chamber(3)
    open_ballot(chamber)
    assert "Stand des Beschlussregisters" not in text_of(OutboxMessage.objects.first())
    ballots.declare(by=chamber.chair, ballot=closed_ballot(chamber, "yyn"))
    OutboxMessage.objects.all().delete()
    open_ballot(chamber)
    head = register.head_of(chamber.partnership)
    for message in OutboxMessage.objects.all():
        assert f"Stand des Beschlussregisters: {head.position}:{head.hash}" in text_of(message)
