"""Every component before axe: light and dark, wide and narrow, by keyboard, within the weight allowed."""

import gzip
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.partnership.ui.styleguide"),
]

PAGES = ["/", "/formular/", "/absage/", "/konto/login/", "/konto/password/reset/", "/fehler/404/", "/fehler/500/"]


@pytest.fixture
def complaints(page):
    """What the browser's console complains about: broken scripts, refused styles."""
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(page, live_server, complaints, address, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(live_server.url + address)
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert [text for text in complaints if "422" not in text] == []


def test_zoomed_to_400_percent_nothing_scrolls_sideways(page, live_server):
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(live_server.url + "/")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_first_tab_stop_leads_to_the_content(page, live_server):
    page.goto(live_server.url + "/absage/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Zum Inhalt springen"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "inhalt"


@pytest.mark.parametrize("with_script", [True, False])
def test_focus_goes_to_the_errors_and_from_there_to_the_field(browser, live_server, with_script):
    context = browser.new_context(java_script_enabled=with_script)
    page = context.new_page()
    page.goto(live_server.url + "/formular/")
    assert page.locator(".kv-errors").evaluate("node => node === document.activeElement")
    page.get_by_role("link", name="Tag der Sitzung").click()
    assert page.url.endswith("#id_on_day")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.locator("#id_on_day").evaluate("node => node === document.activeElement")
    context.close()


def test_a_dialog_opens_by_keyboard_closes_with_escape_and_gives_the_focus_back(page, live_server):
    page.goto(live_server.url + "/")
    opener = page.get_by_role("link", name="Absagen")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Sitzung absagen?")
    assert dialog.is_visible()
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    page.keyboard.press("Escape")
    assert dialog.is_hidden()
    assert opener.evaluate("node => node === document.activeElement")


def test_without_a_script_the_same_link_leads_to_the_page(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Absagen").click()
    assert page.url.endswith("/absage/")
    context.close()


def test_a_date_pasted_into_one_part_fills_all_three(page, live_server):
    page.goto(live_server.url + "/")
    page.evaluate(
        """() => {
            const data = new DataTransfer(); data.setData("text", "5.1.2027");
            document.getElementById("id_on_day").dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }"""
    )
    values = [page.locator(f"#id_on_{part}").input_value() for part in ("day", "month", "year")]
    assert values == ["5", "1", "2027"]


def test_every_target_is_large_enough(page, live_server):
    """WCAG 2.5.8: at least 24 by 24, links in running text aside."""
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(live_server.url + "/")
    small = page.evaluate(
        """() => [...document.querySelectorAll(
                "button, summary, input:not([type=hidden]), select, textarea, nav a, th a")]
            .filter(node => node.offsetParent !== null)
            .map(node => [node.outerHTML.slice(0, 90), node.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24)
            .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )
    assert small == []


def test_styles_and_scripts_of_a_page_stay_light(page, live_server):
    page.goto(live_server.url + "/")
    names = page.evaluate(
        """() => [...document.querySelectorAll("link[rel=stylesheet], script[src]")]
            .map(node => new URL(node.href || node.src).pathname.replace("/static/", ""))"""
    )
    weight = sum(len(gzip.compress(Path(finders.find(name)).read_bytes(), 6)) for name in names)
    assert weight <= 100 * 1024, f"{weight} bytes in {names}"
