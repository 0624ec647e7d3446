"""Processes as JSON files: out with names beside the numbers, in with what fits the new place.

Placeholders in Bitrix24's spelling are rewritten: `{=Document:PROPERTY_SUM}`,
`{=Variable:X}`, `{=Template:X}` (a parameter), `{=Constant:X}`, `{=User:ID}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lists_core.models import List
from staff.models import Employee
from svod.base.errors import Invalid
from workflows.actions.base import actions
from workflows.actions.params import shown
from workflows.designer.scene import Scene
from workflows.designer.steps import step_name
from workflows.engine.tree import all_steps
from workflows.models import Template
from workflows.shape import shaped
from workflows.values import names_in

FORMAT = 1
BITRIX = re.compile(r"\{=\s*(\w+)\s*:\s*([\w.]+)(?:\s*>[^}]*)?\s*\}")
ROOTS = {
    "document": "Document",
    "variable": "Variable",
    "template": "Parameter",
    "constant": "Constant",
    "globalconst": "Portal",
    "globalvar": "Variable",
}
OTHERS = {
    ("workflow", "id"): "Process.id",
    ("user", "id"): "Process.started_by",
    ("system", "now"): "Process.started_at",
}
PRINTABLE, PROPERTY = "_printable", "PROPERTY_"
Tree = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """What `new_template` takes, and what the person should look at."""

    given: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def exported(template: Template, actor: Employee) -> dict[str, Any]:
    """The draft with the names of the lists that its steps mention."""
    scene = Scene(template, template.draft, actor)
    mentioned = {number for _step, _name, number in _list_params(template.draft)}
    return {
        "svod_process": FORMAT,
        "code": template.code,
        "name": template.name,
        "description": template.description,
        "list": template.list.name if template.list else None,
        "lists": {str(pk): name for pk, name in scene.lists.items() if pk in mentioned},
        "tree": template.draft,
    }


def imported(raw: Mapping[str, Any], list_: List | None, *, actor: Employee) -> Found:
    """A template for a list of this portal. Raises Invalid for what is no process at all."""
    if not isinstance(raw.get("tree"), Mapping):
        raise Invalid({"": [_("This is not an exported process.")]})
    tree = shaped(rewritten(raw["tree"]))
    draft = Template(name="", list=list_, list_id=list_.pk if list_ else None)
    scene = Scene(draft, tree, actor)
    names = raw.get("lists") if isinstance(raw.get("lists"), Mapping) else {}
    notes = [*_remap(tree, dict(names or {}), scene), *_unknown(tree, scene)]
    name = str(raw.get("name") or _("Imported process"))
    given = {
        "name": name,
        "description": str(raw.get("description") or "")[:2000],
        "list_id": list_.pk if list_ else None,
        "tree": tree,
    }
    return Found(given, notes)


def rewritten(raw: Any) -> Any:
    """The same with every Bitrix24 placeholder in our spelling, all the way down."""
    if isinstance(raw, str):
        return BITRIX.sub(_placeholder, raw)
    if isinstance(raw, Mapping):
        return {key: rewritten(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [rewritten(item) for item in raw]
    return raw


def _placeholder(found: re.Match[str]) -> str:
    root, name = found[1], found[2].removesuffix(PRINTABLE)
    if path := OTHERS.get((root.lower(), name.lower())):
        return f"{{{{{path}}}}}"
    if root.lower() in ROOTS:
        return f"{{{{{ROOTS[root.lower()]}.{name.removeprefix(PROPERTY)}}}}}"
    return f"{{{{Step.{root}.{name}}}}}"


def _list_params(tree: Tree) -> Iterator[tuple[Tree, str, int]]:
    """(step, parameter, number of the list) wherever a step names a list."""
    for step in all_steps(tree.get("steps", ())):
        if step.get("type") not in actions:
            continue
        for name, declared in actions.get(step["type"]).Params.model_fields.items():
            chosen = (step.get("params") or {}).get(name)
            if shown(declared).widget in ("list", "numerator") and isinstance(chosen, int):
                yield step, name, chosen


def _remap(tree: Tree, names: Mapping[str, Any], scene: Scene) -> Iterator[str]:
    """Lists by their names: numbers of another portal mean nothing here."""
    here = {name: pk for pk, name in scene.lists.items()}
    for step, param, number in list(_list_params(tree)):
        name = names.get(str(number))
        params: Any = step["params"]
        if name in here:
            params[param] = here[name]
        elif number not in scene.lists or name is not None:
            del params[param]
            text = _("%(step)s: there is no list “%(name)s” here.")
            yield text % {"step": step_name(step), "name": name or number}


def _unknown(tree: Tree, scene: Scene) -> Iterator[str]:
    """Fields and actions that the new place does not have."""
    schema = scene.schema(scene.template.list_id)
    known = set(schema.by_code) if schema else set()
    for step in all_steps(tree.get("steps", ())):
        if step.get("type") not in actions:
            text = _("%(step)s: there is no action “%(type)s” here.")
            yield text % {"step": step_name(step), "type": step.get("type", "")}
        for path in sorted(names_in(step.get("params"))):
            root, _dot, code = path.partition(".")
            if root == "Document" and code.partition(".")[0] not in known:
                text = _("%(step)s: the list has no field “%(code)s”.")
                yield text % {"step": step_name(step), "code": code}
