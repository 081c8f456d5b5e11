"""The bench as HJ 212 platform: loggers that connect, answer, push, misbehave, go and come again, over loopback."""

from __future__ import annotations

import datetime as dt
import math
import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from pydantic import ValidationError

from instruments.deadline import monotonic, pause
from instruments.hj212 import Frame, FrameReader, Segment, build_frame, parse_frame
from instruments.hj212.answering import LoggerSide
from instruments.hj212.codes import Command, SystemType
from instruments.hj212.device import Hj212Device, Hj212Settings
from instruments.hj212.segment import group
from instruments.hj212.units import sent_unit_factor
from testbench.engine.roles import Adjustment, AdjustmentByOperatorError, Direction, Parts, Sample, Status
from testbench.errors import InstrumentError

MN = "010000A8900016F000169DC0"
WITHIN_S = 30.0
BRIEF = {"timeout_s": 0.5, "tries": 1}
"""For a question to which nothing usable comes: long enough that what is not usable is there."""
NOON = dt.datetime(2026, 1, 1, 12, 0, 0)  # noqa: DTZ001 - HJ 212 states no zone


class Logger:
    """A logger on loopback: connects until the platform is there, answers, and keeps the frames that it heard."""

    def __init__(self, side: LoggerSide, port: int, answer: Callable[[Segment], bytes] | None = None) -> None:
        self.side = side
        self.heard: list[Segment] = []
        self._answer = answer or side.answer
        self._port = port
        self._over = threading.Event()
        self._there = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def send(self, *frames: bytes) -> None:
        """Send frames once it is connected."""
        assert self._there.wait(WITHIN_S)
        assert self._socket is not None
        self._socket.sendall(b"".join(frames))

    def push(
        self, rate: str, time: dt.datetime = NOON, *, flag: str = "N", acknowledge: bool = False, more: str = ""
    ) -> None:
        """Upload real-time CO2 by itself."""
        self.send(build_frame(realtime(rate, time, flag=flag, acknowledge=acknowledge, more=more)))

    def hang_up(self) -> None:
        """Lose the connection; it comes again."""
        assert self._there.wait(WITHIN_S)
        assert self._socket is not None
        self._there.clear()
        self._socket.shutdown(socket.SHUT_RDWR)

    def hears(self, command: Command) -> Segment:
        """The first segment of a kind that it hears."""
        until = monotonic() + WITHIN_S
        while monotonic() < until:
            found = [segment for segment in self.heard if segment.cn == command]
            if found:
                return found[0]
            pause(0.002)
        raise AssertionError(f"never heard CN {command}, only {self.heard}")

    def stop(self) -> None:
        self._over.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._socket = socket.create_connection(("127.0.0.1", self._port), 1.0)
            except OSError:
                self._over.wait(0.005)
                continue
            self._there.set()
            reader = FrameReader()
            with self._socket, suppress(OSError):
                self._socket.settimeout(None)
                while data := self._socket.recv(4096):
                    for frame in reader.feed(data):
                        assert isinstance(frame, Frame)
                        self.heard.append(frame.segment)
                        self._socket.sendall(self._answer(frame.segment))


def realtime(rate: str, time: dt.datetime = NOON, *, flag: str = "N", acknowledge: bool = False, more: str = "") -> str:
    return (
        f"QN={time:%Y%m%d%H%M%S}001;ST=31;CN=2011;PW=123456;MN={MN};Flag={5 if acknowledge else 4};"
        f"CP=&&DataTime={time:%Y%m%d%H%M%S};a05001-Rtd={rate},a05001-Flag={flag}{more}&&"
    )


def side(**more: Any) -> LoggerSide:
    values = (group(("a05001-Rtd", "12.340"), ("a05001-Flag", "N")), group(("a19001-Rtd", "8.1"), ("a19001-Flag", "N")))
    keys: dict[str, Any] = {"values": lambda: values, "clock": lambda: NOON}
    keys |= {"mn": MN, "password": "123456", "system_type": SystemType.AIR_SOURCE}
    return LoggerSide(**keys | more)


def device(port: int, **more: Any) -> Hj212Device:
    keys: dict[str, Any] = {
        "resource": f"HJ212::127.0.0.1::{port}",
        "mn": MN,
        "range": (0.0, 20.0),
        "unit": "%",
        "timeout_s": 10.0,  # what is to come comes, however busy the machine is
        "tries": 2,
        "connect_s": 30.0,
        "update_s": 1.0,
    }
    return Hj212Device(more.pop("name", "A"), Hj212Settings(**keys | more), Parts({}, {}))


