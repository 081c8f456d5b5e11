"""A text profile: how an instrument is asked and told in lines of text (SCPI and others), as data, one TOML file a model.

A profile is shipped in `instruments/text_profiles` and named in the station file (`profile = "vaisala-ptb330"`), or is a
file of the lab's own (`profile = "profiles/ours.toml"`, seen from the folder where the program is started). `generic.toml`
shows every key; `instruments.text_grammar` says how patterns and templates are written. Each profile says who documented it
and how far it was checked.

Beside each `answer` pattern stands a `reply`, what the simulated instrument says; it is checked that the pattern reads out
of it what was put in.
"""

from __future__ import annotations

import math
import re
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from instruments.condition_control import ControlTerms
from instruments.profile_files import profiles_in, read_profile_file
from instruments.session import SerialSettings
from instruments.text_framing import FRAMINGS, Ends
from instruments.text_grammar import VALUE, Pattern, Template, ValuePattern, as_sent, compiled, filled, fits, place_names
from testbench.errors import InputError, suggest

SHIPPED = resources.files("instruments") / "text_profiles"

Profile = TypeVar("Profile", bound="TextProfile")


class Table(BaseModel):
    """A table of a profile; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Transport(Table):
    """How the instrument is set by its maker; the station file may say otherwise. `tcp_port` only informs people.

    `open` is sent after connecting, without awaiting an answer ("SYST:REM"). `address` is what {address} stands for.
    """

    framing: str = "line"
    request_end: str = Field(default="\n", min_length=1, max_length=4)
    answer_end: str = Field(default="\n", min_length=1, max_length=4)
    address: str = Field(default="", pattern=r"^[A-Za-z0-9]{0,16}$")
    open: tuple[Template, ...] = ()
    baud_rate: int = Field(default=9600, gt=0)
    data_bits: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1
    tcp_port: int | None = Field(default=None, ge=1, le=65535)
    gap_s: float = Field(default=0.0, ge=0, le=60, allow_inf_nan=False)
    timeout_s: float = Field(default=1.0, gt=0, le=60, allow_inf_nan=False)
    tries: int = Field(default=3, ge=1, le=10)

    @field_validator("framing")
    @classmethod
    def _known_framing(cls, name: str) -> str:
        if name not in FRAMINGS:
            raise ValueError(f"there is no framing {name!r}; {suggest(name, FRAMINGS)}")
        return name

    @property
    def line(self) -> SerialSettings:
        """The serial line."""
        return SerialSettings(self.baud_rate, self.data_bits, self.parity, self.stop_bits)

    def ends(self, address: str) -> Ends:
        """What the framing is told."""
        return Ends(self.request_end.encode("latin-1"), self.answer_end.encode("latin-1"), address)


class IdentityEntry(Table):
    """The question who it is; the pattern's groups may be maker, model, serial and firmware."""

    ask: Template
    answer: Pattern
    reply: Template

    @model_validator(mode="after")
    def _groups_are_known(self) -> IdentityEntry:
        if strange := set(compiled(self.answer).groupindex) - {"maker", "model", "serial", "firmware"}:
            raise ValueError(f"answer: group {sorted(strange)[0]!r} is not known; name it maker, model, serial or firmware")
        _made_for_each_other(self.answer, self.reply)
        return self


