"""The arithmetic of a divider that knows its flows: which flows make a content, and which content measured flows make.

ISO 6145-7: source gases blended with one zero gas at a constant total flow. A leg is one flow with its cylinder: that of a
mass flow controller (`instruments.mfc_blend`), or of a port of a divider in one box. Of several sources that can make a
content, the one is used that makes it with the smallest uncertainty.

With flows q and contents c of source and zero gas, x = (q_s·c_s + q_z·c_z)/(q_s + q_z). Influences on x:

    cylinder.NAME                  relative error of a cylinder; the same in all contents made from it
    cylinder.NAME.impurity         content of the component in the zero gas, rectangular from 0 to the stated limit
    controller.NAME                calibration of a controller; common to all settings
    controller.NAME.resolution.N   last digit of its indicated flow of N steps: rounded alike whenever this flow is set
                                   again, independently at another flow
    divider.setting.N.NAME         how well controller NAME reproduced its flow at setting N
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from instruments.flow_units import flow_unit
from instruments.gas_content import cylinder_content, in_unit, percent, range_in, suitable_unit
from testbench.engine.roles import Channel
from testbench.errors import InstrumentError, StationError, UnsuppliableError
from testbench.metrology.dilution import Stream, blend
from testbench.metrology.quantity import Component, Quantity
from testbench.station import Cylinder

FLOW = "L/min"
FLOW_DEPARTURE = 0.05  # of the flow that is set: what a controller that has enough gas never departs by
CLOSED_DEPARTURE = 0.005  # of full scale, what a controller shows beside that

Flows = Mapping[str, float]
"""Flow of every leg by its key, L/min."""


class FlowMeter(Protocol):
    """What measures one flow: the first of its channels is the flow in `flow_unit`; uncertainties as in `FlowController`."""

    name: str
    channels: tuple[Channel, ...]
    flow_unit: str
    full_scale: float

    def flow_uncertainty(self, flow: float) -> float:
        """Standard uncertainty of a flow, the part common to all settings, in `flow_unit`."""
        ...

    def flow_reproducibility(self, flow: float) -> float:
        """Standard deviation of a flow from one setting to the next, in `flow_unit`."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """A valve in front of a meter must stand at a position for a cylinder to feed it; `channel` tells where it stands."""

    channel: str
    position: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One flow with its cylinder; flows in L/min, contents in mol/mol."""

    meter: FlowMeter
    cylinder: str
    gas: Cylinder
    litres: float  # L/min that one of the meter's unit makes
    smallest: float
    largest: float
    set_step: float = 0.0  # L/min, where a flow is set more coarsely than it is indicated
    selection: Selection | None = None

    @classmethod
    def of(
        cls,
        meter: FlowMeter,
        cylinder: str,
        gas: Cylinder,
        minimum_percent: float,
        set_step: float = 0.0,
        selection: Selection | None = None,
    ) -> Leg:
        """A flow that is used from `minimum_percent` of its full scale on; `set_step` in the meter's unit.

        Raises FlowUnitError.
        """
        litres = flow_unit(meter.flow_unit).litres_per_minute
        largest = meter.full_scale * litres
        return cls(meter, cylinder, gas, litres, largest * minimum_percent / 100.0, largest, set_step * litres, selection)

    @property
    def key(self) -> str:
        """Its name among the legs: that of its meter, and of the position before it where several cylinders share one."""
        return self.name if self.selection is None else f"{self.name}@{self.selection.position}"

    @property
    def passed(self) -> str:
        """Name of the integral of its flow: that of its channel, while its cylinder was selected."""
        return self.channel if self.selection is None else f"{self.channel}@{self.selection.position}"

    def selected(self, readings: Mapping[str, float]) -> bool:
        """Whether its cylinder was the one that fed its meter."""
        return self.selection is None or readings[self.selection.channel] == self.selection.position

    @property
    def name(self) -> str:
        """Name of what measures the flow."""
        return self.meter.name

    @property
    def component(self) -> str:
        """The gas in its cylinder."""
        return self.gas.component

    @property
    def nominal(self) -> float:
        """Content that the certificate states; 0 for zero gas."""
        return self.gas.fraction_percent / 100.0

    @property
    def channel(self) -> str:
        """Name of the channel that gives the flow."""
        return self.meter.channels[0].name

    @property
    def resolution(self) -> float:
        """Step of the indicated flow, L/min; 0 where there is none."""
        return self.meter.channels[0].resolution * self.litres

    @property
    def step(self) -> float:
        """Step of what can be set, L/min; 0 where there is none."""
        return max(self.resolution, self.set_step)

    def settable(self, flow: float) -> float:
        """The flow that can be set, nearest to `flow`."""
        return round(flow / self.step) * self.step if self.step > 0 else flow

    def flow(self, flow: float, setting: int) -> Quantity:
        """A flow (L/min) with the influences on it."""
        own = flow / self.litres
        influences = {
            f"controller.{self.name}": self.meter.flow_uncertainty(own) * self.litres,
            f"divider.setting.{setting}.{self.name}": self.meter.flow_reproducibility(own) * self.litres,
        }
        if self.resolution > 0:
            rectangular = self.resolution / math.sqrt(12.0)  # GUM F.2.2.1
            influences[f"controller.{self.name}.resolution.{steps_of(flow, self.resolution)}"] = rectangular
        return Quantity(flow, FLOW, {name: Component(u) for name, u in influences.items() if u > 0})

    def content(self, component: str) -> Quantity:
        """Content of `component` in the cylinder."""
        return cylinder_content(self.cylinder, self.gas, component)


