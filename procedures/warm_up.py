"""Preparation of a bench before an evaluation: conditions, leak check, warm-up of the devices on zero gas."""

from __future__ import annotations

from testbench.engine.bench import Bench
from testbench.engine.procedure import Settings, Text, procedure, setting


class WarmUpSettings(Settings):
    """How long the devices warm up, and how tight the line must be."""

    duration_h: float = setting(24.0, unit="h", title=Text(zh="预热时间", en="warm-up"), join="most", ge=0, le=240)
    leak_limit_percent: float = setting(
        2.0,
        unit="%",
        title=Text(zh="最大泄漏量（占设定流量）", en="largest leak, share of the flow that is set"),
        gt=0,
        le=20,
    )


@procedure("warm-up", title=Text(zh="预热与准备", en="Preparation and warm-up"), roles=("divider",))
def warm_up(bench: Bench, settings: WarmUpSettings) -> None:
    """Checks the conditions and the line, then lets the devices warm up on zero gas."""
    bench.check_conditions()
    bench.leak_check(settings.leak_limit_percent)
    bench.warm_up(settings.duration_h * 3600.0)
