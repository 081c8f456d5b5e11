"""A CEMS data logger as the platform sees it: what it uploads, and how it is asked.

A request of the platform runs

    request, Flag 5  ─►  9011 QnRtn (how it is taken)  ─►  data, if it asks for some  ─►  9012 ExeRtn (what became of it)

and a notice (2012) ends with 9013. Every try of a request has a QN of its own, so that an answer that comes late, with the
QN of an earlier try, is told from that of the present one; an upload with a QN of the logger's own is new in any case.

Uploads that ask for it are acknowledged at once, 9014 for data and 9013 for notices, unless they cannot be used: MN,
password and type of system must be as in the station file, and strictly read nothing may depart from the standard.

The last uploads of each kind are kept, a bounded number.
"""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from instruments.deadline import monotonic
from instruments.hj212.acknowledging import REPLIES, acknowledgement
from instruments.hj212.codes import (
    DATA,
    HISTORIES,
    Command,
    SystemType,
)
from instruments.hj212.defects import DefectKind
from instruments.hj212.frame import Frame, build_frame
from instruments.hj212.packets import Joiner
from instruments.hj212.platform import Connection, Platform, join_platform, leave_platform
from instruments.hj212.reader import Refused
from instruments.hj212.refusals import refusal
from instruments.hj212.segment import VERSIONS, Flag, Item, Segment
from testbench.engine.clock import wall_now
from testbench.engine.roles import Direction, Listener
from testbench.errors import InstrumentError

