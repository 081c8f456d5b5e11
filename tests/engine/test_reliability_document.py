"""What docs/reliability.md says: its drawing is the state machine, and the tests that it names are there."""

import ast
import re
from pathlib import Path

import pytest

from testbench.outcome import MOVES, Move, RunState

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
CITED = sorted(set(re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", TEXT)))


@pytest.fixture(scope="module")
def drawing() -> str:
    (found,) = re.findall(r"```mermaid\nstateDiagram-v2\n(.*?)```", TEXT, re.DOTALL)
    return found


def test_the_drawing_shows_the_legal_moves_and_no_others(drawing):
    arrows = re.findall(r"^ *(\w+) --> (\w+): (.+)$", drawing, re.MULTILINE)
    drawn = {(RunState(start), Move(move)): RunState(end) for start, end, move in arrows}
    assert len(drawn) == len(arrows)
    assert drawn == MOVES


def test_the_drawing_begins_with_running_and_ends_where_nothing_can_follow(drawing):
    assert re.findall(r"\[\*\] --> (\w+)", drawing) == [RunState.RUNNING]
    assert set(re.findall(r"(\w+) --> \[\*\]", drawing)) == {state for state in RunState if state.over}


def test_every_line_of_the_drawing_is_understood(drawing):
    pattern = re.compile(r" *(\[\*\] --> \w+|\w+ --> \[\*\]|\w+ --> \w+: .+)")
    assert [line for line in drawing.splitlines() if not pattern.fullmatch(line)] == []


def test_every_move_is_put_in_words():
    table = TEXT[TEXT.index("| move |") :].split("\n\n")[0]
    told = re.findall(r"^\| ([a-z ]+) \|", table, re.MULTILINE)
    assert told == ["move", *Move]


def test_the_tests_that_it_names_are_there():
    missing = [f"{path}::{name}" for path, name in CITED if not _is_there(ROOT / path, name)]
    assert len(CITED) > 50
    assert missing == []


def _is_there(path: Path, name: str) -> bool:
    if not name:
        return path.exists()
    if not path.is_file():
        return False
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in ast.walk(tree))
