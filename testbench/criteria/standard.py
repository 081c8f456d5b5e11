"""A standard as data: the suite of procedures, the conditions and the acceptance criteria, one TOML file a standard.

The files of the product stand in `testbench/criteria/standards`; a laboratory's own file is given by its path. Numbers of
limits are decimal, exactly as written in the file. Each figure carries its evidence: who read it where. A limit that nobody
has read in the standard's own text is provisional, and below 60 % confidence nothing is judged by it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Collection, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from testbench.criteria.folder import VERSION_SIGN, own_path, own_standards, version_path
from testbench.criteria.requirement import (
    Alternative,
    Confirmation,
    Evidence,
    Grade,
    Interval,
    Mark,
    Metric,
    ProcedureMark,
    Requirement,
    Rounding,
    Sided,
    Table,
    Tier,
    is_among,
)
from testbench.errors import StandardError, explain, suggest
from testbench.text import Text

__all__ = [
    "Alternative",
    "BiasTest",
    "Condition",
    "Confirmation",
    "Criterion",
    "DecisionRule",
    "Evidence",
    "Exemption",
    "Grade",
    "Head",
    "Interval",
    "Level",
    "Lock",
    "Mark",
    "Metric",
    "ProcedureMark",
    "Requirement",
    "Rounding",
    "RunRule",
    "Sided",
    "Standard",
    "SuiteEntry",
    "Tier",
    "list_standards",
    "load_standard",
    "parse_standard",
    "shipped_standards",
]


class Exemption(Table):
    """A range in which the standard does not ask for the test at all; it is computed all the same and said so."""

    when: Interval
    clause: str
    evidence: Evidence


class BiasTest(Table):
    """Bias test of a relative accuracy audit: decimals of the factor, and its cap for low emitters.

    The cap may be used where the reference mean lies in `low_emitter`.
    """

    clause: str
    decimals: int = Field(ge=0, le=12)
    cap: Decimal | None = Field(default=None, ge=1)
    low_emitter: Interval | None = None
    evidence: Evidence

    @model_validator(mode="after")
    def _cap_has_its_range(self) -> Self:
        if (self.cap is None) != (self.low_emitter is None):
            raise ValueError("cap and low_emitter are given together")
        return self


class RunRule(Table):
    """How many runs or injections a test needs, how many may be discarded, and which count.

    `last_used`: of more than so many the last ones count. `least_days`: on how many days a test of several days is made.
    """

    least_used: int = Field(default=1, ge=1)
    last_used: int | None = Field(default=None, ge=1)
    most_discarded: int | None = Field(default=None, ge=0)
    least_days: int | None = Field(default=None, ge=1)
    evidence: Evidence


class Level(Table):
    """Where a level of the reference should lie, in percent of span; a level may have several ranges."""

    name: str
    lower: Decimal
    upper: Decimal


class Criterion(Table):
    """What a standard asks of one performance characteristic.

    Either `requirement` or `tiers` (with `selector`, the variable that chooses) states the limit; `alternatives` may be met
    instead. `measurands` and `units` restrict it; empty means all, but those of `not_for`. `bias`, `runs`, `levels` and
    `exemption` belong to recorded test data, `procedure` keeps the evidence for the procedure's figures.
    """

    characteristic: str = Field(min_length=1)
    title: Text
    clause: Text
    measurands: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    requirement: Requirement | None = None
    selector: str | None = None
    tiers: tuple[Tier, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    exemption: Exemption | None = None
    bias: BiasTest | None = None
    runs: RunRule | None = None
    levels: tuple[Level, ...] = ()
    procedure: tuple[ProcedureMark, ...] = ()

    @model_validator(mode="after")
    def _one_way_to_a_limit(self) -> Self:
        if (self.requirement is None) == (not self.tiers):
            raise ValueError("give either a requirement or tiers")
        if bool(self.tiers) != (self.selector is not None):
            raise ValueError("tiers need the selector variable, and a selector needs tiers")
        if self.selector is not None:
            for tier in self.tiers:
                tier.interval(self.selector)
        return self

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Every requirement of the criterion: the main one or the tiers, then the alternatives."""
        main = self.tiers if self.requirement is None else (self.requirement,)
        return (*main, *self.alternatives)

    @property
    def provisional(self) -> bool:
        """Whether any of its limits was not read in the standard's own text."""
        return any(requirement.evidence.provisional for requirement in self.requirements)

    @cached_property
    def procedure_texts(self) -> tuple[Text, ...]:
        """The figures of the procedure with their marks, as they are printed."""
        return tuple(mark.text for mark in self.procedure)

    def applies_to(self, measurand: str | None, unit: str | None) -> bool:
        """Whether it is written for this measurand and unit of data, letter case aside; None stands for any."""
        if _left_out(self.not_for, measurand):
            return False
        return _admits(self.measurands, measurand) and _admits(self.units, unit)


def _left_out(names: tuple[str, ...], name: str | None) -> bool:
    return name is not None and is_among(name, names)


