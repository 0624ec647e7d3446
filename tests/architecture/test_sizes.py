"""The size law: a file holds one thought, a function one step of it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".venv", "node_modules", "var", "migrations", ".git", "dist"}
FILE_LINES = 400
FUNCTION_LINES = 40
VIEW_LINES = 25
READY_LINES = 10
SOURCES = [
    path
    for pattern in ("*.py", "*.ts", "*.css", "*.html")
    for path in sorted(ROOT.rglob(pattern))
    if SKIPPED.isdisjoint(path.relative_to(ROOT).parts)
]


def test_files():
    """One test for all of them: a test a file costs CI more than the reading."""
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}
    assert len(sizes) > 500
    assert not {name: lines for name, lines in sizes.items() if lines > FILE_LINES}


def limit(path: Path, name: str) -> int:
    if name == "ready":
        return READY_LINES
    return VIEW_LINES if "views" in path.parts else FUNCTION_LINES


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of the body: a long signature or docstring is no long function."""
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or 0) - first.lineno + 1


def too_long(path: Path) -> list[str]:
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [
        f"{path.relative_to(ROOT)}: {node.name}: {length(node)} lines"
        for node in functions
        if length(node) > limit(path, node.name)
    ]


def test_functions():
    python = [path for path in SOURCES if path.suffix == ".py"]
    assert not [found for path in python for found in too_long(path)]


def test_the_law_bites(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    breach = tmp_path / "breach.py"
    breach.write_text("def ready():\n" + "    print()\n" * (READY_LINES + 1))
    assert too_long(breach) == [f"breach.py: ready: {READY_LINES + 1} lines"]
