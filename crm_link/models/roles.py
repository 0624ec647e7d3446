"""Roles of CRM: what their members may do with whose items, by kind and pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lists_core.access.rights import Right
from lists_core.models import List, Section


class Role(models.Model):
    """A set of permissions under a name; `manages` lets its members change CRM's settings."""

    name = models.CharField(_("Name"), max_length=200)
    sort = models.IntegerField(_("Sort"), default=500)
    manages = models.BooleanField(_("May change CRM settings"), default=False)

    class Meta:
        verbose_name = pgettext_lazy("CRM", "Role")
        verbose_name_plural = pgettext_lazy("CRM", "Roles")
        ordering = ["sort", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class RoleMember(models.Model):
    """Who has a role: an employee, or everybody of a group (as `staff.subjects` stores them)."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="members")
    employee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    group = models.ForeignKey(Group, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("Member of a role")
        verbose_name_plural = _("Members of roles")
        constraints = [
            models.CheckConstraint(
                condition=Q(employee=None, group__isnull=False)
                | Q(employee__isnull=False, group=None),
                name="role_member_is_one",
            ),
            models.UniqueConstraint(
                fields=["role", "employee", "group"],
                name="role_member_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return str(self.employee or self.group)


class Scope(models.TextChoices):
    """Whose items: by who is responsible for them."""

    NONE = "none", pgettext_lazy("scope", "No")
    OWN = "own", pgettext_lazy("scope", "Own")
    DEPARTMENT = "department", pgettext_lazy("scope", "Department")
    SUBTREE = "subtree", pgettext_lazy("scope", "Department with sub-departments")
    ALL = "all", pgettext_lazy("scope", "All")


def _scope(label: Any) -> models.CharField[str, str]:
    return models.CharField(label, max_length=10, choices=Scope.choices, default=Scope.NONE)


class RolePermission(models.Model):
    """One role in one kind's list: the row without a section is for all pipelines, a row of a
    pipeline stands in its place there, as a whole."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="permissions")
    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="+")
    section = models.ForeignKey(Section, null=True, on_delete=models.CASCADE, related_name="+")
    may_view = _scope(_("View"))
    may_add = _scope(_("Add"))
    may_change = _scope(_("Change"))
    may_delete = _scope(pgettext_lazy("right", "Delete"))
    may_run = _scope(_("Run processes"))

    class Meta:
        verbose_name = _("Permission of a role")
        verbose_name_plural = _("Permissions of roles")
        constraints = [
            models.UniqueConstraint(
                fields=["role", "list", "section"],
                name="role_permission_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.list}"


#: Right → the column of RolePermission with its scope.
OPERATIONS: Mapping[Right, str] = {
    right: f"may_{right.value}"
    for right in (Right.VIEW, Right.ADD, Right.CHANGE, Right.DELETE, Right.RUN)
}
