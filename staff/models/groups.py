"""Groups of employees that administrators make, next to those that follow the departments."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class EmployeeGroup(models.Model):
    """A group that people made; its key is that of the auth group which carries its rights.

    The auth group's own name is of no meaning, so no name chosen here can be mistaken for a
    department's group or a well-known one.
    """

    group = models.OneToOneField(
        Group, primary_key=True, on_delete=models.CASCADE, related_name="employee_group"
    )
    name = models.CharField(_("Name"), max_length=150)
    description = models.TextField(_("Description"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Group of employees")
        verbose_name_plural = _("Groups of employees")
        ordering = [Lower("name"), "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="employee_group_name_unique")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.pk])
