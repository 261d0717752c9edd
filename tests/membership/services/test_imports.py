import io
import random
from datetime import timedelta

import pytest
import tablib
from openpyxl import Workbook

from committees.enums import CommitteeKind, CommitteeState, DelegateKind
from committees.models import Delegate
from membership.enums import Fact
from membership.models import ImportBatch, Organisation, Partner
from membership.services import imports
from membership.services.imports import templates
from partnership import clock
from partnership.exports import tables
from partnership.models import AuditEvent, OutboxMessage, User
from tests.factories import PartnerFactory, PartnershipFactory, UserFactory
from tests.factories.committees import CommitteeFactory, DelegateFactory
from tests.factories.membership import make_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    partnership = PartnershipFactory()
    CommitteeFactory(partnership=partnership, name="Strategisches Komitee", code="SK", position=1)
    CommitteeFactory(
        partnership=partnership, name="Technisches Komitee", code="TK", kind=CommitteeKind.RECOMMENDS, position=2
    )
    CommitteeFactory(partnership=partnership, name="Produktpflege", code="PP", kind=CommitteeKind.ROLE_CIRCLE)
    CommitteeFactory(partnership=partnership, name="Altes Gremium", code="AG", state=CommitteeState.ENDED)
    return partnership


@pytest.fixture
def manager(partnership):
    return make_manager(partnership)


def csv(*rows, delimiter=";", encoding="utf-8"):
    return "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)


