"""From a formula's text to a closure. Whatever can be wrong without values is found here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from lark import Token, Tree

from workflows.formulas import library  # noqa: F401 - registers the functions
from workflows.formulas.calendar_math import unit_of
from workflows.formulas.errors import FormulaError
from workflows.formulas.grammar import MAX_DEPTH, MAX_NODES, parse
from workflows.formulas.imported import path_of
from workflows.formulas.kinds import IMPOSSIBLE, READ, Span, kind_of, whole
from workflows.formulas.operators import COMPARISONS, OPERATIONS, negative
from workflows.formulas.registry import Function, functions, named

Node = Tree[Token] | Token


@dataclass(frozen=True)
class Env:
    """What a formula is computed with: where references find values, and the moment it is."""

    look: Callable[[str], Any]
    now: datetime


Closure = Callable[[Env], Any]


@dataclass(frozen=True)
class Formula:
    """A formula that is right as far as one can tell before it has values.

    `names` are the paths it refers to, with their places; `gives` is the kind of its value.
    """

    text: str
    run: Closure
    names: tuple[tuple[str, int], ...]
    gives: str

    def __call__(self, env: Env) -> Any:
        """The value. Raises FormulaError."""
        value = self.run(env)
        if isinstance(value, Span):
            raise FormulaError(_("A length of time alone is no value: add it to a date."))
        return value


@lru_cache(maxsize=2_000)
def compile_formula(text: str) -> Formula:
    """The formula, without its leading `=`. Raises FormulaError with the place."""
    compiler = _Compiler()
    run, gives = compiler.node(parse(text), 1)
    return Formula(text, run, tuple(compiler.names), gives)


class _Compiler:
    """One walk through a tree; each rule of the grammar has its method, which returns the
    closure and the kind of what it gives ("any" when only the values tell)."""

    def __init__(self) -> None:
        self.names: list[tuple[str, int]] = []
        self.count = 0

    def node(self, node: Node, depth: int) -> tuple[Closure, str]:
        if depth > MAX_DEPTH:
            raise FormulaError(_("The formula is nested too deeply."), _place(node))
        self.count += 1
        if self.count > MAX_NODES:
            raise FormulaError(_("The formula has too many parts."), _place(node))
        assert isinstance(node, Tree)  # noqa: S101 - every token stands inside a rule
        rule = getattr(self, f"_{node.data}")
        made: tuple[Closure, str] = rule(node, depth)
        return made

    # --- values -------------------------------------------------------------------------

    def _number(self, node: Tree[Token], _depth: int) -> tuple[Closure, str]:
        return _constant(_guarded(READ["number"], node)(str(node.children[0])))

    def _string(self, node: Tree[Token], _depth: int) -> tuple[Closure, str]:
        quoted = str(node.children[0])
        mark = quoted[0]
        return _constant(quoted[1:-1].replace(mark * 2, mark))

    def _constant(self, node: Tree[Token], _depth: int) -> tuple[Closure, str]:
        return _constant(str(node.children[0]).casefold() in {"true", "истина"})

    def _duration(self, node: Tree[Token], _depth: int) -> tuple[Closure, str]:
        count = _guarded(whole, node)(str(node.children[0]))
        return _constant(Span(count, unit_of(str(node.children[1]))))

    def _reference(self, node: Tree[Token], _depth: int) -> tuple[Closure, str]:
        path = path_of(str(node.children[0]))
        self.names.append((path, _place(node)))
        return (lambda env: env.look(path)), "any"

    # --- operations ---------------------------------------------------------------------

    def _negation(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        run, _kind = self.node(node.children[-1], depth + 1)
        return (lambda env: not READ["bool"](run(env))), "bool"

    def _hundredth(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        return self._folded([node.children[0], Token("TIMES", "/"), _hundred()], node, depth)

    def _signed(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        run, kind = self.node(node.children[1], depth + 1)
        if str(node.children[0]) == "+":
            return run, kind
        return _at(node, lambda env: negative(run(env))), kind

    def _compared(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        left, right = (self.node(node.children[place], depth + 1)[0] for place in (0, 2))
        compare = COMPARISONS[str(node.children[1])]
        return _at(node, lambda env: compare(left(env), right(env))), "bool"

    def _either(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        parts = [self.node(child, depth + 1)[0] for child in node.children]
        return (lambda env: any(READ["bool"](one(env)) for one in parts)), "bool"

    def _both(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        parts = [self.node(child, depth + 1)[0] for child in node.children]
        return (lambda env: all(READ["bool"](one(env)) for one in parts)), "bool"

    def _joined(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        sign = Token("JOIN", "&")
        spaced = [part for child in node.children for part in (sign, child)][1:]
        return self._folded(spaced, node, depth)

    def _sum(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        return self._folded(node.children, node, depth)

    _product = _sum

    def _power(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        base, exponent = node.children
        return self._folded([base, Token("POWER", "^"), exponent], node, depth)

    def _folded(self, parts: list[Any], node: Node, depth: int) -> tuple[Closure, str]:
        """Operands and the signs between them, from the left to the right."""
        made = [self.node(part, depth + 1) for part in parts[::2]]
        first = made[0][0]
        signs = [OPERATIONS[str(sign)] for sign in parts[1::2]]
        rest = [(sign, run) for sign, (run, _kind) in zip(signs, made[1:], strict=True)]

        def compute(env: Env) -> Any:
            value = first(env)
            for operate, operand in rest:
                value = operate(value, operand(env))
            return value

        kinds = {kind for _run, kind in made}
        text = str(parts[1]) == "&"
        return _at(node, compute), "text" if text else "number" if kinds == {"number"} else "any"

    # --- calls --------------------------------------------------------------------------

    def _call(self, node: Tree[Token], depth: int) -> tuple[Closure, str]:
        name, given = node.children[0], node.children[1:]
        entry = named(str(name))
        if entry is None:
            near = _near(str(name))
            raise FormulaError(
                (_("There is no function “%(name)s”. Did you mean “%(near)s”?") if near else
                 _("There is no function “%(name)s”.")) % {"name": str(name)[:40], "near": near},
                _place(node),
            )  # fmt: skip
        children = given[0].children if given and isinstance(given[0], Tree) else []
        if not entry.least <= len(children) <= entry.most:
            raise FormulaError(_wrong_count(entry, len(children)), _place(node))
        arguments = [
            self._argument(child, entry, place, depth) for place, child in enumerate(children)
        ]
        return _at(node, _caller(entry, arguments)), entry.gives

    def _argument(self, child: Node, entry: Function, place: int, depth: int) -> Closure:
        run, kind = self.node(child, depth + 1)
        wanted = entry.kind(place)
        if (kind, wanted) in IMPOSSIBLE:
            text = _("This argument of %(name)s has the wrong kind.") % {"name": entry.slug}
            raise FormulaError(text, _place(child))
        read = READ[wanted]
        return run if wanted == "any" else _at(child, lambda env: read(run(env)))


def _caller(entry: Function, arguments: list[Closure]) -> Closure:
    if entry.lazy:
        return lambda env: entry.run(*[lambda one=one: one(env) for one in arguments])
    if entry.timed:
        return lambda env: entry.run(env.now, *[one(env) for one in arguments])
    return lambda env: entry.run(*[one(env) for one in arguments])


def _constant(value: Any) -> tuple[Closure, str]:
    return (lambda _env: value), kind_of(value)


def _hundred() -> Tree[Token]:
    return Tree("number", [Token("NUMBER", "100")])


def _guarded(read: Callable[[Any], Any], node: Node) -> Callable[[Any], Any]:
    def reading(value: Any) -> Any:
        try:
            return read(value)
        except FormulaError as error:
            raise error.at(_place(node)) from None

    return reading


def _at(node: Node, run: Closure) -> Closure:
    """The closure, whose errors say where in the formula it stands."""
    return _guarded(run, node)


def _place(node: Node) -> int:
    if isinstance(node, Token):
        return node.start_pos or 0
    return 0 if node.meta.empty else node.meta.start_pos


def _near(name: str) -> str:
    from difflib import get_close_matches

    known = [one for entry in functions for one in entry.names]
    return next(iter(get_close_matches(name.upper(), known, 1, 0.7)), "")


def _wrong_count(entry: Function, count: int) -> str:
    values = {"name": entry.slug, "least": entry.least, "most": entry.most, "count": count}
    if entry.least == entry.most:
        return _("%(name)s takes %(least)d arguments, not %(count)d.") % values
    if count < entry.least:
        return _("%(name)s takes at least %(least)d arguments, not %(count)d.") % values
    return _("%(name)s takes at most %(most)d arguments, not %(count)d.") % values
