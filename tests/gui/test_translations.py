"""Chinese is complete: all texts of all packages are translated with the same places, and what the window reads is fresh."""

import ast
import os
from pathlib import Path

import pytest

from gui.language import CHINESE, folder
from gui.translating import collect, compiled, messages, packages, places

PACKAGES = packages()


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The translation files as collecting the texts now makes them."""
    into = tmp_path_factory.mktemp("translations")
    for path in folder().glob("*.ts"):
        (into / path.name).write_bytes(path.read_bytes())
    collect({name: [Path(os.path.relpath(path)) for path in paths] for name, paths in PACKAGES.items()}, into)
    return into


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_is_translated(package: str, collected: Path) -> None:
    path = collected / f"{package}_{CHINESE}.ts"
    missing = [(message.context, message.source) for message in messages(path) if not message.done]
    assert missing == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_translation_keeps_the_places_of_its_text(package: str) -> None:
    for message in messages(folder() / f"{package}_{CHINESE}.ts"):
        assert places(message.translation) == places(message.source), message.source


@pytest.mark.parametrize("package", PACKAGES)
def test_what_the_window_reads_is_made_from_the_translations(package: str, tmp_path: Path) -> None:
    fresh = compiled(folder() / f"{package}_{CHINESE}.ts", tmp_path)
    assert (folder() / fresh.name).read_bytes() == fresh.read_bytes()


@pytest.mark.parametrize("path", sorted(path for paths in PACKAGES.values() for path in paths), ids=lambda path: path.name)
def test_every_text_stands_where_it_is_found(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {id(call) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for call in ast.walk(text)}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "tr":
            literal = isinstance(call.args[0], ast.Constant)
            assert id(call) not in inside, f"line {call.lineno}: texts inside an f-string are not collected"
            assert literal or ast.unparse(call) == "self.tr(place.title)", f"line {call.lineno}: not a literal text"


def test_a_text_that_is_not_translated_is_found(tmp_path: Path) -> None:
    source = tmp_path / "screen.py"
    source.write_text('class Screen(QWidget):\n    def words(self):\n        self.tr("Never said before")\n')
    collect({"screen": [source]}, tmp_path)
    (message,) = messages(tmp_path / f"screen_{CHINESE}.ts")
    assert (message.context, message.source, message.done) == ("Screen", "Never said before", False)
