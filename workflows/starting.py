"""Ways to start a process that upper apps bring, beside those of `Trigger.Event`.

    @ways.register
    class OnStage(StartWay):
        slug = "crm_stage"
        topic = "crm.stage"

A way listens to one topic of the outbox. Its trigger stands in a process's tree as all do:
`{"event": <slug>, <settings of its own>, "filter": …, "until_left": true}`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from lists_core.models import List
from staff.models import Employee
from svod.base.registry import Registry

if TYPE_CHECKING:
    from django import forms

    from workflows.designer.scene import Scene

Settings = Mapping[str, Any]


class StartWay:
    """One way to start. `slug` has ten letters at most, and is none of `Trigger.Event`."""

    slug: str = ""
    label: str | Promise = ""
    #: The topic of the outbox event that it hears.
    topic: str = ""
    #: What such a start tells the process besides its element, code → caption: the values of
    #: `told` are `{{Parameter.<code>}}`, and empty where the process was started otherwise.
    tells: Mapping[str, str | Promise] = {}

    def fits(self, list_: List | None) -> bool:
        """Whether processes of this list may be started so."""
        raise NotImplementedError

    def came(self, settings: Settings, payload: Mapping[str, Any]) -> list[int]:
        """The elements of the event on which the process begins."""
        raise NotImplementedError

    def told(self, payload: Mapping[str, Any], reader: Employee | None) -> Mapping[str, Any]:
        """The values of `tells` (JSON), as far as whoever the process works for may know."""
        return {}

    def left(self, settings: Settings, payload: Mapping[str, Any]) -> list[int]:
        """The elements on which what was begun is to end, with `until_left`."""
        return []

    def still(
        self, settings: Settings, list_: List, ids: Collection[int], since: datetime
    ) -> list[int]:
        """Those that have not left since they came, be they back already: what brought them back
        is an event of its own. They are locked against leaving until the start stands."""
        return list(ids)

    def columns(self, row: Settings, scene: Scene) -> dict[str, forms.Field]:
        """The controls of its own settings in the designer."""
        return {}

    def words(self, settings: Settings, scene: Scene) -> str:
        """The start in plain words."""
        return str(self.label)

    def mistakes(self, settings: Settings, list_: List) -> Iterator[str]:
        """What keeps the process from being published."""
        yield from ()


ways: Registry[StartWay] = Registry("way to start")


def told_by(tree: Mapping[str, Any]) -> dict[str, str | Promise]:
    """Code → caption of what the starts of a process tell it."""
    events = [str(one.get("event")) for one in tree.get("triggers") or () if isinstance(one, dict)]
    return {code: text for event in events if event in ways
            for code, text in ways.get(event).tells.items()}  # fmt: skip


def ways_for(list_: List | None) -> list[StartWay]:
    return [way for way in ways if way.fits(list_)]
