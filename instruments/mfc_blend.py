"""A gas divider made of mass flow controllers: source gases blended with a zero gas at a constant total flow (ISO 6145-7).

    [divider]
    driver = "mfc-blend"
    total_flow = 4.0                                          # L/min
    controllers = { mfc-co2 = "co2", mfc-n2 = "zero" }        # controller = cylinder
    minimum_flow_percent = 1.0                                # of a controller's full scale: it is not used below
    rest_flow = 0.4                                           # L/min of zero gas while the bench is paused

Exactly one controller carries zero gas (a cylinder of fraction 0). Several source controllers make a wider range: of those
that can make a content within their ranges, the one is used that makes it with the smallest uncertainty.

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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from instruments.flow_units import FlowUnitError, flow_unit
from instruments.station_keys import DriverSettings
from testbench.engine.roles import FlowController, Parts, Source
from testbench.errors import InstrumentError, StationError, UnsuppliableError
from testbench.metrology.amount import from_fraction
from testbench.metrology.dilution import Stream, blend, zero_gas_content
from testbench.metrology.quantity import Component, Quantity

FRACTION = "mol/mol"
FLOW = "L/min"
FLOW_DEPARTURE = 0.05  # of the flow that is set: what a controller that has enough gas never departs by
CLOSED_DEPARTURE = 0.005  # of full scale, what a controller shows beside that


class MfcBlendSettings(DriverSettings):
    """Keys of the `[divider]` table with driver "mfc-blend"."""

    total_flow: float = Field(gt=0, allow_inf_nan=False, description="flow of the blend, L/min")
    controllers: dict[str, str] = Field(min_length=2, description="controller → cylinder")
    minimum_flow_percent: float = Field(default=1.0, ge=0, lt=100, description="smallest flow used, percent of full scale")
    rest_flow: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="flow of zero gas while the bench is paused, L/min; default: a tenth of total_flow, "
        "or what the controller of the zero gas can do at least",
    )


@dataclass(frozen=True, slots=True)
class Leg:
    """One controller with its cylinder; flows in L/min, content in mol/mol."""

    controller: FlowController
    cylinder: str
    component: str
    content: float
    relative_uncertainty: float
    impurity: float
    litres: float  # L/min that one of the controller's unit makes
    smallest: float
    largest: float

    @property
    def name(self) -> str:
        """Name of the controller."""
        return self.controller.name

    @property
    def step(self) -> float:
        """Step of the indicated flow, L/min; 0 where there is none."""
        return self.controller.channels[0].resolution * self.litres

    def settable(self, flow: float) -> float:
        """The flow that can be set, nearest to `flow`."""
        return round(flow / self.step) * self.step if self.step > 0 else flow

    def flow(self, flow: float, setting: int) -> Quantity:
        """A flow (L/min) with the controller's influences on it."""
        own = flow / self.litres
        influences = {
            f"controller.{self.name}": self.controller.flow_uncertainty(own) * self.litres,
            f"divider.setting.{setting}.{self.name}": self.controller.flow_reproducibility(own) * self.litres,
        }
        if self.step > 0:
            steps = divmod(round(flow / self.step), 100_000)  # counters of an influence have at most five digits
            name = ".".join(str(count) for count in (steps if steps[0] else steps[1:]))
            influences[f"controller.{self.name}.resolution.{name}"] = self.step / math.sqrt(12.0)  # rectangular, GUM F.2.2.1
        return Quantity(flow, FLOW, {name: Component(u) for name, u in influences.items() if u > 0})

    def gas(self, component: str) -> Quantity:
        """Content of `component` in the cylinder."""
        if component != self.component:
            return Quantity(0.0, FRACTION)
        if self.content == 0:
            return zero_gas_content(self.impurity, FRACTION, f"cylinder.{self.cylinder}.impurity")
        u = self.content * self.relative_uncertainty
        return Quantity(self.content, FRACTION, {f"cylinder.{self.cylinder}": Component(u)} if u > 0 else {})


