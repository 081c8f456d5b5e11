"""pymodbus's own server holds the registers of every shipped profile, encoded by pymodbus; our driver reads them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from pymodbus import FramerType
from pymodbus.client import ModbusTcpClient

from instruments.modbus_profile import ModbusProfileDevice, ModbusProfileSettings
from instruments.register_profile import QuantityEntry, RegisterProfile, StatusEntry, TextEntry, profile_names, read_profile
from testbench.engine.roles import Parts, Sample, Status
from testbench.errors import InstrumentError

TYPES = {
    "int16": ModbusTcpClient.DATATYPE.INT16,
    "uint16": ModbusTcpClient.DATATYPE.UINT16,
    "int32": ModbusTcpClient.DATATYPE.INT32,
    "uint32": ModbusTcpClient.DATATYPE.UINT32,
    "float32": ModbusTcpClient.DATATYPE.FLOAT32,
}
EITHER_FRAMING = pytest.mark.parametrize("framer", [FramerType.SOCKET, FramerType.RTU], ids=["tcp", "rtu"])
EVERY_PROFILE = pytest.mark.parametrize("name", profile_names())


def encoded(number: float, entry: QuantityEntry | StatusEntry) -> list[int]:
    """A number in registers as pymodbus writes it; it knows the order of words, that of bytes is exchanged here."""
    kind, order = TYPES[entry.type], str(entry.order)
    exact = number if kind is ModbusTcpClient.DATATYPE.FLOAT32 else int(number)
    words = ModbusTcpClient.convert_to_registers(exact, kind, word_order="big" if order in ("ABCD", "BADC") else "little")
    if order in ("BADC", "DCBA"):
        words = [(word & 0xFF) << 8 | word >> 8 for word in words]
    return words


def lettered(shown: str, text: TextEntry) -> list[int]:
    """A text in its registers, filled with zeros."""
    return ModbusTcpClient.convert_to_registers(shown.ljust(2 * text.words, "\x00"), ModbusTcpClient.DATATYPE.STRING)


def numbers(profile: RegisterProfile) -> dict[str, float]:
    """A number for each register of a quantity, exact in its type, within what is valid, and no two alike."""
    found: dict[str, float] = {}
    places: dict[tuple[int, int], float] = {}
    for index, (name, entry) in enumerate(profile.quantities.items()):
        low, high = (end if entry.valid else None for end in entry.valid or (None, None))
        value = 0.3 * low + 0.7 * high + 0.5 * index if low is not None and high is not None else 12.25 + 1.5 * index
        number = (value - entry.offset) / entry.scale
        exact = float(round(number)) if entry.type != "float32" else round(number * 8) / 8
        found[name] = places.setdefault((entry.function, entry.register_), exact)
    return found


def blocks(profile: RegisterProfile, status: int | None = None) -> dict[int, dict[int, list[int]]]:
    """Registers by function: one block that reaches from the first to the last register that the profile names."""
    entries: list[tuple[QuantityEntry | StatusEntry, float]] = [
        (profile.quantities[name], number) for name, number in numbers(profile).items()
    ]
    if profile.status is not None:
        entries.append((profile.status, profile.status.normal[0] if status is None else status))
    words: dict[int, dict[int, int]] = {3: {}, 4: {}}
    for entry, number in entries:
        words[entry.function].update(zip(range(entry.register_, entry.end), encoded(number, entry), strict=True))
    identity = profile.identity
    for text, shown in ((identity.serial, "1234567"), (identity.firmware, "1.2"), (profile.unit_text, "ppb")):
        if text is not None:
            registers = range(text.register_, text.register_ + text.words)
            words[text.function].update(zip(registers, lettered(shown, text), strict=True))
    return {
        function: {min(at): [at.get(register, 0) for register in range(min(at), max(at) + 1)]}
        for function, at in words.items()
        if at
    }


@pytest.fixture
def served_profile(modbus_peer: Callable[..., Any]) -> Callable[..., Any]:
    def start(profile: RegisterProfile, framer: FramerType, status: int | None = None) -> Any:
        found = blocks(profile, status)
        flags = profile.flags
        discrete = {flags.first: [False] * len(flags.bits)} if flags is not None else None
        return modbus_peer(
            profile.transport.address, holding=found.get(3), input_=found.get(4), discrete=discrete, framer=framer
        )

    return start


@pytest.fixture
def device() -> Iterator[Callable[..., ModbusProfileDevice]]:
    """`device(peer, profile, quantity)` is an open device that reads in the unit of the profile."""
    with ExitStack() as stack:

        def start(peer: Any, profile: RegisterProfile, measurand: str, **keys: Any) -> ModbusProfileDevice:
            usual = {
                "resource": peer.resource,
                "profile": profile.name,
                "measurand": measurand,
                "unit": profile.quantities[keys.get("quantity", measurand)].unit,
                "range": (0.0, 100.0),
                "timeout_s": 5.0,
                "tries": 1,
            }
            made = ModbusProfileDevice("A", ModbusProfileSettings.model_validate(usual | keys), Parts({}, {}))
            stack.callback(made.close)
            made.open()
            return made

        yield start


def reading(device: ModbusProfileDevice) -> list[Sample]:
    device.request()
    return list(device.collect())


@EITHER_FRAMING
@EVERY_PROFILE
def test_every_quantity_is_read_alone_and_all_together(
    name: str, framer: FramerType, served_profile: Any, device: Any
) -> None:
    profile = read_profile(name)
    peer = served_profile(profile, framer)
    due = {
        quantity: number * profile.quantities[quantity].scale + profile.quantities[quantity].offset
        for quantity, number in numbers(profile).items()
    }
    for quantity, value in due.items():
        (sample,) = reading(device(peer, profile, quantity))
        assert (sample.value, sample.status) == (pytest.approx(value, rel=1e-12), Status.VALID), quantity
    first, *others = due
    together = device(peer, profile, first, record_also=others, read_status=profile.status is not None)
    assert [(channel.name, channel.quantity, channel.unit) for channel in together.channels] == [
        ("A" if quantity == first else f"A.{quantity}", quantity, profile.quantities[quantity].unit) for quantity in due
    ]
    assert [(s.value, s.status) for s in reading(together)] == [
        (pytest.approx(v, rel=1e-12), Status.VALID) for v in due.values()
    ]


@pytest.mark.parametrize("name", [name for name in profile_names() if read_profile(name).status is not None])
def test_a_status_that_is_not_normal_flags_every_reading(name: str, served_profile: Any, device: Any) -> None:
    profile = read_profile(name)
    assert profile.status is not None
    peer = served_profile(profile, FramerType.SOCKET, status=2)
    first, *others = profile.quantities
    samples = reading(device(peer, profile, first, record_also=others, read_status=True))
    words = profile.status.meaning.get(2, "meaning not documented")
    assert {(sample.status, sample.raw) for sample in samples} == {(Status.FLAGGED, f"status 2: {words}")}
    assert not any(math.isnan(sample.value) for sample in samples)


@EITHER_FRAMING
def test_a_discrete_input_that_is_set_flags_every_reading(framer: FramerType, served_profile: Any, device: Any) -> None:
    profile = read_profile("generic")
    peer = served_profile(profile, framer)
    made = device(peer, profile, "CO2", record_also=["O2"], read_status=True)
    peer.set(15, [True, True], function=2)
    samples = reading(made)
    assert {(s.status, s.raw) for s in samples} == {(Status.FLAGGED, "zero calibration, span calibration")}
    unwatched = reading(device(peer, profile, "CO2", record_also=["O2"]))
    assert [(s.value, s.status) for s in unwatched] == [(s.value, Status.VALID) for s in samples]


@EITHER_FRAMING
def test_another_address_and_a_register_that_is_not_there_are_told(
    framer: FramerType, modbus_peer: Any, device: Any
) -> None:
    profile = read_profile("tl-gas280")
    peer = modbus_peer(1, holding={0: [0] * 4}, framer=framer)
    with pytest.raises(
        InstrumentError, match=r"A: function 3 was refused with exception 2: the instrument has no such register"
    ):
        reading(device(peer, profile, "CO2"))
    with pytest.raises(InstrumentError, match=r"^A.*refused with exception 4: the instrument failed"):
        reading(device(peer, profile, "CO2", address=9))


def test_adjoining_registers_come_with_one_request_and_others_with_their_own(served_profile: Any, device: Any) -> None:
    profile = read_profile("teledyne-t300")
    made = device(
        served_profile(profile, FramerType.SOCKET), profile, "CO2", record_also=["stability", "CO", "CO range 2", "O2"]
    )
    sent: list[tuple[int, int]] = []
    made.trace(
        lambda direction, at, data: (
            sent.append((int.from_bytes(data[8:10], "big"), int.from_bytes(data[10:12], "big")))
            if direction == "sent"
            else None
        )
    )
    assert [sample.value for sample in reading(made)] == [numbers(profile)[c.quantity] for c in made.channels]
    assert sent == [(200, 2), (18, 6), (100, 2)]


def test_an_iq_analyser_says_who_it_is_and_in_which_unit(served_profile: Any, device: Any) -> None:
    profile = read_profile("thermo-49iq")
    peer = served_profile(profile, FramerType.SOCKET)
    made = device(peer, profile, "O3")
    assert (made.identify().serial, made.identify().firmware) == ("1234567", "1.2")
    peer.set(7555, ModbusTcpClient.convert_to_registers("ug/m3\x00", ModbusTcpClient.DATATYPE.STRING))
    with pytest.raises(InstrumentError, match=r"gives its values in 'ug/m3', not in ppb; set that unit at the analyser"):
        made.identify()


@pytest.mark.parametrize(
    ("raw", "value", "status"),
    [(5530, 0.0, Status.VALID), (27648, 200.0, Status.VALID), (16589, 100.0, Status.VALID), (4900, None, Status.FLAGGED)],
)
def test_a_current_in_a_plc_stands_for_the_range_of_the_device(
    raw: int, value: float | None, status: Status, modbus_peer: Any, device: Any
) -> None:
    profile = read_profile("sdl-plc")
    peer = modbus_peer(1, holding={4000: [0, 0, raw, 0, 0, 0, 0, 0, 0]})
    made = device(peer, profile, "SO2", quantity="AI3", unit="mg/m³", range=(0.0, 200.0))
    (sample,) = reading(made)
    assert sample.status is status
    if value is not None:
        assert sample.value == pytest.approx(value, abs=1e-6)
    assert made.channels[0].resolution == pytest.approx(200.0 / 22118)
