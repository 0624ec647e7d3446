"""`python -m tests.chromium`: the browser of the end-to-end tests, installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The same browser without windows, bars and menus to draw: a page costs it half of the work.
SHELL = "/usr/bin/chromium-headless-shell"
WHOLE = "/usr/bin/chromium"
# As root Chromium needs --no-sandbox; the rest keeps it from calling home, which a closed
# network would refuse many times a second.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def path() -> str:
    """The browser that there is."""
    return SHELL if Path(SHELL).exists() else WHOLE


def main() -> int:
    if not Path(SHELL).exists() and os.geteuid() == 0 and shutil.which("apt-get"):
        install()
    if Path(path()).exists():
        return 0
    print(f"The browser tests need {SHELL}. On Debian: apt-get install chromium-headless-shell")
    return 1


def install() -> None:
    """Best effort, and not a long one: the whole Chromium does as well, only slower."""
    print("Installing Chromium…", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "Acquire::http::Timeout=20"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", Path(SHELL).name]):
        subprocess.run([*apt, *command], env=environment, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    sys.exit(main())
