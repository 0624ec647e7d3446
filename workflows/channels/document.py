"""Documents are made outside the engine's transaction, once for each visit of a step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation

from lists_core.access import forget
from lists_core.schema.compile import Schema
from lists_core.services.elements import Changed
from staff.models import Employee
from svod.base.errors import DomainError, Invalid
from workflows.models import DocumentTemplateVersion, Instance, MadeDocument
from workflows.services.documents import Wanted, make
from workflows.services.outgoing import Refused, channels
from workflows.services.rows import rows_found
from workflows.values import load


@channels.register
class Documents:
    """The payload names the version, the element, the employee, and where the file goes."""

    slug = "document"

    def send(self, key: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """`{"file", "name", "disk_file", "format", "note"}`. Raises Refused."""
        given = load(dict(payload))
        actor = Employee.objects.filter(pk=given["actor"], is_active=True).first()
        version = DocumentTemplateVersion.objects.filter(pk=given["version"]).first()
        if actor is None or version is None:
            raise Refused("the employee or the template is gone")
        forget()
        with translation.override(actor.language), timezone.override(actor.time_zone):
            return told(_made(key, given, version, actor))


def _made(
    key: str, given: Mapping[str, Any], version: DocumentTemplateVersion, actor: Employee
) -> MadeDocument:
    try:
        wanted = Wanted(
            name=given["name"], format=given["format"], field=given["field"],
            folder=given["folder"], process=given["process"], rows=_rows(given, actor),
        )  # fmt: skip
        element = tuple(given["element"]) if given["element"] else None
        instance = Instance.objects.filter(pk=key.partition(":")[0]).first()
        return make(
            version.template, element, actor, wanted=wanted, key=key, version=version,
            instance_id=instance.pk if instance else None,
        )  # fmt: skip
    except Changed:
        raise  # somebody saved the element meanwhile: tried again
    except Invalid as error:
        texts = [text for texts in error.errors.values() for text in texts]
        raise Refused("; ".join(texts) or str(error)) from error
    except DomainError as error:
        raise Refused(str(error)) from error


def _rows(given: Mapping[str, Any], actor: Employee) -> tuple[Schema, Any] | None:
    if not given["rows_list"]:
        return None
    return rows_found(given["rows_list"], given["rows_filter"], actor=actor)


def told(made: MadeDocument) -> dict[str, Any]:
    return {
        "file": made.file_id,
        "name": made.file.name,
        "disk_file": made.disk_file_id,
        "format": made.file.name.rpartition(".")[2],
        "note": made.note,
    }
