"""Pictures of the main pages for docs/screenshots/, taken from a fresh demonstration that runs at an address.

    make run PORT=8001 KONVENT_DATA=/tmp/pictures
    KONVENT_DATA=/tmp/pictures .venv/bin/python tools/screenshots.py http://127.0.0.1:8001

Run it with the same KONVENT_DATA, on throw-away data: for the cockpit the meeting of today is opened.
"""

import argparse
import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "screenshots"
PARTNERSHIP = "/p/masterportal"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
COLOURS = 128


class Camera:
    """Walks through the demonstration as one persona after the other."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address.rstrip("/")

    @contextmanager
    def persona(self, key: str, *, viewport: dict[str, int] = DESKTOP) -> Iterator[Page]:
        """A browser of its own, signed in as a persona of the demonstration; `key` "" stays outside."""
        context = self.browser.new_context(viewport=viewport, locale="de-DE", timezone_id="Europe/Berlin")  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(self.address)
        if key:
            page.locator(f"button[name=persona][value={key}]").click()
        yield page
        context.close()

    def go(self, page: Page, path: str, link: str = "") -> None:
        """Open a page of the partnership, then the first link of that name on it."""
        page.goto(f"{self.address}{PARTNERSHIP}{path}")
        if link:
            page.locator("main").get_by_role("link", name=link).first.click()

    def take(self, page: Page, name: str) -> None:
        """Write the visible part of a page as a small PNG."""
        page.wait_for_load_state("networkidle")
        page.evaluate("document.activeElement?.blur()")
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        target = FOLDER / f"{name}.png"
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
        print(f"{target.name}: {target.stat().st_size // 1024} kB")


def open_todays_meeting() -> str:
    """Open the meeting of today, with the first partners there; answers its key."""
    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnership.settings.embedded")
    django.setup()
    from committees.enums import DelegateKind, MeetingState
    from committees.models import Delegate, Meeting
    from committees.services import agendas, attendance, meetings
    from partnership.models import User
    from portal.demo import content

    chair = User.objects.get(email=content.CHAIR.email)
    meeting = Meeting.objects.get(
        committee__code=content.TECHNICAL.code, state__in=(MeetingState.INVITED, MeetingState.RUNNING)
    )
    if meeting.state == MeetingState.INVITED:
        meeting = meetings.start(by=chair, meeting=meeting)
        delegates = Delegate.objects.filter(committee=meeting.committee, kind=DelegateKind.DELEGATE)
        for delegate in delegates.order_by("partner__number")[:21]:
            attendance.record(
                by=chair, meeting=meeting, partner=delegate.partner, presence="delegate", person=delegate.person
            )
        agendas.call_item(by=chair, item=meeting.items.get(referral__isnull=False))
    return str(meeting.pk)


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address", help="where the demonstration runs, such as http://127.0.0.1:8001")
    address = parser.parse_args().address
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _chromium() as browser:
        take_all(Camera(browser, address))
    # The database is not asked while Playwright's event loop runs.
    meeting = open_todays_meeting()
    with _chromium() as browser:
        camera = Camera(browser, address)
        with camera.persona("vorsitz") as page:
            camera.go(page, f"/sitzungen/{meeting}/leitung/")
            camera.take(page, "meeting_cockpit")


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        executable = shutil.which("chromium") or shutil.which("google-chrome")
        yield playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])


def take_all(camera: Camera) -> None:
    """Take the pictures of the demonstration as it is built."""
    with camera.persona("") as page:
        camera.take(page, "home")
        camera.go(page, "/")
        camera.take(page, "partnership_public")
    with camera.persona("muenchen") as page:
        camera.take(page, "desk")
        camera.go(page, "/sitzungen/", "13. Sitzung")
        camera.take(page, "meeting_detail")
        camera.go(page, "/abstimmungen/", "Offene Karten")
        camera.take(page, "ballot_detail")
        camera.go(page, "/vorlagen/", "Zeitreihen")
        camera.take(page, "motion_detail")
        camera.go(page, "/beschluesse/")
        camera.take(page, "resolution_list")
        camera.go(page, "/partner/")
        camera.take(page, "partner_list")
        camera.go(page, "/fonds/")
        camera.take(page, "fund_detail")
    with camera.persona("muenchen", viewport=PHONE) as page:
        camera.go(page, "/abstimmungen/", "Offene Karten")
        page.get_by_role("heading", name="Sie stimmen ab").evaluate("node => node.scrollIntoView()")
        camera.take(page, "ballot_detail_phone")


if __name__ == "__main__":
    main()
