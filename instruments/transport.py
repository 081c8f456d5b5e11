"""The link to one instrument: question and answer over a VISA session that has one owner.

Life of a query: `send` takes the line, throws away what came unasked, writes, and starts the deadline; `receive` collects
bytes until the framing finds a frame that `accept` recognises as the answer. Both are one `query`. They are apart so that
many instruments work on their answers at the same moment, and between the two the line is nobody's: another thread that
comes meanwhile lets the answer arrive first, and it is kept until it is asked for:

    >>> for link in links: link.send(b"A\\r", LineFraming(b"\\r"))
    >>> answers = [link.receive() for link in links]

What goes wrong is settled here, within `tries` of at most `timeout_s` each, or ends as an InstrumentError that names the
instrument, its resource, the request and what to do:

- silence, or a trickle that does not become an answer: the deadline is total time, not silence. The line is then
  resynchronised (a connection is opened anew, a serial line is emptied) and the request sent again;
- unsolicited lines: `accept` drops them and the deadline goes on;
- late answers to an earlier query: while one may still come (twice `timeout_s` after its request), the next query lets it
  come and drops it before it asks; a connection that was opened anew owes none. `accept` drops those that come still later,
  where the protocol tells answers apart;
- bytes that cannot be a frame: emptied until quiet, sent again;
- a closed connection: noticed at once, also before sending; opened anew and counted in `reopened`;
- nothing at the other end (refused, unknown host, no such port): an error at once, without further tries.

Requests may therefore be sent twice; every request of a driver must bear that. Instruments with the same resource, such as
two mass flow controllers on one serial line, share its session: their requests wait for each other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from instruments.deadline import monotonic, pause
from instruments.framing import FrameError, Framing
from instruments.session import LostError, SerialSettings, SessionError, Stream, open_stream
from testbench.engine.roles import Direction, Listener
from testbench.errors import InstrumentError

__all__ = ["Link", "SerialSettings", "show"]

QUIET_S = 0.02  # a line without bytes for so long is quiet


Accept = Callable[[bytes], bool]


class _TryError(Exception):
    """One try failed; the text is a phrase that follows the request."""


class _NobodyError(_TryError):
    """There is nobody at the other end; trying again at once is useless."""


@dataclass(slots=True, eq=False)
class _Exchange:
    """A request and what has become of it so far."""

    link: Link
    request: bytes
    framing: Framing
    accept: Accept | None
    deadline: float = 0.0
    sent: bool = False
    fault: _TryError | None = None
    answer: bytes | None = None
    error: InstrumentError | None = None
    others: list[bytes] = field(default_factory=list)


class _Line:
    """What instruments with the same resource share: the session, its lock, and the one exchange that is under way."""

    def __init__(self, resource: str) -> None:
        self.resource = resource
        self.lock = threading.RLock()
        self.users: set[Link] = set()
        self.stream: Stream | None = None
        self.serial: SerialSettings | None = None
        self.current: _Exchange | None = None
        self.buffer = bytearray()
        self.last_activity = 0.0
        self.opened = 0
        self.owed = 0  # answers to requests that nobody waits for any more
        self.owed_until = 0.0

    @property
    def owes(self) -> bool:
        """Whether a late answer may still come, that the next query would take for its own."""
        return self.owed > 0 and monotonic() < self.owed_until

    def drop(self) -> None:
        """Close the session; the next transmission opens it anew."""
        self.owed = 0
        if self.stream is not None:
            self.stream.close()
            self.stream = None
        self.buffer.clear()


_lines: dict[str, _Line] = {}
_lines_lock = threading.Lock()


class Link:
    """An instrument's end of a line.

    `name` is the instrument's in messages, `resource` the VISA resource name. `timeout_s` is the total time of one try, of
    which there are `tries`. `serial` sets a serial line and is ignored by other resources. `gap_s` is the pause that the
    instrument needs between two commands. `hint` says what to look at when it is silent ("is it set to unit id A?").
    `trace`, when set, is called with everything sent and received, with real monotonic time.
    """

    def __init__(
        self,
        name: str,
        resource: str,
        *,
        timeout_s: float = 1.0,
        tries: int = 3,
        serial: SerialSettings | None = None,
        gap_s: float = 0.0,
        hint: str = "",
    ) -> None:
        if timeout_s <= 0 or tries < 1:
            raise ValueError(f"{name}: timeout_s must be positive and tries at least 1, got {timeout_s} and {tries}")
        self.name = name
        self.resource = resource
        self.timeout_s = timeout_s
        self.tries = tries
        self.serial = serial
        self.gap_s = gap_s
        self.hint = hint
        self.trace: Listener | None = None
        self._patience_s = 2 * tries * timeout_s + 1.0
        self._line: _Line | None = None
        self._pending: _Exchange | None = None

    @property
    def is_serial(self) -> bool:
        """Whether the resource is a serial line (a socket in place of one included)."""
        return self.resource.upper().startswith("ASRL")

    @property
    def reopened(self) -> int:
        """How often the session had to be opened anew since `open`."""
        return max(0, self._line.opened - 1) if self._line is not None else 0

    def open(self) -> None:
        """Open the session and make sure that the peer is there; nothing if it is open. Raises InstrumentError."""
        if self._line is not None:
            return
        with _lines_lock:
            line = _lines.setdefault(self.resource, _Line(self.resource))
            others = [user.name for user in line.users]
            if others and self.is_serial and line.serial != self.serial:
                raise InstrumentError(
                    f"{self.name} ({self.resource}): shares this line with {', '.join(sorted(others))}, which sets it to "
                    f"{line.serial or SerialSettings()}, not {self.serial or SerialSettings()}; set both alike"
                )
            line.users.add(self)
            line.serial = self.serial
        self._line = line
        try:
            with line.lock:
                self._connected(line, self.timeout_s)
        except _NobodyError as fault:
            self.close()
            raise InstrumentError(f"{self.name} ({self.resource}): {fault}") from fault

    def close(self) -> None:
        """Close the session unless another instrument uses it too; nothing if it is closed."""
        line = self._line
        if line is None:
            return
        if line.lock.acquire(timeout=self._patience_s):  # wait for another thread's query, but not for ever
            self._abandon(line)
            line.lock.release()
        self._line = None
        with _lines_lock:
            line.users.discard(self)
            if not line.users:
                line.drop()
                _lines.pop(self.resource, None)

    def query(self, request: bytes, framing: Framing, *, accept: Accept | None = None) -> bytes:
        """Send `request` and return the frame that answers it; see `send` and `receive`."""
        line = self._taken()
        try:
            self.send(request, framing, accept=accept)
            return self.receive()
        finally:
            line.lock.release()

    def send(self, request: bytes, framing: Framing, *, accept: Accept | None = None) -> None:
        """Write `request` and start the deadline; the answer is fetched by `receive`.

        `accept` tells the answer from other frames. A failure to write is settled by `receive`, so that the questions to
        other instruments are not held up. An answer not fetched before the next `send` is given up.
        """
        line = self._taken()
        try:
            self._abandon(line)
            exchange = _Exchange(self, request, framing, accept)
            self._pending = exchange
            if line.current is not None or line.owes:
                return  # another answer is on its way; receive will send when the line is free
            line.current = exchange
            try:
                self._transmit(line, exchange)
            except _TryError as fault:
                exchange.fault = fault
            except BaseException:
                self._abandon(line)
                raise
        finally:
            line.lock.release()

    def receive(self) -> bytes:
        """Return the answer to what was sent; raise InstrumentError after the bounded number of tries."""
        if self._pending is None or self._line is None:
            raise RuntimeError(f"{self.name}: receive without send")
        line = self._taken()
        exchange = self._pending
        try:
            if exchange is None:
                raise InstrumentError(f"{self.name} ({self.resource}): another query has taken the place of this one")
            if line.current is not None and line.current is not exchange:
                line.current.link._complete(line, line.current)  # keeps its answer until it is asked for
            if exchange.answer is None and exchange.error is None:
                line.current = exchange
                self._complete(line, exchange)
        finally:
            self._abandon(line)
            line.lock.release()
        if exchange.error is not None:
            raise exchange.error
        assert exchange.answer is not None
        return exchange.answer

    def write(self, data: bytes) -> None:
        """Send `data`, to which no answer is expected; raise InstrumentError if that is impossible."""
        line = self._taken()
        try:
            self._abandon(line)
            if line.current is not None:
                line.current.link._complete(line, line.current)
            self._transmit(line, _Exchange(self, data, _NOTHING, None))
        except _TryError as fault:
            line.drop()
            raise InstrumentError(f"{self.name} ({self.resource}): {show(data)} cannot be sent: {fault}") from fault
        finally:
            line.lock.release()

    # ---- one exchange --------------------------------------------------------------------------------------------------

    def _complete(self, line: _Line, exchange: _Exchange) -> None:
        """Bring an exchange to its answer or its error, and free the line."""
        fault = exchange.fault
        tried = 1
        while exchange.answer is None:
            try:
                if fault is not None:
                    if tried >= self.tries or isinstance(fault, _NobodyError):
                        exchange.error = self._failure(exchange, fault, tried)
                        break
                    tried += 1
                    self._transmit(line, exchange)
                elif not exchange.sent:
                    self._transmit(line, exchange)
                exchange.answer = self._await(line, exchange)
            except _TryError as raised:
                fault = raised
        if line.current is exchange:
            line.current = None

    def _transmit(self, line: _Line, exchange: _Exchange) -> None:
        """Write the request on a line that is known to be open and empty; start the deadline."""
        if not exchange.sent:  # an answer to an earlier try answers the same question
            self._let_late_come(line)
        now = monotonic()
        if self.gap_s > 0 and (wait := line.last_activity + self.gap_s - now) > 0:
            pause(wait)
            now += wait
        exchange.deadline = now + self.timeout_s
        del exchange.others[:-1]  # what came to an earlier try is still named if nothing else comes
        exchange.sent = True
        line.buffer.clear()
        try:
            stream = self._connected(line, self.timeout_s)
            unasked = stream.discard()
            stream.write(exchange.request, self.timeout_s)
        except LostError:  # restarted since the last query: once more on a new connection
            line.drop()
            stream = self._connected(line, self.timeout_s)
            unasked = b""
            try:
                stream.write(exchange.request, self.timeout_s)
            except LostError as lost:
                line.drop()
                raise _TryError(f"the instrument {lost}") from lost
        if exchange.framing is not _NOTHING:
            line.owed += 1
            line.owed_until = max(line.owed_until, now + 2 * self.timeout_s)
        if self.gap_s > 0:
            line.last_activity = monotonic()
        if self.trace is not None:
            if unasked:
                self.trace(Direction.RECEIVED, now, unasked)
            self.trace(Direction.SENT, monotonic(), exchange.request)

    def _await(self, line: _Line, exchange: _Exchange) -> bytes:
        """Read until a frame is the answer. What has arrived when the deadline has passed is still looked at once."""
        stream = self._connected(line, self.timeout_s)
        buffer, accept = line.buffer, exchange.accept
        last_look = False
        while True:
            left = exchange.deadline - monotonic()
            if left <= 0:
                if last_look:
                    raise self._overdue(line, exchange)
                left, last_look = 0.0, True
            try:
                data = stream.read(left)
            except LostError as lost:
                text = f"the instrument {lost}{_so_far(buffer, ' after ')}"
                line.drop()
                raise _TryError(text) from lost
            if not data:
                continue
            if self.trace is not None:
                self.trace(Direction.RECEIVED, monotonic(), data)
            buffer += data
            try:
                while (frame := exchange.framing.extract(buffer)) is not None:
                    if accept is None or accept(frame):
                        line.owed -= 1
                        if self.gap_s > 0:
                            line.last_activity = monotonic()
                        return frame
                    exchange.others.append(frame)
            except FrameError as error:
                line.owed -= 1
                self._empty(line, exchange.deadline)
                raise _TryError(f"garbled answer ({error})") from error

    def _overdue(self, line: _Line, exchange: _Exchange) -> _TryError:
        """Say what was missing at the deadline and resynchronise the line."""
        if line.buffer:
            fault = _TryError(f"incomplete answer within {self.timeout_s:g} s{_so_far(line.buffer, ': ')}")
        elif exchange.others:
            fault = _TryError(f"no matching answer within {self.timeout_s:g} s, only {show(exchange.others[-1])}")
        else:
            fault = _TryError(f"no answer within {self.timeout_s:g} s")
        if line.stream is not None and line.stream.resets:
            line.drop()
        else:
            self._empty(line, monotonic() + QUIET_S)
        return fault

    def _let_late_come(self, line: _Line) -> None:
        """Wait for the answers that the line still owes, each for itself, and throw them away."""
        while line.owes:
            before = monotonic()
            self._empty(line, before + self.timeout_s, line.owed_until - before)
            line.owed -= 1
        line.owed = 0

    def _empty(self, line: _Line, deadline: float, quiet_s: float = QUIET_S) -> None:
        """Throw away what comes until the line is quiet, at most until `deadline`; then it is opened anew.

        `quiet_s` is how long the first byte is waited for.
        """
        line.buffer.clear()
        try:
            while line.stream is not None:
                data = line.stream.read(quiet_s)
                if not data:
                    return
                quiet_s = QUIET_S
                if self.trace is not None:
                    self.trace(Direction.RECEIVED, monotonic(), data)
                if monotonic() > deadline:
                    line.drop()
        except LostError:
            line.drop()

    # ---- the session ---------------------------------------------------------------------------------------------------

    def _connected(self, line: _Line, timeout_s: float) -> Stream:
        """The open session; opens it when it was lost."""
        if line.stream is None:
            try:
                line.stream = open_stream(self.resource, timeout_s, self.serial)
            except SessionError as error:
                raise _NobodyError(str(error)) from error
            line.opened += 1
        return line.stream

    def _taken(self) -> _Line:
        """Own the line: wait for another thread's query, for as long as one can take."""
        line = self._line
        if line is None:
            raise InstrumentError(f"{self.name} ({self.resource}): is not open; open the station's instruments first")
        if not line.lock.acquire(timeout=self._patience_s):
            raise InstrumentError(f"{self.name} ({self.resource}): the line is in use by another query that does not end")
        return line

    def _abandon(self, line: _Line) -> None:
        """End this instrument's exchange, fetched or not."""
        exchange, self._pending = self._pending, None
        if exchange is not None and line.current is exchange:
            line.current = None

    def _failure(self, exchange: _Exchange, fault: _TryError, tried: int) -> InstrumentError:
        tries = f", {tried} tries" if tried > 1 else ""
        hint = "" if isinstance(fault, _NobodyError) else f"; {self.hint or 'is it switched on and connected?'}"
        error = InstrumentError(f"{self.name} ({self.resource}): asked {show(exchange.request)}: {fault}{tries}{hint}")
        error.__cause__ = fault
        return error


class _Nothing:
    """Framing of what has no answer."""

    def extract(self, buffer: bytearray) -> bytes | None:
        return None


_NOTHING = _Nothing()


def show(data: bytes) -> str:
    """Bytes as a person reads them: what is mostly text in quotes, with the rest escaped, anything else in hexadecimal."""
    shown = data[:80]
    legible = sum(32 <= byte < 127 or byte in b"\r\n\t" for byte in shown)
    text = repr(shown)[1:] if 4 * legible >= 3 * len(shown) else shown.hex(" ").upper()
    return text if len(data) <= 80 else f"{text} … ({len(data)} bytes)"


def _so_far(buffer: bytearray, lead: str) -> str:
    return f"{lead}{show(bytes(buffer))}" if buffer else ""
