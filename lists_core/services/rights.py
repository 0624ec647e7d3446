"""Writes of rights: the stored permissions, what is derived from them and the audit, at once.

Nobody gives or takes more than they hold themselves, and nobody takes the management of
access from themselves: docs/access.md, "Who may change rights".
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from lists_core.access import (
    ALL,
    Right,
    Rights,
    allowed,
    columns_for_rights,
    forget,
    list_rights,
    rights_on,
)
from lists_core.access import with_implied as everything_in
from lists_core.models import Element, Field, List, Section
from lists_core.selectors.elements import elements
from lists_core.selectors.fields import access_field
from lists_core.selectors.rights import Grants, grants_on
from lists_core.selectors.sections import access_section
from lists_core.services.elements import open_list
from lists_core.services.outbox import announce
from lists_core.services.readers import sync_readers
from lists_core.services.stored_rights import delete_rights, insert_rights
from staff.models import Employee
from staff.services import audit
from staff.subjects import Subject
from svod.base.errors import Forbidden, Invalid, NotFound

NONE: Rights = frozenset()
ON_FIELDS = frozenset({Right.VIEW, Right.CHANGE})


@transaction.atomic
def set_list_rights(list_id: int, grants: Grants, *, actor: Employee) -> None:
    """Make `grants` the rights on a list: subjects that are left out lose theirs.

    Raises NotFound, Forbidden, Invalid.
    """
    list_ = _locked(list_id)
    held = list_rights(actor, list_id).list
    change_grants(List, list_.pk, grants, held=held, actor=actor)
    forget()
    settled(held, list_rights(actor, list_id).list)
    _tell_change("list", list_, actor, grants, on=list_)


@transaction.atomic
def set_section_rights(
    list_id: int, section_id: int, grants: Grants, *, restricted: bool, actor: Employee
) -> None:
    """The same on a section; `restricted` cuts off what comes from above."""
    list_ = _locked(list_id)
    section = access_section(list_, section_id)
    held = list_rights(actor, list_id).place(section_id).own
    if restricted and not section.restricted:
        grants = with_actor(grants, held, actor)
    change_grants(Section, section_id, grants, held=held, actor=actor)
    Section.objects.filter(pk=section_id).update(restricted=restricted)
    forget()
    settled(held, list_rights(actor, list_id).place(section_id).own)
    _tell_change("section", list_, actor, grants, on=section, restricted=restricted)


@transaction.atomic
def set_element_rights(
    list_id: int, element_id: int, grants: Grants, *, restricted: bool, actor: Employee
) -> None:
    """The same on one element. The right to add means nothing there and is not kept."""
    list_, schema = open_list(list_id)
    row = elements(schema, actor).filter(pk=element_id).select_for_update().first()
    if row is None:
        raise NotFound
    held = rights_on(actor, schema, [row])[element_id]
    grants = {subject: rights - {Right.ADD} for subject, rights in grants.items()}
    if restricted and not row.restricted:
        grants = with_actor(grants, held, actor)
    change_grants(Element, element_id, grants, held=held, actor=actor, list_id=list_id)
    schema.model.objects.filter(pk=element_id).update(restricted=restricted)
    row.restricted = restricted
    sync_readers(list_id, [element_id])
    forget()
    settled(held, rights_on(actor, schema, [row])[element_id])
    _tell_change("element", list_, actor, grants, on=row, restricted=restricted)


@transaction.atomic
def grant_on_elements(
    list_id: int, ids: Collection[int], grants: Grants, *, actor: Employee
) -> list[int]:
    """Add rights on many elements to those granted already; gives the ids that got them.

    Elements whose access the actor may not manage are left out. Raises NotFound, Forbidden
    (the actor gives more than they hold on one of them), Invalid.
    """
    list_, schema = open_list(list_id)
    mine = elements(schema, actor).filter(allowed(actor, Right.ACCESS, schema), pk__in=ids)
    asked = mine.values_list("pk", *columns_for_rights(actor, schema), named=True)
    rows = list(asked.select_for_update().order_by("pk"))
    given = everything_in(right for rights in grants.values() for right in rights)
    if any(given - held for held in rights_on(actor, schema, rows).values()):
        raise Forbidden
    found = [row.pk for row in rows]
    insert_rights(
        Element, found, {s: rights - {Right.ADD} for s, rights in grants.items()}, list_id
    )
    sync_readers(list_id, found)
    forget()
    if found:
        _tell_change(
            "list", list_, actor, grants, on=list_, elements=found[:100], number=len(found)
        )
    return found


@transaction.atomic
def set_field_rights(
    list_id: int,
    field_id: int,
    grants: Grants,
    *,
    view_restricted: bool,
    change_restricted: bool,
    actor: Employee,
) -> None:
    """Who may view and change a field, where that is not everybody who may the element."""
    list_ = _locked(list_id)
    if Right.FULL not in list_rights(actor, list_id).list:
        raise Forbidden
    field = access_field(list_, field_id)
    kept = {subject: rights & ON_FIELDS for subject, rights in grants.items()}
    change_grants(Field, field.pk, kept, held=ALL, actor=actor)
    field.view_restricted, field.change_restricted = view_restricted, change_restricted
    field.save(update_fields=["view_restricted", "change_restricted"])
    # The marks are part of compiled schemas.
    list_.schema_version += 1
    list_.save(update_fields=["schema_version"])
    forget()
    marks = {"view_restricted": view_restricted, "change_restricted": change_restricted}
    _tell_change("field", list_, actor, kept, on=field, **marks)


# --- own steps --------------------------------------------------------------------------


def _locked(list_id: int) -> List:
    """The list's row, locked: two changes of its rights never cross."""
    forget()
    list_ = List.objects.select_for_update().filter(pk=list_id, deleted_at=None).first()
    if list_ is None:
        raise NotFound
    return list_


