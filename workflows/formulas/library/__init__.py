"""The functions, by kinds."""

from workflows.formulas.library import dates, lists, logic, numbers, texts

__all__ = ["dates", "lists", "logic", "numbers", "texts"]
