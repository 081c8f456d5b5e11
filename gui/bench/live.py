"""What is known of a station at this moment, from a person's hand on it or from the run that has it. Without Qt."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from gui.bench.plan import StationPlan
from testbench.engine.manual.parts import DIVIDER, Part, Place
from testbench.engine.manual.sight import Connection, HandSight, InstrumentSight, Phase
from testbench.engine.roles import Status
from testbench.engine.watching import Sight
from testbench.metrology.amount import to_fraction

FLOWING = 0.002  # of full scale: what a controller must pass to count as flowing
DIGITS = 4  # at most shown of a value in the picture
MORE_DIGITS = 6  # beside it


class Mode(Enum):
    """Who has the station."""

    NOBODY = "nobody"
    CONNECTING = "connecting"
    HAND = "hand"
    RELEASING = "releasing"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Value:
    """The latest of a channel; None for a gap. `doubtful` where the instrument itself marks it."""

    value: float | None
    at: dt.datetime | None = None
    doubtful: bool = False
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """Values by channel, instruments with a session by name, the run's evaluation.

    `alarms` are the interlocks that are tripped, and what the guard has to say.
    """

    mode: Mode = Mode.NOBODY
    values: Mapping[str, Value] = field(default_factory=dict)
    instruments: Mapping[str, InstrumentSight] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()
    evaluation: str = ""


NOTHING = Live()
MODES = {
    Phase.CONNECTING: Mode.CONNECTING,
    Phase.HELD: Mode.HAND,
    Phase.RELEASING: Mode.RELEASING,
    Phase.RELEASED: Mode.NOBODY,
}


def of_hand(sight: HandSight) -> Live:
    """What the hand sees."""
    values = {
        name: Value(reading.value, reading.at, reading.status is Status.FLAGGED, reading.raw)
        for name, reading in sight.readings.items()
    }
    notices = (sight.notice,) if sight.notice else ()
    return Live(MODES[sight.phase], values, sight.instruments, (*sight.alarms, *notices))


def of_run(sight: Sight) -> Live:
    """What a run has read lately."""
    row = sight.stand.row
    values = {
        reading.channel.name: Value(reading.value, row.start.started + dt.timedelta(seconds=reading.time))
        for reading in sight.readings
    }
    alarms = tuple(f"{alarm.name}: {alarm.text}" if alarm.text else alarm.name for alarm in sight.alarms)
    return Live(Mode.RUN, values, {}, alarms, row.identifier)


class PartState(Enum):
    """How a part stands; each has a shape and a word."""

    UNKNOWN = "unknown"  # nobody is connected
    WAITING = "waiting"
    ANSWERS = "answers"
    SILENT = "silent"
    DOUBTFUL = "doubtful"
    NO_VALUE = "no value"
    EXPIRED = "expired"


def state_of(part: Part, live: Live, today: dt.date) -> PartState:
    """How a part stands, the worst first."""
    instrument = live.instruments.get(part.session)
    if instrument is not None and instrument.connection is Connection.SILENT:
        return PartState.SILENT
    values = [live.values[channel.name] for channel in part.channels if channel.name in live.values]
    if live.mode in (Mode.HAND, Mode.RUN):
        if any(value.doubtful for value in values):
            return PartState.DOUBTFUL
        if any(value.value is None for value in values):
            return PartState.NO_VALUE
    if part.valid_until is not None and part.valid_until < today:
        return PartState.EXPIRED
    if instrument is not None:
        return PartState.ANSWERS if instrument.connection is Connection.ANSWERS else PartState.WAITING
    if live.mode is Mode.CONNECTING and part.session:
        return PartState.WAITING
    return PartState.ANSWERS if values else PartState.UNKNOWN


WORST_FIRST = (
    PartState.SILENT,
    PartState.NO_VALUE,
    PartState.DOUBTFUL,
    PartState.EXPIRED,
    PartState.WAITING,
    PartState.UNKNOWN,
    PartState.ANSWERS,
)


def standing(plan: StationPlan, part: Part, live: Live, today: dt.date) -> PartState:
    """As `state_of`; what has no reading of its own stands as the worst of others.

    A divider without a connection stands as its controllers; a scanner of which a run says nothing as what it reads.
    """
    own = state_of(part, live, today)
    if part.place is Place.DIVIDER and not part.session:
        members = [plan.parts[key] for key in plan.feeds if key in plan.parts]
    elif own is PartState.UNKNOWN and part.own_session:
        members = [other for other in plan.parts.values() if other.session == part.key and other is not part]
    else:
        return own
    return min([state_of(member, live, today) for member in members] or [own], key=WORST_FIRST.index)


def shown(value: float | None, resolution: float = 0.0, digits: int = DIGITS) -> str:
    """A value to the step of its last digit, at most `digits` digits where it has decimals; a dash for none."""
    if value is None or not math.isfinite(value):
        return "–"
    whole = len(str(int(abs(value))))
    decimals = max(0, digits - whole)
    if resolution > 0:
        decimals = min(decimals, max(0, math.ceil(-math.log10(resolution) - 1e-9)))
    elif decimals > 3:
        decimals = 3
    text = f"{value:.{decimals}f}"
    return text[1:] if text.startswith("-") and not any(c in "123456789" for c in text) else text


def flowing(plan: StationPlan, live: Live, keys: tuple[str, ...]) -> bool:
    """Whether any of these controllers (or the flow rig) passes something, as far as is known."""
    for key in keys:
        if key in plan.ports:
            if _port_passes(plan, live, f"{DIVIDER}.port{1 + plan.ports.index(key)}"):
                return True
            continue
        part = plan.parts.get(key)
        if part is None or not part.channels:
            continue
        if part.place is Place.DIVIDER:
            if _port_passes(plan, live, ""):
                return True
            continue
        known = live.values.get(part.channels[0].name)
        if known is not None and known.value is not None and known.value > FLOWING * (part.high or 1.0):
            return True
    return False


def made(plan: StationPlan, live: Live) -> tuple[float, float] | None:
    """Total flow (L/min where all controllers say so) and share of source gas, 0 to 1; None while not all are known."""
    if plan.ports:
        return _made_in_one_box(plan, live)
    flows: dict[str, float] = {}
    for controller, cylinder in plan.feeds.items():
        part = plan.parts.get(controller)
        known = live.values.get(part.channels[0].name) if part is not None and part.channels else None
        if known is None or known.value is None:
            return None
        if controller in plan.selections:
            channel, cylinders = plan.selections[controller]
            position = live.values.get(channel)
            cylinder = cylinders.get(int(position.value), cylinder) if position and position.value else cylinder
        flows[cylinder] = flows.get(cylinder, 0.0) + max(0.0, known.value)
    units = {plan.parts[key].unit for key in plan.feeds if key in plan.parts}
    if len(units) != 1 or not flows:
        return None
    total = sum(flows.values())
    source = sum(flow * (plan.parts[name].high or 0.0) for name, flow in flows.items() if name in plan.parts)
    return total, source / total / 100.0 if total > 0 else 0.0


def _port_passes(plan: StationPlan, live: Live, channel: str) -> bool:
    """Whether a port of a divider in one box passes gas; one that it does not report passes when any does."""
    if channel in {own.name for own in plan.parts[DIVIDER].channels}:
        known = live.values.get(channel)
        return known is not None and known.value is not None and known.value > 0
    found = made(plan, live)
    return found is not None and found[0] > 0


def _made_in_one_box(plan: StationPlan, live: Live) -> tuple[float, float] | None:
    """What a divider in one box makes: of the flows of its ports, or as it says itself."""
    channels = plan.parts[DIVIDER].channels
    values: list[float] = []
    for channel in channels:
        known = live.values.get(channel.name)
        if known is None or known.value is None:
            return None
        values.append(max(0.0, known.value))
    if channels[-1].quantity == "total flow":
        return values[-1], sum(
            to_fraction(value, channel.unit) for value, channel in zip(values, channels[:-1], strict=False)
        )
    total = sum(values)
    source = sum(flow * (plan.parts[name].high or 0.0) for name, flow in zip(plan.ports, values, strict=True))
    return total, source / total / 100.0 if total > 0 else 0.0


def flow_unit_of(plan: StationPlan) -> str:
    """Unit of the total flow that `made` gives; empty where there is none."""
    if plan.ports:
        return plan.parts[DIVIDER].channels[-1].unit
    return next((plan.parts[key].unit for key in plan.feeds if key in plan.parts), "")
