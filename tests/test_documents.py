"""Documents lead somewhere: every link, picture, command and make target that they name is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from testbench.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def commands_of(text: str) -> Iterator[str]:
    """Words that follow `testbench` in code: first words of lines in blocks, and spans between back-ticks."""
    blocks = "\n".join(FENCE.findall(text))
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    for code in (*blocks.splitlines(), *spans):
        yield from re.findall(r"^(?:\S*[/\\])?testbench +([a-z]\S*)", code.strip())


def anchors_of(path: Path) -> set[str]:
    """Names that headings have on the web: lower case, spaces as hyphens, punctuation left out."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.fixture(params=DOCUMENTS, ids=named)
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_links_and_pictures_are_there(document: Path) -> None:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    missing = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        if not found.exists() or (anchor and anchor not in anchors_of(found)):
            missing.append(target)
    assert missing == []


def test_commands_are_there(document: Path) -> None:
    unknown = set(commands_of(document.read_text(encoding="utf-8"))) - set(COMMANDS)
    assert unknown == set()


def test_make_targets_are_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = document.read_text(encoding="utf-8")
    asked = set(re.findall(r"^make +([a-z][a-z-]*)", text, re.MULTILINE)) | set(re.findall(r"`make +([a-z][a-z-]*)`", text))
    assert asked - targets == set()


def test_the_readme_lists_every_make_target() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert phony is not None
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [target for target in phony[1].split() if f"`make {target}`" not in readme] == []


def test_lines_of_the_readme_fit_a_screen() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > 130] == []


def test_the_guide_says_the_same_in_both_languages() -> None:
    chinese, _, english = (ROOT / "docs/technician.md").read_text(encoding="utf-8").partition("\n## English\n")
    of_chinese = re.findall(r"screens/(\w+)-zh-light\.png", chinese)
    assert of_chinese == re.findall(r"screens/(\w+)-en-light\.png", english)
    assert len(re.findall(r"^### ", chinese, re.MULTILINE)) == len(re.findall(r"^### ", english, re.MULTILINE))
    rows = [re.findall(r"^\| ", part, re.MULTILINE) for part in (chinese, english)]
    assert len(rows[0]) == len(rows[1])
