"""Controlled releases: rates that were released, and what a remote instrument found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.controlled_release import Release, false_positives, release_errors, release_line
from testbench.metrology.detection import detection_curve, detection_limit
from testbench.text import Text

CHARACTERISTICS = (
    "release_bias",
    "release_precision",
    "release_inside_uncertainty",
    "release_slope",
    "release_intercept",
    "detection_limit_90",
    "false_positive_rate",
)


def score(scoring: Scoring) -> Iterator[Result]:
    """Every measure of the test; one that cannot be determined says why."""
    try:
        releases = [_release(row) for row in scoring.rows]
    except ValueError as error:
        scoring.refuse("release_rate", f"test {scoring.test.name}: {error}")
    unit = scoring.test.unit
    for compute in (_errors, _line, _limit, _false_positives):
        yield from compute(scoring, releases, unit)


def _release(row: Row) -> Release:
    measured, expanded, wind = (row.number_or_empty(name) for name in ("measured", "measured_uncertainty", "wind"))
    return Release(
        rate=float(row.number("release_rate")),
        rate_expanded=float(row.number("rate_uncertainty")),
        measured=None if measured is None else float(measured),
        detected=row.flag("detected"),
        measured_expanded=None if expanded is None else float(expanded),
        wind=None if wind is None else float(wind),
    )


def _or_why(
    scoring: Scoring, names: tuple[tuple[str, str], ...], compute: Callable[[], Iterator[Result]]
) -> Iterator[Result]:
    try:
        found = tuple(compute())
    except ValueError as error:
        found = tuple(scoring.result(name, None, unit=unit, obstacles=(str(error),)) for name, unit in names)
    return iter(found)


def _errors(scoring: Scoring, releases: list[Release], unit: str) -> Iterator[Result]:
    def results() -> Iterator[Result]:
        found = release_errors(releases)
        yield scoring.result(
            "release_bias", found.bias_percent, unit="%", expanded_uncertainty=found.bias_expanded.uncertainty
        )
        yield scoring.result("release_precision", found.precision_percent, unit="%", interval=found.precision_interval)
        if found.inside is not None:
            low, high = found.inside.exact
            details = {"inside": found.inside.k, "of": found.inside.n}
            yield scoring.result(
                "release_inside_uncertainty",
                100.0 * found.inside.fraction,
                unit="%",
                interval=(100.0 * low, 100.0 * high),
                details=details,
            )

    return _or_why(scoring, (("release_bias", "%"), ("release_precision", "%")), results)


def _line(scoring: Scoring, releases: list[Release], unit: str) -> Iterator[Result]:
    def results() -> Iterator[Result]:
        line = release_line(releases)
        details = {"weighted": line.weighted, "chi_squared": line.chi_squared}
        yield scoring.result("release_slope", line.slope, unit="1", expanded_uncertainty=2 * line.slope_u, details=details)
        yield scoring.result("release_intercept", line.intercept, unit=unit, expanded_uncertainty=2 * line.intercept_u)

    return _or_why(scoring, (("release_slope", "1"), ("release_intercept", unit)), results)


def _limit(scoring: Scoring, releases: list[Release], unit: str) -> Iterator[Result]:
    def results() -> Iterator[Result]:
        own = [release for release in releases if not release.blank]
        curve = detection_curve([r.rate for r in own], [r.detected for r in own])
        limit = detection_limit(curve)
        penalised = "detected and missed releases do not overlap: the curve is penalised"
        yield scoring.result(
            "detection_limit_90",
            limit.value,
            unit=unit,
            interval=limit.interval,
            details={"intercept": curve.intercept, "slope": curve.slope, "penalised": curve.penalised},
            notes=(penalised,) if curve.penalised else (),
        )

    return _or_why(scoring, (("detection_limit_90", unit),), results)


def _false_positives(scoring: Scoring, releases: list[Release], unit: str) -> Iterator[Result]:
    def results() -> Iterator[Result]:
        found = false_positives(releases)
        low, high = found.exact
        details = {"false": found.k, "blanks": found.n}
        yield scoring.result(
            "false_positive_rate", 100.0 * found.fraction, unit="%", interval=(100.0 * low, 100.0 * high), details=details
        )

    return _or_why(scoring, (("false_positive_rate", "%"),), results)


KIND = RecordedKind(
    name="controlled release",
    title=Text(zh="受控释放试验", en="Controlled releases and what was found"),
    columns=(
        *FIRST,
        Column("release_rate", cells.number(least=0), Text(zh="释放速率，0 为空白", en="rate released, 0 is a blank")),
        Column("rate_uncertainty", cells.number(least=0), Text(zh="释放速率的扩展不确定度", en="its expanded uncertainty")),
        Column("detected", cells.flag("yes", "no"), Text(zh="是否检出", en="whether it was detected")),
        Column("measured", cells.number_or_empty(), Text(zh="测得速率，可空", en="rate found; may be empty")),
        Column(
            "measured_uncertainty",
            cells.not_negative_or_empty(),
            Text(zh="测得速率的扩展不确定度", en="its expanded uncertainty"),
            optional=True,
        ),
        Column("wind", cells.number_or_empty(positive=True), Text(zh="风速，m/s", en="wind, m/s"), optional=True),
    ),
    characteristics=CHARACTERISTICS,
    score=score,
)
