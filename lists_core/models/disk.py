"""The shared Disk: folders and files with versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode

from lists_core.models.files import StoredFile


class DiskFolder(TreeNode):
    """A folder of the shared Disk."""

    name = models.CharField(_("Name"), max_length=255)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Disk folder")
        verbose_name_plural = _("Disk folders")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DiskFile(models.Model):
    """A file of the Disk; fields of type "File (Disk)" refer to it, so all see a new version."""

    folder = models.ForeignKey(
        DiskFolder, null=True, blank=True, on_delete=models.CASCADE, related_name="files"
    )
    name = models.CharField(_("Name"), max_length=255)
    current = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Disk file")
        verbose_name_plural = _("Disk files")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DiskFileVersion(models.Model):
    """One upload of a Disk file; the newest is the file's `current`."""

    disk_file = models.ForeignKey(DiskFile, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["disk_file", "number"], name="disk_version_unique")
        ]
