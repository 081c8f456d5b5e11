"""Commands that change the plant, with the bench time they came at: with the seed, all that its state is made of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from testbench.errors import InputError, explain


class Action(StrEnum):
    """What a command does; `values` of a command hold what is said here."""

    SET_FLOW = "set_flow"  # name: controller; values: flow in its unit (port of a divider: L/min)
    SET_FAN = "set_fan"  # name: fan; values: speed in percent of full speed
    MAKE = "make"  # name: port of a divider; values: content in mol/mol, total flow in L/min
    SELECT = "select"  # name: valve before a controller; values: position, 0 for closed
    ADJUST_ZERO = "adjust_zero"  # name: device; values: indicated, target in its unit
    ADJUST_SPAN = "adjust_span"  # name: device; values: indicated, target in its unit
    CONNECT = "connect"  # name: components of a gas connected by hand, "SO2 CO2", or none; values: their contents in mol/mol
    SET_CONDITION = "set_condition"  # name: quantity; values: value in the unit of its table


class Command(BaseModel):
    """One command; it acts on what is strictly later than `time_s`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    time_s: Annotated[float, Field(ge=0, lt=math.inf)]
    action: Action
    name: str
    values: tuple[float, ...]


def to_documents(commands: Iterable[Command]) -> list[dict[str, Any]]:
    """Commands as JSON documents; numbers keep every digit."""
    return [command.model_dump(mode="json") for command in commands]


def from_documents(documents: Sequence[Mapping[str, Any]]) -> tuple[Command, ...]:
    """Commands from their JSON documents; raise InputError for what is none."""
    commands = []
    for number, document in enumerate(documents, start=1):
        try:
            commands.append(Command.model_validate(document))
        except ValidationError as error:
            raise InputError(
                f"command {number} of the history of a simulated laboratory cannot be read: {explain(error)}; "
                "it was not written by this version of the simulated laboratory"
            ) from error
    return tuple(commands)
