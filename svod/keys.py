"""A secret key for a portal that nobody has configured: made once, kept in the var folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def stored_key(path: Path) -> str:
    """The key in `path`; the first process to ask makes it, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # fails, unlike a rename, when another process was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
