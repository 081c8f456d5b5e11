"""`testbench score --columns`: the kinds of recorded test data and what their columns hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal
    from testbench.criteria.recorded import RecordedKind


def print_columns(terminal: Terminal, name: str, language: str, *, as_json: bool = False) -> None:
    """Print all kinds, or with a `name` one of them, column by column. Raises InputError for an unknown name."""
    from testbench.criteria.recorded import kinds
    from testbench.errors import InputError, suggest

    chosen = [kind for kind in kinds() if not name or kind.name.casefold() == name.strip().casefold()]
    if not chosen:
        raise InputError(f"no kind of test data {name!r}; {suggest(name, [kind.name for kind in kinds()])}")
    if as_json:
        print(json.dumps([_as_json(kind) for kind in chosen], indent=2, ensure_ascii=False))
        return
    for number, kind in enumerate(chosen):
        if number:
            terminal.line()
        terminal.line(f"{kind.name}: {kind.title.say(language)}", style="bold")
        terminal.line(f"  {kind.header}")
        terminal.line(f"  -> {', '.join(kind.characteristics) if kind.characteristics else '*'}")
        if name:
            _print_cells(terminal, kind, language)


def _print_cells(terminal: Terminal, kind: RecordedKind, language: str) -> None:
    for column in kind.columns:
        may = column.optional or column.cell.may_be_empty
        empty = {"zh": "，可空", "en": ", may be empty"}[language] if may else ""
        says = f"{column.says.say(language)}: " if column.says.en else ""
        terminal.line(f"    {column.name}: {says}{column.cell.says.say(language)}{empty}")


def _as_json(kind: RecordedKind) -> dict[str, object]:
    return {
        "kind": kind.name,
        "title": {"zh": kind.title.zh, "en": kind.title.en},
        "characteristics": list(kind.characteristics),
        "columns": [
            {
                "name": column.name,
                "optional": column.optional,
                "may_be_empty": column.optional or column.cell.may_be_empty,
                "holds": {"zh": column.cell.says.zh, "en": column.cell.says.en},
                "says": {"zh": column.says.zh, "en": column.says.en},
            }
            for column in kind.columns
        ],
    }
