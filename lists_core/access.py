"""Rights: the one place that says who may do what, and the one predicate of every read.

Today's rule: every active employee reads and edits elements; a list's structure belongs to
its maker and to administrators. Issue B widens the rule here; callers stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from lists_core.models import List
from svod.base.errors import Forbidden

if TYPE_CHECKING:
    from lists_core.schema.compile import Schema
    from staff.models import Employee


class Right(TextChoices):
    VIEW = "view", _("View")
    ADD = "add", _("Add")
    CHANGE = "change", _("Change")
    DELETE = "delete", _("Delete")
    FULL = "full", _("Full access")


def visible_lists(actor: Employee) -> QuerySet[List]:
    """The lists outside the bin that the actor may see."""
    return List.objects.filter(deleted_at=None) if actor.is_active else List.objects.none()


def may(actor: Employee, right: Right, list_: List) -> bool:
    """Whether the actor holds the right on the whole list."""
    if not actor.is_active:
        return False
    return right != Right.FULL or actor.is_superuser or list_.created_by_id == actor.pk


def may_create_lists(actor: Employee) -> bool:
    return actor.is_active and actor.is_staff


def require(actor: Employee, right: Right, list_: List) -> None:
    """Raise Forbidden unless the actor holds the right on the list."""
    if not may(actor, right, list_):
        raise Forbidden


def visible(actor: Employee, schema: Schema) -> Q:
    """The predicate over a list's table: which elements the actor may read.

    Every surface gets its rows through it: grid, counts, filters, search, export, titles.
    """
    return Q(deleted_at=None) if actor.is_active else Q(pk__in=[])
