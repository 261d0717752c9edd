from decimal import Decimal

import pytest
from django import forms
from django.utils.translation import override

from fund.forms.fields import MoneyField


class Form(forms.Form):
    amount = MoneyField(label="Betrag")


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.000,50", "1000.50"),
        ("1000,5", "1000.50"),
        (" 1 000,50 € ", "1000.50"),
        ("0,01", "0.01"),
        ("1.000", "1000.00"),
        ("1000000000000", "1000000000000.00"),
    ],
)
def test_an_amount_in_german_writing_is_read(text, amount):
    """L5."""
    form = Form({"amount": text})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["amount"] == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Bitte geben Sie einen Betrag ein."),
        ("   ", "Bitte geben Sie einen Betrag ein."),
        ("0.1+0.2", "ist kein Betrag"),
        ("1e3", "ist kein Betrag"),
        ("1,000.50", "ist kein Betrag"),
        ("10.5", "ist kein Betrag"),
        ("\u0661\u0660\u0660", "ist kein Betrag"),
        ("-0", "ohne Vorzeichen"),
        ("-5", "ohne Vorzeichen"),
        ("0", "größer als 0"),
        ("0,00", "größer als 0"),
        ("1" + "0" * 18, "größer als 1.000.000.000.000,00"),
        ("9" * 60, "zu lang"),
        ("1,005", "mehr als zwei Nachkommastellen"),
        ("NaN", "ist kein Betrag"),
        ("Infinity", "ist kein Betrag"),
        ("1\x00", "ist kein Betrag"),
        ("<b>1</b>", "ist kein Betrag"),
    ],
)
def test_what_is_no_amount_is_refused_with_a_sentence_and_stays_in_the_field(text, says):
    """L5: parsed by German rules or refused, never guessed, nothing typed lost."""
    form = Form({"amount": text})
    assert not form.is_valid()
    assert says in form.errors["amount"][0]
    assert form["amount"].value() == text


def test_the_sentence_comes_in_the_readers_language():
    with override("en"):
        assert "is no amount" in Form({"amount": "1e3"}).errors["amount"][0]


def test_an_amount_known_before_is_shown_the_german_way():
    assert 'value="1.000,50"' in str(Form(initial={"amount": Decimal("1000.5")})["amount"])
