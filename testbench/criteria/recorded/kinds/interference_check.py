"""Interference check of Method 7E: the responses to interferent gases, summed by magnitude, in percent of span."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, SPAN, Column, RecordedKind
from testbench.criteria.recorded.scoring import Expressed, Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.method_7e import interference
from testbench.text import Text

CHARACTERISTIC = "interference"


def score(scoring: Scoring) -> Iterator[Result]:
    """The sum of the magnitudes; with a content of the measurand in percent of that too."""
    span = scoring.span(CHARACTERISTIC)
    responses: dict[str, Decimal] = {}
    for row in scoring.rows:
        gas = row.text("interference_gas")
        if gas in responses:
            row.refuse("interference_gas", f"{gas} stands twice; name each gas with its content")
        responses[gas] = row.number("change")
    percent = interference(responses, span)
    stated = scoring.stated_uncertainty(scoring.rows)
    difference = percent * span / 100
    content = scoring.rows[0].number_or_empty("measurand_content")
    expressed = {} if content is None else {Metric.PERCENT_OF_NOMINAL: Expressed(difference / content * 100)}
    yield scoring.result(
        CHARACTERISTIC,
        percent,
        metric=Metric.PERCENT_OF_SPAN,
        expanded_uncertainty=stated,
        expressed=expressed,
        variables={"difference": difference, "span": span},
        details={"responses": responses, "span": span},
        absolute="difference",
    )


KIND = RecordedKind(
    name="interference check",
    title=Text(zh="干扰检查（方法 7E、PS-18）", en="Interference check (Method 7E, PS-18)"),
    columns=(
        *FIRST,
        SPAN,
        Column("interference_gas", cells.text(), Text(zh="干扰气及其含量", en="interferent with its content")),
        Column("change", cells.number(), Text(zh="示值的变化", en="change of the indication")),
        Column(
            "measurand_content",
            cells.number_or_empty(positive=True),
            Text(zh="气体中被测组分的含量", en="content of the measurand in the gas"),
            optional=True,
            same=True,
        ),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=(CHARACTERISTIC,),
    score=score,
)
