"""Sections: the tree of folders inside a list."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode

from lists_core.models.lists import List


class Section(TreeNode):
    """A folder of elements; its place in the tree is `parent`."""

    list = models.ForeignKey(List, on_delete=models.CASCADE, related_name="sections")
    name = models.CharField(_("Name"), max_length=200)
    code = models.CharField(_("Code"), max_length=63, blank=True)
    description = models.TextField(_("Description"), blank=True)
    sort = models.IntegerField(_("Sort"), default=500)
    # Takes no rights from the list and the sections above; nor does anything inside it.
    restricted = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Section")
        verbose_name_plural = _("Sections")
        ordering = ["sort", "name", "id"]
        indexes = [models.Index(fields=["list", "parent"], name="section_list_parent")]
        permissions = [
            ("run_section", "Can run processes in the section"),
            ("access_section", "Can manage access to the section"),
            ("full_section", "Has full access to the section"),
        ]

    def __str__(self) -> str:
        return self.name
