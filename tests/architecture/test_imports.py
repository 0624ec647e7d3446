"""Imports go down only: rest → openlines → crm_link → workflows → lists_core → staff.

Inside an app the web knows the rules and the rules never know the web.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ["staff", "lists_core", "workflows", "crm_link", "openlines", "rest"]  # lowest first
# The project itself: its base may be used by everybody, the rest of it by nobody.
SHARED = {"base", "shell", "headers", "logs", "request_log", "celery", "templatetags"}
WEB = {"views", "forms", "tables", "api", "urls", "admin", "templatetags"}
RULES = {
    "base", "models", "schema", "field_types", "filters", "actions", "triggers", "engine",
    "selectors", "services",
}  # fmt: skip
# Lower parts of an app never import higher ones; parts that are not named may import anything.
LEVELS = [
    {"models"},
    {"schema", "field_types", "filters", "selectors"},
    {"services"},
    WEB | {"tasks", "jobs"},
]
# What an upper app may touch of a lower one.
PRIVATE = {"views", "tables", "api", "urls", "tasks"}
CASES = [
    pytest.param(app, path, id=str(path.relative_to(ROOT)))
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]


def imported(path: Path, *, top_only: bool = False):
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(path: Path, app: str) -> str:
    return path.relative_to(ROOT / app).parts[0].removesuffix(".py")


@pytest.mark.parametrize(("app", "path"), CASES)
def test_imports_go_down(app, path):
    part = part_of(path, app)
    for name in imported(path):
        target, _, rest = name.partition(".")
        inner = rest.partition(".")[0]
        if target == "svod":
            assert inner in SHARED, f"apps know only svod.base and its like, not {name}"
        if target not in APPS:
            continue
        assert APPS.index(target) <= APPS.index(app), f"{app} must not know {name}"
        if part in RULES:
            assert inner not in WEB, f"rules must not know {name}"
        if target != app and part != "urls":
            assert inner not in PRIVATE, f"{name} belongs to {target} alone"


def level(part: str) -> int | None:
    return next((number for number, parts in enumerate(LEVELS) if part in parts), None)


@pytest.mark.parametrize(("app", "path"), CASES)
def test_lower_parts_do_not_know_higher_ones(app, path):
    mine = level(part_of(path, app))
    for name in imported(path, top_only=True) if mine is not None else ():
        target, _, rest = name.partition(".")
        inner, _, module = rest.partition(".")
        # A registry's contract (`jobs.base`) is for those who call what is registered.
        is_contract = module.split(".")[0] == "base"
        theirs = level(inner) if target == app and not is_contract else None
        assert theirs is None or theirs <= mine, f"{part_of(path, app)} must not know {name}"


@pytest.mark.parametrize("folder", ["field_types", "actions", "engine", "filters"])
def test_variants_do_not_know_http(folder):
    for app in APPS:
        for path in (ROOT / app / folder).rglob("*.py"):
            for name in imported(path):
                assert not name.startswith(("django.http", "django.shortcuts")), f"{path}: {name}"


def test_the_law_bites(tmp_path):
    breach = tmp_path / "breach.py"
    breach.write_text("from lists_core.views import elements\nimport rest.api\n")
    assert list(imported(breach)) == ["lists_core.views.elements", "rest.api"]
