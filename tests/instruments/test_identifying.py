"""An unknown instrument is asked only what is safe, says who it is, and gets a table for the station file."""

import re
import tomllib
from pathlib import Path

import pytest

from instruments.keysight_daq import KeysightDaq
from instruments.modbus import crc16
from instruments.modbus_identification import device_identification
from instruments.probing import SCPI_IDENTITY, Found, Medium, Probe, Probing, ProbingAt, line_of, scpi_identity
from instruments.session import SerialSettings
from instruments.tools.knocking import fits, knock, medium_of
from instruments.twin.bench import server, simulated_instruments
from instruments.twin.plant import Plant
from testbench.cli import main
from testbench.engine.registry import driver_names, find_driver
from testbench.engine.roles import Identity
from testbench.errors import InputError
from testbench.station import read_station

HERE = Path(__file__).parent
DRIVERS = [find_driver(name, "here") for name in driver_names()]
PROBES = [(driver.driver, probe) for driver in DRIVERS if isinstance(driver, Probing) for probe in driver.probes()]

READS = [
    rb"[A-D]\r",  # Alicat: poll
    rb"A QMXS\r",  # Alicat gas mixer: query its state
    rb"[\x80-\xff]?program no\r",  # C-Link: tell a setting of the firmware
    rb"T LIST\r",  # TAPI: tell test values
    rb"\*IDN\?\n",  # SCPI, IEEE 488.2
    rb"\x02 A[A-Z]{3} K0\x03",  # AK: codes with A ask
    rb":..80047[0-9A-F]+\r\n",  # ProPar: command 4 asks
    rb"\x10\x02\x00\x80.\x04.+\x10\x03",
    rb"\x00\x01\x00\x00\x00[\x05\x06].(\x03....|\x2b\x0e\x01\x00)",  # Modbus TCP: function 3 or 43 / 14
    rb".(\x03....|\x2b\x0e\x01\x00)..",  # Modbus RTU
    rb"\x20\x02\x80\x03...\x00.",  # Sevenstar: service 80 reads
    rb"<LI8[0-9]{2}>.*\?.*\r?\n",  # LI-COR: a question mark in place of values
    rb"\rsend\r",  # Vaisala: send one reading
    rb"_(Meas_GetConc|Meas_GetConcEx|Instr_GetStatus)\r",  # Picarro: get
]
"""Forms of questions that change nothing in any instrument that understands them."""


@pytest.mark.parametrize(("driver", "probe"), PROBES)
def test_every_question_is_one_that_only_asks(driver, probe):
    assert any(re.fullmatch(form, probe.request, re.DOTALL) for form in READS), probe.request


def test_the_drivers_with_a_session_of_their_own_offer_questions():
    offering = {driver for driver, _ in PROBES}
    assert {"alicat", "thermo-iseries", "keysight-daq", "bronkhorst-propar", "teledyne", "ak-protocol"} <= offering
    assert "mfc-blend" not in offering


@pytest.fixture
def simulated(loopback):
    """Serve the first simulated instrument of a driver: `simulated(driver)` returns its resource name."""

    def serve(driver):
        file = read_station(HERE / "stations" / f"{driver}.toml")
        item = next(item for item in simulated_instruments(file) if item.table.driver == driver)
        kind = "serial-over-socket" if item.table.resource == "twin:serial" else "socket"
        return loopback(server(file, item, item.resource(1), Plant(file.station, 1)), kind)

    return serve


