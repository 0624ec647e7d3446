"""The limit: the same list as a programmer would write it for this one purpose.

A model with plain columns and the same indexes, a page as JSON, a page as HTML, create and update
with history; through the middleware of a new Django project, for who has signed in.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import connection, models, transaction
from django.db.models import F
from django.db.models.functions import Collate, Left, Lower, Replace, Upper
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import Context, Template
from django.test import Client, override_settings
from django.test.client import ClientHandler
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views import View

from benchmarks.lists_world import STATES, Kind, World
from staff.models import Employee

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PAGE, CAP = 50, 10_001
CHOICES = list(enumerate(STATES))
COLUMNS: dict[str, Any] = {
    "string": lambda: models.TextField(null=True),
    "url": lambda: models.TextField(null=True),
    "list": lambda: models.BigIntegerField(null=True, choices=CHOICES),
    "number": lambda: models.DecimalField(max_digits=30, decimal_places=10, null=True),
    "date": lambda: models.DateField(null=True),
    "datetime": lambda: models.DateTimeField(null=True),
    "boolean": lambda: models.BooleanField(null=True),
    "employee": lambda: models.ForeignKey(
        Employee, models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    ),
}
CELLS = {
    "string": "{{{{ row.{0} }}}}",
    "url": '<a href="{{{{ row.{0} }}}}">{{{{ row.{0} }}}}</a>',
    "list": "<span class=badge>{{{{ row.get_{0}_display }}}}</span>",
    "number": "{{{{ row.{0}|floatformat:'2g' }}}}",
    "date": "{{{{ row.{0}|date:'SHORT_DATE_FORMAT' }}}}",
    "datetime": "{{{{ row.{0}|date:'SHORT_DATETIME_FORMAT' }}}}",
    "boolean": "{{{{ row.{0}|yesno }}}}",
    "employee": '<a href="/people/{{{{ row.{0}_id }}}}/">{{{{ row.{0} }}}}</a>',
}
SHOWN = {
    "NAME": '<a href="/contracts/{{ row.pk }}/">{{ row.name }}</a>',
    "ID": "{{ row.pk }}",
    "CREATED_AT": "{{ row.created_at|date:'SHORT_DATETIME_FORMAT' }}",
    "MODIFIED_AT": "{{ row.modified_at|date:'SHORT_DATETIME_FORMAT' }}",
    "CREATED_BY": '<a href="/people/{{ row.created_by_id }}/">{{ row.created_by }}</a>',
}


class Change(models.Model):
    """History and outbox in one row, the least that a careful programmer would keep."""

    contract_id = models.BigIntegerField()
    changes = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "benchmarks"
        db_table = "handwritten_change"


class Handmade:
    """The hand-written twin of a world's list, filled with the same rows."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.model = _model(world)
        _make_table(self.model)
        _copy_rows(world, self.model)
        self.kinds = {name: kind.slug for _code, kind, name in world.columns}
        self.people = [name for name, slug in self.kinds.items() if slug == "employee"]
        self.template = Template(_template(world))
        self.client = _client(world.actor, self.urls())

    def urls(self) -> tuple[URLPattern, ...]:
        one = self

        @method_decorator(login_required, name="dispatch")
        class Contracts(View):
            def get(self, request: HttpRequest) -> HttpResponse:
                return one.as_json(request) if request.GET.get("json") else one.as_html(request)

        return (path("contracts/", Contracts.as_view()),)

    # --- the views ----------------------------------------------------------------------

    def as_json(self, request: HttpRequest) -> JsonResponse:
        found = self.found(request)
        rows = list(found.select_related("created_by", "modified_by", *self.people)[: PAGE + 1])
        body = {
            "elements": [self.values(row) for row in rows[:PAGE]],
            "count": found.order_by()[:CAP].count(),
            "next": len(rows) > PAGE,
        }
        return JsonResponse(body)

    def values(self, row: Any) -> dict[str, Any]:
        """A row as a serializer with a line for each column would write it."""
        values = {
            "id": row.pk,
            "version": row.version,
            "name": row.name,
            "created_at": row.created_at.isoformat(),
            "modified_at": row.modified_at.isoformat(),
            "created_by": {"id": row.created_by_id, "name": str(row.created_by)},
            "modified_by": {"id": row.modified_by_id, "name": str(row.modified_by)},
        }
        for name, slug in self.kinds.items():
            value = getattr(row, name)
            if slug == "employee":
                values[name] = {"id": value.pk, "name": str(value)} if value else None
            elif slug == "number":
                values[name] = str(value)
            elif slug in ("date", "datetime"):
                values[name] = value.isoformat() if value else None
            else:
                values[name] = value
        return values

    def as_html(self, request: HttpRequest) -> HttpResponse:
        found = self.found(request)
        people = [name for name in self.people if name.upper() in self.world.shown]
        by = ["created_by"] if "CREATED_BY" in self.world.shown else []
        rows = found.select_related(*by, *people)[: PAGE + 1] if people or by else found[: PAGE + 1]
        shown = list(rows)
        context = {"rows": shown[:PAGE], "more": len(shown) > PAGE,
                   "count": found.order_by()[:CAP].count()}  # fmt: skip
        return HttpResponse(self.template.render(Context(context)))

    def found(self, request: HttpRequest) -> Any:
        asked = request.GET
        found = self.model.objects.filter(deleted_at=None)
        if "state" in asked:
            low, high = int(asked["low"]), int(asked["high"])
            found = found.filter(state=int(asked["state"]), weight__range=(low, high))
        if "part" in asked:
            found = found.filter(partner__icontains=asked["part"])
        order = {"weight": (F("weight").asc(nulls_last=True), "pk"),
                 "partner": (_letters().asc(nulls_last=True), "pk")}  # fmt: skip
        return found.order_by(*order.get(asked.get("sort", ""), ("-pk",)))

    # --- writes -------------------------------------------------------------------------

    def create(self, values: dict[str, Any]) -> Any:
        with transaction.atomic():
            row = self.model.objects.create(**values)
            Change.objects.create(contract_id=row.pk, changes={"name": [None, row.name]})
        return row

    def update(self, pk: int, weight: int) -> None:
        with transaction.atomic():
            row = self.model.objects.select_for_update().get(pk=pk)
            old, row.weight, row.version = str(row.weight), weight, row.version + 1
            row.save()
            changes = json.loads(json.dumps({"weight": [old, str(weight)]}))
            Change.objects.create(contract_id=pk, changes=changes)


