from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse

from committees.enums import CommitteeKind
from committees.forms.rule_sets import RuleSetForm
from committees.forms.rule_sets.draft import pack, unpack
from committees.forms.rule_sets.fields import read_share
from committees.models import Ballot, Matter, RuleSet
from committees.rules.presets import EQUAL_SIMPLE, PRESETS, VWVFG
from committees.rules.rule_set import (
    Abstention,
    Also,
    AlsoKind,
    Approval,
    Base,
    Binds,
    Circular,
    Compare,
    Group,
    LateItems,
    LateKind,
    Majority,
    MajorityKind,
    MinutesRule,
    Named,
    Notice,
    Proxies,
    ProxyKind,
    Quorum,
    QuorumOf,
    Reservation,
    Secrecy,
    Share,
    Stage,
    StageAfter,
    Tie,
    Turnout,
    Unit,
    WeightKind,
    Weights,
)
from committees.rules.verdict import OUTCOMES, Outcome
from committees.services import rule_sets
from partnership import clock
from tests.factories.committees import CommitteeFactory, RuleSetFactory, make_chamber, make_key, open_ballot
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
    sent = {}
    form = RuleSetForm(start=rules)
    for name, rows in form.rows.items():
        sent |= {f"{name}-TOTAL_FORMS": str(len(rows.forms)), f"{name}-INITIAL_FORMS": str(rows.initial_form_count())}
        for row in rows.forms:
            sent |= {row.add_prefix(key): row.get_initial_for_field(field, key) for key, field in row.fields.items()}
    values = RuleSetForm.initial_for(rules) | sent | changes
    return {
        key: "on" if value is True else value if isinstance(value, list) else str(value)
        for key, value in values.items()
        if value is not None and value is not False and value != []
    }


def read(data, rules):
    """The form as the view reads it."""
    query = QueryDict(mutable=True)
    for key, value in data.items():
        query.setlist(key, value if isinstance(value, list) else [value])
    return RuleSetForm(query, start=rules)


SPECIAL = replace(
    EQUAL_SIMPLE.rules,
    weights=Weights(WeightKind.STEPS, key="anteil", step=Fraction(3, 2), free=Fraction(1, 4), base=1, cap=9),
    quorum=Quorum(
        Turnout(Share(Compare.AT_LEAST, Fraction(5, 7)), 4),
        QuorumOf.PARTICIPATION,
        is_lifted_by_second_invitation=True,
        waits_minutes=30,
        is_chair_needed=True,
        partners=(Named("b1", "Bund"),),
    ),
    also=(
        Also(AlsoKind.KEY, share=Share(Compare.AT_LEAST, Fraction(2, 3)), key="koenigstein"),
        Also(AlsoKind.GROUP, number=11, group=Group("Länder", ("land", "city"))),
        Also(AlsoKind.SHARE, share=Share(Compare.MORE_THAN, Fraction(1, 2)), base=Base.ROLL),
        Also(AlsoKind.CONSENT, partner=Named("b1", "Bund")),
        Also(AlsoKind.NO_VETO, partner=Named("b2", "Sitzland")),
    ),
    stages=(
        Stage(2, majority=Majority(MajorityKind.SHARE, Share(Compare.AT_LEAST, Fraction(2, 3))), wait_days=14),
        Stage(3, StageAfter.NOT_ADOPTED, base=Base.CAST, abstention=Abstention.IN_BASE, tie=Tie.CHAIR),
    ),
    binds=Binds.AGREEING,
    proxies=Proxies(ProxyKind.PARTNERS, 2, is_giver_first=False),
    secrecy=Secrecy(is_allowed=False, minimum_roll=7),
    reservation=Reservation(is_allowed=True, days=90),
    minutes=MinutesRule(14, 7, Approval.RESOLUTION),
    is_reason_needed_for_no=True,
    is_conflict_decided_by_body=True,
    majority=Majority(MajorityKind.SHARE, Share(Compare.MORE_THAN, Fraction(3, 7))),
    base=Base.ROLL,
    abstention=Abstention.IN_BASE,
    circular=Circular(
        objections_to_stop=None,
        consent=Turnout(Share(Compare.AT_LEAST, Fraction(1))),
        participation=Turnout(number=3),
        is_chair_needed=True,
        reminder_days=(7, 2),
    ),
    notice=Notice(amount=10, unit=Unit.WORKING_DAYS, land="HH", is_waivable=True, urgent_amount=3),
    late_items=LateItems(LateKind.UNTIL_DAYS_BEFORE, 3),
    is_tally_visible=True,
)


