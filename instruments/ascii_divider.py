"""A gas divider or calibrator that is told a content in lines of text, by a text profile.

    [divider]
    driver = "ascii-divider"
    resource = "TCPIP::192.168.1.30::3000::SOCKET"    # or "ASRL4::INSTR"
    profile = "teledyne-t700"                # or the path of a profile of your own
    gases = ["co2", "zero"]                  # the cylinders in the order of its ports; one of them is zero gas
    total_flow = 4.0                         # L/min
    source_flow = [0.02, 0.2]                # L/min of source gas that it can dilute: with total_flow, what it can make
    uncertainty_percent = 1.0                # expanded (k = 2), of the content
    reproducibility_percent = 0.1            # standard deviation from one setting to the next
    gas_names = { CO2 = "CO2" }              # how it calls a gas, where that is not the component's name

One that makes preset points alone (`sabio-2010`) has them stated; one of them is zero gas:

    points = [
        { sequence = 1, point = 1, umol_per_mol = 0.0 },
        { sequence = 1, point = 2, umol_per_mol = 1000.0 },
    ]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from instruments.blending import Flows
from instruments.divider_text import is_content, read_divider_text
from instruments.flow_units import flow_unit
from instruments.made_contents import CONTENT_UNIT, MadeContents, Making
from instruments.one_box import OneBox, OneBoxSettings, contents_of
from instruments.text_client import TextClient, TextKeys
from testbench.engine.roles import Identity, Parts, Sample, Status
from testbench.errors import InputError, UnsuppliableError
from testbench.metrology.amount import from_fraction, to_fraction
from testbench.metrology.quantity import Quantity

SAME = 1e-6  # relative: a content that is asked for and the one of a preset point


class PresetPoint(BaseModel):
    """A preset point of the divider: its sequence and number there, and the content that it makes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sequence: int = Field(ge=0, description="number of the sequence")
    point: int = Field(ge=0, description="number of the point in its sequence")
    umol_per_mol: float = Field(ge=0, le=1e6, description="content that it makes, µmol/mol; 0 for zero gas")


class AsciiDividerSettings(TextKeys, OneBoxSettings):
    """Keys of the `[divider]` table with driver "ascii-divider"; the line is as the profile says where not given."""

    source_flow: tuple[float, float] | None = Field(
        default=None, description="smallest and largest flow of source gas, L/min; default: 0 to total_flow"
    )
    gas_names: dict[str, str] = Field(default={}, description="gas → how the divider calls it; default: alike")
    points: tuple[PresetPoint, ...] = Field(default=(), description="preset points, where the divider makes these alone")


