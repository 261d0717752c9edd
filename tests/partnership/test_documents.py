import hashlib
import io
import os
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from partnership.enums import Audience, Role
from partnership.models import Document
from partnership.services import documents
from partnership.uploads import BoundedUpload
from tests.factories import PartnershipFactory, UserFactory, appoint

pytestmark = pytest.mark.django_db


def pdf(text="x"):
    import pikepdf

    buffer = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Title"] = text
    document.save(buffer)
    return buffer.getvalue()


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def docx(entries=None, size=10):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "a" * size)
        for name in entries or ():
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.fixture
def partnership():
    return PartnershipFactory(slug="haus")


@pytest.fixture
def office(partnership):
    person = UserFactory()
    appoint(person, Role.MANAGING_OFFICE, partnership)
    return person


def upload(office, partnership, name="ordnung.pdf", content=None, **kwargs):
    content = pdf() if content is None else content
    return documents.add(
        by=office, partnership=partnership, title="Ordnung", file=SimpleUploadedFile(name, content), **kwargs
    )


def test_a_document_keeps_its_versions_under_their_hash(office, partnership):
    document = upload(office, partnership)
    documents.add_version(by=office, document=document, file=SimpleUploadedFile("neu.pdf", pdf("zwei")))
    first, second = document.versions.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert first.sha256 != second.sha256
    for version in (first, second):
        assert hashlib.sha256(documents.path_of(version).read_bytes()).hexdigest() == version.sha256
    assert document.current == second


# --- F1: what an upload may be ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("boese.exe", b"MZ"),
        ("seite.html", b"<html></html>"),
        ("bild.svg", b"<svg/>"),
        ("doppelt.pdf.html", b"<script>"),
        ("getarnt.pdf", b"<html><script>alert(1)</script>"),
        ("getarnt.png", b"%PDF-1.7"),
        ("leer.pdf", b""),
        ("text.txt", b"\x00\x01"),
        ("makro.docx", docx(["word/vbaProject.bin"])),
        ("verschachtelt.docx", docx(["inner.zip"])),
        ("bombe.docx", docx(size=250 * 1024 * 1024)),
        ("vieles.docx", docx([f"word/{n}" for n in range(5_001)])),
        ("flut.png", png(50_000, 50_000)),
        ("kaputt.pdf", b"%PDF-1.7\n"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_what_it_says_is_refused_with_a_sentence(office, partnership, name, content):
    with pytest.raises(documents.UploadRefused) as refusal:
        upload(office, partnership, name=name, content=content)
    assert str(refusal.value).endswith(".")
    assert not Document.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "a\x00b.pdf", "C:\\x\\y.pdf", "ordnung (1).pdf"])
def test_a_path_in_the_name_stays_out_of_the_store(office, partnership, name):
    document = upload(office, partnership, name=name)
    assert not set("/\\\x00") & set(document.current.file_name)


def test_a_byte_above_the_limit_is_refused(office, partnership, settings):
    settings.UPLOAD_LIMIT_BYTES = len(pdf()) - 1
    with pytest.raises(documents.UploadRefused, match="größer"):
        upload(office, partnership)


def test_of_a_file_beyond_the_limit_no_more_is_kept_than_the_limit(client, office, settings, monkeypatch):
    settings.UPLOAD_LIMIT_BYTES = 3_000_000
    kept = []
    complete = BoundedUpload.file_complete

    def look(handler, size):
        kept.append((size, os.fstat(handler.file.fileno()).st_size))
        return complete(handler, size)

    monkeypatch.setattr(BoundedUpload, "file_complete", look)
    client.force_login(office)
    response = client.post(
        reverse("partnership:document_create", kwargs={"slug": "haus"}),
        {"title": "Mein Titel", "audience": "partners", "file": SimpleUploadedFile("x.pdf", bytes(20_000_000))},
    )
    ((announced, written),) = kept
    assert announced == 20_000_000
    assert written <= 3_000_000 + BoundedUpload.chunk_size
    assert response.status_code == 422
    assert "Die Datei ist größer als" in response.content.decode()
    assert "Mein Titel" in response.content.decode()
    assert not Document.objects.exists()


def test_thousands_of_files_in_one_request_are_refused(client, office):
    client.force_login(office)
    url = reverse("partnership:document_create", kwargs={"slug": "haus"})
    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(10_000)]
    assert client.post(url, {"title": "T", "audience": "partners", "file": files}).status_code == 400
    assert not Document.objects.exists()


def test_the_quota_of_a_partnership_holds(office, partnership, settings):
    upload(office, partnership)
    settings.UPLOAD_QUOTA_BYTES = len(pdf()) + 1
    with pytest.raises(documents.UploadRefused, match="voll"):
        upload(office, partnership)


@pytest.mark.parametrize(
    ("audience", "public", "insider"),
    [(Audience.PUBLIC, 200, 200), (Audience.PARTNERS, 404, 200), (Audience.OFFICE, 404, 404)],
)
def test_who_may_read_is_asked_on_each_access(client, office, partnership, audience, public, insider):
    document = upload(office, partnership, audience=audience)
    url = reverse("partnership:document_download", kwargs={"slug": "haus", "pk": document.pk})
    assert client.get(url).status_code == public
    member = UserFactory()
    appoint(member, Role.PRODUCT_MANAGER, partnership)
    client.force_login(member)
    assert client.get(url).status_code == insider
    client.force_login(office)
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in response["Cache-Control"]


def test_the_link_of_another_partnership_finds_nothing(client, office, partnership):
    other = PartnershipFactory(slug="anders")
    document = upload(office, partnership)
    client.force_login(office)
    assert (
        client.get(reverse("partnership:document_download", kwargs={"slug": other.slug, "pk": document.pk})).status_code
        == 404
    )


def test_after_the_role_is_gone_the_copied_link_is_dead(client, office, partnership):
    from partnership.services import appointments

    document = upload(office, partnership)
    url = reverse("partnership:document_download", kwargs={"slug": "haus", "pk": document.pk})
    client.force_login(office)
    assert client.get(url).status_code == 200
    appointments.end(by=None, appointment=office.appointments.get())
    assert client.get(url).status_code == 404


def test_a_withdrawn_document_is_seen_by_the_office_only_and_can_come_back(client, office, partnership):
    document = upload(office, partnership, audience=Audience.PUBLIC)
    url = reverse("partnership:document_download", kwargs={"slug": "haus", "pk": document.pk})
    client.force_login(office)
    client.post(reverse("partnership:document_withdraw", kwargs={"slug": "haus", "pk": document.pk}))
    assert client.get(url).status_code == 200
    client.logout()
    assert client.get(url).status_code == 404
    client.force_login(office)
    client.post(reverse("partnership:document_restore", kwargs={"slug": "haus", "pk": document.pk}))
    client.logout()
    assert client.get(url).status_code == 200


def test_the_upload_page_keeps_what_was_typed_when_the_file_is_refused(client, office, partnership):
    client.force_login(office)
    response = client.post(
        reverse("partnership:document_create", kwargs={"slug": "haus"}),
        {"title": "Mein Titel", "audience": "partners", "file": SimpleUploadedFile("x.exe", b"MZ")},
    )
    assert response.status_code == 422
    assert "Mein Titel" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_number_of_queries_for_any_number(
    client, office, partnership, count, django_assert_max_num_queries
):
    for _n in range(count):
        upload(office, partnership)
    client.force_login(office)
    with django_assert_max_num_queries(9):
        client.get(reverse("partnership:document_list", kwargs={"slug": "haus"}))
