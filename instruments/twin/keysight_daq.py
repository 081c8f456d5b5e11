"""A simulated scanner 34970A, 34972A or DAQ970A with three 34901A (DAQM901A) modules and current loops on its channels.

A current channel (x21, x22) reads the loop's current in A; every other one the voltage over its shunt, I · R, in V. Channels
without a loop read 0. One scanner has one state, however many connections it has: commands of the multimeter, the scan list,
triggers, formats and the error queue (`instruments.twin.scpi` reads the commands).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from instruments.keysight_daq import KeysightDaqSettings
from instruments.loop_scanner import OVERLOAD
from instruments.twin.peer import Connection, LoopPort
from instruments.twin.scpi import (
    CommandError,
    CommandTree,
    ErrorQueue,
    ScpiConnection,
    chosen_range,
    finite,
    listed_channels,
    scientific,
)

# Maker, module and firmware as each model prints them.
_IDENTITIES = {
    "34970A": ("HEWLETT-PACKARD,34970A,0,13-2-2", "HEWLETT-PACKARD,34901A,0,2.3"),
    "34972A": ("Agilent Technologies,34972A,SIMULATED,1.16-1.12-02-02", "Agilent Technologies,34901A,SIMULATED,2.3"),
    "DAQ970A": (
        "Keysight Technologies,DAQ970A,SIMULATED,A.02.04-00.16-11.29-00.02-02-01",
        "Keysight Technologies,DAQM901A,SIMULATED,01.00",
    ),
}
_RANGES = {"CURR": (0.01, 0.1, 1.0), "VOLT": (0.1, 1.0, 10.0, 100.0, 300.0)}
_QUEUE_LENGTH = 20
_MEMORY = 50_000


@dataclass
class _State:
    """What commands have set up."""

    functions: dict[int, tuple[str, float | None]] = field(default_factory=dict)  # channel → function and range (None: auto)
    scan: tuple[int, ...] = ()
    source: str = "IMM"
    interval_s: float = 10.0
    count: int = 1
    with_time: bool = False
    with_channel: bool = False
    with_unit: bool = False
    with_alarm: bool = False
    memory: list[str] = field(default_factory=list)


class KeysightDaqServer:
    """The simulated scanner."""

    def __init__(self, name: str, settings: KeysightDaqSettings, port: LoopPort) -> None:
        self.name = name
        self._shunts = settings.shunts
        self._identity, self._module = _IDENTITIES[settings.model]
        self._port = port
        self._state = _State()
        self._errors = ErrorQueue(_QUEUE_LENGTH)
        self._tree = self._commands()

    def connect(self) -> Connection:
        """Return a new conversation."""
        return ScpiConnection(self._tree, self._errors)

    def _commands(self) -> CommandTree:
        tree = CommandTree()
        add = tree.add
        add("*IDN?", lambda _: self._identity)
        add("*RST", self._reset)
        add("*CLS", lambda _: self._errors.clear())
        add("*OPC", lambda _: None)
        add("*OPC?", lambda _: "1")
        add("*WAI", lambda _: None)
        add("*TST?", lambda _: "+0")
        add("*STB?", lambda _: "+4" if self._errors.waiting else "+0")
        add("*ESR?", lambda _: "+0")
        add("SYSTem:ERRor[:NEXT]?", lambda _: self._errors.take())
        add("SYSTem:VERSion?", lambda _: "1994.0")
        add("SYSTem:CTYPe?", self._card)
        add("ABORt", lambda _: None)
        for function in ("CURRent", "VOLTage"):
            add(f"CONFigure:{function}[:DC]", self._configurer(function[:4]))
        add("ROUTe:SCAN", self._set_scan)
        add("ROUTe:SCAN?", lambda _: _block(self._state.scan))
        add("ROUTe:SCAN:SIZE?", lambda _: f"{len(self._state.scan):+d}")
        add("TRIGger:SOURce", self._set_source)
        add("TRIGger:SOURce?", lambda _: self._state.source)
        add("TRIGger:TIMer", self._set_timer)
        add("TRIGger:TIMer?", lambda _: scientific(self._state.interval_s))
        add("TRIGger:COUNt", self._set_count)
        add("TRIGger:COUNt?", lambda _: scientific(float(self._state.count)))
        for word, attribute in (("TIME", "time"), ("CHANnel", "channel"), ("UNIT", "unit"), ("ALARm", "alarm")):
            add(f"FORMat:READing:{word}", self._switch(f"with_{attribute}"))
            add(f"FORMat:READing:{word}?", self._shown(f"with_{attribute}"))
        add("INITiate[:IMMediate]", self._initiate)
        add("FETCh?", self._fetch)
        add("READ?", self._read)
        add("DATA:POINts?", lambda _: f"{len(self._state.memory):+d}")
        return tree

    # ---- Set-up --------------------------------------------------------------------------------------------------------

    def _reset(self, arguments: str) -> None:
        self._state = _State()

    def _card(self, arguments: str) -> str:
        if arguments.strip() not in ("100", "200", "300"):
            raise CommandError(-222)
        return self._module

    def _configurer(self, function: str) -> Callable[[str], None]:
        def configure(arguments: str) -> None:
            channels = self._channels(arguments)
            parameters = [text.strip().upper() for text in arguments.partition("(@")[0].split(",") if text.strip()]
            if len(parameters) > 2:
                raise CommandError(-108)
            if function == "CURR" and any(channel % 100 not in (21, 22) for channel in channels):
                raise CommandError(-222)
            if function == "VOLT" and any(channel % 100 > 20 for channel in channels):
                raise CommandError(-222)
            reach = chosen_range(parameters[0] if parameters else "AUTO", _RANGES[function])
            if len(parameters) == 2 and parameters[1] not in ("MIN", "MAX", "DEF") and finite(parameters[1]) <= 0:
                raise CommandError(-222)
            for channel in channels:
                self._state.functions[channel] = (function, reach)
            self._state.scan = channels
            self._state.memory.clear()

        return configure

    def _set_scan(self, arguments: str) -> None:
        channels = self._channels(arguments, empty_allowed=True)
        for channel in channels:
            self._state.functions.setdefault(channel, ("CURR" if channel % 100 > 20 else "VOLT", None))
        self._state.scan = channels
        self._state.memory.clear()

    def _channels(self, arguments: str, *, empty_allowed: bool = False) -> tuple[int, ...]:
        return listed_channels(arguments, _exists, empty_allowed=empty_allowed)

    def _set_source(self, arguments: str) -> None:
        source = arguments.strip().upper()[:3]
        if source not in ("IMM", "BUS", "EXT", "TIM"):
            raise CommandError(-224)
        self._state.source = source

    def _set_timer(self, arguments: str) -> None:
        seconds = finite(arguments)
        if not 0 <= seconds <= 359_999:
            raise CommandError(-222)
        self._state.interval_s = seconds

    def _set_count(self, arguments: str) -> None:
        count = finite(arguments)
        if not 1 <= count <= 50_000 or count != int(count):
            raise CommandError(-222)
        self._state.count = int(count)

    def _switch(self, attribute: str) -> Callable[[str], None]:
        def switch(arguments: str) -> None:
            value = {"ON": True, "1": True, "OFF": False, "0": False}.get(arguments.strip().upper())
            if value is None:
                raise CommandError(-224 if arguments.strip() else -109)
            setattr(self._state, attribute, value)

        return switch

    def _shown(self, attribute: str) -> Callable[[str], str]:
        return lambda _: "1" if getattr(self._state, attribute) else "0"

    # ---- Measurement ---------------------------------------------------------------------------------------------------

    def _initiate(self, arguments: str) -> None:
        state = self._state
        if not state.scan or state.source in ("BUS", "EXT"):
            raise CommandError(-221)
        one_scan = self._scan()
        fitting = max(1, min(state.count, _MEMORY // len(one_scan)))
        state.memory = one_scan * fitting

    def _fetch(self, arguments: str) -> str:
        if not self._state.memory:
            raise CommandError(-230)
        return ",".join(self._state.memory)

    def _read(self, arguments: str) -> str:
        self._initiate(arguments)
        return self._fetch(arguments)

    def _scan(self) -> list[str]:
        currents = self._port.currents()
        state = self._state
        plain = not (state.with_time or state.with_channel or state.with_unit or state.with_alarm)
        printed = []
        for channel in state.scan:
            function, reach = state.functions[channel]
            reading = 1e-3 * currents.get(channel, 0.0) * (1.0 if function == "CURR" else self._shunts.get(channel, 0.0))
            if abs(reading) > 1.2 * (_RANGES[function][-1] if reach is None else reach):
                reading = OVERLOAD
            text = scientific(reading)
            printed.append(text if plain else self._decorated(text, function, channel))
        return printed

    def _decorated(self, text: str, function: str, channel: int) -> str:
        """A reading with what FORMat:READing asks for; the time is that since the start of the scan."""
        state = self._state
        if state.with_unit:
            text += " ADC" if function == "CURR" else " VDC"
        if state.with_time:
            text += ",000000000.000"
        if state.with_channel:
            text += f",{channel}"
        if state.with_alarm:
            text += ",0"
        return text


def _exists(channel: int) -> bool:
    return channel // 100 in (1, 2, 3) and 1 <= channel % 100 <= 22


def _block(channels: Sequence[int]) -> str:
    """A channel list as a definite-length block: #214(@101,102,103)."""
    text = f"(@{','.join(map(str, channels))})"
    return f"#{len(str(len(text)))}{len(text)}{text}"
