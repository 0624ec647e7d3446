"""PDF by LibreOffice, when there is one.

`soffice` ends with 0 on a broken file and may hang: each run has its own profile and its own
process group, a time limit, and its result is looked at.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

LIMIT_S = 60
NAMES = ("soffice", "libreoffice")


class NotConverted(Exception):
    """LibreOffice gave no PDF; `str(error)` is "time" or "failed"."""


def converter() -> str | None:
    """The path of LibreOffice on this machine."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def to_pdf(docx: bytes, *, program: str, limit_s: float = LIMIT_S) -> bytes:
    """The document as PDF. Raises NotConverted."""
    with TemporaryDirectory(prefix="svod-pdf-") as folder:
        source = Path(folder, "document.docx")
        source.write_bytes(docx)
        command = [
            program, f"-env:UserInstallation=file://{folder}/profile", "--headless",
            "--nologo", "--norestore", "--nodefault", "--convert-to", "pdf", "--outdir", folder,
            str(source),
        ]  # fmt: skip
        _run(command, folder, limit_s)
        made = Path(folder, "document.pdf")
        content = made.read_bytes() if made.exists() else b""
    if not content.startswith(b"%PDF"):
        raise NotConverted("failed")
    return content


def _run(command: list[str], folder: str, limit_s: float) -> None:
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        # No settings and no secrets of the portal; a home that goes with the folder.
        env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        child.wait(limit_s)
    except subprocess.TimeoutExpired:
        raise NotConverted("time") from None
    finally:
        # LibreOffice leaves helpers behind, also when its own process has ended.
        _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
