"""What one limit asks: metric and unit, the range in which it applies, rounding, side, and the evidence for its figure."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from testbench.metrology.rounding import RoundingMode, round_decimal
from testbench.text import Text

LEAST_CONFIDENCE_PERCENT = 60
"""Below this confidence in a limit that was recalled from memory, nothing is judged by it."""
MOST_DECIMALS = 30
LARGEST_LIMIT = Decimal("1e15")
"""Numbers of recorded data do not go beyond it, and no limit does."""


class Table(BaseModel):
    """A table of a criteria file; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mark(StrEnum):
    """How a figure is known."""

    PRIMARY = "P"
    SECONDARY = "S"
    MEMORY = "M"
    RECOMPUTED = "C"


class FormerEvidence(Table):
    """What was known of a figure before it was confirmed; `limit` where the figure was another one."""

    mark: Mark
    confidence: int | None = Field(default=None, ge=0, le=100)
    source: str = ""
    limit: Decimal | None = None


class Confirmation(Table):
    """Who has read a figure in the standard's own text, when, and in which edition."""

    by: str = Field(min_length=1)
    at: dt.datetime
    edition: str = Field(min_length=1)
    former: FormerEvidence


class Evidence(Table):
    """Mark of a figure, the confidence in percent of one recalled from memory, the source, and who has confirmed it."""

    mark: Mark
    confidence: int | None = Field(default=None, ge=0, le=100)
    source: str = ""
    confirmed: tuple[Confirmation, ...] = ()

    @model_validator(mode="after")
    def _memory_states_confidence(self) -> Self:
        if self.mark is Mark.MEMORY and self.confidence is None:
            raise ValueError('mark "M" (from memory) needs a confidence in percent')
        return self

    @property
    def provisional(self) -> bool:
        """Whether the figure was not read in the standard's own text."""
        return self.mark is not Mark.PRIMARY

    @property
    def too_weak(self) -> bool:
        """Whether the figure is too uncertain for a verdict."""
        return self.provisional and self.confidence is not None and self.confidence < LEAST_CONFIDENCE_PERCENT

    def __str__(self) -> str:
        """The mark as it is printed: "P" or "M 85 %"."""
        return self.mark.value if self.confidence is None else f"{self.mark.value} {self.confidence} %"


class ProcedureMark(Table):
    """Evidence for one figure of the procedure, such as its levels or its number of repeats; shown, never decisive."""

    item: Text
    evidence: Evidence

    @property
    def text(self) -> Text:
        """The figure with its mark, as it is printed."""
        return Text(zh=f"{self.item.zh}（{self.evidence}）", en=f"{self.item.en} ({self.evidence})")


class Metric(StrEnum):
    """In which way a value is expressed, and by what it was divided."""

    PERCENT_OF_FULL_SCALE = "percent_of_full_scale"
    PERCENT_OF_SPAN = "percent_of_span"
    PERCENT_OF_NOMINAL = "percent_of_nominal"
    PERCENT_OF_REFERENCE_MEAN = "percent_of_reference_mean"
    MEAN_ERROR_PERCENT_OF_REFERENCE_MEAN = "mean_error_percent_of_reference_mean"
    PERCENT_OF_MEAN_INDICATION = "percent_of_mean_indication"
    PERCENT_OF_LIMIT_VALUE = "percent_of_limit_value"
    PERCENT_OF_STANDARD = "percent_of_standard"
    PERCENT_OF_HIGH_LEVEL = "percent_of_high_level"
    PERCENT_OF_PERMITTED = "percent_of_permitted"
    PERCENT = "percent"
    ABSOLUTE = "absolute"
    SECONDS = "seconds"
    COUNT = "count"

    @property
    def denominator(self) -> str | None:
        """Name of the quantity divided by, in words; None where nothing is divided."""
        head, separator, tail = self.value.partition("_of_")
        return tail.replace("_", " ") if head and separator else None


class Sided(StrEnum):
    """On which side of the value the limit stands: ± limit, at most, or at least."""

    TWO = "two"
    UPPER = "upper"
    LOWER = "lower"


class Interval(Table):
    """Range of a variable (such as "reference_mean" or "span") in which something applies; each bound says if it belongs.

    With `decimals` the variable is rounded, half away from zero, before it is compared with the bounds.
    """

    variable: str
    lower: Decimal | None = None
    lower_closed: bool = True
    upper: Decimal | None = None
    upper_closed: bool = False
    decimals: int | None = Field(default=None, ge=0, le=12)

    @model_validator(mode="after")
    def _bounds_are_in_order(self) -> Self:
        if self.lower is None and self.upper is None:
            raise ValueError("give lower, upper or both")
        if self.lower is not None and self.upper is not None:
            both_closed = self.lower_closed and self.upper_closed
            if self.lower > self.upper or (self.lower == self.upper and not both_closed):
                raise ValueError(f"no value lies between lower {self.lower} and upper {self.upper}")
        return self

    def contains(self, value: Decimal) -> bool:
        """Whether `value` lies in the range; a value that is not a number lies in none."""
        if value.is_nan():
            return False
        if self.decimals is not None and value.is_finite():
            value = round_decimal(value, self.decimals)
        if self.lower is not None and not (value > self.lower or (self.lower_closed and value == self.lower)):
            return False
        return self.upper is None or value < self.upper or (self.upper_closed and value == self.upper)

    def __str__(self) -> str:
        """The range as mathematics writes it, for example `50 <= reference_mean < 250`."""
        left = "" if self.lower is None else f"{self.lower} {'<=' if self.lower_closed else '<'} "
        right = "" if self.upper is None else f" {'<=' if self.upper_closed else '<'} {self.upper}"
        return f"{left}{self.variable}{right}"