KEPT = 1500  # uploads of each kind that carries values: a day of minutes
KEPT_OF_OTHERS = 16
REMEMBERED = 64  # requests of which answers are known again
DAMAGE = frozenset({DefectKind.CRC, DefectKind.CRC_FORM, DefectKind.ITEM, DefectKind.TWICE})
"""Departures after which a value may not be the one that was meant: bytes may have changed, `12,340` may be one number, or
there are two values. A right sum vouches for the rest."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Upload:
    """What a logger uploaded: the segment, when it came (platform's time, no zone), its number, and what damaged it."""

    segment: Segment
    received: dt.datetime
    serial: int
    damage: str = ""

    def tells(self, codes: Collection[str]) -> bool:
        """Whether it has data of one of these codes."""
        return not self.segment.readings.keys().isdisjoint(codes)

    @property
    def age_s(self) -> float | None:
        """Platform's time at arrival minus the logger's DataTime, s; None where it states none."""
        stated = self.segment.data_time
        return None if stated is None else (self.received - stated).total_seconds()


@dataclass(slots=True)
class _Question:
    """One try of a request."""

    qn: str
    connection: Connection
    deadline: float
    after: int  # serial of the last upload before it
    replies: list[Segment] = field(default_factory=list)


class _TryError(Exception):
    """One try failed; the text is a phrase that follows the request."""


class _OtherLoggerError(Exception):
    """The connection turned out to be another logger's; the request was never this one's to answer."""


class DataLogger:
    """One data logger, by its MN. `trace`, when set, hears every byte of its connections."""

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        *,
        mn: str,
        password: str,
        system_type: SystemType | None,
        strict: bool,
        timeout_s: float,
        tries: int,
        codes: Collection[str],
    ) -> None:
        """`codes` are those of the measurand: real-time data without any of them are no answer to a request."""
        self.name = name
        self.mn = mn
        self._codes = codes
        self.trace: Listener | None = None
        self.version = 1
        self.departures: Counter[DefectKind] = Counter()  # of what was used, in how many frames each
        self._address = (host, port)
        self._password = password
        self._system_type = system_type
        self._strict = strict
        self._timeout_s = timeout_s
        self._tries = tries
        self._platform: Platform | None = None
        self._condition = threading.Condition()
        self._joiner = Joiner()
        self._uploads: dict[int, deque[Upload]] = {}
        self._serials = itertools.count(1)
        self._newest = 0
        self._questions: OrderedDict[str, _Question] = OrderedDict()
        self._pending: _Question | None = None
        self._complaint = ""
        self._last_qn = _platform_time()

    # ---- connecting

    def open(self, within_s: float) -> None:
        """Listen, and wait until the logger has connected; nothing if it is open. Raise InstrumentError."""
        if self._platform is not None:
            return
        try:
            self._platform = join_platform(*self._address, self)
        except OSError as error:
            raise self._error(
                f"cannot listen there ({error.strerror or error}); is the port used by another program, "
                "and is the address one of this computer?"
            ) from error
        if self._platform is None:
            raise self._error("another device has this address and MN already; give each its own")
        deadline = monotonic() + within_s
        with self._condition:
            while self._platform.connection(self.mn) is None:
                left = deadline - monotonic()
                if left <= 0:
                    break
                self._condition.wait(left)
            else:
                return
            complaint = self._complaint
        self.close()
        raise self._error(
            f"no data logger with MN {self.mn} connected within {within_s:g} s{f' ({complaint})' if complaint else ''}; "
            "let it send to this computer's address and this port, as HJ 212 over TCP"
        )

    def close(self) -> None:
        """Stop listening; nothing if it is closed."""
        platform, self._platform = self._platform, None
        if platform is not None:
            leave_platform(platform, self)

    # ---- asking

    def ask_realtime(self) -> None:
        """Ask for the real-time data; what fails is settled by `realtime`."""
        try:
            self._pending = self._sent(Command.REALTIME, (), 0.0)
        except _TryError:
            self._pending = None

    def realtime(self) -> Upload:
        """The real-time data that answer the request; raise InstrumentError after the bounded number of tries."""
        question, self._pending = self._pending, None
        return self._settled(question, Command.REALTIME, (), self._answering)

    def command(self, command: Command, *groups: tuple[Item, ...]) -> list[Segment]:
        """Have a command carried out; return what it uploaded for it. Raise InstrumentError, also where it refuses."""
        return self._settled(None, command, groups, self._finished)

    def uploads(self, command: Command, after: int = 0) -> list[Upload]:
        """What is kept of uploads of one kind, oldest first; those with a serial number beyond `after`."""
        with self._condition:
            return [upload for upload in self._uploads.get(command, ()) if upload.serial > after]

    def next_upload(self, command: Command, codes: Collection[str], after: int, wait_s: float = 0.0) -> Upload | None:
        """The newest upload of a kind with one of these codes, beyond a serial number; None: none came within `wait_s`."""
        deadline = monotonic() + wait_s
        with self._condition:
            while True:
                for upload in reversed(self._uploads.get(command, ())):
                    if upload.serial <= after:
                        break
                    if upload.tells(codes):
                        return upload
                left = deadline - monotonic()
                if left <= 0:
                    return None
                self._condition.wait(left)

    @property
    def complaint(self) -> str:
        """What was wrong with the last that came and could not be used; empty when all could."""
        return self._complaint

    # ---- what the platform tells, in its thread

    def hear(self, frame: Frame) -> bytes:
        """Take a frame; return the acknowledgement that it asks for."""
        segment = replace(frame.segment, defects=frame.defects)
        if trouble := self._trouble(frame):
            self.complain(trouble)
            return b""
        self.departures.update(defect.kind for defect in frame.defects)
        if segment.flag is not None and segment.flag.version in VERSIONS:
            self.version = segment.flag.version
        if segment.cn in REPLIES:
            self._reply(segment)
            return b""
        joined = self._joiner.add(segment, monotonic())
        for missing in self._joiner.expire(monotonic()):
            self.complain(f"packets {', '.join(map(str, missing.packets))} of {missing.first.pnum} did not come")
        if joined is not None:
            self._keep(joined)
        return acknowledgement(segment)

    def refuse(self, refused: Refused) -> None:
        """Remember why what came is no frame."""
        self.complain("; ".join(defect.text for defect in refused.defects))

    def complain(self, text: str) -> None:
        """Remember what was wrong, for the error that follows when nothing better comes."""
        with self._condition:
            self._complaint = text

    def passed(self, direction: Direction, at: float, data: bytes) -> None:
        """Let the listener hear bytes."""
        if (listener := self.trace) is not None:
            listener(direction, at, data)

    def changed(self) -> None:
        """Wake whoever waits for a connection, or for an answer on one that is lost."""
        with self._condition:
            self._condition.notify_all()

    def _trouble(self, frame: Frame) -> str:
        """Why a frame cannot be used; empty when it can."""
        segment = frame.segment
        if self._strict and frame.defects:
            return "; ".join(defect.text for defect in frame.defects)
        if segment.cn in REPLIES:
            return ""
        if segment.pw is not None and segment.pw != self._password:
            return "it sends another password than the station file states"
        if self._system_type is not None and segment.cn in DATA and segment.st != self._system_type:
            return f"it says type of system (ST) {segment.st}, the station file {self._system_type}"
        return ""

    def _reply(self, segment: Segment) -> None:
        with self._condition:
            question = self._questions.get(segment.qn or "")
            if question is not None and len(question.replies) < KEPT:
                question.replies.append(segment)
                self._condition.notify_all()

    def _keep(self, segment: Segment) -> None:
        damage = "; ".join(defect.text for defect in segment.defects if defect.kind in DAMAGE)
        with self._condition:
            self._newest = next(self._serials)
            upload = Upload(segment, _platform_time(), self._newest, damage)
            if segment.cn == Command.REALTIME and not upload.tells(self._codes):
                told = ", ".join(segment.readings) or "none"
                self._complaint = f"it sends nothing of {' or '.join(self._codes)}, but of {told}"
            kept = KEPT if segment.cn in HISTORIES else KEPT_OF_OTHERS
            self._uploads.setdefault(segment.cn or 0, deque(maxlen=kept)).append(upload)
            if len(self._uploads) > REMEMBERED:  # a logger that makes up commands
                self._uploads.pop(next(iter(self._uploads)))
            question = self._questions.get(segment.qn or "")
            if question is not None and len(question.replies) < KEPT:
                question.replies.append(segment)
            self._condition.notify_all()

    # ---- one request

    def _settled(
        self,
        question: _Question | None,
        command: Command,
        groups: Sequence[tuple[Item, ...]],
        answered: Callable[[_Question], Answer | None],
    ) -> Answer:
        fault = ""
        tried = 0
        while tried < self._tries:
            try:
                if question is None:
                    question = self._sent(command, groups, self._timeout_s)
                return self._awaited(question, command, answered)
            except _OtherLoggerError:  # costs no try: a connection is mistaken once
                question = None
            except _TryError as raised:
                fault, question = str(raised), None
                tried += 1
        tries = f", {self._tries} tries" if self._tries > 1 else ""
        complaint = f"; what came could not be used: {self._complaint}" if self._complaint else ""
        raise self._error(
            f"asked CN {command:d}: {fault}{tries}{complaint}; is MN {self.mn} right, and does it take requests?"
        )

    def _awaited(self, question: _Question, command: Command, answered: Callable[[_Question], Answer | None]) -> Answer:
        with self._condition:
            while True:
                if not question.connection.may_be_of(self.mn):
                    raise _OtherLoggerError
                if words := refusal(question.replies):
                    raise self._error(f"asked CN {command:d}: {words}")
                answer = answered(question)
                if answer is not None:
                    self._complaint = ""
                    return answer
                if not question.connection.open:
                    raise _TryError("the data logger closed the connection")
                left = question.deadline - monotonic()
                if left <= 0:
                    question.connection.unanswered += 1
                    raise _TryError(f"no answer within {self._timeout_s:g} s")
                self._condition.wait(left)

    def _sent(self, command: Command, groups: Sequence[tuple[Item, ...]], wait_s: float) -> _Question:
        """Send a request, when need be after waiting for the logger to come back."""
        platform = self._platform
        if platform is None:
            raise self._error("is not open; open the station's instruments first")
        deadline = monotonic() + wait_s
        with self._condition:
            while (connection := platform.connection(self.mn)) is None:
                left = deadline - monotonic()
                if left <= 0:
                    raise _TryError("no data logger is connected")
                self._condition.wait(left)
            qn = self._new_qn()
            question = self._questions[qn] = _Question(qn, connection, monotonic() + self._timeout_s, self._newest)
            if len(self._questions) > REMEMBERED:
                self._questions.popitem(last=False)
        request = self._request(qn, command, groups)
        self.passed(Direction.SENT, monotonic(), request)  # before the answer can be heard
        if not connection.send(request):
            raise _TryError("the data logger closed the connection")
        return question

    def _answering(self, question: _Question) -> Upload | None:
        """The newest real-time data since a request that are no late answer to an earlier one."""
        for upload in reversed(self._uploads.get(Command.REALTIME, ())):
            if upload.serial <= question.after:
                return None
            known = upload.segment.qn != question.qn and upload.segment.qn in self._questions
            if not known and upload.tells(self._codes):
                return upload
        return None

    def _finished(self, question: _Question) -> list[Segment] | None:
        """What was uploaded for a request that is done; None while it is not."""
        done = (Command.RESULT, Command.NOTICE_ACKNOWLEDGED, Command.DATA_ACKNOWLEDGED)
        if not any(reply.cn in done for reply in question.replies):
            return None
        return [reply for reply in question.replies if reply.cn not in REPLIES]

    def _request(self, qn: str, command: Command, groups: Sequence[tuple[Item, ...]]) -> bytes:
        return build_frame(
            Segment(
                qn=qn,
                st=self._system_type or SystemType.AIR_SOURCE,
                cn=int(command),
                pw=self._password,
                mn=self.mn,
                flag=Flag.of(acknowledge=True, version=max(1, self.version)),
                groups=tuple(groups),
            )
        )

    def _new_qn(self) -> str:
        """A QN that was never used: the platform's time, at least a millisecond after the one before."""
        self._last_qn = max(_platform_time(), self._last_qn + dt.timedelta(milliseconds=1))
        return f"{self._last_qn:%Y%m%d%H%M%S}{self._last_qn.microsecond // 1000:03}"

    def _error(self, text: str) -> InstrumentError:
        host, port = self._address
        return InstrumentError(f"{self.name} (HJ212::{host}::{port}): {text}")


def _platform_time() -> dt.datetime:
    """The platform's time as HJ 212 writes it: local, without a zone, to the millisecond."""
    now = wall_now().replace(tzinfo=None)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
