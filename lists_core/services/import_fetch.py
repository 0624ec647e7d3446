"""Fetching the file of a scheduled import, and writing down how it ended."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import replace
from http import HTTPStatus
from pathlib import PurePosixPath
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lists_core.access import Right
from lists_core.models import ImportSchedule, Job, StoredFile
from lists_core.selectors.lists import access_list
from lists_core.services.files import keep_file
from lists_core.services.imports import check_start
from lists_core.services.imports_origin import check_alone, remember_run
from lists_core.transfer.draft import Draft
from lists_core.transfer.spec import ImportSpec
from lists_core.transfer.tables import detect_layout
from staff.services.notifications import notify
from svod.base.errors import Invalid, NotFound
from svod.base.outside import Answer, TooLong, Unreachable, download

State = ImportSchedule.State
SECONDS = 120
HEADERS = {"User-Agent": "Svod", "Accept-Encoding": "identity"}
COUNTED = {
    "created": gettext_lazy("Added: %(count)d."),
    "updated": gettext_lazy("Changed: %(count)d."),
    "unchanged": gettext_lazy("Unchanged: %(count)d."),
    "failed": gettext_lazy("Rows with errors: %(count)d."),
}


def fetched(job: Job) -> bool:
    """Fetch the job's file and put the import of it into the job's parameters; False when it is
    the file of the last time. A job taken up again does not fetch a second time.

    Raises DomainError.
    """
    if "columns" in job.params:
        return True
    schedule = ImportSchedule.objects.filter(pk=job.params["schedule"], owner=job.actor).first()
    if schedule is None:
        raise NotFound
    job.params = {**job.params, "asked": _asked(schedule)}
    with tempfile.TemporaryFile() as target:
        answer = _answer(schedule, target)
        sha256 = _digest(target)
        if answer.status == HTTPStatus.NOT_MODIFIED or sha256 == schedule.sha256:
            return False
        _prepare(job, schedule, target, answer)
    return True


def _asked(schedule: ImportSchedule) -> str:
    """The digest of what the owner asks for: it may be changed while a job is at work."""
    whole = json.dumps([schedule.url, schedule.headings, schedule.choices], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _answer(schedule: ImportSchedule, target: IO[bytes]) -> Answer:
    headers = {**HEADERS, **({"If-None-Match": schedule.etag} if schedule.etag else {})}
    limit = settings.IMPORT_MAX_BYTES
    try:
        answer = download(schedule.url, target, headers=headers, seconds=SECONDS, max_bytes=limit)
    except TooLong:
        raise _refused(_("The file is larger than the portal takes.")) from None
    except Unreachable:
        raise _refused(_("The server does not answer or is too slow.")) from None
    if answer.status not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        raise _refused(_("The server answered %(status)d.") % {"status": answer.status})
    return answer


def _digest(target: IO[bytes]) -> str:
    target.seek(0)
    return hashlib.file_digest(target, "sha256").hexdigest()  # type: ignore[arg-type]


def _prepare(job: Job, schedule: ImportSchedule, target: IO[bytes], answer: Answer) -> None:
    """Keep the file and write into the job what is to be done with it. The job knows of the
    file before anything of it is refused, so that `note_end` removes it."""
    list_ = access_list(job.actor, Right.VIEW, job.list_id or 0)
    file = keep_file(File(target), _name(schedule), actor=job.actor)
    job.params = {**job.params, "file_id": file.pk}
    job.save(update_fields=["params"])
    with transaction.atomic():
        spec = _spec(schedule, file)
        check_start(list_, spec, actor=job.actor)
        remember_run(job, spec, check_alone(list_, spec, actor=job.actor))
        seen = {"sha256": file.sha256, "etag": answer.headers.get("etag", "")[:200]}
        job.params = {**job.params, **seen, **spec.to_json()}
        job.save(update_fields=["params"])


def _spec(schedule: ImportSchedule, file: StoredFile) -> ImportSpec:
    """The import of this file as the schedule has it. Raises Invalid when the file is another."""
    chosen = ImportSpec.from_json({**schedule.choices, "file_id": file.pk, "headings": []})
    found = detect_layout(file)
    sheet = chosen.layout.sheet if found.sheet else ""
    layout = replace(found, header=chosen.layout.header, sheet=sheet or found.sheet)
    headings = Draft(file, layout, chosen.empty).headings
    if list(headings) != schedule.headings:
        raise _refused(_("The headings of the file are not those of the mapping."))
    return replace(chosen, layout=layout, headings=headings)


def _name(schedule: ImportSchedule) -> str:
    last = PurePosixPath(unquote(urlsplit(schedule.url).path)).name
    return last[-100:] or "import.csv"


def _refused(message: str) -> Invalid:
    return Invalid({}, message)


# --- the end ----------------------------------------------------------------------------


def note_end(job: Job) -> None:
    """Write the outcome to the schedule. Its owner is told of the first failure of a row of them,
    and the fetched file is removed: refused rows have a file of their own."""
    with transaction.atomic():
        rows = ImportSchedule.objects.select_for_update(of=("self",))
        schedule = rows.filter(pk=job.params["schedule"]).first()
        if schedule is not None:
            first = schedule.failed_since is None
            _note(schedule, job)
            if schedule.state == State.FAILED and first:
                _tell(schedule, job)
    file = StoredFile.objects.filter(pk=job.params.get("file_id")).first()
    if file is not None:
        file.content.storage.delete(str(file.content.name))
        file.delete()


def _note(schedule: ImportSchedule, job: Job) -> None:
    now, done = timezone.now(), job.state == Job.State.DONE
    same = done and job.result.get("same", False)
    schedule.state = State.SAME if same else State.DONE if done else State.FAILED
    schedule.told = "" if same else summary_of(job.result) if done else job.error or _("Stopped.")
    schedule.failed_since = None if done else schedule.failed_since or now
    schedule.fetched_at = now
    schedule.is_on = schedule.is_on and job.actor.is_active
    _note_file(schedule, job, whole=done and not job.result.get("failed"))
    schedule.save()


def _note_file(schedule: ImportSchedule, job: Job, *, whole: bool) -> None:
    """A file counts as read when all of it landed as it is asked for now. One that landed in
    part leaves the list between two files: whichever comes next is read. What was changed while the
    job was at work is done at once."""
    asked = job.params.get("asked")
    if asked and asked != _asked(schedule):
        schedule.next_at = timezone.now()
    elif "columns" in job.params:
        seen = (job.params["sha256"], job.params["etag"]) if whole else ("", "")
        schedule.sha256, schedule.etag = seen


def _tell(schedule: ImportSchedule, job: Job) -> None:
    text = format_lazy(
        gettext_lazy("The scheduled import into “{list}” failed"), list=schedule.list.name
    )
    url, key = schedule.get_absolute_url(), f"import:{job.pk}"
    notify([schedule.owner], "job", text, body=schedule.told, url=url, key=key)


def summary_of(result: dict[str, Any]) -> str:
    """The counts that are not zero, in words."""
    said = [str(text) % {"count": result[name]} for name, text in COUNTED.items() if result[name]]
    return " ".join(said)
