"""A station as the bench screen knows it before anything is connected: its parts, and how the gas goes. Without Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from testbench.engine.assembly import assemble
from testbench.engine.manual.parts import Part, Place, parts_of
from testbench.metrology.amount import UnitError
from testbench.metrology.measurand import kind_of
from testbench.record.model import EvaluationStart
from testbench.station import StationFile, read_station


@dataclass(frozen=True, slots=True)
class StationPlan:
    """A station's file, its parts by key, and which cylinder feeds which controller.

    `ports` are the cylinders of a divider in one box, in their order. `selections` are controllers behind a valve: the
    channel of its position, and the cylinder at each. `rig` are the instruments that the flow rig is made of.
    """

    file: StationFile
    parts: Mapping[str, Part]
    feeds: Mapping[str, str]
    ports: tuple[str, ...] = ()
    selections: Mapping[str, tuple[str, Mapping[int, str]]] = field(default_factory=dict)
    rig: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the station file is."""
        return self.file.path

    @property
    def title(self) -> str:
        """The station's own name."""
        return self.file.station.station.name

    def of(self, place: Place) -> tuple[Part, ...]:
        """The parts of one place, in the order of the file."""
        return tuple(part for part in self.parts.values() if part.place is place)

    def measures_velocity(self, part: Part) -> bool:
        """Whether a device stands in the flow rig's duct and not in the gas."""
        try:
            return kind_of(part.unit).moves
        except UnitError:
            return False

    def used_by(self, start: EvaluationStart) -> bool:
        """Whether an evaluation has this station: its file by the path, or by its text where the path says less."""
        path = Path(start.station_path)
        if path.is_absolute():
            return path == self.path.absolute()
        return path.name == self.path.name and start.station_digest == self.file.digest


def read_plan(path: Path) -> StationPlan:
    """Read and assemble a station without touching an instrument; raises StationError."""
    file = read_station(path)
    parts = parts_of(file, assemble(file))
    divider = file.station.divider
    controllers = divider.options.get("controllers") if divider is not None else None
    feeds = {str(k): str(v) for k, v in controllers.items()} if isinstance(controllers, Mapping) else {}
    gases = divider.options.get("gases") if divider is not None else None
    ports = tuple(str(gas) for gas in gases) if isinstance(gases, list) else ()
    return StationPlan(file, {part.key: part for part in parts}, feeds, ports, _selections(file), _rig(file))


def _selections(file: StationFile) -> dict[str, tuple[str, Mapping[int, str]]]:
    """Controllers behind a valve that chooses their cylinder; the station was assembled, so its keys are right."""
    divider = file.station.divider
    selectors = divider.options.get("selectors", {}) if divider is not None else {}
    found: dict[str, tuple[str, Mapping[int, str]]] = {}
    for controller, valve in selectors.items():
        positions = file.station.instruments[valve].options["positions"]
        found[controller] = (f"{valve}.position", {number: cylinder for cylinder, number in positions.items()})
    return found


def _rig(file: StationFile) -> tuple[str, ...]:
    """The instruments that the table of the flow rig names, fan and reference among them."""
    rig = file.station.flow_rig
    named = [] if rig is None else [value for value in rig.options.values() if isinstance(value, str)]
    return tuple(name for name in named if name in file.station.instruments)
