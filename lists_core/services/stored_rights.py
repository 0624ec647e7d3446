"""Writing the stored permissions themselves; who may ask for it is decided above."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Model
from psycopg import sql

from lists_core.access import Right, forget
from lists_core.access.granted import STORES, codenames
from lists_core.models import Element, List
from lists_core.selectors.rights import Grants
from staff.subjects import Subject, holders

#: Each (permission, holder) on each of the objects, by one statement however many there are.
INSERT = """
    INSERT INTO {store} (permission_id, {holder}, content_object_id{list})
    SELECT permission, holder, object{list_id}
    FROM unnest(%(permissions)s::integer[], %(holders)s::integer[]) AS pair (permission, holder),
         unnest(%(objects)s::bigint[]) AS object
    ON CONFLICT DO NOTHING
"""


def first_rights(list_: List, grants: Grants) -> None:
    """The rights of a list that is just being made."""
    insert_rights(List, [list_.pk], grants)
    forget()


def copy_rights(model: type[Model], pairs: Mapping[int, int], *, list_id: int = 0) -> None:
    """Give copies (values) the rights that were granted on their originals (keys)."""
    more: dict[str, Any] = {"list_id": list_id} if model is Element else {}
    for store, holder in zip(STORES[model], ("user_id", "group_id"), strict=True):
        rows = store.objects.filter(content_object__in=pairs)
        copies = [
            store(
                content_object_id=pairs[source],
                permission_id=permission,
                **{holder: who},
                **more,
            )
            for source, permission, who in rows.values_list(
                "content_object_id", "permission_id", holder
            )
        ]
        store.objects.bulk_create(copies, ignore_conflicts=True, batch_size=2000)


def delete_rights(model: type[Model], pk: int, subjects: Collection[Subject]) -> None:
    users, groups = STORES[model]
    known = holders(subjects).values()
    users.objects.filter(content_object=pk, user__in=[user for user, _g in known if user]).delete()
    groups.objects.filter(content_object=pk, group__in=[g for _u, g in known if g]).delete()


def insert_rights(
    model: type[Model], ids: Collection[int], grants: Grants, list_id: int = 0
) -> None:
    users, groups = STORES[model]
    numbers = _permissions(model)
    people, teams = [], []
    for subject, (user, group) in holders(grants).items():
        given = [numbers[right] for right in grants[subject]]
        people += [(permission, user) for permission in given if user]
        teams += [(permission, group) for permission in given if group]
    _insert(users, "user_id", people, ids, list_id)
    _insert(groups, "group_id", teams, ids, list_id)


def _insert(
    store: Any,
    holder: str,
    pairs: Sequence[tuple[int, int]],
    ids: Collection[int],
    list_id: int,
) -> None:
    """Pairs are (permission, employee or group); only rights on elements keep their list."""
    if not pairs or not ids:
        return
    keeps = hasattr(store, "list_id")
    statement = sql.SQL(INSERT).format(
        store=sql.Identifier(store._meta.db_table),
        holder=sql.Identifier(holder),
        list=sql.SQL(", list_id" if keeps else ""),
        list_id=sql.SQL(", %(list)s" if keeps else ""),
    )
    permissions, who = zip(*pairs, strict=True)
    values: dict[str, Any] = {
        "permissions": [*permissions],
        "holders": [*who],
        "objects": [*ids],
        "list": list_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _permissions(model: type[Model]) -> Mapping[Right, int]:
    """Right → id of Django's permission for it."""
    app = {"content_type__app_label": "lists_core", "content_type__model": model._meta.model_name}
    names = dict(zip(codenames(model, Right), Right, strict=True))
    rows = Permission.objects.filter(codename__in=names, **app).values_list("codename", "pk")
    return {names[codename]: pk for codename, pk in rows}
