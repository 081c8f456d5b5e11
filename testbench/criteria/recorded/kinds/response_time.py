"""Response time from times that were measured elsewhere: mean of the runs, rise and fall, of the analyser or the system."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.mean import mean
from testbench.text import Text


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a direction; of a whole system the slower direction."""
    own: dict[str, list[Row]] = {}
    system: dict[str, list[Row]] = {}
    for row in scoring.rows:
        of_system = row.has("system") and row.flag("system")
        (system if of_system else own).setdefault(row.one_of("direction"), []).append(row)
    for direction, rows in own.items():
        yield _result(scoring, f"response_time_{direction}", None, rows)
    if system:
        slower = max(system, key=lambda direction: _mean(system[direction]))
        yield _result(scoring, "system_response_time", slower, system[slower])


def _mean(rows: Sequence[Row]) -> Decimal:
    return mean([row.number("seconds") for row in rows])


def _result(scoring: Scoring, characteristic: str, level: str | None, rows: Sequence[Row]) -> Result:
    rule = scoring.run_rule(characteristic)
    few = rule is not None and len(rows) < rule.least_used
    return scoring.result(
        characteristic,
        _mean(rows),
        unit="s",
        expanded_uncertainty=scoring.stated_uncertainty(rows),
        details={"runs": len(rows), "seconds": [float(row.number("seconds")) for row in rows]},
        obstacles=[f"{len(rows)} of {rule.least_used} runs"] if rule and few else [],
        level=level,
    )


KIND = RecordedKind(
    name="response time",
    title=Text(zh="响应时间（已测得的时间）", en="Response time, times that were measured"),
    columns=(
        *FIRST,
        Column("direction", cells.one_of("rise", "fall"), Text(zh="方向", en="direction of the step")),
        Column("run", cells.whole_number(), Text(zh="第几次", en="number of the run")),
        Column("seconds", cells.number(positive=True), Text(zh="时间，s", en="time in s")),
        Column(
            "system",
            cells.flag("whole system", "analyser"),
            Text(zh="是否为整个系统", en="of the system"),
            optional=True,
        ),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=("response_time_rise", "response_time_fall", "system_response_time"),
    score=score,
    once=("direction", "run", "system"),
)