@pytest.mark.parametrize("rules", [*(preset.rules for preset in PRESETS.values()), SPECIAL])
def test_the_form_gives_back_the_rules_it_was_given(rules):
    form = read(typed(rules), rules)
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


# --- every setting, rows, presets --------------------------------------------------------------------


def rows_typed(**cells):
    """One row of second conditions as a browser sends it."""
    return {"also-TOTAL_FORMS": "2"} | {f"also-0-{name}": value for name, value in cells.items()}


def test_a_second_condition_by_key_and_group_is_entered_in_rows(client, committee):
    RuleSetFactory(committee=committee)
    make_key(committee.partnership, {}, code="koenigstein", name="Königsteiner Schlüssel 2026")
    data = typed(EQUAL_SIMPLE.rules) | rows_typed(kind="key", share="mindestens 2/3", key="koenigstein")
    data |= {
        "also-1-kind": "group",
        "also-1-group_name": "Länder",
        "also-1-group_types": ["land"],
        "also-1-number": "11",
    }
    assert client.post(address("rule_set_create", committee), data).status_code == 302
    made = RuleSet.objects.get(version=2).rules
    assert made.also == (
        Also(AlsoKind.KEY, share=Share(Compare.AT_LEAST, Fraction(2, 3)), key="koenigstein"),
        Also(AlsoKind.GROUP, number=11, group=Group("Länder", ("land",))),
    )


def test_a_row_that_does_not_fit_says_so_at_its_own_place(client, committee):
    RuleSetFactory(committee=committee)
    data = typed(EQUAL_SIMPLE.rules) | rows_typed(kind="key", number="3")
    response = client.post(address("rule_set_create", committee), data)
    assert response.status_code == 422
    assert response.context["form"].rows["also"].forms[0].errors["kind"] == [
        "Zweite Bedingung: Die Angaben passen nicht zu ihrer Art."
    ]
    assert RuleSet.objects.count() == 1


def test_what_is_wrong_with_rows_together_is_told_at_the_last_of_them():
    data = typed(EQUAL_SIMPLE.rules) | {"stages-TOTAL_FORMS": "2", "stages-0-from_ballot": "3"}
    data |= {"stages-1-from_ballot": "2", "stages-0-after": "not_adopted", "stages-1-after": "not_adopted"}
    form = read(data, EQUAL_SIMPLE.rules)
    assert not form.is_valid()
    assert form.rows["stages"].forms[1].errors["from_ballot"] == form.errors["__all__"]


def test_a_further_row_comes_without_javascript_and_keeps_what_was_typed(client, committee):
    RuleSetFactory(committee=committee)
    data = typed(EQUAL_SIMPLE.rules, notice_amount="bald", reason="Neue GO") | rows_typed(kind="consent")
    response = client.post(address("rule_set_create", committee), data | {"add": "also"})
    text = response.content.decode()
    assert response.status_code == 200
    assert len(response.context["form"].rows["also"].forms) == 3
    assert "Neue GO" in text
    assert 'value="bald"' in text
    assert "Bitte prüfen Sie" not in text
    assert RuleSet.objects.count() == 1


