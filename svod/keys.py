"""Keys of a portal that nobody has configured: made once, kept in the var folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def stored_key(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(64)) -> str:
    """The key in `path`; the first process to ask makes it, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)  # fails, unlike a rename, when another process was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def secret_keys(written: str, file: str, var: Path | None) -> str:
    """The keys of secret fields: as written, else those of `file`, else those of the var folder.

    `var` is None where no keys may be made. Raises OSError for a file that cannot be read.
    """
    if written:
        return written
    if file:
        return Path(file).read_text()
    return stored_key(var / "secret-keys", new_secret_key) if var else ""


def new_secret_key() -> str:
    from svod.base.vault import new_key  # not needed, and slow to load, once the file is there

    return new_key()
