"""What the QAL3 tab does with the control book; run in a thread, each opens the file for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testbench.engine.clock import wall_now
from testbench.register.control import ControlChart, ControlEntry, ControlGas
from testbench.register.control_book import ControlBook
from testbench.register.entries import RegisteredDevice


@dataclass(frozen=True, slots=True)
class Controlled:
    """The control data of a device: entries, and the charts of the gases whose s_AMS is set."""

    entries: tuple[ControlEntry, ...]
    charts: Mapping[ControlGas, ControlChart]


def load(device: RegisteredDevice) -> Controlled:
    """Read the control data of a device."""
    with ControlBook.open() as book:
        return _read(book, device)


def add(device: RegisteredDevice, entries: Sequence[ControlEntry], by: str) -> Controlled:
    """Add entries, and read all again."""
    with ControlBook.open() as book:
        book.add(device, entries, by=by, at=wall_now())
        return _read(book, device)


def set_deviation(device: RegisteredDevice, gas: ControlGas, s_ams: float, by: str) -> Controlled:
    """Set s_AMS of one gas, and read all again."""
    with ControlBook.open() as book:
        book.set_deviation(device, gas, s_ams, by=by, at=wall_now())
        return _read(book, device)


def _read(book: ControlBook, device: RegisteredDevice) -> Controlled:
    charts = {gas: book.chart(device, gas) for gas in book.deviations(device)}
    return Controlled(book.entries(device), charts)
