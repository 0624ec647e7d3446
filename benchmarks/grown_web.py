"""A web process of one portal, asked line by line: `benchmarks.grown` runs one for each.

A line is JSON: `{"get": address, "who": "admin" | "person"}`, `{"sql": statement}`,
`{"call": "keep_indexes"}` or `{"memory": true}`. The answer is a line of JSON with `ms`, and for
pages `status`, `queries` and `bytes`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from lists_core.models import List
from lists_core.services.indexes import keep_indexes
from staff.models import Employee

CALLS = {"keep_indexes": keep_indexes}
MEMORY = "SELECT sum(total_bytes) FROM pg_backend_memory_contexts"


class Web:
    def __init__(self) -> None:
        self.clients: dict[str, Client] = {}

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "get" in asked:
            return self.page(asked["get"], asked.get("who", "admin"))
        if "sql" in asked:
            return _timed(lambda: _sql(asked["sql"]))
        if "call" in asked:
            return _timed(CALLS[asked["call"]])
        return {"rss": _rss(), "backend": _sql(MEMORY)[0][0]}

    def page(self, address: str, who: str) -> dict[str, Any]:
        client = self.clients.get(who) or self._sign_in(who)
        start = perf_counter()
        response = client.get(address, follow=True)
        body = b"".join(response) if response.streaming else response.content
        ms = (perf_counter() - start) * 1000
        with CaptureQueriesContext(connection) as caught:
            client.get(address, follow=True)
        return {
            "ms": ms,
            "status": response.status_code,
            "queries": len(caught),
            "bytes": len(body),
        }

    def _sign_in(self, who: str) -> Client:
        client = Client(SERVER_NAME="localhost", headers={"accept-language": "ru"})
        names = {"admin": "grown", "person": "keeper-7"}
        person = Employee.objects.get(username=names[who])
        client.force_login(person, backend="staff.backends.EmployeeBackend")
        self.clients[who] = client
        return client


def _timed(work: Any) -> dict[str, Any]:
    start = perf_counter()
    found = work()
    return {"ms": (perf_counter() - start) * 1000, "found": found}


def _sql(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
        return [[value if isinstance(value, str) else float(value or 0) for value in row]
                for row in rows]  # fmt: skip


def _rss() -> int:
    """Resident memory in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def main() -> None:
    web = Web()
    lists = List.objects.filter(system="").order_by("pk").values_list("pk", flat=True)
    print(json.dumps({"lists": list(lists)}), flush=True)
    with translation.override("ru"):
        for line in sys.stdin:
            print(json.dumps(web.answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
