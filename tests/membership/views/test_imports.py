from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from membership.models import ImportBatch, Partner
from membership.services import imports
from partnership import clock
from tests.factories import PartnerFactory, PartnershipFactory
from tests.factories.committees import CommitteeFactory, DelegateFactory
from tests.factories.membership import make_manager
from tests.membership.services.test_imports import csv, many

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    partnership = PartnershipFactory()
    for code in ("SK", "TK"):
        CommitteeFactory(partnership=partnership, code=code, name=code)
    return partnership


@pytest.fixture
def manager(partnership, client):
    person = make_manager(partnership)
    client.force_login(person)
    return person


def address(name, partnership, **more):
    return reverse(f"membership:{name}", kwargs={"slug": partnership.slug} | more)


def upload(client, partnership, content, name="partner.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post(address("import_create", partnership), {"file": file, "applied_at": "2026-01-01"})


def test_upload_preview_take_over_and_press_again(client, partnership, manager):
    response = upload(client, partnership, csv(*many(34)))
    assert response.status_code == 302
    page = client.get(response.url)
    assert not Partner.objects.exists()
    text = page.content.decode()
    assert "Stadt Müßig 34" in text
    assert "Alles übernehmen" in text
    data = {"fingerprint": page.context["form"]["fingerprint"].value(), "is_inviting": "on"}
    done = client.post(response.url, data, follow=True)
    assert "Übernommen: 34 neu, 0 geändert, 0 unverändert." in done.content.decode()
    again = client.post(response.url, data, follow=True)
    assert "bereits bestätigt" in again.content.decode()
    assert Partner.objects.count() == 34
    assert "übernommen: 34 neu" in client.get(address("import_list", partnership)).content.decode()


def test_errors_are_shown_by_row_and_column_and_cannot_be_taken_over(client, partnership, manager):
    url = upload(client, partnership, csv(["Partner", "Art"], ["Kreis A", "Kreis"], ["<b>Kreis B", "Planet"])).url
    page = client.get(url + "?nur=error")
    text = page.content.decode()
    assert "Diese Art kennen wir nicht: „Planet“." in text
    assert "&lt;b&gt;Kreis B" in text
    assert "Kreis A" not in text
    assert "Alles übernehmen" not in text
    assert client.post(url, {"fingerprint": page.context["form"]["fingerprint"].value()}).status_code == 422
    assert not Partner.objects.exists()


def test_a_preview_that_has_aged_is_shown_again_and_can_then_be_taken_over(client, partnership, manager):
    url = upload(client, partnership, csv(["Partner", "Art", "Stimmrecht"], ["Kreis A", "", "nein"])).url
    assert "Die Art der neuen Organisation „Kreis A“ fehlt." in client.get(url).content.decode()
    partner = PartnerFactory(partnership=partnership, name="Kreis A")
    response = client.post(url, {"fingerprint": "0" * 64})
    assert response.status_code == 422
    assert "Seit der Vorschau hat sich etwas geändert" in response.content.decode()
    assert client.post(url, {"fingerprint": response.context["form"]["fingerprint"].value()}).status_code == 302
    assert partner.standings.filter(value="no").exists()


@pytest.mark.parametrize(("content", "sentence"), [(b"Unfug;Partner\r\nA;B", "kennen wir nicht"), (b"", "ist leer")])
def test_a_wrong_file_is_told_at_the_field(client, partnership, manager, content, sentence):
    response = upload(client, partnership, content)
    assert response.status_code == 422
    assert sentence in response.context["form"].errors["file"][0]


def test_a_file_that_is_too_large_is_refused_unread(client, partnership, manager):
    response = upload(client, partnership, b"Partner\r\n" + b"x" * (2 * 1024 * 1024))
    assert response.status_code == 422
    assert "größer als 2 MB" in response.content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["leer", "beispiel", "stand", "unfug"])
