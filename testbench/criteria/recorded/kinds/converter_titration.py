"""NO2 converter by gas phase titration: NO and NOx without and with ozone."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells, plausible
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, FIRST, Column, RecordedKind
from testbench.criteria.recorded.rows import RecordedTest, Row
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.converter import Titration, titration_efficiency
from testbench.text import Text

COLUMNS = ("no_without", "nox_without", "no_with", "nox_with")


def _titration(row: Row) -> Titration:
    return Titration(*(row.number(column) for column in COLUMNS))


def check(test: RecordedTest) -> None:
    """Ozone has converted some NO in every titration."""
    for row in test.rows:
        try:
            _ = _titration(row).efficiency_percent
        except ValueError as error:
            row.refuse("no_with", str(error))


def score(scoring: Scoring) -> Iterator[Result]:
    """The mean efficiency of the titrations."""
    titrations = [_titration(row) for row in scoring.rows]
    single = [float(each.efficiency_percent) for each in titrations]
    yield scoring.result(
        "converter_efficiency",
        titration_efficiency(titrations),
        unit="%",
        expanded_uncertainty=scoring.stated_uncertainty(scoring.rows),
        obstacles=[
            *scoring.too_few("converter_efficiency", len(titrations)),
            *(plausible.no_such_titration(scoring.rows) or plausible.no_such_efficiency(single)),
        ],
        details={"titrations": len(titrations), "single": single},
    )


KIND = RecordedKind(
    name="converter titration",
    title=Text(zh="NO2 转换效率（气相滴定）", en="NO2 converter, by gas phase titration"),
    columns=(
        *FIRST,
        Column("repeat", cells.whole_number(), Text(zh="第几次", en="number of the titration")),
        Column("no_without", cells.number(), Text(zh="不加臭氧时的 NO", en="NO indicated without ozone")),
        Column("nox_without", cells.number(), Text(zh="不加臭氧时的 NOx", en="NOx indicated without ozone")),
        Column("no_with", cells.number(), Text(zh="加臭氧时的 NO", en="NO indicated with ozone")),
        Column("nox_with", cells.number(), Text(zh="加臭氧时的 NOx", en="NOx indicated with ozone")),
        EXPANDED_UNCERTAINTY,
    ),
    characteristics=("converter_efficiency",),
    score=score,
    check=check,
    once=("repeat",),
)
