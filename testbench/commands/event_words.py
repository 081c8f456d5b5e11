"""How events of the record are written on a screen; a safe state is kept there as a document."""

from __future__ import annotations

import json

from testbench.record.model import EvaluationRow, EventRow

SAFE_STATE = "safe state"


def event_words(event: EventRow) -> str:
    """An event in a line: its kind, and what it says."""
    return f"{event.kind}: {safe_words(event.text) if event.kind == SAFE_STATE else event.text}"


def safe_words(document: str) -> str:
    """What became of driving one instrument safe: "mfc-co2: flow 0, verified (set-point 0, flow 0 L/min)"."""
    try:
        outcome = json.loads(document)
        name, state, verified, read_back = (outcome[key] for key in ("instrument", "state", "verified", "read_back"))
    except (ValueError, TypeError, KeyError):  # written by another version
        return document
    if str(state).startswith("none"):
        return f"{name}: drives nothing"
    return f"{name}: {state}, {'verified' if verified else 'NOT VERIFIED'}{f' ({read_back})' if read_back else ''}"


def reason_words(row: EvaluationRow) -> str:
    """Why an evaluation ended, without its own name."""
    return row.reason.removeprefix(f"{row.identifier}: ")
