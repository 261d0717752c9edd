"""Template tags and filters of the kit: `{% load ui %}` (loaded everywhere by the settings)."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from partnership.clock import now, today
from partnership.ui import badges, charts, navigation, pages, text

register = template.Library()


# --- days, moments, money -------------------------------------------------------------------------
def _is_german() -> bool:
    return (get_language() or "de").startswith("de")


@register.filter(expects_localtime=True)
def datetime_de(value: datetime | None) -> str:
    """'Mo, 23.11.2026, 14:00 Uhr' in the reader's time zone; empty for nothing."""
    if not value:
        return ""
    if _is_german():
        return f"{date_format(value, 'D, d.m.Y, H:i')} Uhr"
    return date_format(value, "D, j M Y, H:i")


@register.filter(expects_localtime=True)
def date_de(value: date | None) -> str:
    """'Mo, 23.11.2026'; empty for nothing."""
    if not value:
        return ""
    return date_format(value, "D, d.m.Y" if _is_german() else "D, j M Y")


@register.filter(expects_localtime=True)
def day_de(value: date | None) -> str:
    """'23.11.2026', for tables; empty for nothing."""
    if not value:
        return ""
    return date_format(value, "d.m.Y" if _is_german() else "j M Y")


@register.filter(expects_localtime=True)
def time_de(value: datetime | None) -> str:
    """'14:00 Uhr'; empty for nothing."""
    if not value:
        return ""
    return f"{date_format(value, 'H:i')} Uhr" if _is_german() else date_format(value, "H:i")


