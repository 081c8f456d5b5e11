"""Keys of the station file that several drivers have in common: each with its meaning and its limits, said once.

class OursSettings(DriverSettings):
    resource: ResourceName
    baud_rate: BaudRate = 9600
    timeout_s: Timeout = 1.0
    tries: Tries = 3
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class DriverSettings(BaseModel):
    """Keys of one table of the station file; unknown ones are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _each_once(quantities: tuple[str, ...]) -> tuple[str, ...]:
    for quantity in quantities:
        if quantity != quantity.strip() or not quantity:
            raise ValueError(f"{quantity!r} is no name of a quantity; write it without spaces around it")
        if quantities.count(quantity) > 1:
            raise ValueError(f"names {quantity!r} twice; name each quantity once")
    return quantities


ResourceName = Annotated[str, Field(description='VISA resource name; "twin" or "twin:serial" where it is simulated')]
BaudRate = Annotated[int, Field(gt=0, description="speed of a serial line, baud")]
Timeout = Annotated[float, Field(gt=0, description="longest time for one answer, s")]
Tries = Annotated[int, Field(ge=1, description="how often a question is sent before it counts as unanswered")]

Measurand = Annotated[str, Field(description="what the device measures, as the cylinders name it")]
DeviceRange = Annotated[tuple[float, float], Field(description="lowest and highest indication, in unit")]
DeviceUnit = Annotated[str, Field(description="unit of the range and of the readings")]
RecordAlso = Annotated[
    tuple[str, ...],
    AfterValidator(_each_once),
    Field(description='further quantities that are read and recorded; their channels are "NAME.QUANTITY"'),
]
UpdateInterval = Annotated[float, Field(gt=0, description="how often the analyser renews its value, s")]
Scanner = Annotated[str, Field(description="name of the scanner, an [instruments.NAME] table")]
ScannerChannel = Annotated[int, Field(ge=1, description="channel of the scanner")]
