"""Somebody at a browser of the demonstration: by mouse, or by keyboard alone."""

import re
import uuid
from datetime import timedelta

from playwright.sync_api import expect

from committees.enums import DelegateKind
from committees.models import Delegate
from committees.services import ballots
from partnership import clock
from portal.demo import content

# More presses of Tab than any page has stops before what is looked for.
MOST_STOPS = 400
FITS = "document.documentElement.scrollWidth <= window.innerWidth"
HAS_A_RING = """() => {
    const node = document.activeElement, seen = node.closest("label") || node;
    const around = [node, seen, seen.nextElementSibling, node.closest(".kv-choice"), node.parentElement];
    const rings = around.filter(Boolean).map(at => getComputedStyle(at));
    const box = node.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight
        && rings.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
            || style.boxShadow !== "none");
}"""


class Visitor:
    """Goes through pages as somebody; every page passed must fit its width and have one heading and a title."""

    def __init__(self, page, url):
        self.page, self.url = page, url

    def sign_in(self, persona):
        """The button of the demonstration."""
        self.page.goto(self.url)
        self.page.locator(f"button[name=persona][value={persona.key}]").click()
        self.look()

    def go(self, path=""):
        """A page of the partnership, or any address of the site."""
        self.page.goto(self.url + (path if path.startswith("/p/") else f"/p/{content.SLUG}/{path}"))
        self.look()

    def look(self):
        """What holds on every page."""
        page = self.page
        page.wait_for_load_state()
        assert page.locator("h1").count() == 1, page.url
        assert page.title(), page.url
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{page.url} scrolls sideways"
        )

    def press(self, name, *, role="button", exact=False):
        """Press a button of the page's content; the first one of that name."""
        self.page.locator("#inhalt").get_by_role(role, name=name, exact=exact).first.click()
        self.look()

    def follow(self, name, *, exact=False):
        """Follow a link of the page's content."""
        self.press(name, role="link", exact=exact)

    def fill(self, label, text):
        """Write into a field."""
        self.page.get_by_label(label, exact=True).first.fill(text)

    def fill_day(self, name, day):
        """Write a date into its three parts."""
        for part in ("day", "month", "year"):
            self.page.locator(f"#id_{name}_{part}").fill(str(getattr(day, part)))

    def select(self, label, choice):
        """Choose from a list."""
        self.page.get_by_label(label).first.select_option(label=choice)

    def open(self, name):
        """Unfold a menu of the page."""
        self.page.locator("#inhalt summary", has_text=name).first.click()

    def choose(self, label):
        """Choose one of the big answers; its label lies over the whole of it."""
        self.page.locator("#inhalt .kv-choice label", has_text=label).first.click()

    def sees(self, text):
        """The text stands on the page."""
        expect(self.page.locator("#inhalt")).to_contain_text(text)

    @property
    def text(self):
        """All words of the page's content, on one line."""
        return " ".join(self.page.locator("#inhalt").inner_text().split())


class KeyboardVisitor(Visitor):
    """The same without a mouse: Tab, Enter, Space, arrows; what has the focus must be seen to have it."""

    def press(self, name, *, role="button", exact=False):
        self.reach(self.page.locator("#inhalt").get_by_role(role, name=name, exact=exact).first)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.look()

    def fill(self, label, text):
        self.reach(self.page.get_by_label(label, exact=True).first)
        self._type(text)

    def fill_day(self, name, day):
        for part in ("day", "month", "year"):
            self.reach(self.page.locator(f"#id_{name}_{part}"))
            self._type(str(getattr(day, part)))

    def select(self, label, choice):
        target = self.page.get_by_label(label).first
        self.reach(target)
        self.page.keyboard.type(choice)
        assert target.evaluate("node => node.selectedOptions[0].label") == choice

    def open(self, name):
        self.reach(self.page.locator("#inhalt summary", has_text=name).first)
        self.page.keyboard.press("Enter")

    def choose(self, label):
        """Into the group by Tab, then to the answer by the arrows."""
        answer = self.page.locator("#inhalt").get_by_label(label, exact=False).first
        group = self.page.locator(f"input[name={answer.get_attribute('name')}]")
        self.reach(group.first)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if answer.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert answer.is_checked(), label

    def reach(self, target):
        """Press Tab until the target has the focus."""
        target.wait_for()
        for _ in range(MOST_STOPS):
            if target.evaluate("node => node === document.activeElement"):
                # The page may still be scrolling there; without a ring in sight this runs into its time limit.
                self.page.wait_for_function(HAS_A_RING, timeout=3000)
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} of {self.page.url} cannot be reached with the keyboard")

    def _type(self, text):
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)


def vote(visitor, ballot, partner, choice):
    """Choose, confirm, read the receipt."""
    visitor.go(ballot.get_absolute_url())
    visitor.sees(f"Sie stimmen ab für {partner}")
    visitor.choose(choice)
    visitor.press("Weiter")
    visitor.sees(f"Für {partner} mit {choice} stimmen?")
    visitor.press(f"Mit {choice} stimmen", exact=True)
    visitor.sees("Stimme abgegeben")


def the_others_vote(ballot, choices, *, but=()):
    """Delegates of further partners vote, each in turn one of `choices`; `but` are partners who do it themselves."""
    delegates = (
        Delegate.objects.filter(committee=ballot.committee, kind=DelegateKind.DELEGATE)
        .exclude(partner__name__in=but)
        .select_related("person", "partner__partnership")
        .order_by("partner__number")
    )
    for delegate, choice in zip(delegates, choices, strict=False):
        ballots.cast(
            by=delegate.person, ballot=ballot, partner=delegate.partner, choice=choice, token=str(uuid.uuid4())
        )


def in_days(days):
    """A Tuesday to Thursday some days ahead."""
    day = clock.today() + timedelta(days=days)
    while day.weekday() not in (1, 2, 3):
        day += timedelta(days=1)
    return day


def address_of(page):
    """The key in the address of a page."""
    return re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", page.url)[0]
