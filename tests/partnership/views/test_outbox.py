# ruff: noqa: F811 - fixtures of the outbox tests are used here too
import email
import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.urls import reverse

from partnership import mail
from partnership.enums import OutboxState, Role
from partnership.models import AuditEvent, Epoch, OutboxMessage
from partnership.outbox import fence
from partnership.outbox.kinds import kind_label
from partnership.outbox.mime import open_mail
from partnership.services import accounts, outbox
from tests.factories import PartnershipFactory, UserFactory, appoint
from tests.partnership.outbox.conftest import _mail_templates, partnership, person, post  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

HOUSE = ("partnership", "membership", "committees", "fund", "portal")
ICS = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def office(client, partnership):
    user = UserFactory()
    appoint(user, Role.MANAGING_OFFICE, partnership)
    client.force_login(user)
    return user


@pytest.fixture
def url(partnership):
    return lambda name, **kwargs: reverse(f"partnership:{name}", kwargs={"slug": partnership.slug, **kwargs})


def fail(row, code=550, reason="5.1.1 no such user"):
    OutboxMessage.objects.filter(pk=row.pk).update(state=OutboxState.FAILED, smtp_code=code, last_error=reason)


def test_the_office_sees_every_mail_with_its_fate(client, office, url, partnership, person):
    fail(post(partnership, person))
    page = client.get(url("outbox_list")).content.decode()
    assert "Ada Muster" in page
    assert "gescheitert" in page
    assert "550 5.1.1 no such user" in page
    assert "Erneut senden" in page


def test_others_do_not_see_the_outbox(client, url, partnership, person):
    row = post(partnership, person)
    manager = UserFactory()
    appoint(manager, Role.PRODUCT_MANAGER, partnership)
    client.force_login(manager)
    assert client.get(url("outbox_list")).status_code == 403
    assert client.get(url("outbox_detail", pk=row.pk)).status_code in (403, 404)
    client.force_login(UserFactory())
    assert client.get(url("outbox_list")).status_code == 404


def test_a_mail_of_another_partnership_is_absent(client, office, url, person):
    row = post(PartnershipFactory(), person)
    for name in ("outbox_detail", "outbox_withdraw"):
        assert client.get(url(name, pk=row.pk)).status_code == 404
    assert client.get(url("outbox_part", pk=row.pk, part="html")).status_code == 404
    assert client.post(url("outbox_resend", pk=row.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 3, 60])
def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    client,
    office,
    url,
    partnership,
    count,
    django_assert_max_num_queries,
):
    for _ in range(count):
        post(partnership, UserFactory())
    with django_assert_max_num_queries(12):
        assert client.get(url("outbox_list")).status_code == 200


def test_the_list_is_filtered_by_state_kind_person_and_words(client, office, url, partnership, person):
    post(partnership, person, kind="meeting_invitation", subject="Zur Sitzung")
    other = post(partnership, UserFactory(name="Grace", email="grace@example.org"), subject="Zum Beschluss")
    fail(other)

    def shown(**query):
        rows = client.get(url("outbox_list"), query).context["page_obj"]
        return [row.recipient.name for row in rows]

    assert shown(state="failed") == ["Grace"]
    assert shown(kind="meeting_invitation") == ["Ada Muster"]
    assert shown(person="grace@") == ["Grace"]
    assert shown(q="zur sitzung") == ["Ada Muster"]
    assert shown(q="nirgends") == []
    assert shown(sort="person") == ["Ada Muster", "Grace"]


def test_the_list_is_exported_as_proof(client, office, url, partnership, person):
    post(partnership, person, subject="=1+1")
    answer = client.get(url("outbox_list"), {"export": "csv"})
    assert "ada@example.org" in answer.content.decode()
    assert client.get(url("outbox_list"), {"export": "xlsx"}).status_code == 200


def test_a_mail_is_shown_in_html_and_text_with_its_files(client, office, url, partnership, person):
    row = post(partnership, person, calendar=ICS, attachments=[("Prüfung.pdf", b"%PDF", "application/pdf")])
    page = client.get(url("outbox_detail", pk=row.pk)).content.decode()
    assert "Bitte antworten Sie bis Freitag." in page
    assert "Prüfung.pdf" in page
    assert url("outbox_part", pk=row.pk, part="datei-0") in page
    answer = client.get(url("outbox_part", pk=row.pk, part="datei-0"))
    assert answer.content == ICS
    assert "attachment" in answer["Content-Disposition"]
    answer = client.get(url("outbox_part", pk=row.pk, part="datei-1"))
    assert (answer.content, answer["Content-Type"]) == (b"%PDF", "application/pdf")
    assert client.get(url("outbox_part", pk=row.pk, part="datei-9")).status_code == 404


