"""Keys from their first day to their last, and what tables of values say."""

from datetime import timedelta
from decimal import Decimal

import pytest

from committees.models import Key, Matter
from committees.services import key_tables, keys, matters
from membership.models import Organisation
from membership.services.imports.files import FileRefused
from partnership import clock
from partnership.exports import tables
from partnership.models import AuditEvent
from tests.factories.committees import make_chamber, make_key
from tests.factories.ground import LONG_AGO, PartnerFactory, PartnershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership():
    return PartnershipFactory()


@pytest.fixture
def partners(partnership):
    return [
        PartnerFactory(partnership=partnership, number=n, name=name)
        for n, name in enumerate(("Hamburg", "Bayern", "Sachsen"), start=1)
    ]


def made(partnership, **fields):
    return keys.create(
        by=None,
        partnership=partnership,
        **{"code": "koenigstein", "name": "Königsteiner Schlüssel 2026", "unit": "Prozent", "valid_from": LONG_AGO}
        | fields,
    )


def test_a_key_is_made_filled_and_corrected(partnership, partners):
    key = made(partnership)
    keys.set_values(by=None, key=key, values={partners[0]: Decimal("2.55752"), partners[1]: Decimal("15.53327")})
    assert sum(key.shares.values_list("value", flat=True)) == Decimal("18.09079")
    keys.set_values(by=None, key=key, values={partners[0]: Decimal("3")})
    assert key.shares.get().value == 3
    keys.edit(by=None, key=key, name="Schlüssel", unit="%", source="GWK")
    assert set(AuditEvent.objects.filter(action__startswith="key.").values_list("action", flat=True)) == {
        "key.created",
        "key.filled",
        "key.changed",
    }


def test_a_code_belongs_to_one_key(partnership):
    made(partnership)
    with pytest.raises(keys.KeyRefused, match="gibt es schon") as refused:
        made(partnership)
    assert refused.value.field == "code"
    made(PartnershipFactory())


@pytest.mark.parametrize("code", ["König", "a b", "A", "", "a\n"])
def test_a_code_is_plain(partnership, code):
    with pytest.raises(keys.KeyRefused):
        made(partnership, code=code)


def test_values_are_never_negative_and_only_of_own_partners(partnership, partners):
    key = made(partnership)
    with pytest.raises(keys.KeyRefused, match="nie negativ"):
        keys.set_values(by=None, key=key, values={partners[0]: Decimal(-1)})
    with pytest.raises(keys.KeyRefused, match="anderen Partnerschaft"):
        keys.set_values(by=None, key=key, values={PartnerFactory(): Decimal(1)})


def test_a_new_version_begins_with_the_same_values_and_ends_the_one_before(partnership, partners):
    key = made(partnership)
    keys.set_values(by=None, key=key, values={partners[0]: Decimal("2.5")})
    day = clock.today() + timedelta(days=5)
    later = keys.new_version(by=None, key=key, name="Königsteiner Schlüssel 2027", valid_from=day)
    key.refresh_from_db()
    assert (key.valid_until, later.valid_from, later.code, later.unit) == (day, day, "koenigstein", "Prozent")
    assert later.shares.get().value == Decimal("2.5")
    codes = frozenset({"koenigstein", "fehlt"})
    assert Key.objects.in_force(partnership=partnership, codes=codes, on=clock.today()) == {"koenigstein": key}
    assert Key.objects.in_force(partnership=partnership, codes=codes, on=day) == {"koenigstein": later}
    with pytest.raises(keys.KeyRefused, match="beginnt danach"):
        keys.new_version(by=None, key=key, name="x", valid_from=day)


def test_a_key_in_use_is_followed_not_changed(partnership, partners):
    key = made(partnership)
    Key.objects.update(used_at=clock.now())
    for deed in (
        lambda: keys.edit(by=None, key=key, name="anders"),
        lambda: keys.set_values(by=None, key=key, values={}),
    ):
        with pytest.raises(keys.KeyRefused, match="schon abgestimmt"):
            deed()
    with pytest.raises(keys.KeyRefused, match="frühestens ab heute"):
        keys.new_version(by=None, key=key, name="x", valid_from=clock.today() - timedelta(days=1))
    keys.new_version(by=None, key=key, name="x", valid_from=clock.today())


