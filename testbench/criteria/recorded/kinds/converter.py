"""NO2 converter with a cylinder of NO2: what was supplied and what was indicated as NOx."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.converter import ConverterPoint, converter_efficiency
from testbench.metrology.quantity import Quantity
from testbench.text import Text


def score(scoring: Scoring) -> Iterator[Result]:
    """The mean efficiency of the repeats."""
    points = [
        ConverterPoint(Quantity(float(row.number("supplied")), "unit"), Quantity(float(row.number("indicated")), "unit"))
        for row in scoring.rows
    ]
    result = converter_efficiency(points)
    yield scoring.result(
        "converter_efficiency",
        result.percent,
        unit="%",
        expanded_uncertainty=scoring.stated_uncertainty(scoring.rows),
        obstacles=[*scoring.too_few("converter_efficiency", len(points)), *plausible.no_such_efficiency(result.single)],
        details={"repeats": len(points), "single": list(result.single)},
    )


KIND = RecordedKind(
    name="converter",
    title=Text(zh="NO2 转换效率（NO2 标准气体）", en="NO2 converter, with a cylinder of NO2"),
    columns=(
        *FIRST,
        Column("repeat", cells.whole_number(), Text(zh="第几次", en="number of the repeat")),
        Column("supplied", cells.number(positive=True), Text(zh="通入的 NO2", en="NO2 supplied")),
        Column("indicated", cells.number(), Text(zh="NOx 示值", en="NOx indicated")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=("converter_efficiency",),
    score=score,
    once=("repeat",),
)
