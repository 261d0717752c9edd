"""Days, money, states and lists as the pages show them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import timezone, translation

from partnership import clock
from partnership.ui import tags

MOMENT = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def draw(source, request=None, **context):
    return engines["django"].from_string(source).render(context, request)


def test_a_moment_shows_weekday_date_and_time_of_the_reader():
    assert draw("{{ x|datetime_de }}", x=MOMENT) == "Mo, 23.11.2026, 14:00 Uhr"
    with timezone.override("America/New_York"):
        assert draw("{{ x|datetime_de }}", x=MOMENT) == "Mo, 23.11.2026, 08:00 Uhr"


def test_a_moment_in_english_reads_english():
    with translation.override("en"):
        assert draw("{{ x|datetime_de }}", x=MOMENT) == "Mon, 23 Nov 2026, 14:00"


def test_a_moment_carries_its_machine_form():
    assert 'datetime="2026-11-23T14:00+01:00"' in draw("{% when x %}", x=MOMENT)
    assert draw('{% when x "day" %}', x=date(2026, 11, 3)) == '<time datetime="2026-11-03">03.11.2026</time>'


@pytest.mark.parametrize("tag", ["datetime_de", "date_de", "day_de", "time_de", "money", "filesize", "remaining"])
def test_nothing_shows_as_nothing(tag):
    assert draw(f"{{{{ x|{tag} }}}}", x=None) == ""


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(Decimal("1234.5"), "1.234,50\u00a0€"), (0, "0,00\u00a0€"), (Decimal("-3"), "-3,00\u00a0€"), ("x", "")],
)
def test_money_reads_german(amount, shown):
    assert tags.money(amount) == shown


@pytest.mark.parametrize(
    ("size", "shown"), [(12, "12\u00a0Byte"), (48_000, "48\u00a0kB"), (1_449_000, "1,4\u00a0MB"), (3e9, "3,0\u00a0GB")]
)
def test_sizes_are_rounded_for_people(size, shown):
    assert tags.filesize(int(size)) == shown


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(days=5), "noch 5 Tage"),
        (timedelta(days=1), "morgen"),
        (timedelta(hours=3, minutes=1), "noch 3 Stunden"),
        (timedelta(minutes=20), "noch weniger als eine Stunde"),
        (timedelta(hours=-1), "heute abgelaufen"),
        (timedelta(days=-2), "seit 2 Tagen vorbei"),
    ],
)
def test_a_deadline_says_how_long_is_left(ahead, words):
    with clock.frozen(MOMENT):
        assert tags.remaining(MOMENT + ahead) == words


def test_a_state_shows_word_and_icon_beside_its_colour():
    html = draw("{% state_badge x %}", x=SimpleNamespace(state="open", get_state_display=lambda: "läuft"))
    assert "kern-badge--info" in html
    assert "kern-icon--clock" in html
    assert "läuft" in html


def test_a_state_nobody_named_is_neutral():
    assert "kern-badge--neutral" in draw("{% state_badge x %}", x=SimpleNamespace(value="zzz", label="Unbekannt"))


def test_words_of_an_object_are_escaped():
    html = draw('{% badge x %}{% card title=x %}{% endcard %}{% icon "mail" "small" x %}', x="<b>")
    assert "<b>" not in html


def test_pages_keep_the_filters_and_say_how_many():
    request = RequestFactory().get("/", {"q": "Kiel", "page": "3"})
    html = draw("{% pagination page %}", request, page=Paginator(range(1000), 20).page(3))
    assert "41–60 von 1.000" in html
    assert "?q=Kiel&amp;page=4" in html


def test_an_empty_list_says_so():
    request = RequestFactory().get("/")
    assert "Keine Einträge" in draw("{% pagination page %}", request, page=Paginator([], 20).page(1))


def test_a_column_head_sorts_up_then_down():
    request = RequestFactory().get("/", {"sort": "name", "page": "2"})
    html = draw('{% sort_header "name" "Name" %}{% sort_header "on" "Tag" %}', request)
    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=-name"' in html
    assert 'href="?sort=on"' in html
