"""Cylinder gas audit: responses to audit gases, each point against its certified value."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, level_errors
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, SPAN, Column, RecordedKind
from testbench.criteria.recorded.rows import Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.part60_audits import cylinder_gas_accuracy
from testbench.text import Text

CHARACTERISTIC = "cga_accuracy"
INJECTIONS = 3


def score(scoring: Scoring) -> Iterator[Result]:
    """One result an audit point."""
    by_point: dict[str, list[Row]] = {}
    for row in scoring.rows:
        by_point.setdefault(row.one_of("point"), []).append(row)
    for point, rows in by_point.items():
        certified = rows[0].number("certified")
        if other := next((row for row in rows if row.number("certified") != certified), None):
            other.refuse("certified", f"the {point} audit gas is {certified:f} in line {rows[0].line}")
        found = cylinder_gas_accuracy([row.number("response") for row in rows], certified)
        known = {"difference": abs(found.difference), "reference_mean": certified}
        yield scoring.result(
            CHARACTERISTIC,
            found.percent,
            metric=Metric.PERCENT_OF_NOMINAL,
            expanded_uncertainty=scoring.stated_uncertainty(rows),
            variables=known if scoring.test.span is None else known | {"span": scoring.test.span},
            signed=True,
            details={"certified": certified, "mean_response": found.mean_measured, "difference": found.difference},
            obstacles=[f"{len(rows)} injections, {INJECTIONS} are needed"] if len(rows) < INJECTIONS else [],
            notes=list(level_errors.outside_level(scoring, CHARACTERISTIC, point, certified)),
            level=point,
            absolute="difference",
        )


KIND = RecordedKind(
    name="cylinder gas audit",
    title=Text(zh="标气核查（CGA）", en="Cylinder gas audit"),
    columns=(
        *FIRST,
        SPAN,
        Column("point", cells.one_of("low", "mid"), Text(zh="核查点", en="audit point")),
        Column("injection", cells.whole_number(), Text(zh="第几次进样", en="number of the injection")),
        Column("certified", cells.number(positive=True), Text(zh="标气证书值", en="certified value of the gas")),
        Column("response", cells.number(), Text(zh="CEMS 示值", en="response of the system")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
    once=("point", "injection"),
)
