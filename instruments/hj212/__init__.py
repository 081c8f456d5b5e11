"""HJ 212-2017: what a CEMS data logger and a platform say to each other, and this bench as the platform.

The grammar, to be used by itself:

    from instruments.hj212 import FrameReader, Joiner, build_frame, crc, parse_frame, parse_segment
"""

from instruments.hj212.defects import Defect, DefectKind, FrameRefusedError
from instruments.hj212.frame import Frame, build_frame, crc, parse_frame
from instruments.hj212.packets import Joiner, Missing
from instruments.hj212.reader import FrameReader, Refused
from instruments.hj212.segment import Flag, Item, Reading, Segment, parse_segment

__all__ = [
    "Defect",
    "DefectKind",
    "Flag",
    "Frame",
    "FrameReader",
    "FrameRefusedError",
    "Item",
    "Joiner",
    "Missing",
    "Reading",
    "Refused",
    "Segment",
    "build_frame",
    "crc",
    "parse_frame",
    "parse_segment",
]
