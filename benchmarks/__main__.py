"""`make bench`: builds the data, measures, writes benchmarks/RESULTS.md.

`BENCH_ROWS` sets the size of the list (100,000 by default). Brings its own PostgreSQL.
"""

from __future__ import annotations

import os
import platform
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection  # noqa: E402

from benchmarks import report, suite  # noqa: E402

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
HEAD = """# Results of `make bench`

{machine}; load when it began: {load:.1f}; {rows:,} elements. Times in ms; "limit" is the
hand-written code of `benchmarks/handwritten.py` on the same rows in the same run, taken in turns;
the ratio is the median of the paired ratios.

| work | Svod | limit | ratio | bar (design.md §7) |
|---|---|---|---|---|
"""


def main() -> int:
    load = os.getloadavg()[0]
    connection.creation.create_test_db(verbosity=0)
    try:
        lines = [line.row() for line in suite.run(ROWS)]
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    text = HEAD.format(machine=machine, load=load, rows=ROWS) + "\n".join(lines) + "\n"
    report.put(text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
