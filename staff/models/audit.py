"""The audit log: who did what to what, when and from where. Rows are added, never changed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

OPERATORS_OF_KEYS = ["text_pattern_ops", "timestamptz_ops", "int8_ops"]


def person(label: Any) -> models.ForeignKey[Any, Any]:
    """A link that outlives its person: no constraint of the database, so nothing is changed here
    when an employee goes; the name is kept beside it."""
    return models.ForeignKey(
        "staff.Employee",
        verbose_name=label,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )


class AuditEntry(models.Model):
    """One event; written by staff.services.audit alone, a trigger refuses changes.

    `event` is a dotted name ("access.granted"), `subject` a reference ("element:12:345": list
    12, element 345), `about` small JSON without secrets. The actor is whose rights were used;
    the impersonator, if any, is who really sat there.
    """

    at = models.DateTimeField(_("Time"), db_default=Now(), editable=False)
    event = models.CharField(_("Event"), max_length=60)
    actor = person(_("Person"))
    actor_name = models.TextField(_("Name of the person"), blank=True, default="")
    impersonator = person(_("Acting in their place"))
    impersonator_name = models.TextField(blank=True, default="")
    subject = models.TextField(_("Subject"), blank=True, default="")
    subject_name = models.TextField(_("Name of the subject"), blank=True, default="")
    about = models.JSONField(_("Details"), default=dict)
    ip = models.GenericIPAddressField(_("Address"), null=True)
    request_id = models.CharField(_("Request"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("Audit entry")
        verbose_name_plural = _("Audit log")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["at", "id"], name="audit_at"),
            models.Index(fields=["event", "at", "id"], name="audit_event"),
            models.Index(fields=["actor", "at", "id"], name="audit_actor"),
            models.Index(
                fields=["impersonator", "at", "id"],
                name="audit_impersonator",
                condition=models.Q(impersonator__isnull=False),
            ),
            # Prefixes too: everything about one list begins with "list:12" or "element:12:".
            models.Index(
                fields=["subject", "at", "id"], name="audit_subject", opclasses=OPERATORS_OF_KEYS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject}".strip()
