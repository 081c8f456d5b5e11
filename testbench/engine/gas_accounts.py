"""Enters what gas an evaluation took: into its record, and into the registers for the cylinders that were noted for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from testbench.engine.clock import wall_now
from testbench.engine.gas_used import gas_used, listed
from testbench.engine.past import date_now
from testbench.errors import InputError, TestbenchError
from testbench.record.store import Record
from testbench.register.entries import RegisteredCylinder
from testbench.register.fitting import places
from testbench.register.history import Use
from testbench.register.opening import default_place
from testbench.register.store import Register
from testbench.station import parse_station

GAS_USED = "gas used"  # the kind of event that says how much
SAME = 1e-9  # of an amount: entered already


def account_for_gas(record: Record, evaluation: str, registers: Path | None = None) -> None:
    """Do it for an evaluation that has ended in whatever way; one that is ended again later is accounted for anew.

    `registers` is the file of the registers, by default that of this user, if it is there. What stands against it is told
    in the record; it never raises a TestbenchError, because an evaluation is complete without it. Nothing is done for "".
    """
    if not evaluation:
        return
    try:
        litres = gas_used(record, evaluation)
    except TestbenchError as error:
        _tell(record, evaluation, f"it is not known how much gas was used: {error}")
        return
    if not litres:
        return
    _tell(record, evaluation, f"{listed(litres)}, by the recorded flows")
    place = default_place() if registers is None else registers
    if not place.exists():
        return
    try:
        with Register.open(place, create=False) as register:
            _enter(register, record, evaluation, litres)
    except TestbenchError as error:
        _tell(record, evaluation, f"the gas used is not in the register: {error}")


def _enter(register: Register, record: Record, evaluation: str, litres: Mapping[str, float]) -> None:
    """Enter the litres of each cylinder of which the register notes that this evaluation uses it."""
    noted: dict[int, tuple[RegisteredCylinder, Use]] = {}
    for cylinder in register.cylinders():
        for use in register.uses(cylinder):
            if use.evaluation == evaluation:
                noted[cylinder.identifier] = (cylinder, use)
    start = record.evaluation(evaluation).start
    station = parse_station(start.station_text, Path(start.station_path)).station
    for slot, cylinder in places(station.cylinders, [cylinder for cylinder, _ in noted.values()]).items():
        _, use = noted.pop(cylinder.identifier)
        taken = litres.get(slot, 0.0)
        if use.litres is None or not math.isclose(use.litres, taken, rel_tol=SAME, abs_tol=SAME):
            register.note_use(cylinder, evaluation, by=use.by, at=wall_now(), litres=taken)
    for cylinder, _ in noted.values():
        raise InputError(f"it is not clear in which slot {cylinder.name} stands; enter what it has left by hand")


def _tell(record: Record, evaluation: str, text: str) -> None:
    """Keep an event, unless it stands there already; a record that cannot be written is left as it is."""
    try:
        if any(event.kind == GAS_USED and event.text == text for event in record.events(evaluation)):
            return
        at, now = date_now(record, record.evaluation(evaluation)), record.last_bench_time(evaluation)
        record.event(evaluation, None, GAS_USED, text, bench_time=now, at=at)
    except TestbenchError:
        return
