"""Drives every instrument to its safe state and says what was read back: at the end, on abort, on an error."""

from __future__ import annotations

from collections.abc import Iterable

from testbench.engine.roles import Instrument, SafeOutcome
from testbench.errors import InstrumentError

DRIVES_NOTHING = "none"  # how the safe state of an instrument begins that is only read


def drive_safe(instruments: Iterable[Instrument]) -> list[SafeOutcome]:
    """Drive each instrument in turn; one that fails in any way is listed as not verified, and the others go on."""
    outcomes: list[SafeOutcome] = []
    for instrument in instruments:
        try:
            outcomes.append(instrument.drive_safe())
        except Exception as error:  # whatever a driver's failure is, the next instrument's gas must still be closed
            read_back = str(error) if isinstance(error, InstrumentError) else f"{type(error).__name__}: {error}"
            outcomes.append(SafeOutcome(instrument.name, instrument.safe_state, verified=False, read_back=read_back))
    return outcomes


def unverified(outcomes: Iterable[SafeOutcome]) -> str | None:
    """One sentence naming the instruments whose safe state could not be verified; None where all are safe.

    An instrument that drives nothing is safe also when it does not answer.
    """
    names = [
        outcome.read_back
        if outcome.read_back.startswith(outcome.instrument)
        else f"{outcome.instrument} ({outcome.read_back})"
        for outcome in outcomes
        if not outcome.verified and not outcome.state.startswith(DRIVES_NOTHING)
    ]
    if not names:
        return None
    return f"safe state not verified: {'; '.join(names)}; go to the bench and close the gas by hand"
