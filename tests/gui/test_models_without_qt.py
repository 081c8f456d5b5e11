"""Modules of the window that say they do without Qt import none of it."""

import ast
from pathlib import Path

import pytest

import gui

FOLDER = Path(gui.__file__).parent
SAYING = [
    path
    for path in sorted(FOLDER.rglob("*.py"))
    if "Without Qt" in (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")
]
QT = {"PySide6", "shiboken6", "pyqtgraph"}


def imported(path: Path) -> set[str]:
    """The packages that a module names in its imports, wherever they stand."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_some_modules_say_so() -> None:
    assert len(SAYING) > 10


@pytest.mark.parametrize("path", SAYING, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_module_that_says_it_does_without_qt_does(path: Path) -> None:
    assert not imported(path) & QT