@pytest.mark.parametrize(
    ("driver", "keys"),
    [
        ("alicat", {"unit_id": "A"}),
        ("alicat-mixer", {"unit_id": "A"}),
        ("thermo-iseries", {"maker": "Thermo"}),
        ("keysight-daq", {"model": "34972A"}),
        ("bronkhorst-propar", {"node": 128}),
        ("teledyne", {"instrument_id": 412}),
        ("ak-protocol", {"model": "testbench-AK"}),
        ("licor-li850", {"root": "LI850"}),
        ("picarro", {"maker": "Picarro"}),
        ("vaisala-console", {"maker": "Vaisala"}),
        ("modbus-profile", {"address": 1}),
    ],
)
def test_a_simulated_instrument_is_known_and_its_table_is_written(driver, keys, simulated, capsys):
    resource = simulated(driver)
    status = main(["instruments", "identify", resource, "--timeout", "0.05", "--driver", driver])
    shown = capsys.readouterr().out
    assert status == 0, shown
    table = shown.split("to complete:\n\n")[1].split("\n\n")[0]
    (read,) = tomllib.loads(table.replace("NAME", "x")).values()
    written = read.get("x", read)
    assert (written["driver"], written["resource"]) == (driver, resource)
    assert keys.items() <= written.items()
    for name, field in find_driver(driver, "here").Settings.model_fields.items():
        assert not field.is_required() or re.search(rf"^\s*(# )?{name} =", table, re.MULTILINE), name


@pytest.mark.parametrize(("driver", "address"), [("vogtlin-redy", 3), ("sevenstar-cs", 33), ("modbus-profile", 1)])
def test_an_instrument_at_another_address_is_known_when_it_is_said(driver, address, simulated, capsys):
    resource = simulated(driver)
    assert main(["instruments", "identify", resource, "--timeout", "0.3", "--address", str(address)]) == 0
    shown = capsys.readouterr().out
    assert re.search(
        rf'driver = "(modbus-profile|{driver})"\nresource = .*\n(.*\n)*?address = {address}\n', shown.replace("  ", "")
    )
    assert shown.count("  > ") < 12, "only who has an address is asked"


def test_at_an_address_that_cannot_be_nothing_is_asked():
    assert [driver.driver for driver in DRIVERS if isinstance(driver, ProbingAt) and list(driver.probes_at(300))] == []


def test_nothing_is_asked_any_more_when_the_answer_can_come_from_one_driver_only(loopback):
    class Echo:
        heard = b""

        def connect(self):
            return self

        def receive(self, data):
            Echo.heard += data
            return b"ME\r" if data == b"A\r" else b""

    sure = type("Sure", (), {"driver": "sure", "probes": classmethod(lambda cls: [Probe(b"A\r", found)])})
    other = type("Other", (), {"driver": "other", "probes": classmethod(lambda cls: [Probe(b"B\n", found)])})

    def found(answer):
        return Found(Identity("us")) if answer == b"ME\r" else None

    knocks = knock(loopback(Echo()), [other, sure], timeout_s=2.0)
    assert Echo.heard == b"A\r"  # what ends with a carriage return goes first
    assert [(driver.driver, known.identity.maker) for driver, known in fits(knocks)] == [("sure", "us")]


def test_a_question_that_two_drivers_offer_goes_out_once(loopback):
    heard = []

    class Deaf:
        def connect(self):
            return self

        def receive(self, data):
            heard.append(data)
            return b"x"

    class One:
        driver = "one"

        @classmethod
        def probes(cls):
            return [Probe(b"*IDN?\n", lambda answer: Found(certain=False))]

    class Two(One):
        driver = "two"

    knocks = knock(loopback(Deaf()), [One, Two], timeout_s=0.5)
    assert heard == [b"*IDN?\n"]
    assert [driver.driver for driver, _ in fits(knocks)] == ["one", "two"]


def test_an_instrument_that_nobody_knows_is_shown_as_it_answers(loopback, capsys):
    class Strange:
        def connect(self):
            return self

        def receive(self, data):
            return b"WHO?\r"

    asked = ["instruments", "identify", loopback(Strange()), "--timeout", "0.5", "--driver", "keysight-daq"]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert "> 2A 49 44 4E 3F 0A  '*IDN?\\n'" in shown
    assert "< 57 48 4F 3F 0D  'WHO?\\r'" in shown
    assert "no installed driver knows it" in shown


