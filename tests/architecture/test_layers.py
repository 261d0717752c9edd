"""Models and migrations point down the house as imports do; the statutes know no framework."""

import ast
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
# Who stands on whom, from the ground up.
HOUSE = ["partnership", "membership", "committees", "fund", "portal"]
RULES = sorted(file for app in HOUSE for file in (ROOT / app / "rules").rglob("*.py"))


def level(app_label: str) -> int:
    """Return the storey of an app; libraries are the ground below the house."""
    return HOUSE.index(app_label) if app_label in HOUSE else -1


def is_rules_at_or_below(app: str, module: str) -> bool:
    """Whether a module is a statute of this app or of one it stands on."""
    owner, room, *_ = [*module.split("."), ""]
    return room == "rules" and -1 < level(owner) <= level(app)


def test_every_app_of_ours_has_its_storey():
    ours = {config.label for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT)}
    ours = {label for label in ours if ".venv" not in apps.get_app_config(label).path}
    assert ours == set(HOUSE)


def test_no_model_points_upward():
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for label in HOUSE
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model is not None
        and level(field.related_model._meta.app_label) > level(label)
    ]
    assert upward == []


def test_no_migration_depends_on_a_higher_app():
    graph = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    upward = [
        f"{key} -> {needed}"
        for key, migration in graph.items()
        for needed in [*migration.dependencies, *migration.run_before]
        if key[0] in HOUSE and level(needed[0]) > level(key[0])
    ]
    assert upward == []


# Libraries that are rules themselves: pure Python, no clock, no chance in what is used of them.
PLAIN = {"votelib"}


def test_the_statutes_have_rooms_to_check():
    assert RULES


@pytest.mark.parametrize("file", RULES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_statutes_use_plain_python_only(file):
    """No framework, no database, no clock: rules/ may use the standard library, its neighbours and plain counting."""
    app = file.relative_to(ROOT).parts[0]
    foreign = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if node.level == 0 else []
        foreign += [
            name
            for name in names
            if name.split(".")[0] not in sys.stdlib_module_names | PLAIN and not is_rules_at_or_below(app, name)
        ]
    assert foreign == []