def with_actor(grants: Grants, held: Rights, actor: Employee) -> Grants:
    """Who cuts a thing off from above takes along what they held from there."""
    own = Subject("U", actor.pk)
    return {**grants, own: grants.get(own, NONE) | held}


def change_grants(
    model: type[Model],
    pk: int,
    grants: Grants,
    *,
    held: Rights,
    actor: Employee,
    list_id: int = 0,
) -> None:
    """Replace what is granted on an object, within what the actor holds on it."""
    if Right.ACCESS not in held:
        raise Forbidden if held else NotFound
    before = grants_on(model, pk)
    after = {subject: frozenset(rights) for subject, rights in grants.items() if rights}
    changed = {s for s in before.keys() | after.keys() if before.get(s) != after.get(s)}
    for subject in changed:
        touched = before.get(subject, NONE) | after.get(subject, NONE)
        if everything_in(touched) - held:
            raise Forbidden(_("You cannot give or take rights that you do not hold yourself."))
    delete_rights(model, pk, changed & before.keys())
    insert_rights(
        model, [pk], {subject: after[subject] for subject in changed & after.keys()}, list_id
    )


def settled(before: Rights, after: Rights) -> None:
    """The actor still manages access and has gained nothing, as by lifting a restriction would
    who holds more above than on the thing itself."""
    if after - before:
        raise Forbidden(_("You cannot give or take rights that you do not hold yourself."))
    if Right.ACCESS not in after:
        told = _("You would lose the management of access here. Somebody else can take it away.")
        raise Invalid({"grants": [told]})


def _tell_change(
    kind: str, list_: List, actor: Employee, grants: Grants, *, on: Any, **more: Any
) -> None:
    subject = f"{kind}:{list_.pk}" if kind == "list" else f"{kind}:{list_.pk}:{on.pk}"
    shown = {s.code: sorted(right.value for right in rights) for s, rights in grants.items()}
    audit.record(
        "access.changed",
        actor=actor,
        subject=subject,
        subject_name=on.name,
        about={"grants": shown, **more},
    )
    announce("access.changed", list_.pk, subject=subject, actor=actor.pk)
