"""How a platform acknowledges what a data logger uploads."""

from __future__ import annotations

from instruments.hj212.codes import DATA, Command, SystemType
from instruments.hj212.defects import FrameRefusedError
from instruments.hj212.frame import build_frame
from instruments.hj212.segment import Flag, Segment

REPLIES = frozenset({Command.REQUEST_REPLY, Command.RESULT, Command.NOTICE_ACKNOWLEDGED, Command.DATA_ACKNOWLEDGED})
"""Commands of segments that answer something, which nobody acknowledges."""


def acknowledgement(segment: Segment) -> bytes:
    """The frame that acknowledges an upload, with its QN: 9014 for data, 9013 for a notice.

    Empty where the upload does not ask for it, is itself a reply, or has fields that cannot be sent back.
    """
    flag = segment.flag
    if flag is None or not flag.acknowledge or segment.cn in REPLIES:
        return b""
    command = Command.DATA_ACKNOWLEDGED if segment.cn in DATA else Command.NOTICE_ACKNOWLEDGED
    answer = Flag.of(version=max(1, flag.version))
    try:
        return build_frame(Segment(segment.qn, SystemType.EXCHANGE, int(command), segment.pw, segment.mn, answer))
    except FrameRefusedError:
        return b""
