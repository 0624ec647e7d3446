"""Saving an Access tab: what the person saw when they began must still be what is stored."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lists_core.models import List
from lists_core.selectors.access_page import fingerprint, stored_grants
from lists_core.selectors.rights import Grants
from lists_core.selectors.secured import Secured
from lists_core.services.elements import locked_row, open_list
from lists_core.services.rights import (
    set_element_rights,
    set_field_rights,
    set_list_rights,
    set_section_rights,
)
from staff.models import Employee
from svod.base.errors import Conflict, NotFound


class Stale(Conflict):
    """Somebody else changed the rights first."""

    code = "access_changed"
    message = _("Someone else has changed these rights in the meantime.")


@dataclass(frozen=True)
class Change:
    """What an Access tab sends: the rights it was opened with and those it wants."""

    fingerprint: str
    grants: Grants
    restricted: bool = False
    view_restricted: bool = False
    change_restricted: bool = False


@transaction.atomic
def save_access(thing: Secured, change: Change, *, actor: Employee) -> None:
    """Replace the rights of a thing. Raises Stale, NotFound, Forbidden, Invalid."""
    now = _locked(thing, actor)
    if fingerprint(now, stored_grants(now)) != change.fingerprint:
        raise Stale
    _set(now, change, actor)


def _locked(thing: Secured, actor: Employee) -> Secured:
    """The same thing as it stands now, so that nobody changes its rights until we have."""
    if thing.row is not None:
        list_, schema = open_list(thing.list.pk)
        return Secured(list_, row=locked_row(schema, thing.pk, actor))
    found = List.objects.select_for_update().filter(pk=thing.list.pk, deleted_at=None).first()
    if found is None:
        raise NotFound
    if thing.kind != "list":
        _refresh(thing)
    return thing


def _refresh(thing: Secured) -> None:
    try:
        thing.thing.refresh_from_db()
    except ObjectDoesNotExist:
        raise NotFound from None


def _set(thing: Secured, change: Change, actor: Employee) -> None:
    pk, grants = thing.list.pk, change.grants
    if thing.kind == "list":
        set_list_rights(pk, grants, actor=actor)
    elif thing.kind == "section":
        set_section_rights(pk, thing.pk, grants, restricted=change.restricted, actor=actor)
    elif thing.kind == "element":
        set_element_rights(pk, thing.pk, grants, restricted=change.restricted, actor=actor)
    else:
        set_field_rights(
            pk,
            thing.pk,
            grants,
            view_restricted=change.view_restricted,
            change_restricted=change.change_restricted,
            actor=actor,
        )
