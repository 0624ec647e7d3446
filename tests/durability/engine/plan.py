"""Drawn processes, and in plain Python what each of them must have done when it is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

from hypothesis import strategies as st

from tests.workflows.processes import put, step

Steps = list[dict[str, Any]]
#: (step, what was done): how often.
Effects = Counter[tuple[str, str]]
EFFECTS = {"test_note": "note", "test_lone_note": "note", "test_flaky": "note", "test_post": "post"}
DAY = 86_400
CHILD: Steps = [
    step("test_note", "child1"),
    step("test_nap", "child2", seconds=2 * DAY),
    step("test_note", "child3"),
]

simple = st.sampled_from(["test_note"] * 3 + ["test_lone_note", "test_flaky", "test_ask"]).map(
    lambda slug: {"type": slug}
)
timed = st.integers(0, 400).map(
    lambda days: {"type": "test_nap", "params": {"seconds": days * DAY}}
)
posts = st.booleans().map(lambda reply: {"type": "test_post", "params": {"reply": reply}})
calls = st.booleans().map(
    lambda wait: {"type": "start_process", "params": {"process": "child", "wait": wait}}
)
leaves = simple | timed | posts | calls


def _around(inner: st.SearchStrategy[Steps]) -> st.SearchStrategy[dict[str, Any]]:
    limits = st.integers(0, 100)
    two = st.lists(inner, min_size=2, max_size=3)
    return (
        st.tuples(limits, inner, inner).map(lambda drawn: {"type": "if", "drawn": drawn})
        | inner.map(lambda steps: {"type": "foreach", "drawn": steps})
        | two.map(lambda branches: {"type": "parallel", "drawn": branches})
    )


def _lists(one: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Steps]:
    return st.lists(one, min_size=1, max_size=3)


#: Three levels are enough for every kind of step to stand in every other.
drawn_steps = _lists(leaves | _around(_lists(leaves | _around(_lists(leaves)))))
drawn_parameters = st.fixed_dictionaries(
    {"sum": st.integers(0, 100), "items": st.lists(st.integers(0, 9), max_size=3)}
)


def numbered(drawn: Steps) -> Steps:
    """The drawn steps as a tree: every step with an id of its own."""
    return list(_numbered(drawn, count(1)))


def _numbered(drawn: Steps, ids: Iterator[int]) -> Iterator[dict[str, Any]]:
    for one in drawn:
        id_, inside = f"n{next(ids)}", one.get("drawn")
        match one["type"]:
            case "if":
                limit, yes, no = inside
                when = {"left": "{{Parameter.sum}}", "op": "ge", "right": str(limit)}
                branches = [(when, list(_numbered(yes, ids))), (None, list(_numbered(no, ids)))]
                yield step("if", id_, branches)
            case "foreach":
                body = [put(f"v{id_}", "{{Variable.item}}", f"s{id_}"), *_numbered(inside, ids)]
                yield step("foreach", id_, [body], values="{{Parameter.items}}", variable="item")
            case "parallel":
                yield step("parallel", id_, [list(_numbered(steps, ids)) for steps in inside])
            case slug:
                yield step(slug, id_, **one.get("params", {}))


def effects(steps: Steps, parameters: dict[str, Any]) -> Effects:
    """What the process does, said by a function that knows nothing of the engine."""
    done: Effects = Counter()
    for one in steps:
        inside = [branch["steps"] for branch in one["branches"]]
        match one["type"]:
            case "if":
                limit = int(one["branches"][0]["when"]["right"])
                done += effects(inside[0 if parameters["sum"] >= limit else 1], parameters)
            case "foreach":
                for _item in parameters["items"]:
                    done += effects(inside[0], parameters)
            case "parallel":
                for branch in inside:
                    done += effects(branch, parameters)
            case "start_process":
                done += effects(CHILD, parameters)
            case slug if slug in EFFECTS:
                done[one["id"], EFFECTS[slug]] += 1
    return done