def xlsx(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(manager, partnership, content, name="partner.csv"):
    return imports.upload(by=manager, partnership=partnership, name=name, content=content)


def take_over(manager, batch, **more):
    """Confirm a table; a long one is carried out as the worker does it."""
    batch = imports.apply(by=manager, batch=batch, fingerprint=imports.preview(batch).fingerprint, **more)
    if batch.is_waiting:
        assert imports.carry_out(batch.pk)
        batch.refresh_from_db()
    return batch


def many(count):
    """A table of partners with two committees each, umlauts included."""
    heads = [
        "Partner", "Art", "Land", "Stimmrecht", "SK Vertretung", "SK Vertretung E-Mail", "TK Vertretung",
        "TK Vertretung E-Mail", "TK Stellvertretung", "TK Stellvertretung E-Mail",
    ]  # fmt: skip
    rows = [
        [
            f"Stadt Müßig {n}", "kreisfreie Stadt", "MV", "ja", f"Änne Öhm {n}", f"aenne{n}@example.org",
            f"Björn Größe {n}", f"bjoern{n}@example.org", f"Çem Süß {n}", f"cem{n}@example.org",
        ]
        for n in range(1, count + 1)
    ]  # fmt: skip
    return [heads, *rows]


def test_a_whole_partnership_comes_in_one_file_and_a_second_press_changes_nothing(partnership, manager):
    batch = upload(manager, partnership, csv(*many(34)))
    plan = imports.preview(batch)
    assert plan.counts == {"new": 34, "changed": 0, "unchanged": 0, "error": 0}
    assert not Partner.objects.exists()
    assert not Delegate.objects.exists()
    assert User.objects.count() == 1
    applied = take_over(manager, batch)
    assert Partner.objects.members(clock.today()).count() == 34
    assert Delegate.objects.filter(kind=DelegateKind.DELEGATE).count() == 68
    assert Delegate.objects.filter(kind=DelegateKind.DEPUTY).count() == 34
    assert User.objects.filter(name="Çem Süß 34").exists()
    assert OutboxMessage.objects.filter(kind="account_invitation").count() == 102
    again = imports.apply(by=manager, batch=batch, fingerprint="whatever")
    assert (again.applied_at, again.outcome) == (applied.applied_at, applied.outcome)
    assert Partner.objects.count() == 34
    assert AuditEvent.objects.filter(action="import.applied").count() == 1


def test_nothing_is_planned_twice_when_the_same_file_comes_again(partnership, manager):
    take_over(manager, upload(manager, partnership, csv(*many(3))))
    plan = imports.preview(upload(manager, partnership, csv(*many(3))))
    assert plan.counts == {"new": 0, "changed": 0, "unchanged": 3, "error": 0}


def test_new_people_are_not_mailed_when_that_is_not_wanted(partnership, manager):
    take_over(manager, upload(manager, partnership, csv(*many(1))), is_inviting=False)
    assert User.objects.filter(email="aenne1@example.org").exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_tables_are_read_as_people_save_them(partnership, manager, encoding, delimiter):
    batch = upload(manager, partnership, csv(*many(1), delimiter=delimiter, encoding=encoding))
    take_over(manager, batch)
    assert Partner.objects.get().name == "Stadt Müßig 1"


def test_excel_files_are_read_too_and_lost_zeros_come_back(partnership, manager):
    content = xlsx(
        ["Partner", "Art", "Land", "AGS", "Einwohner", "Stichtag Einwohner"],
        ["Stadt Müßig", "kreisfreie Stadt", "Bayern", 9162000, 1500.0, clock.now().replace(tzinfo=None)],
    )
    take_over(manager, upload(manager, partnership, content, "partner.xlsx"))
    body = Organisation.objects.get()
    assert (body.ags, body.population, body.population_on) == ("09162000", 1500, clock.today())


def test_a_formula_in_a_cell_counts_as_its_value_and_text_that_looks_like_one_is_an_error(partnership, manager):
    content = xlsx(["Partner", "Art"], ['=HYPERLINK("http://evil.example","Klick")', "Kreis"], ["Kreis A", "Kreis"])
    plan = imports.preview(upload(manager, partnership, content, "partner.xlsx"))
    assert [row.state for row in plan.rows] == ["error", "new"]
    plan = imports.preview(upload(manager, partnership, csv(["Partner", "Art"], ["=1+1", "Kreis"])))
    assert [problem.column for problem in plan.rows[0].problems] == ["Partner"]
    assert "Formel" in plan.rows[0].problems[0].sentence


def test_what_an_export_writes_cannot_act_as_a_formula():
    data = tables.table(["Name"], [["=1+1"], ["@SUM(A1)"], ["-2"], ["+49 40"], ["Stadt"]])
    text = tables.as_bytes(data, "csv").decode("utf-8-sig")
    assert [line.strip('"')[0] for line in text.split()[1:] if line] == ["'", "'", "'", "'", "4", "S"]
    book = tablib.Dataset().load(tables.as_bytes(data, "xlsx"), "xlsx")
    assert book["Name"][0] == "'=1+1"


ERRORS = [
    ({"Partner": ""}, "Partner", "fehlt"),
    ({"Art": ""}, "Art", "fehlt"),
    ({"Art": "Planet"}, "Art", "kennen wir nicht: „Planet“"),
    ({"Land": "Atlantis"}, "Land", "kennen wir nicht"),
    ({"AGS": "12"}, "AGS", "acht Ziffern"),
    ({"AGS": "02000000"}, "AGS", "gehört nicht zum angegebenen Land"),
    ({"Leitweg-ID": "04011000-1234512345-07"}, "Leitweg-ID", "Prüfziffern"),
    ({"Einwohner": "viele"}, "Einwohner", "keine Einwohnerzahl"),
    ({"Einwohner": "12"}, "Stichtag Einwohner", "gehört ihr Stichtag"),
    ({"Stimmrecht": "vielleicht"}, "Stimmrecht", "ja oder nein"),
    ({"Partner seit": "31.02.2026"}, "Partner seit", "kein Datum"),
    ({"gültig ab": "demnächst"}, "gültig ab", "kein Datum"),
    ({"Nr.": "eins"}, "Nr.", "keine Nummer"),
    ({"Internetseite": "javascript:alert(1)"}, "Internetseite", "https://"),
    ({"Kurzname": "k" * 61}, "Kurzname", "Höchstens 60"),
    ({"Weitere Organisation": "Stadt Müßig"}, "Weitere Organisation", "nicht mit sich selbst"),
    ({"Weitere Organisation": "Kreis B"}, "Weitere Art", "fehlt"),
    ({"SK Vertretung": "Änne"}, "SK Vertretung E-Mail", "fehlt die E-Mail-Adresse"),
    ({"SK Vertretung E-Mail": "kein-konto@example.org"}, "SK Vertretung", "nennen Sie den Namen"),
    ({"SK Vertretung E-Mail": "unsinn"}, "SK Vertretung E-Mail", "keine E-Mail-Adresse"),
    (
        {
            "SK Vertretung": "Änne", "SK Vertretung E-Mail": "a@example.org",
            "SK Stellvertretung": "Änne", "SK Stellvertretung E-Mail": "A@example.org",
        },
        "SK Stellvertretung E-Mail",
        "nicht selbst vertreten",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "column", "sentence"), ERRORS)
def test_each_error_names_row_and_column_and_nothing_is_taken_over(partnership, manager, cells, column, sentence):
    good = {"Partner": "Stadt Müßig", "Art": "kreisfreie Stadt", "Land": "MV"}
    row = good | cells
    heads = list(row)
    content = csv(heads, [], ["Kreis Z", "Kreis", *[""] * (len(heads) - 2)], [row[head] for head in heads])
    batch = upload(manager, partnership, content)
    bad = imports.preview(batch).rows[-1]
    assert bad.number == 4
    assert [(one.column, sentence in one.sentence) for one in bad.problems] == [(column, True)]
    with pytest.raises(imports.ImportRefused, match="enthält Fehler"):
        take_over(manager, batch)
    assert not Partner.objects.exists()
    assert not Organisation.objects.exists()
    assert ImportBatch.objects.get().applied_at is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "leer"),
        (b"Partner\r\n", "keine Zeilen"),
        (b"Partner;Unfug\r\nA;B\r\n", "„Unfug“ kennen wir nicht"),
        (b"Partner;Partner\r\nA;B\r\n", "kommt zweimal vor"),
        (b"Partner;;Art\r\nA;B;C\r\n", "keine Überschrift"),
        (b"Art\r\nKreis\r\n", "„Partner“ fehlt"),
        (b"Partner;Art\r\nA;Kreis;zu viel\r\n", "Zeile 2 hat mehr Spalten"),
        (b"PK\x03\x04kaputt", "keine XLSX-Tabelle"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "keine Tabelle"),
        (b'Partner;Art\r\n"A;Kreis\r\n', "CSV-Tabelle"),
        (b"Partner\r\n" + b"A\r\n" * 2001, "mehr als 2000 Zeilen"),
        (b"x" * (2 * 1024 * 1024 + 1), "größer als 2 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(partnership, manager, content, sentence):
    with pytest.raises(imports.FileRefused, match=sentence):
        upload(manager, partnership, content)
    assert not ImportBatch.objects.exists()


def test_changes_are_shown_from_old_to_new_and_close_what_held_before(partnership, manager):
    partner = PartnerFactory(partnership=partnership, number=7, name="Stadt Alt")
    committee = partnership.committees.get(code="SK")
    old = DelegateFactory(committee=committee, partner=partner, person=UserFactory(name="Alma Alt")).person
    deputy = DelegateFactory(
        committee=committee, partner=partner, kind=DelegateKind.DEPUTY, person=UserFactory(name="Dora")
    ).person
    content = csv(
        ["Nr.", "Partner", "Stimmrecht", "Entwicklungsfonds", "SK Vertretung E-Mail"],
        ["7", "Stadt Neu", "nein", "ja", deputy.email],
    )
    batch = upload(manager, partnership, content)
    row = imports.preview(batch).rows[0]
    assert row.state == "changed"
    assert [(one.column, one.old, one.new) for one in row.changes] == [
        ("Partner", "Stadt Alt", "Stadt Neu"),
        ("Stimmrecht", "ja", "nein"),
        ("Entwicklungsfonds", "nein", "ja"),
        ("SK Vertretung E-Mail", f"Alma Alt <{old.email}>", f"Dora <{deputy.email}>"),
    ]
    take_over(manager, batch)
    partner.refresh_from_db()
    assert partner.name == "Stadt Neu"
    assert partner.standings.filter(fact=Fact.VOTING_RIGHT).count() == 2
    speaking = Delegate.objects.valid(clock.today()).filter(partner=partner)
    assert [(one.person, one.kind) for one in speaking] == [(deputy, DelegateKind.DELEGATE)]


def test_more_deputies_come_in_further_rows_that_must_agree(partnership, manager):
    heads = ["Partner", "Art", "SK Stellvertretung", "SK Stellvertretung E-Mail"]
    rows = [["Kreis A", "Kreis", "Eins", "eins@example.org"], ["Kreis A", "", "Zwei", "zwei@example.org"]]
    take_over(manager, upload(manager, partnership, csv(heads, *rows)))
    assert Delegate.objects.filter(kind=DelegateKind.DEPUTY).count() == 2
    plan = imports.preview(upload(manager, partnership, csv(heads, rows[0], ["Kreis A", "Stadt", "", ""])))
    assert [(one.column, one.sentence) for one in plan.rows[1].problems] == [
        ("Art", "Zeile 2 nennt für denselben Partner „Kreis“.")
    ]


def test_two_delegates_of_one_partner_in_one_committee_are_an_error(partnership, manager):
    heads = ["Partner", "Art", "SK Vertretung", "SK Vertretung E-Mail"]
    rows = [["Kreis A", "Kreis", "Eins", "eins@example.org"], ["Kreis A", "", "Zwei", "zwei@example.org"]]
    plan = imports.preview(upload(manager, partnership, csv(heads, *rows)))
    assert "Zeile 2 nennt bereits eine andere Vertretung" in plan.rows[1].problems[0].sentence


def test_a_preview_that_has_aged_is_not_taken_over(partnership, manager):
    batch = upload(manager, partnership, csv(["Partner", "Art"], ["Kreis A", "Kreis"]))
    seen = imports.preview(batch).fingerprint
    PartnerFactory(partnership=partnership, name="Kreis A")
    with pytest.raises(imports.ImportRefused, match="Seit der Vorschau"):
        imports.apply(by=manager, batch=batch, fingerprint=seen)
    assert Partner.objects.count() == 1


def test_a_change_in_the_past_of_what_is_recorded_is_an_error(partnership, manager):
    PartnerFactory(partnership=partnership, name="Kreis A")
    content = csv(["Partner", "Stimmrecht", "gültig ab"], ["Kreis A", "nein", "01.01.2010"])
    plan = imports.preview(upload(manager, partnership, content))
    assert [(one.column) for one in plan.rows[0].problems] == ["gültig ab"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_present_state_taken_over_unchanged_changes_nothing(partnership, manager, form):
    take_over(manager, upload(manager, partnership, csv(*many(5))))
    partner = Partner.objects.get(name="Stadt Müßig 2")
    for n in range(2):
        DelegateFactory(
            committee=partnership.committees.get(code="SK"),
            partner=partner,
            kind=DelegateKind.DEPUTY,
            person=UserFactory(name=f"Stella {n}"),
            valid_from=clock.today() - timedelta(days=n),
        )
    heads, rows = templates.make(partnership, templates.PRESENT)
    assert len(rows) == 6
    content = tables.as_bytes(tables.table(heads, rows), form)
    plan = imports.preview(upload(manager, partnership, content, f"stand.{form}"))
    assert {row.state for row in plan.rows} == {"unchanged"}, [row.problems or row.changes for row in plan.rows]


def test_the_example_row_of_the_template_would_be_taken_over(partnership, manager):
    heads, rows = templates.make(partnership, templates.EXAMPLE)
    plan = imports.preview(upload(manager, partnership, tables.as_bytes(tables.table(heads, rows), "xlsx"), "b.xlsx"))
    assert plan.counts["new"] == 1, plan.rows[0].problems


def test_any_mix_of_cells_gives_a_preview_and_never_breaks(partnership, manager):
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    dice = random.Random(seed)
    PartnerFactory(partnership=partnership, number=1, name="Kreis A")
    heads, _rows = templates.make(partnership, templates.EMPTY)
    pool = ["", "", "1", "2", "ja", "nein", "Kreis", "Kreis A", "Kreis B", "MV", "01.01.2026", "=1", "\x00", "ä\nö"]
    pool += ["a@example.org", "b@example.org", "x" * 300, "04011000-1234512345-06", "１", "'", '"']
    for _ in range(40):
        rows = [[dice.choice(pool).replace('"', "").replace("\n", " ") for _ in heads] for _ in range(4)]
        rows[0][1] = "Kreis C"
        batch = upload(manager, partnership, csv(heads, *rows).replace(b"\x00", b""))
        plan = imports.preview(batch)
        assert sum(plan.counts.values()) == len(plan.rows)


def test_reading_a_plan_costs_the_same_for_one_row_and_for_three_hundred(
    partnership, manager, django_assert_max_num_queries
):
    few = upload(manager, partnership, csv(*many(1)))
    lots = upload(manager, partnership, csv(*many(300)))
    for batch in (few, lots):
        with django_assert_max_num_queries(11):
            imports.preview(batch)
    take_over(manager, upload(manager, partnership, csv(*many(60))), is_inviting=False)
    with django_assert_max_num_queries(11):
        imports.preview(lots)
