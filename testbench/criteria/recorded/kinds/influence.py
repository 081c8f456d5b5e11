"""Influence of a condition: readings of a gas at the nominal value of the condition and at changed ones, in time order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, FULL_SCALE, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.influence import InfluencePoint, influence
from testbench.metrology.quantity import Quantity
from testbench.text import Text

CONDITIONS = ("temperature", "pressure", "sample_flow", "voltage", "frequency")


def _groups(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """Rows by condition and gas."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.one_of("influence"), row.one_of("gas")), []).append(row)
    return groups


def check(test: RecordedTest) -> None:
    """Each condition and gas has a reading at the nominal value and one at another value."""
    for (condition, gas), rows in _groups(test.rows).items():
        for role in ("nominal", "changed"):
            if not any(row.one_of("role") == role for row in rows):
                rows[0].refuse("role", f"{condition} with {gas} gas has no {role} reading")
        nominal = {row.number("condition_value") for row in rows if row.one_of("role") == "nominal"}
        for row in rows:
            if row.one_of("role") == "changed" and row.number("condition_value") in nominal:
                row.refuse(
                    "condition_value", f"{row.number('condition_value'):f} is the nominal {condition}, not a changed one"
                )


def score(scoring: Scoring) -> Iterator[Result]:
    """The largest change of each condition and gas, with its sign."""
    for (condition, gas), rows in _groups(scoring.rows).items():
        result = influence([_point(row) for row in rows], full_scale=float(scoring.test.full_scale))
        changes = [{"at": change.condition, "percent_fs": change.percent_fs} for change in result.changes]
        one_sided = [change.condition for change in result.changes if not change.bracketed]
        stated = scoring.stated_uncertainty(rows)
        yield scoring.result(
            f"{condition}_influence_{gas}",
            result.largest.percent_fs,
            unit="%F.S.",
            expanded_uncertainty=stated,
            expressed=scoring.in_data_unit(result.largest.percent_fs, stated),
            signed=True,
            details={"changes": changes},
            obstacles=plausible.no_such_gas(rows, "reading", gas, scoring.test.full_scale),
            notes=[f"no nominal reading before or after {', '.join(f'{at:g}' for at in one_sided)}"] if one_sided else [],
            level=f"{result.largest.condition:g}",
        )


def _point(row: Row) -> InfluencePoint:
    reading = Quantity(float(row.number("reading")), "unit")
    reference = row.number_or_empty("reference")
    gas = Quantity(0.0 if reference is None else float(reference), "unit")
    return InfluencePoint(float(row.number("condition_value")), row.one_of("role") == "nominal", gas, reading)


KIND = RecordedKind(
    name="influence",
    title=Text(zh="环境和供给条件的影响", en="Influence of ambient and supply conditions"),
    columns=(
        *FIRST,
        FULL_SCALE,
        Column("influence", cells.one_of(*CONDITIONS), Text(zh="条件", en="condition")),
        Column("gas", cells.one_of("zero", "span"), Text(zh="气体", en="gas")),
        Column("condition_value", cells.number(), Text(zh="条件的数值", en="value of the condition")),
        Column("role", cells.one_of("nominal", "changed"), Text(zh="标称值或改变后的值", en="which of both it is")),
        Column("reading", cells.number(), Text(zh="示值", en="indication")),
        Column("reference", cells.number_or_empty(), Text(zh="标准值", en="reference value"), optional=True),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=tuple(f"{condition}_influence_{gas}" for condition in CONDITIONS for gas in ("zero", "span")),
    score=score,
    check=check,
)