class Rounding(Table):
    """Rounding of the value to `decimals` places. The order is stated: the value is rounded, then compared.

    `reported_decimals`: the value is first rounded to, and reported with, these more places, and the reported value is
    rounded once more for the comparison.
    """

    decimals: int = Field(ge=0, le=12)
    reported_decimals: int | None = Field(default=None, ge=0, le=12)
    mode: RoundingMode = RoundingMode.HALF_AWAY_FROM_ZERO
    order: Literal["round-then-compare"] = "round-then-compare"

    @model_validator(mode="after")
    def _reported_is_finer(self) -> Self:
        if self.reported_decimals is not None and self.reported_decimals < self.decimals:
            raise ValueError(f"reported_decimals {self.reported_decimals} must not be fewer than decimals {self.decimals}")
        return self

    def reported(self, value: Decimal) -> Decimal:
        """The value as it is reported."""
        return round_decimal(value, self.decimals if self.reported_decimals is None else self.reported_decimals, self.mode)

    def compared(self, value: Decimal) -> Decimal:
        """The value as it is compared with the limit."""
        return round_decimal(self.reported(value), self.decimals, self.mode)


class Grade(Table):
    """A better result than the one that must be reached, such as "annual" beside "semi"; it decides when to test again."""

    name: str
    limit: Decimal = Field(ge=0, le=LARGEST_LIMIT, decimal_places=MOST_DECIMALS)


class Requirement(Table):
    """One limit: how the value is expressed, how it is rounded, and on which side the limit stands.

    Without `rounding` the value is compared at its full length (`comparison = "full-value"`). `grades` stand in the order
    best first; the last one's limit is the requirement's.
    """

    metric: Metric
    unit: str
    limit: Decimal = Field(ge=0, le=LARGEST_LIMIT, decimal_places=MOST_DECIMALS)
    sided: Sided
    rounding: Rounding | None = None
    comparison: Literal["full-value"] | None = None
    grades: tuple[Grade, ...] = ()
    evidence: Evidence

    @model_validator(mode="after")
    def _comparison_is_stated_once(self) -> Self:
        if (self.rounding is None) == (self.comparison is None):
            raise ValueError('give either rounding or comparison = "full-value"')
        limits = [grade.limit for grade in self.grades]
        if self.grades and (limits[-1] != self.limit or sorted(limits, reverse=self.sided is Sided.LOWER) != limits):
            raise ValueError("grades stand best first and the last one's limit must be the requirement's limit")
        return self


_SPELLINGS = str.maketrans({" ": None, "^": None, "µ": "u", "μ": "u"})


def plainly(name: str) -> str:
    """A unit or component as it is written without raised, lowered and full-width signs: mg/m3 for mg/m³, SO2 for SO₂."""
    return unicodedata.normalize("NFKC", name).translate(_SPELLINGS)


def same_unit(one: str, other: str) -> bool:
    """Whether two units are the same, however a power or the micro sign is written: mg/m3 is mg/m³."""
    return plainly(one) == plainly(other)


@cache
def is_among(name: str, names: tuple[str, ...]) -> bool:
    """Whether a component or unit is one of several, however it is written, letter case aside."""
    return plainly(name).casefold() in {plainly(known).casefold() for known in names}


class Tier(Requirement):
    """A requirement for a range of the criterion's selector; `lower_closed` and `upper_closed` say if the bounds belong."""

    lower: Decimal | None = None
    lower_closed: bool = True
    upper: Decimal | None = None
    upper_closed: bool = False

    def interval(self, variable: str) -> Interval:
        """The tier's range of `variable`."""
        return Interval(
            variable=variable,
            lower=self.lower,
            lower_closed=self.lower_closed,
            upper=self.upper,
            upper_closed=self.upper_closed,
        )


class Alternative(Requirement):
    """A requirement that may be met in place of the main one.

    `value` names the variable that is judged (for example "difference"), `conditions` the ranges in which it applies, and
    `units` the units of the data for which it is written (empty: any).
    """

    value: str
    units: tuple[str, ...] = ()
    conditions: tuple[Interval, ...] = ()
