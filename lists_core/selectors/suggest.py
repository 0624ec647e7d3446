"""Finding elements of a list by what a person types or a table says: names and codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    F,
    Field,
    Func,
    Max,
    Min,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Upper

from lists_core.access import Right, schema_for, visible_lists
from lists_core.field_types.pickers import is_id
from lists_core.field_types.string import text_sort_key
from lists_core.models import List, ListIndex
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.schema.indexes import Want
from lists_core.selectors.elements import elements
from lists_core.selectors.fence import TooSlow, in_time
from lists_core.selectors.lists import access_list
from staff.models import Employee
from svod.base.registry import Registry

SUGGESTED, SUGGEST_MS = 20, 1_000
#: As the index of names has them, and as a grid sorts them.
BY_NAME = ("by_letters", "pk")
SELECTED = 500
MAX_WORDS = 8
CODES = {"CODE", "KOD"}
Kind = ListIndex.Kind


class SuggestHint:
    """What an upper app knows of the elements of some lists where one is picked by typing."""

    slug: str = ""

    def hears(self, schema: Schema) -> bool:
        return False

    def order(self, schema: Schema) -> Sequence[Any]:
        """Expressions to sort by before the names."""
        return ()

    def notes(self, schema: Schema, rows: Sequence[Any], actor: Employee) -> Mapping[int, str]:
        """Element's id → what stands beside its name, in as many queries as for one."""
        return {}


suggest_hints: Registry[SuggestHint] = Registry("suggest hint")


def key_fields(schema: Schema) -> list[SchemaField]:
    """The fields that name an element besides its name: unique texts and codes."""
    return [field for field in schema.fields if _is_key(field)]


def _is_key(field: SchemaField) -> bool:
    named = field.field.unique or field.code in CODES or field.code.endswith("_CODE")
    return named and field.type.searchable and not field.multiple


def suggest_elements(actor: Employee, list_id: int, words: str) -> list[tuple[int, str, str]]:
    """Up to SUGGESTED readable elements as (id, name, note) whose names or codes have the words.

    `#12` and `12` find the element with that id too. Names that begin with the words come
    first, and alone where the others cannot be found in time. Raises TooSlow when nothing can,
    NotFound for a list that the actor does not see.
    """
    schema = schema_for(actor, access_list(actor, Right.VIEW, list_id))
    keys = key_fields(schema)
    hints = [one for one in suggest_hints if one.hears(schema)]
    first = [part for one in hints for part in one.order(schema)]
    found = _read(_nearest(elements(schema, actor), keys, words.strip(), first))
    notes = [one.notes(schema, found, actor) for one in hints] if found else []
    return [(row.pk, row.name, _note(row, keys, notes)) for row in found]


def _nearest(
    rows: QuerySet[Any], keys: Sequence[SchemaField], words: str, first: Sequence[Any]
) -> list[QuerySet[Any]]:
    """What to read one after the other: the first is a piece of the index of names. Where an upper
    app says what comes first, all is sorted at once."""
    named = rows.alias(by_letters=text_sort_key("name"))
    if not words:
        return [named.order_by(*first, *BY_NAME)]
    begins = Q(by_letters__startswith=text_sort_key(Value(words)))
    has = _has_words(keys, words)
    if first:
        nearer = Case(When(begins, then=Value(0)), default=Value(1))
        return [named.filter(begins | has).order_by(*first, nearer, *BY_NAME)]
    return [named.filter(one).order_by(*BY_NAME) for one in (begins, has & ~begins)]


def _read(parts: Sequence[QuerySet[Any]]) -> list[Any]:
    """The first SUGGESTED of them all, or those that were found in time. Raises TooSlow."""
    found: list[Any] = []

    def read() -> bool:
        for part in parts:
            found.extend(part[: SUGGESTED - len(found)])
        return True

    if in_time(read, SUGGEST_MS) is None and not found:
        raise TooSlow
    return found


def picker_wants(actor: Employee, list_id: int) -> set[Want]:
    """The indexes of the list that its pickers read by."""
    schema = _visible_schema(actor, list_id)
    if schema is None:
        return set()
    columns = ["name", *(field.main_column for field in key_fields(schema))]
    return {Want("name", Kind.UP), *(Want(column, Kind.LETTERS) for column in columns)}


