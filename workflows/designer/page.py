"""What the designer's page is given as JSON: the draft, the toolbox, what is wrong with it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.actions.base import GROUPS, Action, actions
from workflows.checking import Problem, check_tree
from workflows.designer.scene import Scene
from workflows.designer.steps import step_name
from workflows.designer.summary import branch_words, fixed_branches, step_texts
from workflows.designer.texts import texts


def page_data(scene: Scene) -> dict[str, Any]:
    template = scene.template
    return {
        "tree": template.draft,
        "draft_version": template.draft_version,
        "groups": [{"slug": slug, "label": str(label)} for slug, label in GROUPS.items()],
        "actions": [action_data(one) for one in actions],
        "urls": {name: reverse(f"process_{name}", args=[template.pk]) for name in URLS},
        "texts": texts(),
        **state_of(scene),
    }


URLS = ("draft", "step", "parts", "placeholders", "condition_row", "publish", "dry_run")


def action_data(action: Action) -> dict[str, Any]:
    return {
        "slug": action.slug,
        "label": str(action.label),
        "help": str(action.help),
        "group": action.group,
        "icon": action.icon,
        "branches": action.branches,
        "conditional": action.conditional,
        "codes": [(code, str(label)) for code, label in fixed_branches(action).items()],
        "holds": list(getattr(action, "holds", ())),
    }


def state_of(scene: Scene) -> dict[str, Any]:
    """What the page shows of a saved draft: problems, steps and branches in words."""
    problems = list(check_tree(scene.tree, scene.template))
    return {
        "problems": [problem_data(one, scene) for one in problems],
        "words": step_texts(scene),
        "ways": ways(scene),
    }


def ways(scene: Scene) -> dict[str, list[str]]:
    """Step id → its branches in words."""
    found = {}
    for step_id, step in scene.steps.items():
        if branches := step.get("branches"):
            found[step_id] = [branch_words(step, place, scene) for place in range(len(branches))]
    return found


def problem_data(problem: Problem, scene: Scene) -> dict[str, str]:
    step = scene.steps.get(problem.step)
    name = step_name(step) if step else _("The whole process")
    return {"step": problem.step, "param": problem.param, "text": problem.text, "name": name,
            "level": getattr(problem, "level", "error")}  # fmt: skip
