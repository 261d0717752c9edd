"""Text that people wrote, made safe for a page."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {
    "p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"])


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Links name their scheme or stay on this site: `//host` would lead away unseen."""
    return None if name == "href" and value.strip().replace("\\", "/").startswith("//") else value


@lru_cache(maxsize=1024)
def markdown(source: str, level: int = 3) -> SafeString:
    """Markdown as safe HTML: no raw HTML, no images, only http, https and mailto links.

    The text's own headings begin at `level` and never skip one, so that the page's outline
    stays right whatever people wrote.
    """
    tokens = _parser.parse(source)
    previous = level - 1
    wanted = sorted({token.tag for token in tokens if token.type == "heading_open"})
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            if token.type == "heading_open":
                previous = min(level + wanted.index(token.tag), previous + 1, 6)
            token.tag = f"h{previous}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 - cleaned by the allow-list above


def plain(source: str) -> str:
    """The first words of a text without its marks, for lists and previews."""
    inline = [token.content for token in _parser.parse(source) if token.type == "inline"]
    return " ".join(" ".join(inline).replace("*", "").replace("`", "").split())
