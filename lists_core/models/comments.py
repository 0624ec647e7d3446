"""What people say about an element."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lists_core.models.elements import Element


def nobody() -> list[int]:
    return []


class Comment(models.Model):
    """A comment, plain text. Whoever may read the element may read it; no field right touches it.

    `mentions` are ids of employees whose `@Surname Name` stands in the text.
    """

    element = models.ForeignKey(
        Element, on_delete=models.CASCADE, related_name="comments", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    text = models.TextField(_("Comment"))
    mentions = ArrayField(models.BigIntegerField(), default=nobody)
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Comment")
        verbose_name_plural = _("Comments")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["element", "id"], name="comment_of_element", condition=Q(deleted_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]