# --- tables -------------------------------------------------------------------------------------------


def read(text, partners, name="werte.csv"):
    return key_tables.read_table(name, text if isinstance(text, bytes) else text.encode(), partners)


def named(found, partners):
    names = {partner.pk: partner.name for partner in partners}
    return {names[pk]: str(value) for pk, value in found.values.items()}


@pytest.mark.parametrize(
    "text",
    [
        "Partner;Wert\nHamburg;2,55752\nBayern;15,53327\n",
        "Partner\tWert\r\nHamburg\t2.55752\r\nbayern\t15.53327\r\n",
        "Hamburg;2,55752\nBayern;15,53327 %",
        "Hamburg\t2,55752\nBayern\t15,53327",
        "Nr.;Partner;Wert\n1;Hamburg;2,55752\n2;Bayern;15,53327\n;Summe;18,09079",
        "Land;Jahr;Anteil\n1;2026;2,55752\n2;2026;15,53327",
    ],
)
def test_a_table_is_read_as_people_have_it(partners, text):
    found = read(text, partners)
    assert named(found, partners) == {"Hamburg": "2.55752", "Bayern": "15.53327"}
    assert found.problems == []


def test_a_workbook_is_read_with_its_plain_numbers(partners):
    content = tables.as_bytes(tables.table(["Partner", "Wert"], [["Hamburg", 2.557], ["Bayern", 15]]), "xlsx")
    assert named(read(content, partners, "werte.xlsx"), partners) == {"Hamburg": "2.557", "Bayern": "15"}


def test_an_organisation_names_its_partner(partners):
    Organisation.objects.filter(partners=partners[0]).update(name="Freie und Hansestadt Hamburg", short_name="HH")
    assert named(read("Partner;Wert\nHH;3\n", partners), partners) == {"Hamburg": "3"}


def test_what_cannot_be_read_is_told_by_its_row(partners):
    text = "Partner;Wert\nHamburg;2,5\nHamburg;3\nSachsn;4\nBayern;viel\nSachsen;1.250\n"
    found = read(text, partners)
    assert named(found, partners) == {"Hamburg": "2.5"}
    assert [row for row, _sentence in found.problems] == [3, 4, 5, 6]
    assert "steht schon in Zeile 2" in found.problems[0][1]
    assert "ist kein Partner" in found.problems[1][1]
    assert "keine Zahl" in found.problems[2][1]
    assert "mehrdeutig" in found.problems[3][1]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("21,14424", "21.14424"),
        ("1.250,5", "1250.5"),
        ("1.250.000", "1250000"),
        ("0", "0"),
        ("3", "3"),
        ("2.55", "2.55"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    assert key_tables.read_value(text) == Decimal(value)


@pytest.mark.parametrize("text", ["-1", "1,000001", "1e5", "∞", "", "1.250", "1,2,3", "9999999999", "٣"])
def test_what_is_no_value_is_refused(text):
    with pytest.raises(ValueError, match=r"„|keine"):
        key_tables.read_value(text)


def test_a_table_of_one_column_is_refused(partners):
    with pytest.raises(FileRefused, match="zwei Spalten"):
        read("Partner\nHamburg\n", partners)


# --- kinds of matters ----------------------------------------------------------------------------------


def test_kinds_of_matters_have_names_of_their_own(partnership):
    matter = matters.create(by=None, partnership=partnership, name=" Haushalt ")
    assert matter.name == "Haushalt"
    with pytest.raises(matters.MatterRefused, match="gibt es bereits"):
        matters.create(by=None, partnership=partnership, name="haushalt")
    other = matters.create(by=None, partnership=partnership, name="Satzung")
    matters.edit(by=None, matter=other, name="Satzungsänderung", description="Alles, was die Satzung ändert.")
    with pytest.raises(matters.MatterRefused):
        matters.edit(by=None, matter=other, name="Haushalt")
    assert Matter.objects.count() == 2


def test_partners_without_a_vote_are_told_on_the_page(client):
    chamber = make_chamber(2)
    key = make_key(chamber.partnership, {chamber.partners[0]: "2.5"})
    client.force_login(chamber.delegates[0])
    shown = client.get(key.get_absolute_url())
    assert shown.context["total"] == "2,5"
    assert [partner.name for partner in shown.context["without"]] == ["Partner 002"]
