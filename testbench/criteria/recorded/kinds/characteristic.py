"""A characteristic that was determined elsewhere: its value, in the unit of the limit, is judged as it stands."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import EXPANDED_UNCERTAINTY, PARAMETER, TEST, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.text import Text

VARIABLES = ("reference_mean", "mean_reference", "full_scale", "span", "nominal", "difference")


def score(scoring: Scoring) -> Iterator[Result]:
    """One result a row."""
    for row in scoring.rows:
        yield scoring.result(
            row.text("characteristic").casefold(),
            row.number("value"),
            unit=row.text("unit"),
            expanded_uncertainty=row.number_or_empty("expanded_uncertainty"),
            variables={name: row.number(name) for name in VARIABLES if row.has(name)},
            signed=True,
            notes=_meant(row.text("characteristic").casefold(), {c.characteristic for c in scoring.standard.criteria}),
            level=row.text_or_empty("at"),
            any_unit=True,
        )


def _meant(name: str, known: Collection[str]) -> list[str]:
    """A note that names the characteristic of the standard that is written almost so."""
    near = [] if name in known else difflib.get_close_matches(name, sorted(known), n=1)
    return [f"did you mean {near[0]}?"] if near else []


KIND = RecordedKind(
    name="characteristic",
    title=Text(
        zh="在别处得到的性能指标",
        en="Characteristic determined elsewhere",
    ),
    columns=(
        TEST,
        PARAMETER,
        Column("unit", cells.name(), Text(zh="数值的单位", en="unit of the value")),
        Column(
            "characteristic",
            cells.text(),
            Text(zh="性能指标，用标准中的名称", en="its name in the standard"),
        ),
        Column("value", cells.number(), Text(zh="数值", en="value")),
        EXPANDED_UNCERTAINTY,
        Column("at", cells.text(), Text(zh="所在的点或日期", en="level or day that it belongs to"), optional=True),
        *(
            Column(name, cells.number_or_empty(), Text(zh="选择限值档次的量", en="chooses the tier"), optional=True)
            for name in VARIABLES
        ),
    ),
    characteristics=(),
    score=score,
)