def test_a_web_server_is_called_one(loopback, capsys):
    class Web:
        def connect(self):
            return self

        def receive(self, data):
            return b"HTTP/1.0 400 Bad Request\r\n"

    assert main(["instruments", "identify", loopback(Web()), "--timeout", "0.5", "--driver", "keysight-daq"]) == 0
    assert "a web server answers there" in capsys.readouterr().out


def test_silence_is_an_error_in_words(loopback, capsys):
    class Silent:
        def connect(self):
            return self

        def receive(self, data):
            return b""

    assert main(["instruments", "identify", loopback(Silent()), "--timeout", "0.05", "--driver", "alicat"]) == 3
    assert "no answer to 4 questions; is it switched on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("resource", "status", "says"),
    [
        ("TCPIP::127.0.0.1::{port}::SOCKET", 3, "connection refused"),
        ("TCPIP::no-such-host.invalid::5000::SOCKET", 3, "is not known"),
        ("ASRL/dev/no-such-port::INSTR", 3, "no such serial port"),
        ("COM 3", 2, "is not a VISA resource name"),
        ("HJ212::127.0.0.1::{port}", 2, "`testbench instruments hj212-listen` shows"),
    ],
)
def test_nobody_there_is_an_error_in_words(resource, status, says, free_port, capsys):
    assert main(["instruments", "identify", resource.format(port=free_port), "--driver", "alicat"]) == status
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--baud", "0"], ["--address", "256"], ["--timeout", "0"], ["--timeout", "nan"]])
def test_options_that_mean_nothing_are_refused(option, capsys):
    assert main(["instruments", "identify", "ASRL3::INSTR", *option]) == 2
    assert option[0] in capsys.readouterr().err


def test_what_carries_the_bytes_follows_from_the_resource():
    assert medium_of("TCPIP::127.0.0.1::502::SOCKET") is Medium.SOCKET
    assert medium_of("ASRL3::INSTR") is Medium.SERIAL
    assert medium_of("TCPIP::127.0.0.1::inst0::INSTR") is Medium.MESSAGES
    with pytest.raises(InputError):
        medium_of("nonsense")
    assert {probe.request for _, probe in PROBES if Medium.MESSAGES in probe.over} == {SCPI_IDENTITY}
    assert [probe.serial for probe in KeysightDaq.probes()] == [SerialSettings(57600)]


def test_identity_by_scpi_has_four_fields():
    assert scpi_identity(b"Agilent Technologies,34972A,MY1,1.2\n") == Identity(
        "Agilent Technologies", "34972A", "MY1", "1.2"
    )
    assert scpi_identity(b"A +014.70\r") is None
    assert line_of(b"\r\nprogram no x\r", b"program") == "program no x"
    assert line_of(b"\x80other\r", b"program") == ""


def test_device_identification_is_read_as_the_standard_has_it():
    # Modbus Application Protocol V1.1b3, 6.21, example: "Company identification", "Product code XX", "V2.11"
    objects = [b"Company identification", b"Product code XX", b"V2.11"]
    listed = b"".join(bytes((number, len(text))) + text for number, text in enumerate(objects))
    pdu = bytes.fromhex("2B0E0101000003") + listed
    assert device_identification(pdu) == Identity("Company identification", "Product code XX", "", "V2.11")
    assert device_identification(pdu[:-3]).maker == "Company identification"
    assert device_identification(b"\xab\x01") == Identity()


def test_a_refusal_of_the_function_says_that_modbus_is_spoken():
    body = b"\x01\xab\x01"
    answer = body + crc16(body).to_bytes(2, "little")
    rtu = [probe for driver, probe in PROBES if driver == "modbus-profile" and probe.request[0] == 1]
    found = [probe.recognise(answer) for probe in rtu]
    assert found
    assert all(one == Found(Identity(), {"address": 1, "transport": "rtu"}, certain=False) for one in found)
    assert all(probe.recognise(answer[:-1] + b"\0") is None for probe in rtu)