@register.simple_tag
def when(value: date | datetime | None, style: str = "") -> SafeString | str:
    """A moment or day as `<time>`: weekday, date and time; style 'day' leaves out weekday and time."""
    if not value:
        return ""
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        shown = day_de(local) if style == "day" else date_de(local) if style == "date" else datetime_de(local)
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), shown)
    shown = day_de(value) if style == "day" else date_de(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def remaining(value: date | datetime | None) -> str:
    """How long until then, in plain words: 'heute', 'morgen', 'noch 5 Tage', 'seit 3 Tagen vorbei'."""
    if not value:
        return ""
    if isinstance(value, datetime):
        if today() == timezone.localdate(value) and value > now():
            hours = int((value - now()).total_seconds() // 3600)
            if hours < 1:
                return _("noch weniger als eine Stunde")
            return ngettext("noch %(count)s Stunde", "noch %(count)s Stunden", hours) % {"count": hours}
        day = timezone.localdate(value)
        if day == today():
            return _("heute abgelaufen")
    else:
        day = value
    days = (day - today()).days
    if days == 0:
        return _("heute")
    if days == 1:
        return _("morgen")
    if days > 1:
        return ngettext("noch %(count)s Tag", "noch %(count)s Tage", days) % {"count": days}
    return ngettext("seit %(count)s Tag vorbei", "seit %(count)s Tagen vorbei", -days) % {"count": -days}


@register.filter
def money(value: Decimal | float | None) -> str:
    """'1.234,50 €'; empty for nothing."""
    if value is None or value == "":
        return ""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ""
    return f"{number_format(round(amount, 2), 2, use_l10n=True, force_grouping=True)}\u00a0€"


@register.filter
def filesize(value: int | None) -> str:
    """'1,4 MB'; empty for nothing."""
    if value is None:
        return ""
    size, unit = Decimal(value), "Byte"
    for larger in ("kB", "MB", "GB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    places = 0 if unit in ("Byte", "kB") or size >= 100 else 1
    return f"{number_format(round(size, places), places)}\u00a0{unit}"


@register.filter
def markdown(value: str | None, level: int = 3) -> SafeString | str:
    """Markdown as safe HTML; its headings begin at `level`."""
    return text.markdown(str(value), level) if value else ""


@register.filter
def markdown_plain(value: str | None) -> str:
    """Markdown without its marks, for lists and previews."""
    return text.plain(str(value)) if value else ""


# --- icons and badges -----------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, size: str = "default", label: str = "") -> SafeString:
    """An icon. Decorative unless `label` says what it means."""
    drawn = format_html('<span class="kern-icon kern-icon--{} kern-icon--{}" aria-hidden="true"></span>', name, size)
    return format_html('{}<span class="kern-sr-only">{}</span>', drawn, label) if label else drawn


@register.simple_tag
def badge(label: Any, tone: str = "neutral", icon: str = "", small: bool = True) -> SafeString:
    """A word in a coloured frame with an icon."""
    return _badge(str(label), tone, icon or badges.NEUTRAL.icon, small)


@lru_cache(maxsize=1024)
def _badge(label: str, tone: str, icon: str, small: bool) -> SafeString:
    """Drawn once for a process: a list says the same few words on every line."""
    return format_html(
        '<span class="kern-badge kern-badge--{}{}"><span class="kern-icon kern-icon--{}" aria-hidden="true">'
        '</span><span class="kern-label">{}</span></span>',
        tone,
        " kern-badge--small" if small else "",
        icon,
        label,
    )


@register.simple_tag
def state_badge(thing: Any, field: str = "state", small: bool = True) -> SafeString:
    """The state of an object (or an enum member) as a badge with its word, tone and icon."""
    if hasattr(thing, "label") and hasattr(thing, "value"):
        state, label = thing.value, thing.label
    else:
        state = getattr(thing, field)
        display = getattr(thing, f"get_{field}_display", None)
        label = display() if display else getattr(state, "label", state)
    look = badges.look_of(state)
    return badge(label, look.tone, look.icon, small)


# --- frame ----------------------------------------------------------------------------------------
def _partnership(context: template.Context) -> Any:
    found = context.get("partnership")
    if found is None:
        found = getattr(context.get("view"), "partnership", None)
    if found is None:
        found = getattr(context.get("request"), "partnership", None)
    return found or None


@register.simple_tag(takes_context=True)
def current_partnership(context: template.Context) -> Any:
    """The partnership this page belongs to, or None."""
    return _partnership(context)


@register.simple_tag(takes_context=True)
def navigation_links(context: template.Context, area: str) -> list[navigation.Link]:
    """The lines of one menu for this page."""
    request = context.get("request")
    return navigation.links(
        area,
        user=getattr(request, "user", None),
        partnership=_partnership(context),
        path=getattr(request, "path", ""),
    )


@register.simple_tag
def menu(links: Iterable[navigation.Link]) -> SafeString | str:
    """The lines of a menu as a list; nothing for an empty menu."""
    return _menu(tuple(links))


@lru_cache(maxsize=1024)
def _menu(links: tuple[navigation.Link, ...]) -> SafeString | str:
    """Drawn once for a process: the same few menus stand on every page, twice each."""
    lines = format_html_join(
        "",
        '<li><a href="{}"{}>{}{}</a></li>',
        (
            (
                link.url,
                mark_safe(' aria-current="page"') if link.is_current else "",
                icon(link.icon, "small") if link.icon else "",
                link.label,
            )
            for link in links
        ),
    )
    return format_html('<ul class="kv-links">{}</ul>', lines) if links else ""


# --- fields ---------------------------------------------------------------------------------------
@register.filter
def field_kind(field: BoundField) -> str:
    """Which template of `kern/fields/` draws the field."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    for kind, types in (
        ("checkboxes", (forms.CheckboxSelectMultiple,)),
        ("radio", (forms.RadioSelect,)),
        ("checkbox", (forms.CheckboxInput,)),
        ("select", (forms.Select,)),
        ("file", (forms.FileInput,)),
    ):
        if isinstance(widget, types):
            return kind
    return "group" if widget.use_fieldset else "text"


@register.filter
def focus_id(field: BoundField) -> str:
    """The id of the element that takes the focus when one jumps to the field."""
    if field_kind(field) in ("radio", "checkboxes"):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


@register.simple_tag
def kern_widget(field: BoundField, css: str) -> SafeString:
    """The field's input with the kit's classes; the widget itself is left as it is."""
    widget = field.field.widget
    classes = [widget.attrs.get("class", ""), css]
    if field.errors:
        classes.append(f"{css}--error")
    attrs: dict[str, Any] = {"class": " ".join(filter(None, classes))}
    if str(field.label) in str(widget.attrs.get("placeholder", "")):
        attrs["placeholder"] = False  # a placeholder that repeats the label only vanishes while one types
    if isinstance(widget, forms.Textarea):
        attrs["rows"] = str(widget.attrs.get("rows", 5) if widget.attrs.get("rows") != "10" else 5)
    if isinstance(widget, forms.NumberInput) and "inputmode" not in widget.attrs:
        attrs["inputmode"] = "decimal" if isinstance(field.field, forms.DecimalField) else "numeric"
    if isinstance(widget, forms.ClearableFileInput):
        # Only the input: the present file and the "remove" box have their own place in the template.
        attrs = field.build_widget_attrs({**attrs, "id": field.auto_id}, widget)
        context = widget.get_context(field.html_name, None, attrs)
        renderer = field.form.renderer
        return SafeString(renderer.render("django/forms/widgets/input.html", context))
    return field.as_widget(attrs=attrs)


@register.filter
def attributes(attrs: dict[str, Any]) -> SafeString:
    """The attributes of an element as HTML: ` id="x" checked`."""
    return flatatt(attrs)


@register.simple_tag
def kern_choices(field: BoundField) -> list[dict[str, Any]]:
    """The choices of a radio or check box field, in groups, with descriptions."""
    widget: Any = field.field.widget
    attrs = field.build_widget_attrs({"id": field.auto_id}, widget)
    attrs.pop("aria-describedby", None)
    descriptions = getattr(widget, "descriptions", {})
    groups = []
    for label, options, _index in widget.optgroups(
        field.html_name, widget.format_value(field.value()), {**widget.attrs, **attrs}
    ):
        for option in options:
            option["description"] = descriptions.get(str(option["value"]), "")
        groups.append({"label": label, "options": options})
    return groups


# --- lists ----------------------------------------------------------------------------------------
@register.simple_tag
def page_span(page: Page) -> str:
    """'41–60' of a page."""
    return pages.span(page)


@register.simple_tag
def page_numbers(page: Page) -> list[Any]:
    """The page numbers to offer; the ellipsis marks a gap."""
    return pages.numbers(page)


@register.simple_tag(takes_context=True)
def pages_query(context: template.Context, key: str, number: int) -> str:
    """The address of another page of the list, with all filters kept."""
    return _query(context["request"], {key: str(number)})


@register.filter
def message_tone(level_tag: str) -> str:
    """Django's message level as a tone of the kit."""
    return {"error": "danger", "success": "success", "warning": "warning"}.get(level_tag, "info")


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page, key: str = "page") -> dict[str, Any]:
    """Count and pages below a list: `{% pagination page_obj %}`."""
    return {"page": page, "key": key, "request": context.get("request")}


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: template.Context, key: str, label: Any, css: str = "", param: str = "sort", default: str = ""
) -> dict[str, Any]:
    """A column head that sorts: `{% sort_header "name" _("Name") %}`. The order lives in `?sort=`."""
    request = context["request"]
    now_sorted = request.GET.get(param) or default or context.get("sort", "")
    direction = {key: "ascending", f"-{key}": "descending"}.get(str(now_sorted), "")
    return {
        "label": label,
        "css": css,
        "direction": direction,
        "query": _query(request, {param: f"-{key}" if direction == "ascending" else key, "page": None}),
    }


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context: template.Context, form: forms.Form, label: Any = "") -> dict[str, Any]:
    """A form of filters above a list, sent with GET so that the choice lives in the address."""
    request = context["request"]
    kept = [
        (key, value)
        for key, values in request.GET.lists()
        for value in values
        if key not in form.fields and key not in ("page",) and not _belongs(key, form)
    ]
    active = sum(
        1 for name in form.fields if form[name].data not in (None, "", [], [""]) and form[name].data is not False
    )
    return {"form": form, "kept": kept, "active": active, "label": label, "path": request.path}


