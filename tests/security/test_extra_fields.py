"""Fields nobody offered (A7): no form knows them, and sent all the same they change nothing."""

import importlib
import pkgutil
import time
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import signing
from django.forms import BaseForm

from committees.models import Ballot, Meeting, Motion
from fund.models import Pledge
from membership.models import Enquiry, Partner
from partnership import clock
from partnership.models import User
from tests.access.visitor import address, undone

pytestmark = pytest.mark.django_db

HOUSE = ("partnership", "membership", "committees", "fund", "portal")
# What only the house itself may set: who, when, in which state, of which partnership, with which weight.
FORBIDDEN = {
    "approved_by", "by", "cast_by", "closed_at", "closed_by", "counts", "created_at", "created_by", "declared_at",
    "declared_by", "groups", "hash", "invited_at", "invited_by", "is_active", "is_staff", "is_superuser", "number",
    "opened_at", "opened_by", "outcome", "partnership", "partnership_id", "password", "pledged_by", "position",
    "previous_hash", "recorded_by", "roll_size", "secret_hash", "sequence", "serial", "slug", "state", "status",
    "submitted_at", "text_hash", "user_permissions", "verdict", "weight",
}  # fmt: skip
# Where a forbidden name is what the form is for.
OFFERED = {
    ("portal.forms.founding.FoundingForm", "slug"): "an administrator founds a partnership and names its address",
    ("committees.forms.committees.CommitteeForm", "state"): "the office plans, activates and ends a committee",
    ("portal.forms.partnership.PartnershipForm", "state"): "the office says when a partnership is founded or dissolved",
    ("committees.forms.committees.CommitteeForm", "position"): "the office orders the committees",
    ("committees.forms.rule_sets.rows.AlsoRow", "number"): "rules of procedure say how many of a group must agree",
}


def forms() -> dict[str, type[BaseForm]]:
    """Every form class of the house, filters of lists left out: those only read."""
    found: dict[str, type[BaseForm]] = {}
    for app in HOUSE:
        for room in ("forms", "views"):
            package = importlib.import_module(f"{app}.{room}")
            for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
                module = importlib.import_module(info.name)
                for name, thing in vars(module).items():
                    if isinstance(thing, type) and issubclass(thing, BaseForm) and thing.__module__ == info.name:
                        found[f"{info.name}.{name}"] = thing
    return found


def test_no_form_offers_what_only_the_house_may_set():
    assert len(forms()) > 40
    wrong = {
        (name, field)
        for name, form in forms().items()
        for field in getattr(form, "base_fields", {})
        if field in FORBIDDEN and (name, field) not in OFFERED
    }
    assert not wrong, wrong


def test_no_model_form_takes_all_fields():
    assert not [
        name for name, form in forms().items() if getattr(getattr(form, "_meta", None), "fields", ()) == "__all__"
    ]


def extra(world) -> dict[str, str]:
    """Every forbidden name with a value an attacker would like."""
    foreign = world.foreign
    return dict.fromkeys(FORBIDDEN, "1") | {
        "partnership": str(foreign.partnership.pk),
        "partnership_id": str(foreign.partnership.pk),
        "created_by": str(foreign.people["delegate"].pk),
        "state": "declared",
        "status": "declared",
        "is_staff": "on",
        "is_superuser": "on",
    }


def kept(row, fields):
    return {name: getattr(row, name) for name in fields}


def test_a_profile_gives_itself_no_rights(world, visitors):
    person = world.own.people["delegate"]
    data = extra(world) | {"name": "Neuer Name", "time_zone": "Europe/Berlin", "email": "boese@example.org"}
    with undone():
        before = kept(User.objects.get(pk=person.pk), ("is_staff", "is_superuser", "is_active", "email", "password"))
        assert visitors["delegate"].post("/konto/profil/", data).status_code == 302
        after = User.objects.get(pk=person.pk)
        assert after.name == "Neuer Name"
        assert kept(after, before) == before


def test_a_new_motion_is_a_draft_of_its_author_here(world, visitors):
    data = extra(world) | {
        "title": "Neue Vorlage",
        "text": "Es wird beschlossen.",
        "reasons": "Darum.",
        "committee": str(world.own.sk.pk),
        "submitting_partner": str(world.own.partner_own.pk),
    }
    with undone():
        response = visitors["delegate"].post(address("committees:motion_create", world.own, {}), data)
        assert response.status_code == 302, response.context and dict(response.context["form"].errors)
        motion = Motion.objects.get(title="Neue Vorlage")
        assert (motion.partnership, motion.created_by, motion.state, motion.number) == (
            world.own.partnership,
            world.own.people["delegate"],
            "draft",
            None,
        )


def test_nobody_submits_for_a_partner_of_somebody_else(world, visitors):
    for partner in (world.own.partner_other, world.foreign.partner_own):
        data = {
            "title": "Untergeschoben",
            "text": "Es wird beschlossen.",
            "committee": str(world.own.sk.pk),
            "submitting_partner": str(partner.pk),
        }
        with undone():
            visitors["delegate"].post(address("committees:motion_create", world.own, {}), data)
            assert not Motion.objects.filter(title="Untergeschoben", submitting_partner=partner).exists()


