"""A gas divider by a Modbus profile: what it writes, what it reads, what it refuses, against its simulated divider."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from instruments.divider_registers import DividerRegisters, divider_profile_names, read_divider_profile
from instruments.modbus import rtu_frame
from instruments.modbus_divider import ModbusDivider, ModbusDividerSettings
from instruments.profile_files import parse_profile_text
from instruments.twin.modbus_divider import ModbusDividerServer
from testbench.engine.roles import Direction, GasDivider, GasMeter, Parts, Status
from testbench.errors import InputError, InstrumentError, StationError, UnsuppliableError
from testbench.station import Cylinder

CYLINDERS = {
    "co2": Cylinder(component="CO2", fraction_percent=30.0, expanded_uncertainty_percent=0.6),
    "so2": Cylinder(component="SO2", fraction_percent=1.0, expanded_uncertainty_percent=1.0),
    "zero": Cylinder(component="CO2", fraction_percent=0.0),
}
FLOWS = {"full_scale": [5.0, 5.0], "uncertainty_percent": 0.5, "reproducibility_percent": 0.05}
CONTENTS = {"source_flow": [0.01, 3.0], "uncertainty_percent": 1.0, "reproducibility_percent": 0.1}


class Box:
    """A divider in the plant that does what it is told."""

    def __init__(self, *components: str) -> None:
        self.components = components
        self.ports = len(components)
        self.flows = [0.0] * self.ports
        self.said: list[Any] = []
        self.content = 0.0

    def set_flow(self, port: int, flow: float) -> None:
        self.flows[port - 1] = flow

    def setpoint(self, port: int) -> float:
        return self.flows[port - 1]

    def indicated_flow(self, port: int) -> float:
        return self.flows[port - 1]

    def make(self, port: int, content: float, total_flow: float) -> None:
        self.said.append((port, content, total_flow))
        self.content = content
        self.flows = [0.0] * self.ports
        self.flows[-1] = total_flow

    def indicated_content(self) -> float:
        return self.content


def keys(profile: str, resource: str = "TCPIP::127.0.0.1::1::SOCKET", **more: Any) -> ModbusDividerSettings:
    usual: dict[str, Any] = {"resource": resource, "gases": ["co2", "zero"], "total_flow": 4.0, "timeout_s": 0.3, "tries": 1}
    return ModbusDividerSettings.model_validate(usual | {"profile": profile} | more)


def built(profile: str, **more: Any) -> ModbusDivider:
    return ModbusDivider("divider", keys(profile, **more), Parts({}, CYLINDERS))


@pytest.fixture
def served(loopback: Callable[..., str]) -> Iterator[Callable[..., tuple[ModbusDivider, Box]]]:
    opened: list[ModbusDivider] = []

    def make(profile: str, kind: str = "socket", **more: Any) -> tuple[ModbusDivider, Box]:
        components = [CYLINDERS[gas].component for gas in more.get("gases", ["co2"]) if gas != "zero"]
        box = Box(*components, "")
        place = "twin:serial" if kind != "socket" else "twin"
        server = ModbusDividerServer("divider", keys(profile, place, **more), box)
        divider = ModbusDivider("divider", keys(profile, loopback(server, kind), **more), Parts({}, CYLINDERS))
        divider.open()
        opened.append(divider)
        return divider, box

    yield make
    for divider in opened:
        divider.close()


def sent(divider: ModbusDivider, act: Callable[[], None]) -> list[bytes]:
    """The frames that the divider sends meanwhile."""
    heard: list[bytes] = []
    divider.trace(lambda direction, at, data: heard.append(data) if direction is Direction.SENT else None)
    act()
    divider.trace(None)
    return heard


# ---- profiles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", divider_profile_names())
def test_every_shipped_profile_says_what_it_rests_on_and_drives_a_divider(name: str) -> None:
    profile = read_divider_profile(name)
    assert profile.name == name
    assert profile.documented_by
    assert "unverified against hardware" in profile.evidence or "example" in profile.evidence
    divider = built(name, **(CONTENTS if profile.ports is None else FLOWS))
    assert isinstance(divider, GasDivider)
    assert isinstance(divider, GasMeter)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("[contents.CO2]\ntarget = { register = 1, unit = 'ppm' }", r"either \[ports\].* or \[contents.GAS\]"),
        ("[total_flow]\nregister = 1\nunit = 'gallons'", "'gallons' is no unit of flow"),
        ("colour = 'red'", "no such key"),
        ("[run]", "not valid TOML"),
    ],
)
def test_a_wrong_profile_is_refused_with_its_place(change: str, said: str) -> None:
    text = (
        "name='x'\nmaker='m'\nmodel='m'\ndocumented_by='d'\nevidence='e'\n"
        "run = { register = 0, on = 1, off = 0 }\n"
        "ports = { stride = 2, most = 2, set = { register = 2, unit = 'L/min' }, "
        "actual = { register = 2, unit = 'L/min' } }\n"
    )
    parse_profile_text(text, "ours.toml", DividerRegisters)
    with pytest.raises(InputError, match=f"ours.toml.*{said}"):
        parse_profile_text(text + change, "ours.toml", DividerRegisters)


@pytest.mark.parametrize(
    ("profile", "more", "said"),
    [
        ("mcq-gb100", CONTENTS, "state full_scale"),
        ("mcq-gb100", FLOWS | {"source_flow": [0.1, 1.0]}, "leave out source_flow"),
        ("mcq-gb100", FLOWS | {"full_scale": [5.0]}, "full_scale has 1 flows for 2 gases"),
        ("mcq-gb100", FLOWS | {"gases": ["co2", "gone"]}, "there is no cylinder 'gone'"),
        ("mcq-gb100", FLOWS | {"gases": ["zero", "zero"]}, "names cylinder 'zero' twice"),
        ("sms-calibrator", FLOWS, "state source_flow, not full_scale"),
        ("sms-calibrator", CONTENTS | {"rest_flow": 1.0}, "leave out rest_flow"),
        ("generic-flows", FLOWS | {"gases": ["co2", "so2"]}, "one controller must carry zero gas"),
        ("gone", FLOWS, "there is no Modbus profile 'gone'"),
    ],
)
def test_a_table_that_does_not_fit_its_profile_is_refused(profile: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises((InputError, StationError), match=said):
        built(profile, **more)


# ---- a divider that reports flows ---------------------------------------------------------------------------------------


def test_the_blender_is_told_total_flow_balance_and_shares_by_its_register_table(served: Any) -> None:
    divider, box = served("mcq-gb100", "serial-over-socket", **FLOWS)
    frames = sent(divider, lambda: divider.supply("CO2", 0.10))
    words = [
        (7, struct.pack(">i", 4000)),  # total flow, SCCM
        (6, b"\x00\x02"),  # balance: channel 2
        (16, b"\x0d\x05"),  # channel 1: 33.33 %
        (15, b"\x00\x01"),  # channel 1 enabled
        (30, b"\x00\x01"),  # channel 2 enabled
        (9, b"\x00\x01"),  # working
    ]
    writes = [rtu_frame(1, struct.pack(">BHHB", 16, at, len(data) // 2, len(data)) + data) for at, data in words]
    assert frames == [*writes, bytes.fromhex("01 03 00 09 00 01 54 08")]
    assert box.flows == pytest.approx([4.0 * 0.3333, 4.0 * 0.6667])


def test_measured_flows_are_read_and_make_the_content(served: Any, kind: str) -> None:
    divider, _ = served("mcq-gb100", kind, **FLOWS)
    divider.supply("CO2", 0.10)
    divider.request()
    samples = divider.collect()
    assert [sample.value for sample in samples] == [1333.2, 2666.8]  # SCCM, to a hundredth
    flows = {channel.name: sample.value for channel, sample in zip(divider.channels, samples, strict=True)}
    gas = divider.reference("CO2", flows, 3)
    assert gas.value == pytest.approx(0.3 * 0.3333)
    assert {"cylinder.co2", "controller.divider.port1", "divider.setting.3.divider.port2"} <= set(gas.components)
    assert gas.value == pytest.approx(divider.predict("CO2", 0.10, 3).value)
    assert divider.drawn({name: 10.0 * flow for name, flow in flows.items()}) == pytest.approx(
        {"co2": 13.332, "zero": 26.668}
    )


def test_zero_rest_and_stop(served: Any) -> None:
    divider, box = served("mcq-gb100", **FLOWS)
    divider.zero()
    assert box.flows == pytest.approx([0.0, 4.0])
    assert divider.rest_state == "zero gas at 0.4 L/min"
    divider.rest()
    assert box.flows == pytest.approx([0.0, 0.4])
    divider.stop()
    assert box.flows == [0.0, 0.0]


def test_the_safe_state_is_read_back(served: Any) -> None:
    divider, _ = served("mcq-gb100", **FLOWS)
    divider.supply("CO2", 0.10)
    outcome = divider.drive_safe()
    assert (outcome.verified, outcome.read_back) == (True, "state 0, port 1: 0 SCCM, port 2: 0 SCCM")


def test_what_cannot_be_made_is_refused_before_anything_is_touched(served: Any) -> None:
    divider, _ = served("mcq-gb100", **FLOWS)

    def ask() -> None:
        with pytest.raises(UnsuppliableError, match=r"it makes .* to .* %, 30 % undiluted, and zero gas"):
            divider.supply("CO2", 0.31)

    assert sent(divider, ask) == []


def test_another_flow_than_was_set_is_an_error(served: Any) -> None:
    divider, _ = served("generic-flows", **FLOWS)
    divider.supply("CO2", 0.10)
    with pytest.raises(InstrumentError, match=r"divider.port1 passes 0 L/min where 1.333 L/min are set"):
        divider.reference("CO2", {"divider.port1": 0.0, "divider.port2": 2.667}, 1)


def test_an_alarm_and_an_unknown_state_flag_the_readings(served: Any) -> None:
    divider, _ = served("generic-flows", **FLOWS)
    divider.supply("CO2", 0.10)
    image = divider._client  # the registers behind it
    image.query(read_divider_profile("generic-flows").run.write(2))
    divider.request()
    samples = divider.collect()
    assert {(sample.status, sample.raw) for sample in samples} == {(Status.FLAGGED, "state 2: purges")}


def test_one_that_does_not_start_is_told_of(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    divider, _ = served("generic-flows", **FLOWS)
    monkeypatch.setattr(divider, "_state", lambda: 0)
    with pytest.raises(InstrumentError, match="was started with state 1, but its state is 0; is it set to remote"):
        divider.zero()


# ---- a divider that makes contents --------------------------------------------------------------------------------------


def test_the_calibrator_is_told_a_content_and_started(served: Any) -> None:
    divider, box = served("sms-calibrator", **CONTENTS, select={"CO2": 5})
    frames = [frame[6:] for frame in sent(divider, lambda: divider.supply("CO2", 0.02))]
    assert frames == [
        bytes.fromhex("01 06 0046 0005"),
        bytes.fromhex("01 10 0000 0002 04") + struct.pack(">f", 20000.0),  # ppm
        bytes.fromhex("01 06 0048 0002"),
        bytes.fromhex("01 03 0048 0001"),
    ]
    assert box.said == [(1, pytest.approx(0.02), 4.0)]


def test_its_content_is_the_reference(served: Any) -> None:
    divider, _ = served("sms-calibrator", **CONTENTS)
    divider.supply("CO2", 0.02)
    divider.request()
    samples = divider.collect()
    assert [(channel.name, channel.unit) for channel in divider.channels] == [
        ("divider.port1", "µmol/mol"),
        ("divider.flow", "L/min"),
    ]
    assert [sample.value for sample in samples] == [20000.0, 4.0]
    gas = divider.reference("CO2", {"divider.port1": 20000.0, "divider.flow": 4.0}, 2)
    assert gas.value == pytest.approx(0.02)
    assert gas.components["divider.content"].contribution == pytest.approx(0.02 * 0.005)


def test_in_standby_nothing_flows(served: Any) -> None:
    divider, box = served("sms-calibrator", **CONTENTS)
    divider.supply("CO2", 0.02)
    assert divider.drive_safe().verified
    assert box.flows == [0.0, 0.0]
    divider.request()
    assert [sample.value for sample in divider.collect()] == [0.0, 0.0]


def test_gas_that_flowed_before_it_was_switched_on_is_stopped_as_well(served: Any) -> None:
    divider, box = served("sms-calibrator", **CONTENTS)
    box.make(1, 0.02, 4.0)
    assert divider.drive_safe().verified
    assert box.flows == [0.0, 0.0]


def test_each_gas_has_its_register_and_its_channel(served: Any) -> None:
    divider, box = served("sms-calibrator", **CONTENTS | {"gases": ["co2", "so2", "zero"]})
    divider.supply("SO2", 0.002)
    assert box.said[-1] == (2, pytest.approx(0.002), 4.0)
    divider.request()
    assert [sample.value for sample in divider.collect()] == [0.0, pytest.approx(2000.0), 4.0]
    divider.zero()
    divider.request()
    assert [sample.value for sample in divider.collect()] == [0.0, 0.0, 4.0]


def test_total_flow_zero_state_and_measured_flow_are_used_where_a_profile_has_them(served: Any) -> None:
    divider, box = served("generic-contents", **CONTENTS, rest_flow=0.5)
    divider.supply("CO2", 0.02)
    assert box.said[-1] == (1, pytest.approx(0.02), 4.0)
    divider.rest()
    assert box.said[-1] == (1, 0.0, 0.5)
    divider.request()
    assert [sample.value for sample in divider.collect()] == [0.0, 0.5]
    assert divider.drive_safe().read_back == "state 1, flow 0 L/min"
