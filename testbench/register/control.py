"""QAL3 control data of a device: what is kept of each reading of zero and span gas, and the charts made of it.

A chart is one gas of one device. Its entries stand in the order of their dates: readings with their reference, and between
them notes that the device was adjusted or repaired, from which the sums of the charts begin anew. What is kept is the
readings; the charts are computed from all of them each time, so that a reading entered late or withdrawn changes what
follows it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from testbench.metrology.control_charts import Action, Advice, Charted, ChartState
from testbench.text import Text


class ControlGas(StrEnum):
    """The gas of a chart."""

    ZERO = "zero"
    SPAN = "span"


class ControlDeed(StrEnum):
    """What an entry is about."""

    READING = "reading"
    ADJUSTED = "adjusted"
    REPAIRED = "repaired"


GAS_WORDS = {
    ControlGas.ZERO: Text(zh="零点", en="zero"),
    ControlGas.SPAN: Text(zh="量程点", en="span"),
}
CONTROL_DEED_WORDS = {
    ControlDeed.READING: Text(zh="读数", en="reading"),
    ControlDeed.ADJUSTED: Text(zh="已调整", en="adjusted"),
    ControlDeed.REPAIRED: Text(zh="已维修", en="repaired"),
}
ACTION_WORDS = {
    Action.NONE: Text(zh="正常", en="in control"),
    Action.WATCH: Text(zh="警告：超出 2·s_AMS，继续观察", en="warning: beyond 2·s_AMS, watch it"),
    Action.ADJUST: Text(zh="漂移：调整仪器", en="drift: adjust the device"),
    Action.REPAIR: Text(zh="精密度丧失：停用并维修", en="loss of precision: stop and repair"),
}
_WEIGHT = (Action.NONE, Action.WATCH, Action.ADJUST, Action.REPAIR)


@dataclass(frozen=True, slots=True)
class ControlEntry:
    """One reading, or a note that the device was adjusted or repaired; both numbers are in the device's unit.

    `source` says where a reading was taken over from ("" for one that was typed).
    """

    date: dt.date
    gas: ControlGas
    deed: ControlDeed = ControlDeed.READING
    reading: float | None = None
    reference: float | None = None
    source: str = ""
    identifier: int = 0
    entered: dt.datetime | None = None
    entered_by: str = ""

    @property
    def deviation(self) -> float | None:
        """Reading minus reference; None where the entry is no reading."""
        return None if self.reading is None or self.reference is None else self.reading - self.reference


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A reading on the charts: the entry, and what the charts say after it."""

    entry: ControlEntry
    charted: Charted


@dataclass(frozen=True, slots=True)
class ControlChart:
    """The charts of one gas: s_AMS in the device's unit, all entries, and a point for each reading."""

    gas: ControlGas
    s_ams: float
    entries: tuple[ControlEntry, ...]
    points: tuple[ChartPoint, ...]

    @property
    def last(self) -> ChartPoint | None:
        """The last reading, if nothing was done since; None where there is none."""
        done = bool(self.entries) and self.entries[-1].deed is not ControlDeed.READING
        return self.points[-1] if self.points and not done else None

    @property
    def advice(self) -> Advice:
        """What the CUSUM chart asks for after the last reading: nothing where the device was adjusted since."""
        return Advice(Action.NONE) if self.last is None else self.last.charted.cusum_advice

    @property
    def gravest(self) -> Action:
        """The gravest of what the three charts ask for after the last reading."""
        if self.last is None:
            return Action.NONE
        charted = self.last.charted
        asked = (charted.cusum_advice, charted.ewma_advice, charted.shewhart_advice)
        return max((advice.action for advice in asked), key=_WEIGHT.index)


def control_chart(gas: ControlGas, entries: Sequence[ControlEntry], s_ams: float) -> ControlChart:
    """Draw the charts of one gas from its entries, in the order of their dates, then of their numbers.

    An adjustment begins the drift sums anew, a repair all of them. Raises ValueError where s_AMS is not above zero.
    """
    own = tuple(sorted((entry for entry in entries if entry.gas is gas), key=lambda entry: (entry.date, entry.identifier)))
    points: list[ChartPoint] = []
    state = ChartState()
    for entry in own:
        if entry.deed is ControlDeed.REPAIRED:
            state = ChartState()
        elif entry.deed is ControlDeed.ADJUSTED:
            state = state.after_adjustment()
        elif entry.deviation is not None:
            charted = state.step(entry.deviation, s_ams)
            state = ChartState(charted.cusum, charted.ewma)
            points.append(ChartPoint(entry, charted))
    return ControlChart(gas, s_ams, own, tuple(points))
