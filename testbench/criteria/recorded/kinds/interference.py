"""Interference: readings of a gas without and with another component, and the sums of the effects of either sign."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, FULL_SCALE, Column, RecordedKind
from testbench.criteria.recorded.rows import Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.interference import InterferencePoint, interference
from testbench.metrology.quantity import Quantity
from testbench.text import Text


def score(scoring: Scoring) -> Iterator[Result]:
    """The sum of the positive and that of the negative effects, for each gas."""
    by_gas: dict[str, list[Row]] = {}
    for row in scoring.rows:
        by_gas.setdefault(row.one_of("gas"), []).append(row)
    for gas, rows in by_gas.items():
        result = interference([_point(row) for row in rows], full_scale=float(scoring.test.full_scale))
        stated = scoring.stated_uncertainty(rows)
        repeats = min(
            sum(row.text("interferent") == name for row in rows) for name in {row.text("interferent") for row in rows}
        )
        unlikely = plausible.no_such_gas(rows, "before", gas, scoring.test.full_scale)
        effects = {effect.interferent: effect.percent_fs for effect in result.effects}
        for sign, total in (("positive", result.positive), ("negative", result.negative)):
            name = f"interference_{sign}_{gas}"
            yield scoring.result(
                name,
                total.percent_fs,
                unit="%F.S.",
                expanded_uncertainty=stated,
                expressed=scoring.in_data_unit(total.percent_fs, stated),
                signed=True,
                details={"effects": effects, "interferents": list(total.interferents)},
                obstacles=[*scoring.too_few(name, repeats), *unlikely],
            )


def _point(row: Row) -> InterferencePoint:
    gas = Quantity(0.0, "unit")  # the same content of the measurand with and without: it cancels
    without, present = (Quantity(float(row.number(column)), "unit") for column in ("before", "after"))
    return InterferencePoint(row.text("interferent"), gas, without, gas, present)


KIND = RecordedKind(
    name="interference",
    title=Text(zh="干扰成分的影响", en="Interference by other components of the gas"),
    columns=(
        *FIRST,
        FULL_SCALE,
        Column("gas", cells.one_of("zero", "span"), Text(zh="气体", en="gas")),
        Column("interferent", cells.text(), Text(zh="干扰成分", en="interfering component")),
        Column("repeat", cells.whole_number(), Text(zh="第几次", en="number of the repeat")),
        Column("before", cells.number(), Text(zh="不含干扰成分时的示值", en="indication without it")),
        Column("after", cells.number(), Text(zh="含干扰成分时的示值", en="indication with it")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=tuple(f"interference_{sign}_{gas}" for sign in ("positive", "negative") for gas in ("zero", "span")),
    score=score,
    once=("gas", "interferent", "repeat"),
)
