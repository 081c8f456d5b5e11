"""The address `COMsocket://host:port`: what PyVISA-py makes of `ASRLsocket://host:port::INSTR` on Windows.

There it puts COM in front of every serial resource; without this, a serial line served over TCP could be opened on Linux
and macOS only.
"""

from __future__ import annotations

from serial.urlhandler.protocol_socket import Serial


def serial_class_for_url(url: str) -> tuple[str, type[Serial]]:
    """Return the address as pyserial knows it and the class that opens it."""
    return url[len("COM") :], Serial
