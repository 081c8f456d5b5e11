"""Joins what a logger sent in several packets (PNUM, PNO) to one segment.

Packets of one message have the same MN, CN, ST and QN, or DataTime where they have no QN. They may come in any order and
twice. A message of which a packet is missing for too long is given up, and said so; no more than a bounded number is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace

from instruments.hj212.segment import Flag, Item, Segment

WAIT_S = 30.0
MOST_MESSAGES = 16
MOST_PACKETS = 100

Key = tuple[str | None, int | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Missing:
    """A message that was given up: the first packet that came of it, and the numbers of those that did not."""

    first: Segment
    packets: tuple[int, ...]


@dataclass(slots=True)
class _Message:
    pnum: int
    since: float
    packets: dict[int, Segment] = field(default_factory=dict)

    def missing(self) -> Missing:
        absent = tuple(pno for pno in range(1, self.pnum + 1) if pno not in self.packets)
        return Missing(next(iter(self.packets.values())), absent)


class Joiner:
    """Joins packets; `now` is any time in seconds that goes forward."""

    def __init__(self, wait_s: float = WAIT_S) -> None:
        self.wait_s = wait_s
        self._messages: OrderedDict[Key, _Message] = OrderedDict()

    def add(self, segment: Segment, now: float) -> Segment | None:
        """Take a segment; return it, or the joined one once its last packet is there. None: more packets are to come.

        A segment whose packet numbers cannot be, or of more than 100 packets, is returned as it is.
        """
        pnum, pno = segment.pnum, segment.pno
        if pnum is None or pno is None or not 1 <= pno <= pnum <= MOST_PACKETS or pnum == 1:
            return segment
        key = (segment.mn, segment.cn, segment.st, segment.qn or segment.parameter("DataTime"))
        message = self._messages.get(key)
        if message is None or message.pnum != pnum:
            message = self._messages[key] = _Message(pnum, now)
        message.packets.setdefault(pno, segment)
        if len(message.packets) < pnum:
            return None
        del self._messages[key]
        return _joined([message.packets[number] for number in range(1, pnum + 1)])

    def expire(self, now: float) -> list[Missing]:
        """Give up what has waited too long, or is too much; return what was given up."""
        given_up = [key for key, message in self._messages.items() if now - message.since > self.wait_s]
        given_up += [key for key in self._messages if key not in given_up][: max(0, len(self._messages) - MOST_MESSAGES)]
        return [self._messages.pop(key).missing() for key in given_up]


def _joined(packets: list[Segment]) -> Segment:
    """One segment of all packets: what each of them repeats (DataTime) is there once, packet numbers are gone."""
    seen: set[Item] = set()
    groups = []
    for packet in packets:
        repeated = {item for item in packet.items if not item.code} & seen
        seen |= {item for item in packet.items if not item.code}
        groups += [kept for one in packet.groups if (kept := tuple(item for item in one if item not in repeated))]
    first = packets[0]
    flag = first.flag
    acknowledge = any(packet.flag is not None and packet.flag.acknowledge for packet in packets)
    return replace(
        first,
        flag=None if flag is None else Flag.of(acknowledge=acknowledge, version=flag.version),
        pnum=None,
        pno=None,
        groups=tuple(groups),
        defects=tuple(dict.fromkeys(defect for packet in packets for defect in packet.defects)),
    )