class MfcBlend:
    """A gas divider (role `GasDivider`); its controllers have the sessions."""

    driver: ClassVar[str] = "mfc-blend"
    kind: ClassVar[str] = "divider"
    summary: ClassVar[str] = "gas divider made of two or more mass flow controllers"
    documented_by: ClassVar[str] = "ISO 6145-7; its controllers by their own drivers"
    verified: ClassVar[str] = "arithmetic after ISO 6145-7, checked by hand calculation"
    Settings: ClassVar[type[BaseModel]] = MfcBlendSettings

    def __init__(self, name: str, settings: MfcBlendSettings, parts: Parts) -> None:
        self.name = name
        self.settings = settings
        self._legs = tuple(_legs(name, settings, parts))
        zero = [leg for leg in self._legs if leg.content == 0]
        if len(zero) != 1:
            raise StationError(
                f"{name}: one controller must carry zero gas (a cylinder of fraction_percent 0), "
                f"{'none does' if not zero else 'these do: ' + ', '.join(leg.name for leg in zero)}"
            )
        self._balance = zero[0]
        self._sources = tuple(leg for leg in self._legs if leg is not self._balance)
        if self._balance.largest < settings.total_flow:
            raise StationError(
                f"{name}: zero gas at the total flow of {settings.total_flow:g} {FLOW} is above the full scale of "
                f"{self._balance.name} ({self._balance.largest:g} {FLOW}); lower total_flow"
            )
        if settings.total_flow < self._balance.smallest or not self._balance.settable(settings.total_flow):
            raise StationError(
                f"{name}: zero gas at the total flow of {settings.total_flow:g} {FLOW} is below what {self._balance.name} "
                f"can set ({max(self._balance.smallest, self._balance.step):g} {FLOW}); raise total_flow"
            )
        self._rest_flow = self._resting()
        self.rest_state = f"zero gas at {self._rest_flow:g} {FLOW}"
        self.component = self._sources[0].component
        self.sources: tuple[Source, ...] = tuple(leg.controller for leg in self._legs)
        self._flows: dict[str, float] = {}

    def _resting(self) -> float:
        """Flow of zero gas at rest, L/min; raise StationError where its controller cannot make the one that is stated."""
        balance, total = self._balance, self.settings.total_flow
        least = max(balance.smallest, balance.step)
        if self.settings.rest_flow is None:
            return balance.settable(max(0.1 * total, least))
        if not least <= self.settings.rest_flow <= total:
            raise StationError(
                f"{self.name}: rest_flow of {self.settings.rest_flow:g} {FLOW} cannot be made: {balance.name} passes "
                f"at least {least:g} {FLOW}, and total_flow is {total:g} {FLOW}; "
                "state a flow between them, or leave rest_flow out"
            )
        return balance.settable(self.settings.rest_flow)

    # ---- what can be made ----------------------------------------------------------------------------------------------

    def check(self, component: str, fraction: float) -> None:
        """Raise UnsuppliableError, naming what can be made and what to change, if this content cannot be made."""
        self._plan(component, fraction)

    def ranges(self, component: str) -> tuple[tuple[float, float], ...]:
        """Contents of `component` (mol/mol) that each source can make by dilution: lowest and highest, ascending."""
        found = []
        for source in self._of(component):
            low, high = self._flow_range(source)
            if low <= high:
                found.append((self._mixed(source, low), self._mixed(source, high)))
        return tuple(sorted(found))

    def _of(self, component: str) -> list[Leg]:
        return [leg for leg in self._sources if leg.component == component]

    def _flow_range(self, source: Leg) -> tuple[float, float]:
        """Smallest and largest flow of a source at which it and the zero gas are both within their controllers' ranges."""
        total = self.settings.total_flow
        return max(source.smallest, total - self._balance.largest), min(source.largest, total - self._balance.smallest)

    def _mixed(self, source: Leg, flow: float) -> float:
        share = flow / self.settings.total_flow
        return share * source.content + (1.0 - share) * self._balance.gas(source.component).value

    def _plan(self, component: str, fraction: float) -> Mapping[str, float]:
        """Flow of every controller, L/min, that makes a content with the smallest uncertainty; raise UnsuppliableError."""
        total = self.settings.total_flow
        sources = self._of(component)
        if not sources:
            made = ", ".join(sorted({leg.component for leg in self._sources}))
            raise UnsuppliableError(f"{self.name}: there is no cylinder of {component}; it can make {made}")
        off = dict.fromkeys((leg.name for leg in self._legs), 0.0)
        if fraction == 0:
            return off | {self._balance.name: self._balance.settable(total)}
        candidates: list[tuple[float, Mapping[str, float]]] = []
        problems: list[str] = []
        for source in sources:
            flows, problem = self._dilute(source, fraction)
            if problem:
                problems.append(problem)
                continue
            predicted = self._blend(component, off | flows, setting=0)
            candidates.append((predicted.standard_uncertainty, off | flows))
        if not candidates:
            raise UnsuppliableError(self._refusal(component, fraction, problems))
        return min(candidates, key=lambda candidate: candidate[0])[1]

    def _dilute(self, source: Leg, fraction: float) -> tuple[dict[str, float], str]:
        """Flows of source and zero gas that make a content, or why they cannot."""
        total, balance = self.settings.total_flow, self._balance
        lowest = balance.gas(source.component).value
        if math.isclose(fraction, source.content, rel_tol=1e-9):
            if total <= source.largest:
                return {source.name: source.settable(total)}, ""
            return {}, f"the undiluted gas would need {total:g} {FLOW} of {source.name}, above its full scale"
        if not lowest < fraction < source.content:
            return {}, f"cylinder {source.cylinder} has {_percent(source.content)}, the zero gas {_percent(lowest)}"
        wanted = total * (fraction - lowest) / (source.content - lowest)
        slack = 1e-9 * total
        for leg, flow in ((source, wanted), (balance, total - wanted)):
            if flow > leg.largest + slack:
                return {}, f"{leg.name} would have to pass {flow:.4g} {FLOW}, above its full scale of {leg.largest:g} {FLOW}"
            if flow < leg.smallest - slack:
                return {}, (
                    f"{leg.name} would have to pass {flow:.3g} {FLOW}, below "
                    f"{self.settings.minimum_flow_percent:g} % of its full scale ({leg.smallest:g} {FLOW})"
                )
        flows = {source.name: source.settable(wanted), balance.name: balance.settable(total - wanted)}
        for leg in (source, balance):
            if not flows[leg.name]:
                return {}, f"{leg.name} would have to pass less than it can set ({leg.step:g} {FLOW})"
        return flows, ""

    def _refusal(self, component: str, fraction: float, problems: list[str]) -> str:
        ranges = self.ranges(component)
        pure = {leg.content for leg in self._of(component) if leg.largest >= self.settings.total_flow}
        unit = "%" if max(0.0, *(high for _, high in ranges), *pure, fraction) >= 1e-3 else "µmol/mol"
        possible = [f"{_in(low, unit, ROUND_CEILING)} to {_in(high, unit, ROUND_FLOOR)} {unit}" for low, high in ranges]
        possible += [f"{_in(content, unit)} {unit} undiluted" for content in sorted(pure)]
        return (
            f"{self.name}: {_in(fraction, unit)} {unit} {component} cannot be made: {'; '.join(problems)}. "
            f"At {self.settings.total_flow:g} {FLOW} it makes {', '.join([*possible, 'and zero gas'])}; "
            "change the level, total_flow, minimum_flow_percent or a cylinder"
        )

    # ---- setting -------------------------------------------------------------------------------------------------------

    def supply(self, component: str, fraction: float) -> None:
        """Set the flows that make a content; raises UnsuppliableError before anything is touched."""
        self._set(self._plan(component, fraction))

    def zero(self) -> None:
        """Supply zero gas at the total flow."""
        self._set(self._plan(self.component, 0.0))

    def rest(self) -> None:
        """Supply zero gas at the low flow of a pause."""
        self._set(dict.fromkeys((leg.name for leg in self._sources), 0.0) | {self._balance.name: self._rest_flow})

    def stop(self) -> None:
        """Set all flows to 0, sources first."""
        for leg in (*self._sources, self._balance):
            leg.controller.set_flow(0.0)
            self._flows[leg.name] = 0.0

    def _set(self, flows: Mapping[str, float]) -> None:
        """Set flows: those that grow first, zero gas before all, and zero gas last of those that shrink, so that the content
        stays between the old and the new one and the flow between two contents never falls below the total."""
        growing = [leg for leg in self._legs if flows[leg.name] > self._flows.get(leg.name, 0.0)]
        growing.sort(key=lambda leg: leg is not self._balance)
        shrinking = [leg for leg in self._legs if leg not in growing]
        shrinking.sort(key=lambda leg: leg is self._balance)
        for leg in (*growing, *shrinking):
            leg.controller.set_flow(flows[leg.name] / leg.litres)
            self._flows[leg.name] = flows[leg.name]

    # ---- what was made -------------------------------------------------------------------------------------------------

    def reference(self, component: str, flows: Mapping[str, float], setting: int) -> Quantity:
        """Content (mol/mol) that the measured flows make; `flows` by channel name, each in its controller's unit.

        A flow below half of the smallest that is used counts as closed. Raises InstrumentError when nothing flows, and when
        a controller passes another flow than was set (`FLOW_DEPARTURE`): then the gas is not the one that was asked for.
        """
        measured = {}
        for leg in self._legs:
            flow = flows[leg.controller.channels[0].name] * leg.litres
            measured[leg.name] = flow if flow > 0.5 * leg.smallest else 0.0
            wanted = self._flows.get(leg.name)
            if wanted is not None and abs(flow - wanted) > FLOW_DEPARTURE * wanted + CLOSED_DEPARTURE * leg.largest:
                raise InstrumentError(
                    f"{self.name}: {leg.name} passes {flow:.4g} {FLOW} where {wanted:.4g} {FLOW} are set, so the gas is not "
                    f"what was asked for; is cylinder {leg.cylinder} empty or closed, or its pressure too low?"
                )
        if not any(measured.values()):
            raise InstrumentError(f"{self.name}: no gas flows, so it has no content; are the cylinders open?")
        return self._blend(component, measured, setting)

    def predict(self, component: str, fraction: float, setting: int) -> Quantity:
        """Content (mol/mol) that the set-points make, with its uncertainty; raises UnsuppliableError."""
        return self._blend(component, self._plan(component, fraction), setting)

    def consumption(self, component: str, fraction: float) -> Mapping[str, float]:
        """Flow of each cylinder in L/min while a content is supplied; raises UnsuppliableError."""
        flows = self._plan(component, fraction)
        used: dict[str, float] = {}
        for leg in self._legs:
            used[leg.cylinder] = used.get(leg.cylinder, 0.0) + flows[leg.name]
        return used

    def drawn(self, passed: Mapping[str, float]) -> Mapping[str, float]:
        """Litres of each cylinder for the integrals of the flows, by channel name, each in its controller's unit × min."""
        litres: dict[str, float] = {}
        for leg in self._legs:
            own = passed.get(leg.controller.channels[0].name, 0.0) * leg.litres
            litres[leg.cylinder] = litres.get(leg.cylinder, 0.0) + own
        return litres

    def _blend(self, component: str, flows: Mapping[str, float], setting: int) -> Quantity:
        return blend(
            [Stream(leg.flow(flows[leg.name], setting), leg.gas(component)) for leg in self._legs if flows[leg.name] > 0]
        )


