"""One suite for several standards: what they ask for alike is done once, what differs is done for each.

Items of the same procedure become one where every setting can be joined as its field says (`setting(join=…)`): equal
values, or the larger one where a standard says "at least". A setting that says nothing joins only with an equal one, so that
no standard gets less than it asks for. What could not be kept exactly is told (`departures`).

    A: warm-up 24 h, linearity (3 passes), drift (7 d) ──────────┐
    B: warm-up 12 h, lack of fit, linearity (5), drift (7 d) ────┴─► warm-up 24 h [A, B], lack of fit [B],
                                                                     linearity (5) [A, B], drift (7 d) [A, B]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from testbench.criteria.standard import Standard
from testbench.engine.procedure import Join, Procedure
from testbench.engine.registry import find_procedure
from testbench.engine.suite_item import SuiteItem
from testbench.errors import InputError, StandardError
from testbench.text import Text


@dataclass(frozen=True, slots=True)
class Departure:
    """That an item does otherwise in a setting than a standard that it serves asks for, because of another standard."""

    number: int  # of the item, from 1
    procedure: Procedure
    setting: str
    standard: str
    asked: Any
    done: Any

    @property
    def text(self) -> Text:
        """It in a sentence."""
        title, label = self.procedure.title, self.procedure.labels[self.setting].title
        asked, done = _shown(self.asked), _shown(self.done)
        return Text(
            zh=f"{self.number} {title.zh}：{label.zh} {done.zh}；{self.standard} 要求 {asked.zh}",
            en=f"{self.number} {title.en}: {label.en} {done.en}; {self.standard} asks for {asked.en}",
        )


def own_suite(standard: Standard) -> tuple[SuiteItem, ...]:
    """The suite of one standard as its file has it, its settings checked; StandardError where it has none for the bench."""
    if not standard.suite:
        raise StandardError(
            f"standard {standard.name} has no suite for the bench; it judges data measured elsewhere (`testbench score`)"
        )
    items = []
    for entry in standard.suite:
        procedure = find_procedure(entry.procedure)
        items.append(SuiteItem(procedure, procedure.configure(entry.settings), entry.clause))
    return tuple(items)


def combine(standards: Iterable[Standard]) -> tuple[SuiteItem, ...]:
    """The suite that serves several standards, every item with the names of those that it serves.

    Each standard's own order is kept, except that an item joined to another one is done where that is. What prepares a
    standard's tests and determines nothing itself (the warm-up) comes before all tests.
    """
    suite: list[SuiteItem] = []
    for standard in standards:
        own = [replace(item, standards=(standard.name,)) for item in own_suite(standard)]
        preparing = next((n for n, item in enumerate(own) if item.procedure.characteristics), len(own))
        _take_in(suite, own[preparing:], len(suite))
        _take_in(suite, own[:preparing], 0)
    return tuple(suite)


def _take_in(suite: list[SuiteItem], own: Sequence[SuiteItem], end: int) -> None:
    """Join the items of a standard to those of a suite; one that cannot be joined goes before what follows it, or `end`."""
    for item in reversed(own):
        for place, known in enumerate(suite):
            both = None if item.standards[0] in known.standards else join(known, item)
            if both is not None:
                suite[place], end = both, place
                break
        else:
            suite.insert(end, item)


def join(one: SuiteItem, other: SuiteItem) -> SuiteItem | None:
    """One item that serves what both serve; None where they must stay apart."""
    if one.procedure.name != other.procedure.name:
        return None
    mine, theirs = one.settings.model_dump(), other.settings.model_dump()
    values: dict[str, Any] = {}
    for name, value in mine.items():
        joined = _joined(_join_of(one.procedure, name), value, theirs[name])
        if joined is None:
            return None
        (values[name],) = joined
    try:
        settings = one.procedure.configure(values)
    except InputError:  # each is allowed, both at once are not
        return None
    return SuiteItem(one.procedure, settings, _both(one.clause, other.clause), (*one.standards, *other.standards))


def departures(items: Sequence[SuiteItem], standard: Standard) -> Iterator[Departure]:
    """Every setting in which an item departs from what a part of a combined standard asks for by its own suite.

    An item of a procedure that a standard's suite has several times is compared with the one that it is nearest to.
    """
    for part in standard.parts:
        for number, item in enumerate(items, start=1):
            asked = [entry for entry in part.suite if entry.procedure == item.procedure.name]
            if not asked or not item.serves(part.name):
                continue
            done = item.settings.model_dump()
            suites = [item.procedure.configure(entry.settings).model_dump() for entry in asked]
            nearest = min(suites, key=lambda own: sum(own[name] != value for name, value in done.items()))
            for name, value in done.items():
                if nearest[name] != value:
                    yield Departure(number, item.procedure, name, part.name, nearest[name], value)


def check_standards(items: Iterable[SuiteItem], standard: Standard | None, source: str) -> None:
    """Refuse a suite whose items name a standard that does not judge; InputError naming item and standard."""
    known = [part.name for part in standard.each] if standard is not None else []
    for number, item in enumerate(items, start=1):
        for name in item.standards:
            if name not in known:
                judging = f"those that judge are: {', '.join(known)}" if known else "none judges"
                raise InputError(
                    f"{source}: suite[{number}] serves {name!r}; {judging}. Name it with --standard, or leave it out"
                )


def _join_of(procedure: Procedure, name: str) -> Join:
    extra = procedure.settings.model_fields[name].json_schema_extra
    return cast("Join", extra.get("join", "same")) if isinstance(extra, dict) else "same"


def _joined(how: Join, one: Any, other: Any) -> tuple[Any] | None:
    """The value that serves both, in a tuple of one; None where none does."""
    if one == other:
        return (one,)
    if how == "most":
        return None if one is None or other is None else (max(one, other),)
    if how == "any":
        return (bool(one) or bool(other),)
    if how == "union":
        return ((*one, *(value for value in other if value not in one)),)
    if how == "first":
        return (one,)
    return None


def _both(one: Text, other: Text) -> Text:
    """Two clauses, each once."""
    return Text(
        zh="；".join(dict.fromkeys(part for part in (one.zh, other.zh) if part)),
        en="; ".join(dict.fromkeys(part for part in (one.en, other.en) if part)),
    )


def _shown(value: Any) -> Text:
    """A value of a setting in words."""
    if isinstance(value, bool):
        return Text(zh="是", en="yes") if value else Text(zh="否", en="no")
    if isinstance(value, list | tuple):
        each = [_shown(item) for item in value]
        return Text(zh="、".join(one.zh for one in each) or "–", en=", ".join(one.en for one in each) or "–")
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return Text(zh=text, en=text)
