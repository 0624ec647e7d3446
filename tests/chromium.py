"""`python -m tests.chromium`: the browser of the end-to-end tests, installed where we may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PATH = "/usr/bin/chromium"
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


def main() -> int:
    if Path(PATH).exists():
        return 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"The browser tests need {PATH}. On Debian: apt-get install chromium")
        return 1
    print("Installing Chromium…", flush=True)
    quiet = {
        "stdout": subprocess.DEVNULL,
        "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    }
    subprocess.run(["apt-get", "update", "-qq"], check=True, **quiet)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    return subprocess.run(install, check=False, **quiet).returncode


if __name__ == "__main__":
    sys.exit(main())
