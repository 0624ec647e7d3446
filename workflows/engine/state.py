"""What an instance remembers between two wakes: a few hundred bytes of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Token:
    """A place in the tree. A parallel step has one token for itself and one for each branch.

    `key` (`step:visit`) names this very visit of the step, so that an answer to an earlier
    visit is told from one to this.
    """

    number: int
    step: str = ""
    visit: int = 0
    parent: int | None = None
    waiting: bool = False
    #: Timers or answers may be on their way to this visit.
    timed: bool = False
    failed: bool = False
    #: Branches of a parallel step that still run; None when there are none.
    open_branches: int | None = None
    #: What the step's action keeps of its own: the place in a loop, for instance.
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.step}:{self.visit}"

    @property
    def idle(self) -> bool:
        """Whether it may be moved: nothing is awaited and nobody has to mend it."""
        return not (self.waiting or self.failed or self.open_branches)

    def to_json(self) -> dict[str, Any]:
        """Only what differs from a new token, for millions of them are kept."""
        new = Token(self.number)
        return {name: value for name, value in vars(self).items() if value != getattr(new, name)}


@dataclass
class State:
    """Tokens by number, visits of each step, values by name, and counts against runaways."""

    tokens: dict[int, Token] = field(default_factory=dict)
    visits: dict[str, int] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    #: What steps gave back, by step id; a step visited again writes over its own.
    results: dict[str, Any] = field(default_factory=dict)
    #: Loops under way, by step id: the values and how many were taken.
    loops: dict[str, list[Any]] = field(default_factory=dict)
    last_number: int = 0
    steps: int = 0
    #: Steps since the instance last waited.
    burst: int = 0

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> State:
        state = cls(**{**raw, "tokens": {}})
        for number, values in raw.get("tokens", {}).items():
            state.tokens[int(number)] = Token(int(number), **values)
        return state

    def to_json(self) -> dict[str, Any]:
        tokens = {str(token.number): token.to_json() for token in self.tokens.values()}
        kept = {name: value for name, value in vars(self).items() if value}
        return {**kept, "tokens": tokens}

    def new_token(self, parent: int | None = None) -> Token:
        self.last_number += 1
        token = self.tokens[self.last_number] = Token(self.last_number, parent=parent)
        return token

    def children(self, token: Token) -> Iterator[Token]:
        yield from [one for one in self.tokens.values() if one.parent == token.number]

    def by_key(self, key: str) -> Token | None:
        """The token that stands at this visit of this step, if it still does."""
        return next((token for token in self.tokens.values() if token.key == key), None)