@pytest.fixture
def met(free_port: int) -> Iterator[Callable[..., tuple[Hj212Device, Logger]]]:
    """`met(…)` is a device that is open, with keys of its table, and the logger that has connected to it."""
    with ExitStack() as stack:

        def meet(logger: LoggerSide | None = None, answer: Any = None, **keys: Any) -> tuple[Hj212Device, Logger]:
            made = device(free_port, **keys)
            playing = Logger(logger or side(), free_port, answer)
            stack.callback(playing.stop)
            stack.callback(made.close)
            made.open()
            return made, playing

        yield meet


def read(made: Hj212Device) -> tuple[Sample, ...]:
    made.request()
    return tuple(made.collect())


def awaited(made: Hj212Device) -> tuple[Sample, ...]:
    """The next reading that is no gap."""
    for _ in range(150):
        samples = read(made)
        if samples[0].status is not Status.GAP:
            return samples
    raise AssertionError("nothing but gaps")


def arrived(made: Hj212Device, command: Command, number: int) -> None:
    """Wait until so many uploads of a kind are there."""
    until = monotonic() + WITHIN_S
    while len(made.data_logger.uploads(command)) < number:
        assert monotonic() < until, f"fewer than {number} uploads of CN {command:d}"
        pause(0.002)


# ---- Asked --------------------------------------------------------------------------------------------------------------


def test_polled_it_asks_for_real_time_data_and_takes_the_answer(met: Callable[..., Any]) -> None:
    made, logger = met(record_also=("O2",))
    assert read(made) == (Sample(12.34), Sample(8.1))
    assert [channel.name for channel in made.channels] == ["A", "A.O2"]
    (asked,) = logger.heard
    assert (asked.cn, asked.st, asked.mn, asked.pw) == (2011, "31", MN, "123456")
    assert asked.flag is not None
    assert asked.flag.value == 5
    assert asked.defects == ()


def test_it_says_which_logger_and_version_it_is(met: Callable[..., Any]) -> None:
    made, _ = met(side(version=2))
    identity = made.identify()
    assert (identity.serial, identity.firmware) == (MN, "HJ 212-2025")


def test_it_says_how_the_frames_that_are_used_depart_from_the_standard(met: Callable[..., Any]) -> None:
    made, _ = met(answer=lambda request: build_frame(realtime("7.5").replace("Flag=4", "FLAG=4")).replace(b"##01", b"##02"))
    assert made.identify().firmware == "HJ 212-2017 (departs in: key-case, length)"
    assert read(made) == (Sample(7.5),), "its sum is right"


def test_a_listener_hears_both_ways(met: Callable[..., Any]) -> None:
    made, _ = met()
    heard: list[tuple[Direction, bytes]] = []
    made.trace(lambda direction, at, data: heard.append((direction, data)))
    read(made)
    made.trace(None)
    assert parse_frame(heard[0][1]).segment.cn == 2011
    assert heard[1][0] is Direction.RECEIVED


def test_an_answer_with_a_qn_of_the_loggers_own_is_taken_too(met: Callable[..., Any]) -> None:
    made, _ = met(answer=lambda request: build_frame(realtime("7.5")))
    assert read(made) == (Sample(7.5),)


def test_a_late_answer_is_not_taken_for_that_of_the_next_question(met: Callable[..., Any]) -> None:
    plays = side()
    late: list[bytes] = []

    def answer(request: Segment) -> bytes:
        late.append(plays.answer(request))
        return b"" if len(late) < 3 else late[0] + late[1]

    made, _ = met(plays, answer, timeout_s=0.05)
    with pytest.raises(InstrumentError, match=r"asked CN 2011: no answer within 0.05 s, 2 tries"):
        read(made)
    with pytest.raises(InstrumentError, match="no answer"):
        read(made)  # only the two old answers come


def test_a_logger_that_refuses_the_password_is_not_asked_again(met: Callable[..., Any]) -> None:
    made, logger = met(side(password="654321"))
    with pytest.raises(InstrumentError, match=r"CN 2011: it says that the password is wrong; correct password \(QnRtn 3\)"):
        read(made)
    assert len(logger.heard) == 1


