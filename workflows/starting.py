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
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from lists_core.models import List
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

    def fits(self, list_: List | None) -> bool:
        """Whether processes of this list may be started so."""
        raise NotImplementedError

    def came(self, settings: Settings, payload: Mapping[str, Any]) -> list[int]:
        """The elements of the event on which the process begins."""
        raise NotImplementedError

    def left(self, settings: Settings, payload: Mapping[str, Any]) -> list[int]:
        """The elements on which what was begun is to end, with `until_left`."""
        return []

    def still(self, settings: Settings, list_: List, ids: Collection[int]) -> list[int]:
        """Those that have not left meanwhile, locked against leaving until the start stands."""
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


def ways_for(list_: List | None) -> list[StartWay]:
    return [way for way in ways if way.fits(list_)]
