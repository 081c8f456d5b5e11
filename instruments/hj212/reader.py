"""Frames of HJ 212 out of a stream of bytes, which may come in pieces, be cut off, or have anything between them.

Lost or damaged bytes cost no more than the frames that they were of: reading goes on at the next `##`. What no frame can
hold is dropped, so that a peer which never stops does not fill the memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from instruments.hj212.defects import Defect, DefectKind, FrameRefusedError
from instruments.hj212.frame import END, HEAD, LONGEST_FRAME, START, SUM, Frame, crc, parse_frame

SHOWN = 200  # bytes of what was refused that are kept
_BEGINNING = re.compile(rb"##[0-9]{4}[A-Za-z]{2}=")


@dataclass(frozen=True, slots=True)
class Refused:
    """Bytes that were not taken as a frame: their beginning, how many there were, and why."""

    data: bytes
    length: int
    defects: tuple[Defect, ...]


class FrameReader:
    """Takes bytes as they come and gives what is complete: frames, and what was refused in their place.

    Strict: a frame with any departure is refused. Lenient (default): its departures are named in its `defects`.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame | Refused]:
        """Take bytes; return what is complete with them, in order."""
        found: list[Frame | Refused] = []
        for start in range(0, len(data), LONGEST_FRAME):
            self._buffer += data[start : start + LONGEST_FRAME]
            while (piece := self._next()) is not None:
                found.append(piece)
        return found

    def flush(self) -> list[Frame | Refused]:
        """Nothing more comes: return what is left, as far as it can be read."""
        left = bytes(self._buffer)
        self._buffer.clear()
        if not left.strip(END):
            return []
        return [self._taken(left)]

    def _next(self) -> Frame | Refused | None:
        """What comes next out of the buffer; None while it is not complete."""
        buffer = self._buffer
        start = buffer.find(START)
        if start < 0:
            start = len(buffer) - buffer.endswith(b"#")
        if start > 0:
            garbage = self._cut(start)
            if garbage.strip(END):  # empty lines between frames harm nobody
                return _refused(garbage, Defect(DefectKind.GARBAGE, f"{len(garbage)} bytes that belong to no frame"))
        if len(buffer) < HEAD:
            return None
        if (end := self._stated_end()) is not None:
            return self._taken(self._cut(end)) if end else None
        # The length is not right: the frame goes to the end of its line, or to where another one begins.
        line = buffer.find(b"\n", HEAD)
        other = _BEGINNING.search(buffer, 1, line if line >= 0 else len(buffer))
        if other is not None:
            return self._taken(self._cut(other.start()), Defect(DefectKind.TRUNCATED, "another frame begins before its end"))
        if line >= 0:
            return self._taken(self._cut(line + 1))
        if len(buffer) > LONGEST_FRAME:
            text = f"no end within {LONGEST_FRAME} bytes"
            return _refused(self._cut(len(buffer) - buffer.endswith(b"#")), Defect(DefectKind.TOO_LONG, text))
        return None

    def _stated_end(self) -> int | None:
        """Where the frame of the stated length ends; 0 while that is to come, None where the length is not right."""
        buffer = self._buffer
        length = bytes(buffer[len(START) : HEAD])
        if re.fullmatch(rb"[0-9]{4}", length) is None:
            return None
        end = HEAD + int(length) + SUM
        if len(buffer) < end + len(END) and not _ends_early(buffer, end):
            return 0
        told = bytes(buffer[end - SUM : end])
        if re.fullmatch(rb"[0-9A-Fa-f]{4}", told) is None:
            return None
        if buffer[end : end + len(END)] == END:
            return end + len(END)
        without_end = bool(buffer[end : end + 1].strip(END)) and int(told, 16) == crc(bytes(buffer[HEAD : end - SUM]))
        return end if without_end else None

    def _taken(self, data: bytes, *more: Defect) -> Frame | Refused:
        """A piece as the frame that it is, if it is one and nothing `more` is wrong with it."""
        try:
            return parse_frame(data, strict=self.strict or bool(more))
        except FrameRefusedError as error:
            return _refused(data, *more, *error.defects)

    def _cut(self, length: int) -> bytes:
        cut = bytes(self._buffer[:length])
        del self._buffer[:length]
        return cut


def _ends_early(buffer: bytearray, end: int) -> bool:
    """Whether a line ends, or another frame begins, before the frame's stated end."""
    return buffer.find(b"\n", HEAD, end) >= 0 or _BEGINNING.search(buffer, 1, end) is not None


def _refused(data: bytes, *defects: Defect) -> Refused:
    return Refused(data[:SHOWN], len(data), defects)
