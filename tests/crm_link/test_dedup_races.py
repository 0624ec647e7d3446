"""Many at the same moment, each over a connection of its own: one set, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Timer
from typing import Any

import pytest
from django.db import connection, transaction

from crm_link.kinds import COMPANY, CONTACT
from crm_link.services.conversion import convert_lead
from crm_link.services.duplicate_rules import save_duplicate_rule
from crm_link.services.merging import merge_items
from crm_link.services.stage_removal import delete_stage
from lists_core.access import ROLES, Right
from lists_core.models import List
from lists_core.schema.cache import schema_of
from lists_core.services.rights import set_list_rights
from staff.models import Employee
from staff.subjects import Subject
from svod.base.errors import DomainError
from tests.crm_link.crm_world import administrator, crm, item, stage

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
    _saving_one_twice(admin, lists)
    _removing_a_stage(admin, lists)


def _saving_one_twice(admin: Any, lists: Any) -> None:
    """Where duplicates are refused one of many with the same telephone is saved."""
    seller = Employee.objects.create_user("seller", "seller@svod.example", "x")
    grants = {Subject("U", seller.pk): ROLES["edit"][1], Subject("U", admin.pk): {Right.FULL}}
    set_list_rights(lists["company"].pk, grants, actor=admin)
    save_duplicate_rule(COMPANY, blocks=True, by=["phone"], roles=[], actor=admin)
    phone = "+74957654321"
    came = together(lambda number: item("company", seller, f"Twice {number}", PHONE=[phone]))
    assert came == {"done": 1, "invalid": CROWD - 1}


def _removing_a_stage(admin: Any, lists: Any) -> None:
    """Whoever is just putting a deal on the stage is waited for, and the deal goes on."""
    gone, to = stage("deal", "FINAL_INVOICE"), stage("deal", "EXECUTING")
    put, looked = Event(), Event()

    def remove() -> None:
        put.wait(30)
        try:
            Timer(0.2, looked.set).start()
            delete_stage(gone.pk, actor=admin, to=to.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        removal = threads.submit(remove)
        with transaction.atomic():
            row = item("deal", admin, "Put", STAGE=gone.pk)
            put.set()
            looked.wait(30)
        removal.result(60)
    deals = schema_of(List.objects.get(pk=lists["deal"].pk))
    assert deals["STAGE"].read(deals.model.objects.get(pk=row.pk)) == to.pk


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