def steps_of(value: float, step: float) -> str:
    """How many steps a value is, as counters of an influence, which have at most five digits each."""
    steps = divmod(round(value / step), 100_000)
    return ".".join(str(count) for count in (steps if steps[0] else steps[1:]))


class Blending:
    """Legs around one zero gas at a constant total flow (L/min); `name` is the divider's in messages.

    Raises StationError where the legs do not make a divider. `rest_flow` is the flow of zero gas at rest, where stated.
    """

    def __init__(
        self, name: str, legs: Sequence[Leg], total_flow: float, minimum_percent: float, rest_flow: float | None
    ) -> None:
        self.name = name
        self.total_flow = total_flow
        self.legs = tuple(legs)
        self._minimum_percent = minimum_percent
        self._set: dict[str, float] = {}
        refuse_different_conditions(name, self.legs)
        zero = [leg for leg in self.legs if leg.nominal == 0]
        if len(zero) != 1:
            raise StationError(
                f"{name}: one controller must carry zero gas (a cylinder of fraction_percent 0), "
                f"{'none does' if not zero else 'these do: ' + ', '.join(leg.name for leg in zero)}"
            )
        self.balance = zero[0]
        self.sources = tuple(leg for leg in self.legs if leg is not self.balance)
        if not self.sources:
            raise StationError(f"{name}: all its gases are zero gas; name a cylinder that holds a component")
        self.component = self.sources[0].component
        if self.balance.largest < total_flow:
            raise StationError(
                f"{name}: zero gas at the total flow of {total_flow:g} {FLOW} is above the full scale of "
                f"{self.balance.name} ({self.balance.largest:g} {FLOW}); lower total_flow"
            )
        if total_flow < self.balance.smallest or not self.balance.settable(total_flow):
            raise StationError(
                f"{name}: zero gas at the total flow of {total_flow:g} {FLOW} is below what {self.balance.name} "
                f"can set ({max(self.balance.smallest, self.balance.step):g} {FLOW}); raise total_flow"
            )
        self.rest_flow = self._resting(rest_flow)
        self.rest_state = f"zero gas at {self.rest_flow:g} {FLOW}"

    def _resting(self, stated: float | None) -> float:
        """Flow of zero gas at rest, L/min; raise StationError where its controller cannot make the one that is stated."""
        least = max(self.balance.smallest, self.balance.step)
        if stated is None:
            return self.balance.settable(max(0.1 * self.total_flow, least))
        if not least <= stated <= self.total_flow:
            raise StationError(
                f"{self.name}: rest_flow of {stated:g} {FLOW} cannot be made: {self.balance.name} passes "
                f"at least {least:g} {FLOW}, and total_flow is {self.total_flow:g} {FLOW}; "
                "state a flow between them, or leave rest_flow out"
            )
        return self.balance.settable(stated)

    # ---- what can be made ----------------------------------------------------------------------------------------------

    def plan(self, component: str, fraction: float) -> Flows:
        """Flows that make a content (mol/mol) with the smallest uncertainty; raise UnsuppliableError naming the range."""
        sources = self._of(component)
        if not sources:
            made = ", ".join(sorted({leg.component for leg in self.sources}))
            raise UnsuppliableError(f"{self.name}: there is no cylinder of {component}; it can make {made}")
        if fraction == 0:
            return self.zero_plan(self.balance.settable(self.total_flow))
        candidates: list[tuple[float, Flows]] = []
        problems: list[str] = []
        for source in sources:
            flows, problem = self._dilute(source, fraction)
            if problem:
                problems.append(problem)
                continue
            predicted = self.blend(component, self._closed() | flows, setting=0)
            candidates.append((predicted.standard_uncertainty, self._closed() | flows))
        if not candidates:
            raise UnsuppliableError(self._refusal(component, fraction, problems))
        return min(candidates, key=lambda candidate: candidate[0])[1]

    def plan_mixture(self, contents: Mapping[str, float]) -> Flows:
        """Flows that make several contents (mol/mol) at once; raise UnsuppliableError saying what cannot be made.

        With contents c of the sources, z of the zero gas and Q the total flow, x_i·Q = q_i·c_i + (Q − Σq)·z_i for every
        component, which gives Σq = Q·Σ((x_i − z_i)/c_i)/(1 − Σ(z_i/c_i)). Of several sources of a component those are used
        that make the mixture with the smallest sum of relative uncertainties.
        """
        asked = {component: content for component, content in contents.items() if content > 0.0}
        if len(asked) <= 1:
            component, content = next(iter(asked.items()), (self.component, 0.0))
            return self.plan(component, content)
        for component in asked:
            if not self._of(component):
                made = ", ".join(sorted({leg.component for leg in self.sources}))
                raise UnsuppliableError(f"{self.name}: there is no cylinder of {component}; it can make {made}")
        candidates: list[tuple[float, Flows]] = []
        problems: list[str] = []
        for sources in product(*(self._of(component) for component in asked)):
            flows, problem = self._mix(sources, tuple(asked.values()))
            if problem:
                problems.append(problem)
                continue
            made_of = [self.blend(component, flows, setting=0) for component in asked]
            candidates.append((math.fsum(made.standard_uncertainty / made.value for made in made_of), flows))
        if not candidates:
            gas = " with ".join(f"{percent(content)} {component}" for component, content in asked.items())
            raise UnsuppliableError(
                f"{self.name}: {gas} cannot be made: {'; '.join(problems)}; change the contents, total_flow or a cylinder"
            )
        return min(candidates, key=lambda candidate: candidate[0])[1]

    def _mix(self, sources: Sequence[Leg], contents: Sequence[float]) -> tuple[dict[str, float], str]:
        """Flows of sources and zero gas that make a content of each, or why they cannot."""
        if len({leg.name for leg in sources}) < len(sources):
            return {}, f"{sources[0].name} would have to pass two gases at once"
        zero = [self.balance.content(leg.component).value for leg in sources]
        shares = [(x - z) / leg.nominal for leg, x, z in zip(sources, contents, zero, strict=True)]
        back = math.fsum(z / leg.nominal for leg, z in zip(sources, zero, strict=True))
        whole = math.fsum(shares) / (1.0 - back)  # of all sources
        if whole > 1.0:
            return {}, (
                f"the source gases would need {whole * self.total_flow:.4g} {FLOW}, more than total_flow "
                f"({self.total_flow:g} {FLOW})"
            )
        wanted = [
            (leg, self.total_flow * (share + whole * z / leg.nominal))
            for leg, share, z in zip(sources, shares, zero, strict=True)
        ]
        wanted.append((self.balance, self.total_flow * (1.0 - whole)))
        flows = self._closed()
        slack = 1e-9 * self.total_flow
        for leg, flow in wanted:
            if not leg.smallest - slack <= flow <= leg.largest + slack or not leg.settable(flow) > 0.0:
                least = max(leg.smallest, leg.step)
                passes = f"it passes {least:.4g} to {leg.largest:g} {FLOW}"
                return {}, f"{leg.name} would have to pass {flow:.4g} {FLOW}; {passes}"
            flows[leg.key] = leg.settable(flow)
        return flows, ""

    def zero_plan(self, flow: float) -> Flows:
        """Zero gas alone."""
        return self._closed() | {self.balance.key: flow}

    def ranges(self, component: str) -> tuple[tuple[float, float], ...]:
        """Contents of `component` (mol/mol) that each source can make by dilution: lowest and highest, ascending."""
        found = []
        for source in self._of(component):
            low, high = self._flow_range(source)
            if low <= high:
                found.append((self._mixed(source, low), self._mixed(source, high)))
        return tuple(sorted(found))

    def _closed(self) -> dict[str, float]:
        return dict.fromkeys((leg.key for leg in self.legs), 0.0)

    def _of(self, component: str) -> list[Leg]:
        return [leg for leg in self.sources if leg.component == component]

    def _flow_range(self, source: Leg) -> tuple[float, float]:
        """Smallest and largest flow of a source at which it and the zero gas are both within their ranges."""
        total = self.total_flow
        return max(source.smallest, total - self.balance.largest), min(source.largest, total - self.balance.smallest)

    def _mixed(self, source: Leg, flow: float) -> float:
        share = flow / self.total_flow
        return share * source.nominal + (1.0 - share) * self.balance.content(source.component).value

    def _dilute(self, source: Leg, fraction: float) -> tuple[dict[str, float], str]:
        """Flows of source and zero gas that make a content, or why they cannot."""
        total, balance = self.total_flow, self.balance
        lowest = balance.content(source.component).value
        if math.isclose(fraction, source.nominal, rel_tol=1e-9):
            if total <= source.largest:
                return {source.key: source.settable(total)}, ""
            return {}, f"the undiluted gas would need {total:g} {FLOW} of {source.name}, above its full scale"
        if not lowest < fraction < source.nominal:
            return {}, f"cylinder {source.cylinder} has {percent(source.nominal)}, the zero gas {percent(lowest)}"
        wanted = total * (fraction - lowest) / (source.nominal - lowest)
        slack = 1e-9 * total
        for leg, flow in ((source, wanted), (balance, total - wanted)):
            if flow > leg.largest + slack:
                return {}, f"{leg.name} would have to pass {flow:.4g} {FLOW}, above its full scale of {leg.largest:g} {FLOW}"
            if flow < leg.smallest - slack:
                return {}, (
                    f"{leg.name} would have to pass {flow:.3g} {FLOW}, below "
                    f"{self._minimum_percent:g} % of its full scale ({leg.smallest:g} {FLOW})"
                )
        flows = {source.key: source.settable(wanted), balance.key: balance.settable(total - wanted)}
        for leg in (source, balance):
            if not flows[leg.key]:
                return {}, f"{leg.name} would have to pass less than it can set ({leg.step:g} {FLOW})"
        return flows, ""

    def _refusal(self, component: str, fraction: float, problems: Sequence[str]) -> str:
        ranges = self.ranges(component)
        pure = {leg.nominal for leg in self._of(component) if leg.largest >= self.total_flow}
        unit = suitable_unit((0.0, *(high for _, high in ranges), *pure, fraction))
        possible = [range_in(low, high, unit) for low, high in ranges]
        possible += [f"{in_unit(content, unit)} {unit} undiluted" for content in sorted(pure)]
        return (
            f"{self.name}: {in_unit(fraction, unit)} {unit} {component} cannot be made: {'; '.join(problems)}. "
            f"At {self.total_flow:g} {FLOW} it makes {', '.join([*possible, 'and zero gas'])}; "
            "change the level, total_flow, minimum_flow_percent or a cylinder"
        )

    # ---- what was made -------------------------------------------------------------------------------------------------

    def remember(self, flows: Flows) -> None:
        """What was set last: what is measured is compared with it."""
        self._set.update(flows)

    def remembered(self, key: str) -> float:
        """The flow of a leg that was set last, L/min; 0 before any was."""
        return self._set.get(key, 0.0)

    def reference(self, component: str, flows: Mapping[str, float], setting: int) -> Quantity:
        """Content (mol/mol) that the measured flows make; `flows` by channel name, each in its own unit.

        A flow below half of the smallest that is used counts as closed. Raises InstrumentError when nothing flows, and when
        another flow passes than was set (`FLOW_DEPARTURE`): then the gas is not the one that was asked for.
        """
        measured = self._closed()
        for name in dict.fromkeys(leg.name for leg in self.legs):
            sharing = [leg for leg in self.legs if leg.name == name]
            flow = flows[sharing[0].channel] * sharing[0].litres
            self._compare(sharing, flow)
            if flow > 0.5 * sharing[0].smallest:
                feeding = [leg for leg in sharing if leg.selected(flows)]
                if not feeding:
                    raise InstrumentError(
                        f"{self.name}: {name} passes {flow:.4g} {FLOW}, but it is not known of which cylinder: the valve in "
                        "front of it is closed, or was switched meanwhile"
                    )
                measured[feeding[0].key] = flow
        if not any(measured.values()):
            raise InstrumentError(f"{self.name}: no gas flows, so it has no content; are the cylinders open?")
        return self.blend(component, measured, setting)

    def _compare(self, sharing: Sequence[Leg], flow: float) -> None:
        """Raise InstrumentError where a meter passes another flow (L/min) than was set; `sharing` are its legs."""
        first = sharing[0]
        set_last = [self._set[leg.key] for leg in sharing if leg.key in self._set]
        wanted = math.fsum(set_last)
        if set_last and abs(flow - wanted) > FLOW_DEPARTURE * wanted + CLOSED_DEPARTURE * first.largest:
            cylinder = next((leg.cylinder for leg in sharing if self._set.get(leg.key)), first.cylinder)
            raise InstrumentError(
                f"{self.name}: {first.name} passes {flow:.4g} {FLOW} where {wanted:.4g} {FLOW} are set, so the gas is not "
                f"what was asked for; is cylinder {cylinder} empty or closed, or its pressure too low?"
            )

    def predict(self, component: str, fraction: float, setting: int) -> Quantity:
        """Content (mol/mol) that the set-points make, with its uncertainty; raises UnsuppliableError."""
        return self.blend(component, self.plan(component, fraction), setting)

    def predict_in_mixture(self, component: str, contents: Mapping[str, float], setting: int) -> Quantity:
        """Content (mol/mol) of one component that the set-points of a mixture make; raises UnsuppliableError."""
        return self.blend(component, self.plan_mixture(contents), setting)

    def consumption_of_mixture(self, contents: Mapping[str, float]) -> Mapping[str, float]:
        """Flow of each cylinder in L/min while a mixture is supplied; raises UnsuppliableError."""
        return self._used(self.plan_mixture(contents))

    def consumption(self, component: str, fraction: float) -> Mapping[str, float]:
        """Flow of each cylinder in L/min while a content is supplied; raises UnsuppliableError."""
        return self._used(self.plan(component, fraction))

    def _used(self, flows: Flows) -> Mapping[str, float]:
        used: dict[str, float] = {}
        for leg in self.legs:
            used[leg.cylinder] = used.get(leg.cylinder, 0.0) + flows[leg.key]
        return used

    def drawn(self, passed: Mapping[str, float]) -> Mapping[str, float]:
        """Litres of each cylinder for the integrals of the flows, by channel name, each in its own unit × min.

        Of a flow behind a selector the integrals are those while it stood at a position, "mfc-1.flow@2".
        """
        litres: dict[str, float] = {}
        for leg in self.legs:
            litres[leg.cylinder] = litres.get(leg.cylinder, 0.0) + passed.get(leg.passed, 0.0) * leg.litres
        return litres

    def blend(self, component: str, flows: Flows, setting: int) -> Quantity:
        """Content (mol/mol) that flows make."""
        return blend(
            [Stream(leg.flow(flows[leg.key], setting), leg.content(component)) for leg in self.legs if flows[leg.key] > 0]
        )


def refuse_different_conditions(name: str, legs: Sequence[Leg]) -> None:
    """Raise StationError where flows are stated at different reference conditions."""
    conditions = {flow_unit(leg.meter.flow_unit).conditions: leg.name for leg in legs}
    if len(conditions) > 1:
        raise StationError(
            f"{name}: {' and '.join(conditions.values())} state flows at different reference conditions (standard, normal); "
            "set them alike"
        )
