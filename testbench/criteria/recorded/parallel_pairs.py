"""Pairs of AMS signal and reference method, as QAL2 and AST data have them: columns, limit value, permitted uncertainty."""

from __future__ import annotations

from decimal import Decimal

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import Column
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.metrology.qal2 import PERMITTED_PERCENT, Pair
from testbench.text import Text

COLUMNS = (
    Column(
        "limit_value",
        cells.number(positive=True),
        Text(zh="排放限值（标准状态）", en="limit value, standard conditions"),
        same=True,
    ),
    Column(
        "permitted",
        cells.number(positive=True, most=100, may_be_empty=True),
        Text(zh="允许不确定度，限值的百分数；缺省按组分", en="permitted uncertainty in percent of it (by component)"),
        optional=True,
        same=True,
    ),
    Column("signal", cells.number(), Text(zh="仪器信号", en="signal of the AMS")),
    Column("reference", cells.number(), Text(zh="参比方法测定值（仪器工况）", en="reference at the AMS's conditions")),
    Column(
        "to_standard",
        cells.number_or_empty(positive=True),
        Text(zh="换算到标准状态的系数，缺省 1", en="factor to standard conditions (1)"),
        optional=True,
    ),
)


def permitted_percent(parameter: str) -> float | None:
    """The permitted uncertainty of a component in percent of the limit value, letter case aside; None where not known."""
    return {name.casefold(): percent for name, percent in PERMITTED_PERCENT.items()}.get(parameter.casefold())


def check(test: RecordedTest) -> None:
    """There are three pairs or more, and a permitted uncertainty is stated or known."""
    if len(test.rows) < 3:
        test.rows[0].refuse("signal", f"{test.kind.name} needs at least 3 pairs")
    row = test.rows[0]
    if not row.has("permitted") and permitted_percent(test.parameter) is None:
        known = ", ".join(PERMITTED_PERCENT)
        row.refuse("permitted", f"is needed for {test.parameter}; it is known for {known}")


def pair(row: Row) -> Pair:
    """The pair of a row."""
    factor = row.number_or_empty("to_standard")
    return Pair(float(row.number("signal")), float(row.number("reference")), 1.0 if factor is None else float(factor))


def limits(scoring: Scoring) -> dict[str, float]:
    """Limit value, and permitted uncertainty as stated, else by component."""
    row = scoring.rows[0]
    stated: Decimal | None = row.number_or_empty("permitted")
    permitted = permitted_percent(scoring.test.parameter) if stated is None else float(stated)
    assert permitted is not None  # the rows were checked
    return {"limit_value": float(row.number("limit_value")), "permitted_percent": permitted}
