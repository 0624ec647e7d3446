"""Leaks of the Disk planted on purpose, as in planted.py.

SVOD_ORACLE=1 .venv/bin/python -m pytest tests/access/plant_disk_leaks.py -n0 -q -s
"""

from __future__ import annotations

ACCESS, SELECTORS = "lists_core/access/disk.py", "lists_core/selectors/disk.py"
PLANTED_DISK: list[tuple[str, str, str, str]] = [
    ("restricted folders take rights from above", ACCESS,
     "here = NOWHERE if step.restricted else found[step.above]", "here = found[step.above]"),
    ("restricted files take rights from their folder", ACCESS,
     "(Q(restricted=False) & (inherited | (Q(created_by=actor.pk) & authored)))",
     "(inherited | (Q(created_by=actor.pk) & authored))"),
    ("a file's rights at hand pass over its restriction", ACCESS,
     "place = NOWHERE if file.restricted else rights.place(file.folder_id)",
     "place = rights.place(file.folder_id)"),
    ("who made a file of the Disk is everybody", ACCESS,
     "return place.of(is_author=file.created_by_id == rights.person.id)",
     "return place.of(is_author=True)"),
    ("who made a folder is everybody", ACCESS,
     "found[folder] = _as_author(here) if step.maker == person else here",
     "found[folder] = _as_author(here)"),
    ("what is granted to the author of a file is everybody's", ACCESS,
     "| (Q(created_by=actor.pk) & _granted_to_author(rights.person, enough))",
     "| _granted_to_author(rights.person, enough)"),
    ("the Disk shows to who has left", ACCESS,
     "    if not actor.is_active:\n        return NOTHING\n    rights = disk_rights(actor)\n",
     "    actor.is_active = True\n    rights = disk_rights(actor)\n"),
    ("every folder is known", ACCESS,
     "    return Q() if known is None else Q(pk__among=known)", "    return Q()"),
    ("files by id without the predicate", SELECTORS,
     'select_related("current").filter(visible_files(actor)).in_bulk(ids)',
     'select_related("current").in_bulk(ids)'),
    ("the search of the Disk finds every file", SELECTORS,
     "return _files(actor).filter(_has_words(words)).order_by(*ORDERS[order])",
     "return DiskFile.objects.filter(_has_words(words), deleted_at=None)"),
    ("breadcrumbs name every folder", SELECTORS,
     "return [step for step in steps if rights.knows(step.pk)]", "return list(steps)"),
    ("deeds ask for no right", SELECTORS,
     "    if right and right not in rights_on_item(actor, item):\n        raise Forbidden\n"
     "    return item\n", "    return item\n"),
    ("the bin of the Disk shows every file", "lists_core/selectors/disk_bin.py",
     "rows = DiskFile.objects.filter(allowed_files(actor, Right.DELETE)).exclude(deleted_at=None)",
     "rows = DiskFile.objects.exclude(deleted_at=None)"),
    ("contents of the Disk are everybody's", "lists_core/selectors/files.py",
     "rows = DiskFileVersion.objects.filter(file_id__in=ids, disk_file__in=open_)",
     "rows = DiskFileVersion.objects.filter(file_id__in=ids)"),
    ("what is granted inside a folder is passed over by who explains",
     "lists_core/selectors/disk_explain.py",
     "made.append(made[-1] or folder.created_by_id == person.pk)", "made.append(made[-1])"),
    ("a copy takes hidden files along", "lists_core/services/disk_copies.py",
     "mine = DiskFile.objects.filter(visible_files(actor), folder__in=seen)",
     "mine = DiskFile.objects.filter(deleted_at=None, folder__in=seen)"),
]  # fmt: skip
