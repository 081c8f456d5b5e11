"""The link to an instrument, against peers that behave and peers that do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import serial
from hypothesis import given
from hypothesis import strategies as st
from pyvisa.constants import InterfaceType

from instruments.framing import FrameError, LineFraming
from instruments.session import resource_manager
from instruments.transport import Link, SerialSettings, show
from testbench.engine.roles import Direction
from testbench.errors import InstrumentError

LINE = LineFraming(b"\r")
TIMEOUT_S = 0.15


class Parrot:
    """Answers each line with itself."""

    def connect(self) -> Parrot:
        return self

    def receive(self, data: bytes) -> bytes:
        return data


@pytest.fixture
def opened() -> Iterator[Callable[..., Link]]:
    """`opened(resource)` is an open link named "divider" with short deadlines; closed after the test."""
    with ExitStack() as stack:

        def start(resource: str, **options: Any) -> Link:
            link = Link("divider", resource, **({"timeout_s": TIMEOUT_S} | options))
            stack.callback(link.close)
            link.open()
            return link

        yield start


@pytest.fixture
def bounded() -> Iterator[None]:
    """Whatever goes wrong, three tries end in little more than three deadlines."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < 3 * TIMEOUT_S + 0.6


def answers(*replies: bytes) -> Callable[[Any], None]:
    """A script: one reply a request, then silence."""

    def script(talk: Any) -> None:
        for reply in replies:
            if not talk.hear():
                return
            talk.say(reply)
        while talk.hear():
            pass

    return script


# ---- what works --------------------------------------------------------------------------------------------------------


def test_a_question_gets_its_answer_over_every_kind_of_line(opened: Any, loopback: Any, kind: str) -> None:
    link = opened(loopback(Parrot(), kind))
    assert link.query(b"A\r", LINE) == b"A"
    assert link.query(b"\x00\xff\x0a\x11", LineFraming(b"\x11")) == b"\x00\xff\x0a", "no byte is changed on the way"
    assert link.reopened == 0


def test_an_answer_in_pieces_is_put_together(opened: Any, fault_peer: Any) -> None:
    def pieces(talk: Any) -> None:
        talk.hear()
        for piece in (b"A +01", b"4.70 ", b"Air\r"):
            talk.say(piece)
            talk.wait(0.01)
        talk.hear()

    link = opened(fault_peer(pieces).resource())
    assert link.query(b"A\r", LINE) == b"A +014.70 Air"


def test_sending_to_many_comes_before_waiting_for_any(opened: Any, fault_peer: Any) -> None:
    heard = [threading.Event(), threading.Event()]

    def after_both(index: int) -> Callable[[Any], None]:
        def script(talk: Any) -> None:
            talk.hear()
            heard[index].set()
            if all(event.wait(5.0) for event in heard):
                talk.say(b"done %d\r" % index)
            talk.hear()

        return script

    links = [opened(fault_peer(after_both(index)).resource(), timeout_s=5.0) for index in (0, 1)]
    for link in links:
        link.send(b"?\r", LINE)
    assert [link.receive() for link in links] == [b"done 0", b"done 1"]


def test_an_answer_that_waits_past_its_deadline_is_still_taken(opened: Any, fault_peer: Any) -> None:
    said = threading.Event()

    def script(talk: Any) -> None:
        talk.hear()
        talk.say(b"in time\r")
        said.set()
        talk.hear()

    link = opened(fault_peer(script).resource(), timeout_s=0.02)
    link.send(b"A\r", LINE)
    assert said.wait(5.0)
    threading.Event().wait(0.05)  # meanwhile another instrument was slow
    assert link.receive() == b"in time"
    assert link.reopened == 0


def test_two_instruments_on_one_serial_line_take_turns(opened: Any, loopback: Any) -> None:
    resource = loopback(Parrot(), "serial-over-socket")
    first, second = opened(resource), opened(resource)
    first.send(b"A\r", LINE)
    second.send(b"B\r", LINE)
    assert second.receive() == b"B"  # the first one's answer is kept meanwhile
    assert first.receive() == b"A"
    first.close()
    assert second.query(b"B\r", LINE) == b"B"


