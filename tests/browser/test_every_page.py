"""Every page there is, as everybody who may see it: axe, width, headings, console (issue 2, "Done when" 2).

Pages are found as people find them, by following links from the desk. What no link leads to is named below.
"""

import re
from collections import deque

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import resolve

from partnership.models import User
from portal.demo import content
from tests.access import policy

pytestmark = pytest.mark.browser

# Whoever sees most comes first: axe reads a page with all that can stand on it.
PERSONAS = (
    content.OFFICE,
    content.CHAIR,
    content.TREASURER,
    content.PARTNER_ADMIN,
    content.PRODUCT,
    content.DELEGATE,
    content.ADMINISTRATOR,
    None,
)
LINK = re.compile(r'<a\s[^>]*?href="(/[^"#]*)')
# Pages of one name look different from state to state, and lead to different pages.
VARIATIONS = 4
MANY_FACES = {
    "committees:ballot_detail",
    "committees:committee_detail",
    "committees:meeting_detail",
    "committees:motion_detail",
    "portal:partner_detail",
}
START = ("/", "/tisch/", f"/p/{content.SLUG}/")
# Pages that no link of the demonstration leads to; each has a test of its own.
NOT_LINKED = {
    "account_change_password": "linked from the profile of who signs in by password",
    "account_inactive": "after signing in to a closed account",
    "account_reauthenticate": "before changing a password",
    "account_reset_password_done": "after asking for a new password",
    "account_reset_password_from_key": "in a mail",
    "account_reset_password_from_key_done": "after setting a new password",
    "account_set_password": "where no password is set",
    "account_signup": "leads to the page that says how to get an account",
    "account_logout": "the button of the account's menu",
    "committees:agenda_paper_delete": "no item has a paper",
    "committees:ballot_annul": "beyond the faces of a ballot that are visited",
    "committees:ballot_close_early": "beyond the faces of a ballot that are visited",
    "committees:ballot_exclude": "beyond the faces of a ballot that are visited",
    "committees:meeting_close": "no meeting runs",
    "committees:motion_attach": "beyond the faces of a motion that are visited",
    "committees:motion_edit": "beyond the faces of a motion that are visited",
    "partnership:outbox_withdraw": "no mail waits",
    "sent_mail_list": "the suite sends no mail into the folder",
    "committees:ballot_break_tie": "no votes are equal",
    "committees:ballot_close": "no deadline has passed",
    "committees:ballot_discard": "no ballot is being prepared",
    "committees:ballot_edit": "no ballot is being prepared",
    "committees:ballot_open": "no ballot is being prepared",
    "committees:ballot_turnout": "a part of the ballot's page",
    "committees:ballot_vote": "sent by the form of the ballot's page",
    "committees:meeting_live": "a part of the cockpit",
    "committees:meeting_papers": "no item has a paper",
    "committees:motion_detach": "no draft has a file",
    "committees:motion_submit": "nobody has a draft",
    "committees:ballot_declare": "no closed ballot waits",
    "committees:ballot_confide": "beyond the faces of a ballot that are visited",
    "committees:ballot_consent": "the rules of the demonstration ask for none",
    "committees:ballot_continue": "no ballot is followed by another",
    "committees:ballot_demand": "no ballot is being prepared",
    "committees:ballot_lot": "no votes are equal",
    "committees:ballot_secrecy": "no ballot is secret",
    "committees:ballot_teller": "no ballot is secret",
    "committees:ballot_tellers": "no ballot is secret",
    "committees:block_edit": "nothing is voted on as a block",
    "committees:conflict_decide": "nobody has stated a conflict of interest",
    "committees:key_detail": "no key is kept",
    "committees:key_update": "no key is kept",
    "committees:key_values": "no key is kept",
    "committees:key_version": "no key is kept",
    "committees:matter_update": "no kind of matter is named",
    "committees:option_edit": "no options stand on a paper",
    "committees:option_list": "no options stand on a paper",
    "committees:proxy_for_ballot": "the rules of the demonstration allow no proxy",
    "committees:proxy_for_meeting": "the rules of the demonstration allow no proxy",
    "committees:reservation_settle": "nobody has voted subject to a council",
    "committees:rule_set_compare": "there is one version of the rules only",
    "committees:rule_set_trial": "carries the rules to try in its address",
    "portal:register_heads": "for machines",
    "committees:ballot_hands": "no vote by show of hands runs",
    "fund:fund_create": "there is a fund already",
    "invitation_accept": "in a mail",
    "membership:contact_delete": "no contact is named",
    "membership:contact_update": "no contact is named",
    "membership:import_detail": "nothing has been imported",
    "membership:import_progress": "nothing has been imported",
    "membership:import_template": "a file, with what it is for in the address",
    "outbox_release": "after a restore only",
    "partnership:outbox_part": "the frame in the page of a mail",
    "portal:founding": "there is a partnership already",
    "sent_mail_detail": "the suite sends no mail into the folder",
    "sent_mail_part": "the suite sends no mail into the folder",
    "set_language": "a button on every page",
    "livez": "for machines",
    "readyz": "for machines",
}
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