def test_the_templates_can_be_downloaded(client, partnership, manager, form, kind):
    DelegateFactory(committee=partnership.committees.get(code="SK"))
    response = client.get(address("import_template", partnership) + f"?inhalt={kind}&format={form}")
    assert response.status_code == 200
    assert response["Content-Disposition"].endswith(f'.{form}"')


@pytest.mark.parametrize("rows", [1, 300])
def test_the_preview_costs_the_same_whatever_its_length(
    client, partnership, manager, rows, django_assert_max_num_queries
):
    url = upload(client, partnership, csv(*many(rows))).url
    with django_assert_max_num_queries(12):
        assert client.get(url).status_code == 200


def test_a_table_of_another_partnership_answers_as_an_absent_one(client, partnership, manager):
    foreign = PartnershipFactory()
    batch = ImportBatch.objects.create(
        partnership=foreign,
        kind="partners",
        file_name="x.csv",
        rows=[],
        uploaded_by=manager,
        uploaded_at="2026-01-01T00:00Z",
    )
    url = address("import_detail", partnership, pk=batch.pk)
    assert client.get(url).status_code == 404
    assert client.post(url, {"fingerprint": "x"}).status_code == 404


def test_members_do_not_import(client, partnership):
    client.force_login(DelegateFactory(committee=partnership.committees.get(code="SK")).person)
    assert client.get(address("import_list", partnership)).status_code == 403
    assert upload(client, partnership, b"Partner\r\nA").status_code == 403
    assert not ImportBatch.objects.exists()


def test_the_preview_is_made_anew_on_request(client, partnership, manager):
    url = upload(client, partnership, csv(["Partner", "Stimmrecht"], ["Kreis A", "nein"])).url
    PartnerFactory(partnership=partnership, name="Kreis A")
    batch = ImportBatch.objects.get()
    assert client.post(address("import_refresh", partnership, pk=batch.pk)).url == url
    assert "Alles übernehmen" in client.get(url).content.decode()


def test_a_long_table_shows_everybody_how_far_the_worker_is_and_what_came_of_it(client, partnership, manager):
    url = upload(client, partnership, csv(*many(60))).url
    data = {"fingerprint": client.get(url).context["form"]["fingerprint"].value(), "is_inviting": "on"}
    assert "Die Übernahme beginnt gleich." in client.post(url, data, follow=True).content.decode()
    batch = ImportBatch.objects.get()
    fragment = address("import_progress", partnership, pk=batch.pk)
    client.force_login(make_manager(partnership))
    page = client.get(url).content.decode()
    assert f'hx-get="{fragment}"' in page
    assert f"Bestätigt von {manager}" in page
    assert "Alles übernehmen" not in page
    ImportBatch.objects.update(attempts=1)
    assert "0 von 60 Zeilen sind übernommen." in client.get(fragment).content.decode()
    assert "wird übernommen" in client.get(address("import_list", partnership)).content.decode()
    imports.carry_out(batch.pk)
    done = client.get(fragment)
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")
    assert "Diese Tabelle ist übernommen." in client.get(url).content.decode()


def test_a_worker_that_does_not_begin_is_told(client, partnership, manager):
    url = upload(client, partnership, csv(*many(60))).url
    client.post(url, {"fingerprint": client.get(url).context["form"]["fingerprint"].value()})
    with clock.frozen(clock.now() + timedelta(minutes=3)):
        assert "Die Übernahme hat noch nicht begonnen." in client.get(url).content.decode()


def test_a_failure_stands_above_the_preview_with_the_button(client, partnership, manager):
    url = upload(client, partnership, csv(*many(60))).url
    client.post(url, {"fingerprint": client.get(url).context["form"]["fingerprint"].value()})
    PartnerFactory(partnership=partnership, name="Stadt Müßig 7")
    imports.carry_out(ImportBatch.objects.get().pk)
    page = client.get(url).content.decode()
    assert "Die Übernahme ist gescheitert." in page
    assert "Seit der Vorschau hat sich etwas geändert" in page
    assert "Alles übernehmen" in page
    assert "gescheitert" in client.get(address("import_list", partnership)).content.decode()
