"""Faults of simulated instruments' lines, over real sockets: what the link and the drivers make of them, and their end."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from instruments.framing import LineFraming
from instruments.transport import Link
from instruments.twin.__main__ import main
from instruments.twin.faults import Fault, Faults, LineFault, garbled, wrong_at
from instruments.twin.launch import SimulatedLaboratory, Visitor, start_laboratory, visit
from testbench.errors import InputError, InstrumentError
from testbench.station import StationFile, parse_station

LINE = LineFraming(b"\r")
TIMEOUT_S = 0.15


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> StationFile:
    """The simulated station with deadlines of 0.15 s, two tries each."""
    import testbench

    text = (Path(testbench.__file__).parent / "stations" / "simulated.toml").read_text(encoding="utf-8")
    for resource in ("twin", "twin:serial"):
        line = f'\nresource = "{resource}"\n'
        text = text.replace(line, f"{line}timeout_s = {TIMEOUT_S}\ntries = 2\n")
    return parse_station(text, tmp_path_factory.mktemp("faults") / "station.toml")


@pytest.fixture(scope="module")
def laboratory(impatient: StationFile) -> Iterator[SimulatedLaboratory]:
    """A laboratory that a run owns; its time stands still."""
    started = start_laboratory(impatient, directory=impatient.path.parent, idle_exit_s=30.0)
    started.reset(1)
    yield started
    started.stop()


@pytest.fixture
def visitor(laboratory: SimulatedLaboratory, impatient: StationFile) -> Iterator[Visitor]:
    """Somebody who comes beside the run; what is broken is mended afterwards."""
    with visit(impatient, impatient.path.parent) as somebody:
        yield somebody
        somebody.clear()


@pytest.fixture
def link(laboratory: SimulatedLaboratory) -> Iterator[Callable[..., Link]]:
    """`link("A")` is an open link to an instrument with short deadlines."""
    opened: list[Link] = []

    def open_link(name: str, tries: int = 2) -> Link:
        made = Link(name, laboratory.resources[name], timeout_s=TIMEOUT_S, tries=tries)
        made.open()
        opened.append(made)
        return made

    yield open_link
    for made in opened:
        made.close()


def flow(controller: Link) -> bytes:
    """Ask controller B (mfc-n2) for its state."""
    return controller.query(b"B\r", LINE, accept=lambda frame: frame.startswith(b"B "))


@pytest.mark.parametrize(
    ("fault", "delay_s", "text"),
    [
        (Fault.SILENT, None, r"no answer within 0.15 s, 2 tries"),
        (Fault.TRICKLE, 0.04, r"incomplete answer within 0.15 s: .*B"),
        (Fault.TRICKLE, None, r"no answer within 0.15 s"),
        (Fault.GARBLE, None, r"no matching answer within 0.15 s, only"),
        (Fault.CLOSE, None, r"the instrument closed the connection"),
        (Fault.LATE, None, r"no answer within 0.15 s"),
        (Fault.UNPLUGGED, None, r"closed the connection"),
        (Fault.REFUSED, None, r"connection refused: nothing listens there"),
    ],
)
def test_until_it_is_cleared_a_fault_is_an_error_in_words_and_in_time(
    visitor: Visitor, link: Callable[..., Link], fault: Fault, delay_s: float | None, text: str
) -> None:
    controller = link("mfc-n2")
    visitor.fault("mfc-n2", fault, delay_s=delay_s)
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(InstrumentError, match=text):
            flow(controller)
    assert time.monotonic() - began < 2 * (2 * TIMEOUT_S + 0.5)
    visitor.clear("mfc-n2")
    assert flow(controller).startswith(b"B +014.70")


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.TRICKLE, Fault.GARBLE, Fault.CLOSE, Fault.LATE])
def test_a_fault_of_one_request_is_settled_by_the_second_try(
    visitor: Visitor, link: Callable[..., Link], fault: Fault
) -> None:
    controller = link("mfc-n2")
    visitor.fault("mfc-n2", fault, requests=1)
    assert flow(controller).startswith(b"B +014.70")
    assert flow(controller).startswith(b"B +014.70")


def test_a_late_answer_comes_after_that_of_the_next_request(visitor: Visitor, laboratory: SimulatedLaboratory) -> None:
    port = int(laboratory.resources["A"].split("::")[2])
    with socket.create_connection(("127.0.0.1", port), 10.0) as client:
        visitor.fault("A", Fault.LATE, requests=1, delay_s=1.0)
        client.sendall(b"gas mode\r")
        visitor.now()  # now the first request has been heard
        client.sendall(b"gas unit\r")
        said = b""
        while said.count(b"\r") < 2:
            said += client.recv(100)
    assert said == b"gas unit ppm\rgas mode sample\r"


def test_no_late_answer_is_taken_for_that_of_another_question(visitor: Visitor, link: Callable[..., Link]) -> None:
    controller = link("mfc-n2", 1)
    for delay_s in (0.16, 0.18, 0.2, 0.25):
        visitor.fault("mfc-n2", Fault.LATE, requests=1, delay_s=delay_s)
        with pytest.raises(InstrumentError, match=r"no answer within 0\.15 s"):
            controller.query(b"BS0.5\r", LINE)
        assert controller.query(b"B??M*\r", LINE) == b"B M00 Alicat Scientific (simulated)"


def test_what_is_not_heard_is_not_done_and_what_is_answered_badly_is(
    visitor: Visitor, laboratory: SimulatedLaboratory, link: Callable[..., Link]
) -> None:
    controller = link("mfc-n2", 1)
    for fault, done in ((Fault.SILENT, 0), (Fault.CLOSE, 0), (Fault.GARBLE, 1), (Fault.TRICKLE, 1), (Fault.LATE, 1)):
        before = len(visitor.history())
        visitor.fault("mfc-n2", fault, requests=1)
        with pytest.raises(InstrumentError):
            controller.query(b"BS0.5\r", LINE, accept=lambda frame: frame.startswith(b"B "))
        assert len(laboratory.history(before)) == done, fault


def test_the_other_instruments_are_neither_faulty_nor_held_up(visitor: Visitor, link: Callable[..., Link]) -> None:
    slow, quick = link("mfc-n2"), link("mfc-co2")
    visitor.fault("mfc-n2", Fault.LATE, delay_s=0.1)
    slow.send(b"B\r", LINE)
    for _ in range(3):
        assert quick.query(b"A\r", LINE).startswith(b"A +014.70")
    assert slow.receive().startswith(b"B +014.70")


def test_where_connections_are_refused_nobody_gets_in_until_the_fault_ends(
    visitor: Visitor, laboratory: SimulatedLaboratory
) -> None:
    port = int(laboratory.resources["A"].split("::")[2])
    with socket.create_connection(("127.0.0.1", port), 10.0) as before:
        before.sendall(b"co2\r")
        assert before.recv(100).startswith(b"co2 ")  # it was let in, and does not wait for it
        visitor.fault("A", Fault.REFUSED)
        assert before.recv(1) == b""
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 10.0)
    visitor.fault("A", Fault.UNASKED, data=b"hello\r")  # another fault takes its place
    with socket.create_connection(("127.0.0.1", port), 10.0) as after:
        after.sendall(b"gas unit\r")
        said = b""
        while said.count(b"\r") < 3:
            said += after.recv(100)
    assert said == b"hello\rgas unit ppm\rhello\r"


def test_an_unplugged_instrument_ends_its_connections_and_every_new_one(
    visitor: Visitor, laboratory: SimulatedLaboratory
) -> None:
    port = int(laboratory.resources["A"].split("::")[2])
    with socket.create_connection(("127.0.0.1", port), 10.0) as before:
        visitor.fault("A", Fault.UNPLUGGED)
        assert before.recv(1) == b""
    with socket.create_connection(("127.0.0.1", port), 10.0) as during:
        assert during.recv(1) == b""
    visitor.clear()
    with socket.create_connection(("127.0.0.1", port), 10.0) as after:
        after.sendall(b"co2\r")
        assert after.recv(100).startswith(b"co2 ")


def test_a_new_request_cuts_a_trickle_off(visitor: Visitor, laboratory: SimulatedLaboratory) -> None:
    port = int(laboratory.resources["A"].split("::")[2])
    with socket.create_connection(("127.0.0.1", port), 10.0) as client:
        visitor.fault("A", Fault.TRICKLE, requests=1, delay_s=0.05)
        client.sendall(b"co2\r")
        assert client.recv(1) == b"c"
        client.sendall(b"gas unit\r")
        said = b""
        while not said.endswith(b"\r"):
            said += client.recv(100)
        assert said.endswith(b"gas unit ppm\r")
        assert len(said) < 20


def test_a_fault_outlives_a_reset_and_its_visitor(
    laboratory: SimulatedLaboratory, impatient: StationFile, visitor: Visitor, link: Callable[..., Link]
) -> None:
    with visit(impatient, impatient.path.parent) as another:
        another.fault("mfc-n2", Fault.SILENT)
    laboratory.reset(1)
    with pytest.raises(InstrumentError, match="no answer"):
        flow(link("mfc-n2"))


def test_a_visitor_sees_what_the_run_does(visitor: Visitor, laboratory: SimulatedLaboratory) -> None:
    laboratory.reset(3)
    laboratory.advance(42.0)
    laboratory.set_condition("temperature", 25.0)
    assert (visitor.now(), visitor.log().seed, visitor.history(), visitor.pid) == (
        42.0,
        3,
        laboratory.history(),
        laboratory.pid,
    )
    assert visitor.resources == laboratory.resources


def test_what_cannot_be_faulty_is_refused_in_words(visitor: Visitor) -> None:
    with pytest.raises(InstrumentError, match=r"no instrument 'mfc-n3' is simulated\. did you mean 'mfc-n2'"):
        visitor.fault("mfc-n3", Fault.SILENT)
    with pytest.raises(InstrumentError, match="no instrument 'C' is simulated"):
        visitor.clear("C")  # it is read by the scanner
    with pytest.raises(InstrumentError, match="nothing is requested of an unplugged instrument"):
        visitor.fault("A", Fault.UNPLUGGED, requests=2)
    with pytest.raises(InstrumentError, match="silent has no delay; trickle and late have"):
        visitor.fault("A", Fault.SILENT, delay_s=2.0)
    with pytest.raises(InstrumentError, match="nothing is requested of an instrument that refuses connections"):
        visitor.fault("A", Fault.REFUSED, requests=2)
    with pytest.raises(InstrumentError, match="A: silent is of no single byte; checksum is"):
        visitor.fault("A", Fault.SILENT, at=-2)
    with pytest.raises(InstrumentError, match="A: checksum says nothing of its own; unasked does"):
        visitor.fault("A", Fault.CHECKSUM, data=b"x")
    with pytest.raises(InputError, match=r"fault of A: .*requests"):
        visitor.fault("A", Fault.SILENT, requests=0)
    with pytest.raises(InputError, match=r"fault of A: .*delay_s"):
        visitor.fault("A", Fault.LATE, delay_s=-1.0)


def test_the_command_gives_faults_and_takes_them(
    visitor: Visitor, impatient: StationFile, link: Callable[..., Link], capsys: pytest.CaptureFixture[str]
) -> None:
    impatient.path.write_text(impatient.text, encoding="utf-8")

    def command(*options: str) -> int:
        return main([str(impatient.path), "--directory", str(impatient.path.parent), *options])

    controller = link("mfc-n2", 1)
    assert command("--fault", "mfc-n2", "late", "--requests", "1", "--delay", "0.2") == 0
    with pytest.raises(InstrumentError, match="no answer"):
        flow(controller)
    assert flow(controller)
    assert command("--fault", "mfc-n2", "silent") == 0
    with pytest.raises(InstrumentError, match="no answer"):
        flow(controller)
    assert command("--clear", "mfc-n2") == 0
    assert flow(controller)
    assert capsys.readouterr().err == ""
    assert command("--fault", "mfc-n2", "broken") == 2
    assert f"'broken' is no fault; there are: {', '.join(Fault)}" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command("--clear", "--requests", "2")
    assert "--requests, --delay, --at and --data belong to a --fault" in capsys.readouterr().err
    assert command("--fault", "mfc-n2", "unasked", "--data", "4120300d", "--requests", "1") == 0
    assert controller.query(b"B\r", LINE) == b"A 0"
    assert command("--fault", "mfc-n2", "checksum", "--at", "-2", "--requests", "1") == 0
    assert controller.query(b"B\r", LINE).endswith(b" N3")
    assert capsys.readouterr().err == ""
    assert command("--clear", "X") == 3
    assert "no instrument 'X' is simulated" in capsys.readouterr().err


def test_where_no_laboratory_is_running_there_is_none_to_visit(impatient: StationFile, tmp_path: Path) -> None:
    with pytest.raises(InstrumentError, match=r"no simulated laboratory of .*station.toml is running; start"):
        visit(impatient, tmp_path)


def test_a_fault_counts_its_requests_down() -> None:
    faults = Faults(["A", "B"])
    silent = LineFault(Fault.SILENT, requests=2)
    faults.set("A", silent)
    assert [faults.meet(name) for name in "AABA"] == [silent, silent, None, None]


def test_a_wrong_byte_is_one_of_the_answer_or_none() -> None:
    assert wrong_at(b"A 12\r", -2) == b"A 13\r"
    assert wrong_at(b"A 12\r", 0) == b"@ 12\r"
    assert wrong_at(b"A 12\r", 5) == wrong_at(b"A 12\r", -6) == b"A 12\r"


def test_garbled_answers_keep_their_ends_of_line_and_nothing_else() -> None:
    answer = bytes(range(256))
    kept = [byte for byte, was in zip(garbled(answer), answer, strict=True) if byte == was]
    assert bytes(kept) == b"\n\r"
