"""Who holds which right on the Disk, its folders and files; shaped as `models.rights`."""

from __future__ import annotations

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from lists_core.models.disk import DiskFile, DiskFolder, DiskRoot


class DiskRootUserRight(UserObjectPermissionBase):
    content_object = models.ForeignKey(DiskRoot, on_delete=models.CASCADE, related_name="+")


class DiskRootGroupRight(GroupObjectPermissionBase):
    content_object = models.ForeignKey(DiskRoot, on_delete=models.CASCADE, related_name="+")


class DiskFolderUserRight(UserObjectPermissionBase):
    content_object = models.ForeignKey(DiskFolder, on_delete=models.CASCADE, related_name="+")


class DiskFolderGroupRight(GroupObjectPermissionBase):
    content_object = models.ForeignKey(DiskFolder, on_delete=models.CASCADE, related_name="+")


class DiskFileUserRight(UserObjectPermissionBase):
    content_object = models.ForeignKey(DiskFile, on_delete=models.CASCADE, related_name="+")


class DiskFileGroupRight(GroupObjectPermissionBase):
    content_object = models.ForeignKey(DiskFile, on_delete=models.CASCADE, related_name="+")
