"""What can be wrong with a frame of HJ 212: every departure from the standard has a name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from testbench.errors import InputError


class DefectKind(StrEnum):
    """One way in which a frame departs from HJ 212-2017."""

    GARBAGE = "garbage"  # bytes that belong to no frame
    TRUNCATED = "truncated"  # another frame begins, or the bytes end, before this one is whole
    TOO_LONG = "too-long"  # longer than four digits can state, without an end
    LENGTH_FORM = "length-form"  # the four characters after ## are no decimal digits
    LENGTH = "length"  # the stated length is not that of the segment
    CRC = "crc"  # the sum is not that of the segment
    CRC_FORM = "crc-form"  # no four hexadecimal digits where the sum should be
    CRC_CASE = "crc-case"  # the sum is right, in lower case
    END = "end"  # carriage return and line feed are missing or incomplete
    NOT_ASCII = "not-ascii"  # the segment has bytes beyond ASCII
    MISSING = "missing"  # a field of the segment is not there
    FORM = "form"  # a field's value is not of its form
    KEY_CASE = "key-case"  # a field's name is in other letters (FLAG)
    ORDER = "order"  # fields are not in the standard's order
    TWICE = "twice"  # a field is there twice; the first one counts
    UNKNOWN_FIELD = "unknown-field"  # a field that the standard does not know; it is kept
    STRAY = "stray"  # commas, semicolons or spaces that separate nothing
    CP = "cp"  # the data are not between && and &&
    ITEM = "item"  # something among the data is no NAME=VALUE; it is kept
    VERSION = "version"  # the flag states 2005, or a version that is not known
    OLD_CODE = "old-code"  # a pollutant's code of 2005 in a frame of a later version
    PACKET = "packet"  # packet numbers that cannot be


@dataclass(frozen=True, slots=True)
class Defect:
    """One departure: its kind, and what was found in words."""

    kind: DefectKind
    text: str

    def __str__(self) -> str:
        return self.text


class FrameRefusedError(InputError):
    """Bytes that cannot be taken as a frame, each reason being one of `defects`."""

    def __init__(self, defects: tuple[Defect, ...]) -> None:
        super().__init__("HJ 212 frame refused: " + "; ".join(defect.text for defect in defects))
        self.defects = defects
