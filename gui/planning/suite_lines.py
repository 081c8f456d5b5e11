"""The suite as a person trims, orders and sets it; without Qt. Every change gives a new value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from testbench.criteria.standard import Criterion, Evidence, Standard
from testbench.engine.checking.draft import NO_CLAUSE, DraftItem
from testbench.engine.forms import Fault, FieldError, FormField, faults, form_fields
from testbench.engine.plan import SuiteItem, suite_of
from testbench.engine.procedure import Procedure
from testbench.engine.registry import find_procedure
from testbench.engine.suite_file import suite_text
from testbench.errors import InputError
from testbench.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    """One procedure of the suite: what the standard asks of it, and what a person typed in its place.

    `given` are the values to begin with and to go back to: the standard's, or the procedure's own where the standard does
    not have it (`of_standard` False). `texts` are what was typed, by setting. `taken` False leaves the procedure out.
    `standards` are those that it serves where several judge; none stands for all.
    """

    procedure: Procedure
    given: Mapping[str, Any]
    of_standard: bool = True
    clause: Text = NO_CLAUSE
    evidence: Evidence | None = None
    taken: bool = True
    texts: Mapping[str, str] = field(default_factory=dict)
    standards: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[FormField, ...]:
        """The fields of its form."""
        return form_fields(self.procedure)

    def shown(self, one: FormField) -> str:
        """The text of a field: as it was typed, else as the value is written."""
        return self.texts.get(one.name, one.show(self.given[one.name]))

    @property
    def values(self) -> dict[str, Any]:
        """The settings as far as they can be read; what cannot is the text itself, which the procedure refuses."""
        values = dict(self.given)
        for one in self.fields:
            if one.name in self.texts:
                try:
                    values[one.name] = one.read(self.texts[one.name])
                except FieldError:
                    values[one.name] = self.texts[one.name]
        return values

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the settings: texts that cannot be read, then values that are not allowed."""
        found: dict[str, Fault] = {}
        for one in self.fields:
            if one.name in self.texts:
                try:
                    one.read(self.texts[one.name])
                except FieldError as error:
                    found[one.name] = Fault(one.name, error.text)
        for fault in faults(self.procedure, self.values):
            found.setdefault(fault.name, fault)
        return tuple(found.values())

    def differs(self, name: str) -> bool:
        """Whether a setting is not what it was given as."""
        return bool(self.values[name] != self.given[name])

    @property
    def differing(self) -> tuple[str, ...]:
        """The settings that are not what they were given as."""
        return tuple(one.name for one in self.fields if self.differs(one.name))

    def typed(self, name: str, text: str) -> Line:
        """With a text in a field; the text of what was given is no change."""
        one = next(one for one in self.fields if one.name == name)
        texts = {key: known for key, known in self.texts.items() if key != name}
        return replace(self, texts=texts if text == one.show(self.given[name]) else texts | {name: text})

    def reset(self, name: str | None = None) -> Line:
        """With one setting as it was given, or all of them."""
        return replace(self, texts={} if name is None else {key: t for key, t in self.texts.items() if key != name})

    @property
    def item(self) -> DraftItem:
        """The line as an item of a draft. A clause rests on the standard's settings alone."""
        return DraftItem(self.procedure, self.values, self.clause, self.standards)


