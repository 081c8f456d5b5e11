"""QAL3: zero and span readings over months, on CUSUM, EWMA and Shewhart charts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.control_charts import ACTION_LIMIT, SHIFT_LIMIT, SPREAD_LIMIT, Charted, ChartState
from testbench.text import Text

GASES = ("zero", "span")


def _is_reading(row: Row) -> bool:
    return not row.has("deed") or row.one_of("deed") == "reading"


def check(test: RecordedTest) -> None:
    """Readings have reading and reference; the rows of one gas ascend in their dates."""
    last: dict[str, Row] = {}
    for row in test.rows:
        if _is_reading(row):
            for column in ("reading", "reference"):
                row.number(column)
        before = last.get(row.one_of("gas"))
        if before is not None and before.date() > row.date():
            row.refuse("date", f"comes after {before.date()}; put the rows of a gas in the order of their dates")
        last[row.one_of("gas")] = row


def score(scoring: Scoring) -> Iterator[Result]:
    """The largest of each chart in percent of its action limit, with its date, for each gas."""
    for gas in GASES:
        rows = [row for row in scoring.rows if row.one_of("gas") == gas]
        s_ams = max((float(row.number("s_ams")) for row in rows), default=0.0)
        points = _points(rows)
        if points:
            yield from _results(scoring, gas, points, s_ams)


def _points(rows: Sequence[Row]) -> list[tuple[Row, Charted]]:
    state = ChartState()
    points = []
    for row in rows:
        if _is_reading(row):
            deviation = float(row.number("reading") - row.number("reference"))
            charted = state.step(deviation, float(row.number("s_ams")))
            state = ChartState(charted.cusum, charted.ewma)
            points.append((row, charted))
        else:
            state = ChartState() if row.one_of("deed") == "repaired" else state.after_adjustment()
    return points


def _results(scoring: Scoring, gas: str, points: Sequence[tuple[Row, Charted]], s_ams: float) -> Iterator[Result]:
    charts: tuple[tuple[str, Callable[[Charted], float]], ...] = (
        ("drift", lambda c: 100 * max(c.cusum.up, c.cusum.down) / (SHIFT_LIMIT * s_ams)),
        ("precision", lambda c: 100 * c.cusum.spread / (SPREAD_LIMIT * s_ams**2)),
        ("ewma", lambda c: 100 * abs(c.ewma.average) / c.ewma.limit(s_ams)),
        ("shewhart", lambda c: 100 * abs(c.deviation) / (ACTION_LIMIT * s_ams)),
    )
    for name, share in charts:
        row, charted = max(points, key=lambda point: share(point[1]))
        advice = charted.cusum_advice
        yield scoring.result(
            f"qal3_{name}_{gas}",
            share(charted),
            unit="%",
            metric=Metric.PERCENT_OF_PERMITTED,
            details={
                "readings": len(points),
                "s_ams": s_ams,
                "action": advice.action.value,
                "adjust_by": advice.adjust_by,
                "last": points[-1][1].cusum_advice.action.value,
            },
            level=gas,
            date=row.date(),
        )


KIND = RecordedKind(
    name="QAL3",
    title=Text(zh="QAL3（零点和量程点控制图）", en="QAL3, control charts of zero and span readings"),
    columns=(
        *FIRST,
        Column("s_ams", cells.number(positive=True), Text(zh="s_AMS，每种气体一个值", en="s_AMS, one value a gas")),
        Column("gas", cells.one_of(*GASES), Text(zh="气体", en="gas")),
        Column("date", cells.date(), Text(zh="日期", en="date")),
        Column("reading", cells.number_or_empty(), Text(zh="示值", en="indication")),
        Column("reference", cells.number_or_empty(), Text(zh="标准值", en="reference value")),
        Column(
            "deed",
            cells.one_of("reading", "adjusted", "repaired"),
            Text(zh="读数、已调整或已维修，缺省为读数", en="reading, or that it was adjusted or repaired (reading)"),
            optional=True,
        ),
    ),
    characteristics=tuple(f"qal3_{chart}_{gas}" for chart in ("drift", "precision", "ewma", "shewhart") for gas in GASES),
    score=score,
    check=check,
)
