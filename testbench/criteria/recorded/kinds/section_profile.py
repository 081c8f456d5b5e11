"""Profile of a section: velocity and swirl at the points of a traverse (EN ISO 16911-2, pre-investigation)."""

from __future__ import annotations

from collections.abc import Iterator

from testbench.criteria.recorded import cells
from testbench.criteria.recorded.kind import FIRST, Column, RecordedKind
from testbench.criteria.recorded.scoring import Scoring
from testbench.criteria.result import Result
from testbench.metrology.flow_profile import ProfilePoint, flow_profile
from testbench.text import Text


def score(scoring: Scoring) -> Iterator[Result]:
    """Largest swirl, crest factor and skewness."""
    points = [
        ProfilePoint(
            float(row.number("velocity")), float(row.number("swirl")), first_half=row.text("half").casefold() == "first"
        )
        for row in scoring.rows
    ]
    try:
        profile = flow_profile(points)
    except ValueError as error:
        scoring.refuse("velocity", f"test {scoring.test.name}: {error}")
    details = {"points": len(points), "mean_velocity": profile.mean}
    yield scoring.result("swirl_angle", profile.swirl_degrees, unit="°", details=details)
    yield scoring.result("crest_factor", profile.crest_factor, unit="1", details=details)
    yield scoring.result("profile_skewness", profile.skewness, unit="1", details=details)


KIND = RecordedKind(
    name="section profile",
    title=Text(zh="断面流速分布", en="Profile of a section, point by point"),
    columns=(
        *FIRST,
        Column("half", cells.one_of("first", "second"), Text(zh="测点在断面的哪一半", en="half of the section")),
        Column("velocity", cells.number(), Text(zh="流速", en="velocity at the point")),
        Column("swirl", cells.number(), Text(zh="旋流角，°", en="angle of swirl, °")),
    ),
    characteristics=("swirl_angle", "crest_factor", "profile_skewness"),
    score=score,
)
