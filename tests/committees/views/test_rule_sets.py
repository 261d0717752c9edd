from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from django.urls import reverse

from committees.enums import CommitteeKind
from committees.forms.rule_sets import RuleSetForm
from committees.models import RuleSet
from committees.rules.presets import EQUAL_SIMPLE, PRESETS, VWVFG
from committees.rules.rule_set import (
    Abstention,
    Base,
    Circular,
    Compare,
    LateItems,
    LateKind,
    Majority,
    MajorityKind,
    Notice,
    Quorum,
    Share,
    Turnout,
    Unit,
)
from committees.services import rule_sets
from partnership import clock
from tests.factories.committees import CommitteeFactory, RuleSetFactory
from tests.factories.membership import make_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee(client):
    committee = CommitteeFactory()
    client.force_login(make_office(committee.partnership))
    return committee


def address(name, committee):
    return reverse(f"committees:{name}", kwargs={"slug": committee.partnership.slug, "pk": committee.pk})


def typed(rules, **changes):
    """What a browser sends for these rules."""
    values = RuleSetForm.initial_for(rules) | changes
    return {key: "on" if value is True else str(value) for key, value in values.items() if value not in (None, False)}


SPECIAL = replace(
    EQUAL_SIMPLE.rules,
    quorum=Quorum(Turnout(Share(Compare.AT_LEAST, Fraction(5, 7)), 4), True),
    majority=Majority(MajorityKind.SHARE, Share(Compare.MORE_THAN, Fraction(3, 7))),
    base=Base.ROLL,
    abstention=Abstention.IN_BASE,
    circular=Circular(objections_to_stop=None, participation=Turnout(number=3), reminder_days=(7, 2)),
    notice=Notice(amount=10, unit=Unit.WORKING_DAYS, land="HH", is_waivable=True),
    late_items=LateItems(LateKind.UNTIL_DAYS_BEFORE, 3),
    is_tally_visible=True,
)


@pytest.mark.parametrize("rules", [*(preset.rules for preset in PRESETS.values()), SPECIAL])
def test_the_form_gives_back_the_rules_it_was_given(rules):
    form = RuleSetForm(typed(rules), start=rules)
    assert form.is_valid(), form.errors
    assert form.rules == rules


def test_the_rules_stand_in_plain_words_with_versions_and_what_changes(client, committee):
    RuleSetFactory(committee=committee)
    rule_sets.create(by=None, committee=committee, rules=VWVFG.rules, valid_from=clock.today(), reason="Neue GO")
    text = client.get(address("rule_set_detail", committee)).content.decode()
    assert "Fassung 2" in text
    assert "<ins>Bei Stimmengleichheit entscheidet die Stimme des Vorsitzes.</ins>" in text
    assert "<del>Bei Stimmengleichheit ist die Vorlage abgelehnt.</del>" in text
    old = client.get(address("rule_set_detail", committee) + "?fassung=1").content.decode()
    assert "gilt nicht mehr" in old
    assert client.get(address("rule_set_detail", committee) + "?fassung=9").status_code == 404


def test_a_committee_without_rules_is_told_to_begin_with_a_preset(client, committee):
    assert "Noch keine Verfahrensregeln" in client.get(address("rule_set_detail", committee)).content.decode()
    form = client.get(address("rule_set_create", committee)).context["form"]
    assert form.initial["tie"] == "rejected"
    form = client.get(address("rule_set_create", committee) + "?vorlage=vwvfg").context["form"]
    assert form.initial["tie"] == "chair"


def test_a_new_version_is_shown_in_words_before_it_is_saved(client, committee):
    RuleSetFactory(committee=committee)
    day = clock.today() + timedelta(days=3)
    data = typed(EQUAL_SIMPLE.rules, notice_amount=21, valid_from=day, reason="Beschluss SK-2026-003")
    shown = client.post(address("rule_set_create", committee), data | {"preview": "1"})
    assert shown.status_code == 200
    assert "Die Ladungsfrist beträgt 21 Tage" in shown.content.decode()
    assert "Beschluss SK-2026-003" in shown.content.decode()
    assert RuleSet.objects.count() == 1
    saved = client.post(address("rule_set_create", committee), data | {"version": "99", "committee": "x"})
    assert saved.url.endswith("?fassung=2")
    made = RuleSet.objects.get(version=2)
    assert (made.rules.notice.amount, made.valid_from, made.committee) == (21, day, committee)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"base": "roll"}, "Mehrheit und Bezugsgröße"),
        ({"notice_end_moved": True}, "brauchen das Land"),
        ({"tie": "chair", "chair_has_vote": False}, "wenn der Vorsitz eine Stimme hat"),
        ({"late_kind": "until_days_before"}, "Eine Zahl von Tagen"),
        ({"reminder_days": "bald"}, "Zahlen, getrennt durch Kommas"),
        ({"valid_from": "2001-01-01", "notice_amount": 21}, "nicht rückwirkend"),
        ({}, "dasselbe"),
    ],
)
def test_contradictions_are_told_and_nothing_is_saved(client, committee, changes, sentence):
    RuleSetFactory(committee=committee)
    response = client.post(address("rule_set_create", committee), typed(EQUAL_SIMPLE.rules, **changes))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert RuleSet.objects.count() == 1


def test_a_preset_taken_as_it_is_is_remembered_by_name(client, committee):
    url = address("rule_set_create", committee) + "?vorlage=vwvfg"
    assert client.post(url, typed(VWVFG.rules, valid_from="2018-06-07")).status_code == 302
    assert RuleSet.objects.get().preset == "vwvfg"
    assert "gesetzlicher Standard" in client.get(address("rule_set_detail", committee)).content.decode()


def test_a_role_circle_has_no_rules_of_procedure(client, committee):
    circle = CommitteeFactory(partnership=committee.partnership, kind=CommitteeKind.ROLE_CIRCLE)
    assert client.get(address("rule_set_create", circle)).status_code == 404
    assert client.post(address("rule_set_create", circle), typed(VWVFG.rules)).status_code == 404


@pytest.mark.parametrize("versions", [1, 3])
def test_the_page_costs_the_same_whatever_the_number_of_versions(
    client, committee, versions, django_assert_max_num_queries
):
    for n in range(versions):
        rules = replace(EQUAL_SIMPLE.rules, notice=Notice(amount=n + 1))
        rule_sets.create(by=None, committee=committee, rules=rules, valid_from=clock.today() + timedelta(days=n))
    for name in ("rule_set_detail", "rule_set_create"):
        with django_assert_max_num_queries(12):
            client.get(address(name, committee))
