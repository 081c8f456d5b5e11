"""Drives all instruments to their safe state at the same moment and says what was read back: at every end of a run."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from testbench.engine.clock import monotonic
from testbench.engine.roles import Instrument, SafeOutcome
from testbench.errors import InstrumentError

DRIVES_NOTHING = "none"  # how the safe state of an instrument begins that is only read
SAFE_WITHIN_S = 3.0
RETRY_S = 0.1  # between two attempts to connect to an instrument


def drives_nothing(safe_state: str) -> bool:
    """Whether an instrument of this safe state is only read."""
    return safe_state.startswith(DRIVES_NOTHING)


def drive_safe(
    instruments: Iterable[Instrument], *, within_s: float = SAFE_WITHIN_S, connect: bool = False
) -> list[SafeOutcome]:
    """Drive all instruments at once, a thread each; return their outcomes in the same order, after `within_s` at the latest.

    One that fails in any way, or has not answered by then, is listed as not verified, and does not hold up the others.
    Those that share a session wait for each other there. An instrument that drives nothing is not asked. With `connect`
    they are opened first, and driven until they are safe or the time is over: an instrument that serves one connection may
    still hold the old one. A thread that has not come back by then finishes what it is at, and ends with the process.
    """
    deadline = monotonic() + within_s
    drives = [_Drive(instrument, connect) for instrument in instruments]
    for drive in drives:
        drive.start()
    for drive in drives:
        drive.done.wait(max(0.0, deadline - monotonic()))
    for drive in drives:
        drive.over.set()
    return [drive.outcome(within_s) for drive in drives]


def unverified(outcomes: Iterable[SafeOutcome]) -> str | None:
    """One sentence naming the instruments whose safe state could not be verified; None where all are safe.

    An instrument that drives nothing is safe also when it does not answer.
    """
    names = [
        outcome.read_back
        if outcome.read_back.startswith(outcome.instrument)
        else f"{outcome.instrument} ({outcome.read_back})"
        for outcome in outcomes
        if not outcome.verified and not drives_nothing(outcome.state)
    ]
    if not names:
        return None
    return f"safe state not verified: {'; '.join(names)}; go to the bench and close the gas by hand"


@dataclass(eq=False)
class _Drive:
    """One instrument on its way to its safe state."""

    instrument: Instrument
    connect: bool
    done: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)  # the time is over: do not begin anew
    reached: SafeOutcome | None = None
    trouble: str = ""

    def start(self) -> None:
        """Drive it, in a thread that nobody has to wait for."""
        if drives_nothing(self.instrument.safe_state):
            self.reached = SafeOutcome(self.instrument.name, self.instrument.safe_state, verified=True, read_back="")
            self.done.set()
            return
        threading.Thread(target=self._run, daemon=True, name=f"safe state of {self.instrument.name}").start()

    def outcome(self, within_s: float) -> SafeOutcome:
        """What came of it so far."""
        if self.reached is not None:
            return self.reached
        late = f"no answer within {within_s:g} s"
        if self.trouble and not self.done.is_set():
            late = f"{self.trouble}; not safe within {within_s:g} s"
        text = self.trouble if self.done.is_set() else late
        return SafeOutcome(self.instrument.name, self.instrument.safe_state, verified=False, read_back=text)

    def _run(self) -> None:
        try:
            while not self._attempt() and self.connect and not self.over.wait(RETRY_S):
                pass
        finally:
            self.done.set()

    def _attempt(self) -> bool:
        """Drive it once; return whether that settles it. Whatever a driver's failure is, the others go on."""
        try:
            if self.connect:
                self.instrument.open()
            self.reached = self.instrument.drive_safe()
            return self.reached.verified
        except InstrumentError as error:
            self.trouble = str(error)
            self._disconnect()
            return False
        except Exception as error:
            self.trouble = f"{type(error).__name__}: {error}"
            return True

    def _disconnect(self) -> None:
        """Before another attempt begin with a new session."""
        if not self.connect:
            return
        try:
            self.instrument.close()
        except InstrumentError as error:
            self.trouble = str(error)
