"""Which actions may be robots: those that do something by themselves."""

from __future__ import annotations

from workflows.actions.base import GROUPS, Action, Control, Text, actions

#: They make sense only together with steps behind them, or wait by themselves.
NOT_ALONE = frozenset({
    "calculate", "set_variable", "element_read", "element_find", "next_number", "wait",
    "wait_until", "wait_event", "command", "questionnaire_state", "questionnaire",
})  # fmt: skip


def is_offered(action: Action) -> bool:
    alone = action.branches == "none" and not isinstance(action, Control)
    return alone and action.slug not in NOT_ALONE and action.group != "control"


def offered() -> list[tuple[Text, list[Action]]]:
    """Group → actions, in the order of the designer's toolbox."""
    known = [action for action in actions if is_offered(action)]
    groups = [(label, [one for one in known if one.group == of]) for of, label in GROUPS.items()]
    return [(label, some) for label, some in groups if some]
