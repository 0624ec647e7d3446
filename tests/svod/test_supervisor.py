"""`python -m svod.run`: one portal, started whole, stopped whole, however it ends."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from svod.embedded import process
from tests import database

pytestmark = pytest.mark.durability
STARTED = "Ctrl-C"
PATIENCE = 180  # other tests keep both cores busy


@pytest.fixture
def var(clean_environment):
    """A var folder that PostgreSQL's own user can reach.

    Not one of pytest's: those are private, and every other pytest that starts on the machine
    closes them again.
    """
    folder = Path(tempfile.mkdtemp(prefix="svod-run-"))
    folder.chmod(0o711)
    clean_environment["SVOD_VAR"] = str(folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def run(python, var, free_port):
    """Start the portal and wait until it says how to stop it."""

    def start(port=free_port, **more):
        portal = python("-m", "svod.run", PORT=str(port), WEB_WORKERS="1", **more)
        said = read_until(portal, STARTED)
        assert STARTED in said, said
        return portal, said

    return start


def read_until(portal, word):
    lines = []
    for line in portal.stdout:
        lines.append(line)
        if word in line:
            break
    return "".join(lines)


def ours(var):
    """Every process that works for this var folder."""
    found = []
    for one in psutil.process_iter(["pid", "cmdline", "environ"]):
        words = [*(one.info["cmdline"] or []), (one.info["environ"] or {}).get("SVOD_VAR", "")]
        if one.pid != os.getpid() and any(str(var) in word for word in words):
            found.append(one)
    return found


def gone(var):
    return process.wait_until(lambda: not ours(var), PATIENCE)


def answer(port, path="/readyz"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return response.read()


def end(portal, var, signum):
    """Send the signal; nothing may be left."""
    portal.send_signal(signum)
    code = portal.wait(PATIENCE)
    assert gone(var), ours(var)
    return code


def shell(python, code):
    child = python(
        "manage.py", "shell", "-v0", "-c", f"from staff.models import Department as D; {code}"
    )
    return child.communicate(timeout=PATIENCE)[0].strip()


# One story, for the first start of a portal takes most of the time. Its database is migrated
# already, as `svod.embedded` and `migrate` have made it for this run (tests/database.py).
def test_a_portal_from_its_first_start_to_a_dead_worker(run, python, var, free_port):
    database.seed(var)
    portal, said = run()
    assert f"http://127.0.0.1:{free_port}" in said
    assert answer(free_port) == b"ready"
    assert shell(python, "D.objects.create(name='Проверочное подразделение')") == ""

    second = python("-m", "svod.run", PORT=str(free_port + 1))
    text = second.communicate(timeout=PATIENCE)[0]
    assert second.returncode == 1
    assert f"already running: http://127.0.0.1:{free_port}" in text
    assert answer(free_port) == b"ready"
    assert end(portal, var, signal.SIGINT) == 0

    portal, _ = run()
    assert shell(python, "print(D.objects.filter(name='Проверочное подразделение').count())") == "1"
    assert len(ours(var)) > 4
    assert end(portal, var, signal.SIGKILL) == -signal.SIGKILL

    portal, _ = run()  # and nothing of it stands in the way of the next start
    assert answer(free_port) == b"ready"
    assert process.wait_until(lambda: workers_of(portal, var), 20)
    workers_of(portal, var)[0].kill()
    rest = portal.communicate(timeout=PATIENCE)[0]
    assert portal.returncode == 1
    assert "worker ended with exit code -9" in rest
    assert gone(var), ours(var)


def workers_of(portal, var):
    return [one for one in ours(var) if one.ppid() == portal.pid and "worker" in one.cmdline()]


def test_taken_port_is_named(python, var, free_port):
    with socket.create_server(("127.0.0.1", free_port)):
        portal = python("-m", "svod.run", PORT=str(free_port))
        text = portal.communicate(timeout=PATIENCE)[0]
    assert portal.returncode == 1
    assert f"port {free_port} is taken" in text
    assert not ours(var)


@pytest.mark.parametrize("port", ["0", "65536", "web", "-1"])
def test_bad_port_is_refused(python, port):
    portal = python("-m", "svod.run", PORT=port)
    assert "PORT must be a number" in portal.communicate(timeout=PATIENCE)[0]
    assert portal.returncode == 1


def test_given_database_is_used_and_none_is_started(python, var, free_port):
    url = "postgres://nobody@127.0.0.1:1/none"
    portal = python("-m", "svod.run", PORT=str(free_port), DATABASE_URL=url)
    text = portal.communicate(timeout=PATIENCE)[0]
    assert portal.returncode == 1
    assert "`manage.py prepare` failed" in text
    assert not (var / "postgres").exists()
    assert gone(var), ours(var)


def test_stops_while_it_starts(python, var, free_port):
    portal = python("-m", "svod.run", PORT=str(free_port))
    read_until(portal, "Preparing")
    time.sleep(0.3)
    portal.send_signal(signal.SIGTERM)
    assert portal.wait(PATIENCE) == 0
    assert gone(var), ours(var)
