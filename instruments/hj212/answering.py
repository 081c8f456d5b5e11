"""The data logger's end of the line: what it answers to a platform, and the frames that it uploads by itself.

`LoggerSide` has the state of one logger, `LoggerSide.connect` begins a conversation on a connection: bytes in, bytes out.
What it measures and its clock are given to it, so that the same logger plays a file, or stands behind a simulated analyser.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from instruments.hj212.codes import Command, ExecutionReturn, RequestReturn, SystemType
from instruments.hj212.frame import Frame, build_frame
from instruments.hj212.reader import FrameReader, Refused
from instruments.hj212.segment import Flag, Item, Segment, group, moment

Groups = Sequence[tuple[Item, ...]]

EMPTY: Groups = ()
HISTORIES = (Command.MINUTE, Command.HOUR, Command.DAY)


@dataclass(slots=True)
class LoggerSide:
    """One data logger.

    `values` gives the groups of the present real-time data, without DataTime; `clock` the logger's time; `history` what is
    kept of minutes, hours and days, with their DataTime. `calibrate_zero` is what command 3011 does, None: it is not known.
    """

    mn: str
    password: str
    system_type: SystemType
    values: Callable[[], Groups]
    clock: Callable[[], dt.datetime]
    history: Mapping[Command, Sequence[tuple[dt.datetime, Groups]]] = field(default_factory=dict)
    calibrate_zero: Callable[[], None] | None = None
    interval_s: int = 30
    clock_offset: dt.timedelta = dt.timedelta(0)
    sends: bool = True
    version: int = 1

    def connect(self) -> LoggerConversation:
        """Begin a conversation over one connection."""
        return LoggerConversation(self)

    @property
    def time(self) -> dt.datetime:
        """The logger's time, as the platform may have set it."""
        return self.clock() + self.clock_offset

    def upload(self, *, acknowledge: bool = True, qn: str | None = None) -> bytes:
        """The frame of the present real-time data; by itself with a QN of its own."""
        data = self.dated(self.time, self.values())
        return self.frame(qn or qn_of(self.time), self.system_type, Command.REALTIME, data, acknowledge=acknowledge)

    def frame(
        self, qn: str | None, system_type: SystemType, command: Command, groups: Groups, *, acknowledge: bool = False
    ) -> bytes:
        """A frame of this logger."""
        flag = Flag.of(acknowledge=acknowledge, version=self.version)
        segment = Segment(qn, str(system_type), int(command), self.password, self.mn, flag, groups=tuple(groups))
        return build_frame(segment)

    def dated(self, time: dt.datetime, groups: Groups) -> Groups:
        """Groups with their DataTime before them."""
        return (group(("DataTime", f"{time:%Y%m%d%H%M%S}")), *groups)

    # ---- what it is asked

    def answer(self, request: Segment) -> bytes:
        """What it answers to a request of the platform; nothing to an acknowledgement."""
        if request.cn is None or request.cn >= Command.REQUEST_REPLY:
            return b""
        refusal = self._refusal(request)
        if refusal is not None:
            return self.reply(request, Command.REQUEST_REPLY, "QnRtn", refusal)
        if request.cn == Command.STOP_REALTIME:
            self.sends = False
            return self.frame(request.qn, SystemType.EXCHANGE, Command.NOTICE_ACKNOWLEDGED, EMPTY)
        uploads, result = self._carry_out(request)
        return b"".join(
            (
                self.reply(request, Command.REQUEST_REPLY, "QnRtn", RequestReturn.READY),
                *uploads,
                self.reply(request, Command.RESULT, "ExeRtn", result),
            )
        )

    def _refusal(self, request: Segment) -> RequestReturn | None:
        if request.mn != self.mn:
            return RequestReturn.WRONG_MN
        if request.pw != self.password:
            return RequestReturn.WRONG_PASSWORD
        if request.qn is None:
            return RequestReturn.WRONG_QN
        known = (
            *HISTORIES,
            Command.GET_TIME,
            Command.SET_TIME,
            Command.GET_REALTIME_INTERVAL,
            Command.SET_REALTIME_INTERVAL,
            Command.SET_TIMEOUT,
            Command.REALTIME,
            Command.STOP_REALTIME,
            Command.GET_INFO,
        )
        if request.cn in known or (request.cn == Command.CALIBRATE_ZERO and self.calibrate_zero is not None):
            return None
        return RequestReturn.WRONG_CN

    def _carry_out(self, request: Segment) -> tuple[list[bytes], ExecutionReturn]:
        """The frames that a request asks for, and what became of it."""
        match request.cn:
            case Command.REALTIME:
                self.sends = True
                return [self.upload(acknowledge=False, qn=request.qn)], ExecutionReturn.DONE
            case Command.GET_TIME:
                return [self._told(request, ("SystemTime", f"{self.time:%Y%m%d%H%M%S}"))], ExecutionReturn.DONE
            case Command.SET_TIME:
                time = moment(request.parameter("SystemTime"))
                if time is None:
                    return [], ExecutionReturn.FAILED
                self.clock_offset = time - self.clock()
            case Command.GET_REALTIME_INTERVAL:
                return [self._told(request, ("RtdInterval", self.interval_s))], ExecutionReturn.DONE
            case Command.SET_REALTIME_INTERVAL:
                interval = request.parameter("RtdInterval") or ""
                if not (interval.isascii() and interval.isdecimal() and 1 <= int(interval[:5]) <= 3600):
                    return [], ExecutionReturn.FAILED
                self.interval_s = int(interval)
            case Command.GET_INFO:
                return [self._told(request, ("DataTime", f"{self.time:%Y%m%d%H%M%S}"))], ExecutionReturn.DONE
            case Command.CALIBRATE_ZERO:
                assert self.calibrate_zero is not None
                self.calibrate_zero()
            case Command.MINUTE | Command.HOUR | Command.DAY:
                return self._kept(request)
        return [], ExecutionReturn.DONE

    def _kept(self, request: Segment) -> tuple[list[bytes], ExecutionReturn]:
        begin, end = moment(request.parameter("BeginTime")), moment(request.parameter("EndTime"))
        if begin is None or end is None:
            return [], ExecutionReturn.FAILED
        command = Command(request.cn or 0)
        found = [self.dated(time, groups) for time, groups in self.history.get(command, ()) if begin <= time <= end]
        frames = [self.frame(request.qn, self.system_type, command, groups) for groups in found]
        return frames, ExecutionReturn.DONE if frames else ExecutionReturn.NO_DATA

    def _told(self, request: Segment, *pairs: tuple[str, object]) -> bytes:
        return self.frame(request.qn, self.system_type, Command(request.cn or 0), (group(*pairs),))

    def reply(self, request: Segment, command: Command, name: str, value: int) -> bytes:
        """The frame of how a request is taken (9011), or of what became of it (9012)."""
        return self.frame(request.qn, SystemType.EXCHANGE, command, (group((name, int(value))),))


class LoggerConversation:
    """One connection of a logger; requests may arrive in pieces."""

    def __init__(self, logger: LoggerSide) -> None:
        self._logger = logger
        self._reader = FrameReader()

    def receive(self, data: bytes) -> bytes:
        """Answer every request that is complete."""
        return b"".join(map(self._answer, self._reader.feed(data)))

    def _answer(self, found: Frame | Refused) -> bytes:
        if isinstance(found, Refused):
            return b""
        if not found.intact:
            return self._logger.reply(found.segment, Command.REQUEST_REPLY, "QnRtn", RequestReturn.WRONG_CRC)
        return self._logger.answer(found.segment)


def qn_of(time: dt.datetime) -> str:
    """A QN of that time."""
    return f"{time:%Y%m%d%H%M%S}{time.microsecond // 1000:03}"
