"""A session that ends while somebody writes loses nothing that was typed (interface.md, manners)."""

import pytest
from django.core.management import call_command

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_what_was_sent_after_the_session_ended_is_there_again_after_signing_in(page, live_server, settings):
    settings.KONVENT_DEMO = True
    call_command("demo")
    page.goto(live_server.url)
    page.click("button[value='muenchen']")
    page.goto(f"{live_server.url}/p/masterportal/vorlagen/neu/")
    page.fill("[name=title]", "Mein Entwurf")
    page.fill("[name=text]", "Es wird beschlossen.")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator("main form button[type=submit]").first.click()
    page.click("button[value='muenchen']")
    page.wait_for_url("**/vorlagen/neu/")
    assert page.input_value("[name=title]") == "Mein Entwurf"
    assert page.input_value("[name=text]") == "Es wird beschlossen."
