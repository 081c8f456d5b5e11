"""The arithmetic of a divider that makes contents: it is told a content, and reports the content that it makes.

Calibrators dilute the gas of one port with zero gas at a total flow, and their certificate is one for the content. With the
content c of the cylinder, the content r that is reported (of a zero gas without impurity) and the impurity z of the zero
gas, x = r + (1 − r/c)·z. Influences on x:

    cylinder.NAME                  relative error of the cylinder, whose content the calibrator was told
    cylinder.NAME.impurity         content of the component in the zero gas, rectangular from 0 to the stated limit
    divider.content                calibration of the divider: relative, common to all contents
    divider.content.resolution.N   last digit of a reported content of N steps
    divider.setting.N.content      how well the divider reproduced its content at setting N
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instruments.blending import CLOSED_DEPARTURE, FLOW, FLOW_DEPARTURE, steps_of
from instruments.gas_content import FRACTION, cylinder_content, in_unit, percent, range_in, suitable_unit
from testbench.errors import InstrumentError, StationError, UnsuppliableError
from testbench.metrology.amount import to_fraction
from testbench.metrology.quantity import Component, Quantity
from testbench.metrology.uncertain import Influences
from testbench.station import Cylinder

CONTENT_UNIT = "µmol/mol"
"""Unit of the channel of the reported content."""


@dataclass(frozen=True, slots=True)
class Making:
    """What the divider is told: which port, which content (mol/mol) of its gas, and at which total flow (L/min)."""

    port: int
    content: float
    total_flow: float


@dataclass(frozen=True, slots=True)
class Capability:
    """What a calibrator can do, by the station file.

    `source_flow` is the smallest and the largest flow of source gas, `total_flow` that of the mixture, both in L/min.
    Uncertainties in percent of the content; `resolution` is the step of the reported content, mol/mol.
    """

    total_flow: float
    source_flow: tuple[float, float]
    uncertainty_percent: float
    reproducibility_percent: float
    resolution: float = 0.0


class MadeContents:
    """Ports with cylinders, one of them zero gas; `name` is the divider's in messages.

    `channels` name the readings of the content (µmol/mol) made of each source gas, by cylinder, and `flow_channel` that of
    the total flow (L/min). Raises StationError where the cylinders do not make a divider.
    """

    def __init__(
        self,
        name: str,
        gases: Mapping[str, Cylinder],
        can: Capability,
        channels: Mapping[str, str],
        flow_channel: str,
        rest_flow: float | None = None,
    ) -> None:
        self.name = name
        self.gases = dict(gases)
        self.can = can
        self.rest_flow = can.total_flow if rest_flow is None else rest_flow
        self.rest_state = f"zero gas at {self.rest_flow:g} {FLOW}"
        self.channels = dict(channels)
        self.flow_channel = flow_channel
        self._made: Making | None = None
        zero = [cylinder for cylinder, gas in gases.items() if gas.fraction_percent == 0]
        if len(zero) != 1:
            raise StationError(
                f"{name}: one of gases must be zero gas (a cylinder of fraction_percent 0), "
                f"{'none is' if not zero else 'these are: ' + ', '.join(zero)}"
            )
        self.zero_gas = zero[0]
        self.source_gases = tuple(cylinder for cylinder in gases if cylinder != self.zero_gas)
        if not self.source_gases:
            raise StationError(f"{name}: all its gases are zero gas; name a cylinder that holds a component")
        self.component = self.gases[self.source_gases[0]].component
        if self.rest_flow > can.total_flow:
            raise StationError(
                f"{name}: rest_flow of {self.rest_flow:g} {FLOW} is above total_flow ({can.total_flow:g} {FLOW}); lower it, "
                "or leave it out"
            )
        low, high = can.source_flow
        if not 0 <= low < high <= can.total_flow:
            raise StationError(
                f"{name}: source_flow must ascend and end at total_flow ({can.total_flow:g} {FLOW}) or below, "
                f"got {low:g} to {high:g} {FLOW}"
            )

    # ---- what can be made ----------------------------------------------------------------------------------------------

    def plan(self, component: str, fraction: float) -> Making:
        """What to tell the divider for a content (mol/mol); raise UnsuppliableError naming what can be made."""
        cylinders = self._of(component)
        if not cylinders:
            made = ", ".join(sorted({self.gases[cylinder].component for cylinder in self.source_gases}))
            raise UnsuppliableError(f"{self.name}: there is no cylinder of {component}; it can make {made}")
        if fraction == 0:
            return self.zero_plan(self.can.total_flow)
        fitting = [cylinder for cylinder in cylinders if self._makes(cylinder, fraction)]
        if not fitting:
            raise UnsuppliableError(self._refusal(component, fraction, cylinders))
        best = min(fitting, key=lambda cylinder: self._made_of(cylinder, component, fraction, 0).standard_uncertainty)
        return Making(self._port(best), fraction, self.can.total_flow)

    def plan_mixture(self, contents: Mapping[str, float]) -> Making:
        """What to tell the divider for a gas of one component; UnsuppliableError for several at once."""
        asked = {component: content for component, content in contents.items() if content > 0.0}
        if len(asked) > 1:
            raise UnsuppliableError(
                f"{self.name}: {' and '.join(asked)} cannot be made at once: it dilutes the gas of one port at a time"
            )
        component, content = next(iter(asked.items()), (self.component, 0.0))
        return self.plan(component, content)

    def zero_plan(self, flow: float) -> Making:
        """Zero gas alone."""
        return Making(self._port(self.zero_gas), 0.0, flow)

    def ranges(self, component: str) -> tuple[tuple[float, float], ...]:
        """Contents of `component` (mol/mol) that each source can make: lowest and highest, ascending."""
        return tuple(sorted(self._range(cylinder) for cylinder in self._of(component)))

    def _of(self, component: str) -> list[str]:
        return [cylinder for cylinder in self.source_gases if self.gases[cylinder].component == component]

    def _port(self, cylinder: str) -> int:
        return 1 + list(self.gases).index(cylinder)

    def _range(self, cylinder: str) -> tuple[float, float]:
        low, high = self.can.source_flow
        content = self.gases[cylinder].fraction_percent / 100.0
        return content * low / self.can.total_flow, content * high / self.can.total_flow

    def _makes(self, cylinder: str, fraction: float) -> bool:
        low, high = self._range(cylinder)
        return fraction > 0 and low * (1 - 1e-9) <= fraction <= high * (1 + 1e-9)

    def _refusal(self, component: str, fraction: float, cylinders: Sequence[str]) -> str:
        ranges = self.ranges(component)
        unit = suitable_unit((0.0, *(high for _, high in ranges), fraction))
        holding = ", ".join(f"{c} has {percent(self.gases[c].fraction_percent / 100.0)}" for c in cylinders)
        low, high = self.can.source_flow
        return (
            f"{self.name}: {in_unit(fraction, unit)} {unit} {component} cannot be made: {holding}, of which {low:g} to "
            f"{high:g} {FLOW} can flow. At {self.can.total_flow:g} {FLOW} it makes "
            f"{', '.join([*(range_in(*ends, unit) for ends in ranges), 'and zero gas'])}; "
            "change the level, source_flow, total_flow or a cylinder"
        )

    # ---- what was made -------------------------------------------------------------------------------------------------

    def remember(self, making: Making | None) -> None:
        """What was set last: what is reported is compared with it."""
        self._made = making

    def reference(self, component: str, flows: Mapping[str, float], setting: int) -> Quantity:
        """Content (mol/mol) by the content that was reported; `flows` are the mean readings by channel name.

        Raises InstrumentError when nothing flows, and when another content is reported than was set.
        """
        shown = {cylinder: to_fraction(flows[self.channels[cylinder]], CONTENT_UNIT) for cylinder in self.source_gases}
        cylinder = max(shown, key=lambda name: shown[name])
        reported = shown[cylinder]
        if not flows[self.flow_channel] > 0.05 * self.can.total_flow:
            raise InstrumentError(f"{self.name}: no gas flows, so it has no content; are the cylinders open?")
        made = self._made
        if made is not None:
            largest = max((high for _, high in self.ranges(self.gases[cylinder].component)), default=0.0)
            if abs(reported - made.content) > FLOW_DEPARTURE * made.content + CLOSED_DEPARTURE * largest:
                unit = suitable_unit((reported, made.content))
                raise InstrumentError(
                    f"{self.name}: makes {in_unit(reported, unit)} {unit} where {in_unit(made.content, unit)} {unit} are "
                    "set, so the gas is not what was asked for; look at its display"
                )
        return self._made_of(cylinder, component, reported, setting)

    def predict(self, component: str, fraction: float, setting: int) -> Quantity:
        """Content (mol/mol) that is made when this one is asked for, with its uncertainty; raises UnsuppliableError."""
        cylinder = list(self.gases)[self.plan(component, fraction).port - 1]
        return self._made_of(cylinder, component, fraction, setting)

    def predict_in_mixture(self, component: str, contents: Mapping[str, float], setting: int) -> Quantity:
        """Content (mol/mol) of a component while another may be asked for; raises UnsuppliableError."""
        making = self.plan_mixture(contents)
        return self._made_of(list(self.gases)[making.port - 1], component, making.content, setting)

    def consumption_of_mixture(self, contents: Mapping[str, float]) -> Mapping[str, float]:
        """Flow of each cylinder in L/min while a mixture is supplied; raises UnsuppliableError."""
        return self._used(self.plan_mixture(contents))

    def consumption(self, component: str, fraction: float) -> Mapping[str, float]:
        """Flow of each cylinder in L/min while a content is supplied; raises UnsuppliableError."""
        return self._used(self.plan(component, fraction))

    def _used(self, making: Making) -> Mapping[str, float]:
        used = dict.fromkeys(self.gases, 0.0) | {self.zero_gas: making.total_flow}
        if making.content > 0:
            cylinder = list(self.gases)[making.port - 1]
            used[cylinder] = making.total_flow * making.content / (self.gases[cylinder].fraction_percent / 100.0)
            used[self.zero_gas] = making.total_flow - used[cylinder]
        return used

    def drawn(self, passed: Mapping[str, float]) -> Mapping[str, float]:
        """Litres of each cylinder for the integrals of contents (µmol/mol × min) and total flow (L), by channel name."""
        litres = {}
        for cylinder in self.source_gases:
            made = to_fraction(passed.get(self.channels[cylinder], 0.0), CONTENT_UNIT)
            litres[cylinder] = self.can.total_flow * made / (self.gases[cylinder].fraction_percent / 100.0)
        return litres | {self.zero_gas: passed.get(self.flow_channel, 0.0) - sum(litres.values())}

    def _made_of(self, cylinder: str, component: str, reported: float, setting: int) -> Quantity:
        """The content x for a reported one."""
        impurity = cylinder_content(self.zero_gas, self.gases[self.zero_gas], component)
        if self.gases[cylinder].component != component:
            share = reported / (self.gases[cylinder].fraction_percent / 100.0)
            return impurity.scaled(max(0.0, 1.0 - share), FRACTION)
        if reported <= 0 or cylinder == self.zero_gas:
            return impurity
        gas = cylinder_content(cylinder, self.gases[cylinder], component)
        influences = {
            "divider.content": reported * self.can.uncertainty_percent / 200.0,  # expanded, k = 2
            f"divider.setting.{setting}.content": reported * self.can.reproducibility_percent / 100.0,
        }
        if self.can.resolution > 0:
            rectangular = self.can.resolution / math.sqrt(12.0)  # GUM F.2.2.1
            influences[f"divider.content.resolution.{steps_of(reported, self.can.resolution)}"] = rectangular
        share = reported / gas.value
        parts = Influences()
        own = Quantity(reported, FRACTION, {name: Component(u) for name, u in influences.items() if u > 0})
        error_of_cylinder = Quantity(0.0, FRACTION, gas.scaled(share, FRACTION).components)
        whole = parts.number(own) + parts.number(error_of_cylinder) + (1.0 - share) * parts.number(impurity)
        return parts.quantity(whole, FRACTION)