class QuantityEntry(Table):
    """A quantity that is asked: value = number · scale + offset, in `unit`.

    The pattern's group `value` is the number, or one of the texts `no_value`; its group `status`, where it has one, flags
    the reading if it is a key of `flags`, with the words there. A value outside `valid` (in `unit`) is flagged as well.
    `simulated` is what a simulated instrument says where nothing of its bench stands behind the quantity.
    """

    ask: Template
    answer: ValuePattern = VALUE
    reply: Template = "{value:.6g}"
    unit: str = ""
    unit_documented: bool = True
    scale: float = Field(default=1.0, allow_inf_nan=False)
    offset: float = Field(default=0.0, allow_inf_nan=False)
    valid: tuple[float, float] | None = None
    resolution: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    no_value: tuple[str, ...] = ()
    flags: dict[str, str] = {}
    simulated: float = Field(default=0.0, allow_inf_nan=False)
    note: str = ""

    @model_validator(mode="after")
    def _reply_is_understood(self) -> QuantityEntry:
        if self.scale == 0.0:
            raise ValueError("scale must not be 0")
        if self.valid is not None and not self.valid[0] < self.valid[1]:
            raise ValueError(f"valid must be [low, high] with low < high, got {list(self.valid)}")
        if self.flags and "status" not in compiled(self.answer).groupindex:
            raise ValueError("flags: the answer's pattern has no group (?P<status>…) to look at")
        if "value" not in place_names(self.reply):
            raise ValueError("reply: has no place for the value")
        low, high = self.valid or (1.0, 1.0)
        number = ((low + high) / 2.0 - self.offset) / self.scale
        found = _made_for_each_other(self.answer, self.reply, number)
        if not math.isclose(float(found["value"]), as_sent(self.reply, number), rel_tol=1e-12):
            raise ValueError(f"reply: the pattern reads {found['value']!r} out of it, not the value {number:g}")
        return self

    def number(self, value: float) -> float:
        """The number in the instrument's answer for a value in `unit`."""
        return (value - self.offset) / self.scale


class SettingEntry(Table):
    """Something that is set: number = (value - offset) / scale, put into `send`, with `value` in `unit`.

    `acknowledge` is the pattern of the answer to it, absent where none comes; `reply` what the simulated one answers.
    `read_back` names the quantity that tells what is set, afterwards compared within `tolerance` (in `unit`); a setting
    without a value states what is `expected` there. `fields` are further places of `send` that the driver fills.
    """

    send: Template
    unit: str = ""
    scale: float = Field(default=1.0, allow_inf_nan=False)
    offset: float = Field(default=0.0, allow_inf_nan=False)
    range: tuple[float, float] | None = None
    fields: tuple[str, ...] = ()
    acknowledge: Pattern | None = None
    reply: Template | None = None
    read_back: str | None = None
    expected: float | None = Field(default=None, allow_inf_nan=False)
    tolerance: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    note: str = ""

    @model_validator(mode="after")
    def _parts_go_together(self) -> SettingEntry:
        if self.scale == 0.0:
            raise ValueError("scale must not be 0")
        if self.range is not None and not self.range[0] < self.range[1]:
            raise ValueError(f"range must be [low, high] with low < high, got {list(self.range)}")
        known = {"value", "address", *self.fields}
        for name in place_names(self.send):
            if name not in known:
                raise ValueError(f"'send': nothing is known to stand at the place {name!r}; {suggest(name, known)}")
        if (self.acknowledge is None) != (self.reply is None):
            raise ValueError("acknowledge and reply go together: give both, or neither where no answer comes")
        if self.takes_value and self.expected is not None:
            raise ValueError("expected: the value that is sent is expected; leave it out")
        if self.read_back is not None and not self.takes_value and self.expected is None:
            raise ValueError("expected: say what is read back after this setting, which takes no value")
        if self.acknowledge is not None and self.reply is not None:
            _made_for_each_other(self.acknowledge, self.reply)
        return self

    @property
    def takes_value(self) -> bool:
        """Whether a number is sent."""
        return "value" in place_names(self.send)

    def sent(self, value: float) -> float:
        """The value, in `unit`, that is really said for `value`, by the digits that are sent."""
        return as_sent(self.send, (value - self.offset) / self.scale) * self.scale + self.offset


class SafeEntry(Table):
    """The safe state: settings without a value that are made, in order, and a quantity that is read back afterwards.

    It is safe if that quantity is within `tolerance` of `expected`; without `read_back` nobody can tell.
    """

    state: str = Field(min_length=1)
    settings: tuple[str, ...] = Field(min_length=1)
    read_back: str | None = None
    expected: float = Field(default=0.0, allow_inf_nan=False)
    tolerance: float = Field(default=0.0, ge=0, allow_inf_nan=False)


class ErrorQuery(Table):
    """The question for errors (SYST:ERR?), put after each setting: `code` in the answer is one of `none` if all is well."""

    ask: Template = "SYST:ERR?"
    answer: Pattern = r"(?P<code>[+-]?\d+) *,? *\"?(?P<text>[^\"]*)\"?"
    reply: Template = '0,"No error"'
    none: tuple[str, ...] = ("0", "+0")

    @model_validator(mode="after")
    def _code_is_found(self) -> ErrorQuery:
        if "code" not in compiled(self.answer).groupindex:
            raise ValueError("answer: has no group (?P<code>…)")
        if _made_for_each_other(self.answer, self.reply)["code"] not in self.none:
            raise ValueError("reply: must be the answer where there is no error, its code one of none")
        return self


