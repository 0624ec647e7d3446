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

    class Meta:
        verbose_name = _("Section")
        verbose_name_plural = _("Sections")
        ordering = ["sort", "name", "id"]
        indexes = [models.Index(fields=["list", "parent"], name="section_list_parent")]

    def __str__(self) -> str:
        return self.name
