"""The calls that a recorded dialogue consists of: open, identify, read; the same where it is recorded and where replayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from instruments.deadline import monotonic, pause
from instruments.tools.dialogue import Dialogue, Head, Kind, identity_in_words, sample_in_words
from testbench.engine.registry import find_driver
from testbench.engine.roles import Direction, Parts
from testbench.errors import InputError, InstrumentError, explain
from testbench.station import Cylinder

FAILED = "no answer"


def built(head: Head, resource: str) -> Any:
    """The instrument that a head describes, alone, behind a resource; raise InputError where it cannot be built."""
    driver = find_driver(head.driver, f"dialogue with {head.instrument}")
    try:
        settings = driver.Settings.model_validate(head.table | {"resource": resource})
        cylinders = {name: Cylinder.model_validate(table) for name, table in head.cylinders.items()}
    except ValidationError as error:
        raise InputError(f"dialogue with {head.instrument} (driver {head.driver}): {explain(error)}") from error
    return driver(head.instrument, settings, Parts({}, cylinders))


def talk(instrument: Any, readings: int, *, every_s: float = 0.0, told: Callable[[str], None] = lambda _: None) -> Dialogue:
    """Open an instrument, ask who it is and read it; close it again. Nothing is set.

    Of each call that fails the dialogue holds `no answer`. `told` hears of every line when it is complete. Who interrupts it
    from the keyboard gets what is complete.
    """
    dialogue = Dialogue()
    shown = 0
    began = monotonic()

    def hear(direction: Direction, at: float, data: bytes) -> None:
        dialogue.hear(direction, max(0.0, at - began), data)

    def settle(words: str) -> None:
        nonlocal shown
        dialogue.made(monotonic() - began, words)
        for entry in dialogue.entries[shown:]:
            told(str(entry))
        shown = len(dialogue.entries)

    def attempt(call: Callable[[], list[str]]) -> bool:
        try:
            for words in call():
                settle(words)
        except InstrumentError as error:
            settle(FAILED)
            told(f"{'':12}     {error}")
            return False
        return True

    def reading() -> list[str]:
        instrument.request()
        samples = instrument.collect()
        pairs = zip(instrument.channels, samples, strict=True)
        return [sample_in_words(channel.name, channel.unit, sample) for channel, sample in pairs]

    instrument.trace(hear)
    try:
        if attempt(lambda: instrument.open() or ["connected"]) and attempt(
            lambda: [identity_in_words(instrument.identify())]
        ):
            due = monotonic()
            for number in range(readings if hasattr(instrument, "collect") else 0):
                if number:
                    due += every_s
                    pause(due - monotonic())
                attempt(reading)
                dialogue.readings += 1
    except KeyboardInterrupt:
        del dialogue.entries[shown:]
    finally:
        instrument.trace(None)
        instrument.close()
    return dialogue


def failures(dialogue: Dialogue) -> int:
    """How many calls had no answer."""
    return sum(entry.words == FAILED for entry in dialogue.of(Kind.MADE))
