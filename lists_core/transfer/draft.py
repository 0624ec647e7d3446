"""A file on the mapping page: how it is read, its first rows and what its columns seem to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lists_core.models import StoredFile
from lists_core.transfer.guess import Guess, guess_columns
from lists_core.transfer.spec import headings_of
from lists_core.transfer.tables import Layout, sample

SHOWN_ROWS = 8
SHOWN_TEXTS = 3
SHOWN_SIGNS = 60


@dataclass(frozen=True)
class Draft:
    """`empty` are the texts that stand for a missing value."""

    file: StoredFile
    layout: Layout
    empty: tuple[str, ...]

    @cached_property
    def _sample(self) -> list[list[str]]:
        return sample(self.file, self.layout)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        return headings_of(self._sample, self.layout)

    @cached_property
    def rows(self) -> list[list[str]]:
        """The first rows below the headings."""
        return [row for row in self._sample[self.layout.header :] if any(row)]

    @cached_property
    def guesses(self) -> list[Guess]:
        return guess_columns(self.headings, self.rows, self.empty)

    @property
    def first_rows(self) -> list[list[str]]:
        return [[cell[:SHOWN_SIGNS] for cell in row] for row in self.rows[:SHOWN_ROWS]]

    def filled(self, index: int) -> list[str]:
        """The texts of a column that say something."""
        texts = (row[index].strip() for row in self.rows if index < len(row))
        return [text for text in texts if text and text not in self.empty]

    def samples(self, index: int) -> list[str]:
        """A few different texts of a column."""
        return [text[:SHOWN_SIGNS] for text in dict.fromkeys(self.filled(index))][:SHOWN_TEXTS]

    def places(self) -> Mapping[str, int]:
        """Heading in small letters → index of the first such column."""
        return {
            heading.casefold(): index for index, heading in reversed([*enumerate(self.headings)])
        }
