r"""Frames of HJ 212: `##` + length of the segment (4 digits) + segment + its sum (4 hexadecimal digits) + `\r\n`.

    >>> build_frame("QN=20260101120000000;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&")
    b'##0087QN=20260101120000000;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&8F81\r\n'
    >>> parse_frame(_).segment.cn
    9014

Strictly read, a frame is as HJ 212-2017 has it, or is refused with every reason. Leniently read, what can still be
understood is given with each departure named in `Frame.defects`; a wrong sum or length too, so look at `Frame.intact`.

The sum is no Modbus CRC, though it has its polynomial: the register is shifted by a byte before each byte is put in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from instruments.hj212.defects import Defect, DefectKind, FrameRefusedError
from instruments.hj212.segment import Segment, parse_segment

START = b"##"
END = b"\r\n"
HEAD = 6  # bytes of ## and the length
SUM = 4  # bytes of the sum
LONGEST_SEGMENT = 9999  # bytes; four digits state no more
LONGEST_FRAME = HEAD + LONGEST_SEGMENT + SUM + len(END)
POLYNOMIAL = 0xA001
_BLANKS = b" \t\r\n"


def _shifted(register: int) -> int:
    """A register after eight shifts, each combined with the polynomial where a 1 was shifted out."""
    for _ in range(8):
        register = register >> 1 ^ POLYNOMIAL if register & 1 else register >> 1
    return register


_SHIFTED = tuple(map(_shifted, range(256)))  # of the lower half; the upper half is only shifted


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that was read: its segment as text and in parts, what it stated of itself, and every departure."""

    text: str
    segment: Segment
    stated_length: int | None
    stated_crc: str
    crc_ok: bool
    defects: tuple[Defect, ...] = ()

    @property
    def length_ok(self) -> bool:
        """Whether the stated length is that of the segment."""
        return self.stated_length == len(self.text)

    @property
    def intact(self) -> bool:
        """Whether the sum is that of the segment: then what arrived is what was sent."""
        return self.crc_ok


def crc(segment: bytes) -> int:
    """The sum of a segment, 16 bits.

    The register begins at FFFF; for each byte it is its own upper half combined with the byte (XOR), then eight times
    shifted right, combined with A001 where a 1 was shifted out.
    """
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        register = register >> 8 ^ _SHIFTED[register & 0xFF]
    return register


def build_frame(segment: Segment | str | bytes) -> bytes:
    """The frame of a segment; raise FrameRefusedError for one that is too long, or not ASCII when given as text."""
    try:
        data = segment if isinstance(segment, bytes) else str(segment).encode("ascii")
    except UnicodeEncodeError:
        raise FrameRefusedError((Defect(DefectKind.NOT_ASCII, "the segment has characters beyond ASCII"),)) from None
    if len(data) > LONGEST_SEGMENT:
        text = f"the segment has {len(data)} bytes; {LONGEST_SEGMENT} at most"
        raise FrameRefusedError((Defect(DefectKind.TOO_LONG, text),))
    return b"%s%04d%s%04X%s" % (START, len(data), data, crc(data), END)


def parse_frame(data: bytes, *, strict: bool = True) -> Frame:
    r"""Read one whole frame, its `\r\n` included; raise FrameRefusedError, and nothing else, for what cannot be taken.

    Strict: any departure from the standard is a reason to refuse. Lenient: only what has no ##, no segment with a command
    (CN), or more than one frame can have; all else is named in `defects`.
    """
    frame, defects = _read(data)
    if frame is None or (strict and defects):
        raise FrameRefusedError(tuple(defects))
    return frame


def _read(data: bytes) -> tuple[Frame | None, list[Defect]]:
    """The frame as far as there is one, and all that is wrong with it."""
    blanks = len(data) - len(data.lstrip(_BLANKS))
    if not data.startswith(START, blanks):
        return None, [Defect(DefectKind.GARBAGE, "it does not begin with ##")]
    if len(data) > LONGEST_FRAME:
        return None, [Defect(DefectKind.TOO_LONG, f"{len(data)} bytes; a frame has {LONGEST_FRAME} at most")]
    defects: list[Defect] = []
    body = data[blanks:].rstrip(_BLANKS)
    end = data[blanks + len(body) :]
    if blanks or end.strip(b" \t") != end:
        defects.append(Defect(DefectKind.STRAY, "spaces or empty lines around the frame"))
    if end.strip(b" \t") != END:
        missing = end.strip(b" \t") in (b"", b"\r", b"\n")
        text = "carriage return and line feed are missing at the end" if missing else "more than one line end at the end"
        defects.append(Defect(DefectKind.END, text))
    length, rest = _length_of(body)
    stated = int(length) if length.isdigit() else None
    if len(length) != HEAD - len(START) or stated is None:
        defects.append(Defect(DefectKind.LENGTH_FORM, f"the length is {_shown(length)}, not four decimal digits"))
    raw, summed = rest[:-SUM], rest[-SUM:]
    if re.fullmatch(rb"[0-9A-Fa-f]{4}", summed) is None:
        defects.append(Defect(DefectKind.CRC_FORM, f"the sum is {_shown(summed)}, not four hexadecimal digits"))
        closing = rest.rfind(b"&&")
        raw, summed = (rest[: closing + 2], rest[closing + 2 :]) if closing >= 0 else (rest, b"")
    if stated is not None and stated != len(raw):
        defects.append(Defect(DefectKind.LENGTH, f"the length says {stated} bytes, the segment has {len(raw)}"))
    right = f"{crc(raw):04X}"
    told = summed.decode("latin-1")
    if told.upper() == right and told != right:
        defects.append(Defect(DefectKind.CRC_CASE, f"the sum {told} is not in upper case"))
    elif told != right and not any(defect.kind is DefectKind.CRC_FORM for defect in defects):
        defects.append(Defect(DefectKind.CRC, f"the sum is {told}, of this segment it is {right}"))
    if not raw.isascii():
        defects.append(Defect(DefectKind.NOT_ASCII, "the segment has bytes beyond ASCII"))
    text = raw.decode("latin-1")
    segment = parse_segment(text)
    defects += segment.defects
    if segment.cn is None or b"##" in raw:
        if b"##" in raw:
            defects.append(Defect(DefectKind.TRUNCATED, "another frame begins within it"))
        return None, defects
    return Frame(text, segment, stated, told, told.upper() == right, tuple(defects)), defects


def _length_of(body: bytes) -> tuple[bytes, bytes]:
    """The stated length, of as many digits as stand before the first letter, and what follows it."""
    digits = re.match(rb"##([0-9]{1,6})(?=[A-Za-z])", body)
    end = HEAD if digits is None else digits.end()
    return body[len(START) : end], body[end:]


def _shown(data: bytes) -> str:
    return repr(data[:16])[1:]
