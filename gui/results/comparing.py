"""Devices, makers or evaluations side by side: a matrix of characteristics and devices. Without Qt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gui.results.reading import Evaluated, Line
from testbench.outcome import Outcome
from testbench.text import Text


class Order(StrEnum):
    """How the devices stand side by side."""

    DEVICE = "device"
    MAKER = "maker"


@dataclass(frozen=True, slots=True)
class Column:
    """A device in an evaluation."""

    evaluation: str
    started: dt.datetime
    standard: str
    device: str
    maker: str
    model: str
    serial: str
    outcome: Outcome | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A characteristic: its title in both languages (its name where no standard has one), and a result for each column.

    `limits` are all limits that the standards state for it.
    """

    characteristic: str
    title: Text | None
    limits: tuple[str, ...]
    cells: tuple[Line | None, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole comparison."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def simulated(self) -> bool:
        """Whether any of it comes from a simulated bench."""
        return any(column.simulated for column in self.columns)


def matrix(evaluations: Sequence[Evaluated], order: Order = Order.DEVICE) -> Matrix:
    """Put the devices of evaluations side by side, characteristics in the order in which they are met.

    A device that determined a characteristic several times, or is judged on it by several standards, has a row for each.
    """
    placed = [
        (_column(evaluated, entry["name"]), [line for line in evaluated.lines if line.device == entry["name"]])
        for evaluated in evaluations
        for entry in evaluated.devices
    ]
    if order is Order.MAKER:
        placed.sort(key=lambda pair: (pair[0].maker, pair[0].model, pair[0].device, pair[0].started))
    keys: dict[tuple[str, str, int], None] = {}
    by_key: list[dict[tuple[str, str, int], Line]] = []
    for _, lines in placed:
        own: dict[tuple[str, str, int], Line] = {}
        for line in lines:
            place = sum(key[:2] == (line.characteristic, line.standard) for key in own)
            own[line.characteristic, line.standard, place] = line
        keys |= dict.fromkeys(own)
        by_key.append(own)
    rows = []
    for key in keys:
        cells = tuple(own.get(key) for own in by_key)
        verdicts = [line.verdict for line in cells if line is not None and line.verdict is not None and line.criterion]
        limits = dict.fromkeys(verdict.limit_text for verdict in verdicts if verdict.limit_text)
        title = _with_standard(verdicts[0].title, key[1]) if verdicts else None
        rows.append(Row(key[0], title, tuple(limits), cells))
    return Matrix(tuple(column for column, _ in placed), tuple(rows))


def _with_standard(title: Text, standard: str) -> Text:
    """A title with the standard that judged, where several did."""
    return Text(zh=f"{title.zh}（{standard}）", en=f"{title.en} ({standard})") if standard else title


def _column(evaluated: Evaluated, device: str) -> Column:
    start = evaluated.row.start
    entry = next(entry for entry in start.devices if entry["name"] == device)
    return Column(
        evaluated.identifier,
        start.started,
        start.standard,
        device,
        entry["maker"],
        entry["model"],
        entry["serial"],
        evaluated.outcome_of(device),
        start.simulated,
    )