def _belongs(key: str, form: forms.Form) -> bool:
    return any(key.startswith(f"{name}_") for name in form.fields)


def _query(request: Any, changes: dict[str, str | None]) -> str:
    params = request.GET.copy()
    for key, value in changes.items():
        if value is None:
            params.pop(key, None)
        else:
            params[key] = value
    return f"?{params.urlencode()}"


# --- charts ---------------------------------------------------------------------------------------
@register.simple_tag
def meter_of(value: int, total: int, needed: int | None = None) -> charts.Meter:
    """Geometry for `components/progress.html`."""
    return charts.meter(value or 0, total or 0, needed if needed not in ("", None) else None)


@register.inclusion_tag("components/vote_bar.html")
def vote_bar(
    yes: int, no: int, abstain: int = 0, missing: int | None = None, excluded: int | None = None, key: str = "",
    title: Any = "",
) -> dict[str, Any]:  # fmt: skip
    """Yes, no and abstentions as a patterned bar with its table."""
    parts = [("yes", _("Ja"), yes), ("no", _("Nein"), no), ("abstain", _("Enthaltung"), abstain)]
    if missing is not None:
        parts.append(("missing", _("Nicht abgestimmt"), missing))
    if excluded is not None:
        parts.append(("excluded", _("Befangen"), excluded))
    return {"stack": charts.stack(title or _("Stimmen"), parts, key=key or "votes")}


