"""Choosing and repeating: if/else, parallel, while, for each, block, stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from workflows.actions.base import ActionParams, Control, Shown, actions
from workflows.actions.params import read_params
from workflows.engine.errors import Fatal

if TYPE_CHECKING:
    from workflows.engine.run import Run
    from workflows.engine.state import Token
    from workflows.engine.tree import Node

MAX_ITEMS = 10_000


@actions.register
class If(Control):
    """The first branch whose condition is met; a branch without one is "else"."""

    slug = "if"
    label = _("Condition")
    icon = "arrows-split"
    branches = "many"
    conditional = True

    def enter(self, run: Run, token: Token, node: Node) -> None:
        for place, branch in enumerate(node.branches):
            if run.condition(branch.when):
                run.log(token, "branch", {"branch": place, "name": branch.name})
                run.enter(token, branch.first) if branch.first else run.leave(token)
                return
        run.log(token, "branch", {})
        run.leave(token)


@actions.register
class Parallel(Control):
    """All branches at once; goes on when all of them are over, or the first is."""

    slug = "parallel"
    label = _("In parallel")
    icon = "arrows-double-ne-sw"
    branches = "many"

    class Params(ActionParams):
        join: Annotated[
            Literal["all", "any"],
            Shown(
                _("Go on when"),
                widget="choice",
                options={"all": _("all branches are over"), "any": _("one branch is over")},
            ),
        ] = "all"

    def enter(self, run: Run, token: Token, node: Node) -> None:
        run.log(token, "branch", {"branches": len(node.branches)})
        firsts = [branch.first for branch in node.branches if branch.first]
        if not firsts or (len(firsts) < len(node.branches) and node.params.get("join") == "any"):
            run.leave(token)
            return
        token.open_branches = len(firsts)
        for first in firsts:
            run.spawn(first, token)

    def branch_done(self, run: Run, token: Token, node: Node) -> None:
        """The branch's token ends; the last one, or with "any" the first, frees the step's."""
        above = run.state.tokens[token.parent or 0]
        run.state.tokens.pop(token.number)
        above.open_branches = (above.open_branches or 1) - 1
        if above.open_branches and node.params.get("join") != "any":
            return
        for other in list(run.state.children(above)):
            run.drop(other)
        above.open_branches = None
        run.leave(above)


@actions.register
class While(Control):
    """Its steps again and again, as long as the condition holds."""

    slug = "while"
    label = _("While")
    icon = "repeat"
    branches = "one"

    class Params(ActionParams):
        when: Annotated[dict[str, Any], Shown(_("Condition"), widget="condition", raw=True)]

    def enter(self, run: Run, token: Token, node: Node) -> None:
        body = node.branches[0].first if node.branches else None
        if body and run.condition(node.params.get("when")):
            run.enter(token, body)
        else:
            run.leave(token)

    def branch_done(self, run: Run, token: Token, node: Node) -> None:
        run.stand_at(token, node)
        run.again(token)


@actions.register
class ForEach(Control):
    """Its steps once for every value of a list, which is read when the loop begins."""

    slug = "foreach"
    label = _("For each")
    icon = "list-numbers"
    branches = "one"

    class Params(ActionParams):
        values: Annotated[list[Any], Shown(_("Values"), widget="value")] = []
        variable: Annotated[str, Shown(_("Put each into the variable"), widget="variable")]

    def enter(self, run: Run, token: Token, node: Node) -> None:
        body = node.branches[0].first if node.branches else None
        items = self._items(run, node)
        run.state.loops[node.id] = [items, 0]
        run.log(token, "branch", {"items": len(items)})
        self._next(run, token, node) if body else run.leave(token)

    def branch_done(self, run: Run, token: Token, node: Node) -> None:
        run.stand_at(token, node)
        self._next(run, token, node)

    def _next(self, run: Run, token: Token, node: Node) -> None:
        items, place = run.state.loops[node.id]
        if place >= len(items):
            del run.state.loops[node.id]
            run.leave(token)
            return
        run.state.loops[node.id] = [items, place + 1]
        run.state.variables[str(node.params["variable"])] = items[place]
        run.enter(token, node.branches[0].first)

    def _items(self, run: Run, node: Node) -> list[Any]:
        raw = dict(node.params)
        params: Any = read_params(self, raw, run.scope)
        if len(params.values) > MAX_ITEMS:
            raise Fatal(_g("The loop has more than %(count)d values.") % {"count": MAX_ITEMS})
        return list(params.values)


@actions.register
class Block(Control):
    """Steps that belong together, folded into one."""

    slug = "block"
    label = _("Block")
    icon = "box"
    branches = "one"

    def enter(self, run: Run, token: Token, node: Node) -> None:
        first = node.branches[0].first if node.branches else None
        run.enter(token, first) if first else run.leave(token)


@actions.register
class Stop(Control):
    """The whole process is over."""

    slug = "stop"
    label = _("Stop the process")
    icon = "player-stop"

    def enter(self, run: Run, token: Token, node: Node) -> None:
        run.log(token, "stop")
        run.stop()