def _legs(name: str, settings: MfcBlendSettings, parts: Parts) -> Iterator[Leg]:
    """Controllers with their cylinders; raise StationError for what is missing or does not fit together."""
    conditions: dict[str, str] = {}
    for controller_name, cylinder_name in settings.controllers.items():
        controller: Any = parts.instruments.get(controller_name)
        if not isinstance(controller, FlowController):
            there = ", ".join(key for key, made in parts.instruments.items() if isinstance(made, FlowController)) or "none"
            raise StationError(f"{name}: {controller_name!r} is no flow controller of the station; there are: {there}")
        cylinder = parts.cylinders.get(cylinder_name)
        if cylinder is None:
            raise StationError(
                f"{name}: there is no cylinder {cylinder_name!r} for {controller_name}; "
                f"there are: {', '.join(parts.cylinders)}"
            )
        try:
            unit = flow_unit(controller.flow_unit)
        except FlowUnitError as error:
            raise StationError(f"{name}: {controller_name}: {error}") from error
        conditions[unit.conditions] = controller_name
        yield Leg(
            controller=controller,
            cylinder=cylinder_name,
            component=cylinder.component,
            content=cylinder.fraction_percent / 100.0,
            relative_uncertainty=cylinder.expanded_uncertainty_percent / 200.0,  # expanded, k = 2
            impurity=cylinder.impurity_umol_per_mol * 1e-6,
            litres=unit.litres_per_minute,
            smallest=controller.full_scale * unit.litres_per_minute * settings.minimum_flow_percent / 100.0,
            largest=controller.full_scale * unit.litres_per_minute,
        )
    if len(conditions) > 1:
        raise StationError(
            f"{name}: {' and '.join(conditions.values())} state flows at different reference conditions (standard, normal); "
            "set them alike"
        )


def _in(fraction: float, unit: str, rounding: str = ROUND_HALF_EVEN) -> str:
    """A content in `unit` with four digits; the ends of a range are rounded inwards, so that what is named can be made."""
    value = Decimal(f"{from_fraction(fraction, unit):.9g}")
    if not value.is_finite():
        return str(value)
    return f"{Context(prec=4, rounding=rounding).plus(value):g}"


def _percent(fraction: float) -> str:
    return f"{_in(fraction, '%')} %" if fraction == 0 or fraction >= 1e-4 else f"{_in(fraction, 'µmol/mol')} µmol/mol"
