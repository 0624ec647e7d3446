"""`manage.py import_table FILE --list NAME`: the import of the page, for the command line."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management import BaseCommand, CommandError, CommandParser

from lists_core.access import visible_lists
from lists_core.models import Job, List, StoredFile
from lists_core.services.files import keep_file
from lists_core.services.imports import start_import, start_import_as_list
from lists_core.services.jobs import run_job
from lists_core.transfer.draft import Draft
from lists_core.transfer.forms import MappingForm
from lists_core.transfer.guess import EMPTY_WORDS
from lists_core.transfer.spec import ImportSpec
from lists_core.transfer.tables import detect_layout
from staff.models import Employee
from svod.base.errors import DomainError, Invalid

STEP_S = 0.5


class Command(BaseCommand):
    """Columns go into the fields of the same name; a list that does not exist is made."""

    help = "Import a CSV or XLSX file into a list, or into a new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--list", required=True, help="name of the list")
        parser.add_argument("--key", action="append", default=[], help="heading of a key column")
        parser.add_argument("--by", default="", help="login of the author; else an administrator")
        parser.add_argument("--sheet", default="", help="sheet of an XLSX file; else the first")

    def handle(self, **options: Any) -> None:
        actor = self._actor(options["by"])
        try:
            job = self._start(actor, options)
        except Invalid as error:
            raise CommandError(" ".join(chain.from_iterable(error.errors.values()))) from None
        except (DomainError, OSError) as error:
            raise CommandError(str(error)) from None
        self._finish(job)

    def _actor(self, login: str) -> Employee:
        people = Employee.objects.filter(is_active=True)
        chosen = people.filter(username=login) if login else people.filter(is_superuser=True)
        person = chosen.order_by("pk").first()
        if person is None:
            raise CommandError("There is no such employee.")
        return person

    def _start(self, actor: Employee, options: dict[str, Any]) -> Job:
        list_ = self._list(actor, options["list"])
        with options["file"].open("rb") as content:
            file = keep_file(File(content), options["file"].name, actor=actor)
        spec = self._spec(file, list_, actor, options)
        if list_ is None:
            return start_import_as_list(spec, actor=actor, name=options["list"])
        return start_import(list_, spec, actor=actor)

    def _list(self, actor: Employee, name: str) -> List | None:
        found = list(visible_lists(actor).filter(name=name)[:2])
        if len(found) > 1:
            raise CommandError("Several lists have this name.")
        return found[0] if found else None

    def _spec(
        self, file: StoredFile, list_: List | None, actor: Employee, options: dict[str, Any]
    ) -> ImportSpec:
        """What the page would suggest, with the asked keys."""
        layout = detect_layout(file)
        if options["sheet"]:
            layout = replace(layout, sheet=options["sheet"])
        draft = Draft(file, layout, EMPTY_WORDS)
        suggested = MappingForm(draft=draft, list_=list_, actor=actor).initial
        keys = {f"key_{self._place(draft, key)}": True for key in options["key"]}
        mode = {"mode": "both" if keys else "add"}
        form = MappingForm({**suggested, **keys, **mode}, draft=draft, list_=list_, actor=actor)
        if not form.is_valid():
            raise CommandError(str(form.errors.as_json()))
        return form.spec(dry=False)

    def _place(self, draft: Draft, heading: str) -> int:
        if heading.casefold() not in draft.places():
            raise CommandError(f"The file has no column “{heading}”.")
        return draft.places()[heading.casefold()]

    def _finish(self, job: Job) -> None:
        """Work here, or wait for the worker that was quicker."""
        run_job(job.pk)
        job.refresh_from_db()
        while not job.is_over:
            time.sleep(STEP_S)
            job.refresh_from_db()
        if job.state != Job.State.DONE:
            raise CommandError(job.error or job.get_state_display())
        counts = ("created", "updated", "unchanged", "failed")
        self.stdout.write(", ".join(f"{name} {job.result[name]}" for name in counts))
        for row, text in job.result["errors"]:
            self.stderr.write(f"{row}: {text}")
