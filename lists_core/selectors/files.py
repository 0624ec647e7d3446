"""Reading files: who may download what is decided at each request by what holds the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import timezone

from lists_core.access import Right, readable_fields
from lists_core.access.disk import allowed_files, visible_files
from lists_core.models import DiskFile, DiskFileVersion, FileUse, Job, StoredFile
from lists_core.schema.cache import schema_of
from lists_core.selectors.across import names_across
from lists_core.selectors.elements import elements
from lists_core.selectors.jobs import may_have_file
from staff.models import Employee
from svod.base.errors import NotFound
from svod.base.registry import Registry

UPLOAD_LIFE = timedelta(hours=24)
RELEASED_LIFE = timedelta(days=30)
CLEANED_AT_ONCE = 500


class FileHolder:
    """A kind of thing that files belong to; it says who may read them."""

    slug: str = ""

    def holding(self) -> Q:
        """The condition over StoredFile: something of this kind holds the file."""
        raise NotImplementedError(f"{type(self).__name__} holds nothing")

    def readable(self, actor: Employee, ids: Collection[int]) -> set[int]:
        """Those of the files that the actor may read because of this kind of holder."""
        raise NotImplementedError(f"{type(self).__name__} shows nothing")


file_holders: Registry[FileHolder] = Registry("file holder")


@file_holders.register
class Elements(FileHolder):
    """Who may read an element and a field of it may read the files there."""

    slug = "element"

    def holding(self) -> Q:
        return Q(Exists(FileUse.objects.filter(file=OuterRef("pk"))))

    def readable(self, actor: Employee, ids: Collection[int]) -> set[int]:
        found = FileUse.objects.filter(file_id__in=ids, field__deleted_at=None)
        uses = list(found.select_related("field__list"))
        wanted: dict[int, set[int]] = defaultdict(set)
        for use in uses:
            wanted[use.field.list_id].add(use.element_id)
        seen = names_across(actor, wanted)
        shown = [use for use in uses if (use.field.list_id, use.element_id) in seen]
        return _in_readable_fields(actor, shown)


def _in_readable_fields(actor: Employee, uses: Sequence[FileUse]) -> set[int]:
    """The files of those uses whose field the actor may read, too."""
    by_list: dict[int, list[FileUse]] = defaultdict(list)
    for use in uses:
        by_list[use.field.list_id].append(use)
    return {use.file_id for own in by_list.values() for use in _shown(actor, own)}


def _shown(actor: Employee, uses: Sequence[FileUse]) -> list[FileUse]:
    """The uses of one list whose field the actor may read, perhaps as the element's author."""
    list_id = uses[0].field.list_id
    fields = {use.field_id: use.field for use in uses}.values()
    open_ = readable_fields(actor, list_id, fields, is_author=False)
    to_author = readable_fields(actor, list_id, fields, is_author=True) - open_
    own = _authored(actor, uses) if to_author else set()
    return [
        use
        for use in uses
        if use.field_id in open_ or (use.field_id in to_author and use.element_id in own)
    ]


def _authored(actor: Employee, uses: Sequence[FileUse]) -> set[int]:
    """Those of one list's elements that the actor made."""
    rows = elements(schema_of(uses[0].field.list), actor).filter(created_by=actor.pk)
    return set(rows.filter(pk__in={use.element_id for use in uses}).values_list("pk", flat=True))


@file_holders.register
class Disk(FileHolder):
    """Who may read a file of the Disk may read all its versions; in the bin, who may delete it."""

    slug = "disk"

    def holding(self) -> Q:
        return Q(Exists(DiskFileVersion.objects.filter(file=OuterRef("pk"))))

    def readable(self, actor: Employee, ids: Collection[int]) -> set[int]:
        binned = Q(deleted_at__isnull=False) & allowed_files(actor, Right.DELETE)
        open_ = DiskFile.objects.filter(visible_files(actor) | binned).values("pk")
        rows = DiskFileVersion.objects.filter(file_id__in=ids, disk_file__in=open_)
        return set(rows.values_list("file_id", flat=True))


@file_holders.register
class Jobs(FileHolder):
    """The file a job has made, and until it is over the one it reads, are its starter's."""

    slug = "job"

    def holding(self) -> Q:
        made = Exists(Job.objects.filter(file=OuterRef("pk")))
        return made | Q(Exists(_reading_jobs().filter(read_id=OuterRef("pk"))))

    def readable(self, actor: Employee, ids: Collection[int]) -> set[int]:
        if not actor.is_active:
            return set()
        made = Job.objects.filter(file_id__in=ids, actor=actor)
        had = {job.file_id for job in made if job.file_id and may_have_file(job, actor)}
        read = _reading_jobs().filter(read_id__in=ids, actor=actor)
        return {*had, *read.values_list("read_id", flat=True)}


def _reading_jobs() -> QuerySet[Any]:
    """Jobs at work or waiting, with `read_id`: the file that their params name, if any."""
    unfinished = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])
    named = Cast(KeyTextTransform("file_id", "params"), BigIntegerField())
    return unfinished.annotate(read_id=named)


def held() -> Q:
    """The condition over StoredFile: anything at all holds the file."""
    condition = Q()
    for holder in file_holders:
        condition |= holder.holding()
    return condition


def readable_files(actor: Employee, ids: Collection[int]) -> set[int]:
    """Those of the files that the actor may read now: through a holder, or unheld and his own."""
    if not ids or not actor.is_active:
        return set()
    own = StoredFile.objects.filter(~held(), pk__in=ids, uploaded_by=actor)
    found = set(own.values_list("pk", flat=True))
    for holder in file_holders:
        rest = set(ids) - found
        found |= holder.readable(actor, rest) if rest else set()
    return found


def access_file(actor: Employee, file_id: int) -> StoredFile:
    """The file, when the actor may read it now; NotFound otherwise."""
    if file_id not in readable_files(actor, [file_id]):
        raise NotFound
    return StoredFile.objects.get(pk=file_id)


def files_by_id(actor: Employee, ids: Iterable[int]) -> dict[int, StoredFile]:
    """The readable ones of these files."""
    return StoredFile.objects.in_bulk(readable_files(actor, set(ids)))


def unused_bytes(actor: Employee) -> int:
    """How much the person uploaded in the last day that nothing holds."""
    since = timezone.now() - UPLOAD_LIFE
    own = StoredFile.objects.filter(~held(), uploaded_by=actor, uploaded_at__gte=since)
    return own.aggregate(total=Sum("size"))["total"] or 0


def orphans(now: datetime | None = None) -> QuerySet[StoredFile]:
    """Files that nothing holds: uploads nobody used in a day, and released long ago."""
    now = now or timezone.now()
    unused = Q(released_at=None, uploaded_at__lt=now - UPLOAD_LIFE)
    released = Q(released_at__lt=now - RELEASED_LIFE)
    return StoredFile.objects.filter(~held(), unused | released).order_by("pk")
