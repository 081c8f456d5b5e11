"""How much gas an evaluation took from each cylinder, computed from the flows that it recorded.

The flow of each controller is integrated over bench time, by straight lines between its readings. So the flow of a pause is
counted as it was, and a time without readings (a computer that slept, an instrument that was silent) as if the flow had gone
from the last reading to the next one: what was set goes on to flow. While no process watched the bench nothing is counted:
the guard had stopped the gas. Litres are at the conditions that the controllers refer their flow to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from testbench.engine.assembly import assemble
from testbench.engine.past import PROCESS_LOST
from testbench.engine.roles import GasMeter, Status, SwitchedMeter
from testbench.errors import StationError
from testbench.record.model import Readings
from testbench.record.store import Record
from testbench.station import parse_station


def gas_used(record: Record, evaluation: str) -> dict[str, float]:
    """Litres of each cylinder of the station that its divider draws from; none where there is no divider.

    Raises StationError where the divider does not tell which cylinder its flows came from, or its driver is gone.
    """
    start = record.evaluation(evaluation).start
    devices = start.request.get("devices")
    divider = assemble(parse_station(start.station_text, Path(start.station_path)), devices=devices).divider
    if divider is None:
        return {}
    if not isinstance(divider, GasMeter):
        raise StationError(f"{divider.name} does not tell which cylinder its flows came from")
    recorded = {channel.name for channel in record.channels(evaluation)}
    resumed = sorted(event.bench_time for event in record.events(evaluation) if event.kind == PROCESS_LOST)
    names = [channel.name for source in divider.sources for channel in source.channels if channel.name in recorded]
    valves: Mapping[str, str] = divider.selected_by if isinstance(divider, SwitchedMeter) else {}
    passed: dict[str, float] = {}
    for name in names:
        if name not in valves:
            passed[name] = passed_through(record.pieces(evaluation, name), resumed)
            continue
        flow = list(record.pieces(evaluation, name))
        for position, fed in positions(flow, record.pieces(evaluation, valves[name])).items():
            passed[f"{name}@{position}"] = passed_through(fed, resumed)
    return {cylinder: max(0.0, litres) for cylinder, litres in divider.drawn(passed).items()}


def passed_through(pieces: Iterable[Readings], resumed: Sequence[float] = ()) -> float:
    """Integral of a flow over bench time, in the flow's unit × min, by the trapezoidal rule.

    `pieces` are its readings in time order; gaps among them are passed over. Between two readings that have one of the bench
    times `resumed` (s, ascending) between them nothing is counted.
    """
    total = 0.0
    last_time, last_value = np.empty(0), np.empty(0)
    for piece in pieces:
        there = (piece.status != Status.GAP) & np.isfinite(piece.value)
        times = np.concatenate([last_time, piece.time[there]])
        values = np.concatenate([last_value, piece.value[there]])
        watched = np.searchsorted(resumed, times[:-1], "right") == np.searchsorted(resumed, times[1:], "left")
        spans = np.where(watched, np.maximum(np.diff(times), 0.0), 0.0)
        total += float(np.sum(spans * (values[:-1] + values[1:]))) / 2.0 / 60.0
        last_time, last_value = times[-1:], values[-1:]
    return total


def positions(flow: Sequence[Readings], valve: Iterable[Readings]) -> dict[int, list[Readings]]:
    """The readings of a flow by the position at which the valve before it stood, by its last reading; else they are 0."""
    stands = list(valve)
    times = np.concatenate([np.empty(0), *(piece.time[piece.status == Status.VALID] for piece in stands)])
    stood = np.concatenate([np.empty(0), *(piece.value[piece.status == Status.VALID] for piece in stands)])
    if not len(times):
        return {}
    fed: dict[int, list[Readings]] = {}
    for position in sorted({int(number) for number in stood if number > 0}):
        fed[position] = []
        for piece in flow:
            last = np.maximum(np.searchsorted(times, piece.time, "right") - 1, 0)
            fed[position].append(replace(piece, value=np.where(stood[last] == position, piece.value, 0.0)))
    return fed


def listed(litres: Mapping[str, float]) -> str:
    """Cylinders with their litres in a line: "co2 731 L, zero 2030 L"; below 10 L with a decimal."""
    return ", ".join(f"{name} {amount:.{0 if amount >= 10 else 1}f} L" for name, amount in litres.items())
