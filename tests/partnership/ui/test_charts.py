"""Pictures are numbers first: geometry that no language disturbs, and a table beside it."""

import re

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from partnership.ui import charts


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_coordinate_carries_a_comma(language):
    with translation.override(language):
        chart = charts.line("Wachstum", [(str(year), year * 333.3) for year in range(2019, 2030)])
        html = engines["django"].from_string('{% include "components/line_chart.html" %}').render({"chart": chart})
        for value in re.findall(r' (?:x|y|width|height|cx|cy|x1|x2|y1|y2)="([^"]*)"', html):
            assert re.fullmatch(r"\d+(\.\d+)?%?", value), value


def test_a_picture_has_title_description_and_table():
    chart = charts.bars("Zahlungen", [("Kiel", 3), ("Flensburg", 1)], unit="€")
    html = engines["django"].from_string('{% include "components/bar_chart.html" %}').render({"chart": chart})
    assert 'role="img" aria-labelledby="chart-zahlungen-t chart-zahlungen-d"' in html
    assert "Kiel: 3\u00a0€; Flensburg: 1\u00a0€" in html
    assert '<th scope="row">Flensburg</th>' in html
    assert " style=" not in html


@given(st.lists(st.integers(min_value=0, max_value=100_000), min_size=1, max_size=5))
def test_a_stacked_bar_fills_its_width_and_no_more(counts):
    kinds = ["yes", "no", "abstain", "missing", "excluded"]
    stack = charts.stack("Stimmen", [(kind, kind, count) for kind, count in zip(kinds, counts, strict=False)])
    ends = [float(part.x) + float(part.width) for part in stack.parts if float(part.width)]
    assert all(end <= charts.WIDTH + 0.2 for end in ends)
    if sum(counts):
        assert max(ends) == pytest.approx(charts.WIDTH, abs=0.2)
    assert len(ends) == sum(1 for count in counts if count), "every vote is seen"


def test_shares_are_rounded_not_cut():
    stack = charts.stack("Stimmen", [("yes", "Ja", 21), ("no", "Nein", 13)])
    assert [part.share for part in stack.parts] == ["61,8\u00a0%", "38,2\u00a0%"]


def test_no_votes_at_all_draw_an_empty_bar():
    html = engines["django"].from_string("{% vote_bar yes=0 no=0 abstain=0 missing=0 %}").render({})
    assert "0,0\u00a0%" in html


@given(st.floats(min_value=0, max_value=1e9))
def test_the_top_of_an_axis_is_never_below_the_highest_value(value):
    assert charts.nice_top(value) >= value


@pytest.mark.parametrize(("value", "needed", "reached"), [(18, 18, True), (17, 18, False), (0, 0, True)])
def test_a_meter_knows_whether_the_mark_is_reached(value, needed, reached):
    assert charts.meter(value, 34, needed).is_reached is reached