class AsciiDivider(OneBox):
    """A gas divider (role `GasDivider`), and its own source."""

    driver: ClassVar[str] = "ascii-divider"
    kind: ClassVar[str] = "divider"
    summary: ClassVar[str] = "gas divider or calibrator over lines of text by a profile"
    documented_by: ClassVar[str] = "its profile, which names who documents its commands"
    verified: ClassVar[str] = (
        "frames of the manuals as far as they were seen; commands are in part provisional, unverified against hardware"
    )
    Settings: ClassVar[type[BaseModel]] = AsciiDividerSettings

    def __init__(self, name: str, settings: AsciiDividerSettings, parts: Parts) -> None:
        self.profile = read_divider_text(settings.profile)
        self.settings = settings
        self._refuse_what_does_not_fit()
        self._client = TextClient(name, settings, self.profile)
        entry = self.profile.divider
        reported = None if entry.content is None else self.profile.quantity(entry.content)
        step = 0.0 if reported is None else to_fraction(reported.resolution, reported.unit)
        source_flow = settings.source_flow or (0.0, settings.total_flow)
        gas = contents_of(name, settings, parts, source_flow=source_flow, resolution=step)
        super().__init__(name, gas, self._client.link)
        self._told: Making | None = None

    def _refuse_what_does_not_fit(self) -> None:
        """Raise InputError where the table does not fit the profile."""
        profile, settings = self.profile, self.settings
        if profile.has_points and not any(point.umol_per_mol == 0 for point in settings.points):
            raise InputError(f"profile {profile.name!r} makes preset points alone: state points, one of them of 0 µmol/mol")
        if settings.points and not profile.has_points:
            raise InputError(f"profile {profile.name!r} makes any content: leave out points")
        flows = [name for name in profile.divider.zero if profile.setting(name).takes_value]
        if settings.rest_flow is not None and not any(not is_content(profile.setting(name).unit) for name in flows):
            raise InputError(f"profile {profile.name!r} does not set the total flow: leave out rest_flow")

    # ---- instrument ----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Connect, and send what the profile sends first."""
        self._client.open()

    def identify(self) -> Identity:
        """Ask who it is, or make sure that it answers."""
        return self._client.identify()

    # ---- source --------------------------------------------------------------------------------------------------------

    def request(self) -> None:
        """Ask for its content, or for whatever shows that it answers."""
        self._client.send(self.profile.divider.content or self.profile.divider.alive)

    def collect(self) -> Sequence[Sample]:
        """Return the contents and the total flow: as reported, or as told where it does not report them."""
        entry, first = self.profile.divider, self._client.receive()
        told = self._told
        content = flow = Sample(math.nan, Status.FLAGGED, "not told yet")
        if told is not None:
            content, flow = Sample(told.content), Sample(told.total_flow)
        if entry.content is not None:
            content = Sample(to_fraction(first.value, self.profile.quantity(entry.content).unit), first.status, first.raw)
        if entry.flow is not None:
            read = self._client.read(entry.flow)
            litres = flow_unit(self.profile.quantity(entry.flow).unit).litres_per_minute
            flow = Sample(read.value * litres, read.status, read.raw)
            if flow.status is Status.VALID and content.status is Status.VALID and flow.value == 0:
                content = Sample(0.0)
        return self._contents(content, flow)

    # ---- setting -------------------------------------------------------------------------------------------------------

    def check(self, component: str, fraction: float) -> None:
        """Raise UnsuppliableError, naming what can be made and what to change, if this content cannot be made."""
        assert isinstance(self.gas, MadeContents)
        self._steps(self.gas.plan(component, fraction))

    def predict(self, component: str, fraction: float, setting: int) -> Quantity:
        """Content (mol/mol) that is made when this one is asked for; raises UnsuppliableError."""
        self.check(component, fraction)
        return super().predict(component, fraction, setting)

    def _steps(self, making: Making) -> list[tuple[str, float, dict[str, str]]]:
        """The settings to make, with value and fields; raise UnsuppliableError for a value that one does not take."""
        entry = self.profile.divider
        fields = self._fields(making)
        steps = []
        for name in entry.supply if making.content > 0 else entry.zero:
            setting = self.profile.setting(name)
            value = 0.0
            if setting.takes_value and is_content(setting.unit):
                value = from_fraction(making.content, setting.unit)
            elif setting.takes_value:
                value = making.total_flow / flow_unit(setting.unit).litres_per_minute
            try:
                if setting.takes_value:
                    self._client.check(name, value)
            except InputError as error:
                raise UnsuppliableError(str(error)) from error
            steps.append((name, value, {field: fields[field] for field in setting.fields if field in fields}))
        return steps

    def _fields(self, making: Making) -> dict[str, str]:
        """What stands in the further places of a setting."""
        assert isinstance(self.gas, MadeContents)
        port = making.port if making.content > 0 else self._port
        component = list(self.gas.gases.values())[port - 1].component
        fields = {"gas": self.settings.gas_names.get(component, component), "port": str(port)}
        if self.settings.points:
            point = self._point(making)
            fields |= {"sequence": str(point.sequence), "point": str(point.point)}
        return fields

    def _point(self, making: Making) -> PresetPoint:
        wanted = from_fraction(making.content, CONTENT_UNIT)
        for point in self.settings.points:
            if math.isclose(point.umol_per_mol, wanted, rel_tol=SAME):
                return point
        listed = ", ".join(f"{point.umol_per_mol:g}" for point in self.settings.points)
        raise UnsuppliableError(
            f"{self.name}: {wanted:.4g} µmol/mol is none of its preset points ({listed} µmol/mol); change the level, or "
            "preset it at the divider and state it in points"
        )

    def _tell(self, told: Flows | Making) -> None:
        assert isinstance(told, Making)
        for name, value, fields in self._steps(told):
            self._client.set(name, value, **fields)
        self._told = told

    def _halt(self) -> None:
        assert self.profile.safe is not None
        for name in self.profile.safe.settings:
            self._client.set(name)
        self._told = Making(self._port, 0.0, 0.0)

    def _halted(self) -> tuple[bool, str]:
        safe = self.profile.safe
        assert safe is not None
        assert safe.read_back is not None
        found = self._client.read(safe.read_back)
        stopped = found.status is Status.VALID and abs(found.value - safe.expected) <= safe.tolerance
        return stopped, f"{safe.read_back} {found.value:g} {self.profile.quantity(safe.read_back).unit}".rstrip()