def _letters() -> Any:
    """Texts sorted by letters, as ours."""
    folded = Replace(Lower(Left("partner", 300)), models.Value("ё"), models.Value("е"))
    return Collate(folded, "C")


def _model(world: World) -> Any:
    columns = {name: COLUMNS[kind.slug]() for _code, kind, name in world.columns}
    meta = type("Meta", (), {"app_label": "benchmarks", "db_table": f"hand_{world.list.pk}"})
    stamps = {
        "name": models.TextField(),
        "created_by": COLUMNS["employee"](),
        "created_at": models.DateTimeField(auto_now_add=True),
        "modified_by": COLUMNS["employee"](),
        "modified_at": models.DateTimeField(auto_now=True),
        "deleted_at": models.DateTimeField(null=True),
        "version": models.IntegerField(default=1),
    }
    body = {"__module__": __name__, "Meta": meta, **stamps, **columns}
    return type(f"Contract{world.list.pk}", (models.Model,), body)


def _make_table(model: Any) -> None:
    with connection.schema_editor() as editor:
        editor.create_model(model)
        if Change._meta.db_table not in connection.introspection.table_names():
            editor.create_model(Change)


def _copy_rows(world: World, model: Any) -> None:
    schema, table = world.schema, model._meta.db_table
    theirs = [model._meta.get_field(name).column for _code, _kind, name in world.columns]
    ours = [_taken(schema[code], kind) for code, kind, _name in world.columns]
    stamps = "name, created_by{0}, created_at, modified_by{0}, modified_at, version"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({stamps.format('_id')}, {', '.join(theirs)})"
            f" SELECT {stamps.format('')}, {', '.join(ours)} FROM {schema.table} ORDER BY id"
        )


def _taken(field: Any, kind: Kind) -> str:
    first = min(field.field.options_by_id, default=0)
    return f"{field.main_column} - {first}" if kind.slug == "list" else field.main_column


def add_indexes(hand: Handmade) -> None:
    """Those that ours got by itself for the same questions, from the size where it gets any."""
    table = hand.model._meta.db_table
    indexes = [
        models.Index(F("state").asc(), F("id").asc(), name=f"{table}_state"),
        models.Index(F("weight").asc(), F("id").asc(), name=f"{table}_weight"),
        models.Index(_letters().asc(), F("id").asc(), name=f"{table}_partner"),
        GinIndex(OpClass(Upper("partner"), name="gin_trgm_ops"), name=f"{table}_part"),
    ]
    with connection.schema_editor() as editor:
        for index in indexes if hand.world.rows >= 10_000 else []:
            editor.add_index(hand.model, index)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {table}")


def _template(world: World) -> str:
    cells = {code: CELLS[kind.slug].format(name) for code, kind, name in world.columns} | SHOWN
    head = "".join(f"<th><a href='?sort={code}'>{code}</a></th>" for code in world.shown)
    row = "".join(f"<td>{cells[code]}</td>" for code in world.shown)
    return (
        f"<table><thead><tr>{head}</tr></thead>{{% for row in rows %}}"
        '<tr data-id="{{ row.pk }}"><td><input type="checkbox" aria-label="{{ row.name }}"></td>'
        f"{row}</tr>{{% endfor %}}</table>"
        "<p>{{ count }}{% if more %} <a href='?page=2'>next</a>{% endif %}</p>"
    )


class _Site(ClientHandler):
    """The hand-written site: its own middleware and addresses in the same process."""

    def __init__(self, urls: tuple[URLPattern, ...]) -> None:
        super().__init__(enforce_csrf_checks=False)
        self.urls = urls
        with override_settings(MIDDLEWARE=MIDDLEWARE):
            self.load_middleware()

    def get_response(self, request: Any) -> Any:
        request.urlconf = self.urls
        return super().get_response(request)


def _client(actor: Employee, urls: tuple[URLPattern, ...]) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.handler = _Site(urls)
    client.force_login(actor, backend="staff.backends.EmployeeBackend")
    return client
