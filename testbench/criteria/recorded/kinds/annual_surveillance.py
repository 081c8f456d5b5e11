"""AST: parallel measurements against the calibration function of the last QAL2."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, parallel_pairs
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.qal2 import CalibrationFunction, Method, surveillance_test
from testbench.text import Text

LEAST_PAIRS = 5


def score(scoring: Scoring) -> Iterator[Result]:
    """Variability and validity of the calibration function, percent of what is permitted."""
    row = scoring.rows[0]
    pairs = [parallel_pairs.pair(each) for each in scoring.rows]
    function = CalibrationFunction(
        Method.A, float(row.number("intercept")), float(row.number("slope")), 0.0, 0.0, None, len(pairs)
    )
    result = surveillance_test(pairs, function, **parallel_pairs.limits(scoring))
    variability = result.variability
    details = {
        "pairs": len(pairs),
        "standard_deviation": variability.standard_deviation,
        "mean_difference": variability.mean_difference,
        "sigma0": variability.sigma0,
        "k_v": variability.k_v,
        "t": result.t,
        "permitted_deviation": variability.permitted,
        "permitted_difference": result.permitted_difference,
    }
    obstacles = [f"{len(pairs)} of {LEAST_PAIRS} pairs"] if len(pairs) < LEAST_PAIRS else []
    for name, value in (
        ("ast_variability", variability.percent_of_permitted),
        ("ast_validity", result.difference_percent_of_permitted),
    ):
        yield scoring.result(name, value, unit="%", metric=Metric.PERCENT_OF_PERMITTED, details=details, obstacles=obstacles)


KIND = RecordedKind(
    name="AST",
    title=Text(zh="AST（年度检查试验）", en="AST, annual surveillance test"),
    columns=(
        *FIRST,
        Column("slope", cells.number(), Text(zh="校准函数斜率 b", en="slope b of the calibration function"), same=True),
        Column("intercept", cells.number(), Text(zh="校准函数截距 a", en="intercept a of it"), same=True),
        *parallel_pairs.COLUMNS,
    ),
    characteristics=("ast_variability", "ast_validity"),
    score=score,
    check=parallel_pairs.check,
    differ=True,
)
