"""`manage.py audit_retention --older-than DAYS`: forget old entries of the audit log."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from staff.services.audit_retention import delete_older


class Command(BaseCommand):
    """Nothing calls it by itself: without it the log is kept for ever."""

    help = "Delete audit entries older than the given number of days; the deletion is recorded."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--older-than", type=days, required=True, metavar="DAYS")

    def handle(self, **options: Any) -> None:
        try:
            deleted = delete_older(options["older_than"])
        except ProgrammingError as error:
            raise CommandError(f"This database role may not do it: {error}") from error
        self.stdout.write(f"deleted: {deleted}")


def days(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number of days, at least 1")
    return number