def name_of(path):
    """The name of the address; what it is asked for with (`?gremium=…`) does not count."""
    return resolve(path.split("?")[0]).view_name


def crawl(persona):
    """Addresses of pages by name, as this persona finds them; what is wrong with them as far as words tell."""
    client = Client(headers={"accept-language": "de"})
    if persona is not None:
        client.force_login(User.objects.get(email=persona.email), backend="django.contrib.auth.backends.ModelBackend")
    found, wrong, seen, other = {}, [], set(START), set()
    waiting = deque(START)
    while waiting:
        path = waiting.popleft()
        name = name_of(path)
        if name.startswith("admin:") or name in other or len(found.get(name, ())) >= VARIATIONS:
            continue
        response = client.get(path)
        if response.status_code in (301, 302):
            continue
        if response.status_code != 200:
            wrong.append(f"{path}: {response.status_code}")
            continue
        if not response["Content-Type"].startswith("text/html") or response.has_header("Content-Disposition"):
            other.add(name)
            response.close()
            continue
        html = response.content.decode()
        found.setdefault(name, []).append(path)
        if html.count("<h1") != 1 or not re.search(r"<title>\s*[^\s<–]", html):
            wrong.append(f"{path}: {html.count('<h1')} headings of level 1, title {re.findall('<title>.*', html)}")
        for link in LINK.findall(html):
            link = link.replace("&amp;", "&")
            if link not in seen and not link.startswith(("/static/", "/media/")) and "?" not in link[:-1]:
                seen.add(link)
                waiting.append(link)
    return found, wrong, other


@pytest.fixture(scope="module")
def pages(demonstration, django_db_blocker):
    """What each persona finds."""
    with django_db_blocker.unblock():
        return {persona: crawl(persona) for persona in PERSONAS}


def test_every_page_answers_with_one_heading_and_a_title(pages):
    assert [line for _found, wrong, _other in pages.values() for line in wrong] == []


def test_links_lead_to_every_page(pages):
    reached = {name for found, _wrong, other in pages.values() for name in {*found, *other}}
    client = Client()
    client.force_login(
        User.objects.get(email=content.OFFICE.email), backend="django.contrib.auth.backends.ModelBackend"
    )
    pages = {case.name for case in policy.load().values() if "GET" in case.methods}
    assert sorted(pages - reached - set(NOT_LINKED)) == []


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.key if persona else "niemand")
def test_axe_finds_nothing_and_nothing_sticks_out(visit, pages, persona):
    """Axe for who sees most of a page; delegates and strangers, who see less, look at all of theirs at 360 px."""
    earlier = {
        name
        for other in PERSONAS[: PERSONAS.index(persona)]
        for name in pages[other][0]
        if persona not in (content.DELEGATE, None)
    }
    visitor = visit(persona)
    page, wrong = visitor.page, []
    for name, paths in pages[persona][0].items():
        if name in earlier:
            continue
        for path in paths[: VARIATIONS if name in MANY_FACES and persona is content.OFFICE else 1]:
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(visitor.url + path)
            if persona not in (content.DELEGATE, None) or name not in pages[content.OFFICE][0]:
                for rule in Axe().run(page).response["violations"]:
                    wrong.append(f"{path}: {rule['id']} {[node['html'][:200] for node in rule['nodes']][:3]}")
            page.set_viewport_size({"width": 360, "height": 780})
            if not page.evaluate(FITS):
                wrong.append(f"{path}: scrolls sideways at 360 px")
    assert not wrong, "\n".join(wrong)
