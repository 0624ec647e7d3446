"""The size law: a file holds one thought, a function one step of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".venv", "node_modules", "var", "migrations", ".git", "dist"}
FILE_LINES = 400
FUNCTION_LINES = 40
VIEW_LINES = 25
READY_LINES = 10
SOURCES = [
    pytest.param(path, id=str(path.relative_to(ROOT)))
    for pattern in ("*.py", "*.ts", "*.css", "*.html")
    for path in sorted(ROOT.rglob(pattern))
    if SKIPPED.isdisjoint(path.relative_to(ROOT).parts)
]
PYTHON = [case for case in SOURCES if case.id.endswith(".py")]


@pytest.mark.parametrize("path", SOURCES)
def test_file(path):
    assert len(path.read_text().splitlines()) <= FILE_LINES


def limit(path: Path, name: str) -> int:
    if name == "ready":
        return READY_LINES
    return VIEW_LINES if "views" in path.parts else FUNCTION_LINES


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of the body: a long signature or docstring is no long function."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


@pytest.mark.parametrize("path", PYTHON)
def test_functions(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert length(node) <= limit(path, node.name), f"{node.name}: {length(node)} lines"
