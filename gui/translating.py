"""Brings the translations up to date: `python -m gui.translating` collects the texts of all packages, and compiles them.

Each package of the window has a file of its own, `translations/NAME_zh_CN.ts`, to be edited with Qt Linguist or by hand; the
window reads `NAME_zh_CN.qm`, made from it. Exit status 1 and a list where a text is not translated yet.
"""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gui.language import CHINESE, folder

SHELL = "window"  # the texts of the window itself, outside of any package


@dataclass(frozen=True, slots=True)
class Message:
    """A text to be translated: its context (a class), its source, its translation, and whether that is done."""

    context: str
    source: str
    translation: str
    done: bool


def packages() -> dict[str, list[Path]]:
    """The source files of every package of the window, by the package's name."""
    root = folder().parent
    found = {SHELL: sorted([*root.glob("*.py"), *root.glob("widgets/*.py")])}
    for package in sorted(path.parent for path in root.glob("*/__init__.py")):
        if package.name != "widgets":
            found[package.name] = sorted(package.rglob("*.py"))
    return found


def messages(path: Path) -> Iterator[Message]:
    """The texts in a translation file that are still used."""
    for context in ElementTree.parse(path).getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") in ("vanished", "obsolete"):
                continue
            text = translation.text or ""
            done = translation.get("type") != "unfinished" and bool(text)
            yield Message(context.findtext("name") or "", message.findtext("source") or "", text, done)


def places(text: str) -> list[str]:
    """The named places of a text, and its line breaks; a translation has the same ones."""
    return sorted(re.findall(r"\{\w*[^}]*\}|%n|%\d", text))


def collect(sources: Mapping[str, list[Path]], into: Path) -> None:
    """Collect the texts of each package into its translation file, keeping what is translated."""
    for name, files in sources.items():
        target = into / f"{name}_{CHINESE}.ts"
        listed = [str(path) for path in files]
        _tool("pyside6-lupdate", *listed, "-locations", "none", "-no-obsolete", "-ts", str(target))


def compiled(path: Path, into: Path) -> Path:
    """Compile a translation file; return what the window reads."""
    target = into / path.with_suffix(".qm").name
    _tool("pyside6-lrelease", "-silent", str(path), "-qm", str(target))
    return target


def _tool(name: str, *arguments: str) -> None:
    tool = Path(sys.executable).with_name(f"{name}.exe" if sys.platform == "win32" else name)
    subprocess.run([str(tool), *arguments], check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Collect, compile, and list what is left to do."""
    collect(packages(), folder())
    left = 0
    for path in sorted(folder().glob(f"*_{CHINESE}.ts")):
        compiled(path, folder())
        for message in messages(path):
            if not message.done:
                left += 1
                print(f"{path.name}: {message.context}: {message.source!r} is not translated")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
