"""A secret key for a portal that nobody has configured: made once, kept in the var folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def stored_key(path: Path) -> str:
    """The key in `path`; the first process to ask makes it, readable by its owner alone."""
    if not path.exists():
        store_once(path, secrets.token_urlsafe(64))
    return path.read_text()


def store_once(path: Path, text: str) -> None:
    """Write a secret file that is not there yet; of several processes the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, path)  # fails, unlike a rename, when another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
