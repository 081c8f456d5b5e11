"""What the registers hold: devices under test, gas cylinders, and the other measurement standards of the laboratory.

An entry is an immutable value. `identifier` and `revision` are 0 until the register has given it a place; the store makes a
new value of every change. What is wrong with values that a person gave is told field by field (see `checking`).
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from abc import abstractmethod
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from testbench.text import Text

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Needed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20000)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Section(StrEnum):
    """The three registers."""

    DEVICES = "devices"
    CYLINDERS = "cylinders"
    STANDARDS = "standards"


class StandardKind(StrEnum):
    """What a measurement standard other than a gas is."""

    CONTROLLER = "controller"
    DIVIDER = "divider"
    FLOW_RIG = "flow rig"
    SENSOR = "sensor"
    OTHER = "other"


KIND_WORDS = {
    StandardKind.CONTROLLER: Text(zh="质量流量控制器", en="flow controller"),
    StandardKind.DIVIDER: Text(zh="配气仪", en="gas divider"),
    StandardKind.FLOW_RIG: Text(zh="烟道流量标准装置", en="flow rig"),
    StandardKind.SENSOR: Text(zh="传感器", en="sensor"),
    StandardKind.OTHER: Text(zh="其他", en="other"),
}


class Attachment(BaseModel):
    """A photograph or another file that is kept with an entry; the register holds its bytes (`Register.content`)."""

    model_config = ConfigDict(frozen=True)

    identifier: int
    name: str
    media_type: str
    sha256: str
    size: int
    added: dt.datetime
    added_by: str

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown as a picture."""
        return self.media_type in ("image/png", "image/jpeg", "image/webp", "image/bmp", "image/gif")


