"""Repeatability: repeated readings of one gas, as standard deviation in percent of their mean or of full scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, FULL_SCALE, Column, RecordedKind
from testbench.criteria.recorded.rows import Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.repeatability import repeatability
from testbench.metrology.suitability import range_repeatability
from testbench.text import Text


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a gas and characteristic that the standard asks for."""
    by_gas: dict[str, list[Row]] = {}
    for row in scoring.rows:
        by_gas.setdefault(row.text_or_empty("gas") or "span", []).append(row)
    for gas, rows in by_gas.items():
        if len(rows) < 2:
            rows[0].refuse("repeat", "repeatability needs at least 2 readings of one gas")
        if gas == "zero":
            yield _of_full_scale(scoring, "repeatability_zero", gas, rows)
            continue
        for characteristic in scoring.asked("repeatability", "repeatability_span"):
            of = _of_mean if characteristic == "repeatability" else _of_full_scale
            yield of(scoring, characteristic, gas, rows)


def _readings(rows: Sequence[Row]) -> list[float]:
    return [float(row.number("measured")) for row in rows]


def _unlikely(scoring: Scoring, gas: str, rows: Sequence[Row]) -> list[str]:
    return plausible.no_such_gas(rows, "measured", gas, scoring.test.full_scale)


def _of_mean(scoring: Scoring, characteristic: str, gas: str, rows: Sequence[Row]) -> Result:
    try:
        result = repeatability(_readings(rows))
    except ValueError as error:
        rows[0].refuse("measured", str(error))
    return scoring.result(
        characteristic,
        result.value_percent,
        unit="%",
        expanded_uncertainty=scoring.stated_uncertainty(rows),
        details={
            "mean": result.mean,
            "standard_deviation": result.standard_deviation,
            "readings": len(rows),
            "interval": list(result.interval_percent),
        },
        obstacles=[*scoring.too_few(characteristic, len(rows)), *_unlikely(scoring, gas, rows)],
        notes=plausible.all_alike(rows, "measured"),
        level=gas,
    )


def _of_full_scale(scoring: Scoring, characteristic: str, gas: str, rows: Sequence[Row]) -> Result:
    result = range_repeatability(_readings(rows), full_scale=float(scoring.test.full_scale))
    stated = scoring.stated_uncertainty(rows)
    return scoring.result(
        characteristic,
        result.percent_fs,
        unit="%F.S.",
        expanded_uncertainty=stated,
        expressed=scoring.in_data_unit(result.percent_fs, stated),
        details={
            "mean": result.mean,
            "standard_deviation": result.standard_deviation,
            "readings": len(rows),
            "interval": list(result.interval_percent_fs),
        },
        obstacles=[*scoring.too_few(characteristic, len(rows)), *_unlikely(scoring, gas, rows)],
        notes=plausible.all_alike(rows, "measured"),
        level=gas,
    )


KIND = RecordedKind(
    name="repeatability",
    title=Text(zh="重复性（同一气体的多次示值）", en="Repeatability, repeated readings of one gas"),
    columns=(
        *FIRST,
        FULL_SCALE,
        Column("repeat", cells.whole_number(), Text(zh="第几次", en="number of the repeat")),
        Column("reference", cells.number(), Text(zh="标准值", en="reference value")),
        Column("measured", cells.number(), Text(zh="示值", en="indication")),
        Column("gas", cells.one_of("zero", "span"), Text(zh="气体，缺省为 span", en="gas (span)"), optional=True),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=("repeatability", "repeatability_zero", "repeatability_span"),
    score=score,
    once=("gas", "repeat"),
)