def _admits(names: tuple[str, ...], name: str | None) -> bool:
    return not names or name is None or is_among(name, names)


def _without_decimals(value: Any) -> Any:
    """Settings of a procedure are ordinary numbers: whole ones stay whole, others become floats."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _without_decimals(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_decimals(item) for item in value]
    return value


class SuiteEntry(Table):
    """One procedure of the standard's suite with the settings that the standard gives it.

    `measurands` are those of which it is carried out; empty means all, but those of `not_for`.
    """

    procedure: str
    settings: Annotated[dict[str, Any], BeforeValidator(_without_decimals)] = Field(default_factory=dict)
    clause: Text
    evidence: Evidence
    measurands: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()

    def applies_to(self, measurand: str) -> bool:
        """Whether it is carried out for devices of this measurand, letter case aside."""
        return not _left_out(self.not_for, measurand) and _admits(self.measurands, measurand)


class Condition(Table):
    """Limits of an ambient or supply condition during the tests."""

    quantity: Literal["temperature", "humidity", "pressure", "voltage", "frequency"]
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str
    evidence: Evidence

    @model_validator(mode="after")
    def _has_a_bound(self) -> Self:
        Interval(variable=self.quantity, lower=self.lower, upper=self.upper, upper_closed=True)
        return self


class DecisionRule(StrEnum):
    """How a value is compared with its limit.

    Simple acceptance judges the value alone. Guarded acceptance (JCGM 106:2012, 8.3.2 and 8.3.3, guard band U) passes only
    what lies inside the limit by U and fails only what lies outside by U.
    """

    SIMPLE = "simple-acceptance"
    GUARDED = "guarded-acceptance"


class Head(Table):
    """Name, title and scope of the standard.

    `measurands` are those that it is written for; `analogy` is the sentence for any other, with `{measurand}` in it.
    `basis` says what the file was made from. `edition` is that of the standard, `version` counts the changes of the file;
    `copied_from` says which file a laboratory's own was copied from.
    """

    name: str
    title: Text
    edition: str
    version: int = Field(default=1, ge=1)
    copied_from: str = ""
    basis: Text
    measurands: tuple[str, ...] = ()
    analogy: Text | None = None
    decision: DecisionRule = DecisionRule.SIMPLE


class Lock(Table):
    """Who has locked a criteria file, when, and the SHA-256 of its text without the lock (`testbench.criteria.lock`)."""

    by: str = Field(min_length=1)
    at: dt.datetime
    sha256: str


class Standard(Table):
    """A whole criteria file, with its text and the SHA-256 digest of it; `parts` are the standards of a combined one.

    `lock` is None for a file that may be changed.
    """

    standard: Head
    lock: Lock | None = None
    conditions: tuple[Condition, ...] = ()
    suite: tuple[SuiteEntry, ...] = ()
    criteria: tuple[Criterion, ...] = Field(alias="criterion", default=())
    digest: str = ""
    text: str = Field(default="", repr=False)
    parts: tuple[Standard, ...] = ()

    @model_validator(mode="after")
    def _criteria_are_told_apart(self) -> Self:
        if self.parts:  # each is told apart in itself
            return self
        for number, one in enumerate(self.criteria):
            for other in self.criteria[number + 1 :]:
                if one.characteristic == other.characteristic and _overlap(one, other):
                    raise ValueError(f"two criteria for {one.characteristic} apply to the same measurand and unit")
        return self

    @property
    def name(self) -> str:
        """Name by which the standard is asked for."""
        return self.standard.name

    @property
    def each(self) -> tuple[Standard, ...]:
        """The standards that it is combined of, or itself."""
        return self.parts or (self,)

    @property
    def version(self) -> int:
        """Version of the criteria file."""
        return self.standard.version

    @property
    def decision(self) -> DecisionRule:
        """The decision rule of the file."""
        return self.standard.decision

    @property
    def provisional_figures(self) -> int:
        """How many limits were not read in the standard's own text."""
        return sum(r.evidence.provisional for criterion in self.criteria for r in criterion.requirements)

    def criterion_for(self, characteristic: str, measurand: str | None = None, unit: str | None = None) -> Criterion | None:
        """The criterion for a characteristic of a measurand with data in `unit`, or None where the standard has none.

        A standard applied by analogy to another measurand uses the criteria that name no measurand.
        """
        for criterion in self.criteria:
            if criterion.characteristic == characteristic and criterion.applies_to(measurand, unit):
                return criterion
        return None

    def restricted_to(self, characteristics: Collection[str]) -> Standard:
        """The standard with the criteria for some characteristics only, for a test of a part of it."""
        kept = tuple(criterion for criterion in self.criteria if criterion.characteristic in characteristics)
        parts = tuple(part.restricted_to(characteristics) for part in self.parts)
        return self.model_copy(update={"criteria": kept, "parts": parts})

    def carried_out_for(self, measurand: str) -> Standard:
        """The standard with the entries of its suite that are carried out for devices of a measurand.

        StandardError where the suite has entries, but none for it.
        """
        suite = tuple(entry for entry in self.suite if entry.applies_to(measurand))
        if self.suite and not suite:
            raise StandardError(f"the suite of {self.name} has no procedure for devices of {measurand}")
        parts = tuple(part.carried_out_for(measurand) for part in self.parts)
        return self.model_copy(update={"suite": suite, "parts": parts})

    def analogy_for(self, measurand: str) -> Text | None:
        """The sentence that says the standard is applied by analogy; None where it is written for the measurand."""
        if self.parts:
            said = [text for part in self.parts if (text := part.analogy_for(measurand)) is not None]
            return Text(zh="；".join(text.zh for text in said), en="; ".join(text.en for text in said)) if said else None
        if self.standard.analogy is None or _admits(self.standard.measurands, measurand):
            return None
        return self.standard.analogy.format(measurand=measurand)


