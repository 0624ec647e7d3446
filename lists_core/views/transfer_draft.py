"""The file of an import as the page opens it: read as the address says, filled in by what was
chosen earlier for it, or for files like it."""

from __future__ import annotations

from dataclasses import dataclass

from lists_core.models import ImportMapping, Job, List, StoredFile
from lists_core.selectors.import_mappings import mappings_of
from lists_core.transfer.draft import Draft
from lists_core.transfer.forms import LayoutForm
from lists_core.transfer.mapping import spec_of
from lists_core.transfer.spec import ImportSpec
from lists_core.transfer.tables import detect_layout, sheets_of
from svod.base.http import PortalRequest


@dataclass(frozen=True)
class OpenedDraft:
    """`spec` fills in the page; `mapping` is where it comes from, if from a saved one."""

    form: LayoutForm
    draft: Draft
    spec: ImportSpec | None = None
    mapping: ImportMapping | None = None


def open_draft(request: PortalRequest, list_: List | None, file: StoredFile) -> OpenedDraft:
    """Raises Invalid for a file that cannot be read."""
    earlier = _earlier(request, file)
    plain = _read(request, file, earlier)
    if earlier or list_ is None:
        return OpenedDraft(plain.form, plain.draft, earlier)
    fitting = list(mappings_of(list_).filter(headings=list(plain.draft.headings)))
    mapping = _chosen(request, fitting)
    spec = spec_of(mapping, plain.draft) if mapping else None
    shown = _read(request, file, spec, fitting, str(mapping.pk) if mapping else "")
    return OpenedDraft(shown.form, shown.draft, spec, mapping)


def _earlier(request: PortalRequest, file: StoredFile) -> ImportSpec | None:
    """The choices of a job about the same file, when the person comes back from it."""
    asked = request.GET.get("job", "")
    jobs = Job.objects.filter(actor=request.user, kind="import_table", params__file_id=file.pk)
    job = next((job for job in jobs[:50] if str(job.pk) == asked), None) if asked else None
    return ImportSpec.from_json(job.params) if job else None


def _chosen(request: PortalRequest, fitting: list[ImportMapping]) -> ImportMapping | None:
    """The one that the address names, "" for none; by itself the one that was saved last."""
    asked = request.GET.get("mapping")
    if asked is None:
        return max(fitting, key=lambda row: row.modified_at, default=None)
    return next((row for row in fitting if str(row.pk) == asked), None)


def _read(
    request: PortalRequest,
    file: StoredFile,
    spec: ImportSpec | None,
    mappings: list[ImportMapping] | None = None,
    mapping: str = "",
) -> OpenedDraft:
    chosen = {**spec.layout.to_json(), "empty": ", ".join(spec.empty)} if spec else {}
    form = LayoutForm(
        {**chosen, **request.GET.dict(), "mapping": mapping},
        detected=detect_layout(file),
        sheets=sheets_of(file),
        mappings=[(str(row.pk), row.name) for row in mappings or []],
    )
    layout = form.layout()
    return OpenedDraft(form, Draft(file, layout, form.empty_words()))
