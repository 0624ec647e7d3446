"""Many at the same moment, each over a connection of its own: one set, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from crm_link.services.conversion import convert_lead
from lists_core.schema.cache import schema_of
from svod.base.errors import DomainError
from tests.crm_link.crm_world import administrator, crm, item

CROWD = 20


def together(deed: Callable[[int], Any]) -> Counter[str]:
    """Run the deed in a crowd of threads; what each came to: "done" or the error's code."""

    def one(number: int) -> str:
        try:
            deed(number)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(CROWD) as crowd:
        return Counter(crowd.map(one, range(CROWD)))


@pytest.mark.django_db(transaction=True)
def test_races():
    admin = administrator()
    lists = crm(admin)

    def count(kind: str) -> int:
        return schema_of(lists[kind]).model.objects.filter(deleted_at=None).count()

    lead = item("lead", admin, PHONE=["+74951234567"], COMPANY_TITLE="Ромашка", LAST_NAME="Петров")
    came = together(lambda _number: convert_lead(lead.pk, actor=admin))
    assert came == {"done": 1, "lead_converted": CROWD - 1}
    assert [count(kind) for kind in ("contact", "company", "deal")] == [1, 1, 1]
