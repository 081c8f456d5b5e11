"""A simulated scanner DAQ6510 with two 7700 modules and current loops on its channels.

A current channel (x21, x22) reads the loop's current in A; every other one the voltage over its shunt, I · R, in V. Channels
without a loop read 0. Commands are those of the driver and what belongs to them: functions and ranges by channel, the scan,
buffers of readings, the error queue (`instruments.twin.scpi` reads the commands).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from instruments.keithley_daq6510 import KeithleyDaq6510Settings
from instruments.loop_scanner import OVERLOAD
from instruments.twin.peer import Connection, LoopPort
from instruments.twin.scpi import (
    CommandError,
    CommandTree,
    ErrorQueue,
    ScpiConnection,
    chosen_range,
    listed_channels,
    scientific,
)

_RANGES = {"CURR": (1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0, 3.0), "VOLT": (0.1, 1.0, 10.0, 100.0, 1000.0)}
_QUEUE_LENGTH = 20
_SMALLEST_BUFFER = 10


@dataclass
class _State:
    """What commands have set up."""

    functions: dict[int, str] = field(default_factory=dict)
    ranges: dict[tuple[str, int], float | None] = field(default_factory=dict)
    buffers: dict[str, int] = field(default_factory=lambda: {"defbuffer1": 100_000})
    scan: tuple[int, ...] = ()
    scan_buffer: str = "defbuffer1"
    count: int = 1


class KeithleyDaq6510Server:
    """The simulated scanner; `language` is the command set that is chosen at it."""

    def __init__(self, name: str, settings: KeithleyDaq6510Settings, port: LoopPort) -> None:
        self.name = name
        self.language = "SCPI"
        self._shunts = settings.shunts
        self._slots = settings.slots
        self._port = port
        self._state = _State()
        self._readings: dict[str, list[tuple[int, float]]] = {}
        self._errors = ErrorQueue(_QUEUE_LENGTH)
        self._tree = self._commands()

    def connect(self) -> Connection:
        """Return a new conversation."""
        return ScpiConnection(self._tree, self._errors)

    def _commands(self) -> CommandTree:
        tree = CommandTree()
        add = tree.add
        add("*IDN?", lambda _: "KEITHLEY INSTRUMENTS,MODEL DAQ6510,SIMULATED,1.7.12b")
        add("*LANG?", lambda _: self.language)
        add("*RST", self._reset)
        add("*CLS", lambda _: self._errors.clear())
        add("*WAI", lambda _: None)
        add("*OPC?", lambda _: "1")
        add("SYSTem:ERRor[:NEXT]?", lambda _: self._errors.take().removeprefix("+"))
        add("ABORt", lambda _: None)
        add("TRACe:MAKE", self._make)
        add("TRACe:DELete", self._delete)
        add("TRACe:CLEar", self._clear)
        add("TRACe:ACTual?", lambda arguments: str(len(self._readings.get(self._buffer(arguments), []))))
        add("TRACe:DATA?", self._data)
        add("[SENSe]:FUNCtion", self._set_function)
        for function in ("CURRent", "VOLTage"):
            add(f"[SENSe]:{function}[:DC]:RANGe[:UPPer]", self._range_setter(function[:4].upper()))
        add("ROUTe:OPEN:ALL", lambda _: None)
        add("ROUTe:SCAN:BUFFer", self._set_scan_buffer)
        add("ROUTe:SCAN:CREate", self._set_scan)
        add("ROUTe:SCAN:COUNt:SCAN", self._set_count)
        add("INITiate[:IMMediate]", self._initiate)
        return tree

    def _exists(self, channel: int) -> bool:
        return channel // 100 in self._slots and 1 <= channel % 100 <= 22

    def _channels(self, arguments: str) -> tuple[int, ...]:
        return listed_channels(arguments, self._exists)

    # ---- Set-up --------------------------------------------------------------------------------------------------------

    def _reset(self, arguments: str) -> None:
        self._state = _State()
        self._readings.clear()

    def _buffer(self, arguments: str) -> str:
        """The buffer that is named in quotes; there must be one of that name."""
        found = re.search('"([^"]*)"', arguments)
        name = found[1] if found else "defbuffer1"
        if name not in self._state.buffers:
            raise CommandError(-222)
        return name

    def _make(self, arguments: str) -> None:
        found = re.fullmatch(r'"(\w+)"\s*,\s*(\d+)', arguments)
        if found is None:
            raise CommandError(-109)
        if found[1] in self._state.buffers or int(found[2]) < _SMALLEST_BUFFER:
            raise CommandError(-222)
        self._state.buffers[found[1]] = int(found[2])

    def _delete(self, arguments: str) -> None:
        name = self._buffer(arguments)
        del self._state.buffers[name]
        self._readings.pop(name, None)

    def _clear(self, arguments: str) -> None:
        self._readings[self._buffer(arguments)] = []

    def _set_function(self, arguments: str) -> None:
        found = re.match(r'"(CURR|VOLT)(?:ENT|AGE)?(?::DC)?"', arguments, re.IGNORECASE)
        if found is None:
            raise CommandError(-224)
        function = found[1].upper()
        channels = self._channels(arguments)
        if any((channel % 100 > 20) != (function == "CURR") for channel in channels):
            raise CommandError(-221)
        self._state.functions.update(dict.fromkeys(channels, function))

    def _range_setter(self, function: str) -> Callable[[str], None]:
        def set_range(arguments: str) -> None:
            reach = chosen_range(arguments.partition(",")[0].strip().upper(), _RANGES[function])
            for channel in self._channels(arguments):
                if self._state.functions.get(channel) != function:
                    raise CommandError(-221)
                self._state.ranges[function, channel] = reach

        return set_range

    def _set_scan_buffer(self, arguments: str) -> None:
        self._state.scan_buffer = self._buffer(arguments)

    def _set_scan(self, arguments: str) -> None:
        self._state.scan = self._channels(arguments)

    def _set_count(self, arguments: str) -> None:
        if not arguments.isdecimal():
            raise CommandError(-104)
        self._state.count = int(arguments)

    # ---- Measurement ---------------------------------------------------------------------------------------------------

    def _initiate(self, arguments: str) -> None:
        state = self._state
        if not state.scan:
            raise CommandError(-221)
        kept = self._readings.setdefault(state.scan_buffer, [])
        kept += self._scan() * max(1, state.count)
        del kept[: -state.buffers[state.scan_buffer]]

    def _scan(self) -> list[tuple[int, float]]:
        currents = self._port.currents()
        readings = []
        for channel in self._state.scan:
            function = self._state.functions.get(channel, "CURR" if channel % 100 > 20 else "VOLT")
            reading = 1e-3 * currents.get(channel, 0.0) * (1.0 if function == "CURR" else self._shunts.get(channel, 0.0))
            reach = self._state.ranges.get((function, channel)) or _RANGES[function][-1]
            readings.append((channel, reading if abs(reading) <= 1.2 * reach else OVERLOAD))
        return readings

    def _data(self, arguments: str) -> str:
        fields = [text.strip() for text in arguments.split(",")]
        if len(fields) < 2 or not (fields[0].isdecimal() and fields[1].isdecimal()):
            raise CommandError(-109)
        kept = self._readings.get(self._buffer(arguments), [])
        first, last = int(fields[0]), int(fields[1])
        if not 1 <= first <= last <= len(kept):
            raise CommandError(-222)
        elements = [text.upper() for text in fields[3:]] or ["READ"]
        printed = []
        for channel, reading in kept[first - 1 : last]:
            for element in elements:
                if element[:4] not in ("READ", "CHAN"):
                    raise CommandError(-224)
                printed.append(str(channel) if element.startswith("CHAN") else scientific(reading))
        return ",".join(printed)