@dataclass(frozen=True, slots=True)
class Suite:
    """The lines in their order."""

    lines: tuple[Line, ...] = ()

    @property
    def taken(self) -> tuple[int, ...]:
        """Indices of the lines that are not left out, in order: the item of number n is line `taken[n − 1]`."""
        return tuple(index for index, line in enumerate(self.lines) if line.taken)

    @property
    def items(self) -> tuple[DraftItem, ...]:
        """The items of the draft."""
        return tuple(self.lines[index].item for index in self.taken)

    def changed(self, index: int, line: Line) -> Suite:
        """With another line at a place."""
        return Suite((*self.lines[:index], line, *self.lines[index + 1 :]))

    def take(self, index: int, taken: bool) -> Suite:
        """With a line taken, or left out."""
        return self.changed(index, replace(self.lines[index], taken=taken))

    def moved(self, index: int, to: int) -> Suite:
        """With a line at another place, counted in what results; the same suite where that is no place."""
        if not (0 <= index < len(self.lines) and 0 <= to < len(self.lines)):
            return self
        rest = [*self.lines[:index], *self.lines[index + 1 :]]
        return Suite((*rest[:to], self.lines[index], *rest[to:]))

    def added(self, line: Line, after: int) -> Suite:
        """With a line more, after the one of an index (−1: at the beginning)."""
        return Suite((*self.lines[: after + 1], line, *self.lines[after + 1 :]))

    def removed(self, index: int) -> Suite:
        """Without a line that was added; a line of the standard is left out instead, so that it stays in sight."""
        if self.lines[index].of_standard:
            return self.take(index, False)
        return Suite((*self.lines[:index], *self.lines[index + 1 :]))


def suite_of_standard(standard: Standard) -> Suite:
    """The standard's own suite, of several standards the one that serves them all; empty where it has none for the bench."""
    if standard.parts:
        return Suite(
            tuple(
                Line(item.procedure, item.settings.model_dump(), True, item.clause, standards=item.standards)
                for item in suite_of(standard)
            )
        )
    lines = []
    for entry in standard.suite:
        procedure = find_procedure(entry.procedure)
        given = procedure.configure(entry.settings).model_dump()
        lines.append(Line(procedure, given, True, entry.clause, entry.evidence))
    return Suite(tuple(lines))


def suite_of_items(items: Iterable[SuiteItem], standard: Standard | None) -> Suite:
    """A suite of the laboratory's own over that of the standard: the standard's procedures that it lacks are left out."""
    own = {line.procedure.name: line for line in (suite_of_standard(standard).lines if standard is not None else ())}
    lines: list[Line] = []
    used: set[str] = set()
    for item in items:
        name = item.procedure.name
        base = own[name] if name in own and name not in used else new_line(name)
        used.add(name)
        line = replace(base, clause=item.clause, standards=item.standards)
        for one in line.fields:
            line = line.typed(one.name, one.show(getattr(item.settings, one.name)))
        lines.append(line)
    left = [replace(line, taken=False) for name, line in own.items() if name not in used]
    return Suite((*lines, *left))


def new_line(procedure: str, standard: Standard | None = None) -> Line:
    """A procedure that is added: with the standard's settings and clause where it has it, else with its own."""
    if standard is not None:
        for line in suite_of_standard(standard).lines:
            if line.procedure.name == procedure:
                return replace(line, of_standard=False)
    found = find_procedure(procedure)
    return Line(found, found.configure({}).model_dump(), of_standard=False)


def undetermined(standard: Standard | None, lines: Sequence[Line], index: int, measurand: str) -> tuple[Criterion, ...]:
    """Criteria of the standard that nobody determines because a line is left out."""
    if standard is None or lines[index].taken:
        return ()
    left_out = lines[index]
    missing: list[Criterion] = []
    for part in standard.each:
        if left_out.standards and part.name not in left_out.standards:
            continue
        serving = [line for line in lines if line.taken and (not line.standards or part.name in line.standards)]
        found = {name for line in serving for name in line.procedure.characteristics}
        missing += [
            criterion
            for criterion in part.criteria
            if criterion.characteristic in left_out.procedure.characteristics
            and criterion.characteristic not in found
            and criterion.applies_to(measurand or None, None)
        ]
    return tuple(missing)


def save(suite: Suite, path: Path) -> None:
    """Write a suite file of the lines that are taken; InputError where settings are wrong or the file cannot be written."""
    text = suite_text([item.checked() for item in suite.items])
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}; choose another folder") from error
