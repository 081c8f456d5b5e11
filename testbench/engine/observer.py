"""Whoever sees an evaluation go by: progress on a screen, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from testbench.engine.plan import Plan, SuiteItem


class Observer(Protocol):
    """Sees the steps of a run."""

    def step_began(self, call: str, arguments: Mapping[str, Any]) -> None:
        """A step begins."""
        ...

    def step_ended(self) -> None:
        """The step has ended."""
        ...

    def tick(self, now: float) -> None:
        """Bench time has come to `now`."""
        ...

    def notice(self, text: str) -> None:
        """Something that a person should read."""
        ...


class EvaluationObserver(Observer, Protocol):
    """Sees a whole evaluation."""

    def planned(self, plan: Plan) -> None:
        """The plan is made."""
        ...

    def begun(self, evaluation: str) -> None:
        """The evaluation is in the record, under this identifier."""
        ...

    def run_began(self, number: int, item: SuiteItem) -> None:
        """A run begins."""
        ...
