"""Parallelism: readings of identical units on the same gas, level by level."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.mean import mean
from testbench.metrology.parallelism import parallelism
from testbench.metrology.quantity import Quantity
from testbench.text import Text


def check(test: RecordedTest) -> None:
    """Every level has a reading of the same units, and there are two or more; their mean is above zero."""
    levels: dict[Decimal, set[str]] = {}
    for row in test.rows:
        levels.setdefault(row.number("nominal"), set()).add(row.text("device"))
    units = set().union(*levels.values())
    if len(units) < 2:
        test.rows[0].refuse("device", "parallelism needs two or more units")
    for nominal, there in levels.items():
        row = next(row for row in test.rows if row.number("nominal") == nominal)
        if there != units:
            row.refuse("device", f"at {nominal:f} % the unit {', '.join(sorted(units - there))} has no reading")
        readings = [row.number("reading") for row in test.rows if row.number("nominal") == nominal]
        if mean(readings) <= 0:
            row.refuse("reading", f"the mean of the units at {nominal:f} % must be above zero to be divided by")


def score(scoring: Scoring) -> Iterator[Result]:
    """The largest relative standard deviation of the units."""
    readings: dict[Decimal, dict[str, list[Decimal]]] = {}
    for row in scoring.rows:
        units = readings.setdefault(row.number("nominal"), {})
        units.setdefault(row.text("device"), []).append(row.number("reading"))
    rule = scoring.run_rule("parallelism")
    names = sorted({name for units in readings.values() for name in units})
    result = parallelism(
        [
            (float(nominal) / 100, [Quantity(float(mean(units[name])), "unit") for name in names])
            for nominal, units in readings.items()
        ]
    )
    few = [f"{len(names)} of {rule.least_used} units"] if rule and len(names) < rule.least_used else []
    unlikely = [
        f"{name}: {obstacle}"
        for name in names
        for obstacle in plausible.does_not_follow(
            [row for row in scoring.rows if row.text("device") == name], "nominal", "reading"
        )
    ]
    levels = [{"nominal": 100 * level.nominal_fraction, "percent": level.percent} for level in result.levels]
    yield scoring.result(
        "parallelism",
        result.largest.percent,
        unit="%",
        expanded_uncertainty=scoring.stated_uncertainty(scoring.rows),
        details={"devices": names, "levels": levels},
        obstacles=[*few, *unlikely],
        level=f"{100 * result.largest.nominal_fraction:g} %",
    )


KIND = RecordedKind(
    name="parallelism",
    title=Text(zh="平行性（多台仪器的示值）", en="Parallelism, readings of identical units"),
    columns=(
        *FIRST,
        Column(
            "nominal",
            cells.number(least=0, most=200),
            Text(zh="浓度点，满量程的百分数", en="level in percent of full scale"),
        ),
        Column("device", cells.text(), Text(zh="仪器", en="unit")),
        Column("reading", cells.number(), Text(zh="示值；多次时取平均", en="indication; of several the mean counts")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=("parallelism",),
    score=score,
    check=check,
)
