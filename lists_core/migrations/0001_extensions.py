"""Trigram search needs pg_trgm; intarray must never be installed (it disables GIN on int[])."""

from __future__ import annotations

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: list[tuple[str, str]] = []
    operations = [TrigramExtension()]
