"""A VISA session as a stream of bytes: opened by name, written, and read up to a deadline of our own.

PyVISA-py's sessions differ in what they do about time-outs and lost peers; measured with 0.8.1:

- opening a refused TCP port succeeds, and a closed peer looks like silence until the time-out, at full processor load;
- a time-out measures silence, not total time, and partial answers are lost with it;
- serial ports answer one byte at a time; a socket behind a serial port (`ASRLsocket://host:port::INSTR`) as well.

So a stream never asks VISA to wait for an answer's end. It takes what has arrived; what an answer is, and how long it may
take, is the link's business (`instruments.transport`). Three kinds cover all sessions: sockets, serial ports, and those that
carry whole messages (VXI-11, HiSLIP, USB, GPIB).
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from dataclasses import dataclass
from typing import Any, Literal, Protocol

CHUNK = 65536


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """How a serial line is set: speed in baud, data bits, parity, stop bits. No flow control."""

    baud: int = 9600
    data_bits: int = 8
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1

    def __str__(self) -> str:
        return f"{self.baud} baud {self.data_bits}{self.parity[0].upper()}{self.stop_bits}"


class SessionError(Exception):
    """A session cannot be opened; the text says why and what to do, without naming the instrument."""


class LostError(Exception):
    """An open session was lost: the peer closed it, or the port is gone. The text says how."""


class Stream(Protocol):
    """The bytes of one open session. Every method raises LostError when the session is lost."""

    resets: bool  # whether opening anew gets rid of a late answer (a TCP connection) or not (a serial line)

    def write(self, data: bytes, timeout_s: float) -> None:
        """Send all of `data`."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived; wait for the first byte at most `timeout_s`; empty when none came."""
        ...

    def discard(self) -> bytes:
        """Take what has arrived unasked, without waiting."""
        ...

    def close(self) -> None:
        """Close the session; never raises."""
        ...


_manager: Any = None
_manager_lock = threading.Lock()


def resource_manager() -> Any:
    """The one pyvisa ResourceManager of this process: closing a second one would close the sessions of the first."""
    global _manager
    with _manager_lock:
        if _manager is None:
            import pyvisa
            import serial

            serial.protocol_handler_packages.append("instruments.serial_urls")
            _manager = pyvisa.ResourceManager("@py")
        return _manager


def open_stream(resource: str, timeout_s: float, serial: SerialSettings | None) -> Stream:
    """Open a VISA resource and make sure that the peer is there.

    `serial` sets a serial line (default 9600 baud 8N1); other sessions ignore it. Raises SessionError.
    """
    from pyvisa import rname

    try:
        parsed = rname.parse_resource_name(resource)
    except rname.InvalidResourceName:
        raise SessionError(
            "this is not a VISA resource name; write for example 'TCPIP::192.168.1.21::9880::SOCKET' or 'ASRL3::INSTR'"
        ) from None
    if isinstance(parsed, rname.TCPIPSocket):
        return _open_socket(resource, parsed.host_address, parsed.port, timeout_s)
    if isinstance(parsed, rname.ASRLInstr):
        return _open_serial(resource, parsed.board, serial or SerialSettings())
    return _open_messages(resource, timeout_s)


def _open_resource(resource: str, timeout_s: float) -> Any:
    # PyVISA-py raises plain Exception, OSError, ValueError or VisaIOError, depending on what failed and where.
    try:
        return resource_manager().open_resource(resource, open_timeout=max(1, round(timeout_s * 1000)))
    except Exception as error:
        raise SessionError(_explain(error, timeout_s)) from error


def _explain(error: BaseException, timeout_s: float) -> str:
    """Say why a session could not be opened; pyserial keeps the cause as the context of its own exception."""
    causes = [error, error.__cause__, error.__context__]
    text = str(error).strip() or type(error).__name__
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "connection refused: nothing listens there; is the instrument on, and is the port number right?"
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "the host is not known; check its name, or give its address"
    if any(isinstance(cause, TimeoutError) for cause in causes) or "timeout" in text.lower():
        return f"no connection within {timeout_s:g} s; is the instrument on, and is its address right?"
    if "No such file" in text or "FileNotFound" in text:
        return f"no such serial port; {_serial_ports()}"
    if "PermissionError" in text or "Permission denied" in text or "Access is denied" in text:
        return "the port may not be opened: another program holds it, or this user lacks the right (on Linux: group dialout)"
    return f"cannot be opened: {text}"


