"""Points of a flow bench: reference and indication at each velocity, with swirl, yaw and skew where there is any."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.flow_bench import UNDISTORTED, BenchPoint, Distortion, bench_k, hysteresis, r_squared
from testbench.metrology.quantity import Quantity
from testbench.metrology.velocity_accuracy import VelocityPoint, velocity_accuracy, velocity_repeatability
from testbench.text import Text


def score(scoring: Scoring) -> Iterator[Result]:
    """K-factor, linearity, repeatability, hysteresis, R², and the changes with swirl, yaw and skew."""
    points = [_point(row, scoring.test.unit) for row in scoring.rows]
    plain = [VelocityPoint(p.nominal, p.reference, p.indication) for p in points if p.distortion == UNDISTORTED]
    yield from _or_why(scoring, "velocity_k_factor", "1", lambda: _k_factor(scoring, points))
    yield from _or_why(scoring, "velocity_linearity", "%", lambda: _linearity(scoring, plain))
    yield from _or_why(scoring, "velocity_repeatability", "%", lambda: _repeatability(scoring, plain))
    yield from _or_why(scoring, "velocity_hysteresis", "%", lambda: _hysteresis(scoring, points))
    yield from _or_why(
        scoring, "velocity_r_squared", "1", lambda: scoring.result("velocity_r_squared", r_squared(points), unit="1")
    )
    for quantity in ("swirl", "yaw", "skew"):
        if any(getattr(point.distortion, quantity) for point in points):
            yield from _or_why(scoring, f"{quantity}_influence", "%", partial(_influence, scoring, points, quantity))


def _point(row: Row, unit: str) -> BenchPoint:
    distortion = Distortion(*(float(row.number_or_empty(name) or 0) for name in ("swirl", "yaw", "skew")))
    reference, indication = (Quantity(float(row.number(name)), unit) for name in ("bench_reference", "indication"))
    rising = row.text("direction").casefold() == "up"
    return BenchPoint(float(row.number("set_velocity")), rising, distortion, reference, indication)


def _or_why(scoring: Scoring, name: str, unit: str, compute: Callable[[], Result]) -> Iterator[Result]:
    try:
        yield compute()
    except ValueError as error:
        yield scoring.result(name, None, unit=unit, obstacles=(str(error),))


def _k_factor(scoring: Scoring, points: list[BenchPoint]) -> Result:
    found = bench_k(points)
    details = {"half_range": found.half_range, "undistorted_expanded_uncertainty": found.undistorted.uncertainty}
    return scoring.result(
        "velocity_k_factor", found.k_factor, unit="1", expanded_uncertainty=found.expanded.uncertainty, details=details
    )


def _linearity(scoring: Scoring, plain: list[VelocityPoint]) -> Result:
    found = velocity_accuracy(plain).linearity_percent
    return scoring.result("velocity_linearity", found.value, unit="%", expanded_uncertainty=found.expanded.uncertainty)


def _repeatability(scoring: Scoring, plain: list[VelocityPoint]) -> Result:
    found = velocity_repeatability(plain)
    level = f"{found.level.nominal:g}"
    return scoring.result(
        "velocity_repeatability", found.value_percent, unit="%", interval=found.interval_percent, level=level
    )


def _hysteresis(scoring: Scoring, points: list[BenchPoint]) -> Result:
    found = hysteresis(points)
    return scoring.result(
        "velocity_hysteresis",
        found.percent,
        unit="%",
        expanded_uncertainty=found.expanded.uncertainty,
        level=f"{found.nominal:g}",
    )


def _influence(scoring: Scoring, points: list[BenchPoint], quantity: str) -> Result:
    found = bench_k(points).largest(quantity)
    if found is None:
        raise ValueError(f"no readings with {quantity} alone")
    return scoring.result(
        f"{quantity}_influence",
        found.change_percent,
        unit="%",
        expanded_uncertainty=found.expanded.uncertainty,
        level=f"{getattr(found.distortion, quantity):g}",
    )


KIND = RecordedKind(
    name="flow bench",
    title=Text(zh="流量台架试验各点", en="Points of a flow bench"),
    columns=(
        *FIRST,
        Column("set_velocity", cells.number(positive=True), Text(zh="设定流速", en="velocity that was set")),
        Column("direction", cells.one_of("up", "down"), Text(zh="升速或降速到达", en="reached from below or above")),
        Column("bench_reference", cells.number(positive=True), Text(zh="参比流速", en="reference velocity")),
        Column("indication", cells.number(positive=True), Text(zh="被测仪器流速", en="velocity of the device")),
        Column("swirl", cells.number_or_empty(), Text(zh="旋流角，°", en="swirl, °"), optional=True),
        Column("yaw", cells.number_or_empty(), Text(zh="探头转角，°", en="rotation of the probe, °"), optional=True),
        Column("skew", cells.number_or_empty(), Text(zh="剖面偏斜，%", en="skew of the profile, %"), optional=True),
    ),
    characteristics=(
        "velocity_k_factor",
        "velocity_linearity",
        "velocity_repeatability",
        "velocity_hysteresis",
        "velocity_r_squared",
        "swirl_influence",
        "yaw_influence",
        "skew_influence",
    ),
    score=score,
)
