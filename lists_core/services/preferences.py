"""How a person set up a list's grid: columns, their widths, the size of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lists_core.access import Right, schema_for
from lists_core.grid.extra import is_column
from lists_core.models import ListPreference
from lists_core.selectors.lists import access_list
from staff.models import Employee
from svod.base.errors import Invalid

PAGE_SIZES = (10, 20, 50, 100, 200)
MIN_WIDTH, MAX_WIDTH = 60, 900
#: The key in `looks` of what the person set for the table itself.
TABLE_LOOK = "grid"


@transaction.atomic
def save_columns(list_id: int, codes: Sequence[str], *, actor: Employee) -> ListPreference:
    """Show these columns in this order; their widths stay. Raises Invalid when none is left."""
    own = _own(list_id, actor)
    schema = schema_for(actor, own.list)
    known = [code for code in dict.fromkeys(codes) if is_column(schema, code)]
    if not known:
        raise Invalid({"": [_("Choose at least one column.")]})
    _keep(own, known, own.widths)
    own.save()
    return own


@transaction.atomic
def save_widths(list_id: int, widths: Mapping[str, int], *, actor: Employee) -> ListPreference:
    """Widths in CSS pixels by code; which columns are shown stays as it is."""
    own = _own(list_id, actor)
    schema = schema_for(actor, own.list)
    known = {code: width for code, width in widths.items() if is_column(schema, code)}
    fitting = {code: min(max(width, MIN_WIDTH), MAX_WIDTH) for code, width in known.items()}
    _keep(own, own.chosen, {**own.widths, **fitting})
    own.save()
    return own


@transaction.atomic
def reset_columns(list_id: int, *, actor: Employee) -> ListPreference:
    """Back to the columns that the list's maker chose."""
    own = _own(list_id, actor)
    own.columns = []
    own.looks = {**own.looks, TABLE_LOOK: {**own.look(TABLE_LOOK), "pinned": None}}
    own.save()
    return own


@transaction.atomic
def save_page_size(list_id: int, size: int, *, actor: Employee) -> ListPreference:
    """Rows on a page, one of PAGE_SIZES. Raises Invalid."""
    if size not in PAGE_SIZES:
        raise Invalid({"": [_("There is no such page size.")]})
    own = _own(list_id, actor)
    own.page_size = size
    own.save()
    return own


@transaction.atomic
def save_table_look(
    list_id: int, *, actor: Employee, pinned: Sequence[str] | None = None, height: str = ""
) -> ListPreference:
    """Which columns stay at the left, how high rows are; what is not given stays as it is."""
    own = _own(list_id, actor)
    schema = schema_for(actor, own.list)
    look = own.look(TABLE_LOOK)
    if pinned is not None:
        look = {**look, "pinned": [code for code in pinned if is_column(schema, code)]}
    if height:
        look = {**look, "height": height}
    own.looks = {**own.looks, TABLE_LOOK: look}
    own.save(update_fields=["looks"])
    return own


def remember_look(own: ListPreference, changes: Mapping[str, Any]) -> None:
    """Keep how the person looks at the list, as read by `preference`; writes what is new alone.

    A shape's own settings are joined with those kept, other keys are replaced.
    """
    joined = {
        key: {**own.look(key), **value} if isinstance(value, dict) else value
        for key, value in changes.items()
    }
    if all(own.looks.get(key) == value for key, value in joined.items()):
        return
    own.looks = {**own.looks, **joined}
    rows = ListPreference.objects
    rows.update_or_create(employee=own.employee, list=own.list, defaults={"looks": own.looks})


def _own(list_id: int, actor: Employee) -> ListPreference:
    list_ = access_list(actor, Right.VIEW, list_id)
    ListPreference.objects.get_or_create(employee=actor, list=list_)
    rows = ListPreference.objects.select_for_update().select_related("list")
    return rows.get(employee=actor, list=list_)


def _keep(own: ListPreference, chosen: Sequence[str], widths: Mapping[str, int]) -> None:
    """The chosen columns in their order, then widths of columns that were not chosen."""
    rest = [code for code in widths if code not in chosen]
    own.columns = [
        *({"code": code, "width": widths.get(code)} for code in chosen),
        *({"code": code, "width": widths[code], "chosen": False} for code in rest),
    ]
