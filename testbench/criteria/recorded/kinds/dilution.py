"""Verification of a gas dilution system (Method 205): injections of dilutions and of an undiluted protocol gas."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.requirement import Metric
from testbench.criteria.result import Result
from testbench.metrology.method_205 import INJECTIONS, LEAST_LEVELS, dilution_level, is_near_a_level
from testbench.text import Text

REPEATABILITY, ACCURACY, PROTOCOL = "dilution_repeatability", "dilution_accuracy", "protocol_gas_accuracy"


def score(scoring: Scoring) -> Iterator[Result]:
    """Repeatability and accuracy of every dilution, and the accuracy for the protocol gas."""
    by_gas: dict[tuple[bool, str], list[Row]] = {}
    for row in scoring.rows:
        by_gas.setdefault((row.flag("diluted"), row.text("dilution")), []).append(row)
    dilutions = [float(rows[0].number("predicted")) for (diluted, _), rows in by_gas.items() if diluted]
    few_levels = (
        [] if len(dilutions) >= LEAST_LEVELS else [f"{len(dilutions)} dilutions, at least {LEAST_LEVELS} are needed"]
    )
    for (diluted, name), rows in by_gas.items():
        predicted = rows[0].number("predicted")
        if other := next((row for row in rows if row.number("predicted") != predicted), None):
            other.refuse("predicted", f"{name} is predicted as {predicted:f} in line {rows[0].line}")
        try:
            found = dilution_level([float(row.number("injected")) for row in rows], float(predicted))
        except ValueError as error:
            rows[0].refuse("injected", f"{name}: {error}")
        few = [] if len(rows) >= INJECTIONS else [f"{len(rows)} injections, {INJECTIONS} are needed"]
        far = [] if diluted or is_near_a_level(float(predicted), dilutions) else ["no dilution lies within 10 % of this gas"]
        details = {"predicted": predicted, "mean": found.mean, "injections": [row.number("injected") for row in rows]}
        stated = scoring.stated_uncertainty(rows)
        if diluted:
            yield scoring.result(
                REPEATABILITY,
                found.largest_departure_percent,
                metric=Metric.PERCENT_OF_MEAN_INDICATION,
                expanded_uncertainty=stated,
                details=details,
                obstacles=[*few, *few_levels],
                level=name,
            )
        yield scoring.result(
            ACCURACY if diluted else PROTOCOL,
            found.accuracy_percent,
            metric=Metric.PERCENT_OF_NOMINAL,
            expanded_uncertainty=stated,
            details=details,
            obstacles=[*few, *(few_levels if diluted else far)],
            level=name,
        )


KIND = RecordedKind(
    name="dilution",
    title=Text(zh="稀释系统验证（方法 205）", en="Verification of a dilution (Method 205)"),
    columns=(
        *FIRST,
        Column("dilution", cells.text(), Text(zh="稀释点或标准气的名称", en="name of the dilution or of the protocol gas")),
        Column("diluted", cells.flag("diluted", "protocol gas"), Text(zh="是否稀释", en="whether it is diluted")),
        Column("predicted", cells.number(positive=True), Text(zh="预期或证书值", en="predicted or certified content")),
        Column("injected", cells.number(), Text(zh="示值", en="indication")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=(REPEATABILITY, ACCURACY, PROTOCOL),
    score=score,
)
