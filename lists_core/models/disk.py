"""The shared Disk: folders and files with versions, and what happened to them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from tree_queries.models import TreeNode

from lists_core.models.files import StoredFile


class DiskRoot(models.Model):
    """The Disk itself, as what rights are granted on.

    The one row is made when somebody changes them for the first time; until then the rights
    are those of `lists_core.access.disk.AT_FIRST`.
    """

    class Meta:
        verbose_name = _("Disk")
        verbose_name_plural = _("Disk")
        permissions = [
            ("access_diskroot", "Can manage access to the Disk"),
            ("full_diskroot", "Has full access to the Disk"),
        ]

    def __str__(self) -> str:
        return str(_("Disk"))

    def get_absolute_url(self) -> str:
        return reverse("disk")


class DiskFolder(TreeNode):
    """A folder of the shared Disk. A `restricted` one takes no rights from above."""

    name = models.CharField(_("Name"), max_length=255)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    deleted_at = models.DateTimeField(null=True, editable=False)
    restricted = models.BooleanField(default=False, editable=False)

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
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="disk_folder_words"),
        ]
        permissions = [
            ("access_diskfolder", "Can manage access to the folder"),
            ("full_diskfolder", "Has full access to the folder"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("disk_folder", args=[self.pk])


class DiskFile(models.Model):
    """A file of the Disk; fields of type "File (Disk)" refer to it, so all see a new version.

    A `restricted` one takes no rights from its folder.
    """

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
    restricted = models.BooleanField(default=False, editable=False)

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
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="disk_file_words"),
            models.Index(fields=["folder", "name", "id"], name="disk_file_place"),
            models.Index(
                fields=["deleted_at"], condition=~Q(deleted_at=None), name="disk_file_bin"
            ),
        ]
        permissions = [
            ("access_diskfile", "Can manage access to the file"),
            ("full_diskfile", "Has full access to the file"),
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
    """One upload of a Disk file; the newest is the file's `current`.

    `restored_from` is the number of the older one whose content it brought back.
    """

    disk_file = models.ForeignKey(DiskFile, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="disk_versions")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    restored_from = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("Version of a Disk file")
        verbose_name_plural = _("Versions of Disk files")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["disk_file", "number"], name="disk_version_unique")
        ]


class DiskEvent(models.Model):
    """One line of the history of a folder or a file (one of the two).

    `about` by kind: renamed and made {"name"}; moved {"from", "to"} (ids of folders, None is the
    Disk itself); version {"number"}; restored version {"number", "from"}; copied {"name"}.
    """

    class Kind(models.TextChoices):
        MADE = "made", pgettext_lazy("disk", "Made")
        RENAMED = "renamed", pgettext_lazy("disk", "Renamed")
        MOVED = "moved", pgettext_lazy("disk", "Moved")
        COPIED = "copied", pgettext_lazy("disk", "Made as a copy")
        VERSION = "version", pgettext_lazy("disk", "New version")
        RESTORED_VERSION = "restored_version", pgettext_lazy("disk", "Version made current again")
        DELETED = "deleted", pgettext_lazy("disk", "Moved to the bin")
        RESTORED = "restored", pgettext_lazy("disk", "Restored from the bin")
        ACCESS = "access", pgettext_lazy("disk", "Rights changed")

    folder = models.ForeignKey(
        DiskFolder, null=True, on_delete=models.CASCADE, related_name="events"
    )
    file = models.ForeignKey(DiskFile, null=True, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(_("What happened"), max_length=20, choices=Kind.choices)
    about = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Event of the Disk")
        verbose_name_plural = _("Events of the Disk")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(folder=None) ^ Q(file=None), name="disk_event_of_one_thing"
            )
        ]

    def __str__(self) -> str:
        return str(self.Kind(self.kind).label)