def _note(row: Any, keys: Sequence[SchemaField], notes: Sequence[Mapping[int, str]]) -> str:
    codes = [getattr(row, field.main_column) for field in keys]
    return ", ".join(filter(None, [*codes, *(one.get(row.pk, "") for one in notes)]))


def _has_words(keys: Sequence[SchemaField], text: str) -> Q:
    number = text.strip().removeprefix("#")
    condition = Q()
    for word in text.split()[:MAX_WORDS]:
        condition &= _has_word(["name", *(field.main_column for field in keys)], word)
    if is_id(number):
        condition |= Q(pk=int(number))
    return condition


def _has_word(columns: list[str], word: str) -> Q:
    condition = Q()
    for column in columns:
        condition |= Q.create([(f"{column}__icontains", word)])
    return condition


def named_elements(
    actor: Employee, list_id: int | None, ids: Collection[int] | None = None
) -> dict[int, str]:
    """id → name of readable elements: of those ids, or the first SELECTED by name."""
    schema = _visible_schema(actor, list_id)
    if schema is None:
        return {}
    rows = elements(schema, actor).order_by(text_sort_key("name").asc(), "pk")
    rows = rows[:SELECTED] if ids is None else rows.filter(pk__in=ids)
    return dict(rows.values_list("pk", "name"))


def named_by_words(actor: Employee, list_id: int | None, words: str) -> QuerySet[Any] | None:
    """The readable elements whose name or code has the words, in no order; None for a list that
    the actor does not see."""
    schema = _visible_schema(actor, list_id)
    if schema is None:
        return None
    return elements(schema, actor).filter(_has_words(key_fields(schema), words))


def _visible_schema(actor: Employee, list_id: int | None) -> Schema | None:
    list_: List | None = visible_lists(actor).filter(pk=list_id or 0).first()
    return schema_for(actor, list_) if list_ else None


def readable(actor: Employee, list_id: int | None) -> QuerySet[Any] | None:
    """The readable elements of a list, in no order; None for a list that the actor does not see."""
    schema = _visible_schema(actor, list_id)
    return None if schema is None else elements(schema, actor)


# --- tables that name elements ------------------------------------------------------------


def match_elements(
    actor: Employee, list_id: int | None, texts: Collection[str]
) -> Mapping[str, Collection[int]]:
    """Imported texts → ids of the readable elements they name: none, one, or several.

    A text is looked for as an id (`#12`), then as a name, then in each key field in the order
    of the list; the first of these that knows it decides. Case does not matter. Of several
    two are told. One query for each of these places that is still needed, however many texts.
    """
    schema = _visible_schema(actor, list_id)
    named = (text for text in texts if text.strip() and "\0" not in text)
    wanted = {text: text.strip().upper() for text in named}
    if schema is None or not wanted:
        return {}
    found = _by_number(elements(schema, actor), wanted)
    for column in ["name", *(field.main_column for field in key_fields(schema))]:
        rest = {text: key for text, key in wanted.items() if text not in found}
        found |= _by_column(elements(schema, actor), column, rest) if rest else {}
    return found


def _by_number(rows: QuerySet[Any], wanted: Mapping[str, str]) -> dict[str, list[int]]:
    numbers = {text: int(key[1:]) for text, key in wanted.items() if _is_number(key)}
    if not numbers:
        return {}
    asked = among(F("pk"), list(numbers.values()), BigIntegerField())
    known = set(rows.filter(asked).values_list("pk", flat=True))
    return {text: [pk] for text, pk in numbers.items() if pk in known}


def _is_number(key: str) -> bool:
    return key.startswith("#") and is_id(key[1:])


def _by_column(rows: QuerySet[Any], column: str, wanted: Mapping[str, str]) -> dict[str, list[int]]:
    key = Upper(F(column))
    asked = among(key, list(set(wanted.values())), TextField())
    keyed = rows.filter(asked).annotate(key=key).order_by().values("key")
    ends = keyed.annotate(first=Min("pk"), last=Max("pk")).values_list("key", "first", "last")
    known = {key: [first] if first == last else [first, last] for key, first, last in ends}
    return {text: known[key] for text, key in wanted.items() if key in known}


def among(place: Any, values: list[Any], item: Field[Any, Any]) -> Func:
    """`place = ANY (array)`: one parameter however many values, and a hash for the planner."""
    array = Value(values, output_field=ArrayField(item))
    template, joiner = "%(expressions)s)", " = ANY ("
    return Func(place, array, template=template, arg_joiner=joiner, output_field=BooleanField())