class Entry(BaseModel):
    """What all entries have beside their content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: ClassVar[Section]

    identifier: int = 0
    revision: int = 0
    retired: bool = False
    entered: dt.datetime | None = None
    entered_by: str = ""
    changed: dt.datetime | None = None
    changed_by: str = ""
    attachments: tuple[Attachment, ...] = ()
    note: Note = ""

    @property
    @abstractmethod
    def name(self) -> str:
        """What the entry is called in lists and in errors."""

    @property
    @abstractmethod
    def identity(self) -> tuple[str, ...] | None:
        """What tells it from every other entry of its register; None where nothing that was entered does."""

    @classmethod
    def content_fields(cls) -> tuple[str, ...]:
        """Names of the fields that a person fills in."""
        return tuple(name for name in cls.model_fields if name not in _KEPT_BY_THE_REGISTER)

    def content(self) -> dict[str, Any]:
        """What a person filled in, by field."""
        return {name: getattr(self, name) for name in self.content_fields()}


_KEPT_BY_THE_REGISTER = frozenset(Entry.model_fields) - {"note"}


class RegisteredDevice(Entry):
    """A device under test. Full scale is `range_high` − `range_low`, in `unit`; `response_time_s` is its largest T90.

    `driver` and `options` (the driver's own keys of a station file) say how it is connected wherever it stands; without
    them the slot of the station says it.
    """

    section: ClassVar[Section] = Section.DEVICES

    maker: Needed
    model: Needed
    serial: Line = ""
    measurand: Needed = "CO2"
    range_low: Number = 0.0
    range_high: Number
    unit: Needed = "%"
    response_time_s: Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)] | None = None
    driver: Line = ""
    options: dict[str, Any] = {}

    @field_validator("range_high")
    @classmethod
    def _range_ascends(cls, high: float, info: ValidationInfo) -> float:
        low = info.data.get("range_low")
        if low is not None and not high > low:
            raise PydanticCustomError("range_order", "must be above the low end, {low}", {"low": f"{low:g}"})
        return high

    @field_validator("options")
    @classmethod
    def _options_need_a_driver(cls, options: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        if options and not info.data.get("driver"):
            raise PydanticCustomError("options_without_driver", "belong to a driver; name it")
        return options

    @property
    def name(self) -> str:
        """Maker, model and serial number."""
        return " ".join(part for part in (self.maker, self.model, self.serial) if part)

    @property
    def identity(self) -> tuple[str, ...] | None:
        """Maker, model and serial number, where it has one."""
        return folded(self.maker, self.model, self.serial) if self.serial else None


class RegisteredCylinder(Entry):
    """A gas cylinder: `component` at `fraction_percent` (cmol/mol) in `balance`.

    `expanded_uncertainty_percent` is relative, k = 2. A zero gas has fraction 0 and `impurity_umol_per_mol`, the largest
    content of the component that its certificate admits. `nominal_litres` is the content when full, at the conditions that
    the laboratory reckons gas in; `present_litres` what is left, None where nobody has stated it.
    """

    section: ClassVar[Section] = Section.CYLINDERS

    component: Needed
    fraction_percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
    balance: Needed = "N2"
    expanded_uncertainty_percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 0.0
    impurity_umol_per_mol: Annotated[float, Field(ge=0, le=10000, allow_inf_nan=False)] = 0.0
    number: Line = ""
    certificate: Line = ""
    issued_by: Line = ""
    valid_until: dt.date | None = None
    nominal_litres: Annotated[float, Field(gt=0, le=1e7, allow_inf_nan=False)] | None = None
    present_litres: Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)] | None = None
    full_pressure_mpa: Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)] | None = None

    @field_validator("present_litres")
    @classmethod
    def _no_more_than_full(cls, present: float | None, info: ValidationInfo) -> float | None:
        nominal = info.data.get("nominal_litres")
        if present is not None and nominal is not None and present > nominal:
            raise PydanticCustomError(
                "fuller_than_full", "is more than the full cylinder holds, {nominal} L", {"nominal": nominal}
            )
        return present

    @property
    def name(self) -> str:
        """Gas, content, and the number of the cylinder or of its certificate."""
        number = self.number or self.certificate
        return f"{self.component} {self.fraction_percent:g} % / {self.balance}" + (f" ({number})" if number else "")

    @property
    def identity(self) -> tuple[str, ...] | None:
        """Numbers of the cylinder and of the certificate, where it has either."""
        return folded(self.number, self.certificate) if self.number or self.certificate else None

    @property
    def litres_left(self) -> float | None:
        """What is left, in litres; a cylinder of which nothing else was said is full. None where nothing is known."""
        return self.nominal_litres if self.present_litres is None else self.present_litres

    @property
    def share_left(self) -> float | None:
        """What is left as a share of the full cylinder, 0 to 1; None where either is unknown."""
        if self.nominal_litres is None or self.litres_left is None:
            return None
        return self.litres_left / self.nominal_litres

    def litres_at(self, pressure_mpa: float) -> float | None:
        """Content in litres at a gauge reading in MPa: nominal content · p / p(full), at one temperature, as an ideal gas.

        None where the nominal content or the pressure of the full cylinder is not stated. A reading above the full
        pressure gives the nominal content.
        """
        if self.nominal_litres is None or self.full_pressure_mpa is None:
            return None
        return self.nominal_litres * min(max(pressure_mpa / self.full_pressure_mpa, 0.0), 1.0)


class RegisteredStandard(Entry):
    """A measurement standard that is no gas: flow controller, divider, flow rig, sensor. `uncertainty` is as certified."""

    section: ClassVar[Section] = Section.STANDARDS

    kind: StandardKind = StandardKind.CONTROLLER
    maker: Needed
    model: Needed
    serial: Line = ""
    certificate: Line = ""
    issued_by: Line = ""
    uncertainty: Line = ""
    valid_until: dt.date | None = None

    @property
    def name(self) -> str:
        """Maker, model and serial number."""
        return " ".join(part for part in (self.maker, self.model, self.serial) if part)

    @property
    def identity(self) -> tuple[str, ...] | None:
        """Maker, model and serial number, where it has one."""
        return folded(self.maker, self.model, self.serial) if self.serial else None


ENTRY_TYPES: dict[Section, type[Entry]] = {
    Section.DEVICES: RegisteredDevice,
    Section.CYLINDERS: RegisteredCylinder,
    Section.STANDARDS: RegisteredStandard,
}


def folded(*parts: str) -> tuple[str, ...]:
    """Texts as they are compared: full-width forms as plain ones, without regard to case and blanks at the ends."""
    return tuple(unicodedata.normalize("NFKC", part).casefold().strip() for part in parts)
