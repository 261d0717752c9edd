from datetime import UTC, datetime

import pytest
from django.db import transaction

from partnership.enums import OutboxState
from partnership.models import OutboxMessage
from partnership.outbox.mime import open_mail
from partnership.services import outbox
from tests.factories import UserFactory
from tests.partnership.outbox.conftest import letter, post

pytestmark = pytest.mark.django_db


def test_a_mail_is_one_row_with_its_rendered_text(partnership, person):
    row = post(partnership, person, about=partnership)
    row.refresh_from_db()
    opened = open_mail(bytes(row.mime))
    assert (row.state, row.to_address, row.subject) == (OutboxState.DUE, "ada@example.org", "Masterportal: Einladung")
    assert opened.headers["Message-ID"] == row.message_id
    assert opened.headers["To"] == "Ada Muster <ada@example.org>"
    assert opened.headers["Reply-To"] == partnership.office_email
    assert opened.headers["Auto-Submitted"] == "auto-generated"
    assert opened.text.splitlines()[0] == "Bitte antworten Sie bis Freitag."
    assert "Guten Tag Ada Muster," in opened.text
    assert "http://127.0.0.1:8000/p/x/sitzungen/" in opened.text
    assert 'href="http://127.0.0.1:8000/p/x/sitzungen/"' in opened.html
    assert "Sie erhalten diese Nachricht, weil" in opened.text


def test_text_is_not_escaped_and_html_is(partnership, person):
    row = post(partnership, person, context={"lead": "Stadt & Land", "words": "<b>fett</b>"})
    opened = open_mail(bytes(row.mime))
    assert "Stadt & Land" in opened.text
    assert "<b>fett</b>" in opened.text
    assert "&lt;b&gt;fett&lt;/b&gt;" in opened.html


def test_moments_stand_in_the_recipients_time_zone(partnership):
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    people = [UserFactory(time_zone="Europe/Berlin"), UserFactory(time_zone="Asia/Tokyo")]
    texts = [open_mail(bytes(post(partnership, p, context={"starts_at": at}).mime)).text for p in people]
    assert "13:00" in texts[0]
    assert "21:00" in texts[1]


def test_sending_twice_makes_one_row(partnership, person):
    first = post(partnership, person, dedup_key="invitation:1:1:ada")
    assert first is not None
    assert post(partnership, person, dedup_key="invitation:1:1:ada") is None
    assert outbox.post_many([letter(partnership, person, dedup_key="invitation:1:1:ada")] * 3) == []
    assert OutboxMessage.objects.count() == 1


def test_the_same_key_twice_in_one_list_makes_one_row(partnership, person):
    assert len(outbox.post_many([letter(partnership, person, dedup_key="a")] * 2)) == 1


def test_a_transaction_rolled_back_leaves_no_mail_and_no_hint(partnership, person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        post(partnership, person)
        transaction.set_rollback(True)
    assert OutboxMessage.objects.count() == 0
    assert callbacks == []


def test_one_transaction_gives_one_hint_for_all_its_mails(partnership, person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        for _ in range(3):
            post(partnership, person)
    assert [callback.mails for callback in callbacks] == [3]


@pytest.mark.parametrize("count", [2, 40])
def test_many_mails_take_as_many_statements_as_few(partnership, count, django_assert_max_num_queries):
    letters = [letter(partnership, UserFactory()) for _ in range(count)]
    with django_assert_max_num_queries(6):  # one for the head of the register at the foot of each
        assert len(outbox.post_many(letters)) == count


def test_an_address_that_is_none_fails_at_once_and_stops_nobody_else(partnership, person):
    bad, good = outbox.post_many([letter(partnership, to="kein Postfach\r\nBcc: x@y.z"), letter(partnership, person)])
    assert bad.state == OutboxState.FAILED
    assert "keine gültige E-Mail-Adresse" in bad.last_error
    assert good.state == OutboxState.DUE


def test_a_mail_says_where_its_replies_go(partnership, person):
    office, elsewhere = outbox.post_many(
        [letter(partnership, person), letter(partnership, person, reply_to="frage@example.org")]
    )
    assert partnership.office_email in open_mail(bytes(office.mime)).text
    opened = open_mail(bytes(elsewhere.mime))
    assert opened.headers["Reply-To"] == "frage@example.org"
    assert "Antworten gehen an: frage@example.org" in opened.text
    assert partnership.office_email not in opened.text


def test_a_calendar_entry_stands_among_the_alternatives_and_as_a_file(partnership, person):
    calendar = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
    row = post(
        partnership, person, calendar=calendar, attachments=[("Prüfbericht.pdf", b"%PDF-1.7", "application/pdf")]
    )
    opened = open_mail(bytes(row.mime))
    assert opened.calendar == calendar.decode()
    assert [(file.name, file.mimetype) for file in opened.attachments] == [
        ("invite.ics", "application/ics"),
        ("Prüfbericht.pdf", "application/pdf"),
    ]
    assert opened.attachments[0].content == calendar
    assert b"Content-Type: text/calendar; charset=utf-8; method=REQUEST" in bytes(row.mime)
