"""The hand on a bench as a service: one thread has the sessions, orders come from any thread, snapshots go out.

service = HandService(station, "li", posted)     # `posted` is called with a HandSight about twice a second, in its thread
service.connected.result()                       # raises what keeps the station from being had
service.carry_out(ZeroGas()).result()            # a Done, or the reason why not
service.release().result()                       # what was read back

connecting ──► held ──► releasing ──► released
     └──────────┴── an error, the end of the program ──┘
"""

from __future__ import annotations

import atexit
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from testbench.engine.clock import monotonic, wall_now
from testbench.engine.manual.actions import Action
from testbench.engine.manual.bench import HandBench
from testbench.engine.manual.checking import Checked
from testbench.engine.manual.hand_log import HandLog
from testbench.engine.manual.sight import Done, HandSight, Phase
from testbench.engine.roles import Identity, SafeOutcome
from testbench.errors import InputError
from testbench.station import StationFile

EVERY_S = 0.5
ATTEND_S = 0.1  # between two looks at guard and laboratory
AT_EXIT_S = 8.0  # how long the end of the program waits for the safe state


@dataclass(slots=True)
class _Order:
    """Something to be done by the thread that has the sessions."""

    work: Callable[[HandBench], Any]
    future: Future[Any]


class HandService:
    """A station in a person's hand, from construction to `release`; every method may be called from any thread.

    `posted` gets snapshots, in the service's thread: it must not wait. `every_s` is the time between two rounds of reading.
    When the program ends without `release` the bench is driven safe; when its process is lost the guard does it.
    """

    def __init__(
        self,
        station: StationFile,
        person: str,
        posted: Callable[[HandSight], None],
        *,
        log: HandLog | None = None,
        every_s: float = EVERY_S,
    ) -> None:
        self.connected: Future[HandSight] = Future()
        self.station = station
        self._released: Future[tuple[SafeOutcome, ...]] = Future()
        self._log = log or HandLog.of_user(station.path, person)
        self._posted = posted
        self._every_s = every_s
        self._orders: queue.SimpleQueue[_Order] = queue.SimpleQueue()
        self._gate = threading.Lock()  # orders are put in before the thread is gone, or not at all
        self._ending = threading.Event()
        self._gone = False
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"hand on {station.path.name}")
        atexit.register(self._at_exit)
        self._thread.start()

    # ---- orders --------------------------------------------------------------------------------------------------------

    def carry_out(self, action: Action) -> Future[Done]:
        """Have an action carried out; the future has what was read back, or a TestbenchError that says why not."""
        return self._order(lambda bench: bench.carry_out(action))

    def read(self) -> Future[HandSight]:
        """Read everything now."""

        def work(bench: HandBench) -> HandSight:
            bench.read()
            return bench.sight()

        return self._order(work)

    def identify(self, name: str) -> Future[Identity | None]:
        """Ask one instrument who it is, connecting again where it was silent; None if it still is."""
        return self._order(lambda bench: bench.identify(name))

    def check(self, told: Callable[[str], None] = lambda _: None) -> Future[tuple[Checked, ...]]:
        """Ask every instrument one after the other; `told` hears the name of each before, in the service's thread."""
        return self._order(lambda bench: bench.check(told))

    def release(self) -> Future[tuple[SafeOutcome, ...]]:
        """Leave the bench safe and give it up; the future has what was read back."""
        self._ending.set()
        self._orders.put(_Order(lambda _: None, Future()))  # wakes the thread
        return self._released

    def _order(self, work: Callable[[HandBench], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        with self._gate:
            if self._gone or self._ending.is_set():
                future.set_exception(_not_held())
            else:
                self._orders.put(_Order(work, future))
        return future

    # ---- the thread ----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        bench = HandBench(self.station, self._log)
        problem: BaseException | None = None
        self._posted(HandSight(Phase.CONNECTING, wall_now()))
        try:
            with bench:
                bench.read()
                self.connected.set_result(bench.sight())
                self._hold(bench)
                self._posted(bench.sight(Phase.RELEASING))
        except BaseException as error:  # whatever it is, the bench was left safe, and somebody is told
            problem = error
        self._end(bench, problem)

    def _hold(self, bench: HandBench) -> None:
        """Read again and again, and do what is ordered in between, until the release."""
        due = monotonic()
        while not self._ending.is_set():
            if monotonic() >= due:
                due = monotonic() + self._every_s
                bench.read()
                self._posted(bench.sight())
            try:
                order = self._orders.get(timeout=max(0.0, min(ATTEND_S, due - monotonic())))
            except queue.Empty:
                bench.attend()
                continue
            if order.future.set_running_or_notify_cancel():
                try:
                    order.future.set_result(order.work(bench))
                except Exception as error:
                    order.future.set_exception(error)
                self._posted(bench.sight())

    def _end(self, bench: HandBench, problem: BaseException | None) -> None:
        atexit.unregister(self._at_exit)
        with self._gate:
            self._gone = True
        while not self._orders.empty():
            order = self._orders.get()
            if order.future.set_running_or_notify_cancel():
                order.future.set_exception(_not_held())
        if problem is not None and not self.connected.done():
            self.connected.set_exception(problem)
        elif not self.connected.done():
            self.connected.set_exception(_not_held())
        text = "" if problem is None else str(problem) or type(problem).__name__
        self._posted(HandSight(Phase.RELEASED, wall_now(), safe=bench.safe, problem=text))
        self._released.set_result(bench.safe)

    def _at_exit(self) -> None:
        self.release()
        self._thread.join(AT_EXIT_S)


def _not_held() -> InputError:
    return InputError("the bench is not in your hand any more; connect to it again")
