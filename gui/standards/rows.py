"""What the tables of the screen show: rows of cells in both languages, with a shape where a row needs attention."""

from __future__ import annotations

from dataclasses import dataclass

from gui.standards.listing import Listed, State
from gui.theme import Tone
from gui.widgets.state_label import Shape
from testbench.criteria.flaws import Flaw, Weight
from testbench.criteria.standard import Standard
from testbench.office.procedure_words import InstalledProcedureWords
from testbench.office.standard_words import LimitRow, SuiteRow, condition_words, limit_rows, suite_rows
from testbench.report.wording import wording
from testbench.text import Language, Text

SHAPES: dict[State, tuple[Shape, Tone]] = {
    State.SHIPPED: (Shape.RING, Tone.MUTED),
    State.OPEN: (Shape.DISC, Tone.TEXT),
    State.LOCKED: (Shape.CHECK, Tone.TEXT),
    State.FAULTY: (Shape.CROSS, Tone.ALARM),
}
PROVISIONAL = (Shape.TRIANGLE, Tone.ATTENTION)
TRUSTED = (Shape.CHECK, Tone.MUTED)
FLAWS = {Weight.ERROR: (Shape.CROSS, Tone.ALARM), Weight.NOTE: (Shape.RING, Tone.MUTED)}


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: what it stands for, its cells, and the shape before the words of one column (None for none).

    `tip` is what is told beside the row; where it is None, each cell in full.
    """

    item: object
    cells: tuple[Text, ...]
    shape: tuple[Shape, Tone] | None = None
    tip: Text | None = None


def same(text: str) -> Text:
    """A text that is the same in both languages."""
    return Text(zh=text, en=text)


def list_rows(listed: tuple[Listed, ...]) -> tuple[TableRow, ...]:
    """Name, state and provisional figures of every standard; the shape belongs to the state, the title is told beside."""
    return tuple(
        TableRow(one, (same(one.name), one.state_in_short, same(one.provisional)), SHAPES[one.state], tip=one.title)
        for one in listed
    )


def rows_of_limits(standard: Standard) -> tuple[TableRow, ...]:
    """Characteristic, scope, limit, range and trust of every limit; the shape belongs to the trust."""
    return tuple(_limit(row) for row in limit_rows(standard))


def _limit(row: LimitRow) -> TableRow:
    cells = (row.title, row.scope, row.limit, row.holds_where, row.trust)
    return TableRow(row, cells, PROVISIONAL if row.provisional else TRUSTED)


def rows_of_suite(standard: Standard) -> tuple[TableRow, ...]:
    """Procedure, scope, settings, clause and source of the suite's entries; then the conditions of the room."""
    words = InstalledProcedureWords()
    entries = [_entry(row, words) for row in suite_rows(standard)]
    for condition in standard.conditions:
        name = Text(
            zh=wording(Language.CHINESE).name("condition", condition.quantity),
            en=wording(Language.ENGLISH).name("condition", condition.quantity),
        )
        title = Text(zh=f"环境条件：{name.zh}", en=f"condition of the room: {name.en}")
        limits, source = same(condition_words(condition)), same(condition.evidence.source)
        entries.append(TableRow(condition, (title, same(""), limits, same(""), source)))
    return tuple(entries)


def _entry(row: SuiteRow, words: InstalledProcedureWords) -> TableRow:
    known = words[row.procedure].title if row.procedure in words else row.procedure
    title = same(known) if isinstance(known, str) else known
    return TableRow(row, (title, row.scope, same(row.settings), row.clause, row.source))


def rows_of_flaws(flaws: tuple[Flaw, ...]) -> tuple[TableRow, ...]:
    """Weight, what is wrong, and where, of every flaw; the shape belongs to the weight."""
    weights = {Weight.ERROR: Text(zh="错误", en="error"), Weight.NOTE: Text(zh="说明", en="note")}
    return tuple(TableRow(flaw, (weights[flaw.weight], flaw.text, same(flaw.place)), FLAWS[flaw.weight]) for flaw in flaws)
