"""Inhibitors on Linux over D-Bus: of logind, else of the desktop's power management.

Each holds as long as what the call returned is kept: a file descriptor of logind, or the connection that asked the desktop.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from PySide6.QtDBus import QDBus, QDBusConnection, QDBusMessage, QDBusUnixFileDescriptor

WITHIN_MS = 3000
_names = itertools.count(1)


class BusKind(Enum):
    """The two buses of a desktop."""

    SYSTEM = QDBusConnection.BusType.SystemBus
    SESSION = QDBusConnection.BusType.SessionBus


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a service."""

    bus: BusKind
    service: str
    path: str
    interface: str
    method: str
    arguments: tuple[str, ...]


class Bus(Protocol):
    """Makes a call and returns how what it holds is let go; OSError says why it could not."""

    def __call__(self, call: Call) -> Callable[[], None]: ...  # noqa: D102


def calls(program: str, why: str) -> tuple[Call, ...]:
    """The inhibitors, the surest first."""
    login, power = "org.freedesktop.login1", "org.freedesktop.PowerManagement"
    return (
        Call(
            BusKind.SYSTEM,
            login,
            "/org/freedesktop/login1",
            f"{login}.Manager",
            "Inhibit",
            ("sleep:idle", program, why, "block"),
        ),
        Call(
            BusKind.SESSION, power, "/org/freedesktop/PowerManagement/Inhibit", f"{power}.Inhibit", "Inhibit", (program, why)
        ),
        Call(
            BusKind.SESSION,
            "org.freedesktop.ScreenSaver",
            "/org/freedesktop/ScreenSaver",
            "org.freedesktop.ScreenSaver",
            "Inhibit",
            (program, why),
        ),
    )


class LinuxHolder:
    """Takes the first inhibitor that is there."""

    def __init__(self, program: str, why: str, bus: Bus | None = None) -> None:
        self._calls = calls(program, why)
        self._bus: Bus = bus or over_dbus
        self._release: Callable[[], None] | None = None

    def hold(self) -> None:
        """Keep the computer awake from now on; OSError names what each service said."""
        problems = []
        for call in self._calls:
            try:
                self._release = self._bus(call)
                return
            except OSError as error:
                problems.append(f"{call.service}: {error}")
        raise OSError("; ".join(problems))

    def release(self) -> None:
        """Let it sleep again."""
        if self._release is not None:
            self._release()
            self._release = None


def over_dbus(call: Call) -> Callable[[], None]:
    """Make a call over a connection of its own; the inhibitor is let go with that."""
    name = f"testbench-awake-{next(_names)}"
    connection = QDBusConnection.connectToBus(call.bus.value, name)
    try:
        if not connection.isConnected():
            raise OSError(connection.lastError().message() or "there is no such bus")
        message = QDBusMessage.createMethodCall(call.service, call.path, call.interface, call.method)
        message.setArguments(list(call.arguments))
        reply = connection.call(message, QDBus.CallMode.Block, WITHIN_MS)
        if reply.type() is not QDBusMessage.MessageType.ReplyMessage:
            raise OSError(reply.errorMessage() or "no answer")
        held = _descriptor(reply)
    except OSError:
        QDBusConnection.disconnectFromBus(name)
        raise

    def release() -> None:
        if held is not None:
            os.close(held)
        QDBusConnection.disconnectFromBus(name)

    return release


def _descriptor(reply: QDBusMessage) -> int | None:
    """A copy of the file descriptor in a reply, which is closed with the reply itself; None where there is none."""
    for argument in reply.arguments():
        if isinstance(argument, QDBusUnixFileDescriptor) and argument.isValid():
            return os.dup(argument.fileDescriptor())
    return None
