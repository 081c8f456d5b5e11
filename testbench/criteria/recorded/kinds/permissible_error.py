"""Readings against the maximum permissible error of OIML R 144, item by item; every reading counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.amount import UnitError, to_fraction
from testbench.metrology.permissible_error import warm_up_spread, worst_error
from testbench.metrology.suitability import range_repeatability
from testbench.text import Text

ITEMS = {
    "intrinsic": "intrinsic_error",
    "verification": "verification_error",
    "repeatability": "repeatability_3s",
    "days": "error_over_days",
    "temperature": "error_under_temperature",
    "humidity": "error_under_humidity",
    "pressure": "error_under_pressure",
    "voltage": "error_under_voltage",
    "frequency": "error_under_frequency",
    "disturbance": "error_under_disturbance",
    "warm-up": "warm_up_spread",
}


def _groups(rows: Sequence[Row]) -> dict[tuple[str, Decimal], list[Row]]:
    """Rows by item and gas."""
    groups: dict[tuple[str, Decimal], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.one_of("item"), row.number("reference")), []).append(row)
    return groups


def check(test: RecordedTest) -> None:
    """The unit is one of amount fraction, and spreads and deviations have two readings or more."""
    try:
        to_fraction(1.0, test.unit)
    except UnitError as error:
        test.rows[0].refuse("unit", str(error))
    for (item, reference), rows in _groups(test.rows).items():
        if item in ("repeatability", "warm-up") and len(rows) < 2:
            rows[0].refuse("measured", f"{item} at {reference:f} needs at least 2 readings")


def score(scoring: Scoring) -> Iterator[Result]:
    """One result an item and gas, in percent of the reference; in µmol/mol for the absolute branch of the limit."""
    micro = 1e6 * to_fraction(1.0, scoring.test.unit)
    for (item, reference), rows in _groups(scoring.rows).items():
        readings = [float(row.number("measured")) for row in rows]
        value = _value(item, float(reference), readings)
        yield scoring.result(
            ITEMS[item],
            100 * value / float(reference),
            unit="%",
            variables={"difference": micro * value},
            any_unit=True,
            details={"readings": len(rows), "error": value},
            undetermined=_missing(scoring, ITEMS[item], len(rows)),
            level=f"{reference:f} {scoring.test.unit}",
        )


def _missing(scoring: Scoring, characteristic: str, count: int) -> list[str]:
    """Readings that the standard asks for beyond those there are: without them an error can fail, but not pass."""
    rule = scoring.run_rule(characteristic)
    return [f"reading {number}" for number in range(count + 1, (rule.least_used if rule else 0) + 1)]


def _value(item: str, reference: float, readings: Sequence[float]) -> float:
    """What the item holds against the limit, in the unit of the readings."""
    if item == "warm-up":
        return warm_up_spread(readings)
    if item == "repeatability":
        return 3 * range_repeatability(readings, full_scale=reference).standard_deviation
    return worst_error(readings, [reference] * len(readings)).error


KIND = RecordedKind(
    name="permissible error",
    title=Text(zh="最大允许误差（OIML R 144 各项目）", en="Maximum permissible error, items of OIML R 144"),
    columns=(
        *FIRST,
        Column("item", cells.one_of(*ITEMS), Text(zh="项目", en="item")),
        Column("reference", cells.number(positive=True), Text(zh="标准值", en="reference value")),
        Column("measured", cells.number(), Text(zh="示值", en="indication")),
    ),
    characteristics=tuple(ITEMS.values()),
    score=score,
    check=check,
)
