"""Framings: where one answer ends and the next begins in a stream of bytes.

A framing keeps no state of its own: the link holds the bytes that have arrived and asks for the first complete frame.
Framings of one protocol stand beside it; here is that of lines of text, which many share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class FrameError(Exception):
    """The bytes cannot be, or become, a frame (wrong checksum, impossible length, no end in sight); the text says why."""


class Framing(Protocol):
    """Cuts frames out of what has arrived."""

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove the first complete frame from `buffer` and return it; None while it is incomplete.

        Raises FrameError if the bytes cannot be a frame; the caller then throws away everything until the line is quiet.
        """
        ...


@dataclass(frozen=True, slots=True)
class LineFraming:
    """Lines of text that end with `terminator`, which is not part of the frame.

    `skip` are bytes that are dropped in front of a line (marks such as 0x80 and 0xFF, the line feed left over from a
    carriage return and line feed). More than `longest` bytes without an end are a FrameError.
    """

    terminator: bytes = b"\r"
    skip: bytes = b""
    longest: int = 65536

    def extract(self, buffer: bytearray) -> bytes | None:
        """Remove the first line and return it without skipped bytes and terminator."""
        end = buffer.find(self.terminator)
        if end < 0:
            if len(buffer) > self.longest:
                raise FrameError(f"{len(buffer)} bytes without the end of a line ({self.terminator!r})")
            return None
        line = bytes(buffer[:end])
        del buffer[: end + len(self.terminator)]
        return line.lstrip(self.skip) if self.skip else line
