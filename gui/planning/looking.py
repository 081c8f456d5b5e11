"""Looks at what a person has put together: reads the files it names, fits what is registered, and examines the whole.

Without Qt; called in a thread, because files, the registers and the dry run take their time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gui.planning.suite_lines import Suite, suite_of_items, suite_of_standard
from testbench.criteria.combined import combined_standard
from testbench.criteria.standard import Standard, load_standard
from testbench.engine.checking.draft import Draft
from testbench.engine.checking.examination import Examination, examine
from testbench.engine.checking.problem import Place, PlaceKind, Problem, blocking, told, warning
from testbench.engine.clock import never, wall_now
from testbench.engine.saving import Saving, saving
from testbench.engine.suite_file import read_suite
from testbench.errors import TestbenchError
from testbench.register.entries import Entry, RegisteredCylinder, RegisteredDevice
from testbench.register.fitting import fitted
from testbench.register.opening import default_place
from testbench.register.states import WEIGHTS, State, Weight, explained, states
from testbench.register.store import Register
from testbench.station import StationFile, parse_station, read_station
from testbench.text import Text


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person has chosen so far. `suite` None asks for the standard's own, `folder` None for a new one in `home`.

    `standard` is a name or the path of a criteria file; empty for none: then there are findings, and nothing is judged.
    `further` are standards that are served at once with it.
    `left_out` are the devices under test that do not take part; `measurand` restricts them to one component (empty: that of
    the first). `fitted` says which registered device or cylinder stands in a slot: (kind, slot) → identifier.
    """

    station: Path | None
    standard: str
    home: Path
    suite: Suite | None = None
    suite_file: Path | None = None
    left_out: frozenset[str] = frozenset()
    measurand: str = ""
    fitted: Mapping[tuple[PlaceKind, str], int] = field(default_factory=dict)
    folder: Path | None = None
    further: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    """The entries of the registers that may be chosen."""

    devices: tuple[RegisteredDevice, ...] = ()
    cylinders: tuple[RegisteredCylinder, ...] = ()

    def of(self, kind: PlaceKind) -> tuple[RegisteredDevice | RegisteredCylinder, ...]:
        """The entries for slots of a kind."""
        return self.devices if kind is PlaceKind.DEVICE else self.cylinders


@dataclass(frozen=True, slots=True)
class Look:
    """What came of it. `base` is the station file as it stands on the disk, `station` with what is registered in it."""

    wanted: Wanted
    suite: Suite
    folder: Path
    problems: tuple[Problem, ...]
    base: StationFile | None = None
    station: StationFile | None = None
    standard: Standard | None = None
    registered: Registered = Registered()
    devices: tuple[str, ...] = ()
    measurand: str = ""
    examination: Examination | None = None
    saving: Saving | None = None

    @property
    def can_begin(self) -> bool:
        """Whether nothing blocks."""
        return self.examination is not None and not any(problem.blocks for problem in self.problems)

    @property
    def simulated(self) -> bool:
        """Whether any instrument is simulated."""
        return self.base is not None and self.base.station.simulated


def look(wanted: Wanted, check: Callable[[], None] = never) -> Look:
    """Read, fit and examine; every problem is in the answer, none is raised. `check` may raise, to end it."""
    problems: list[Problem] = []
    standard = _standard(wanted, problems)
    base = _base(wanted, problems)
    registered = _registered(problems)
    folder = wanted.folder or new_folder(wanted.home, standard.name if standard is not None else "evaluation")
    station = None if base is None else _fitted(base, wanted, registered, problems)
    if station is None:
        suite = _suite(wanted, standard, "", problems)
        return Look(wanted, suite, folder, tuple(problems), base, None, standard, registered)
    check()
    measurands = list(dict.fromkeys(table.measurand for table in station.station.devices.values()))
    measurand = wanted.measurand if wanted.measurand in measurands else next(iter(measurands), "")
    suite = _suite(wanted, standard, measurand, problems)
    devices = tuple(
        name
        for name, table in station.station.devices.items()
        if table.measurand == measurand and name not in wanted.left_out
    )
    found = examine(Draft(station, standard, suite.items, devices, folder), check=check)
    problems = sorted([*problems, *found.problems], key=lambda problem: not problem.blocks)
    saved = None
    if standard is not None and found.plan is not None:
        check()
        saved = saving(found.plan, station, standard, devices=devices)
    return Look(
        wanted, suite, folder, tuple(problems), base, station, standard, registered, devices, measurand, found, saved
    )


