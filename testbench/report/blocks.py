"""The building blocks of a printed document: headings, paragraphs, tables, pictures, and the cells of a table.

Sections return lists of blocks; the template knows how each kind looks and nothing else. Blocks are JSON trees, because
they cross to the typesetter as data: no text of a person is ever read as markup. The pictures travel beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from testbench.outcome import Outcome
from testbench.report.numbers import aligned

Block = dict[str, Any]
Cell = str | dict[str, Any]
_NUMBER = re.compile(r"[+\u2212]?\d+(\.\d+)?$")


class Align(StrEnum):
    """How a column stands; `DECIMAL` aligns at the decimal mark."""

    LEFT = "left"
    RIGHT = "right"
    DECIMAL = "decimal"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: `width_mm` fixed, or `share` of what the fixed ones leave."""

    title: str
    align: Align = Align.LEFT
    width_mm: float | None = None
    share: float = 1.0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG text, its caption (which also describes it to those who cannot see it)."""

    svg: str
    caption: str


def heading(text: str, level: int = 1, *, new_page: bool = False) -> Block:
    """Head a section (level 1) or a part of it (2, 3)."""
    return {"block": "heading", "text": text, "level": level, "new_page": new_page}


def paragraph(text: str, *, small: bool = False) -> Block:
    """Set a paragraph; small ones explain marks."""
    return {"block": "paragraph", "text": text, "small": small}


def bullets(items: Iterable[str]) -> Block:
    """List sentences."""
    return {"block": "bullets", "items": list(items)}


def facts(rows: Iterable[tuple[str, str]]) -> Block:
    """Pair names with what they are; rows without a value are left out."""
    return {"block": "facts", "rows": [[name, value] for name, value in rows if value]}


def picture(drawing: Picture) -> Block:
    """Place a drawing with its caption."""
    return {"block": "picture", "svg": drawing.svg, "caption": drawing.caption}


def table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], caption: str = "", *, strong_last: int = 0) -> Block:
    """Set a table; the head repeats on each page. `strong_last` rows at the end are sums, set off by a rule."""
    cells = [list(row) for row in rows]
    for place, column in enumerate(columns):
        if column.align is Align.DECIMAL:
            _align_decimals(cells, place)
    return {
        "block": "table",
        "caption": caption,
        "columns": [
            {
                "title": column.title,
                "unit": column.unit,
                "align": "right" if column.align is Align.DECIMAL else column.align.value,
                "width": column.width_mm,
                "share": column.share,
            }
            for column in columns
        ],
        "rows": cells,
        "strong_last": strong_last,
    }


def stacked(main: str, second: str = "") -> Cell:
    """A cell of two lines: what it is, and smaller below where it comes from."""
    return {"cell": "stacked", "main": main, "second": second}


def judged(outcome: Outcome | None, word: str, marks: str = "", second: str = "") -> Cell:
    """A verdict: symbol, word, marks, and smaller below the value; never by colour alone."""
    return {"cell": "outcome", "outcome": outcome.value if outcome else "", "word": word, "marks": marks, "second": second}


def bar(share: float) -> Cell:
    """A share between 0 and 1 as percent with a bar."""
    return {"cell": "bar", "share": min(max(share, 0.0), 1.0), "text": f"{100 * share:.1f}"}


def _align_decimals(rows: list[list[Cell]], place: int) -> None:
    texts = [row[place] for row in rows]
    numbers = [text for text in texts if isinstance(text, str) and _NUMBER.match(text)]
    pads = iter(aligned(numbers))
    for row, text in zip(rows, texts, strict=True):
        if isinstance(text, str) and _NUMBER.match(text):
            shown, pad = next(pads)
            row[place] = {"cell": "number", "text": shown, "pad": pad}
