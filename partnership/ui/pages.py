"""Which part of a long list a page shows."""

from typing import Any

from django.core.paginator import Page
from django.utils.formats import number_format


def span(page: Page) -> str:
    """'41–60 von 1.000' as numbers for the sentence below a list; '0' for an empty one."""
    first, last = page.start_index(), page.end_index()
    return number_format(first) if first == last else f"{number_format(first)}–{number_format(last)}"


def numbers(page: Page, *, around: int = 1) -> list[Any]:
    """Page numbers to offer: the ends, the present one and its neighbours; None is a gap."""
    return list(
        page.paginator.get_elided_page_range(page.number, on_each_side=around, on_ends=1)
        if page.paginator.num_pages > 1
        else [1]
    )
