"""Writing the stored permissions themselves; who may ask for it is decided above."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Model

from lists_core.access import Right, forget
from lists_core.access.granted import STORES, codenames
from lists_core.models import Element, List
from lists_core.selectors.rights import Grants
from staff.subjects import Subject, holders


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
    more: dict[str, Any] = {"list_id": list_id} if model is Element else {}
    people, teams = [], []
    for subject, (user, group) in holders(grants).items():
        for right in grants[subject]:
            place = {"permission_id": numbers[right], **more}
            people += [users(user_id=user, content_object_id=pk, **place) for pk in ids if user]
            teams += [groups(group_id=group, content_object_id=pk, **place) for pk in ids if group]
    users.objects.bulk_create(people, ignore_conflicts=True, batch_size=2000)
    groups.objects.bulk_create(teams, ignore_conflicts=True, batch_size=2000)


def _permissions(model: type[Model]) -> Mapping[Right, int]:
    """Right → id of Django's permission for it."""
    app = {"content_type__app_label": "lists_core", "content_type__model": model._meta.model_name}
    names = dict(zip(codenames(model, Right), Right, strict=True))
    rows = Permission.objects.filter(codename__in=names, **app).values_list("codename", "pk")
    return {names[codename]: pk for codename, pk in rows}
