"""The grammar. Lists of operands stand flat in the tree, so that long sums are not deep ones."""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext as _
from lark import Lark, Token, Tree, UnexpectedInput
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from workflows.formulas.errors import FormulaError

MAX_LENGTH = 2_000
MAX_NODES = 600
MAX_DEPTH = 30
QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")

GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: negated (_AND negated)*
?negated: _NOT negated -> negation
    | compared
?compared: joined [COMPARE joined]
?joined: sum ("&" sum)*
?sum: product (SIGN product)*
?product: signed (TIMES signed)*
?signed: SIGN signed
    | power
?power: percent ["^" signed]
?percent: atom
    | atom "%" -> hundredth
?atom: NUMBER UNIT -> duration
    | NUMBER -> number
    | STRING -> string
    | REFERENCE -> reference
    | CONSTANT -> constant
    | FUNCTION "(" [given] ")" -> call
    | "(" either ")"
given: either (_SEPARATOR either)*

_OR: /(or|или)\b/i
_AND: /(and|и)\b/i
_NOT.2: /(not|не)\b(?!\s*\()/i
COMPARE: "<=" | ">=" | "<>" | "!=" | "==" | "=" | "<" | ">"
SIGN: "+" | "-"
TIMES: "*" | "/"
UNIT: /(UNITS)\b/i
STRING: /"([^"]|"")*"|'([^']|'')*'/
REFERENCE: /\{\{\s*[\w.\-]+\s*\}\}|\{=[^{}]{1,200}\}|\[[^\[\]]{1,200}\]/
CONSTANT.2: /(true|false|истина|ложь)\b(?!\s*\()/i
FUNCTION: /[^\W\d]\w*(\.\w+)?(?=\s*\()/
%import common.WS
%ignore WS
"""
UNITS = (
    r"рабоч\w+\s+(день|дня|дней)|working\s+days?|секунд[аыу]?|seconds?|минут[аыу]?|minutes?"
    r"|час(а|ов)?|hours?|день|дня|дней|дни|days?|недел[яиюь]|weeks?|месяц(а|ев)?|months?"
    r"|года?|лет|years?"
)
GRAMMAR = GRAMMAR.replace("UNITS", UNITS)
COMMA_SEPARATES = GRAMMAR + 'NUMBER: /\\d+(\\.\\d+)?/\n_SEPARATOR: ";" | ","\n'
COMMA_IN_NUMBERS = GRAMMAR + 'NUMBER: /\\d+([.,]\\d+)?/\n_SEPARATOR: ";"\n'


@cache
def _parser(grammar: str) -> Lark:
    return Lark(grammar, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def parse(text: str) -> Tree[Token] | Token:
    """The formula's tree (the text without its leading `=`). Raises FormulaError.

    With `;` between arguments a comma belongs to a number, as Russian spreadsheets have it;
    otherwise it separates, and only where that makes no sense it is tried as part of a number.
    """
    if len(text) > MAX_LENGTH:
        limit = {"count": MAX_LENGTH}
        raise FormulaError(_("The formula is longer than %(count)d characters.") % limit)
    if not text.strip():
        raise FormulaError(_("The formula is empty."), 0)
    _check_brackets(text)
    if ";" in text:
        return _parse(text, COMMA_IN_NUMBERS)
    try:
        return _parse(text, COMMA_SEPARATES)
    except FormulaError as error:
        if "," not in text:
            raise
        try:
            return _parse(text, COMMA_IN_NUMBERS)
        except FormulaError:
            raise error from None


def _check_brackets(text: str) -> None:
    depth = 0
    for place, sign in enumerate(QUOTED.sub(lambda found: " " * len(found[0]), text)):
        depth += (sign == "(") - (sign == ")")
        if depth > MAX_DEPTH:
            raise FormulaError(_("The formula is nested too deeply."), place)


def _parse(text: str, grammar: str) -> Tree[Token] | Token:
    try:
        return _parser(grammar).parse(text)
    except UnexpectedToken as error:
        raise FormulaError(_unexpected(error.token), _place(error, text)) from None
    except UnexpectedCharacters as error:
        raise FormulaError(_strange(text, _place(error, text)), _place(error, text)) from None
    except UnexpectedInput as error:
        raise FormulaError(_("The formula is not complete."), _place(error, text)) from None


def _place(error: UnexpectedInput, text: str) -> int:
    place = error.pos_in_stream
    return place if place is not None and 0 <= place < len(text) else len(text)


def _unexpected(token: Token) -> str:
    if token.type == "$END":
        return _("The formula is not complete.")
    return _("“%(text)s” cannot stand here.") % {"text": str(token)[:40]}


def _strange(text: str, place: int) -> str:
    rest = text[place:]
    if rest[:1] in "\"'":
        return _("A text is not closed by a quotation mark.")
    if rest[:1].isalpha():
        word = rest.split()[0][:40]
        return _("“%(word)s” is not known: names of fields stand in brackets.") % {"word": word}
    return _("“%(text)s” cannot stand here.") % {"text": rest[:1]}
