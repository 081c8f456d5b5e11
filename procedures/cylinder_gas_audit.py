"""Cylinder gas audit (标气核查): two gases, three injections each, against their certified values.

40 CFR 60 Appendix F, Procedure 1, 5.1.2: audit gases of 20 to 30 % and 50 to 60 % of span (for O2 and CO2 fixed ranges in
percent by volume), three times each; A = (C_m − C_a)/C_a·100 % at each point. Nothing is adjusted before: the audit judges
the monitor as it is.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from procedures.injections import Injection, error_at, inject, level_words
from procedures.level_error import level_finding
from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting
from testbench.engine.steps import DeviceInfo
from testbench.findings import Finding


class CylinderGasAuditSettings(Settings):
    """The audit points and how often each is injected."""

    levels: tuple[Annotated[float, Field(gt=0, le=1)], ...] = setting(
        (0.25, 0.55), unit="F.S.", title=Text(zh="核查点", en="audit points"), min_length=2, max_length=10
    )
    injections: int = setting(3, title=Text(zh="每个核查点的进样次数", en="injections per point"), ge=1, le=20, join="most")
    average_s: float = setting(
        60.0, unit="s", title=Text(zh="读数最短平均时间", en="least averaging time"), ge=10, le=3600, join="most"
    )


@procedure(
    "cylinder-gas-audit",
    title=Text(zh="标气核查", en="Cylinder gas audit"),
    roles=("divider",),
    characteristics=("cga_accuracy",),
)
def cylinder_gas_audit(bench: Bench, settings: CylinderGasAuditSettings) -> None:
    """Mean reading minus audit gas, percent of the gas, at two points, without any adjustment before."""
    bench.check_conditions()
    with bench.unadjusted():
        injections = inject(bench, settings.levels, settings.injections, least_s=settings.average_s)
    for device in bench.devices:
        for level in settings.levels:
            bench.determine(device, "cga_accuracy", "%", _accuracy, injections, level)


def _accuracy(device: DeviceInfo, characteristic: str, injections: list[Injection], level: float) -> Finding:
    error = error_at(device, injections, level)
    return level_finding(device, characteristic, error, metric="percent_of_nominal", index=level_words(level))
