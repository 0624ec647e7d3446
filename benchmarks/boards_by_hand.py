"""The limit of boards: deals as a programmer would write them by hand for one purpose."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, Q, Sum
from django.template import Context, Template

from lists_core.schema.compile import Schema

STAGES, OPEN, SHOWN = 8, 5, 20


class HandDeal(models.Model):
    """The columns that a board needs, indexed for it."""

    name = models.TextField()
    stage = models.BigIntegerField()
    amount = models.DecimalField(max_digits=24, decimal_places=4)
    currency = models.CharField(max_length=3)
    owner = models.BigIntegerField()
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "benchmarks"
        db_table = "handwritten_deal"
        indexes = [models.Index("stage", models.F("id").desc(), name="hand_deal_lanes",
                                condition=Q(deleted_at=None))]  # fmt: skip


class HandMove(models.Model):
    """History and outbox in one row."""

    deal_id = models.BigIntegerField()
    old = models.BigIntegerField()
    new = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "benchmarks"
        db_table = "handwritten_move"


PAGE = Template(
    "{% for lane in lanes %}<section><h2>{{ lane.stage }}</h2><b>{{ lane.number }}</b>"
    "{% for code, sum in lane.sums.items %}<i>{{ sum|floatformat:'2g' }} {{ code }}</i>{% endfor %}"
    "<ul>{% for row in lane.rows %}<li id='card-{{ row.pk }}'><a href='/deals/{{ row.pk }}/'>"
    "{{ row.name }}</a><div>{{ row.amount|floatformat:'2g' }} {{ row.currency }}</div>"
    "<a href='/people/{{ row.owner }}/'>{{ owner }}</a>"
    "<time>{{ row.created_at|date:'SHORT_DATE_FORMAT' }}</time>"
    "<span>{{ row.moved_at|timesince }}</span></li>{% endfor %}</ul></section>{% endfor %}"
)


class Handmade:
    """The table with a copy of our rows, and its page."""

    def __init__(self, schema: Schema) -> None:
        with connection.schema_editor() as editor:
            editor.create_model(HandDeal)
            editor.create_model(HandMove)
        stage, amount = schema["STAGE"], schema["AMOUNT"]
        owner = schema["RESPONSIBLE"].main_column
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO handwritten_deal (name, stage, amount, currency, owner, created_at,"
                f" moved_at) SELECT name, {stage.main_column}, {', '.join(amount.column_names)},"
                f" {owner}, created_at, created_at FROM {schema.table} ORDER BY id"
            )
            cursor.execute("VACUUM ANALYZE handwritten_deal")
        stages = HandDeal.objects.order_by("stage").values_list("stage", flat=True).distinct()
        self.stages = list(stages)

    def page(self, least: int = 0) -> str:
        """Numbers and sums of all stages, the newest cards of the open ones, as HTML."""
        found = HandDeal.objects.filter(deleted_at=None)
        if least:
            found = found.filter(amount__gte=least)
        numbers: dict[int, int] = defaultdict(int)
        sums: dict[int, dict[str, Any]] = defaultdict(dict)
        counted = found.values("stage", "currency").annotate(number=Count("pk"), sum=Sum("amount"))
        for row in counted.order_by():
            numbers[row["stage"]] += row["number"]
            sums[row["stage"]][row["currency"]] = row["sum"]
        own = [found.filter(stage=stage).order_by("-pk")[:SHOWN] for stage in self.stages[:OPEN]]
        cards: dict[int, list[Any]] = defaultdict(list)
        for deal in own[0].union(*own[1:], all=True):
            cards[deal.stage].append(deal)
        lanes = [
            {"stage": pk, "number": numbers[pk], "sums": sums[pk], "rows": cards[pk]}
            for pk in self.stages
        ]
        return PAGE.render(Context({"lanes": lanes, "owner": "Bench"}))

    def move(self, pk: int, stage: int) -> None:
        with transaction.atomic():
            row = HandDeal.objects.select_for_update().get(pk=pk)
            old, row.stage = row.stage, stage
            row.save()
            HandMove.objects.create(deal_id=pk, old=old, new=stage)
