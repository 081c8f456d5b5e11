"""A gas divider made of mass flow controllers: source gases blended with a zero gas at a constant total flow (ISO 6145-7).

    [divider]
    driver = "mfc-blend"
    total_flow = 4.0                                          # L/min
    controllers = { mfc-co2 = "co2", mfc-n2 = "zero" }        # controller = cylinder
    minimum_flow_percent = 1.0                                # of a controller's full scale: it is not used below
    rest_flow = 0.4                                           # L/min of zero gas while the bench is paused

Exactly one controller carries zero gas (a cylinder of fraction 0). Several source controllers make a wider range: of those
that can make a content within their ranges, the one is used that makes it with the smallest uncertainty.

What is made of the flows, and with which uncertainty, is in `instruments.blending`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from instruments.blending import Blending, Flows, Leg, Selection
from instruments.cylinder_selector import CylinderSelector
from instruments.flow_units import FlowUnitError
from instruments.station_keys import DriverSettings
from testbench.engine.roles import FlowController, Parts, Source
from testbench.errors import StationError
from testbench.metrology.quantity import Quantity


class MfcBlendSettings(DriverSettings):
    """Keys of the `[divider]` table with driver "mfc-blend"."""

    total_flow: float = Field(gt=0, allow_inf_nan=False, description="flow of the blend, L/min")
    controllers: dict[str, str] = Field(min_length=2, description="controller → cylinder")
    minimum_flow_percent: float = Field(default=1.0, ge=0, lt=100, description="smallest flow used, percent of full scale")
    selectors: dict[str, str] = Field(default={}, description="controller → selector: the valve that chooses its cylinder")
    rest_flow: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="flow of zero gas while the bench is paused, L/min; default: a tenth of total_flow, "
        "or what the controller of the zero gas can do at least",
    )


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
        self._controllers: dict[str, FlowController] = {}
        self._selectors: dict[str, CylinderSelector] = {}
        self._blending = Blending(
            name, tuple(self._legs(parts)), settings.total_flow, settings.minimum_flow_percent, settings.rest_flow
        )
        if self._blending.balance.selection is not None:
            raise StationError(f"{name}: zero gas cannot come through a selector; give it a controller of its own")
        self.rest_state = self._blending.rest_state
        self.component = self._blending.component
        self.sources: tuple[Source, ...] = (*self._controllers.values(), *dict.fromkeys(self._selectors.values()))

    @property
    def selected_by(self) -> Mapping[str, str]:
        """Channels of flows that a selector stands before, and the channel that tells its position."""
        chosen = (leg for leg in self._blending.legs if leg.selection is not None)
        return {leg.channel: leg.selection.channel for leg in chosen if leg.selection is not None}

    def _legs(self, parts: Parts) -> Iterator[Leg]:
        """Controllers with their cylinders; raise StationError for what is missing."""
        settings = self.settings
        for unknown in settings.selectors.keys() - settings.controllers.keys():
            raise StationError(f"{self.name}: selectors: {unknown!r} is none of its controllers")
        for controller_name, cylinder_name in settings.controllers.items():
            controller: Any = parts.instruments.get(controller_name)
            if not isinstance(controller, FlowController):
                there = [key for key, made in parts.instruments.items() if isinstance(made, FlowController)]
                raise StationError(
                    f"{self.name}: {controller_name!r} is no flow controller of the station; there are: "
                    f"{', '.join(there) or 'none'}"
                )
            for cylinder, selection in self._cylinders(parts, controller_name, cylinder_name):
                if cylinder not in parts.cylinders:
                    raise StationError(
                        f"{self.name}: there is no cylinder {cylinder!r} for {controller_name}; "
                        f"there are: {', '.join(parts.cylinders)}"
                    )
                gas = parts.cylinders[cylinder]
                try:
                    yield Leg.of(controller, cylinder, gas, settings.minimum_flow_percent, selection=selection)
                except FlowUnitError as error:
                    raise StationError(f"{self.name}: {controller_name}: {error}") from error
            self._controllers[controller_name] = controller

    def _cylinders(self, parts: Parts, controller: str, cylinder: str) -> Iterator[tuple[str, Selection | None]]:
        """The cylinders of a controller: the one that is named, or those of the selector before it."""
        selector_name = self.settings.selectors.get(controller)
        if selector_name is None:
            yield cylinder, None
            return
        selector: Any = parts.instruments.get(selector_name)
        if not isinstance(selector, CylinderSelector):
            raise StationError(
                f"{self.name}: {selector_name!r} is no selector of the station; add [instruments.{selector_name}]"
            )
        if cylinder not in selector.positions:
            raise StationError(
                f"{self.name}: cylinder {cylinder!r} of {controller} is not among the positions of {selector_name}"
            )
        if selector in self._selectors.values():
            raise StationError(f"{self.name}: {selector_name} can stand before one controller, not before several")
        self._selectors[controller] = selector
        for name, position in selector.positions.items():
            yield name, Selection(selector.channels[0].name, position)

    # ---- what can be made ----------------------------------------------------------------------------------------------

    def check(self, component: str, fraction: float) -> None:
        """Raise UnsuppliableError, naming what can be made and what to change, if this content cannot be made."""
        self._blending.plan(component, fraction)

    def ranges(self, component: str) -> tuple[tuple[float, float], ...]:
        """Contents of `component` (mol/mol) that each source can make by dilution: lowest and highest, ascending."""
        return self._blending.ranges(component)

    # ---- setting -------------------------------------------------------------------------------------------------------

    def supply(self, component: str, fraction: float) -> None:
        """Set the flows that make a content; raises UnsuppliableError before anything is touched."""
        self._set(self._blending.plan(component, fraction))

    def check_mixture(self, contents: Mapping[str, float]) -> None:
        """Raise UnsuppliableError if these contents (mol/mol by component) cannot be made at once."""
        self._blending.plan_mixture(contents)

    def supply_mixture(self, contents: Mapping[str, float]) -> None:
        """Set the flows that make several contents at once; raises UnsuppliableError before anything is touched."""
        self._set(self._blending.plan_mixture(contents))

    def predict_in_mixture(self, component: str, contents: Mapping[str, float], setting: int) -> Quantity:
        """Content (mol/mol) of one component of a mixture, with its uncertainty; raises UnsuppliableError."""
        return self._blending.predict_in_mixture(component, contents, setting)

    def consumption_of_mixture(self, contents: Mapping[str, float]) -> Mapping[str, float]:
        """Flow of each cylinder in L/min while a mixture is supplied; raises UnsuppliableError."""
        return self._blending.consumption_of_mixture(contents)

    def zero(self) -> None:
        """Supply zero gas at the total flow."""
        self._set(self._blending.plan(self.component, 0.0))

    def rest(self) -> None:
        """Supply zero gas at the low flow of a pause."""
        self._set(self._blending.zero_plan(self._blending.rest_flow))

    def stop(self) -> None:
        """Set all flows to 0, sources first, and close the selectors."""
        for leg in (*self._blending.sources, self._blending.balance):
            self._set_one(leg.name, 0.0)
        self._blending.remember(dict.fromkeys((leg.key for leg in self._blending.legs), 0.0))
        for selector in self._selectors.values():
            selector.select(0)

    def _set(self, flows: Flows) -> None:
        """Set flows: those that grow first, zero gas before all, and zero gas last of those that shrink, so that the content
        stays between the old and the new one and the flow between two contents never falls below the total."""
        self._select(flows)
        legs, balance = self._blending.legs, self._blending.balance
        wanted: dict[str, float] = {}
        before: dict[str, float] = {}
        for leg in legs:
            wanted[leg.name] = wanted.get(leg.name, 0.0) + flows[leg.key]
            before[leg.name] = before.get(leg.name, 0.0) + self._blending.remembered(leg.key)
        growing = [name for name in wanted if wanted[name] > before[name]]
        growing.sort(key=lambda name: name != balance.name)
        shrinking = [name for name in wanted if name not in growing]
        shrinking.sort(key=lambda name: name == balance.name)
        for name in (*growing, *shrinking):
            self._set_one(name, wanted[name])
            self._blending.remember({leg.key: flows[leg.key] for leg in legs if leg.name == name})

    def _select(self, flows: Flows) -> None:
        """Have the selectors feed what is to flow; a controller is closed while its cylinder is changed."""
        for leg in self._blending.sources:
            if leg.selection is None or not flows[leg.key]:
                continue
            selector = self._selectors[leg.name]
            if selector.position() != leg.selection.position:
                self._set_one(leg.name, 0.0)
                selector.select(leg.selection.position)

    def _set_one(self, name: str, flow: float) -> None:
        """Set the flow of a controller, L/min."""
        litres = next(leg.litres for leg in self._blending.legs if leg.name == name)
        self._controllers[name].set_flow(flow / litres)

    # ---- what was made -------------------------------------------------------------------------------------------------

    def reference(self, component: str, flows: Mapping[str, float], setting: int) -> Quantity:
        """Content (mol/mol) that the measured flows make; `flows` by channel name, each in its controller's unit.

        Raises InstrumentError when nothing flows, or not what was set.
        """
        return self._blending.reference(component, flows, setting)

    def predict(self, component: str, fraction: float, setting: int) -> Quantity:
        """Content (mol/mol) that the set-points make, with its uncertainty; raises UnsuppliableError."""
        return self._blending.predict(component, fraction, setting)

    def consumption(self, component: str, fraction: float) -> Mapping[str, float]:
        """Flow of each cylinder in L/min while a content is supplied; raises UnsuppliableError."""
        return self._blending.consumption(component, fraction)

    def drawn(self, passed: Mapping[str, float]) -> Mapping[str, float]:
        """Litres of each cylinder for the integrals of the flows, by channel name, each in its controller's unit × min."""
        return self._blending.drawn(passed)
