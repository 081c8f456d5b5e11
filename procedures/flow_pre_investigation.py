"""Pre-investigation of a section (流场预调查): swirl, crest factor and skewness of the velocities of a traverse.

EN ISO 16911-2: the section for a flow monitor is looked at before its calibration. The velocity and the angle of swirl at
each point of a traverse are entered; all devices stand in that section.
"""

from __future__ import annotations

from testbench.engine.bench import Bench
from testbench.engine.entering import Column, Entered, Form
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding
from testbench.metrology.flow_profile import ProfilePoint, flow_profile


class PreInvestigationSettings(Settings):
    """How many points the traverse has."""

    points: int = setting(12, title=Text(zh="测点数", en="points of the traverse"), ge=4, le=200, join="most")


@procedure(
    "flow-pre-investigation",
    title=Text(zh="流场预调查", en="Pre-investigation of the section"),
    roles=(),
    characteristics=("swirl_angle", "crest_factor", "profile_skewness"),
)
def flow_pre_investigation(bench: Bench, settings: PreInvestigationSettings) -> None:
    """Largest angle of swirl, crest factor and skewness from the points of a traverse, entered."""
    entered = bench.enter(traverse_form(settings.points))
    for device in bench.devices:
        bench.determine(device, "swirl_angle", "°", _finding, entered)
        bench.determine(device, "crest_factor", "1", _finding, entered)
        bench.determine(device, "profile_skewness", "1", _finding, entered)


def traverse_form(points: int) -> Form:
    """The form for the points of a traverse; the second half of them lies beyond the middle of the section."""
    given = tuple({"traverse_point": float(number)} for number in range(1, points + 1))
    expected = tuple(
        {**row, "half": 1.0 if number < points // 2 else 2.0, "velocity": 10.0 + (number % 3), "swirl": 4.0}
        for number, row in enumerate(given)
    )
    return Form(
        title=Text(zh="断面流速分布", en="Velocities of the section"),
        instruction=Text(
            zh="逐点录入流速、旋流角，以及测点在断面的哪一半（1 或 2）。",
            en="Enter velocity and swirl of every point, and in which half of the section (1 or 2) it lies.",
        ),
        columns=(
            Column("traverse_point", Text(zh="测点", en="point"), lower=1),
            Column("half", Text(zh="断面的哪一半", en="half of the section"), lower=1, upper=2),
            Column("velocity", Text(zh="流速", en="velocity"), "m/s"),
            Column("swirl", Text(zh="旋流角", en="swirl"), "°", lower=-90, upper=90),
        ),
        given=given,
        expected=expected,
    )


def _finding(device: DeviceInfo, characteristic: str, entered: Entered) -> Finding:
    points = [
        ProfilePoint(velocity, swirl, first_half=half == 1.0)
        for velocity, swirl, half in zip(
            entered.numbers("velocity"), entered.numbers("swirl"), entered.numbers("half"), strict=True
        )
    ]
    profile = flow_profile(points)
    value, unit = {
        "swirl_angle": (profile.swirl_degrees, "°"),
        "crest_factor": (profile.crest_factor, "1"),
        "profile_skewness": (profile.skewness, "1"),
    }[characteristic]
    details = {"points": len(points), "mean_velocity": profile.mean, "entered_by": entered.by, "source": entered.source}
    return Finding(device.name, characteristic, value, unit, details=details)