def test_a_logger_that_says_another_mn_is_not_the_one_of_the_station_file(met: Callable[..., Any]) -> None:
    made, _ = met(side(mn="OTHER"), **BRIEF)
    with pytest.raises(InstrumentError, match="says MN OTHER, not"):
        read(made)


def test_a_logger_without_the_measurand_is_named_with_what_it_sends(met: Callable[..., Any]) -> None:
    made, _ = met(measurand="SO2", unit="ppm", **BRIEF)
    with pytest.raises(InstrumentError, match="could not be used: it sends nothing of a21026 or 02, but of a05001, a19001"):
        read(made)


def test_strictly_a_departure_is_the_reason_that_the_error_names(met: Callable[..., Any]) -> None:
    lower = build_frame(realtime("7.5"))
    lower = lower[:-6] + b"abcd\r\n"
    made, _ = met(answer=lambda request: lower, strict=True, **BRIEF)
    with pytest.raises(InstrumentError, match="what came could not be used: the sum is abcd, of this segment it is"):
        read(made)


def test_leniently_a_value_of_a_damaged_frame_is_flagged(met: Callable[..., Any]) -> None:
    damaged = build_frame(realtime("7.5")).replace(b"=7.5", b"=7.4")
    made, _ = met(answer=lambda request: damaged)
    (sample,) = read(made)
    assert (sample.value, sample.status) == (7.4, Status.FLAGGED)
    assert sample.raw is not None
    assert sample.raw.startswith("the sum is ")


@pytest.mark.parametrize(
    ("rate", "value", "says"),
    [("12,340", 12.0, "'340' is no NAME=VALUE"), ("12,a05001-Rtd=13", 12.0, "a05001-Rtd is there twice: 12 and 13")],
)
def test_leniently_a_value_that_may_not_be_the_one_that_was_meant_is_flagged(
    met: Callable[..., Any], rate: str, value: float, says: str
) -> None:
    made, _ = met(answer=lambda request: build_frame(realtime(rate)))
    assert read(made) == (Sample(value, Status.FLAGGED, says),)


def test_leniently_a_frame_of_2005_without_qn_is_read(met: Callable[..., Any]) -> None:
    old = build_frame(f"ST=31;CN=2011;PW=123456;MN={MN};CP=&&DataTime=20260101120000;30-Rtd=7.5,30-Flag=N&&")
    made, _ = met(answer=lambda request: old)
    assert read(made) == (Sample(7.5),)
    assert made.data_logger.departures


@pytest.mark.parametrize(("flag", "raw"), [("D", "D (fault)"), ("C", "C (calibrating)"), ("Q", "Q")])
def test_a_value_that_the_logger_flags_is_flagged_with_the_flag(met: Callable[..., Any], flag: str, raw: str) -> None:
    made, _ = met(answer=lambda request: build_frame(realtime("7.5", flag=flag)))
    assert read(made) == (Sample(7.5, Status.FLAGGED, raw),)


def test_a_value_that_is_no_number_is_flagged(met: Callable[..., Any]) -> None:
    made, _ = met(answer=lambda request: build_frame(realtime("NaN")))
    (sample,) = read(made)
    assert math.isnan(sample.value)
    assert (sample.status, sample.raw) == (Status.FLAGGED, "NaN")


def test_after_a_lost_connection_the_next_one_is_used(met: Callable[..., Any]) -> None:
    made, logger = met()
    for _ in range(3):
        assert read(made) == (Sample(12.34),)
        logger.hang_up()
    assert read(made) == (Sample(12.34),)


# ---- Listened to ---------------------------------------------------------------------------------------------------------


def test_listening_each_upload_is_a_reading_once(met: Callable[..., Any]) -> None:
    made, logger = met(mode="listen")
    logger.push("7.5")
    assert awaited(made) == (Sample(7.5),)
    assert read(made)[0].status is Status.GAP
    logger.push("7.6", NOON + dt.timedelta(seconds=30))
    assert awaited(made) == (Sample(7.6),)
    assert logger.heard == []


