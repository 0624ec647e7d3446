"""The limit: the same list as a programmer would write it by hand for one purpose."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, models, transaction
from django.template import Context, Template

STATES = ["new", "signed", "closed"]


class Contract(models.Model):
    """The columns of the benchmark's list, indexed and typed by hand."""

    name = models.TextField()
    partner = models.TextField(null=True)
    state = models.BigIntegerField(null=True)
    amount = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    weight = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    due = models.DateField(null=True)
    signed_at = models.DateTimeField(null=True)
    original = models.BooleanField(null=True)
    note = models.TextField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        app_label = "benchmarks"
        db_table = "handwritten_contract"


class Change(models.Model):
    """History and outbox in one row, the least that a careful programmer would keep."""

    contract_id = models.BigIntegerField()
    changes = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "benchmarks"
        db_table = "handwritten_change"


COLUMNS = ["name", "partner", "state", "amount", "weight", "due", "signed_at", "original", "note",
           "created_at"]  # fmt: skip
PAGE = Template(
    "<table>{% for row in rows %}<tr><td>{{ row.name }}</td><td>{{ row.partner }}</td>"
    "<td>{{ row.state }}</td><td>{{ row.amount|floatformat:'2g' }}</td>"
    "<td>{{ row.weight|floatformat:'0g' }}</td><td>{{ row.due|date:'SHORT_DATE_FORMAT' }}</td>"
    "<td>{{ row.signed_at|date:'SHORT_DATETIME_FORMAT' }}</td><td>{{ row.original|yesno }}</td>"
    "<td>{{ row.note }}</td><td>{{ row.created_at|date:'SHORT_DATETIME_FORMAT' }}</td></tr>"
    "{% endfor %}</table>{{ count }}"
)


def make_tables() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Contract)
        editor.create_model(Change)


def fill(schema: Any) -> None:
    """Copy the rows of our list, so that both have the same data."""
    names = {
        "PARTNER": "partner",
        "STATE": "state",
        "AMOUNT": "amount",
        "WEIGHT": "weight",
        "DUE": "due",
        "SIGNED_AT": "signed_at",
        "ORIGINAL": "original",
        "NOTE": "note",
    }
    theirs = ", ".join(names.values())
    ours = ", ".join(schema[code].main_column for code in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO handwritten_contract (name, {theirs}, created_at, version)"
            f" SELECT name, {ours}, created_at, 1 FROM {schema.table} ORDER BY id"
        )
        cursor.execute("ANALYZE")


def page() -> str:
    """The newest 50 with a count, as HTML."""
    found = Contract.objects.filter(deleted_at=None)
    rows = found.order_by("-pk")[:50]
    return PAGE.render(Context({"rows": rows, "count": found[:10_001].count()}))


def page_of_numbers(low: int, high: int) -> str:
    found = Contract.objects.filter(deleted_at=None, state=1, weight__range=(low, high))
    rows = found.order_by("-pk")[:50]
    return PAGE.render(Context({"rows": rows, "count": found[:10_001].count()}))


def create(values: dict[str, Any]) -> Contract:
    with transaction.atomic():
        row = Contract.objects.create(**values)
        Change.objects.create(contract_id=row.pk, changes={"name": [None, row.name]})
    return row


def update(pk: int, weight: int) -> None:
    with transaction.atomic():
        row = Contract.objects.select_for_update().get(pk=pk)
        old, row.weight, row.version = str(row.weight), weight, row.version + 1
        row.save()
        changes = json.loads(json.dumps({"weight": [old, str(weight)]}))
        Change.objects.create(contract_id=pk, changes=changes)