def test_a_removed_row_is_gone(client, committee):
    RuleSetFactory(committee=committee, rules=SPECIAL)
    data = typed(SPECIAL, **{f"also-{n}-is_gone": True for n in range(5)})
    assert client.post(address("rule_set_create", committee), data).status_code == 302
    assert RuleSet.objects.get(version=2).rules.also == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"base": "roll"}, "base"),
        ({"tie": "chair", "chair_has_vote": False}, "tie"),
        ({"majority": "share"}, "majority"),
        ({"majority_share": "viele"}, "majority_share"),
        ({"quorum_share": "mehr als 1/1"}, "quorum_share"),
        ({"weight_kind": "listed"}, "weight_kind"),
        ({"notice_end_moved": True}, "notice_amount"),
        ({"late_kind": "until_days_before"}, "late_days"),
        ({"circular_unanimous": True, "missing": "consent"}, "missing"),
        ({"is_reason_needed_for_no": True, "demand_number": "3"}, "is_reason_needed_for_no"),
        ({"secret_allowed": False, "demand_number": "3"}, "demand_share"),
    ],
)
def test_a_bad_combination_is_told_at_the_field_it_is_about(changes, field):
    form = read(typed(EQUAL_SIMPLE.rules, **changes), EQUAL_SIMPLE.rules)
    assert not form.is_valid()
    assert field in form.errors


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("mehr als 1/2", Share(Compare.MORE_THAN, Fraction(1, 2))),
        ("mindestens  2 / 3", Share(Compare.AT_LEAST, Fraction(2, 3))),
        ("2/3", Share(Compare.AT_LEAST, Fraction(2, 3))),
        ("mehr als 50 %", Share(Compare.MORE_THAN, Fraction(1, 2))),
        ("Alle", Share(Compare.AT_LEAST, Fraction(1))),
        ("", None),
    ],
)
def test_shares_are_read_as_people_write_them(text, share):
    assert read_share(text) == share