def test_factors_may_come_in_uploads_of_their_own(met: Callable[..., Any]) -> None:
    made, logger = met(mode="listen", record_also=("O2", "CO2-minute-Avg", "CO2-minute-Max"))
    other = realtime("1").replace("a05001-Rtd=1,a05001-Flag=N", "a19001-Rtd=8.1,a19001-Flag=N")
    logger.send(build_frame(realtime("1").replace("CN=2011", "CN=2051").replace("-Rtd=1", "-Avg=1,a05001-Max=2")))
    logger.send(build_frame(other))
    logger.push("7.5")
    logger.send(build_frame(other))
    arrived(made, Command.REALTIME, 3)
    assert [sample.value for sample in read(made)] == [7.5, 8.1, 1.0, 2.0]
    logger.push("7.6")
    assert [sample.status for sample in awaited(made)] == [Status.VALID, *3 * [Status.GAP]]


def test_what_asks_for_an_acknowledgement_gets_it_with_its_qn(met: Callable[..., Any]) -> None:
    made, logger = met(mode="listen")
    logger.push("7.5", acknowledge=True)
    acknowledged = logger.hears(Command.DATA_ACKNOWLEDGED)
    assert (acknowledged.qn, acknowledged.st, acknowledged.groups) == ("20260101120000001", "91", ())
    assert acknowledged.flag is not None
    assert acknowledged.flag.value == 4
    logger.send(build_frame(f"QN=20260101120000002;ST=31;CN=1013;PW=123456;MN={MN};Flag=5;CP=&&PolId=a05001&&"))
    assert logger.hears(Command.NOTICE_ACKNOWLEDGED).qn == "20260101120000002"
    made.close()


@pytest.mark.parametrize(
    ("segment", "words"),
    [
        (realtime("1").replace("PW=123456", "PW=1"), "it sends another password than the station file states"),
        (realtime("1").replace("ST=31", "ST=22"), "it says type of system \\(ST\\) 22, the station file 31"),
        (realtime("1").replace(MN, "OTHER"), f"says MN OTHER, not {MN}"),
    ],
)
def test_what_is_not_of_this_logger_is_not_used_and_silence_becomes_an_error(
    met: Callable[..., Any], segment: str, words: str
) -> None:
    made, logger = met(mode="listen", st="31", update_s=0.1, timeout_s=0.3)
    logger.send(build_frame(segment))
    with pytest.raises(InstrumentError, match=rf"no real-time data for .* s; what came could not be used: .*{words}"):
        awaited(made)


def test_nothing_that_is_sent_ends_the_platform(met: Callable[..., Any]) -> None:
    made, logger = met(mode="listen")
    chance = random.Random(1)
    head = f"ST=31;CN=2011;PW=123456;MN={MN};Flag=7"
    logger.send(
        *(chance.randbytes(chance.randint(1, 300)) for _ in range(50)),
        build_frame(f"QN=\xe9;{head};CP=&&&&".encode("latin-1")),
        build_frame(f"QN={'9' * 9900};{head}"),
        build_frame(f"QN=1;{head};PNUM=9999;PNO=0;CP=&&;;,,=&&"),
        build_frame(f"QN=1;{head.replace('2011', '0000')};CP=&&DataTime=20269999999999;a05001-Rtd&&"),
        b"\r\n",
    )
    logger.push("7.5")
    while (sample := awaited(made)[0]).status is not Status.VALID or sample.value != 7.5:
        pass


def test_minutes_in_packets_are_recorded_once(met: Callable[..., Any]) -> None:
    made, logger = met(mode="listen", record_also=("CO2-minute-Avg", "SO2-minute-Max", "age"))
    assert [(channel.name, channel.unit) for channel in made.channels[1:]] == [
        ("A.CO2-minute-Avg", "%"),
        ("A.SO2-minute-Max", "mg/m³"),
        ("A.age", "s"),
    ]
    head = f"QN=20260101120100001;ST=31;CN=2051;PW=123456;MN={MN};Flag=7;PNUM=2;PNO="
    logger.send(
        build_frame(f"{head}2;CP=&&DataTime=20260101120000;a21026-Max=31.5,a21026-Flag=M&&"),
        build_frame(f"{head}1;CP=&&DataTime=20260101120000;a05001-Avg=7.25,a05001-Flag=N&&"),
    )
    logger.push("7.5")
    arrived(made, Command.REALTIME, 1)
    reading, average, largest, age = read(made)
    assert (reading.value, average.value) == (7.5, 7.25)
    assert (largest.value, largest.status, largest.raw) == (31.5, Status.FLAGGED, "M (maintenance)")
    assert age.value > 0.0, "that noon is long ago"
    logger.push("7.6")
    assert [sample.status for sample in awaited(made)[1:3]] == [Status.GAP, Status.GAP]


