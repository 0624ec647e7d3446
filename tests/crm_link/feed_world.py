"""Deliveries that gather won deals by day and address, and short ways to look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from moneyed import Money

from crm_link.models import FeedDue, FeedRule
from crm_link.services.feed_rules import save_feed_rule
from crm_link.services.feeds import work_feeds
from lists_core.models import Field, FieldOption, Job, List
from lists_core.schema.cache import schema_of
from lists_core.services.elements import update_element
from lists_core.services.fields import create_field
from lists_core.services.jobs import run_job
from lists_core.services.lists import create_list
from staff.models import Employee
from tests.crm_link.crm_world import item, stage
from workflows.services.events import handle_events

STATES = ("New", "On the way", "Cancelled")
MONDAY, TUESDAY = date(2026, 12, 7), date(2026, 12, 8)


@dataclass
class Feeds:
    """`deals` feed `deliveries` by `rule`; `deals` have DAY and ADDRESS of the delivery."""

    actor: Employee
    deals: List
    deliveries: List
    rule: FeedRule

    def deal(self, name: str, amount: int = 100, *, won: bool = True, **values: Any) -> Any:
        own = {"AMOUNT": Money(amount, "RUB"), "DAY": MONDAY, "ADDRESS": "Lenin st., 1", **values}
        code = "WON" if won else "NEW"
        return item("deal", self.actor, name, STAGE=stage("deal", code).pk, **own)

    def change(self, row: Any, **values: Any) -> Any:
        now = self.model(self.deals).objects.get(pk=row.pk)
        list_id = self.deals.pk
        return update_element(list_id, row.pk, values, version=now.version, actor=self.actor)

    def write(self, delivery: dict[str, Any], **values: Any) -> Any:
        """By hand, as the logistician does."""
        now = self.model(self.deliveries).objects.get(pk=delivery["ID"])
        return update_element(
            self.deliveries.pk, now.pk, values, version=now.version, actor=self.actor
        )

    @staticmethod
    def model(list_: List) -> Any:
        return schema_of(List.objects.get(pk=list_.pk)).model

    @staticmethod
    def follow() -> None:
        """Let the events arrive and the rules do what they ask for."""
        while handle_events():
            pass
        work_feeds(timezone.now())

    def rebuild(self) -> dict[str, Any]:
        job = Job.objects.filter(kind="feed_rebuild", state=Job.State.QUEUED).last()
        run_job(job.pk)
        job.refresh_from_db()
        assert job.state == Job.State.DONE, job.error
        return job.result

    def rows(self, *, binned: bool = False) -> list[dict[str, Any]]:
        """Deliveries as values by code, with ID and VERSION, in the order of day and address."""
        schema = schema_of(List.objects.get(pk=self.deliveries.pk))
        found = schema.model.objects.filter(deleted_at__isnull=not binned)
        rows = [
            {one.code: one.read(row) for one in schema.editable}
            | {"ID": row.pk, "VERSION": row.version}
            for row in found
        ]
        return sorted(rows, key=lambda row: (str(row["DAY"]), str(row["ADDRESS"])))

    def short(self) -> list[tuple[Any, ...]]:
        """(day, address, sum, how many, what) of each."""
        return [
            (row["DAY"], row["ADDRESS"], int(row["SUM"].amount) if row["SUM"] else 0,
             int(row["COUNT"]), row["WHAT"])
            for row in self.rows()
        ]  # fmt: skip

    def state(self, name: str) -> int:
        rows = FieldOption.objects.filter(field__list=self.deliveries, name=name)
        return int(rows.get().pk)

    def save(self, **changes: Any) -> FeedRule:
        names = (
            "name", "source", "target", "condition", "won", "keys", "mapping", "link", "empty",
            "cancel_field", "cancel_option", "run_as", "is_active",
        )  # fmt: skip
        given = {name: getattr(self.rule, name) for name in names}
        self.rule = save_feed_rule(self.rule, {**given, **changes}, actor=self.actor)
        return self.rule

    def failures(self) -> list[str]:
        return list(FeedDue.objects.exclude(error="").values_list("error", flat=True))


def feeds(actor: Employee, **more: Any) -> Feeds:
    deals = List.objects.get(system="crm.deal")
    made = create_list(actor=actor, name="Deliveries")
    day = create_field(deals.pk, "date", actor=actor, code="DAY", name="Delivery day")
    place = create_field(deals.pk, "string", actor=actor, code="ADDRESS", name="Address",
                         settings={"rows": 1})  # fmt: skip
    options = [{"id": None, "name": name, "color": "blue"} for name in STATES]
    kinds: dict[str, tuple[str, dict[str, Any]]] = {
        "DAY": ("date", {}),
        "ADDRESS": ("string", {"rows": 1}),
        "SUM": ("money", {}),
        "COUNT": ("number", {}),
        "WHAT": ("string", {"rows": 3}),
        "STATUS": ("list", {"look": "select", "options": options}),
        "DRIVER": ("string", {"rows": 1}),
        "DEALS": ("element", {"list": deals.pk, "look": "search"}),
    }
    fields = {
        code: create_field(
            made.pk, kind, actor=actor, code=code, name=code.title(), settings=settings,
            multiple=code == "DEALS",
        )
        for code, (kind, settings) in kinds.items()
    }  # fmt: skip
    amount = Field.objects.get(list=deals, code="AMOUNT")
    lines = [
        (day.pk, "copy", "DAY"), (place.pk, "copy", "ADDRESS"), (amount.pk, "sum", "SUM"),
        (0, "count", "COUNT"), (0, "all", "WHAT"),
    ]  # fmt: skip
    given = {
        "name": "Deliveries", "source": deals, "target": made, "won": True, "condition": {},
        "keys": [{"field": day.pk, "by": "day"}, {"field": place.pk, "by": "text"}],
        "mapping": [{"field": pk, "how": how, "into": fields[c].pk} for pk, how, c in lines],
        "link": fields["DEALS"], "run_as": actor, "empty": FeedRule.Empty.DELETE,
    }  # fmt: skip
    rule = save_feed_rule(None, {**given, **more}, actor=actor)
    return Feeds(actor, List.objects.get(pk=deals.pk), List.objects.get(pk=made.pk), rule)


def given_of(world: Feeds) -> dict[str, Any]:
    """What would save the world's rule once more."""
    names = ("source", "target", "won", "condition", "keys", "mapping", "link", "run_as", "empty")
    return {name: getattr(world.rule, name) for name in names}
