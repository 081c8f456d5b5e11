"""What becomes of a run when an instrument stays silent: it ends, or is held until the instrument answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from testbench.engine.clock import never
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
    `resumes` counts how often one did. `alive` is called after every question to a silent instrument.
    """

    wait_s: float = 0.0
    ask: bool = False
    resumes: Callable[[], int] = nobody
    alive: Callable[[], None] = never

    def without(self, sources: Sequence[Source], error: InstrumentError, *, all_of_them: bool = True) -> Exception:
        """What to raise when the run cannot go on before all, or any, of some sources answer again."""
        if self.wait_s <= 0:
            return error
        return HoldError(str(error), Answering(sources, error, self.wait_s, all_of_them=all_of_them, alive=self.alive))

    def dropped(self, sources: Sequence[Source], error: InstrumentError) -> HoldError | None:
        """What to raise when devices under test stay silent and others answer: None where nobody is to decide."""
        if not self.ask:
            return None
        before = self.resumes()
        answering = Answering(sources, error, None, alive=self.alive)
        return HoldError(f"{error}; resume to go on without it", lambda: self.resumes() > before or answering())
