"""How events of the record are written on a screen, in its language; a safe state is kept there as a document."""

from __future__ import annotations

import json

from testbench.record.model import EvaluationRow, EventRow
from testbench.report.wording import Wording, wording
from testbench.text import Language

SAFE_STATE = "safe state"


def event_words(event: EventRow, language: str = "en") -> str:
    """An event in a line: its kind, and what it says."""
    words = wording(Language(language))
    said = safe_words(event.text, language) if event.kind == SAFE_STATE else words.tell(event.text)
    return f"{words.name('event', event.kind)}{_colon(language)}{said}"


def safe_words(document: str, language: str = "en") -> str:
    """What became of driving one instrument safe: "mfc-co2: flow 0, verified (set-point 0, flow 0 L/min)"."""
    try:
        outcome = json.loads(document)
        name, state, verified, read_back = (outcome[key] for key in ("instrument", "state", "verified", "read_back"))
    except (ValueError, TypeError, KeyError):  # written by another version
        return document
    chinese, words = language == "zh", wording(Language(language))
    if str(state).startswith("none"):
        return f"{name}：无输出" if chinese else f"{name}: drives nothing"
    told = f"{name}{_colon(language)}{words.tell(str(state))}"
    if chinese:
        return f"{told}，{'已确认' if verified else '未确认'}{_in_brackets(words, read_back, '（', '）')}"
    return f"{told}, {'verified' if verified else 'NOT VERIFIED'}{_in_brackets(words, read_back, ' (', ')')}"


def reason_words(row: EvaluationRow, language: str = "en") -> str:
    """Why an evaluation ended, without its own name."""
    return wording(Language(language)).tell(row.reason.removeprefix(f"{row.identifier}: "))


def _colon(language: str) -> str:
    return "：" if language == "zh" else ": "


def _in_brackets(words: Wording, text: str, opening: str, closing: str) -> str:
    return f"{opening}{words.tell(text)}{closing}" if text else ""