class ControlEntry(ControlTerms):
    """How a condition is set: the setting that takes its value, and those without a value before and after it.

    Its readings are the quantity of the control's own name. Range, tolerance and the value left behind are in the setting's
    unit.
    """

    setting: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class TextProfile(Table):
    """A whole profile. `refusals` are patterns of answers that refuse a question or a command, with what they say."""

    name: str
    maker: str
    model: str
    documented_by: str
    evidence: str
    transport: Transport = Transport()
    identity: IdentityEntry | None = None
    quantities: dict[str, QuantityEntry] = {}
    settings: dict[str, SettingEntry] = {}
    refusals: tuple[Pattern, ...] = ()
    errors: ErrorQuery | None = None
    safe: SafeEntry | None = None
    control: dict[str, ControlEntry] = {}

    @model_validator(mode="after")
    def _names_exist(self) -> TextProfile:
        for name, setting in self.settings.items():
            if setting.read_back is not None and setting.read_back not in self.quantities:
                raise ValueError(f"'settings.{name}.read_back': {_unknown('quantity', setting.read_back, self.quantities)}")
        for quantity, control in self.control.items():
            if quantity not in self.quantities:
                raise ValueError(f"'control.{quantity}': {_unknown('quantity', quantity, self.quantities)}")
            self._make_complete_settings(f"control.{quantity}.before", control.before)
            self._make_complete_settings(f"control.{quantity}.after", control.after)
            if control.setting not in self.settings or not self.settings[control.setting].takes_value:
                raise ValueError(f"'control.{quantity}.setting': there is no setting {control.setting!r} that takes a value")
        if self.safe is not None:
            self._make_complete_settings("safe.settings", self.safe.settings)
            if self.safe.read_back is not None and self.safe.read_back not in self.quantities:
                raise ValueError(f"'safe.read_back': {_unknown('quantity', self.safe.read_back, self.quantities)}")
        return self

    def _make_complete_settings(self, place: str, names: tuple[str, ...]) -> None:
        """Raise ValueError for a setting that there is not, or that needs a value."""
        for name in names:
            if name not in self.settings:
                raise ValueError(f"{place}: {_unknown('setting', name, self.settings)}")
            if self.settings[name].takes_value or self.settings[name].fields:
                raise ValueError(f"{place}: {name!r} needs a value; name a setting whose text is complete")

    def quantity(self, name: str) -> QuantityEntry:
        """Return the entry of a quantity; raise InputError listing those there are."""
        if name not in self.quantities:
            raise InputError(f"profile {self.name!r}: {_unknown('quantity', name, self.quantities)}")
        return self.quantities[name]

    def setting(self, name: str) -> SettingEntry:
        """Return the entry of a setting; raise InputError listing those there are."""
        if name not in self.settings:
            raise InputError(f"profile {self.name!r}: {_unknown('setting', name, self.settings)}")
        return self.settings[name]


def _unknown(kind: str, name: str, known: dict[str, QuantityEntry] | dict[str, SettingEntry]) -> str:
    return f"there is no {kind} {name!r}; {suggest(name, known) if known else 'the profile has none'}"


def _made_for_each_other(pattern: str, reply: str, value: float = 1.0) -> re.Match[str]:
    """How a pattern reads a reply; raise ValueError if it does not."""
    said = filled(reply, value=value, address="1")
    found = fits(pattern, said)
    if found is None:
        raise ValueError(f"answer: the pattern does not fit the reply {said!r}")
    return found


def text_profile_names(folder: Traversable = SHIPPED) -> list[str]:
    """Names of the shipped profiles."""
    return profiles_in(folder)


def read_text_profile(name: str, model: type[Profile], folder: Traversable = SHIPPED) -> Profile:
    """Read a shipped profile by name, or a file by path; raise InputError saying what is wrong, in which file and key.

    `model` is TextProfile or what a driver makes of it; `folder` is where profiles of that kind are shipped.
    """
    return read_profile_file(name, model, folder, "text profile")
