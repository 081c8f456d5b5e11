"""One scored result of recorded test data, and how it is written as JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from testbench.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Result:
    """One scored result.

    `value` is rounded as the criterion says and None where nothing could be computed; `metric` is "difference" (in the
    data's unit) or "percent"; `limit` is what the value was held against, None without a criterion. `details` has the
    numbers at full precision, `notes` what a reader must know besides.
    """

    test: str
    characteristic: str
    parameter: str
    value: Decimal | None
    metric: str
    unit: str
    limit: Decimal | None
    limit_text: str
    outcome: Outcome
    level: str | None = None
    date: dt.date | None = None
    provisional: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The result as JSON types."""
        return {
            "test": self.test,
            "level": self.level,
            "date": self.date.isoformat() if self.date else None,
            "characteristic": self.characteristic,
            "value": _json_number(self.value),
            "metric": self.metric,
            "unit": self.unit,
            "limit": _json_number(self.limit),
            "verdict": self.outcome.value,
            "details": {key: _json_number(value) for key, value in self.details.items()}
            | {"parameter": self.parameter, "provisional": self.provisional, "notes": list(self.notes)},
        }


def _json_number(value: Any) -> Any:
    """Decimal numbers as JSON knows them, those inside tables and lists among them; anything else as it is."""
    match value:
        case Decimal():
            return float(value)
        case Mapping():
            return {key: _json_number(each) for key, each in value.items()}
        case list() | tuple():
            return [_json_number(each) for each in value]
    return value
