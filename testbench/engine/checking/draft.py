"""An evaluation as a person puts it together: it may still be wrong in any way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testbench.criteria.standard import Standard
from testbench.engine.plan import SuiteItem
from testbench.engine.procedure import Procedure
from testbench.engine.registry import find_procedure
from testbench.station import StationFile
from testbench.text import Text

NO_CLAUSE = Text(zh="", en="")


@dataclass(frozen=True, slots=True)
class DraftItem:
    """A procedure of the suite with settings that nobody has checked; `standards` as of a `SuiteItem`."""

    procedure: Procedure
    values: Mapping[str, Any]
    clause: Text = NO_CLAUSE
    standards: tuple[str, ...] = ()

    def checked(self) -> SuiteItem:
        """The item with its settings checked; InputError where they are wrong."""
        return SuiteItem(self.procedure, self.procedure.configure(self.values), self.clause, self.standards)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is going to be asked for; `devices` None stands for all of the station, `folder` is where the results go."""

    station: StationFile
    standard: Standard | None
    items: tuple[DraftItem, ...]
    devices: tuple[str, ...] | None = None
    folder: Path | None = None

    @property
    def taking_part(self) -> tuple[str, ...]:
        """Names of the devices under test that take part."""
        known = self.station.station.devices
        return tuple(known) if self.devices is None else self.devices


def draft_of(
    station: StationFile,
    standard: Standard | None,
    items: tuple[SuiteItem, ...],
    *,
    devices: tuple[str, ...] | None = None,
    folder: Path | None = None,
) -> Draft:
    """A draft of items whose settings are checked already."""
    drafted = tuple(DraftItem(item.procedure, item.settings.model_dump(), item.clause, item.standards) for item in items)
    return Draft(station, standard, drafted, devices, folder)


def suggested(standard: Standard) -> tuple[DraftItem, ...]:
    """The suite of a standard, every setting stated; empty where the standard has none for the bench.

    InputError where it names a procedure that is not installed, or settings that the procedure does not take.
    """
    items = []
    for entry in standard.suite:
        procedure = find_procedure(entry.procedure)
        items.append(DraftItem(procedure, procedure.configure(entry.settings).model_dump(), entry.clause))
    return tuple(items)
