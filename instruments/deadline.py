"""Real monotonic time for what people and instruments wait for: deadlines of queries, pauses between commands."""

from __future__ import annotations

import time


def monotonic() -> float:
    """Real monotonic time in seconds; it never follows the simulated laboratory's time."""
    return time.monotonic()


def pause(seconds: float) -> None:
    """Wait; nothing when `seconds` is not positive."""
    if seconds > 0:
        time.sleep(seconds)
