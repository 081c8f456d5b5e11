"""The Alicat gas mixer: published frames byte by byte, and driver against simulated mixer.

The frames are those that the tests of a public client of the mixer hold (its QMXS answer, MXRM, MXRFF, MXMF, MXRS, MXFG).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from instruments.alicat_mixer import AlicatMixer, AlicatMixerSettings, Mixture, State
from instruments.twin.alicat_mixer import AlicatMixerServer
from testbench.engine.roles import GasDivider, GasMeter, Identity, Parts, Source, Status, Traceable
from testbench.errors import InputError, InstrumentError, StationError, UnsuppliableError
from testbench.station import Cylinder

PUBLISHED = (
    b"A 0 2 4096 14 7 4 2 Y - +00.19 +05.00 +0001463 ---------- 04096 +020.6 +02.50 +923 +0500000000 "
    b"04096 +017.2 +2.500 +540 +0500000000"
)
CYLINDERS = {
    "co2": Cylinder(component="CO2", fraction_percent=20.0, expanded_uncertainty_percent=0.6),
    "zero": Cylinder(component="CO2", fraction_percent=0.0),
}
KEYS: dict[str, Any] = {
    "resource": "TCPIP::127.0.0.1::1::SOCKET",
    "gases": ["co2", "zero"],
    "total_flow": 5.0,
    "full_scale": [10.0, 5.0],
    "uncertainty_percent": 0.6,
    "reproducibility_percent": 0.05,
    "timeout_s": 0.3,
    "tries": 1,
}


class Box:
    """A divider in the plant that does what it is told."""

    components = ("CO2", "")
    ports = 2

    def __init__(self) -> None:
        self.flows = [0.0, 0.0]

    def set_flow(self, port: int, flow: float) -> None:
        self.flows[port - 1] = flow

    def setpoint(self, port: int) -> float:
        return self.flows[port - 1]

    def indicated_flow(self, port: int) -> float:
        return self.flows[port - 1]

    def make(self, port: int, content: float, total_flow: float) -> None:
        raise AssertionError("a mixer is told flows")

    def indicated_content(self) -> float:
        raise AssertionError("a mixer reports flows")


def settings(**more: Any) -> AlicatMixerSettings:
    return AlicatMixerSettings.model_validate(KEYS | more)


def built(**more: Any) -> AlicatMixer:
    return AlicatMixer("divider", settings(**more), Parts({}, CYLINDERS))


@pytest.fixture
def server() -> AlicatMixerServer:
    return AlicatMixerServer("divider", settings(), Box())


@pytest.fixture
def mixer(server: AlicatMixerServer, loopback: Callable[..., str], kind: str) -> Iterator[AlicatMixer]:
    made = built(resource=loopback(server, kind))
    made.open()
    yield made
    made.close()


def scripted(fault_peer: Callable[..., Any], *answers: bytes, **more: Any) -> tuple[AlicatMixer, list[bytes]]:
    """A mixer that a peer answers in turn, and what the peer heard."""
    heard: list[bytes] = []

    def script(talk: Any) -> None:
        for answer in answers:
            heard.append(talk.hear())
            talk.say(answer + b"\r")
        talk.hear()

    return built(resource=fault_peer(script).resource(), **more), heard


# ---- frames ------------------------------------------------------------------------------------------------------------


def test_the_published_answer_is_read() -> None:
    mixture = Mixture.parse(PUBLISHED)
    assert (mixture.unit_id, mixture.version, mixture.state, mixture.flow_unit) == ("A", "0", State.MIXING, 7)
    assert mixture.flow == 5.0
    assert [(port.flow, port.fraction) for port in mixture.ports] == [(2.5, 500_000_000), (2.5, 500_000_000)]
    assert mixture.trouble == ""


def test_the_published_dialogue_is_what_is_said(fault_peer: Callable[..., Any]) -> None:
    answers = [PUBLISHED, b"A 3", b"A 5.00 7 SLPM", b"A 500000000 500000000", b"A 2", b"A 3", PUBLISHED]
    mixer, heard = scripted(fault_peer, *answers)
    mixer.open()
    mixer.supply("CO2", 0.10)
    mixer.stop()
    mixer.request()
    assert [sample.value for sample in mixer.collect()] == [2.5, 2.5]
    mixer.close()
    assert heard == [
        b"A QMXS\r",
        b"A MXRM 3\r",
        b"A MXRFF 5.000\r",
        b"A MXMF 500000000 500000000\r",
        b"A MXRS 1\r",
        b"A MXRS 2\r",
        b"A QMXS\r",
    ]


def test_the_simulated_mixer_answers_as_published(server: AlicatMixerServer) -> None:
    talk = server.connect()
    assert talk.receive(b"A MXRM 3\r") == b"A 3\r"
    assert talk.receive(b"A MXRFF 2.5\r") == b"A 2.50 7 SLPM\r"
    assert talk.receive(b"A MXMF 500000000 500000000\r") == b"A 500000000 500000000\r"
    assert talk.receive(b"A MXRS 1\r") == b"A 2\r"
    assert talk.receive(b"a qm") == b""
    said = talk.receive(b"xs\r")
    assert len(said.split()) == len(PUBLISHED.split())
    assert Mixture.parse(said.strip()).ports[0].flow == 1.25
    assert talk.receive(b"A MXFG\r") == b"A 4 8\r"
    assert talk.receive(b"A MXRS 2\r") == b"A 3\r"
    assert talk.receive(b"B QMXS\r") == b""
    assert talk.receive(b"A MXMF 1 2\rA HELLO\rA MXRS 7\r") == b"?\r?\r?\r"


def test_a_start_without_a_mixture_is_an_invalid_one(server: AlicatMixerServer) -> None:
    assert server.connect().receive(b"A MXRS 1\r") == b"A 1\r"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"A 0 2 4096", "4 values where at least 14"),
        (PUBLISHED[:-12], "23 values where 24"),
        (PUBLISHED.replace(b" 0 2 4096", b" 0 9 4096"), "9 is not a valid State"),
        (PUBLISHED.replace(b"+2.500", b"ERROR"), "'ERROR' is no number"),
    ],
)
def test_an_answer_that_is_none_is_refused(line: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Mixture.parse(line)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((b" 0 2 4096", b" 0 4 4096"), "alarm"),
        ((b" 0 2 4096", b" 0 0 4096"), "emergency stop"),
        ((b"04096 +017.2", b"36864 +017.2"), r"low feed pressure \(port 2\)"),
        ((b" 0 2 4096", b" 0 2 36864"), r"low feed pressure \(mixture\)"),
    ],
)
def test_alarms_flag_every_reading(fault_peer: Callable[..., Any], change: tuple[bytes, bytes], said: str) -> None:
    mixer, _ = scripted(fault_peer, PUBLISHED, PUBLISHED.replace(*change))
    mixer.open()
    mixer.request()
    samples = mixer.collect()
    mixer.close()
    assert [sample.status for sample in samples] == [Status.FLAGGED] * 2
    assert samples[0].raw is not None
    assert re.fullmatch(said, samples[0].raw)


# ---- driver against simulated mixer ---------------------------------------------------------------------------------------


def test_it_fits_its_roles() -> None:
    for role in (GasDivider, GasMeter, Source, Traceable):
        assert isinstance(built(), role)


def test_it_makes_what_is_asked_and_reads_it(mixer: AlicatMixer) -> None:
    assert mixer.identify() == Identity("Alicat", "gas mixer", firmware="0")
    mixer.supply("CO2", 0.05)
    mixer.request()
    flows = {channel.name: sample.value for channel, sample in zip(mixer.channels, mixer.collect(), strict=True)}
    assert flows == pytest.approx({"divider.port1": 1.25, "divider.port2": 3.75})
    gas = mixer.reference("CO2", flows, 1)
    assert gas.value == pytest.approx(0.05)
    # relative: cylinder 0.3 %, each flow 0.3 % · 3/4, reproducibility 0.05 % · 3/4, last digits of 1 mL/min
    relative = {name: part.contribution / 0.05 for name, part in gas.components.items()}
    assert relative["cylinder.co2"] == pytest.approx(0.003)
    assert relative["controller.divider.port1"] == pytest.approx(0.003 * 0.75)
    assert relative["controller.divider.port2"] == pytest.approx(-0.003 * 0.75)
    assert relative["divider.setting.1.divider.port1"] == pytest.approx(0.0005 * 0.75)


def test_its_safe_state_is_read_back(mixer: AlicatMixer) -> None:
    mixer.zero()
    outcome = mixer.drive_safe()
    assert (outcome.verified, outcome.read_back) == (True, "stopped, port 1: 0 SLPM, port 2: 0 SLPM")


EMPTY = (
    b"A 0 %d 4096 14 7 4 2 Y - +00.19 +00.00 +0001463 ---------- 04096 +020.6 +00.00 +923 +0500000000 "
    b"04096 +017.2 +0.000 +540 +0500000000"
)


def test_one_in_emergency_stop_is_safe_and_one_that_goes_on_is_not(fault_peer: Callable[..., Any]) -> None:
    mixer, _ = scripted(fault_peer, PUBLISHED, b"A 0", EMPTY % 0, b"A 2")
    mixer.open()
    outcome = mixer.drive_safe()
    assert (outcome.verified, outcome.read_back) == (True, "emergency stop, port 1: 0 SLPM, port 2: 0 SLPM")
    with pytest.raises(InstrumentError, match="was stopped, but goes on mixing"):
        mixer.stop()
    mixer.close()


def test_rest_is_zero_gas_at_a_low_flow(mixer: AlicatMixer) -> None:
    mixer.rest()
    mixer.request()
    assert [sample.value for sample in mixer.collect()] == [0.0, 0.5]


def test_what_cannot_be_made_is_refused(mixer: AlicatMixer) -> None:
    with pytest.raises(UnsuppliableError, match=r"25 % CO2 cannot be made: cylinder co2 has 20 %"):
        mixer.supply("CO2", 0.25)


# ---- what does not fit ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([PUBLISHED.replace(b" 14 7 4 ", b" 14 12 4 ")], "flows in unit 12, not in SLPM"),
        ([b"?"], "does not know 'QMXS'"),
        ([b"A 0 2 4096 14 7 4 1 Y - +00.19 +05.00 +0001463 ---------- 04096 +020.6 +02.50 +923 +1000000000"], "1 ports"),
    ],
)
def test_another_instrument_is_refused_when_it_is_opened(
    fault_peer: Callable[..., Any], answers: list[bytes], said: str
) -> None:
    mixer, _ = scripted(fault_peer, *answers)
    with pytest.raises(InstrumentError, match=said):
        mixer.open()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([b"?"], r"does not know 'MXRM 3'"),
        ([b"A 3", b"A 2.00 7 SLPM"], "told a total flow of 5.000 SLPM and answers 2.00"),
        ([b"A 3", b"A 5.00 7 SLPM", b"A 500000000 400000000"], "answered 500000000 400000000"),
        ([b"A 3", b"A 5.00 7 SLPM", b"A 500000000 500000000", b"A 1"], "answered 1 to 'MXRS 1', not 2"),
    ],
)
def test_what_is_not_taken_is_an_error(fault_peer: Callable[..., Any], answers: list[bytes], said: str) -> None:
    mixer, _ = scripted(fault_peer, PUBLISHED, *answers)
    mixer.open()
    with pytest.raises(InstrumentError, match=said):
        mixer.supply("CO2", 0.10)
    mixer.close()


def test_a_table_that_makes_no_divider_is_refused() -> None:
    with pytest.raises(InputError, match="resolution has 1 steps for 2 gases"):
        built(resolution=[0.01])
    with pytest.raises(StationError, match="full_scale has 3 flows for 2 gases"):
        built(full_scale=[1.0, 2.0, 3.0])
    with pytest.raises(StationError, match="full_scale must be flows above 0"):
        built(full_scale=[5.0, 0.0])
