"""Uploaded files: kept under random names, shown by the rights of what uses them."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lists_core.models.elements import Element


def storage_name(instance: StoredFile, name: str) -> str:
    """A path that tells nothing of the file: the user's name is kept in the row only."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token[2:]}"


class StoredFile(models.Model):
    """One uploaded file. `size` is in bytes, `width`/`height` in pixels for pictures.

    `mime` is what the content was found to be, never what the browser said. `released_at` is
    when the last thing that held the file let go of it; None while it was never held or is.
    """

    name = models.CharField(_("Name"), max_length=255)
    content = models.FileField(upload_to=storage_name, max_length=100)
    thumbnail = models.FileField(upload_to=storage_name, max_length=100, blank=True)
    size = models.PositiveBigIntegerField(_("Size"))
    mime = models.CharField(_("Type"), max_length=127)
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("File")
        verbose_name_plural = _("Files")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.pk])

    @property
    def thumbnail_url(self) -> str:
        return reverse("file_thumbnail", args=[self.pk]) if self.thumbnail else ""


class FileUse(models.Model):
    """A file standing in an element's field: who may read the element may read the file."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="uses")
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="file_uses")
    field = models.ForeignKey("lists_core.Field", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "element", "field"], name="file_use_unique")
        ]