def test_a_link_that_opens_an_account_is_shown_to_nobody_but_its_recipient(client, office, url, partnership):
    accounts.invite(by=office, email="neu@example.org", name="Nele Neu", partnership=partnership)
    row = OutboxMessage.objects.get(kind="account_invitation")
    link = re.search(r"/konto/einladung/([\w-]+)/", open_mail(bytes(row.mime)).text)
    assert client.get(link.group()).status_code == 200, "the control: the link opens the account"
    page = client.get(url("outbox_detail", pk=row.pk)).content.decode()
    assert "Einladung zum Portal" in page
    assert "neu@example.org" in page
    assert "persönlichen Link" in page
    for part in ("html", "datei-0"):
        assert client.get(url("outbox_part", pk=row.pk, part=part)).status_code == 404
    export = client.get(url("outbox_list"), {"export": "csv"}).content.decode()
    for shown in (page, export, client.get(url("outbox_list")).content.decode()):
        assert link.group(1) not in shown


def test_every_kind_of_mail_has_a_name():
    """A list of `account_invitation` and `feedback` tells the office nothing."""
    sent = re.compile(r'kind="(\w+)",\n\s+template=')
    files = (file for app in HOUSE for file in (settings.BASE_DIR / app).rglob("*.py"))
    found = {kind for file in files for kind in sent.findall(file.read_text())}
    assert len(found) > 5
    assert not [kind for kind in found if kind_label(kind) == kind]


def test_the_html_part_is_shut_in(client, office, url, partnership, person):
    row = post(partnership, person)
    answer = client.get(url("outbox_part", pk=row.pk, part="html"))
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_failed_mail_is_sent_once_more_with_the_same_message_id(client, office, url, partnership, person):
    row = post(partnership, person)
    fail(row)
    client.post(url("outbox_resend", pk=row.pk))
    again = OutboxMessage.objects.get()
    assert (again.state, again.last_error, again.message_id) == (OutboxState.DUE, "", row.message_id)
    assert AuditEvent.objects.filter(action="outbox.resent", actor=office).count() == 1


def test_a_sent_mail_is_not_sent_once_more(client, office, url, partnership, person):
    row = post(partnership, person)
    OutboxMessage.objects.update(state=OutboxState.SENT)
    page = client.post(url("outbox_resend", pk=row.pk), follow=True).content.decode()
    assert "weder gescheitert noch zurückgezogen" in page
    assert OutboxMessage.objects.get().state == OutboxState.SENT


def test_all_failed_mails_are_sent_once_more_by_one_button(client, office, url, partnership):
    for _ in range(3):
        fail(post(partnership, UserFactory()))
    post(partnership, to="kein Postfach")
    assert "Alle 4 gescheiterten erneut senden" in client.get(url("outbox_list")).content.decode()
    page = client.post(url("outbox_resend_failed"), follow=True).content.decode()
    assert "3 Nachrichten sind wieder eingereiht" in page
    assert OutboxMessage.objects.filter(state=OutboxState.FAILED).count() == 1


def test_a_waiting_mail_is_withdrawn_with_a_reason(client, office, url, partnership, person):
    row = post(partnership, person)
    assert "ada@example.org" in client.get(url("outbox_withdraw", pk=row.pk)).content.decode()
    assert client.post(url("outbox_withdraw", pk=row.pk), {"reason": ""}).status_code == 422
    client.post(url("outbox_withdraw", pk=row.pk), {"reason": "Termin steht noch nicht"})
    row.refresh_from_db()
    assert (row.state, row.last_error) == (OutboxState.WITHDRAWN, "Termin steht noch nicht")


def test_the_fate_of_all_mails_about_a_thing_takes_one_query(partnership, django_assert_num_queries):
    for _ in range(3):
        post(partnership, UserFactory(), about=partnership)
    fail(OutboxMessage.objects.first())
    with django_assert_num_queries(1):
        found = outbox.summary(about=partnership)
        assert [(row.recipient.name, row.partnership.slug) for row in found.rows]
    assert found.counts == [(OutboxState.DUE, 2), (OutboxState.FAILED, 1)]
    assert (found.total, found.sent, len(found.failed)) == (3, 0, 1)


# --- the fence after a restore ------------------------------------------------------------------------