def test_a_vote_is_cast_by_whoever_is_signed_in_for_their_own_partner(world, visitors):
    url = address("committees:ballot_vote", world.own, {"pk": "ballot"})
    base = extra(world) | {"choice": "yes", "confirmed": "on", "token": "t" * 32}
    with undone():
        visitors["delegate"].post(url, base | {"partner": str(world.own.partner_own.pk)})
        vote = world.own.ballot.votes.get()
        assert (vote.partner, vote.cast_by, vote.revision) == (
            world.own.partner_own,
            world.own.people["delegate"],
            1,
        )
    for partner in (world.own.partner_other, world.foreign.partner_own, world.own.partner_suspended):
        with undone():
            response = visitors["delegate"].post(url, base | {"partner": str(partner.pk)})
            assert response.status_code < 500
            assert not world.own.ballot.votes.exists()


@pytest.mark.parametrize("role", ["member", "office", "chair", "delegate_suspended", "delegate_tk", "superuser"])
def test_who_has_no_vote_casts_none(world, visitors, role):
    url = address("committees:ballot_vote", world.own, {"pk": "ballot"})
    for partner in (world.own.partner_own, world.own.partner_third, world.own.partner_suspended):
        with undone():
            data = {"choice": "yes", "confirmed": "on", "token": "t" * 32, "partner": str(partner.pk)}
            assert visitors[role].post(url, data).status_code < 500
            assert not world.own.ballot.votes.exists()


def test_a_prepared_ballot_is_a_draft_here_and_of_this_committee(world, visitors):
    data = extra(world) | {
        "committee": str(world.own.sk.pk),
        "title": "Vorbereitet",
        "text": "Es wird beschlossen.",
        "way": "circular",
        "form": "roll_call",
        "deadline_at": (clock.now() + timedelta(days=30)).strftime("%d.%m.%Y %H:%M"),
    }
    with undone():
        visitors["chair"].post(address("committees:ballot_create", world.own, {}), data)
        ballot = Ballot.objects.get(title="Vorbereitet")
        assert (ballot.partnership, ballot.state, ballot.roll_size) == (world.own.partnership, "draft", 0)
    with undone():
        foreign = data | {"committee": str(world.foreign.sk.pk), "title": "Drüben"}
        visitors["chair"].post(address("committees:ballot_create", world.own, {}), foreign)
        assert not Ballot.objects.filter(title="Drüben").exists()


def test_a_pledge_is_made_for_the_own_partner_only(world, visitors):
    data = extra(world) | {"year": str(clock.today().year + 1), "amount": "500"}
    for partner in (world.own.partner_other, world.foreign.partner_own):
        with undone():
            visitors["admin_own"].post(
                address("fund:pledge_create", world.own, {}), data | {"partner": str(partner.pk)}
            )
            assert not Pledge.objects.filter(partner=partner, year=clock.today().year + 1).exists()


def test_a_meeting_stays_where_and_in_the_state_it_is(world, visitors):
    meeting = world.own.meeting
    fields = ("partnership_id", "committee_id", "state", "sequence", "invited_by_id", "calendar_uid")
    with undone():
        before = kept(Meeting.objects.get(pk=meeting.pk), fields)
        visitors["office"].post(
            address("committees:meeting_edit", world.own, {"pk": "meeting"}),
            extra(world) | {"title": "Neu", "on": "2027-03-01", "begins": "10:00", "ends": "12:00"},
        )
        after = Meeting.objects.get(pk=meeting.pk)
        assert after.title == "Neu", "the control: the form was taken"
        assert kept(after, fields) == before


def test_an_enquiry_from_the_public_page_arrives_new_and_unanswered(world, visitors):
    for row in Enquiry.objects.all():
        assert row.state == "new"
    with undone():
        visitors["anonymous"].post(
            address("portal:enquiry_create", world.own, {}),
            extra(world)
            | {"kind": "join", "organisation": "Stadt X", "name": "N", "email": "n@example.org", "message": "Hallo"}
            | {"is_informed": "on", "opened": signing.dumps(int(time.time()) - 60, salt="public-form")},
        )
        row = Enquiry.objects.get(organisation="Stadt X")
        assert (row.partnership, row.state, row.handled_by) == (world.own.partnership, "new", None)


def test_a_partner_keeps_its_number_and_partnership(world, visitors):
    with undone():
        partner = Partner.objects.get(pk=world.own.partner_own.pk)
        visitors["office"].post(
            address("membership:partner_update", world.own, {"pk": "partner"}),
            extra(world) | {"name": "Umbenannt", "organisation": str(world.own.body_own.pk)},
        )
        after = Partner.objects.get(pk=partner.pk)
        assert after.name == "Umbenannt", "the control: the form was taken"
        assert (after.number, after.partnership_id) == (partner.number, partner.partnership_id)


def test_every_app_of_the_house_is_looked_through():
    assert {config.name for config in apps.get_app_configs()} >= set(HOUSE)
