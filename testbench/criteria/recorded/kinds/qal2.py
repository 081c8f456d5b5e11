"""QAL2: parallel measurements over several days; calibration function, valid range, variability."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, parallel_pairs
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.qal2 import calibration_function, variability
from testbench.text import Text

LEAST_DAYS = 3


def check(test: RecordedTest) -> None:
    """Three pairs or more that are no reference gas."""
    parallel_pairs.check(test)
    if sum(not _is_gas(row) for row in test.rows) < 3:
        test.rows[0].refuse("reference_gas", "QAL2 needs at least 3 pairs that are no reference gas")


def score(scoring: Scoring) -> Iterator[Result]:
    """Variability in percent of the permitted one, R², number of pairs, and the calibration function."""
    rows = [row for row in scoring.rows if not _is_gas(row)]
    pairs = [parallel_pairs.pair(row) for row in rows]
    gas = [parallel_pairs.pair(row) for row in scoring.rows if _is_gas(row)]
    limits = parallel_pairs.limits(scoring)
    zero = scoring.rows[0].number_or_empty("zero_signal")
    try:
        function = calibration_function(
            pairs,
            limit_value=limits["limit_value"],
            permitted_percent=limits["permitted_percent"],
            zero_signal=None if zero is None else float(zero),
            reference_gas=gas,
        )
    except ValueError as error:
        scoring.refuse("signal", str(error))
    result = variability(pairs, function, **limits)
    days = len({row.date() for row in rows})
    details = {
        "method": function.method.value,
        "slope": function.slope,
        "intercept": function.intercept,
        "valid_upper": function.valid_upper,
        "pairs": len(pairs),
        "days": days,
    }
    notes = [f"{days} of {LEAST_DAYS} days"] if days < LEAST_DAYS else []
    yield scoring.result(
        "qal2_variability",
        result.percent_of_permitted,
        unit="%",
        metric=Metric.PERCENT_OF_PERMITTED,
        details=details
        | {
            "standard_deviation": result.standard_deviation,
            "mean_difference": result.mean_difference,
            "sigma0": result.sigma0,
            "k_v": result.k_v,
            "permitted_deviation": result.permitted,
        },
        notes=notes,
    )
    yield scoring.result("calibration_pairs", float(len(pairs)), unit="1", any_unit=True)
    yield scoring.result(
        "calibration_r_squared",
        function.r_squared,
        unit="1",
        any_unit=True,
        obstacles=["signals or references are all alike"] if function.r_squared is None else [],
    )
    for name, value, unit in (
        ("calibration_slope", function.slope, "1"),
        ("calibration_intercept", function.intercept, scoring.test.unit),
        ("calibration_valid_range", function.valid_upper, scoring.test.unit),
    ):
        yield scoring.result(name, value, unit=unit, any_unit=True, details={"method": function.method.value})


def _is_gas(row: Row) -> bool:
    return row.has("reference_gas") and row.flag("reference_gas")


KIND = RecordedKind(
    name="QAL2",
    title=Text(zh="QAL2（平行测量）", en="QAL2, parallel measurements"),
    columns=(
        *FIRST,
        Column("date", cells.date(), Text(zh="日期", en="date")),
        *parallel_pairs.COLUMNS,
        Column(
            "zero_signal",
            cells.number_or_empty(),
            Text(zh="零点信号（方法 B）", en="signal at zero, for method B"),
            optional=True,
            same=True,
        ),
        Column(
            "reference_gas",
            cells.flag("reference gas", "parallel measurement"),
            Text(zh="标准气体读数（方法 C）", en="whether it is a reading of reference gas, for method C"),
            optional=True,
        ),
    ),
    characteristics=(
        "qal2_variability",
        "calibration_pairs",
        "calibration_r_squared",
        "calibration_slope",
        "calibration_intercept",
        "calibration_valid_range",
    ),
    score=score,
    check=check,
    differ=True,
)
