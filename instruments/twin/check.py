"""Checks what a station states of its simulated parts, without starting the laboratory."""

from __future__ import annotations

from instruments.twin.plant import Plant
from testbench.errors import StationError
from testbench.station import StationFile


def check_truth(file: StationFile) -> None:
    """Raise StationError where a truth table of the station cannot be simulated."""
    try:
        Plant(file.station, seed=0)
    except StationError as error:
        raise StationError(f"station file {file.path}: {error}") from error
