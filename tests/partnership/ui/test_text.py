"""What people write becomes safe HTML under the page's own headings."""

import pytest
from django.template import engines

from partnership.ui.text import markdown, plain


def test_raw_html_stays_text():
    assert "<script>" not in markdown("<script>alert(1)</script> und <b onclick=x>so</b>")
    assert "&lt;script&gt;" in markdown("<script>alert(1)</script>")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"])
def test_a_link_that_runs_code_is_no_link(address):
    assert "href" not in markdown(f"[hier]({address})")


def test_a_link_to_the_web_does_not_hand_over_the_window():
    assert 'rel="noopener noreferrer"' in markdown("[Konzept](https://example.org/a)")


def test_images_are_left_out():
    assert "<img" not in markdown("![Bild](https://example.org/a.png)")


def test_headings_begin_at_the_level_of_the_page_and_skip_none():
    html = markdown("# Eins\n\n#### Zwei\n\n###### Drei\n\n# Vier", 3)
    assert [html.count(f"<h{level}>") for level in (1, 2, 3, 4, 5)] == [0, 0, 2, 1, 1]


def test_a_text_that_begins_deep_begins_at_the_level_too():
    assert markdown("### Kosten", 4).startswith("<h4>")


def test_tables_and_lists_are_kept():
    html = markdown("- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |")
    assert "<ul>" in html
    assert "<th>x</th>" in html


def test_the_plain_form_has_no_marks():
    assert plain("# Titel\n\nMit **Nachdruck** und [Verweis](https://example.org)").startswith("Titel Mit Nachdruck")


def test_nothing_written_shows_nothing():
    assert engines["django"].from_string("{{ x|markdown }}").render({"x": None}) == ""
