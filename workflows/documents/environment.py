"""What templates may say: names, parts of values, comparisons, sums, the listed filters.

Jinja's sandbox hides attributes but stops neither loops nor `"a" * 999999999`, so every source
is read as a tree first and anything not on the list is refused: calls, powers, macros, imports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Context, Decimal, DecimalException
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from workflows.documents import words
from workflows.documents.plain import Number, Shown

ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.CondExpr, nodes.For, nodes.If, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div,
    nodes.Neg, nodes.Concat, nodes.List, nodes.Tuple, nodes.Keyword,
)  # fmt: skip
MATH = Context(prec=28, Emax=50, Emin=-50)
MAX_NESTED_LOOPS = 3
BUILTIN = {"default", "d", "first", "join", "last", "length", "lower", "trim", "upper"}
TESTS = {"defined", "none", "equalto", "eq", "ne", "gt", "ge", "lt", "le", "in", "odd", "even"}


class Forbidden(TemplateSyntaxError):
    """An expression that templates may not have; `message` is its code."""


class Environment(ImmutableSandboxedEnvironment):
    """Escapes everything, knows nothing but the given values, fails at what it does not know."""

    intercepted_binops = frozenset({"+", "-", "*", "/"})
    intercepted_unops = frozenset({"-"})

    def __init__(self, language: str = "ru", separators: tuple[str, str] = ("\xa0", ",")) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=finalize)
        self.globals.clear()
        self.language = language
        self.separators = separators
        self.filters = {name: self.filters[name] for name in BUILTIN} | own_filters(self)
        self.tests = {name: self.tests[name] for name in TESTS if name in self.tests}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for code, node in forbidden(tree, self):
            raise Forbidden(code, node.lineno, name, filename)
        return tree

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Numbers only: no text is multiplied, no list repeated."""
        return self.written(calculated(operator, left, right))

    def call_unop(self, context: Any, operator: str, arg: Any) -> Any:
        return self.written(-as_number(arg))

    def written(self, value: Decimal, places: int | None = None) -> Number:
        """A computed number with its text."""
        step = None if places is None else Decimal(1).scaleb(-places)
        made = Number(value if step is None else value.quantize(step))
        group, point = self.separators
        digits = f"{made:,f}"
        made._text = digits.replace(",", "\0").replace(".", point).replace("\0", group)
        return made


def finalize(value: Any) -> Any:
    """What a placeholder puts into the document."""
    if isinstance(value, Shown):
        return getattr(value, "_drawn", None) or value._text
    return "" if value is None else value


def forbidden(tree: nodes.Node, environment: Environment) -> Iterator[tuple[str, nodes.Node]]:
    """(code, node) of everything in the tree that is not allowed."""
    for node in [tree, *_below(tree)]:
        if not isinstance(node, ALLOWED) or _odd(node, environment):
            yield "expression", node
        elif isinstance(node, nodes.Filter) and node.name not in environment.filters:
            yield "filter", node
        elif isinstance(node, nodes.For) and _loops(node) > MAX_NESTED_LOOPS:
            yield "loops", node


def _odd(node: nodes.Node, environment: Environment) -> bool:
    """A node of an allowed kind that is used for what it should not be."""
    if isinstance(node, nodes.Getattr):
        return node.attr.startswith("_")
    if isinstance(node, nodes.Name):
        return node.name.startswith("_")
    if isinstance(node, nodes.Test):
        return node.name not in environment.tests
    sides = (node.left, node.right) if isinstance(node, nodes.BinExpr) else ()
    arithmetic = not isinstance(node, nodes.And | nodes.Or)
    return arithmetic and any(
        isinstance(one, nodes.Const) and isinstance(one.value, str) for one in sides
    )


def _below(node: nodes.Node) -> Iterator[nodes.Node]:
    stack = list(node.iter_child_nodes())
    while stack:
        one = stack.pop()
        yield one
        stack.extend(one.iter_child_nodes())


