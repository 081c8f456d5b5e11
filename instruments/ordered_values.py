"""Keys of analysers that answer bare numbers: which quantity stands where, and its unit, are said by the station file."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from instruments.linked_analyser import LinkedAnalyserSettings
from testbench.errors import suggest
from testbench.metrology.amount import UnitError, conversion


class OrderedValuesSettings(LinkedAnalyserSettings):
    """Keys that name the values of an answer in their order."""

    values: tuple[str, ...] = Field(default=(), description="quantities that are answered, in order; default: the measurand")
    units: dict[str, str] = Field(
        default={}, description="quantity → unit in which it is answered; default: that of the range"
    )

    @model_validator(mode="after")
    def _values_are_named(self) -> Self:
        for quantity in (self.measurand, *self.record_also):
            if quantity not in self.answered:
                raise ValueError(f"values do not name {quantity!r}; {suggest(quantity, self.answered)}")
            if self.answered.count(quantity) > 1:
                raise ValueError(f"values name {quantity!r} twice; name each quantity once")
        for quantity in self.units:
            if quantity not in self.answered:
                raise ValueError(f"units are given of {quantity!r}, which values do not name")
        try:
            conversion(self.unit_of(self.measurand), self.unit)
        except UnitError as error:
            raise ValueError(f"units: {error}") from error
        return self

    @property
    def answered(self) -> tuple[str, ...]:
        """The quantities that are answered, in order."""
        return self.values or (self.measurand,)

    @property
    def places(self) -> list[int]:
        """Where the measurand stands in an answer, and where what is recorded beside it."""
        return [self.answered.index(quantity) for quantity in (self.measurand, *self.record_also)]

    def unit_of(self, quantity: str) -> str:
        """The unit in which a quantity is answered."""
        return self.units.get(quantity, self.unit)
