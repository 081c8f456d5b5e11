"""The text profile of a gas divider: which of its settings make a content, zero gas, and an end of both.

A profile is shipped in `instruments/ascii_dividers` and named in the station file (`profile = "teledyne-t700"`), or is a
file of the lab's own (`profile = "profiles/ours.toml"`). It is a text profile (`instruments.text_profile`) with a table
`[divider]` and a safe state; `generic.toml` shows that table.
"""

from __future__ import annotations

from importlib import resources

from pydantic import Field, model_validator

from instruments.flow_units import FlowUnitError, flow_unit
from instruments.text_grammar import place_names
from instruments.text_profile import Table, TextProfile, read_text_profile
from testbench.metrology.amount import UnitError, conversion

SHIPPED = resources.files("instruments") / "ascii_dividers"
POINT_PLACES = frozenset({"sequence", "point"})


class DividerEntry(Table):
    """How the divider is driven; every name is one of the profile's settings or quantities.

    `supply` are the settings that are made, in order, for a content, `zero` those for zero gas. One with {value} is told the
    content, or the total flow, as its unit says. Further places: {gas}, the gas by its name, {port}, the port of its
    cylinder, {sequence} and {point}, the preset point that makes the content. `alive` is asked at every reading; `content`
    and `flow` are what it reports, where it does: without them what it was told is what it makes.
    """

    supply: tuple[str, ...] = Field(min_length=1)
    zero: tuple[str, ...] = Field(min_length=1)
    alive: str
    content: str | None = None
    flow: str | None = None


class DividerText(TextProfile):
    """A whole profile."""

    divider: DividerEntry

    @model_validator(mode="after")
    def _divider_can_be_driven(self) -> DividerText:
        entry = self.divider
        for name in (*entry.supply, *entry.zero):
            if name not in self.settings:
                raise ValueError(f"divider: there is no setting {name!r}; there are: {', '.join(self.settings)}")
            setting = self.settings[name]
            if setting.takes_value and not (is_content(setting.unit) or is_flow(setting.unit)):
                raise ValueError(f"settings.{name}.unit: {setting.unit!r} is neither one of content nor one of flow")
        for quantity in (entry.alive, entry.content, entry.flow):
            if quantity is not None and quantity not in self.quantities:
                raise ValueError(f"divider: there is no quantity {quantity!r}; there are: {', '.join(self.quantities)}")
        if entry.content is not None and not is_content(self.quantities[entry.content].unit):
            raise ValueError(f"quantities.{entry.content}.unit: must be one of content")
        if entry.flow is not None and not is_flow(self.quantities[entry.flow].unit):
            raise ValueError(f"quantities.{entry.flow}.unit: must be one of flow")
        if self.safe is None or self.safe.read_back is None:
            raise ValueError("a divider needs [safe] with settings that stop it, and read_back that tells that it has")
        return self

    @property
    def has_points(self) -> bool:
        """Whether a content is made by a preset point of the divider."""
        return any(POINT_PLACES & set(place_names(self.settings[name].send)) for name in self.divider.supply)


def is_content(unit: str) -> bool:
    """Whether a unit is one of amount fraction."""
    try:
        conversion(unit, "mol/mol")
    except UnitError:
        return False
    return True


def is_flow(unit: str) -> bool:
    """Whether a unit is one of flow."""
    try:
        flow_unit(unit)
    except FlowUnitError:
        return False
    return True


def read_divider_text(name: str) -> DividerText:
    """Read a shipped profile by name, or a file by path; raise InputError saying what is wrong and where."""
    return read_text_profile(name, DividerText, SHIPPED)
