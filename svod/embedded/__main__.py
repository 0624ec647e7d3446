"""`python -m svod.embedded start|stop|status`: the embedded servers without the portal.

They go on running until `stop`. SVOD_VAR names another var folder.
"""

from __future__ import annotations

import argparse
import sys

from svod.embedded.errors import EmbeddedError
from svod.embedded.places import var_folder
from svod.embedded.postgres import Postgres
from svod.embedded.redis import Redis


def main() -> int:
    parser = argparse.ArgumentParser(prog="svod.embedded", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "status"])
    action = parser.parse_args().action
    servers = (Postgres(var_folder()), Redis(var_folder()))
    for server in servers:
        if action == "start":
            server.start()
        elif action == "stop":
            server.stop()
    if action == "start":
        servers[0].create_database()
    return report(servers)


def report(servers: tuple[Postgres, Redis]) -> int:
    """One line a server; the exit code is 0 when all of them run."""
    for server in servers:
        name, pid = type(server).__name__, server.pid()
        where = f"runs as process {pid}" if pid else "does not run"
        print(f"{name} {where} ({server.folder})")
    return 0 if all(server.pid() for server in servers) else 3


if __name__ == "__main__":
    try:
        code = main()
    except EmbeddedError as error:
        sys.exit(f"svod: {error}")
    sys.exit(0 if sys.argv[1:] == ["stop"] else code)
