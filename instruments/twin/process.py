"""The process of the simulated laboratory: one thread that serves all its instruments and the control channel on loopback.

While it has an owner, bench time moves only when the owner advances it; without one it follows real time. It ends by itself
when for `idle_exit_s` it had neither an owner nor a connection to an instrument.
"""

from __future__ import annotations

import math
import os
import selectors
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from instruments.deadline import monotonic
from instruments.twin.bench import Simulated, server, simulated_instruments
from instruments.twin.clients import ControlClient, InstrumentClient
from instruments.twin.commands import Command
from instruments.twin.control import ControlConnection
from instruments.twin.faults import UNREACHABLE, Fault, Faults, LineFault
from instruments.twin.messages import History, Welcome
from instruments.twin.outgoing import Connector
from instruments.twin.peer import InstrumentServer
from instruments.twin.plant import Plant
from instruments.twin.rendezvous import Rendezvous, new_token
from instruments.twin.timers import Timers
from testbench.engine.roles import Adjustment
from testbench.station import StationFile

IDLE_EXIT_S = 60.0
FIRST_VISIT_S = 10.0  # whoever started the process has at least so long to come
LONGEST_WAIT_S = 1.0  # Windows delivers Ctrl-C only between two waits for sockets


class LaboratoryProcess:
    """Serves one station until it is stopped or idle. Raise StationError where the station cannot be simulated."""

    def __init__(
        self, file: StationFile, *, seed: int = 1, idle_exit_s: float | None = IDLE_EXIT_S, log: Path | None = None
    ) -> None:
        """`idle_exit_s` None: never ends by itself. `log`: file that every command is appended to."""
        self.name = f"{file.station.station.name!r} ({file.path})"
        self.token = new_token()
        self.digest = file.digest
        self.owner: ControlConnection | None = None
        self._file = file
        self._idle_exit_s = idle_exit_s
        self._log = log
        self._selector = selectors.DefaultSelector()
        self._clients: set[InstrumentClient] = set()
        self.timers = Timers()
        self._running = True
        self._kept = 0  # commands of the plant's log that are in the log file
        self._real_since = monotonic()
        self._idle_since = self._real_since + max(0.0, FIRST_VISIT_S - (idle_exit_s or 0.0))
        self._real_from = 0.0
        self._items: tuple[Simulated, ...] = simulated_instruments(file)
        self._sockets = {item.name: _listen() for item in self._items if not item.connects}
        self._connectors = {item.name: self._connector(item.name) for item in self._items if item.connects}
        self._control = _listen()
        ports = {name: _port(there) for name, there in self._sockets.items()}
        ports |= {name: connector.port for name, connector in self._connectors.items()}
        self._names = {item.name: item.resource(ports[item.name]) for item in self._items}
        self.faults = Faults(self._names)
        self._begin(Plant(file.station, seed))
        for name, listening in self._sockets.items():
            self._selector.register(listening, selectors.EVENT_READ, self._acceptor(listening, name))
        self._selector.register(self._control, selectors.EVENT_READ, self._control_acceptor())
        for connector in self._connectors.values():
            connector.start()

    @property
    def plant(self) -> Plant:
        """The plant behind the instruments."""
        return self._plant

    @property
    def rendezvous(self) -> Rendezvous:
        """How this laboratory is found."""
        return Rendezvous(
            pid=os.getpid(), control_port=_port(self._control), token=self.token, digest=self.digest, resources=self._names
        )

    def serve(self) -> None:
        """Serve until stopped or idle for too long; `close` afterwards."""
        while self._running:
            left = self._time_left()
            if left <= 0.0:
                break
            for key, mask in self._selector.select(min(left, LONGEST_WAIT_S, self.timers.left())):
                key.data(mask)
            self.timers.run_due()
            if self._connectors and self.owner is None:
                self.follow_real_time()
                self._let_tell()

    def close(self) -> None:
        """Close every socket."""
        for connector in self._connectors.values():
            connector.close()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        for there in self._sockets.values():  # those that do not listen now
            there.close()
        self._selector.close()

    # ---- what the control channel asks for

    def take_over(self, owner: ControlConnection) -> None:
        """Let `owner` have bench time, from what it is now on."""
        self.follow_real_time()
        self.owner = owner

    def give_up(self, owner: ControlConnection) -> None:
        """From now on bench time follows real time, if it was `owner` who had it."""
        if self.owner is owner:
            self.owner = None
            self._real_from, self._real_since = self._plant.now, monotonic()
            self._mark_idle()

    def welcome(self) -> Welcome:
        """Say who answers."""
        return Welcome(pid=os.getpid(), now_s=self._plant.now)

    def reset(self, seed: int) -> None:
        """Start anew: a new plant, instruments as switched on; connections stay."""
        self._begin(Plant(self._file.station, seed))
        self._connect_anew()

    def restore(self, seed: int, commands: Sequence[Command], at_s: float) -> bool:
        """Go on with the world of a seed and its commands; True if it was there, else instruments are as switched on."""
        if self._plant.continues(seed, commands, at_s):
            return True
        self._begin(self._plant.restored(seed, commands, at_s))
        self._connect_anew()
        return False

    def advance(self, to_s: float) -> None:
        """Move bench time."""
        self._plant.advance(to_s)
        if self._connectors:
            self._let_tell()

    def now(self) -> float:
        """Bench time, s."""
        self.follow_real_time()
        return self._plant.now

    def resources(self) -> dict[str, str]:
        """VISA resource names by instrument."""
        return self._names

    def adjust_by_hand(self, device: str, point: Adjustment, indicated: float, target: float) -> None:
        """Adjust a device at its keys."""
        self.follow_real_time()
        self._plant.adjust(device, point, indicated, target)
        self.keep_log()

    def set_condition(self, quantity: str, value: float) -> None:
        """Set an ambient or supply condition."""
        self.follow_real_time()
        self._plant.set_condition(quantity, value)
        self.keep_log()

    def connect_gas(self, contents: Mapping[str, float]) -> None:
        """Connect a gas by hand, or the divider."""
        self.follow_real_time()
        self._plant.connect_gas(contents)
        self.keep_log()

    def history(self, since: int = 0) -> History:
        """Seed and commands, from number `since` on: all that the plant's state is made of."""
        return History(seed=self._plant.seed, now_s=self.now(), commands=tuple(self._plant.log[since:]))

    def set_fault(self, instrument: str, fault: LineFault) -> None:
        """Give an instrument's line a fault."""
        self.faults.set(instrument, fault)
        if fault.kind in UNREACHABLE:
            for client in [client for client in self._clients if client.instrument == instrument]:
                client.close()
        self._listen_or_not()

    def clear_fault(self, instrument: str | None) -> None:
        """Take the fault from an instrument, or from all; what they still had to say late is not said."""
        self.faults.clear(instrument)
        for client in self._clients:
            if instrument in (None, client.instrument):
                client.recover()
        self._listen_or_not()

    def stop(self) -> None:
        """End after this round."""
        self._running = False

    # ---- what clients of instruments need

    def follow_real_time(self) -> None:
        """Without an owner, bring bench time to where real time is."""
        if self.owner is None:
            self._plant.advance(max(self._plant.now, self._real_from + monotonic() - self._real_since))

    def keep_log(self) -> None:
        """Append new commands to the log file, if there is one."""
        new = self._plant.log[self._kept :]
        if new and self._log is not None:
            with self._log.open("a", encoding="utf-8") as stream:
                stream.writelines(command.model_dump_json() + "\n" for command in new)
        self._kept = len(self._plant.log)

    def forget(self, client: InstrumentClient) -> None:
        """A client of an instrument has gone."""
        self._clients.discard(client)
        if (connector := self._connectors.get(client.instrument)) is not None:
            connector.lost()
        self._mark_idle()

    # ---- inside

    def _begin(self, plant: Plant) -> None:
        self._plant = plant
        self._servers: dict[str, InstrumentServer] = {
            item.name: server(self._file, item, self._names[item.name], self._plant) for item in self._items
        }
        self._real_from, self._real_since = plant.now, monotonic()
        self._kept = 0
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as stream:
                stream.write(f'{{"digest": "{self.digest}", "seed": {plant.seed}}}\n')
        self.keep_log()

    def _connect_anew(self) -> None:
        for client in self._clients:
            client.conversation = self._servers[client.instrument].connect()

    def _let_tell(self) -> None:
        """Let those instruments speak that do so by themselves; only such as connect by themselves do."""
        for client in [client for client in self._clients if client.instrument in self._connectors]:
            client.let_tell()

    def _listen_or_not(self) -> None:
        """Stop listening where connections are refused; the port stays ours until they are taken again."""
        for name, connector in self._connectors.items():
            if self.faults.unreachable(name):
                connector.stop()
            else:
                connector.start()
        for name, there in self._sockets.items():
            refused = self.faults.unreachable(name) is Fault.REFUSED
            listening = there in self._selector.get_map()
            if refused and listening:
                port = _port(there)
                self._selector.unregister(there)
                there.close()
                self._sockets[name] = _bound(port)
            elif not refused and not listening:
                there.listen()
                self._selector.register(there, selectors.EVENT_READ, self._acceptor(there, name))

    def _mark_idle(self) -> None:
        if self.owner is None and not self._clients:
            self._idle_since = monotonic()

    def _time_left(self) -> float:
        """Real seconds until the end if nobody comes; infinite while somebody is there."""
        if self._idle_exit_s is None or self.owner is not None or self._clients:
            return math.inf
        return self._idle_since + self._idle_exit_s - monotonic()

    def _acceptor(self, listening: socket.socket, instrument: str) -> Callable[[int], None]:
        def accept(_: int) -> None:
            connection = _accept(listening)
            if connection is None:
                return
            if self.faults.unreachable(instrument):
                connection.close()
                return
            conversation = self._servers[instrument].connect()
            self._clients.add(InstrumentClient(self, self._selector, connection, instrument, conversation))

        return accept

    def _connector(self, instrument: str) -> Connector:
        def welcome(connection: socket.socket) -> None:
            conversation = self._servers[instrument].connect()
            self._clients.add(InstrumentClient(self, self._selector, connection, instrument, conversation))

        return Connector(self._selector, self.timers, welcome)

    def _control_acceptor(self) -> Callable[[int], None]:
        def accept(_: int) -> None:
            connection = _accept(self._control)
            if connection is not None:
                ControlClient(self._selector, connection, ControlConnection(self))

        return accept


def _listen() -> socket.socket:
    listening = _bound(0)
    listening.listen()
    return listening


def _bound(port: int) -> socket.socket:
    """A socket that has a port of loopback; while it does not listen, connections to that port are refused."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # there the connections of before would keep the port; Windows means another thing by it
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    made.setblocking(False)
    return made


def _port(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


def _accept(listening: socket.socket) -> socket.socket | None:
    try:
        connection, _ = listening.accept()
    except OSError:  # the client has gone already
        return None
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
