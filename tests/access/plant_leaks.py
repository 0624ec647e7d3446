"""Plant each leak of planted.py in a copy of the tree and see which test turns red.

    .venv/bin/python -m tests.access.plant_leaks

Takes about an hour; `1/2` as the argument plants every second one, beginning with the first,
any other argument those with this word in their name. Prints a table for docs/access-tests.md
and exits with 1 when a leak was not caught.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.access.planted import PLANTED
from tests.database import temporary_server

ROOT = Path(__file__).resolve().parents[2]
LEFT = ["var", "node_modules", ".git", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache"]
HERE = "tests/access"
# The first shows most leaks at its first look; the drawn histories take longest.
TESTS = [
    f"{HERE}/test_staleness.py::test_everything_in_the_small_world",
    *(f"{HERE}/test_attacks_{name}.py" for name in ("import", "reading", "writing")),
    f"{HERE}/test_gaps.py",
    f"{HERE}/test_staleness.py::test_rights_act_at_once",
]
RED = re.compile(r"^FAILED \S+::(\w+)", re.MULTILINE)
ADAPTER = re.compile(r"^E\s+(?:AssertionError: )?(\w+): person", re.MULTILINE)


def copy_tree(target: Path) -> None:
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*LEFT), dirs_exist_ok=True)
    for name in ("node_modules", ".venv"):
        (target / name).symlink_to(ROOT / name)


def caught(target: Path) -> str:
    """The first red test and the adapter that told; "" when all are green."""
    command = [f"{ROOT}/.venv/bin/python", "-m", "pytest", *TESTS, "-q", "-x", "-n0", "--reuse-db"]
    done = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False)
    red, told = RED.search(done.stdout), ADAPTER.search(done.stdout)
    if done.returncode not in (0, 1) or (done.returncode and not red):
        return f"? {done.stdout[-300:]}"
    return f"{red[1]} ({told[1]})" if red and told else red[1] if red else ""


def plant(target: Path, file: str, old: str, new: str) -> str:
    path = target / file
    whole = path.read_text()
    path.write_text(whole.replace(old, new))
    try:
        return caught(target)
    finally:
        path.write_text(whole)


def chosen(which: str) -> list[tuple[str, str, str, str]]:
    if re.fullmatch(r"\d+/\d+", which):
        first, step = map(int, which.split("/"))
        return PLANTED[first - 1 :: step]
    return [leak for leak in PLANTED if which in leak[0]]


def main(which: str = "1/1") -> int:
    # One server for all runs: the first makes the database, the others use it again.
    os.environ.setdefault("DATABASE_URL", temporary_server())
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        target.chmod(0o755)  # the child that reads tables runs as nobody
        copy_tree(target)
        print(f"nothing planted: {caught(target) or 'green'}", flush=True)
        for name, file, old, new in chosen(which):
            red = plant(target, file, old, new)
            missed += not red
            print(f"| {name} | {red or 'NOT CAUGHT'} |", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
