"""Case I4: whatever stands in a name or title, the mail at the server has our headers and no others."""

import email
import email.policy
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partnership.enums import OutboxState
from partnership.models import OutboxMessage
from partnership.outbox import delivery
from partnership.outbox.mime import Attachment, Mail, build, open_mail
from partnership.services import outbox
from tests.factories import PartnershipFactory, UserFactory
from tests.partnership.outbox.conftest import letter

HEADERS = {
    "Message-ID", "Date", "From", "To", "Reply-To", "Subject", "Content-Language", "Auto-Submitted",
    "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
}  # fmt: skip

HOSTILE = [
    "x\r\nBcc: opfer@example.org",
    "x\nBcc: opfer@example.org\n\nHallo",
    "x\rBcc: opfer@example.org",
    "x\x00y",
    "x\x0bBcc: a@b.c\x0c\x1c\x85\u2028Bcc: a@b.c\u2029",
    "=?utf-8?q?Subject=3A_x=0D=0ABcc=3A_opfer=40example=2Eorg?=",
    "=?utf-8?b?QmNjOiBvcGZlckBleGFtcGxlLm9yZw==?=",
    "A" * 1000,
    "Ä" * 1000,
    "ein wort " * 100,
    'Stadt, Land <opfer@example.org>, "Fluss" \\ (Kommentar)',
    "<script>alert(1)</script>",
    ";name=x;filename*=utf-8''y",
    "\ud800 einzelnes Surrogat",
    "🏛️ Rathaus",
    "",
    " ",
]


def check(raw, recipients=("ada@example.org",)):
    """The raw bytes hold our headers once each, no bare line ends, no long lines, no NUL."""
    assert b"\x00" not in raw
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head, _, _ = raw.partition(b"\r\n\r\n")
    names = [line.split(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    # aiosmtpd's own: the peer, and for tests nothing else.
    names = [name for name in names if name not in ("X-Peer", "X-MailFrom", "X-RcptTo")]
    assert len(names) == len(set(names))
    assert set(names) <= HEADERS
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert [a.addr_spec for a in message["To"].addresses] == list(recipients)
    assert len(message["From"].addresses) == 1
    return message


@pytest.mark.django_db
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:30])
def test_hostile_values_stay_values_up_to_the_raw_bytes_at_the_server(value, sink):
    stored = value.replace("\x00", "").replace("\ud800", "")  # no database takes these; forms refuse them
    partnership = PartnershipFactory(name=stored[:200], short_name=stored[:40], office_name=stored[:200])
    person = UserFactory(name=stored[:150], email="ada@example.org")
    rows = outbox.post_many(
        [
            letter(
                partnership,
                person,
                subject=value,
                reply_to=value,
                context={"lead": value, "words": value},
                attachments=[(value, b"x", value)],
                calendar=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
                calendar_method=value,
            )
        ]
    )
    assert delivery.drain() == 1
    ((recipients, raw),) = sink.mails
    assert recipients == ["ada@example.org"]
    message = check(raw)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
        "application/octet-stream",
    ]  # fmt: skip
    assert [a.addr_spec for a in message["Reply-To"].addresses] == [partnership.office_email]
    rows[0].refresh_from_db()
    assert rows[0].state == OutboxState.SENT


@pytest.mark.django_db
@pytest.mark.parametrize("value", [*HOSTILE, "ada@example.org, opfer@example.org", "ada@example.org\r\nBcc: x@y.de"])
def test_a_hostile_address_is_a_failed_row_and_never_a_mail(value, sink):
    outbox.post_many([letter(PartnershipFactory(), to=value)])
    assert delivery.drain() == 0
    assert sink.mails == []
    assert OutboxMessage.objects.get().state == OutboxState.FAILED


ANY = st.text(max_size=300)


@given(
    subject=ANY, to_name=ANY, reply_to_name=ANY, text=ANY, html=ANY, name=ANY, kind=ANY, content=st.binary(max_size=99)
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
def test_any_text_at_all_builds_a_sound_mail(subject, to_name, reply_to_name, text, html, name, kind, content):
    from partnership import clock

    raw = build(
        Mail(
            message_id="<1@example.org>", date=clock.now(), sender="Konvent <konvent@example.org>",
            to="ada@example.org", to_name=to_name, subject=subject, text=text, html=html,
            reply_to="buero@example.org", reply_to_name=reply_to_name, attachments=[Attachment(name, content, kind)],
        )
    )  # fmt: skip
    check(raw)
    assert open_mail(raw).attachments[0].content == content


def test_umlauts_and_long_titles_arrive_as_they_were():
    from partnership import clock

    subject = "Grüße aus Ludwigslust-Parchim: " + "Beschlussvorlage über die Fortführung " * 6
    raw = build(
        Mail(
            message_id="<1@example.org>", date=clock.now(), sender="Konvent <konvent@example.org>",
            to="ada@example.org", to_name="Jürgen, genannt „Jü“", subject=subject, text="ä" * 2000, html="<p>ß</p>",
            attachments=[Attachment("Änderungsübersicht.pdf", b"x", "application/pdf")],
        )
    )  # fmt: skip
    message = check(raw)
    assert message["Subject"] == subject.strip()
    assert message["To"].addresses[0].display_name == "Jürgen, genannt „Jü“"
    opened = open_mail(raw)
    assert opened.text.strip() == "ä" * 2000
    assert opened.attachments[0].name == "Änderungsübersicht.pdf"
