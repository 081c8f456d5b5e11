"""A suite file: the procedures of an evaluation in their order, with settings and clauses, in TOML.

    [[suite]]
    procedure = "linearity"
    settings.levels = [0.2, 0.5, 0.8]
    clause = { zh = "…", en = "…" }

It has the shape of the suite in a standard's file, whose entries can be taken over as they are (their `evidence` is checked
and left to the standard). An entry without a clause rests on none. Where several standards judge, `standards = ["…"]` names
those that an entry serves; without it, it serves all of them. A suite takes nothing off a standard: a criterion that no
procedure of it determines stays in the scorecard, inconclusive.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from testbench.criteria.standard import Evidence
from testbench.engine.plan import SuiteItem
from testbench.engine.registry import find_procedure
from testbench.errors import InputError, explain
from testbench.text import Text

NO_CLAUSE = Text(zh="", en="")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Entry(_Table):
    procedure: str
    settings: dict[str, Any] = Field(default_factory=dict)
    clause: Text = NO_CLAUSE
    standards: tuple[str, ...] = ()
    evidence: Evidence | None = None


class _File(_Table):
    suite: tuple[_Entry, ...] = Field(min_length=1)


def read_suite(path: Path) -> tuple[SuiteItem, ...]:
    """Read and check a suite file; InputError naming the file, the entry (counted from 1) and the key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"suite file {path} does not exist") from None
    except OSError as error:
        raise InputError(f"suite file {path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # not UTF-8, or a path with a character of code 0
        raise InputError(f"suite file {path} cannot be read: {error}; save it as UTF-8 text") from error
    return parse_suite(text, str(path))


def parse_suite(text: str, source: str) -> tuple[SuiteItem, ...]:
    """Check the text of a suite file; `source` names it in errors, which are InputError."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"suite file {source} is not valid TOML: {error}") from error
    if not data.get("suite"):
        raise InputError(f"suite file {source} has no [[suite]] entry; write one for each procedure")
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        raise InputError(f"suite file {source}: {explain(error)}") from error
    items = []
    for number, entry in enumerate(file.suite, start=1):
        try:
            procedure = find_procedure(entry.procedure)
            items.append(SuiteItem(procedure, procedure.configure(entry.settings), entry.clause, entry.standards))
        except InputError as error:
            raise InputError(f"suite file {source}: suite[{number}]: {error}") from error
    return tuple(items)


def suite_text(items: Iterable[SuiteItem]) -> str:
    """Write a suite file, every setting stated; `parse_suite` gives the same items back."""
    suite = tomlkit.aot()
    for item in items:
        settings = tomlkit.table()
        for name, value in item.settings.model_dump(mode="json", exclude_none=True).items():
            settings.add(name, value)
        entry = tomlkit.table()
        entry.add("procedure", item.procedure.name)
        if item.clause != NO_CLAUSE:
            clause = tomlkit.inline_table()
            clause.update({"zh": item.clause.zh, "en": item.clause.en})
            entry.add("clause", clause)
        if item.standards:
            entry.add("standards", list(item.standards))
        entry.add("settings", settings)
        suite.append(entry)
    document = tomlkit.document()
    document.add("suite", suite)
    return tomlkit.dumps(document)
