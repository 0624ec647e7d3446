"""What processes run on: elements of lists, and whatever upper apps add (leads, deals)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from staff.models import Employee
from svod.base.registry import Registry

if TYPE_CHECKING:
    from workflows.models import Instance


class SubjectKind:
    """One kind of subjects. An instance names its own by (subject, list_id, subject_id)."""

    slug: str = ""
    label: str | Promise = ""

    def values(self, instance: Instance) -> Mapping[str, Any]:
        """The subject's values by code, as `instance.run_as` may read them.

        Raises NotFound when it is gone or invisible.
        """
        raise NotImplementedError

    def matches(self, instance: Instance, row: Mapping[str, Any]) -> bool:
        """Whether the subject meets a row of a list filter, as `instance.run_as` sees it."""
        raise NotImplementedError

    def may_run(self, actor: Employee, list_id: int | None, subject_id: int) -> bool:
        """Whether the actor may start processes on this subject. Raises NotFound."""
        raise NotImplementedError

    def title(self, actor: Employee, instance: Instance) -> str:
        """Its name for a person; "" where they may not see it."""
        raise NotImplementedError

    def titles(self, actor: Employee, instances: Collection[Instance]) -> dict[int, str]:
        """Instance id → the name of its subject, for those that the person may see."""
        named = ((one.pk, self.title(actor, one)) for one in instances)
        return {pk: title for pk, title in named if title}

    def summary(
        self, actor: Employee, instance: Instance, codes: Collection[str]
    ) -> list[tuple[str, str]]:
        """(name, HTML) of these of its values (of some, when none are named) for a person."""
        return []

    def url(self, instance: Instance) -> str:
        """The page of the subject."""
        raise NotImplementedError


subjects: Registry[SubjectKind] = Registry("subject kind")
