"""Many at the same moment, each over a connection of its own: one set, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from crm_link.kinds import CONTACT
from crm_link.services.conversion import convert_lead
from crm_link.services.merging import merge_items
from lists_core.schema.cache import schema_of
from svod.base.errors import DomainError
from tests.crm_link.crm_world import administrator, crm, item

CROWD = 20


def together(deed: Callable[[int], Any], crowd: int = CROWD) -> Counter[str]:
    """Run the deed in a crowd of threads; what each came to: "done" or the error's code."""

    def one(number: int) -> str:
        try:
            deed(number)
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(crowd) as threads:
        return Counter(threads.map(one, range(crowd)))


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
    _merging(admin, lists)


def _merging(admin: Any, lists: Any) -> None:
    """While people merge two contacts, each his own way round, others make deals of them: one
    contact is left, and no deal points to what is gone."""
    pair = [item("contact", admin, name).pk for name in "AB"]

    def deed(number: int) -> None:
        main, other = pair if number % 4 < 2 else pair[::-1]
        if number % 2:
            merge_items(CONTACT, main, [other], actor=admin)
        else:
            item("deal", admin, f"Race {number}", CONTACTS=[other])

    came = together(deed, 8)
    assert set(came) <= {"done", "not_found", "invalid"}
    contacts, deals = (schema_of(lists[kind]) for kind in ("contact", "deal"))
    left = contacts.model.objects.filter(pk__in=pair, deleted_at=None).values_list("pk", flat=True)
    assert len(left) == 1
    rows = deals.model.objects.filter(name__startswith="Race")
    assert rows.exists()
    assert {pk for row in rows for pk in deals["CONTACTS"].read(row)} == set(left)
