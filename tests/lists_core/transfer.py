"""What the tests of import and export share: a list, an upload, a finished job."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lists_core.models import Job, List
from lists_core.schema.cache import schema_of
from lists_core.selectors.elements import elements
from lists_core.services.jobs import run_job


def upload(client: Client, list_: List | None, content: bytes | str, name: str = "t.csv") -> str:
    """Send a file through the page; the address of the page with its columns."""
    data = content.encode() if isinstance(content, str) else content
    url = reverse("list_import", args=[list_.pk]) if list_ else reverse("import_new")
    response = client.post(url, {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def chosen(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What the form of the columns page holds, with changes; None takes a value away."""
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data.update(changes)
    return {name: value for name, value in data.items() if value not in (None, False)}


def run_import(client: Client, url: str, **changes: Any) -> Job:
    """Press "Import" and do the work; the finished job."""
    response = client.post(url, chosen(client, url, **changes))
    assert response.status_code == 302, errors_of(response)
    return finished(response)


def finished(response: Any) -> Job:
    job = Job.objects.get(pk=response["Location"].rstrip("/").rpartition("/")[2])
    run_job(job.pk)
    job.refresh_from_db()
    return job


def errors_of(response: Any) -> dict[str, Any]:
    return response.context["form"].errors


def rows_of(list_: List, actor: Any) -> list[Any]:
    list_.refresh_from_db()
    return list(elements(schema_of(list_), actor).order_by("pk"))


def values_of(list_: List, actor: Any, *codes: str) -> list[tuple[Any, ...]]:
    rows = rows_of(list_, actor)
    schema = schema_of(list_)
    return [tuple(schema[code].read(row) for code in codes) for row in rows]
