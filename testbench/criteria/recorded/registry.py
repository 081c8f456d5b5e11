"""The kinds of recorded test data: every module of the folder `kinds` states one as KIND."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from testbench.criteria.recorded import kinds as folder
from testbench.criteria.recorded.kind import RecordedKind


@cache
def kinds() -> tuple[RecordedKind, ...]:
    """All kinds in alphabetical order of their names."""
    found = [_kind(module.name) for module in pkgutil.iter_modules(folder.__path__)]
    return tuple(sorted(found, key=lambda kind: kind.name.casefold()))


def _kind(name: str) -> RecordedKind:
    kind = importlib.import_module(f"{folder.__name__}.{name}").KIND
    assert isinstance(kind, RecordedKind), name
    return kind


def kind_named(name: str) -> RecordedKind:
    """A kind by its name; raises LookupError for an unknown one."""
    for kind in kinds():
        if kind.name == name:
            return kind
    raise LookupError(name)
