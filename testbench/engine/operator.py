"""The operator: whoever answers the bench's questions and does by hand what no instrument can do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from testbench.engine.laboratory import Laboratory
from testbench.engine.roles import Adjustment
from testbench.engine.steps import Answer
from testbench.errors import AbortedError


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to the operator: its text, the unit of a number that is asked for, and the answer to be expected."""

    text: str
    unit: str | None = None
    expected: float | None = None


class Operator(Protocol):
    """Answers prompts; `adjust` has the device's indication brought from `indicated` to `target` at the device itself."""

    def ask(self, prompt: Prompt) -> Answer:
        """Put a question and return the answer."""
        ...

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Have a device adjusted by hand; return by whom."""
        ...


class SimulatedOperator:
    """The operator of the simulated laboratory: answers with what is expected, and adjusts the simulated devices."""

    name = "simulated operator"

    def __init__(self, laboratory: Laboratory) -> None:
        self._laboratory = laboratory

    def ask(self, prompt: Prompt) -> Answer:
        """Answer with the expected number, or yes."""
        return Answer(
            text="yes" if prompt.expected is None else f"{prompt.expected:g}", number=prompt.expected, by=self.name
        )

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Turn the simulated device's keys."""
        self._laboratory.adjust_by_hand(device, point, indicated, target)
        return self.name


class SharedOperator:
    """A person for the real part of a bench, the simulated operator for the keys of the simulated devices."""

    def __init__(self, person: Operator, simulated: Operator, simulates: Callable[[str], bool]) -> None:
        self._person = person
        self._simulated = simulated
        self._simulates = simulates

    def ask(self, prompt: Prompt) -> Answer:
        """Ask the person."""
        return self._person.ask(prompt)

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Have it done by whoever can reach the device."""
        operator = self._simulated if self._simulates(device) else self._person
        return operator.adjust(device, point, indicated, target, unit)


class ConsoleOperator:
    """A person at the terminal; `waiting` surrounds every wait for an answer."""

    name = "operator at the terminal"

    def __init__(self, waiting: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._waiting = waiting

    def ask(self, prompt: Prompt) -> Answer:
        """Ask until the answer fits; end of input aborts the run."""
        wanted = f" [{prompt.unit}]" if prompt.unit else ""
        while True:
            text = self._input(f"\n{prompt.text}{wanted}: ")
            if prompt.unit is None:
                return Answer(text=text, number=None, by=self.name)
            try:
                return Answer(text=text, number=float(text.replace(",", ".")), by=self.name)
            except ValueError:
                print(f"{text!r} is not a number; enter a number in {prompt.unit}")

    def adjust(self, device: str, point: Adjustment, indicated: float, target: float, unit: str) -> str:
        """Ask the person to adjust the device, and wait for the confirmation."""
        self._input(
            f"\nAdjust the {point} of device {device} at the device: it shows {indicated:.4g} {unit}, make it show "
            f"{target:.4g} {unit}. Press Enter when done: "
        )
        return self.name

    def _input(self, text: str) -> str:
        try:
            with self._waiting():
                return input(text).strip()
        except (EOFError, OSError):
            question = " ".join(text.split())
            raise AbortedError(
                f"nobody can answer the operator's question ({question!r}): there is no terminal; run it in one"
            ) from None
        except KeyboardInterrupt:
            raise AbortedError("aborted from the keyboard") from None
