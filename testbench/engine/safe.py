"""Drives every instrument to its safe state and says what was read back: at the end, on abort, on an error."""

from __future__ import annotations

from collections.abc import Iterable

from testbench.engine.roles import Instrument, SafeOutcome
from testbench.errors import InstrumentError


def drive_safe(instruments: Iterable[Instrument]) -> list[SafeOutcome]:
    """Drive each instrument in turn; one that cannot be reached is listed as not verified, and the others go on."""
    outcomes: list[SafeOutcome] = []
    for instrument in instruments:
        try:
            outcomes.append(instrument.drive_safe())
        except InstrumentError as error:
            outcomes.append(SafeOutcome(instrument.name, instrument.safe_state, verified=False, read_back=str(error)))
    return outcomes


def unverified(outcomes: Iterable[SafeOutcome]) -> str | None:
    """One sentence naming the instruments whose safe state could not be verified; None where all are safe."""
    names = [f"{outcome.instrument} ({outcome.read_back})" for outcome in outcomes if not outcome.verified]
    if not names:
        return None
    return f"safe state not verified: {'; '.join(names)}; go to the bench and close the gas by hand"
