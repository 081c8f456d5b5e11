"""Dividers over lines of text: what the makers' manuals print, and each shipped profile against its simulated divider.

Frames: the long record of the 146i manual with its checksum (page B-17); the T700 manual's form of messages with the answer
to T DCPS (page 190); forms of commands of the Sabio 2010D manual (page 127).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from instruments.ascii_divider import AsciiDivider, AsciiDividerSettings
from instruments.divider_text import SHIPPED, DividerText, read_divider_text
from instruments.profile_files import parse_profile_text
from instruments.text_profile import text_profile_names
from instruments.twin.ascii_divider import AsciiDividerServer
from testbench.engine.roles import Direction, GasDivider, GasMeter, Parts, Source, Status, Traceable
from testbench.errors import InputError, InstrumentError, UnsuppliableError
from testbench.station import Cylinder

LONG_RECORD = (
    b"lr11 11:00 12-12-05 flags C0012C9 conc 533.746 tgflo 25.000 agflo 26.689 tzflo 4975.000 azflo 4970.950 "
    b"ttflo 5000.000 atflo 4997.640 pres 741.699\nsum 2583\r"
)
CYLINDERS = {
    "co2": Cylinder(component="CO2", fraction_percent=10.0, expanded_uncertainty_percent=1.0),
    "so2": Cylinder(component="SO2", fraction_percent=1.0, expanded_uncertainty_percent=1.0),
    "zero": Cylinder(component="CO2", fraction_percent=0.0),
}
POINTS = [
    {"sequence": 1, "point": 1, "umol_per_mol": 0.0},
    {"sequence": 1, "point": 2, "umol_per_mol": 2000.0},
    {"sequence": 2, "point": 7, "umol_per_mol": 5000.0},
]


class Box:
    """A divider in the plant that does what it is told."""

    def __init__(self, *components: str) -> None:
        self.components = components
        self.ports = len(components)
        self.made = (1, 0.0, 0.0)

    def set_flow(self, port: int, flow: float) -> None:
        raise AssertionError("a calibrator is told contents")

    def setpoint(self, port: int) -> float:
        raise AssertionError("a calibrator is told contents")

    def indicated_flow(self, port: int) -> float:
        return self.made[2] if port == self.ports else 0.0

    def make(self, port: int, content: float, total_flow: float) -> None:
        self.made = (port, content, total_flow)

    def indicated_content(self) -> float:
        return self.made[1]


def keys(profile: str, resource: str = "TCPIP::127.0.0.1::1::SOCKET", **more: Any) -> AsciiDividerSettings:
    usual: dict[str, Any] = {
        "resource": resource,
        "profile": profile,
        "gases": ["co2", "zero"],
        "total_flow": 5.0,
        "uncertainty_percent": 1.0,
        "reproducibility_percent": 0.1,
        "command_gap_s": 0.0,
        "timeout_s": 0.3,
        "tries": 1,
    }
    return AsciiDividerSettings.model_validate(usual | ({"points": POINTS} if profile == "sabio-2010" else {}) | more)


def built(profile: str, **more: Any) -> AsciiDivider:
    return AsciiDivider("divider", keys(profile, **more), Parts({}, CYLINDERS))


@pytest.fixture
def served(loopback: Callable[..., str]) -> Iterator[Callable[..., tuple[AsciiDivider, Box]]]:
    opened: list[AsciiDivider] = []

    def make(profile: str, kind: str = "socket", **more: Any) -> tuple[AsciiDivider, Box]:
        gases = more.get("gases", ["co2", "zero"])
        box = Box(*("" if gas == "zero" else CYLINDERS[gas].component for gas in gases))
        server = AsciiDividerServer("divider", keys(profile, **more), box)
        divider = built(profile, resource=loopback(server, kind), **more)
        divider.open()
        opened.append(divider)
        return divider, box

    yield make
    for divider in opened:
        divider.close()


def sent(divider: AsciiDivider, act: Callable[[], None]) -> list[bytes]:
    """What the divider sends meanwhile."""
    heard: list[bytes] = []
    divider.trace(lambda direction, at, data: heard.append(data) if direction is Direction.SENT else None)
    act()
    divider.trace(None)
    return heard


# ---- every profile -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", text_profile_names(SHIPPED))
def test_every_shipped_profile_drives_a_divider(profile: str, served: Any, kind: str) -> None:
    read = read_divider_text(profile)
    assert read.name == profile
    assert "unverified against hardware" in read.evidence or "example" in read.evidence
    divider, box = served(profile, kind)
    for role in (GasDivider, GasMeter, Source, Traceable):
        assert isinstance(divider, role)
    divider.supply("CO2", 0.002)
    assert box.made == (1, pytest.approx(0.002), 5.0)
    divider.request()
    values = [sample.value for sample in divider.collect()]
    assert values == pytest.approx([2000.0, 5.0])
    gas = divider.reference("CO2", dict(zip(("divider.port1", "divider.flow"), values, strict=True)), 4)
    assert gas.value == pytest.approx(0.002)
    divider.zero()
    assert box.made == (1, 0.0, 5.0)
    divider.request()
    assert [sample.value for sample in divider.collect()] == pytest.approx([0.0, 5.0])
    assert divider.drive_safe().verified
    assert box.made[2] == 0.0
    divider.request()
    assert [sample.value for sample in divider.collect()] == [0.0, 0.0]


# ---- Thermo 146i ---------------------------------------------------------------------------------------------------------


def test_the_long_record_of_the_manual_is_read_with_its_checksum(fault_peer: Callable[..., Any]) -> None:
    heard: list[bytes] = []

    def script(talk: Any) -> None:
        for _ in range(2):
            heard.append(talk.hear())
            talk.say(LONG_RECORD)
        talk.hear()

    divider = built("thermo-146i", resource=fault_peer(script).resource())
    divider.open()
    divider.request()
    assert [sample.value for sample in divider.collect()] == pytest.approx([533.746, 4.99764])
    divider.close()
    assert heard == [b"\xb3lr11\r"] * 2  # 128 + 51


def test_a_wrong_checksum_is_no_answer(fault_peer: Callable[..., Any]) -> None:
    divider = built(
        "thermo-146i", resource=fault_peer(lambda talk: (talk.hear(), talk.say(LONG_RECORD[:-2] + b"4\r"))).resource()
    )
    divider.open()
    divider.request()
    with pytest.raises(InstrumentError, match="checksum"):
        divider.collect()
    divider.close()


def test_it_is_set_to_remote_and_to_ppm_before_anything_else(served: Any) -> None:
    divider, _ = served("thermo-146i", gas_names={"CO2": "carbon dioxide"})
    commands = sent(divider, lambda: divider.supply("CO2", 0.002))
    assert commands[:3] == [b"\xb3set mode remote\r", b"\xb3set gas unit ppm\r", b"\xb3set gas carbon dioxide\r"]


def test_a_command_that_it_refuses_is_told(fault_peer: Callable[..., Any]) -> None:
    def script(talk: Any) -> None:
        talk.hear()
        talk.say(b"set mode remote can't, mode is service\r")

    divider = built("thermo-146i", resource=fault_peer(script).resource())
    divider.open()
    with pytest.raises(InstrumentError, match=r"refuses 'set mode remote' with \"can't, mode is service\""):
        divider.zero()
    divider.close()


# ---- Teledyne T700 -------------------------------------------------------------------------------------------------------


def test_the_answer_of_the_manual_is_picked_from_among_messages_unasked(fault_peer: Callable[..., Any]) -> None:
    def script(talk: Any) -> None:
        assert talk.hear() == b"T DCPS\r"
        talk.say(b"W 194:11:28 0000 SAMPLE FLOW WARN\r\nC 194:11:28 0000 START ZERO CALIBRATION\r\n")
        talk.say(b"T 194:11:29 0000 DCPS= 2500 MV\r\n")
        talk.hear()

    divider = built("teledyne-t700", resource=fault_peer(script).resource())
    divider.open()
    divider.request()
    samples = divider.collect()
    assert [(sample.status, sample.raw) for sample in samples] == [(Status.FLAGGED, "not told yet")] * 2
    divider.close()


def test_a_content_and_a_gas_are_put_into_its_command(served: Any) -> None:
    divider, box = served("teledyne-t700", gases=["so2", "co2", "zero"], gas_names={"CO2": "CARBONDIOXIDE"})
    assert sent(divider, lambda: divider.supply("CO2", 0.0012345)) == [b"C GENERATE 1234.500 PPM CARBONDIOXIDE\r"]
    assert box.made == (2, pytest.approx(0.0012345), 5.0)
    divider.request()
    assert [sample.value for sample in divider.collect()] == pytest.approx([0.0, 1234.5, 5.0])


# ---- Sabio 2010 ----------------------------------------------------------------------------------------------------------


def test_preset_points_are_started_by_sequence_and_number(served: Any) -> None:
    divider, box = served("sabio-2010", address="002")
    assert sent(divider, lambda: divider.supply("CO2", 0.005)) == [b"@TS,002,2,7\r"]
    assert box.made == (1, pytest.approx(0.005), 5.0)
    assert sent(divider, divider.zero) == [b"@TS,002,1,1\r"]
    assert sent(divider, divider.stop) == [b"@S,002\r"]


def test_a_content_that_is_not_preset_is_refused_before_anything_is_sent(served: Any) -> None:
    divider, _ = served("sabio-2010")
    for ask in (divider.supply, divider.check, lambda *what: divider.predict(*what, 1)):
        with pytest.raises(
            UnsuppliableError, match=r"3000 µmol/mol is none of its preset points \(0, 2000, 5000 µmol/mol\)"
        ):
            ask("CO2", 0.003)


@pytest.mark.parametrize("code", ["01", "02", "03", "05", "07", "12"])
def test_its_error_codes_are_refusals(code: str, fault_peer: Callable[..., Any]) -> None:
    def script(talk: Any) -> None:
        talk.hear()
        talk.say(f"\r{code},\r".encode())

    divider = built("sabio-2010", resource=fault_peer(script).resource())
    divider.open()
    with pytest.raises(InstrumentError, match=f"refuses '@TS,001,1,1' with '{code}"):
        divider.zero()
    divider.close()


# ---- profiles and tables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "more", "said"),
    [
        ("sabio-2010", {"points": []}, "state points, one of them of 0"),
        ("sabio-2010", {"points": POINTS[1:]}, "state points, one of them of 0"),
        ("teledyne-t700", {"points": POINTS}, "makes any content: leave out points"),
        ("teledyne-t700", {"rest_flow": 1.0}, "does not set the total flow: leave out rest_flow"),
        ("thermo-146i", {"address": "200"}, "is no instrument id"),
        ("gone", {}, "there is no text profile 'gone'"),
    ],
)
def test_a_table_that_does_not_fit_its_profile_is_refused(profile: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        built(profile, **more)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"flow", "content"]', '"flow", "gone"]', "there is no setting 'gone'"),
        ('alive = "flow"', 'alive = "gone"', "there is no quantity 'gone'"),
        ('unit = "ppm"\nfields', 'unit = "°C"\nfields', "neither one of content nor one of flow"),
        ('content = "content"', 'content = "flow"', "must be one of content"),
        ('read_back = "flow"\n', "", "read_back that tells that it has"),
    ],
)
def test_a_wrong_profile_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    text = (SHIPPED / "generic.toml").read_text(encoding="utf-8")
    parse_profile_text(text, "ours.toml", DividerText)
    assert old in text
    with pytest.raises(InputError, match=f"ours.toml.*{said}"):
        parse_profile_text(text.replace(old, new), "ours.toml", DividerText)


def test_rest_is_zero_gas_at_the_flow_of_a_pause(served: Any) -> None:
    divider, box = served("generic", rest_flow=0.5)
    assert divider.rest_state == "zero gas at 0.5 L/min"
    assert sent(divider, divider.rest) == [b"FLOW 0.5000\n", b"ZERO\n"]
    assert box.made == (1, 0.0, 0.5)


def test_a_flow_that_it_does_not_take_is_refused_before_anything_is_sent(served: Any) -> None:
    divider, _ = served("generic", total_flow=11.0)

    def ask() -> None:
        with pytest.raises(UnsuppliableError, match=r"flow cannot be set to 11 L/min; it takes 0.1 to 10 L/min"):
            divider.supply("CO2", 0.002)

    assert sent(divider, ask) == []
