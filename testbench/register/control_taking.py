"""QAL3 readings taken over from an evaluation: the zero and span readings that its drift and maintenance runs kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from testbench.findings import Finding
from testbench.register.control import ControlEntry, ControlGas


def taken_over(findings: Iterable[Finding], *, device: str, started: dt.datetime, source: str) -> tuple[ControlEntry, ...]:
    """The readings of one device (its name in the station), a reading a day and gas, dated by the bench time.

    `started` is when bench time was 0, `source` what the entries name as their origin. What a finding does not keep is left
    out; of findings that keep the same readings (24 h and week drift) each reading counts once.
    """
    entries: dict[tuple[dt.date, ControlGas], ControlEntry] = {}
    for finding in findings:
        gas, _, kind = finding.characteristic.partition("_drift_")
        if finding.device != device or not kind or gas not in tuple(ControlGas):
            continue
        for row in finding.details.get("days", ()):
            entry = _entry(row, ControlGas(gas), started, source)
            if entry is not None:
                entries.setdefault((entry.date, entry.gas), entry)
    return tuple(sorted(entries.values(), key=lambda entry: (entry.date, entry.gas)))


def _entry(row: Mapping[str, Any], gas: ControlGas, started: dt.datetime, source: str) -> ControlEntry | None:
    reading, reference, hours = (row.get(name) for name in ("reading", "reference", "bench_time_h"))
    if reading is None or reference is None or hours is None:
        return None
    date = (started + dt.timedelta(hours=hours)).date()
    return ControlEntry(date, gas, reading=float(reading), reference=float(reference), source=source)
