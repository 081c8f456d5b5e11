"""What becomes of a run when an instrument stays silent: it ends, or is held until the instrument answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from testbench.engine.holding import Answering, HoldError
from testbench.engine.roles import Source
from testbench.errors import InstrumentError


def nobody() -> int:
    """How often a person has said that the run may go on, where there is no person."""
    return 0


@dataclass(frozen=True, slots=True)
class Silence:
    """The rule of a station (its [faults] table).

    Without an instrument that it cannot do without, a run is held at most `wait_s` of real time; with 0 it ends at once.
    A device under test is dropped from the run, or (`ask`) the run is held until it answers or a person lets it go on:
    `resumes` counts how often one did.
    """

    wait_s: float = 0.0
    ask: bool = False
    resumes: Callable[[], int] = nobody

    def without(self, sources: Sequence[Source], error: InstrumentError) -> Exception:
        """What to raise when none of some sources answers, and the run cannot go on without."""
        if self.wait_s <= 0:
            return error
        return HoldError(str(error), Answering(sources, error, self.wait_s, all_of_them=False))

    def dropped(self, source: Source, error: InstrumentError) -> None:
        """A device under test stays silent: raise HoldError where a person is to decide."""
        if not self.ask:
            return
        before = self.resumes()
        answering = Answering([source], error, None)
        raise HoldError(f"{error}; resume to go on without it", lambda: self.resumes() > before or answering())
