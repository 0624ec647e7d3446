"""What other parts of CRM add to each stage on the page of stages, under its name:

    stage_slots.register(Robots())

Each slot draws all the stages of the page at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crm_link.models import Stage
from lists_core.models import List
from staff.models import Employee
from svod.base.registry import Registry


class StageSlot:
    slug = ""

    def cells(self, actor: Employee, list_: List, stages: Sequence[Stage]) -> Mapping[int, str]:
        """Stage id → HTML (escaped). As many queries for many stages as for one."""
        raise NotImplementedError(f"{type(self).__name__} shows nothing")


stage_slots: Registry[StageSlot] = Registry("slot of stages")
