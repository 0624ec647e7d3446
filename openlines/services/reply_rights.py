"""The rights that the people of lines have on their list of quick replies.

Operators read it, supervisors change it, and in the section "Personal" each operator adds replies
that they alone see (a right of the author). Granted as people come, taken away as they go; what
was granted by hand stays.
"""

from __future__ import annotations

from collections.abc import Collection

from lists_core.access import ROLES, Right, Rights, with_implied
from lists_core.models import List, Section
from lists_core.selectors.rights import Grants, grants_on
from lists_core.services.rights import set_list_rights, set_section_rights
from openlines.models import Line, LineMember
from openlines.reply_fields import PERSONAL
from staff.models import Employee
from staff.subjects import AUTHOR, Subject

READS, KEEPS = ROLES["view"][1], ROLES["edit"][1]
ADDS: Rights = frozenset({Right.ADD})
OWN: Rights = frozenset({Right.VIEW, Right.CHANGE, Right.DELETE})


def follow_members(line: Line, was: Collection[int], *, actor: Employee) -> None:
    """The line's people are others than the employees `was`."""
    if line.replies is not None and line.replies.deleted_at is None:
        grant_to_members(line.replies, actor=actor, gone=was)


def take_from_members(list_: List, line: Line, *, actor: Employee) -> None:
    """The line uses the list no more, or is in the bin; people of other lines that use it keep
    what they hold."""
    if list_.deleted_at is None:
        people = LineMember.objects.filter(line=line).values_list("employee", flat=True)
        grant_to_members(list_, actor=actor, gone=list(people))


def grant_to_members(
    list_: List,
    *,
    actor: Employee,
    gone: Collection[int] = (),
    personal: Section | None = None,
) -> None:
    """Grant to the people of every line that uses the list; take from those of `gone` who are
    of none what they were granted so."""
    wanted = _wanted(list_)
    left = {Subject("U", pk) for pk in gone} - wanted.keys()
    present = grants_on(List, list_.pk)
    after = _changed(present, wanted, left, (READS, KEEPS))
    if after != present:
        set_list_rights(list_.pk, after, actor=actor)
    section = personal or Section.objects.filter(list=list_, code=PERSONAL).first()
    if section is not None:
        _personal(list_, section, wanted, left, actor)


def _personal(
    list_: List, section: Section, wanted: Grants, left: Collection[Subject], actor: Employee
) -> None:
    kept = grants_on(Section, section.pk)
    if not section.restricted:  # which grants the actor something, not to shut themselves out
        set_section_rights(list_.pk, section.pk, kept, restricted=True, actor=actor)
    adding: dict[Subject, Rights] = dict.fromkeys(wanted, ADDS)
    after = _changed(kept, {**adding, AUTHOR: OWN}, left, (ADDS,))
    if after != grants_on(Section, section.pk):
        set_section_rights(list_.pk, section.pk, after, restricted=True, actor=actor)


def _wanted(list_: List) -> dict[Subject, Rights]:
    """What the people of all the lines of the list are to hold; a supervisor of one of them is
    one."""
    rows = LineMember.objects.filter(line__replies=list_, line__deleted_at=None)
    wanted: dict[Subject, Rights] = {}
    for employee, role in rows.values_list("employee", "role"):
        subject = Subject("U", employee)
        keeps = role == LineMember.Role.SUPERVISOR or wanted.get(subject) == KEEPS
        wanted[subject] = KEEPS if keeps else READS
    return wanted


def _changed(
    present: Grants, wanted: Grants, left: Collection[Subject], ours: Collection[Rights]
) -> dict[Subject, Rights]:
    """The grants with those of people who came, without those of people who went. A grant that
    is another than we give was made by hand."""
    after = {s: rights for s, rights in present.items() if s not in left or rights not in ours}
    for subject, rights in wanted.items():
        had = after.get(subject, frozenset())
        if had in ours or not had:
            after[subject] = rights
        elif not rights <= with_implied(had):
            after[subject] = had | rights
    return after
