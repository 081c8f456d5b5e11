"""Flow-to-load ratio: hours of flow and load against the last flow audit; the unit of the data is that of the load."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import PARAMETER, TEST, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.flow_to_load import LoadHour, flow_to_load, reference_ratio
from testbench.text import Text

IN_SCFH = "flows are in scfh; the ratio is 1e-5 of flow over load"
ADJUSTED, UNADJUSTED = "flow_to_load", "flow_to_load_unadjusted"


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a test: of bias-adjusted or of unadjusted flows, as the rows say."""
    first = scoring.rows[0]
    characteristic = ADJUSTED if first.flag("adjusted") else UNADJUSTED
    load = first.number("reference_load")
    hours = [LoadHour(row.number("flow"), row.number("load")) for row in scoring.rows]
    reference = reference_ratio(first.number("reference_flow"), load)
    try:
        found = flow_to_load(hours, reference=reference, reference_load=load)
    except ValueError as error:
        yield scoring.result(characteristic, None, unit="%", obstacles=[str(error)], notes=[IN_SCFH])
        return
    rule = scoring.run_rule(characteristic)
    few = rule is not None and found.hours < rule.least_used
    yield scoring.result(
        characteristic,
        found.mean_difference_percent,
        unit="%",
        variables={"load": load},
        details={"reference_ratio": reference, "hours": found.hours, "hours_excluded": found.excluded},
        obstacles=[f"{found.hours} hours used, at least {rule.least_used} are needed"] if rule and few else [],
    )


KIND = RecordedKind(
    name="flow-to-load ratio",
    title=Text(zh="流量负荷比", en="Flow-to-load ratio"),
    columns=(
        TEST,
        PARAMETER,
        Column("unit", cells.name(), Text(zh="负荷的单位，如 MW", en="unit of the load, such as MW"), same=True),
        Column("hour", cells.text(), Text(zh="小时", en="hour")),
        Column("flow", cells.number(), Text(zh="烟气流量，scfh", en="flow, scfh")),
        Column("load", cells.number(), Text(zh="机组负荷", en="load of the unit")),
        Column(
            "adjusted",
            cells.flag("bias-adjusted", "not"),
            Text(zh="流量是否经偏差修正", en="whether the flows are bias-adjusted"),
            same=True,
        ),
        Column(
            "reference_flow",
            cells.number(positive=True),
            Text(zh="上次审核时参比方法的平均流量，scfh", en="mean flow of the reference method at the last audit, scfh"),
            same=True,
        ),
        Column(
            "reference_load",
            cells.number(positive=True),
            Text(zh="上次审核时的平均负荷", en="mean load at the last audit"),
            same=True,
        ),
    ),
    characteristics=(ADJUSTED, UNADJUSTED),
    score=score,
    differ=True,
)
