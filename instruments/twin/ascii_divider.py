"""A simulated gas divider that serves a text profile.

It makes what the last setting of a supply, of zero gas, or of its safe state says, with the values that were told before. An
answer that holds several quantities says all of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from instruments.ascii_divider import AsciiDividerSettings
from instruments.divider_text import is_content, is_flow, read_divider_text
from instruments.flow_units import flow_unit
from instruments.text_grammar import fits
from instruments.text_profile import QuantityEntry, SettingEntry
from instruments.twin.peer import DividerPort
from instruments.twin.text_profile import TextServer
from testbench.metrology.amount import from_fraction, to_fraction


class AsciiDividerServer(TextServer):
    """The simulated divider."""

    def __init__(self, name: str, settings: AsciiDividerSettings, port: DividerPort) -> None:
        self._divider = read_divider_text(settings.profile)
        self._settings = settings
        self._port = port
        self._content = 0.0
        self._total_flow = settings.total_flow
        self._source = 1 + next(index for index, component in enumerate(port.components) if component)
        self._running = False
        entry, safe = self._divider.divider, self._divider.safe
        measured: dict[str, Callable[[], float]] = {}
        for quantity in (entry.content, entry.flow, safe.read_back if safe is not None else None):
            if quantity is not None:
                measured[quantity] = self._measure(self._divider.quantity(quantity))
        super().__init__(self._divider, settings.address_with(self._divider), measured)

    def _measure(self, entry: QuantityEntry) -> Callable[[], float]:
        """What a quantity says: a content, a flow, or 1 while it runs."""
        if is_content(entry.unit):
            return lambda: from_fraction(self._port.indicated_content() if self._running else 0.0, entry.unit)
        if is_flow(entry.unit):
            litres = flow_unit(entry.unit).litres_per_minute
            return lambda: self._flow() / litres
        return lambda: float(self._running)

    def _flow(self) -> float:
        flows = (self._port.indicated_flow(number) for number in range(1, self._port.ports + 1))
        return math.fsum(flows) if self._running else 0.0

    def _told(self, quantity: str) -> str:
        text = super()._told(quantity)
        asked = self._divider.quantity(quantity)
        for name, entry in self._divider.quantities.items():
            found = fits(entry.answer, text) if name != quantity and entry.ask == asked.ask else None
            if found is not None and name in self._measured:
                said = f"{entry.number(self._measured[name]()):.3f}"
                text = text[: found.start("value")] + said + text[found.end("value") :]
        return text

    def _make(self, name: str, setting: SettingEntry, found: Mapping[str, str]) -> str | None:
        said = super()._make(name, setting, found)
        entry, safe = self._divider.divider, self._divider.safe
        if "value" in found:
            value = float(found["value"]) * setting.scale + setting.offset
            if is_content(setting.unit):
                self._content = to_fraction(value, setting.unit)
            else:
                self._total_flow = value * flow_unit(setting.unit).litres_per_minute
        self._choose(found)
        if name in (entry.supply[-1], entry.zero[-1]):
            only_zero = name == entry.zero[-1] and name != entry.supply[-1]
            self._running = True
            self._port.make(self._source, 0.0 if only_zero else self._content, self._total_flow)
        elif safe is not None and name == safe.settings[-1]:
            self._running = False
            self._port.make(self._source, 0.0, 0.0)
        return said

    def _choose(self, found: Mapping[str, str]) -> None:
        """Take gas, port or preset point from the places of a setting."""
        names = [self._settings.gas_names.get(component, component) for component in self._port.components]
        if found.get("gas") in names:
            self._source = 1 + names.index(found["gas"])
        if found.get("port", "").isdecimal():
            self._source = int(found["port"])
        if "point" in found:
            chosen = (found.get("sequence"), found["point"])
            for point in self._settings.points:
                if (str(point.sequence), str(point.point)) == chosen:
                    self._content = point.umol_per_mol * 1e-6
