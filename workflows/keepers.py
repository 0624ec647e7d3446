"""Templates that an upper app writes by itself, from something simpler than a tree.

`Template.kept_by` names its keeper. Such a template runs, is watched, paused and mended as any
other; its draft is changed on the keeper's page alone, until somebody detaches it there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from svod.base.registry import Registry
from workflows.models import Template


@dataclass(frozen=True)
class Keeper:
    slug: str
    #: What the template is made of: "Robots".
    label: str | Promise
    #: The page where it is edited.
    url: Callable[[Template], str]


keepers: Registry[Keeper] = Registry("keeper of templates")


def keeper_url(template: Template) -> str:
    """Where the template is edited; "" for one that is edited in the designer."""
    return keepers.get(template.kept_by).url(template) if template.kept_by in keepers else ""