@pytest.mark.parametrize("text", ["viele", "1/0", "höchstens 1/2", "-1/2", "1/2 1/2", "²/3", "alle 16"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(ValueError):
        read_share(text)


# --- kinds of matters ----------------------------------------------------------------------------------


def test_a_kind_of_matter_has_versions_of_its_own(client, committee):
    RuleSetFactory(committee=committee)
    matter = Matter.objects.create(partnership=committee.partnership, name="Haushalt")
    url = address("rule_set_create", committee) + f"?angelegenheit={matter.pk}"
    assert client.get(url).context["form"].initial["tie"] == "rejected"
    assert client.post(url, typed(EQUAL_SIMPLE.rules, majority="all")).status_code == 302
    made = RuleSet.objects.get(version=2)
    assert (made.matter, made.rules.majority.kind) == (matter, MajorityKind.ALL)
    assert RuleSet.objects.get(version=1).valid_until is None
    general = client.get(address("rule_set_detail", committee))
    assert (general.context["shown"].version, "Haushalt" in general.content.decode()) == (1, True)
    own = client.get(address("rule_set_detail", committee) + f"?angelegenheit={matter.pk}")
    assert own.context["shown"] == made
    assert client.get(address("rule_set_detail", committee) + "?fassung=2").context["matter"] == matter
    for wrong in ("x", str(committee.pk)):
        assert client.get(address("rule_set_detail", committee) + f"?angelegenheit={wrong}").status_code == 404


# --- comparing and trying out -------------------------------------------------------------------------


def test_two_versions_are_compared_in_words_and_setting_by_setting(client, committee):
    RuleSetFactory(committee=committee)
    rule_sets.create(by=None, committee=committee, rules=SPECIAL, valid_from=clock.today())
    rule_sets.create(by=None, committee=committee, rules=VWVFG.rules, valid_from=clock.today())
    shown = client.get(address("rule_set_compare", committee) + "?von=1&mit=2")
    changed = {name: (old, new) for _group, name, old, new in shown.context["settings"]}
    assert changed["Anteil aller Stimmen"] == ("mehr als 1/2", "mindestens 5/7")
    assert changed["Ein Nein braucht eine Begründung"] == ("nein", "ja")
    assert "Bedingung: auch ein Anteil nach einem Schlüssel" in changed["Zweite Bedingungen 1"][1]
    last = client.get(address("rule_set_compare", committee))
    assert (last.context["before"].version, last.context["after"].version) == (2, 3)
    assert client.get(address("rule_set_compare", committee) + "?von=1&mit=9").status_code == 404


def test_a_trial_ballot_shows_the_verdict_for_any_numbers(client, committee):
    RuleSetFactory(committee=committee)
    url = address("rule_set_trial", committee)
    assert "Probeabstimmung" in client.get(url).content.decode()
    text = client.get(url + "?way=meeting&yes=10&no=9&missing=15").content.decode()
    assert "Die Vorlage ist angenommen." in text
    text = client.get(url + "?way=meeting&yes=10&no=0&missing=24").content.decode()
    assert OUTCOMES[Outcome.NO_QUORUM].de in text
    text = client.get(url + "?way=meeting&yes=10&present=3").content.decode()
    assert "Anwesend sind mindestens alle" in text
    text = client.get(url + "?way=meeting&yes=viele").content.decode()
    assert 'value="viele"' in text


def test_every_setting_can_be_tried_out(client, committee):
    RuleSetFactory(committee=committee, rules=SPECIAL)
    form = client.get(address("rule_set_trial", committee)).context["form"]
    sent = {"way": "meeting", "yes": 7, "present": 7, "number": 1, "minutes_waited": 45, "is_chair_there": "on"}
    sent |= {"key_yes": "66,7", "key_no": "33,3", "group0_yes": 11, "named0": "yes", "named1": "none"}
    assert set(sent) <= set(form.fields)
    shown = client.get(address("rule_set_trial", committee), sent)
    assert not shown.context["form"].errors
    assert shown.context["is_decided"]


def test_a_draft_is_tried_out_before_it_is_saved(client, committee):
    RuleSetFactory(committee=committee)
    data = typed(EQUAL_SIMPLE.rules, majority="all") | {"preview": "1"}
    preview = client.post(address("rule_set_create", committee), data)
    draft = preview.context["trial_url"]
    assert draft in preview.content.decode().replace("&amp;", "&")
    text = client.get(draft + "&way=meeting&yes=10&no=1").content.decode()
    assert "Die Vorlage ist abgelehnt." in text
    assert "Entwurf, gilt nicht" in text
    assert RuleSet.objects.count() == 1


@pytest.mark.parametrize("word", ["x", "e30", "A" * 4000, "eJyrrgUAAXUA-Q", "ü"])
def test_a_draft_nobody_packed_is_refused_in_words(client, committee, word):
    RuleSetFactory(committee=committee)
    response = client.get(address("rule_set_trial", committee), {"entwurf": word})
    assert response.status_code == 200
    assert "nicht lesbar" in response.content.decode() or "fehlt" in response.content.decode()


def test_a_draft_survives_packing():
    assert unpack(pack(SPECIAL)) == SPECIAL


def test_members_may_compare_and_try_out(client):
    chamber = make_chamber(1)
    client.force_login(chamber.delegates[0])
    for name in ("rule_set_compare", "rule_set_trial", "rule_set_detail"):
        assert client.get(address(name, chamber.committee)).status_code == 200
    assert client.get(address("rule_set_create", chamber.committee)).status_code == 403


# --- open ballots ------------------------------------------------------------------------------------------


def test_an_open_ballot_keeps_its_version_and_shows_where_it_stands(client):
    chamber = make_chamber(2)
    ballot = open_ballot(chamber)
    rule_sets.create(by=None, committee=chamber.committee, rules=VWVFG.rules, valid_from=clock.today())
    ballot.refresh_from_db()
    assert (ballot.rule_set.version, ballot.rules) == (1, EQUAL_SIMPLE.rules)
    client.force_login(chamber.delegates[0])
    link = address("rule_set_detail", chamber.committee) + "?fassung=1"
    assert f'<a href="{link}">Fassung 1</a>' in client.get(ballot.get_absolute_url()).content.decode()
    for change in ({"rules_frozen": VWVFG.rules.to_data()}, {"rule_set": RuleSet.objects.get(version=2)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ballot.objects.filter(pk=ballot.pk).update(**change)
