"""Imports go down only: rest → openlines → crm_link → workflows → lists_core → staff.

Inside an app the web knows the rules and the rules never know the web.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
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
    (app, path)
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


def upward(app: str, path: Path) -> Iterator[str]:
    """What is wrong with the imports of one module, seen from the other apps."""
    part = part_of(path, app)
    for name in imported(path):
        target, _, rest = name.partition(".")
        inner = rest.partition(".")[0]
        if target == "svod" and inner not in SHARED:
            yield f"apps know only svod.base and its like, not {name}"
        if target not in APPS:
            continue
        if APPS.index(target) > APPS.index(app):
            yield f"{app} must not know {name}"
        if part in RULES and inner in WEB:
            yield f"rules must not know {name}"
        if target != app and part != "urls" and inner in PRIVATE:
            yield f"{name} belongs to {target} alone"


def level(part: str) -> int | None:
    return next((number for number, parts in enumerate(LEVELS) if part in parts), None)


def inward(app: str, path: Path) -> Iterator[str]:
    """The same inside its app."""
    mine = level(part_of(path, app))
    for name in imported(path, top_only=True) if mine is not None else ():
        target, _, rest = name.partition(".")
        inner, _, module = rest.partition(".")
        # A registry's contract (`jobs.base`) is for those who call what is registered.
        is_contract = module.split(".")[0] == "base"
        theirs = level(inner) if target == app and not is_contract else None
        if theirs is not None and theirs > mine:
            yield f"{part_of(path, app)} must not know {name}"


@pytest.mark.parametrize("law", [upward, inward])
def test_imports_go_down(law):
    found = [f"{path.relative_to(ROOT)}: {one}" for app, path in CASES for one in law(app, path)]
    assert len(CASES) > 500
    assert not found


@pytest.mark.parametrize("folder", ["field_types", "actions", "engine", "filters"])
def test_variants_do_not_know_http(folder):
    for app in APPS:
        for path in (ROOT / app / folder).rglob("*.py"):
            for name in imported(path):
                assert not name.startswith(("django.http", "django.shortcuts")), f"{path}: {name}"


def test_the_law_bites(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    breach = tmp_path / "lists_core" / "models" / "breach.py"
    breach.parent.mkdir(parents=True)
    breach.write_text("from lists_core.services import lists\nimport rest.api\n")
    assert list(upward("lists_core", breach)) == [
        "lists_core must not know rest.api", "rules must not know rest.api",
        "rest.api belongs to rest alone",
    ]  # fmt: skip
    assert list(inward("lists_core", breach)) == ["models must not know lists_core.services.lists"]
