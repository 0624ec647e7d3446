"""The sample of the CRM binding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from crm_link.kinds import kinds
from crm_link.refs import CrmRef
from crm_link.selectors.kinds import list_of
from lists_core.models import Element, List
from lists_core.schema.cache import schema_of
from lists_core.schema.fields import SchemaField
from lists_core.services.lists import create_list
from staff.models import Employee
from tests.contract.oracles import choices, text_key
from tests.contract.samples import Ask, Sample, register
from tests.contract.strategies_links import BAD_TEXTS, NAMES

KINDS = ("deal", "company")


def items(actor: Employee) -> Mapping[str, Any]:
    """Two kinds with items; bare lists stand for them, for their fields are of no matter here."""
    for slug in KINDS:
        system = kinds.get(slug).system
        if not List.objects.filter(system=system).exists():
            list_ = create_list(actor=actor, everyone="edit", system=system, name=slug)
            row = schema_of(list_).model
            for name in NAMES:
                pk = Element.objects.create(list=list_).pk
                row.objects.create(pk=pk, name=f"{slug} {name}")
    return {}


def refs(field: SchemaField) -> list[CrmRef]:
    return [
        CrmRef(slug, pk)
        for slug in KINDS
        for pk in Element.objects.filter(list=list_of(kinds.get(slug))).values_list("pk", flat=True)
    ]


def item_key(field: SchemaField, value: CrmRef) -> tuple[str, int]:
    row = schema_of(list_of(kinds.get(value.kind))).model.objects.get(pk=value.id)
    return text_key(field, row.name), value.id


def same_kind(value: Any) -> st.SearchStrategy[list[str]]:
    return st.just(["deal" if str(value).startswith("D_") else "company"])


def is_of(value: Any, texts: list[str]) -> bool:
    return {"D": "deal", "CO": "company"}[str(value).partition("_")[0]] in texts


register(
    Sample(
        "crm",
        values=lambda field: st.deferred(lambda: st.sampled_from(refs(field))),
        prepare=items,
        settings={"kinds": list(KINDS), "visible": True},
        settings_post={"kinds": list(KINDS), "visible": "on"},
        bad_texts=(*BAD_TEXTS, "12", "L_1", "D_", "D_x", "_1", "D_²", "D_" + "9" * 30),
        bad_json=(True, 1.5, [1], {}, "x", -1, 10**30, 12, "12", "L_1", "D_-1"),
        asks={**choices(), "of_kind": Ask(same_kind, is_of)},
        sort_key=item_key,
    )
)

STAGES = ["Новая", "В работе", "Сделка успешна"]

register(
    Sample(
        "crm_stage",
        values=lambda field: st.sampled_from(list(field.field.options_by_id)),
        settings={"options": [{"id": None, "name": name, "color": "blue"} for name in STAGES]},
        bad_texts=("0", "-1", "99999999999999999999", "x"),
        bad_json=(True, 1.5, [1], {}, "x", -1),
        asks=choices(),
        sort_key=lambda field, value: list(field.field.options_by_id).index(value),
    )
)
