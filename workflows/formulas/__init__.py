"""Formulas: a small typed language in the manner of spreadsheets, for any value of a process.

`=ЕСЛИ([Сумма] > 100000; "Директор"; "Начальник")`, `=[Срок] - 3 дня`, `=ROUND({{Document.PRICE}}
* 20 / 120, 2)`. Pure and total: no loops, no names but the listed functions, bounded by length,
depth and the size of every text and number. `functions` is the registry of what may be called.
"""

from workflows.formulas.compiler import Env, Formula, compile_formula
from workflows.formulas.errors import FormulaError
from workflows.formulas.registry import functions

__all__ = ["Env", "Formula", "FormulaError", "compile_formula", "functions"]
