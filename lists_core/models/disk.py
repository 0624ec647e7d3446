"""The shared Disk: folders and files with versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
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
        constraints = [
            models.UniqueConstraint(
                F("parent"),
                Lower("name"),
                condition=Q(deleted_at=None),
                nulls_distinct=False,
                name="disk_folder_name_unique",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("disk_folder", args=[self.pk])


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
        constraints = [
            models.UniqueConstraint(
                F("folder"),
                Lower("name"),
                condition=Q(deleted_at=None),
                nulls_distinct=False,
                name="disk_file_name_unique",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("disk_file", args=[self.pk])

    @property
    def content_url(self) -> str:
        """Where the current version always is."""
        return reverse("disk_content", args=[self.pk])


class DiskFileVersion(models.Model):
    """One upload of a Disk file; the newest is the file's `current`."""

    disk_file = models.ForeignKey(DiskFile, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="disk_versions")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Version of a Disk file")
        verbose_name_plural = _("Versions of Disk files")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["disk_file", "number"], name="disk_version_unique")
        ]