def new_folder(home: Path, standard: str) -> Path:
    """A folder that is not there yet: date and standard, with a number where there are several on a day."""
    name = f"{wall_now().astimezone():%Y-%m-%d}-{Path(standard).stem}"
    number = 1
    while (folder := home / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return folder


def _standard(wanted: Wanted, problems: list[Problem]) -> Standard | None:
    if not wanted.standard:
        return None
    try:
        return combined_standard([load_standard(name) for name in (wanted.standard, *wanted.further)])
    except TestbenchError as error:
        problems.append(blocking(Place(PlaceKind.STANDARD), told(error)))
        return None


def _suite(wanted: Wanted, standard: Standard | None, measurand: str, problems: list[Problem]) -> Suite:
    """The suite that is wanted, else what the standard's own has for the measurand; all of it where that is not known."""
    if wanted.suite is not None:
        return wanted.suite
    try:
        if wanted.suite_file is not None:
            return suite_of_items(read_suite(wanted.suite_file), standard)
        if standard is None:
            return Suite()
        return suite_of_standard(standard.carried_out_for(measurand) if measurand else standard)
    except TestbenchError as error:
        problems.append(blocking(Place(PlaceKind.SUITE), told(error)))
        return Suite()


def _base(wanted: Wanted, problems: list[Problem]) -> StationFile | None:
    if wanted.station is None:
        problems.append(
            blocking(
                Place(PlaceKind.STATION),
                Text(zh="没有选择工位", en="no station is chosen"),
                Text(zh="请打开工位文件，或新建模拟工位", en="open a station file, or make a simulated station"),
            )
        )
        return None
    try:
        return read_station(wanted.station)
    except TestbenchError as error:
        problems.append(blocking(Place(PlaceKind.STATION), told(error)))
        return None


def _registered(problems: list[Problem]) -> Registered:
    if not default_place().exists():
        return Registered()
    try:
        with Register.open(create=False) as register:
            devices = tuple(entry for entry in register.devices() if not entry.retired)
            return Registered(devices, tuple(entry for entry in register.cylinders() if not entry.retired))
    except TestbenchError as error:
        problems.append(warning(Place(PlaceKind.STATION), told(error)))
        return Registered()


def _fitted(base: StationFile, wanted: Wanted, registered: Registered, problems: list[Problem]) -> StationFile | None:
    """The station with the registered devices and gases in its slots; those that cannot be used are left out of it."""
    today = wall_now().astimezone().date()
    usable: dict[PlaceKind, dict[str, Entry]] = {PlaceKind.DEVICE: {}, PlaceKind.CYLINDER: {}}
    slots = {PlaceKind.DEVICE: set(base.station.devices), PlaceKind.CYLINDER: set(base.station.cylinders)}
    for (kind, slot), identifier in wanted.fitted.items():
        entry = next((one for one in registered.of(kind) if one.identifier == identifier), None)
        if entry is None or slot not in slots[kind]:
            continue
        found = _concerns(Place(kind, slot), entry, today)
        problems += found
        if not any(problem.blocks for problem in found):
            usable[kind][slot] = entry
    if not any(usable.values()):
        return base
    try:
        text = fitted(base, usable[PlaceKind.DEVICE], usable[PlaceKind.CYLINDER], today=today)  # type: ignore[arg-type]
        return parse_station(text, base.path)
    except TestbenchError as error:
        problems.append(blocking(Place(PlaceKind.STATION), told(error)))
        return None


def _concerns(place: Place, entry: Entry, today: dt.date) -> list[Problem]:
    """What is refused or flagged of a registered device or gas."""
    found = []
    for state in states(entry, today):
        if state is State.READY:
            continue
        words = explained(entry, state, today)
        text = Text(zh=f"{place.name}：{entry.name}：{words.zh}", en=f"{place.name}: {entry.name}: {words.en}")
        refused = WEIGHTS[state] is Weight.REFUSED
        remedy = Text(zh="请换一个，或在登记处更正", en="choose another, or correct it in the register")
        found.append(blocking(place, text, remedy) if refused else warning(place, text))
    return found
