"""The editor of the rules, the trial ballot and the keys in a real browser: axe, width, rows without a script."""

from dataclasses import replace
from fractions import Fraction
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from committees.models import Matter, RuleSet
from committees.rules.presets import EQUAL_SIMPLE
from committees.rules.rule_set import (
    Also,
    AlsoKind,
    Compare,
    Group,
    Named,
    Quorum,
    Share,
    Stage,
    Tie,
    Turnout,
    WeightKind,
    Weights,
)
from committees.services import rule_sets
from partnership import clock
from tests.browser.test_ballots import sign_in
from tests.factories.committees import make_chamber, make_key

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TWO_THIRDS = Share(Compare.AT_LEAST, Fraction(2, 3))


def scene():
    """A committee with plain rules, with weighed ones for the budget, and a key in which one partner is missing."""
    chamber = make_chamber(4)
    values = dict(zip(chamber.partners, ("21.14424", "15.53327", "12.96662"), strict=False))
    key = make_key(chamber.partnership, values, code="koenigstein", name="Königsteiner Schlüssel 2026", unit="Prozent")
    first = chamber.partners[0]
    rules = replace(
        EQUAL_SIMPLE.rules,
        weights=Weights(WeightKind.STEPS, key="koenigstein", step=Fraction(3)),
        quorum=Quorum(Turnout(number=3), partners=(Named(str(first.pk), first.name),), waits_minutes=30),
        also=(
            Also(AlsoKind.KEY, share=TWO_THIRDS, key="koenigstein"),
            Also(AlsoKind.GROUP, number=11, group=Group("Länder", ("land",))),
        ),
        stages=(Stage(2, tie=Tie.CHAIR),),
    )
    matter = Matter.objects.create(partnership=chamber.partnership, name="Haushalt", description="Plan und Nachtrag.")
    rule_sets.create(
        by=chamber.office, committee=chamber.committee, rules=rules, valid_from=clock.today(), matter=matter
    )
    return chamber, key, matter


def address(chamber, name, pk=None, **query):
    kwargs = {"slug": chamber.partnership.slug} | ({"pk": pk} if pk else {})
    return reverse(f"committees:{name}", kwargs=kwargs) + (f"?{urlencode(query)}" if query else "")


def pages(chamber, key, matter):
    committee = chamber.committee.pk
    tried = {
        "fassung": 2,
        "way": "meeting",
        "yes": 5,
        "no": 2,
        "missing": 3,
        "present": 8,
        "key_yes": "60",
        "key_no": "12",
    }
    return {
        "rules": address(chamber, "rule_set_detail", committee, angelegenheit=matter.pk),
        "editor": address(chamber, "rule_set_create", committee, angelegenheit=matter.pk),
        "compare": address(chamber, "rule_set_compare", committee, von=1, mit=2),
        "trial": address(chamber, "rule_set_trial", committee, **tried),
        "keys": address(chamber, "key_list"),
        "key": address(chamber, "key_detail", key.pk),
        "values": address(chamber, "key_values", key.pk),
        "version": address(chamber, "key_version", key.pk),
        "matters": address(chamber, "matter_list"),
        "matter": address(chamber, "matter_update", matter.pk),
    }


@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_and_nothing_sticks_out(page, live_server, width):
    scenery = scene()
    page.set_viewport_size({"width": width, "height": 900})
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    sign_in(page, live_server, scenery[0].office)
    for where in pages(*scenery).values():
        response = page.goto(live_server.url + where)
        assert response.status == 200, where
        problems += [
            f"{where}: {rule['id']} {[node['html'] for node in rule['nodes']][:3]}"
            for rule in Axe().run(page).response["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            problems.append(f"{where}: wider than {width} px")
    assert not problems, "\n".join(problems)


def test_rules_are_written_tried_out_and_saved_without_a_script(browser, live_server):
    chamber, _key, _matter = scene()
    page = browser.new_context(java_script_enabled=False, locale="de-DE").new_page()
    sign_in(page, live_server, chamber.office)
    page.goto(live_server.url + address(chamber, "rule_set_create", chamber.committee.pk))
    page.locator("#id_majority").select_option("share")
    page.locator("#id_majority_share").fill("mindestens 3/4")
    page.get_by_text("Weitere Bedingung").first.click()
    page.locator("#id_also-0-kind").select_option("group")
    page.locator("#id_also-0-group_name").fill("Länder")
    page.locator("input[name=also-0-group_types][value=land]").check()
    page.locator("#also").get_by_role("button", name="Noch eine Zeile").click()
    expect(page.locator("#id_also-0-group_name")).to_have_value("Länder")
    expect(page.locator("#id_majority_share")).to_have_value("mindestens 3/4")
    page.locator("#id_also-1-kind").select_option("key")
    page.locator("#id_also-1-key").select_option("koenigstein")
    page.locator("#id_also-1-share").fill("zwei Drittel")
    page.get_by_role("button", name="In Worten ansehen").click()
    expect(page.locator("#id_also-1-share")).to_have_value("zwei Drittel")
    expect(page.get_by_text("Bitte schreiben Sie den Anteil als Bruch").first).to_be_visible()
    page.locator("#id_also-1-share").fill("mindestens 2/3")
    page.get_by_role("button", name="In Worten ansehen").click()
    trial = page.get_by_role("link", name="Probeabstimmung mit diesem Entwurf").get_attribute("href")
    page.get_by_role("button", name="Fassung speichern").click()
    expect(page.get_by_text("Die neue Fassung ist gespeichert.")).to_be_visible()
    assert [also.kind for also in RuleSet.objects.get(version=3).rules.also] == [AlsoKind.GROUP, AlsoKind.KEY]
    page.goto(live_server.url + trial)
    page.get_by_label("Ja", exact=True).fill("3")
    page.get_by_label("Nein", exact=True).fill("1")
    page.get_by_role("button", name="Ergebnis zeigen").click()
    expect(page.get_by_role("heading", name="Ergebnis")).to_be_visible()