def _serial_ports() -> str:
    from serial.tools.list_ports import comports

    names = ", ".join(sorted(port.device for port in comports()))
    return f"this computer has {names}" if names else "this computer has none"


class SocketStream:
    """A TCP connection: that of a SOCKET session, or the one that serves a serial port."""

    resets = True

    def __init__(self, resource: Any, connection: socket.socket, interface: Any = None) -> None:
        self._resource = resource
        self._socket = connection
        self._interface = interface
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes, timeout_s: float) -> None:
        """Send all of `data`; a peer that takes nothing for `timeout_s` counts as lost."""
        try:
            self._socket.settimeout(max(timeout_s, 0.001))
            self._socket.sendall(data)
        except TimeoutError:
            raise LostError(f"takes no more data ({timeout_s:g} s)") from None
        except OSError as error:
            raise LostError(f"closed the connection ({error.strerror or error})") from error

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, see Stream."""
        try:
            self._socket.settimeout(max(timeout_s, 0.0))
            data = self._socket.recv(CHUNK)
        except (TimeoutError, BlockingIOError):
            return b""
        except OSError as error:
            raise LostError(f"closed the connection ({error.strerror or error})") from error
        if not data:
            raise LostError("closed the connection")
        return data

    def discard(self) -> bytes:
        """Take what has arrived unasked, see Stream."""
        taken = b""
        while data := self.read(0.0):
            taken = data
            if len(data) < CHUNK:
                break
        return taken

    def close(self) -> None:
        """Close the connection and the session."""
        with contextlib.suppress(OSError):
            self._socket.close()
        if self._interface is not None:
            # pyserial's own close would leak the socket of a lost peer, and wait 0.3 s.
            self._interface._socket = None
            self._interface.is_open = False
        _close(self._resource)


class SerialStream:
    """A serial port; single bytes are waited for, more only taken when they are there, so that none is ever lost."""

    resets = False

    def __init__(self, resource: Any) -> None:
        self._resource = resource
        self._library = resource.visalib
        self._session = resource.session
        self._timeout_ms = -1

    def write(self, data: bytes, timeout_s: float) -> None:
        """Send all of `data`."""
        from pyvisa.errors import VisaIOError

        try:
            self._set_timeout(timeout_s)
            written, _ = self._library.write(self._session, data)
        except (VisaIOError, OSError) as error:
            raise LostError(f"the serial port cannot be written ({error})") from error
        if written != len(data):
            raise LostError(f"the serial port took {written} of {len(data)} bytes")

    def read(self, timeout_s: float) -> bytes:
        """Return what has arrived, see Stream."""
        from pyvisa.errors import VisaIOError

        try:
            waiting = self._resource.bytes_in_buffer
            if waiting:
                return self._take(waiting)
            if timeout_s <= 0:
                return b""
            self._set_timeout(timeout_s)
            first = self._take(1)
            waiting = self._resource.bytes_in_buffer
            return first + self._take(waiting) if waiting else first
        except VisaIOError as error:
            if error.abbreviation == "VI_ERROR_TMO":
                return b""
            raise LostError(f"the serial port failed ({error})") from error
        except OSError as error:
            raise LostError(f"the serial port is gone ({error})") from error

    def discard(self) -> bytes:
        """Take what has arrived unasked, see Stream."""
        return self.read(0.0)

    def close(self) -> None:
        """Close the port."""
        _close(self._resource)

    def _take(self, count: int) -> bytes:
        from pyvisa.constants import StatusCode

        with self._resource.ignore_warning(StatusCode.success_max_count_read):  # as many bytes as asked for
            data, _ = self._library.read(self._session, count)
        return bytes(data)

    def _set_timeout(self, timeout_s: float) -> None:
        timeout_ms = max(1, round(timeout_s * 1000))
        if timeout_ms != self._timeout_ms:
            self._resource.timeout = self._timeout_ms = timeout_ms


class MessageStream:
    """A session that carries whole messages (VXI-11, HiSLIP, USB, GPIB)."""

    resets = True

    def __init__(self, resource: Any) -> None:
        self._resource = resource

    def write(self, data: bytes, timeout_s: float) -> None:
        """Send `data` as one message."""
        try:
            self._resource.timeout = max(1, round(timeout_s * 1000))
            self._resource.visalib.write(self._resource.session, data)
        except Exception as error:  # VXI-11 and HiSLIP raise what their protocol modules define
            raise LostError(f"the session failed ({error})") from error

    def read(self, timeout_s: float) -> bytes:
        """Return the next message, or what there is of it."""
        from pyvisa.constants import StatusCode
        from pyvisa.errors import VisaIOError

        if timeout_s <= 0:
            timeout_s = 0.001
        try:
            self._resource.timeout = max(1, round(timeout_s * 1000))
            with self._resource.ignore_warning(StatusCode.success_max_count_read):
                data, _ = self._resource.visalib.read(self._resource.session, CHUNK)
        except VisaIOError as error:
            if error.abbreviation == "VI_ERROR_TMO":
                return b""
            raise LostError(f"the session failed ({error})") from error
        except TimeoutError:
            return b""
        except Exception as error:  # see write
            raise LostError(f"the session failed ({error})") from error
        return bytes(data)

    def discard(self) -> bytes:
        """Nothing comes unasked over these sessions."""
        return b""

    def close(self) -> None:
        """Close the session."""
        _close(self._resource)


def _close(resource: Any) -> None:
    """Close a pyvisa resource, and make PyVISA-py forget its session, which it keeps in memory for ever."""
    library, session = resource.visalib, resource._session
    # A lost peer makes closing fail in as many ways as opening; there is nothing left to do about it.
    with contextlib.suppress(Exception):
        resource.close()
    getattr(library, "sessions", {}).pop(session, None)


def _open_socket(resource: str, host: str, port: str, timeout_s: float) -> Stream:
    try:
        socket.getaddrinfo(host, int(port), socket.AF_INET, socket.SOCK_STREAM)
    except socket.gaierror:
        raise SessionError(f"the host {host!r} is not known; check its name, or give its address") from None
    except (ValueError, OverflowError):
        raise SessionError(f"{port!r} is not a port number (1 to 65535)") from None
    opened = _open_resource(resource, timeout_s)
    connection: socket.socket = opened.visalib.sessions[opened.session].interface
    error = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if error:
        _close(opened)
        cause = OSError(error, os.strerror(error))  # OSError picks its subclass by the number
        raise SessionError(_explain(cause, timeout_s))
    return SocketStream(opened, connection)


def _open_serial(resource: str, board: str, settings: SerialSettings) -> Stream:
    opened = _open_resource(resource, 1.0)
    from pyvisa import constants

    try:
        opened.baud_rate = settings.baud
        opened.data_bits = settings.data_bits
        opened.parity = constants.Parity[settings.parity]
        opened.stop_bits = constants.StopBits.one if settings.stop_bits == 1 else constants.StopBits.two
        opened.flow_control = constants.ControlFlow.none
        opened.read_termination = None
        opened.end_input = constants.SerialTermination.none
        opened.set_visa_attribute(constants.ResourceAttribute.asrl_end_out, constants.SerialTermination.none)
        interface = opened.visalib.sessions[opened.session].interface
        if "://" in board:
            connection = getattr(interface, "_socket", None)
            if isinstance(connection, socket.socket):
                return SocketStream(opened, connection, interface)
        elif os.name == "posix":
            interface.exclusive = True  # Windows opens serial ports for one program only
    except Exception as error:  # pyserial refuses settings with ValueError, OSError or termios.error
        _close(opened)
        raise SessionError(f"cannot be set to {settings}, or another program holds it ({error})") from error
    return SerialStream(opened)


def _open_messages(resource: str, timeout_s: float) -> Stream:
    opened = _open_resource(resource, timeout_s)
    return MessageStream(opened)
