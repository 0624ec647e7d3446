"""People: employees (the user model) and the tree of departments."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode


class Department(TreeNode):
    """A department; its place in the tree is `parent`."""

    name = models.CharField(_("Name"), max_length=200)
    head = models.ForeignKey(
        "staff.Employee",
        verbose_name=_("Head"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="headed_departments",
    )

    class Meta:
        verbose_name = _("Department")
        verbose_name_plural = _("Departments")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Employee(AbstractUser):
    """A person who signs in; the portal shows `str(employee)` everywhere."""

    patronymic = models.CharField(_("Patronymic"), max_length=150, blank=True)
    position = models.CharField(_("Position"), max_length=200, blank=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("Department"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="employees",
    )

    class Meta:
        verbose_name = _("Employee")
        verbose_name_plural = _("Employees")
        ordering = ["last_name", "first_name"]

    def __str__(self) -> str:
        return f"{self.last_name} {self.first_name}".strip() or self.username