def _overlap(one: Criterion, other: Criterion) -> bool:
    def common(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
        return not left or not right or any(is_among(name, right) for name in left)

    def left_out(one: Criterion, other: Criterion) -> bool:
        return bool(one.measurands) and all(is_among(name, other.not_for) for name in one.measurands)

    if left_out(one, other) or left_out(other, one):
        return False
    return common(one.measurands, other.measurands) and common(one.units, other.units)


def list_standards() -> tuple[str, ...]:
    """Names of the standards that come with the product and of the laboratory's own, in alphabetical order."""
    return tuple(sorted({*shipped_standards(), *own_standards()}))


def shipped_standards() -> tuple[str, ...]:
    """Names of the standards that come with the product, in alphabetical order."""
    return tuple(sorted(path.stem for path in shipped_folder().iterdir() if path.suffix == ".toml"))


def shipped_folder() -> Path:
    """The folder of the criteria files that come with the product."""
    return Path(str(resources.files("testbench.criteria") / "standards"))


def load_standard(name: str | Path) -> Standard:
    """Load a standard by its name, or a criteria file by its path (ending in `.toml`).

    A laboratory's own standards (`testbench.criteria.folder`) have names as well; `NAME@2` is version 2 of one.

    Raises StandardError: for an unknown name with the known ones, for a wrong file with its name and the key.
    """
    if isinstance(name, Path) or name.endswith(".toml"):
        return parse_standard(criteria_text(Path(name)), str(name))
    own = own_path(name)
    if own is not None and name in shipped_standards():
        raise StandardError(
            f"{name} comes with the program, and {own} would stand for it unseen; rename this file and its standard.name"
        )
    if own is not None:
        return _own_standard(name, own)
    if name not in shipped_standards():
        known = list_standards()
        raise StandardError(
            f"no standard {name!r}; {suggest(name.casefold(), known)}. "
            "A criteria file of your own is given by its path, ending in .toml"
        )
    text = (shipped_folder() / f"{name}.toml").read_text(encoding="utf-8")
    return parse_standard(text, f"{name}.toml")


def criteria_text(path: Path) -> str:
    """The text of a criteria file; StandardError for one that is not there or cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise StandardError(f"criteria file {path} does not exist; known standards: {', '.join(list_standards())}") from None
    except UnicodeDecodeError:
        raise StandardError(f"criteria file {path}: not UTF-8 text; save the file in UTF-8") from None
    except OSError as error:
        raise StandardError(f"criteria file {path} cannot be read: {error.strerror or error}") from error


def _own_standard(name: str, path: Path) -> Standard:
    """One of the laboratory's own standards; StandardError where it is not what its name says."""
    standard = load_standard(path)
    wanted = name.partition(VERSION_SIGN)[0]
    if standard.name != wanted:
        raise StandardError(f"criteria file {path}: standard.name: is {standard.name!r}; the file's name says {wanted!r}")
    kept = version_path(wanted, standard.version)
    if standard.lock is None and kept.is_file():
        raise StandardError(
            f"criteria file {path}: version {standard.version} was locked and is kept as {kept}; what is here is not it. "
            f"Set standard.version to {standard.version + 1} for a version of its own, or put the locked text back"
        )
    return standard


def parse_standard(text: str, source: str) -> Standard:
    """Check the text of a criteria file; `source` names it in errors. Raises StandardError naming file and key."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise StandardError(f"criteria file {source} is not valid TOML: {error}") from error
    for key in ("digest", "text", "parts"):
        if key in data:
            raise StandardError(f"criteria file {source}: {key}: no such key")
    if "combined" in data:
        from testbench.criteria.combined import read_combined  # which reads its parts with this function

        return read_combined(data, text, source)
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        standard = Standard.model_validate({**data, "digest": digest, "text": text})
    except ValidationError as error:
        raise StandardError(f"criteria file {source}: {explain(error)}") from error
    if standard.lock is not None:
        from testbench.criteria.lock import check_lock

        check_lock(standard.lock, text, standard.standard.name, source)
    return standard
