"""Finding CRM items by what a person types or a table says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet, TextField, Value

from crm_link.kinds import Kind
from crm_link.refs import CrmRef, parse_allowed
from crm_link.selectors.item_titles import item_titles
from crm_link.selectors.kinds import visible_kinds
from lists_core.access import rights_in, schema_for
from lists_core.filters.search import field_q
from lists_core.models import List
from lists_core.schema.compile import Schema
from lists_core.schema.fields import SchemaField
from lists_core.selectors.across import together
from lists_core.selectors.elements import elements
from lists_core.selectors.fence import in_time
from lists_core.selectors.suggest import match_elements
from staff.models import Employee

SUGGESTED = 8
SEARCHED = 1000
MAX_WORDS = 8
BUDGET_MS = 2000
#: Fields by which people find an item beside its title.
NAMING = ("PHONE", "EMAIL", "INN", "COMPANY_TITLE", "LAST_NAME")


@dataclass(frozen=True)
class Suggestion:
    """`note` tells namesakes apart: the number and the first phone."""

    ref: CrmRef
    title: str
    note: str


def suggest_items(
    actor: Employee, allowed: Sequence[Kind], words: str
) -> dict[Kind, list[Suggestion]]:
    """The newest readable items that the words name, SUGGESTED of each kind. One query over all
    kinds; none are told when it takes longer than two seconds."""
    known = _known(actor, allowed)
    asked = words.replace("\0", "")
    parts = [
        _suggested(kind, schema, actor, naming_q(kind, schema, asked, actor))
        for kind, _list, schema in known
    ]
    rows = in_time(lambda: list(together(parts)), BUDGET_MS) or []
    found: dict[str, list[Suggestion]] = defaultdict(list)
    for slug, pk, name, phones in sorted(rows, key=lambda row: -row[1]):
        ref = CrmRef(slug, pk)
        found[slug].append(Suggestion(ref, name, " · ".join([ref, *(phones or [])[:1]])))
    return {kind: found[kind.slug] for kind, _list, _schema in known if kind.slug in found}


def _known(actor: Employee, allowed: Sequence[Kind]) -> list[tuple[Kind, List, Schema]]:
    lists = visible_kinds(actor)
    rights_in(actor, [row.pk for row in lists.values()])
    seen = [(kind, lists[kind.slug]) for kind in allowed if kind.slug in lists]
    return [(kind, list_, schema_for(actor, list_)) for kind, list_ in seen]


def _suggested(kind: Kind, schema: Schema, actor: Employee, named: Q) -> QuerySet[Any]:
    field = schema.get("PHONE")
    whole = field is not None and field.type.slug == "phone" and field.multiple
    phone: Any = F(field.main_column) if whole and field else _no_phones()
    rows = elements(schema, actor).filter(named).order_by("-pk").annotate(phones=phone)
    return rows.values_list(Value(kind.slug), "pk", "name", "phones")[:SUGGESTED]


def _no_phones() -> Value:
    return Value(None, output_field=ArrayField(TextField()))


def naming_q(kind: Kind, schema: Schema, text: str, actor: Employee) -> Q:
    """Every word in the title, a phone, an e-mail, the INN; or the number alone."""
    fields = [schema["NAME"], *(field for code in NAMING if (field := schema.get(code)))]
    found = Q()
    for word in text.split()[:MAX_WORDS]:
        named = Q(pk__in=[])
        for field in fields:
            named |= field_q(field, word, actor)
        found &= named
    number = parse_allowed(text.strip().removeprefix("#"), [kind])
    return found | Q(pk=number.id) if number else found


def named_items(
    actor: Employee, allowed: Sequence[Kind], words: str
) -> list[tuple[Kind, int, QuerySet[Any]]]:
    """The readable items of each kind that the words name, with the id of its list."""
    return [
        (kind, list_.pk, elements(schema, actor).filter(naming_q(kind, schema, words, actor)))
        for kind, list_, schema in _known(actor, allowed)
    ]


# --- tables that name items ----------------------------------------------------------------


def items_by_texts(
    actor: Employee, allowed: Sequence[Kind], texts: Collection[str]
) -> dict[str, set[CrmRef]]:
    """Imported texts → the readable items they name: none, one, or several.

    A text is looked for as a number (`D_12`), then as a title, then as a phone and an e-mail;
    the first of these that knows it decides. The same few queries for each kind, however many
    texts.
    """
    asked = {text for text in texts if text.strip() and "\0" not in text}
    found = _by_number(actor, allowed, asked)
    known = _known(actor, allowed) if asked - found.keys() else []
    for search in (_by_title, partial(_by_field, "PHONE"), partial(_by_field, "EMAIL")):
        rest = asked - found.keys()
        named: dict[str, set[CrmRef]] = defaultdict(set)
        for kind, list_, schema in known if rest else ():
            for text, pk in search(list_, schema, rest, actor):
                named[text].add(CrmRef(kind.slug, pk))
        found |= named
    return found


def _by_number(
    actor: Employee, allowed: Sequence[Kind], texts: Collection[str]
) -> dict[str, set[CrmRef]]:
    refs = {text: ref for text in texts if (ref := parse_allowed(text, allowed))}
    titles = item_titles(actor, set(refs.values()))
    return {text: {ref} for text, ref in refs.items() if ref in titles}


Named = Iterator[tuple[str, int]]


def _by_title(list_: List, schema: Schema, texts: Collection[str], actor: Employee) -> Named:
    for text, ids in match_elements(actor, list_.pk, texts).items():
        for pk in ids:
            yield text, pk


def _by_field(
    code: str, list_: List, schema: Schema, texts: Collection[str], actor: Employee
) -> Named:
    """Of a value that several items have, all of them."""
    field = schema.get(code)
    wanted = _values(field, texts) if field else {}
    if field is None or not wanted:
        return
    lookup = "overlap" if field.multiple else "in"
    among = Q.create([(f"{field.main_column}__{lookup}", list(wanted))])
    rows = elements(schema, actor).filter(among).order_by("pk")
    for row in rows.only("pk", field.main_column)[:SEARCHED]:
        for value in field.items(field.read(row)):
            for text in wanted.get(value, ()):
                yield text, row.pk


def _values(field: SchemaField, texts: Collection[str]) -> Mapping[str, list[str]]:
    """The texts by the value that the field would keep of each; what fits not is left out."""
    values: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        with suppress(ValidationError):
            values[field.type.clean(field.field, text)].append(text)
    return values
