"""What decides when tests have failed: few are asked again by themselves, many never."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import everything


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """The commands that would be run; the first fails as pytest does, the next passes."""
    monkeypatch.chdir(tmp_path)
    commands: list[list[str]] = []

    def together(checks: list[everything.Check]) -> list[everything.Result]:
        commands.append(checks[0][1])
        return [(checks[0][0], 0 if len(commands) > 1 else everything.SOME_FAILED, 1.0)]

    monkeypatch.setattr(everything, "together", together)
    return commands


def failed(*names: str) -> None:
    cache = Path("var/pytest/tests/v/cache")
    cache.mkdir(parents=True)
    (cache / "lastfailed").write_text(json.dumps(dict.fromkeys(names, True)))


def test_few_are_judged_alone_and_told(
    asked: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    failed("tests/a.py::test_one", "tests/b.py::test_two")
    assert everything.tested("tests", ["tests"]) == [("tests", 0, 1.0), ("tests, alone", 0, 1.0)]
    assert ("-n" in asked[0], "-n" in asked[1], asked[1][-1]) == (True, False, "--last-failed")
    assert "UNSTEADY" in (said := capsys.readouterr().out)
    assert "tests/b.py::test_two" in said


@pytest.mark.parametrize("count", [0, everything.FEW + 1])
def test_many_are_broken_and_so_is_a_run_that_names_none(
    asked: list[list[str]], count: int
) -> None:
    failed(*(f"tests/a.py::test_{number}" for number in range(count)))
    assert everything.tested("tests", ["tests"]) == [("tests", everything.SOME_FAILED, 1.0)]
    assert len(asked) == 1
