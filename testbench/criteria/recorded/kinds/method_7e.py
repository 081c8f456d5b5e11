"""Checks of an instrumental reference method (Method 7E): direct calibration, bias before and after a run, and the run."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import FIRST, SPAN, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.method_7e import (
    SystemChecks,
    calibration_error,
    corrected_concentration,
    system_bias,
    system_drift,
)
from testbench.text import Text

DIRECT, BIAS, DRIFT = "calibration_error_direct", "system_bias", "system_drift"
BEFORE, AFTER = "before", "after"


def check(test: RecordedTest) -> None:
    """One response for each check and gas; a bias check needs the direct response to its gas; a run has no gas."""
    lines: dict[tuple[str, str | None], int] = {}
    for row in test.rows:
        if (row.one_of("check") == "run") is row.has("calibration_gas"):
            row.refuse("calibration_gas", "a run has none, and every other check has one")
        place = row.one_of("check"), row.text_or_empty("calibration_gas")
        if place in lines:
            row.refuse("check", f"{' '.join(filter(None, place))} stands already in line {lines[place]}")
        lines[place] = row.line
    for row in test.rows:
        gas = row.text_or_empty("calibration_gas")
        if row.one_of("check") in (BEFORE, AFTER) and ("direct", gas) not in lines:
            row.refuse("calibration_gas", f"the direct response to the {gas} gas is missing; a bias is taken against it")


def score(scoring: Scoring) -> Iterator[Result]:
    """Calibration error of every gas, bias before and after, drift of every gas with both."""
    found = {(row.one_of("check"), row.text_or_empty("calibration_gas")): row for row in scoring.rows}
    span = scoring.span(DIRECT)
    for (kind, gas), row in found.items():
        if kind == "direct":
            yield _result(scoring, DIRECT, calibration_error(_response(row), _certified(row), span), gas or "")
    for (kind, gas), row in found.items():
        if kind in (BEFORE, AFTER):
            bias = system_bias(_response(row), _response(found["direct", gas]), span)
            yield _result(scoring, BIAS, bias, f"{gas}, {kind}")
    run = found.get(("run", None))
    for (kind, gas), row in found.items():
        after = found.get((AFTER, gas))
        if kind != BEFORE or after is None:
            continue
        direct = _response(found["direct", gas])
        drift = system_drift(system_bias(_response(row), direct, span), system_bias(_response(after), direct, span))
        corrected = None if run is None or gas == "low" else _corrected(scoring, found, gas or "", run)
        yield _result(scoring, DRIFT, drift, gas or "", corrected)


def _corrected(scoring: Scoring, found: dict[tuple[str, str | None], Row], gas: str, run: Row) -> Decimal | None:
    """The mean of the run, corrected by the responses to low and upscale gas before and after; None without all four."""
    rows = [found.get((check, which)) for which in ("low", gas) for check in (BEFORE, AFTER)]
    known = [_response(row) for row in rows if row is not None]
    if len(known) < len(rows):
        return None
    checks = SystemChecks((known[0] + known[1]) / 2, (known[2] + known[3]) / 2, _certified(found["direct", gas]))
    try:
        return corrected_concentration(_response(run), checks)
    except ValueError as error:
        scoring.refuse("response", str(error), run.line)


def _response(row: Row) -> Decimal:
    return row.number("response")


def _certified(row: Row) -> Decimal:
    return row.number("certified")


def _result(scoring: Scoring, name: str, percent: Decimal, level: str, corrected: Decimal | None = None) -> Result:
    span = scoring.span(name)
    difference = abs(percent) * span / 100
    gases = [row for row in scoring.rows if row.has("certified") and row.text_or_empty("calibration_gas") != "low"]
    upscale = [row.number("certified") for row in gases]
    return scoring.result(
        name,
        percent,
        metric=Metric.PERCENT_OF_SPAN,
        variables={"difference": difference, "span": span},
        signed=True,
        details={"difference": difference, "span": span}
        | ({} if corrected is None else {"corrected_concentration": corrected}),
        obstacles=plausible.no_such_span(upscale, span),
        level=level,
        absolute="difference",
    )


KIND = RecordedKind(
    name="reference method checks",
    title=Text(zh="仪器参比方法的检查（方法 7E）", en="Checks of an instrumental reference method (Method 7E)"),
    columns=(
        *FIRST,
        SPAN,
        Column(
            "check",
            cells.one_of("direct", BEFORE, AFTER, "run"),
            Text(zh="直接校准、测试前后的系统检查、测试", en="direct calibration, system check before or after, run"),
        ),
        Column(
            "calibration_gas",
            cells.Cell(cells.one_of("low", "mid", "high").read, cells.one_of("low", "mid", "high").says, may_be_empty=True),
            Text(zh="校准气；测试行为空", en="calibration gas; empty for a run"),
        ),
        Column("certified", cells.number_or_empty(), Text(zh="校准气证书值", en="certified value of the gas")),
        Column("response", cells.number(), Text(zh="示值", en="indication")),
    ),
    characteristics=(DIRECT, BIAS, DRIFT),
    score=score,
    check=check,
)
