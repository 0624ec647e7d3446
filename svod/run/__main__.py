"""`python -m svod.run`: the whole portal on this machine, until Ctrl-C.

PORT (8000), SVOD_VAR, DATABASE_URL, REDIS_URL and WEB_WORKERS (2) change what runs where.
"""

from __future__ import annotations

import sys

from svod.embedded.errors import EmbeddedError
from svod.run.supervisor import RunError, Supervisor


def main() -> int:
    try:
        return Supervisor.from_environment().run()
    except (RunError, EmbeddedError) as error:
        print(f"svod: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
