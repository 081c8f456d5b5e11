"""A kind of recorded test data: its columns, the characteristics that it determines, and how a test is scored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.cells import Cell
from testbench.text import Text

if TYPE_CHECKING:
    from testbench.criteria.recorded.rows import RecordedTest
    from testbench.criteria.recorded.scoring import Scoring
    from testbench.criteria.result import Result

NOTHING = Text(zh="", en="")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what its cells hold, and in words what that is.

    `optional`: the whole column may be absent; its cells may be empty then, too. `same`: all rows of a test have the same.
    """

    name: str
    cell: Cell
    says: Text = NOTHING
    optional: bool = False
    same: bool = False


@dataclass(frozen=True, slots=True)
class RecordedKind:
    """A kind of recorded test data.

    `score` gives the results of one test. `check` looks at a whole test when it is read and refuses what is wrong beyond
    single cells. `characteristics` are the names of what can come out. No two kinds may be mixed up by their columns.
    `once` are the columns that together number a row of a test: no two rows may have the same. Where rows have no number but
    can hardly be alike, `differ` says so: two that are have a note.
    """

    name: str
    title: Text
    columns: tuple[Column, ...]
    characteristics: tuple[str, ...]
    score: Callable[[Scoring], Iterator[Result]]
    check: Callable[[RecordedTest], None] | None = None
    once: tuple[str, ...] = ()
    differ: bool = False

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that a file must have."""
        return tuple(column.name for column in self.columns if not column.optional)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def header(self) -> str:
        """The required columns as they stand in a file, the optional ones in brackets."""
        return ",".join(column.name if not column.optional else f"[{column.name}]" for column in self.columns)

    def column(self, name: str) -> Column:
        """A column by its name."""
        return next(column for column in self.columns if column.name == name)


TEST = Column("test", cells.text(), Text(zh="测试的名称；同名的行属于同一测试", en="name; rows of one name are one test"))
PARAMETER = Column("parameter", cells.name(), Text(zh="被测参数，如 SO2", en="what is measured, such as SO2"), same=True)
UNIT = Column("unit", cells.name(), Text(zh="数据的单位", en="unit of the data"), same=True)
FIRST = (TEST, PARAMETER, UNIT)
"""The columns that every kind begins with."""
SPAN = Column("span", cells.number_or_empty(positive=True), Text(zh="量程", en="span"), same=True)
FULL_SCALE = Column("full_scale", cells.number(positive=True), Text(zh="满量程", en="full scale"), same=True)
APPLICABLE_STANDARD = Column(
    "applicable_standard",
    cells.number_or_empty(positive=True),
    Text(zh="适用排放限值，与数据同单位", en="applicable emission standard, in the unit of the data"),
    optional=True,
    same=True,
)
EXPANDED_UNCERTAINTY = Column(
    "expanded_uncertainty",
    cells.not_negative_or_empty(),
    Text(zh="结果的扩展不确定度 U（k = 2），与结果同单位", en="expanded uncertainty U of the result, in its unit"),
    optional=True,
)
