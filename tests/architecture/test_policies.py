"""Every view carries a policy, loads nothing past `visible_to`, and is called as its address and template are."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver

from partnership.access.checks import every_address_has_a_policy, policy_of, walk

HOUSE = ("partnership", "membership", "committees", "fund", "portal")
ROOT = Path(settings.BASE_DIR)
OURS = [
    (name, view.view_class)
    for _route, name, view in walk(get_resolver().url_patterns)
    if getattr(view, "view_class", None) is not None and view.view_class.__module__.split(".")[0] in HOUSE
]
VIEWS = sorted(path for app in HOUSE for path in (ROOT / app / "views").rglob("*.py"))

# Loading a row by its key past `visible_to`: where it is right, and why.
ALLOWED = {
    ("partnership/views/base.py", "get_object_or_404"): "the one place that resolves the partnership of an address",
    ("partnership/views/documents.py", "get_object_or_404"): "a download asks the document itself, for public ones too",
    ("partnership/views/accounts.py", "objects.get"): "the signed-in person's own row",
    ("committees/views/agenda.py", "objects.get"): "a second copy of the item found before, for the form to write into",
    ("committees/views/ballots/shown.py", "objects.in_bulk"): "names of people who acted on a ballot found before",
    ("portal/views/partnership.py", "objects.get"): "a second copy of the partnership of the address",
}


def test_the_system_check_is_clean():
    assert every_address_has_a_policy() == []


@pytest.mark.parametrize(("name", "view"), OURS, ids=[name for name, _view in OURS])
def test_a_view_carries_its_policy_itself_and_the_policy_says_who(name, view):
    found = policy_of(view, name) or getattr(view, "policy", None)
    assert found is not None
    assert getattr(view, "policy", None) is not None, "carry `policy = policies.<name>`"
    assert found.summary, f"{found.name}: its docstring says who is let through"
    assert str(found.reason), f"{found.name}: a refusal has a reason"


@pytest.mark.parametrize(("name", "view"), OURS, ids=[name for name, _view in OURS])
def test_a_view_is_called_as_its_address(name, view):
    words = name.rpartition(":")[2]
    wanted = "".join(word.capitalize() for word in words.split("_")) + "View"
    shared = {"imprint": "LegalView", "privacy": "LegalView", "accessibility": "LegalView"}
    assert view.__name__ == shared.get(words, wanted)


@pytest.mark.parametrize(("name", "view"), OURS, ids=[name for name, _view in OURS])
def test_the_template_of_a_view_exists(name, view):
    template = getattr(view, "template_name", None)
    if template:
        get_template(template)


def loads(path: Path) -> list[tuple[str, int]]:
    """Calls that fetch a row by key: `get_object_or_404(Model…)`, `Model.objects.get(…)`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        # A name in small letters is a queryset narrowed before; a model, or all of its rows, is not.
        if called.endswith("get_object_or_404") and ast.unparse(node.args[0])[:1].isupper():
            found.append(("get_object_or_404", node.lineno))
        elif re.search(r"\.objects\.(get|get_or_create|update_or_create|in_bulk)$", called):
            found.append(("objects." + called.rpartition(".")[2], node.lineno))
    return found


@pytest.mark.parametrize("path", VIEWS, ids=[str(path.relative_to(ROOT)) for path in VIEWS])
def test_views_load_rows_through_what_the_person_may_see(path):
    where = str(path.relative_to(ROOT))
    wrong = [f"{where}:{line} {what}" for what, line in loads(path) if (where, what) not in ALLOWED]
    assert not wrong, "load through Model.objects.visible_to(user) or a query of it"


@pytest.mark.parametrize("path", VIEWS, ids=[str(path.relative_to(ROOT)) for path in VIEWS])
def test_views_never_expand_what_was_sent_into_a_query(path):
    """filter(**request.GET), order_by(request.GET[…]) (I8)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            verb = node.func.attr
            if verb in {"filter", "exclude", "order_by", "annotate", "values", "extra", "raw"}:
                assert verb not in {"extra", "raw"}, f"{path}:{node.lineno}"
                told = ast.unparse(node)
                keywords = [ast.unparse(k.value) for k in node.keywords if k.arg is None]
                assert not any("GET" in text or "POST" in text for text in keywords), f"{path}:{node.lineno} {told}"
                if verb == "order_by":
                    assert "GET" not in told, f"{path}:{node.lineno} {told}"


@pytest.mark.parametrize("path", VIEWS, ids=[str(path.relative_to(ROOT)) for path in VIEWS])
def test_views_write_through_services_only(path):
    """A view calls one service; it saves, creates and deletes nothing itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            assert not re.search(r"\.objects\.(create|bulk_create|update)$", called), f"{path}:{node.lineno} {called}"
            assert not called.endswith(".save"), f"{path}:{node.lineno} {called}"