def test_uploads_are_kept_in_a_bounded_number(met: Callable[..., Any]) -> None:
    made, logger = met(mode="listen")
    logger.send(*(build_frame(realtime(f"{number}")) for number in range(1600)))
    logger.push("0.5")
    while awaited(made) != (Sample(0.5),):
        pass
    assert len(made.data_logger.uploads(Command.REALTIME)) == 1500


# ---- Commands ------------------------------------------------------------------------------------------------------------


def test_commands_are_carried_out_and_their_data_come_back(met: Callable[..., Any]) -> None:
    minutes = [(NOON + dt.timedelta(minutes=number), (group(("a05001-Avg", number)),)) for number in range(5)]
    made, _ = met(side(history={Command.MINUTE: minutes}))
    ask = made.data_logger.command
    (time,) = ask(Command.GET_TIME)
    assert time.parameter("SystemTime") == "20260101120000"
    assert ask(Command.SET_TIME, group(("SystemTime", "20260101130000"))) == []
    assert ask(Command.GET_TIME)[0].parameter("SystemTime") == "20260101130000"
    assert ask(Command.SET_REALTIME_INTERVAL, group(("RtdInterval", 10))) == []
    assert ask(Command.GET_REALTIME_INTERVAL)[0].parameter("RtdInterval") == "10"
    span = group(("BeginTime", "20260101120100"), ("EndTime", "20260101120300"))
    assert [one.readings["a05001"].number("Avg") for one in ask(Command.MINUTE, *((item,) for item in span))] == [1, 2, 3]
    assert ask(Command.STOP_REALTIME) == []
    assert ask(Command.GET_INFO)[0].data_time is not None


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (Command.CLEAN, r"it does not know this command \(QnRtn 8\)"),
        (Command.SET_TIME, r"it did not carry it out \(ExeRtn 2\)"),
        (Command.HOUR, r"it did not carry it out \(ExeRtn 2\)"),
    ],
)
def test_what_a_logger_refuses_is_an_error_at_once(met: Callable[..., Any], command: Command, words: str) -> None:
    made, logger = met()
    with pytest.raises(InstrumentError, match=rf"asked CN {command:d}: {words}"):
        made.data_logger.command(command)
    assert len(logger.heard) == 1


def test_history_that_is_not_there_is_said_so(met: Callable[..., Any]) -> None:
    made, _ = met()
    with pytest.raises(InstrumentError, match=r"it says that it has no data \(ExeRtn 100\)"):
        made.data_logger.command(Command.DAY, group(("BeginTime", "20260101000000"), ("EndTime", "20260102000000")))


def test_interval_and_clock_are_set_on_opening_where_asked_for(met: Callable[..., Any]) -> None:
    plays = side()
    met(plays, set_interval=True, set_clock=True, update_s=10.0)
    assert plays.interval_s == 10
    assert plays.time > NOON + dt.timedelta(days=1)


def test_zero_is_adjusted_by_command_only_where_the_station_file_says_so(met: Callable[..., Any]) -> None:
    done: list[str] = []
    made, logger = met(side(calibrate_zero=lambda: done.append("zero")), zero_command=True)
    made.adjust(Adjustment.ZERO, 0.3, 0.0)
    assert done == ["zero"]
    assert logger.heard[-1].parameter("PolId") == "a05001"
    with pytest.raises(AdjustmentByOperatorError, match="no command to adjust span is known"):
        made.adjust(Adjustment.SPAN, 0.3, 0.0)


# ---- Connecting ----------------------------------------------------------------------------------------------------------


def test_a_logger_that_does_not_come_is_named_with_address_port_and_mn(free_port: int) -> None:
    made = device(free_port, connect_s=0.05)
    with pytest.raises(
        InstrumentError, match=rf"A \(HJ212::127.0.0.1::{free_port}\): no data logger with MN {MN} connected within 0.05 s"
    ):
        made.open()
    with pytest.raises(InstrumentError, match="is not open"):
        read(made)


def test_a_port_that_is_taken_is_an_error_that_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        made = device(int(taken.getsockname()[1]))
        with pytest.raises(InstrumentError, match=r"cannot listen there .*; is the port used by another program"):
            made.open()


