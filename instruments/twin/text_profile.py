"""A simulated instrument that serves a text profile: what it is asked it answers by the profile's replies.

A quantity that reads a setting back says what was set. The quantity of the instrument's table comes from the plant; others
say what the profile's `simulated` states. A command that the profile does not know gets no answer and stands in the queue
of errors, where the profile asks for errors.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from instruments.condition_units import unit_line
from instruments.framing import FrameError, Framing
from instruments.linked_analyser import unit_of
from instruments.text_analyser import TextAnalyserSettings
from instruments.text_condition import TextConditionSettings
from instruments.text_framing import FRAMINGS
from instruments.text_grammar import filled, reader
from instruments.text_profile import SettingEntry, TextProfile, read_text_profile
from instruments.text_sensor import TextSensorSettings
from instruments.twin.peer import AnalyserPort, SensorPort
from testbench.metrology.amount import conversion, from_fraction

UNDEFINED = '-113,"Undefined header"'
MOST_ERRORS = 20


class TextServer:
    """The side of a profile that answers; connections share it.

    `measured` gives quantities from the plant, in the profile's units. `taken` hears of a setting with a value, in the
    profile's unit, when it was made.
    """

    def __init__(
        self,
        profile: TextProfile,
        address: str,
        measured: Mapping[str, Callable[[], float]],
        taken: Callable[[str, float], None] = lambda setting, value: None,
    ) -> None:
        self._profile = profile
        self._address = address
        self._measured = measured
        self._taken = taken
        self._framing = FRAMINGS[profile.transport.framing](profile.transport.ends(address))
        self._errors: deque[str] = deque(maxlen=MOST_ERRORS)
        self._set: dict[str, float] = {}  # quantity that reads back → what was set
        self._questions = {filled(entry.ask, address=address): name for name, entry in profile.quantities.items()}

    def connect(self) -> TextConnection:
        """Begin a conversation."""
        return TextConnection(self)

    def requests(self) -> Framing:
        """What finds a request in the bytes that arrive."""
        return self._framing.requests()

    def start(self, quantity: str, value: float) -> None:
        """State what a quantity reads back before anything is set."""
        self._set[quantity] = value

    def answer(self, request: bytes) -> bytes:
        """What answers a request; nothing for one to another address, or to a command that is not answered."""
        command = self._framing.command(request)
        if not command:
            return b""
        text = self._carried_out(command)
        return b"" if text is None else self._framing.answer(command, text)

    def _carried_out(self, command: str) -> str | None:
        profile = self._profile
        if profile.identity is not None and command == filled(profile.identity.ask, address=self._address):
            return filled(profile.identity.reply, address=self._address)
        if profile.errors is not None and command == filled(profile.errors.ask, address=self._address):
            return self._errors.popleft() if self._errors else filled(profile.errors.reply, address=self._address)
        if command in self._questions:
            return self._told(self._questions[command])
        for name, setting in profile.settings.items():
            found = reader(setting.send).fullmatch(command)
            if found is not None and found.groupdict().get("address", self._address) == self._address:
                return self._make(name, setting, found.groupdict())
        if command not in profile.transport.open:
            self._errors.append(UNDEFINED)
        return None

    def _told(self, quantity: str) -> str:
        entry = self._profile.quantities[quantity]
        measure = self._measured.get(quantity)
        value = self._set.get(quantity, entry.simulated) if measure is None else measure()
        return filled(entry.reply, value=entry.number(value), address=self._address)

    def _make(self, name: str, setting: SettingEntry, found: Mapping[str, str]) -> str | None:
        if "value" in found:
            value = float(found["value"]) * setting.scale + setting.offset
            if setting.range is not None and not setting.range[0] <= value <= setting.range[1]:
                self._errors.append('-222,"Data out of range"')
                return filled(setting.reply, value=0.0, address=self._address) if setting.reply else None
            if setting.read_back is not None:
                self._set[setting.read_back] = value
            self._taken(name, value)
        elif setting.read_back is not None and setting.expected is not None:
            self._set[setting.read_back] = setting.expected
        return filled(setting.reply, value=0.0, address=self._address) if setting.reply is not None else None


class TextConnection:
    """One client; a request may arrive in pieces."""

    def __init__(self, server: TextServer) -> None:
        self._server = server
        self._requests = server.requests()
        self._buffer = bytearray()

    def receive(self, data: bytes) -> bytes:
        """Carry out every whole request and return the answers; what becomes no request is dropped."""
        self._buffer += data
        reply = b""
        try:
            while (request := self._requests.extract(self._buffer)) is not None:
                reply += self._server.answer(request)
        except FrameError:
            self._buffer.clear()
        return reply


class TextAnalyserServer(TextServer):
    """A simulated analyser: its measurand and other gases from the plant."""

    def __init__(self, name: str, settings: TextAnalyserSettings, port: AnalyserPort) -> None:
        profile = read_text_profile(settings.profile, TextProfile)
        measurand = settings.quantities[0]
        factor = conversion(port.unit, unit_of(profile.quantity(measurand).unit))
        measured: dict[str, Callable[[], float]] = {measurand: lambda: port.indication() * factor}
        for quantity in settings.record_also:
            unit = unit_of(profile.quantity(quantity).unit)
            measured[quantity] = _content(port, quantity, unit)
        super().__init__(profile, settings.address_with(profile), measured)


class TextSensorServer(TextServer):
    """A simulated sensor of a condition."""

    def __init__(self, name: str, settings: TextSensorSettings, port: SensorPort) -> None:
        profile = read_text_profile(settings.profile, TextProfile)
        asked = settings.asked or settings.quantity
        gain, offset = unit_line(settings.unit, profile.quantity(asked).unit or settings.unit)
        super().__init__(profile, settings.address_with(profile), {asked: lambda: port.value() * gain + offset})


class TextConditionServer(TextServer):
    """A simulated instrument that sets a condition: the plant goes where it is told."""

    def __init__(self, name: str, settings: TextConditionSettings, port: SensorPort) -> None:
        profile = read_text_profile(settings.profile, TextProfile)
        asked = settings.asked or settings.quantity
        gain, offset = unit_line(settings.unit, profile.quantity(asked).unit or settings.unit)
        control = profile.control[settings.quantity]
        setting = profile.setting(control.setting)
        set_gain, set_offset = unit_line(setting.unit, settings.unit)

        def taken(made: str, value: float) -> None:
            if made == control.setting:
                port.set(value * set_gain + set_offset)

        measured = {asked: lambda: port.value() * gain + offset}
        super().__init__(profile, settings.address_with(profile), measured, taken)
        if setting.read_back is not None:
            self.start(setting.read_back, (port.setpoint() - set_offset) / set_gain)


def _content(port: AnalyserPort, quantity: str, unit: str) -> Callable[[], float]:
    return lambda: float(from_fraction(port.content(quantity), unit))