def test_instruments_that_share_a_line_must_agree_on_its_settings(opened: Any, loopback: Any) -> None:
    resource = loopback(Parrot(), "serial-over-socket")
    opened(resource, serial=SerialSettings(19200))
    with pytest.raises(InstrumentError, match=r"shares this line with divider, .* 19200 baud 8N1, not 9600 baud 8E1"):
        opened(resource, serial=SerialSettings(9600, parity="even"))


def test_threads_wait_for_each_other(opened: Any, loopback: Any) -> None:
    link = opened(loopback(Parrot()), timeout_s=5.0)
    answers: list[tuple[bytes, bytes]] = []

    def ask(letter: bytes) -> None:
        answers.extend((letter, link.query(letter + b"\r", LINE)) for _ in range(50))

    threads = [threading.Thread(target=ask, args=(letter,)) for letter in (b"A", b"B", b"C")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 150
    assert all(asked == answered for asked, answered in answers)


def in_another_thread(ask: Callable[[], bytes]) -> bytes:
    answers: list[bytes] = []
    thread = threading.Thread(target=lambda: answers.append(ask()))
    thread.start()
    thread.join()
    return answers[0]


def test_a_question_whose_answer_is_not_fetched_keeps_no_other_thread_waiting(opened: Any, loopback: Any) -> None:
    link = opened(loopback(Parrot()), timeout_s=5.0)
    link.send(b"A\r", LINE)
    assert in_another_thread(lambda: link.query(b"B\r", LINE, accept=lambda frame: frame == b"B")) == b"B"
    assert link.query(b"C\r", LINE) == b"C"


def test_another_thread_lets_the_answer_to_the_first_instrument_arrive_and_it_is_kept(opened: Any, loopback: Any) -> None:
    resource = loopback(Parrot(), "serial-over-socket")
    first, second = opened(resource, timeout_s=5.0), opened(resource, timeout_s=5.0)
    first.send(b"A\r", LINE)
    assert in_another_thread(lambda: second.query(b"B\r", LINE)) == b"B"
    assert first.receive() == b"A"


def test_an_answer_nobody_fetched_is_not_taken_for_the_next(opened: Any, loopback: Any) -> None:
    link = opened(loopback(Parrot()))
    link.send(b"A\r", LINE)
    assert link.query(b"B\r", LINE, accept=lambda frame: frame == b"B") == b"B"


def test_the_trace_tells_all_bytes_in_order(opened: Any, loopback: Any) -> None:
    link = opened(loopback(Parrot()))
    kept: list[tuple[Direction, bytes]] = []
    link.trace = lambda direction, at, data: kept.append((direction, data))
    link.query(b"A\r", LINE)
    assert kept == [(Direction.SENT, b"A\r"), (Direction.RECEIVED, b"A\r")]


def test_a_pause_between_commands_is_kept(opened: Any, loopback: Any) -> None:
    link = opened(loopback(Parrot()), gap_s=0.05)
    began = time.monotonic()
    for _ in range(3):
        link.query(b"A\r", LINE)
    assert time.monotonic() - began >= 0.1


def test_nothing_is_touched_before_open(free_port: int) -> None:
    link = Link("divider", f"TCPIP::127.0.0.1::{free_port}::SOCKET")
    with pytest.raises(InstrumentError, match="is not open"):
        link.query(b"A\r", LINE)
    link.close()


def test_sessions_are_pyvisa_sessions_of_one_resource_manager(opened: Any, loopback: Any) -> None:
    before = set(resource_manager().visalib.sessions)
    link = opened(loopback(Parrot()))
    (session,) = set(resource_manager().visalib.sessions) - before
    assert resource_manager().visalib.sessions[session].session_type == (InterfaceType.tcpip, "SOCKET")
    link.close()
    assert session not in resource_manager().visalib.sessions
    assert resource_manager() is resource_manager()


# ---- nobody there ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["TCPIP::127.0.0.1::{}::SOCKET", "ASRLsocket://127.0.0.1:{}::INSTR"])
def test_a_refused_port_is_an_error_at_once(opened: Any, free_port: int, form: str, bounded: None) -> None:
    with pytest.raises(InstrumentError) as raised:
        opened(form.format(free_port))
    assert str(raised.value) == (
        f"divider ({form.format(free_port)}): connection refused: nothing listens there; is the instrument on, and is the "
        "port number right?"
    )


@pytest.mark.parametrize(
    ("resource", "text"),
    [
        ("TCPIP::no-such-host.invalid::9880::SOCKET", "the host 'no-such-host.invalid' is not known; check its name"),
        ("TCPIP::127.0.0.1::seven::SOCKET", "'seven' is not a port number"),
        ("ASRL/dev/no-such-port::INSTR", "no such serial port; this computer has"),
        ("192.168.1.21:9880", "this is not a VISA resource name; write for example 'TCPIP::192.168.1.21::9880::SOCKET'"),
    ],
)
def test_a_resource_that_cannot_be_is_named_with_what_to_do(opened: Any, resource: str, text: str) -> None:
    with pytest.raises(InstrumentError) as raised:
        opened(resource)
    assert str(raised.value).startswith(f"divider ({resource}): ")
    assert text in str(raised.value)


def test_a_serial_line_over_a_socket_has_a_name_on_windows_too(loopback: Any) -> None:
    resource_manager()
    port = loopback(Parrot(), "serial-over-socket").split(":")[2]
    line = serial.serial_for_url(f"COMsocket://127.0.0.1:{port}", timeout=5.0)
    line.write(b"A\r")
    assert line.read(2) == b"A\r"
    line._socket.close()
    line.is_open = False


# ---- peers that misbehave ----------------------------------------------------------------------------------------------


def silent(talk: Any) -> None:
    while talk.hear():
        pass


def hangs_up(talk: Any) -> None:
    talk.hear()
    talk.hang_up()


def test_silence_ends_after_the_tries_and_names_everything(opened: Any, fault_peer: Any, bounded: None) -> None:
    peer = fault_peer(silent)
    link = opened(peer.resource(), hint="is it switched on and set to unit id A?")
    with pytest.raises(InstrumentError) as raised:
        link.query(b"A\r", LINE)
    assert str(raised.value) == (
        f"divider ({peer.resource()}): asked 'A\\r': no answer within 0.15 s, 3 tries; "
        "is it switched on and set to unit id A?"
    )


def test_silence_on_a_serial_line_is_bounded_too(opened: Any, loopback: Any, kind: str, bounded: None) -> None:
    class Mute(Parrot):
        def receive(self, data: bytes) -> bytes:
            return b""

    link = opened(loopback(Mute(), kind))
    with pytest.raises(InstrumentError, match=r"asked 'A\\r': no answer within 0.15 s, 3 tries"):
        link.query(b"A\r", LINE)


def test_a_peer_that_wakes_up_answers_the_repeated_request(opened: Any, fault_peer: Any) -> None:
    link = opened(fault_peer(silent, answers(b"A awake\r")).resource())
    assert link.query(b"A\r", LINE) == b"A awake"
    assert link.reopened == 1


def test_the_deadline_is_total_time_not_silence(opened: Any, fault_peer: Any, bounded: None) -> None:
    def trickle(talk: Any) -> None:
        talk.hear()
        for _ in range(40):
            talk.say(b"x")
            talk.wait(0.02)

    link = opened(fault_peer(trickle).resource())
    with pytest.raises(InstrumentError, match=r"asked 'A\\r': incomplete answer within 0.15 s: 'xx+', 3 tries"):
        link.query(b"A\r", LINE)


def test_what_came_to_the_first_try_is_named_when_nothing_comes_to_the_others(opened: Any, fault_peer: Any) -> None:
    answers = [b"B +1.000\r"]

    def say_once(talk: Any) -> None:
        while talk.hear():
            talk.say(answers.pop() if answers else b"")

    link = opened(fault_peer(say_once).resource(), timeout_s=0.3)
    with pytest.raises(InstrumentError, match=r"no matching answer within 0.3 s, only 'B \+1.000', 3 tries"):
        link.query(b"A\r", LINE, accept=lambda frame: frame.startswith(b"A"))


def test_a_flood_that_never_answers_is_bounded(opened: Any, fault_peer: Any, bounded: None) -> None:
    def flood(talk: Any) -> None:
        talk.hear()
        for _ in range(60):
            talk.say(b"B +1.000\r" * 20)
            talk.wait(0.005)

    link = opened(fault_peer(flood).resource())
    with pytest.raises(InstrumentError, match=r"no matching answer within 0.15 s, only 'B \+1.000', 3 tries"):
        link.query(b"A\r", LINE, accept=lambda frame: frame.startswith(b"A"))


@pytest.mark.parametrize("form", ["socket", "serial-over-socket"])
def test_a_peer_that_hangs_up_is_noticed_long_before_the_deadline(opened: Any, fault_peer: Any, form: str) -> None:
    peer = fault_peer(hangs_up)
    link = opened(peer.resource(form), timeout_s=30.0)
    processor, began = time.process_time(), time.monotonic()
    with pytest.raises(
        InstrumentError, match=r"divider \(.*\): asked 'A\\r': the instrument closed the connection.*, 3 tries; is it"
    ):
        link.query(b"A\r", LINE)
    assert time.monotonic() - began < 2.0
    assert time.process_time() - processor < 0.5
    assert peer.connections <= 4


def test_an_answer_cut_short_by_hanging_up_is_told(opened: Any, fault_peer: Any) -> None:
    def cut(talk: Any) -> None:
        talk.hear()
        talk.say(b"A +01")
        talk.wait(0.02)
        talk.hang_up()

    link = opened(fault_peer(cut).resource(), timeout_s=30.0)
    with pytest.raises(InstrumentError, match=r"the instrument closed the connection after 'A \+01', 3 tries"):
        link.query(b"A\r", LINE)


def test_an_instrument_that_restarted_between_queries_is_opened_anew(opened: Any, fault_peer: Any) -> None:
    gone = threading.Event()

    def answers_once(talk: Any) -> None:
        talk.hear()
        talk.say(b"before\r")
        talk.hang_up()
        gone.set()

    link = opened(fault_peer(answers_once, answers(b"after\r")).resource())
    assert link.query(b"A\r", LINE) == b"before"
    assert gone.wait(5.0)
    assert link.query(b"A\r", LINE) == b"after"
    assert link.reopened == 1


def test_an_instrument_that_went_away_for_good_is_refused_at_once(opened: Any, fault_peer: Any) -> None:
    peer = fault_peer(answers(b"before\r"))
    link = opened(peer.resource(), timeout_s=30.0)
    assert link.query(b"A\r", LINE) == b"before"
    peer.stop_listening()
    began = time.monotonic()
    with pytest.raises(InstrumentError, match=r"asked 'A\\r': connection refused: nothing listens there"):
        link.query(b"A\r", LINE)
    assert time.monotonic() - began < 3.0


def test_an_answer_that_was_given_up_is_let_come_before_the_next_question(opened: Any, fault_peer: Any) -> None:
    def slow(talk: Any) -> None:
        for answer in (b"+1\r", b"+2\r"):
            talk.hear()
            talk.wait(0.05)
            talk.say(answer)
        talk.hear()

    link = opened(fault_peer(slow).resource(), tries=1, timeout_s=5.0)
    link.send(b"A\r", LINE)
    assert link.query(b"B\r", LINE) == b"+2"


def test_a_question_to_be_sent_after_a_late_answer_holds_nobody_up(opened: Any, fault_peer: Any) -> None:
    def silent_once(talk: Any) -> None:
        talk.hear()
        talk.hear()
        talk.say(b"+2\r")
        talk.hear()

    link = opened(fault_peer(silent_once).resource(), tries=1, timeout_s=0.3)
    link.send(b"A\r", LINE)
    began = time.monotonic()
    link.send(b"B\r", LINE)
    assert time.monotonic() - began < 0.2
    assert link.receive() == b"+2"


def test_a_late_answer_to_the_query_before_is_dropped(opened: Any, fault_peer: Any) -> None:
    def late(talk: Any) -> None:
        heard = b""
        while not heard.endswith(b"B\r"):
            heard += talk.hear()
        talk.say(b"A late\rB ")
        talk.wait(0.02)
        talk.say(b"prompt\r")
        talk.hear()

    link = opened(fault_peer(late).resource(), tries=1, timeout_s=0.2)
    link.send(b"A\r", LINE)
    assert link.query(b"B\r", LINE, accept=lambda frame: frame.startswith(b"B")) == b"B prompt"


def test_a_late_answer_is_gone_with_the_connection_it_came_over(opened: Any, fault_peer: Any) -> None:
    link = opened(fault_peer(silent, answers(b"B prompt\r")).resource(), tries=1)
    with pytest.raises(InstrumentError, match="no answer"):
        link.query(b"A\r", LINE)
    assert link.query(b"B\r", LINE) == b"B prompt"


def test_lines_that_came_unasked_before_the_request_are_dropped(opened: Any, fault_peer: Any) -> None:
    told = threading.Event()

    def gossip(talk: Any) -> None:
        talk.hear()
        talk.say(b"one\rT WARNING\r")
        talk.say(b"T FLOW LOW\r")
        told.set()
        talk.hear()
        talk.say(b"two\r")
        talk.hear()

    link = opened(fault_peer(gossip).resource())
    assert link.query(b"1\r", LINE) == b"one"
    assert told.wait(5.0)
    threading.Event().wait(0.02)
    assert link.query(b"2\r", LINE) == b"two"


class Even:
    """Frames of two equal bytes; anything else is garbage."""

    def extract(self, buffer: bytearray) -> bytes | None:
        if len(buffer) < 2:
            return None
        if buffer[0] != buffer[1]:
            raise FrameError(f"{buffer[0]:02X} is not {buffer[1]:02X}")
        frame = bytes(buffer[:2])
        del buffer[:2]
        return frame


def test_garbage_is_emptied_and_the_request_repeated(opened: Any, fault_peer: Any) -> None:
    link = opened(fault_peer(answers(b"\x01\x02\x03\x03", b"\x05\x05")).resource())
    assert link.query(b"?", Even()) == b"\x05\x05"
    assert link.reopened == 0


def test_lasting_garbage_is_told_with_what_is_wrong(opened: Any, fault_peer: Any, bounded: None) -> None:
    link = opened(fault_peer(answers(*[b"\x01\x02\x03"] * 3)).resource())
    with pytest.raises(InstrumentError, match=r"asked F0 03 00: garbled answer \(01 is not 02\), 3 tries; is it"):
        link.query(b"\xf0\x03\x00", Even())


def test_a_write_needs_no_answer_but_a_peer(opened: Any, fault_peer: Any) -> None:
    heard: list[bytes] = []
    arrived = threading.Event()

    def listen(talk: Any) -> None:
        heard.append(talk.hear())
        arrived.set()
        talk.hear()

    peer = fault_peer(listen)
    link = opened(peer.resource())
    link.write(b"*RST\n")
    assert arrived.wait(5.0)
    assert heard == [b"*RST\n"]
    peer.stop_listening()
    with pytest.raises(InstrumentError, match=r"divider \(.*\): '\*RST\\n' cannot be sent: connection refused"):
        link.write(b"*RST\n")


# ---- framings and wording ----------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\r", b"")), max_size=6), st.data())
def test_lines_come_out_as_they_went_in_however_they_are_cut(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\r" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    buffer, found = bytearray(), []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        buffer += stream[start:end]
        while (frame := LINE.extract(buffer)) is not None:
            found.append(frame)
    assert found == lines
    assert not buffer


def test_marks_in_front_of_a_line_are_skipped() -> None:
    buffer = bytearray(b"\n\x80\xffco2 4.0\r\n")
    assert LineFraming(b"\r", skip=b"\n\x80\xff").extract(buffer) == b"co2 4.0"
    assert buffer == b"\n"


def test_a_line_without_end_is_garbage() -> None:
    with pytest.raises(FrameError, match="101 bytes without the end of a line"):
        LineFraming(b"\r", longest=100).extract(bytearray(101))


@pytest.mark.parametrize(
    ("data", "shown"),
    [(b"A\r", "'A\\r'"), (b"\xf0\x03\x00", "F0 03 00"), (b"x" * 100, "'" + "x" * 80 + "' … (100 bytes)"), (b"", "''")],
)
def test_bytes_are_shown_as_people_read_them(data: bytes, shown: str) -> None:
    assert show(data) == shown
