"""Cycle time: upscale and downscale steps with their stable readings; the longest time to 95 % counts."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, SPAN, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.cycle_time import CycleStep, cycle_time, step_faults
from testbench.metrology.response import Direction
from testbench.text import Text

CHARACTERISTIC = "cycle_time"
_DIRECTION = {"upscale": Direction.RISE, "downscale": Direction.FALL}


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a test; a step with a wrong gas or that went the wrong way hinders it."""
    times: dict[str, list[CycleStep]] = {"upscale": [], "downscale": []}
    faults: list[str] = []
    for row in scoring.rows:
        direction = row.one_of("direction")
        step = CycleStep(row.number("gas"), row.number("start"), row.number("end"), row.number("minutes"))
        times[direction].append(step)
        faults += step_faults(step, _DIRECTION[direction], scoring.test.span)
    minutes = {direction: [step.minutes for step in steps] for direction, steps in times.items()}
    try:
        longest = cycle_time(minutes["upscale"], minutes["downscale"])
    except ValueError as error:
        yield scoring.result(CHARACTERISTIC, None, unit="min", obstacles=[str(error)])
        return
    yield scoring.result(
        CHARACTERISTIC,
        longest,
        unit="min",
        expanded_uncertainty=scoring.stated_uncertainty(scoring.rows),
        details={"upscale": max(minutes["upscale"]), "downscale": max(minutes["downscale"])},
        obstacles=faults,
        level="upscale" if longest in minutes["upscale"] else "downscale",
        any_unit=True,
    )


KIND = RecordedKind(
    name="cycle time",
    title=Text(zh="循环时间（到阶跃的 95 %）", en="Cycle time, to 95 % of a step"),
    columns=(
        *FIRST,
        SPAN,
        Column("direction", cells.one_of("upscale", "downscale"), Text(zh="方向", en="direction of the step")),
        Column("gas", cells.number(), Text(zh="通入气体的含量", en="content of the gas that is let in")),
        Column("start", cells.number(), Text(zh="稳定起始示值", en="stable reading before")),
        Column("end", cells.number(), Text(zh="稳定终止示值", en="stable reading after")),
        Column("minutes", cells.number(positive=True), Text(zh="到 95 % 的时间，min", en="time to 95 %, min")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
)