def test_two_loggers_at_one_port_are_told_apart(free_port: int) -> None:
    with ExitStack() as stack:
        first, second = device(free_port), device(free_port, name="B", mn="B2")
        plays = side(values=lambda: (group(("a05001-Rtd", "3")),))
        plays.mn = "B2"
        loggers = (Logger(side(), free_port), Logger(plays, free_port))
        for logger in loggers:
            stack.callback(logger.stop)
        for made in (first, second):
            stack.callback(made.close)
            made.open()
        begun = monotonic()
        assert [read(made)[0].value for made in (first, second, first)] == [12.34, 3.0, 12.34]
        assert monotonic() - begun < 9.0, "whoever says another MN is not waited for"
        third = device(free_port, name="C")
        with pytest.raises(InstrumentError, match="another device has this address and MN already"):
            third.open()


def test_where_nobody_answers_the_other_connection_is_tried(free_port: int) -> None:
    with ExitStack() as stack:
        made = device(free_port, timeout_s=0.3, tries=8)
        silent = Logger(side(), free_port, lambda request: b"")
        stack.callback(silent.stop)
        stack.callback(made.close)
        made.open()
        stack.callback(Logger(side(), free_port).stop)
        stack.callback(Logger(side(), free_port, lambda request: b"").stop)
        assert read(made) == (Sample(12.34),)


def test_loggers_may_share_a_connection(free_port: int) -> None:
    """As where one box in the stack's house passes on what several send."""
    sides = {MN: side(), "B2": side(values=lambda: (group(("a05001-Rtd", "3")),), mn="B2")}
    with ExitStack() as stack:
        first, second = device(free_port), device(free_port, name="B", mn="B2")
        shared = Logger(sides[MN], free_port, lambda request: sides[request.mn or ""].answer(request))
        stack.callback(shared.stop)
        for made in (first, second):
            stack.callback(made.close)
            made.open()
        shared.send(build_frame(realtime("1")), build_frame(realtime("1").replace(MN, "B2")))
        for made in (first, second):
            arrived(made, Command.REALTIME, 1)
        assert [read(made)[0].value for made in (first, second, first, second)] == [12.34, 3.0, 12.34, 3.0]


# ---- Settings and units --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"resource": "TCPIP::127.0.0.1::9212::SOCKET"}, "resource must be HJ212::ADDRESS::PORT"),
        ({"resource": "twin:serial"}, "resource must be HJ212::ADDRESS::PORT"),
        ({"resource": "HJ212::0.0.0.0::99999"}, "resource must be HJ212::ADDRESS::PORT"),
        ({"measurand": "N2O"}, "the code of N2O is not known; state code"),
        ({"measurand": "N2O", "code": "a05009", "sent_unit": "mg/m³"}, "its molar mass is not known"),
        ({"sent_unit": "furlong"}, "no unit of amount fraction"),
        ({"record_also": ("colour",)}, "record_also cannot have 'colour'"),
        ({"set_interval": True, "update_s": 0.5}, "set_interval needs update_s in whole seconds"),
        ({"mn": "a;b"}, "mn"),
    ],
)
def test_settings_that_cannot_be_are_refused(keys: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        device(9212, **keys)


def test_a_mass_concentration_becomes_an_amount_fraction() -> None:
    # 1 mol/mol of CO2 at 0 °C and 101.325 kPa: 44.009 g in 22.41397 L
    assert sent_unit_factor("mg/m³", "mol/mol", "CO2") == pytest.approx(22.41397e-6 / 44.009, rel=1e-6)
    # 2.86 mg/m³ of SO2 are 1 ppm there (HJ 75: 64/22.4 = 2.857)
    assert sent_unit_factor("mg/m³", "ppm", "SO2") == pytest.approx(22.4 / 64.0, rel=2e-3)
    assert sent_unit_factor("%", "ppm", "CO2") == pytest.approx(1e4)


def test_the_unit_that_is_sent_is_converted_and_so_is_the_resolution(met: Callable[..., Any]) -> None:
    made, _ = met(sent_unit="mg/m³", decimals=0, answer=lambda request: build_frame(realtime("196350")))
    (sample,) = read(made)
    assert sample.value == pytest.approx(10.0, rel=1e-3)
    assert made.channels[0].resolution == pytest.approx(22.41397e-6 / 44.009 * 100, rel=1e-6)