@pytest.fixture
def restored(partnership, person, settings):
    """A mail waited in the backup; another has been written since the restore."""
    fence.is_held()
    old = post(partnership, person)
    (settings.DATA_DIR / "epoch").write_text("restored")
    return old, post(partnership, UserFactory())


def test_after_a_restore_nothing_leaves_until_an_administrator_says_so(client, restored, partnership):
    from partnership.outbox import delivery

    assert delivery.drain() == 0
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.HELD}
    admin = UserFactory(is_staff=True, is_superuser=True)
    client.force_login(admin)
    page = client.get(reverse("outbox_release")).content.decode()
    assert restored[0].message_id.strip("<>") in page
    assert restored[1].message_id.strip("<>") not in page
    client.post(reverse("outbox_release"), {"older": "withdraw"})
    assert [row.state for row in OutboxMessage.objects.order_by("created_at")] == [
        OutboxState.WITHDRAWN,
        OutboxState.DUE,
    ]
    assert Epoch.objects.first().confirmed_by == admin
    assert delivery.drain() == 1


def test_the_mails_of_before_can_be_sent_too(client, restored):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    client.post(reverse("outbox_release"), {"older": "send"})
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.DUE}


def test_only_administrators_release(client, restored, office):
    assert client.get(reverse("outbox_release")).status_code == 403
    assert client.post(reverse("outbox_release"), {"older": "send"}).status_code == 403
    assert fence.is_closed()


def test_the_office_reads_that_sending_is_held(client, restored, office, url):
    assert "Der Versand ist angehalten" in client.get(url("outbox_list")).content.decode()


# --- the folder of the demonstration ------------------------------------------------------------------


@pytest.fixture
def folder(settings, partnership, person):
    """One delivered mail in the folder."""
    from partnership.outbox import delivery

    settings.EMAIL_BACKEND = "partnership.mail.FolderBackend"
    settings.KONVENT_DEMO = True
    post(partnership, person, calendar=ICS)
    assert delivery.drain() == 1
    return settings.MAIL_DIR


def test_sent_mails_lie_in_the_folder_as_files(folder):
    (file,) = folder.glob("*.eml")
    assert email.message_from_bytes(file.read_bytes())["To"] == '"Ada Muster" <ada@example.org>'


def test_everybody_reads_the_mails_of_the_demonstration(client, folder):
    page = client.get(reverse("sent_mail_list"))
    assert "Masterportal: Einladung" in page.content.decode()
    (line,) = page.context["page_obj"]
    detail = client.get(reverse("sent_mail_detail", kwargs={"name": line.name})).content.decode()
    assert "Bitte antworten Sie bis Freitag." in detail
    assert 'href="http://127.0.0.1:8000/p/x/sitzungen/"' in detail
    part = client.get(reverse("sent_mail_part", kwargs={"name": line.name, "part": "html"}))
    assert '<base target="_top">' in part.content.decode()
    part = client.get(reverse("sent_mail_part", kwargs={"name": line.name, "part": "datei-0"}))
    assert part.content == ICS


def test_the_folder_is_searched_by_recipient_and_subject(client, folder):
    assert "Einladung" in client.get(reverse("sent_mail_list"), {"q": "ada@"}).content.decode()
    assert "Keine Mail passt" in client.get(reverse("sent_mail_list"), {"q": "grace"}).content.decode()


def test_without_demonstration_only_administrators_read_the_folder(client, folder, settings):
    settings.KONVENT_DEMO = False
    assert client.get(reverse("sent_mail_list")).status_code == 403
    client.force_login(UserFactory())
    assert client.get(reverse("sent_mail_list")).status_code == 403
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(reverse("sent_mail_list")).status_code == 200


def test_with_a_mail_server_there_is_no_such_page(client, folder, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert client.get(reverse("sent_mail_list")).status_code == 404


def test_a_name_that_is_none_is_absent(client, folder):
    assert client.get(reverse("sent_mail_detail", kwargs={"name": "gibt-es-nicht"})).status_code == 404


def test_a_mail_that_a_library_sends_through_django_is_readable_too(client, folder):
    from django.core.mail import EmailMessage

    EmailMessage("Nur so", "Ein Text", to=["x@example.org"]).send()
    assert mail.FolderBackend
    assert "Nur so" in client.get(reverse("sent_mail_list")).content.decode()
    assert datetime.now(UTC).strftime("%Y") in client.get(reverse("sent_mail_list")).content.decode()
