"""Menus: filled by the apps, shown by policy, marked where one is."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import NoReverseMatch

from partnership.ui import navigation

HERE = SimpleNamespace(slug="masterportal", pk=1)


@pytest.fixture
def menu(monkeypatch):
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(navigation.Entry, "url", lambda self, partnership=None: f"/p/{self.url_name}/")
    return navigation


def test_lines_stand_in_their_order(menu):
    menu.register("main", "Zwei", "b", 20)
    menu.register("main", "Eins", "a", 10)
    assert [link.label for link in menu.links("main", user=None)] == ["Eins", "Zwei"]


def test_a_line_shows_only_to_those_whom_its_policy_lets_in(menu):
    menu.register("partnership", "Postausgang", "x", policy=lambda user, subject: subject is not HERE)
    assert menu.links("partnership", user=AnonymousUser(), partnership=HERE) == []


def test_outside_a_partnership_its_menu_is_empty(menu):
    menu.register("partnership", "Sitzungen", "x")
    assert menu.links("partnership", user=None) == []


def test_the_line_one_is_under_is_marked(menu):
    menu.register("main", "Sitzungen", "s", 1)
    menu.register("main", "Archiv", "s/archiv", 2)
    links = menu.links("main", user=None, path="/p/s/archiv/5/")
    assert [link.label for link in links if link.is_current] == ["Archiv"]


def test_an_unknown_area_is_refused(menu):
    with pytest.raises(ValueError, match="unknown navigation area"):
        menu.register("sidebar", "X", "x")


def test_every_line_that_the_apps_registered_leads_somewhere():
    for entry in navigation.entries():
        try:
            entry.url(HERE)
        except NoReverseMatch:
            pytest.fail(f"the menu line {entry.label!s} names {entry.url_name}, which is no address")
