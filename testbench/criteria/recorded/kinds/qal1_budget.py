"""QAL1: uncertainty budget of a device from its influences (EN ISO 14956), and its range over the limit value."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.parallel_pairs import permitted_percent
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.qal1 import Contribution, combine, deviation_uncertainty, percent_of_permitted
from testbench.metrology.qal2 import PERMITTED_PERCENT
from testbench.text import Text


def check(test: RecordedTest) -> None:
    """Each influence has deviations or a standard uncertainty, and a permitted uncertainty is stated or known."""
    for row in test.rows:
        given = row.has("lower") or row.has("upper")
        if given == row.has("standard_uncertainty"):
            row.refuse("standard_uncertainty", "give either deviations (lower, upper) or a standard uncertainty")
    row = test.rows[0]
    if not row.has("permitted") and permitted_percent(test.parameter) is None:
        row.refuse("permitted", f"is needed for {test.parameter}; it is known for {', '.join(PERMITTED_PERCENT)}")


def score(scoring: Scoring) -> Iterator[Result]:
    """Expanded uncertainty in percent of the permitted one, and the certification range over the limit value."""
    row = scoring.rows[0]
    budget = combine([_contribution(each) for each in scoring.rows])
    stated = row.number_or_empty("permitted")
    permitted = permitted_percent(scoring.test.parameter) if stated is None else float(stated)
    assert permitted is not None  # the rows were checked
    limit = float(row.number("limit_value"))
    yield scoring.result(
        "qal1_uncertainty",
        percent_of_permitted(budget.expanded, limit_value=limit, permitted_percent=permitted),
        unit="%",
        metric=Metric.PERCENT_OF_PERMITTED,
        details={
            "combined": budget.combined,
            "expanded": budget.expanded,
            "percent_of_limit_value": budget.percent_of(limit),
            "budget": {each.name: each.standard_uncertainty for each in budget.contributions},
        },
    )
    if row.has("range_upper"):
        burning = row.has("waste_incineration") and row.flag("waste_incineration")
        yield scoring.result(
            "certified_range",
            row.number("range_upper") / row.number("limit_value"),
            unit="1",
            any_unit=True,
            variables={"waste_incineration": float(burning)},
        )


def _contribution(row: Row) -> Contribution:
    name = row.text("contribution")
    if row.has("standard_uncertainty"):
        return Contribution(name, float(row.number("standard_uncertainty")))
    lower, upper = (float(row.number_or_empty(column) or 0) for column in ("lower", "upper"))
    return Contribution(name, deviation_uncertainty(lower, upper))


KIND = RecordedKind(
    name="QAL1 budget",
    title=Text(zh="QAL1 不确定度（EN ISO 14956）", en="QAL1, uncertainty budget of EN ISO 14956"),
    columns=(
        *FIRST,
        Column("limit_value", cells.number(positive=True), Text(zh="排放限值", en="limit value"), same=True),
        Column(
            "permitted",
            cells.number(positive=True, most=100, may_be_empty=True),
            Text(zh="允许不确定度，限值的百分数；缺省按组分", en="permitted uncertainty in percent of it (by component)"),
            optional=True,
            same=True,
        ),
        Column("contribution", cells.text(), Text(zh="影响量", en="influence")),
        Column("lower", cells.number_or_empty(), Text(zh="最大负偏差", en="largest deviation to one side")),
        Column("upper", cells.number_or_empty(), Text(zh="最大正偏差", en="largest deviation to the other side")),
        Column(
            "standard_uncertainty",
            cells.not_negative_or_empty(),
            Text(zh="标准不确定度，代替偏差", en="in place of deviations"),
        ),
        Column(
            "range_upper",
            cells.number_or_empty(positive=True),
            Text(zh="认证量程上限", en="upper limit of the certification range"),
            optional=True,
            same=True,
        ),
        Column(
            "waste_incineration",
            cells.flag("waste incineration", "other"),
            Text(zh="垃圾焚烧", en="kind of plant"),
            optional=True,
            same=True,
        ),
    ),
    characteristics=("qal1_uncertainty", "certified_range"),
    score=score,
    check=check,
    differ=True,
)