# --- blocks with content --------------------------------------------------------------------------
def _draw(name: str, context: template.Context, content: str, **values: Any) -> SafeString:
    return render_to_string(
        f"components/{name}.html", {**values, "content": content, "request": context.get("request")}
    )


@register.simple_block_tag(takes_context=True)
def card(context: template.Context, content: str, title: Any = "", **values: Any) -> SafeString:
    """`{% card title=… preline=… url=… level=2 %} … {% endcard %}`."""
    return _draw("card", context, content, title=title, **values)


@register.simple_block_tag(takes_context=True)
def alert(context: template.Context, content: str, tone: str = "info", title: Any = "", **values: Any) -> SafeString:
    """`{% alert "warning" title=… %} … {% endalert %}`."""
    return _draw("alert", context, content, tone=tone, title=title, **values)


@register.simple_block_tag(takes_context=True)
def table(context: template.Context, content: str, caption: Any = "", **values: Any) -> SafeString:
    """`{% table caption=… %} <thead>…</thead><tbody>…</tbody> {% endtable %}`."""
    return _draw("table", context, content, caption=caption, **values)


@register.simple_block_tag(takes_context=True)
def dialog(context: template.Context, content: str, id: str, title: Any, **values: Any) -> SafeString:
    """`{% dialog "id" _("Titel") %} … {% enddialog %}`; opened by `data-dialog="id"` on a link."""
    return _draw("dialog", context, content, id=id, title=title, **values)


@register.simple_block_tag(takes_context=True)
def empty_state(context: template.Context, content: str, title: Any, **values: Any) -> SafeString:
    """`{% empty_state _("Noch keine Sitzung") action_url=… action_label=… %} … {% endempty_state %}`."""
    return _draw("empty", context, content, title=title, **values)


@register.simple_block_tag(takes_context=True)
def toolbar(context: template.Context, content: str, label: Any = "", **values: Any) -> SafeString:
    """`{% toolbar %} buttons {% endtoolbar %}`."""
    return _draw("toolbar", context, content, label=label, **values)