def _loops(node: nodes.Node) -> int:
    below = [_loops(one) for one in node.iter_child_nodes()]
    return isinstance(node, nodes.For) + max(below, default=0)


def as_number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise SecurityError("not_a_number")
    return Decimal(value)


def calculated(operator: str, left: Any, right: Any) -> Decimal:
    first, second = as_number(left), as_number(right)
    compute: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
        "+": MATH.add, "-": MATH.subtract, "*": MATH.multiply, "/": MATH.divide,
    }  # fmt: skip
    try:
        return compute[operator](first, second)
    except DecimalException:
        raise SecurityError("not_a_number") from None


# --- filters ----------------------------------------------------------------------------

#: Russian name → English name; each may be used in any template.
RUSSIAN = {
    "прописью": "in_words", "дата_словами": "date_words", "дата_прописью": "date_in_words",
    "родительный": "genitive", "дательный": "dative", "винительный": "accusative",
    "творительный": "instrumental", "предложный": "prepositional", "инициалы": "initials",
    "с_заглавной": "capital", "сумма": "total", "округлить": "rounded", "дата": "date",
    "картинка": "picture", "заглавными": "upper", "строчными": "lower",
    "по_умолчанию": "default", "список": "join",
}  # fmt: skip


def own_filters(environment: Environment) -> dict[str, Callable[..., Any]]:
    language = environment.language
    made: dict[str, Callable[..., Any]] = {
        "in_words": lambda value: _in_words(value, language),
        "date_words": lambda value: _dated(value, words.date_in_words, language),
        "date_in_words": lambda value: _dated(value, words.date_all_in_words, language),
        "initials": lambda value: words.initials(text_of(value)),
        "capital": lambda value: words.capital(text_of(value)),
        "rounded": lambda value, places=2: environment.written(as_number(value), int(places)),
        "total": lambda rows, name="": _total(environment, rows, name),
        "date": _date,
        "picture": lambda value, width=50: environment.picture(value, width),  # type: ignore[attr-defined]
        **{case.casefold(): _declined(case) for case in words.CASES},
    }
    builtin = {name: environment.filters[name] for name in BUILTIN}
    known = made | builtin | {"upper": _upper, "lower": _lower, "join": _join}
    return known | {russian: known[english] for russian, english in RUSSIAN.items()}


def text_of(value: Any) -> str:
    """The value as it would be written."""
    return str(finalize(value))


def _declined(case: str) -> Callable[[Any], str]:
    return lambda value: words.declined(text_of(value), case)


def _upper(value: Any) -> str:
    return text_of(value).upper()


def _lower(value: Any) -> str:
    return text_of(value).lower()


def _join(values: Any, between: str = ", ") -> str:
    return str(between).join(text_of(one) for one in values)


def _in_words(value: Any, language: str) -> str:
    if value is None or value == "":
        return ""
    currency = getattr(value, "_currency", "")
    if currency:
        return words.amount_in_words(as_number(value), currency, language)
    return words.in_words(as_number(value), language)


def _dated(value: Any, write: Callable[[date, str], str], language: str) -> str:
    return write(value, language) if isinstance(value, date) else text_of(value)


def _date(value: Any, form: str = "dd.mm.yyyy") -> str:
    """`dd.mm.yyyy hh:mi` in letters of either language."""
    if not isinstance(value, date):
        return text_of(value)
    parts = {
        "yyyy": "%Y", "гггг": "%Y", "yy": "%y", "гг": "%y", "mm": "%m", "мм": "%m", "dd": "%d",
        "дд": "%d", "hh": "%H", "чч": "%H", "mi": "%M",
    }  # fmt: skip
    text = str(form)[:40].replace("%", "")
    for part, sign in parts.items():
        text = text.replace(part, sign)
    return value.strftime(text)


def _total(environment: Environment, rows: Any, name: str) -> Number:
    values = [row[name] if name else row for row in rows]
    given = [as_number(one) for one in values if one is not None and one != ""]
    return environment.written(sum(given, Decimal(0)))
