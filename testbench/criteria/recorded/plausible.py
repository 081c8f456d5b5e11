"""What recorded data cannot well be: gas that the device did not measure, one level with two gases, rows that were copied.

Such data are slips of the pen (another unit, a column of another device, a dead analyser). They would pass unseen, since a
dead analyser neither drifts nor scatters. What is surely a slip is refused, what can hardly be right is not judged, and what
may be right has a note.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from testbench.criteria.recorded.rows import Row

LEAST_SPAN_PERCENT, MOST_SPAN_PERCENT = Decimal(10), Decimal(200)
"""Between these percentages of full scale some reading of span gas must lie."""
LEAST_READING_PERCENT = Decimal("0.1")
"""Some reading in flue gas must lie above this percentage of full scale."""
MOST_ZERO_PERCENT = 50
"""Some reading of zero gas must lie nearer to zero than this percentage of full scale."""
ALIKE_PERCENT = 10
"""References of one level lie together within this percentage of the largest."""
MOST_EFFICIENCY_PERCENT = 120
"""A converter cannot make more NO from NO2 than there is, beyond the errors of the readings."""


def no_such_gas(rows: Sequence[Row], column: str, gas: str, full_scale: Decimal) -> list[str]:
    """An obstacle where no reading of zero or span gas is what such a gas can read at this full scale."""
    shares = [100 * row.number(column) / full_scale for row in rows]
    if not shares:
        return []
    if gas == "zero":
        share = min(shares, key=abs)
        wrong = abs(share) > MOST_ZERO_PERCENT
    else:
        share = max(shares)
        wrong = share < LEAST_SPAN_PERCENT
        if min(shares) > MOST_SPAN_PERCENT:
            share, wrong = min(shares), True
    question = "are reading and full scale in the same unit, and did the device measure the gas?"
    return [f"{gas} gas reads {float(share):.3g} % of full scale; {question}"] if wrong else []


def no_such_span(
    references: Iterable[Decimal], span: Decimal | None, least_percent: Decimal = LEAST_SPAN_PERCENT
) -> list[str]:
    """An obstacle where the largest gas (or reading) is below so many percent of the span or full scale."""
    largest = max(references, default=None)
    if span is None or largest is None or largest * 100 >= least_percent * span:
        return []
    return [f"the largest gas is {float(100 * largest / span):.3g} % of the span; are gas and span in the same unit?"]


def does_not_follow(rows: Sequence[Row], given: str, reading: str) -> list[str]:
    """An obstacle where the readings are all alike although the gases differ."""
    gases, readings = {row.number(given) for row in rows}, {row.number(reading) for row in rows}
    if len(gases) < 2 or len(readings) > 1:
        return []
    return [f"the device reads {readings.pop().normalize():g} whatever the gas; did it measure?"]


def all_alike(rows: Sequence[Row], column: str) -> list[str]:
    """A note where all readings of one gas are alike, which may be the resolution of the device."""
    if len(rows) < 2 or len({row.number(column) for row in rows}) > 1:
        return []
    return [f"all {len(rows)} readings are alike; is the resolution coarse, or did the device not measure?"]


def no_such_efficiency(percents: Iterable[float]) -> list[str]:
    """An obstacle where a converter seems to make more than it was given."""
    largest = max(percents)
    if largest <= MOST_EFFICIENCY_PERCENT:
        return []
    return [f"an efficiency of {largest:.4g} % cannot be; are all values in the same unit?"]


def no_such_titration(rows: Sequence[Row]) -> list[str]:
    """An obstacle where NO reads more than all NOx of the same gas, or far below zero."""
    for row in rows:
        for which in ("without", "with"):
            no, nox = row.number(f"no_{which}"), row.number(f"nox_{which}")
            allowance = abs(row.number("nox_without")) * ALIKE_PERCENT / 100
            if not -allowance <= no <= nox + allowance:
                return [f"line {row.line}: NO reads {no:f} of {nox:f} NOx, which cannot be"]
    return []


def check_one_gas(rows: Iterable[Row], level: str) -> None:
    """Refuse references of one level that are those of two gases; `level` is the column that names the level."""
    first: dict[str, Row] = {}
    for row in rows:
        before = first.setdefault(row.text(level).casefold(), row)
        here, there = row.number("reference"), before.number("reference")
        if abs(here - there) * 100 > ALIKE_PERCENT * max(abs(here), abs(there)):
            row.refuse(
                "reference",
                f"{here:f} is another gas than {there:f} in line {before.line}; give each gas a {level} of its own",
            )


def copied(rows: Sequence[Row]) -> list[str]:
    """A note where two rows hold the same: they may be right, or one is a copy of the other and counts twice."""
    lines: dict[tuple[str, ...], int] = {}
    for row in rows:
        cells = tuple(_plain(row.values[name]) for name in sorted(row.values))
        if cells in lines:
            return [f"lines {lines[cells]} and {row.line} hold the same; a row that was copied counts twice"]
        lines[cells] = row.line
    return []


def _plain(value: object) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value).casefold()
