"""Errors of single levels: how linearity and calibration error data express the difference from the reference."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.metrology.accuracy import LevelError
from testbench.metrology.rounding import round_decimal


def expressed(scoring: Scoring, characteristic: str, usual: Metric, error: LevelError, line: int) -> tuple[Decimal, Metric]:
    """The error as the requirement expresses it, not rounded, and that metric; signed ones are measured − reference."""
    metric, signed = scoring.expression(characteristic, variables(scoring, error), usual)
    match metric:
        case Metric.PERCENT_OF_SPAN | Metric.PERCENT_OF_FULL_SCALE:
            value = error.percent_of(scoring.span(characteristic))
        case Metric.PERCENT_OF_REFERENCE_MEAN | Metric.PERCENT_OF_NOMINAL | Metric.PERCENT:
            if error.mean_reference <= 0:
                scoring.refuse("reference", "the reference mean must be above zero to be divided by", line)
            value = error.percent_of(error.mean_reference)
        case Metric.ABSOLUTE:
            value = error.difference
        case _:
            scoring.refuse_metric(characteristic, metric)
    return (-value if signed else abs(value)), metric


def variables(scoring: Scoring, error: LevelError) -> dict[str, Decimal]:
    """What tiers and alternatives may ask for."""
    known = {"difference": abs(error.difference), "mean_reference": error.mean_reference}
    return known if scoring.test.span is None else known | {"span": scoring.test.span}


def details(scoring: Scoring, error: LevelError) -> dict[str, Any]:
    """Full precision; the sign of the difference is reference minus measured."""
    span, reference = scoring.test.span, error.mean_reference
    return {
        "span": span,
        "mean_reference": reference,
        "mean_measured": error.mean_measured,
        "difference": error.difference,
        "percent_of_reference": error.percent_of(reference) if reference else None,
        "percent_of_span": error.percent_of(span) if span else None,
    }


def outside_level(scoring: Scoring, characteristic: str, level: str, reference: Decimal) -> Iterator[str]:
    """A note where the reference lies outside the level's range in percent of span."""
    criterion = scoring.criterion(characteristic)
    ranges = [r for r in (criterion.levels if criterion else ()) if r.name == level]
    if not ranges or scoring.test.span is None:
        return
    percent = round_decimal(reference / scoring.test.span * 100, 1)
    if not any(r.lower <= percent <= r.upper for r in ranges):
        wanted = " or ".join(f"{r.lower:f}-{r.upper:f} %" for r in ranges)
        yield f"the {level} reference is {percent:f} % of span, outside {wanted}"
