"""Templates of documents, their versions, and what was made from them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lists_core.models import DiskFile, Element, Field, List, StoredFile
from workflows.models.instances import Instance


class DocumentTemplate(models.Model):
    """A .docx with placeholders, filled from elements of `list` (or from a process alone).

    `rows_field` is a link field of another list that points to `list`: the elements that link to
    the one the document is made from are the rows of its tables.
    """

    name = models.CharField(_("Name"), max_length=200)
    list = models.ForeignKey(
        List, null=True, on_delete=models.CASCADE, related_name="document_templates"
    )
    rows_field = models.ForeignKey(Field, null=True, on_delete=models.SET_NULL, related_name="+")
    #: What a made document is called, with placeholders of the element: `Договор {{NUMBER}}`.
    file_name = models.CharField(_("Name of the file"), max_length=200, blank=True)
    current = models.ForeignKey(
        "workflows.DocumentTemplateVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Document template")
        verbose_name_plural = _("Document templates")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("document_template", args=[self.pk])


class DocumentTemplateVersion(models.Model):
    """One upload. `names` maps the paths that its placeholders name to their places."""

    template = models.ForeignKey(
        DocumentTemplate, on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    #: Of the file; a step that was published with it goes on with it.
    sha256 = models.CharField(max_length=64)
    names = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Version of a document template")
        verbose_name_plural = _("Versions of document templates")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="document_version_unique")
        ]


class MadeDocument(models.Model):
    """A document that was made, once for each key: a repeat finds it instead of making another."""

    key = models.CharField(max_length=96, unique=True)
    version = models.ForeignKey(
        DocumentTemplateVersion, on_delete=models.CASCADE, related_name="made"
    )
    element = models.ForeignKey(Element, null=True, on_delete=models.SET_NULL, related_name="+")
    instance = models.ForeignKey(Instance, null=True, on_delete=models.SET_NULL, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    disk_file = models.ForeignKey(DiskFile, null=True, on_delete=models.SET_NULL, related_name="+")
    #: What the person should know: there is no converter to PDF, a picture was left out.
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Made document")
        verbose_name_plural = _("Made documents")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["element", "-id"], name="made_of_element")]
