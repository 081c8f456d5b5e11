"""Checks a criteria file against what is installed: its form, its limits, and the procedures of its suite.

Every flaw is told at once. What a criterion may be about is what some procedure or kind of recorded data determines.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from testbench.criteria.flaws import Flaw, Weight, criteria_flaws, undetermined
from testbench.criteria.folder import own_path
from testbench.criteria.recorded import kinds
from testbench.criteria.standard import (
    criteria_text,
    load_standard,
    parse_standard,
    shipped_folder,
    shipped_standards,
)
from testbench.engine.registry import find_procedure, procedure_names
from testbench.errors import InputError, StandardError
from testbench.report.wording import wording
from testbench.text import Language, Text

_NAME = re.compile(r"\w[\w.-]*")


def check_standard(name: str | Path) -> tuple[Flaw, ...]:
    """Every flaw of a standard, by its name or its file; StandardError where there is no such file."""
    path = Path(name) if isinstance(name, Path) or name.endswith(".toml") else own_path(name)
    if path is None:
        standard = load_standard(str(name))
        return check_text(standard.text, f"{name}.toml")
    text = criteria_text(path)
    return (*_name(text, path), *check_text(text, str(path)))


def check_text(text: str, source: str) -> tuple[Flaw, ...]:
    """Every flaw of the text of a criteria file; `source` names it."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return (Flaw(source, Text(zh=f"不是有效的 TOML：{error}", en=f"not valid TOML: {error}")),)
    return (
        *_form(text, source),
        *criteria_flaws(data, determinable()),
        *_suite(data),
    )


@cache
def determinable() -> frozenset[str]:
    """Characteristics that an installed procedure or a kind of recorded data determines."""
    by_procedure = (name for procedure in procedure_names() for name in find_procedure(procedure).characteristics)
    by_data = (name for kind in kinds() for name in kind.characteristics)
    return frozenset((*by_procedure, *by_data))


def _form(text: str, source: str) -> Iterator[Flaw]:
    try:
        parse_standard(text, source)
    except StandardError as error:
        message = str(error).removeprefix(f"criteria file {source}: ")
        if message.startswith("was locked by"):
            yield Flaw("lock", _in_both(message))
            return
        for problem in message.split("; "):
            place, colon, what = problem.partition(": ")
            yield Flaw(place if colon else source, _in_both(what or problem))


def _name(text: str, path: Path) -> Iterator[Flaw]:
    """A file that is not of the program has a name of its own, which can be typed and be that of a file."""
    try:
        name = tomllib.loads(text)["standard"]["name"]
    except (tomllib.TOMLDecodeError, RecursionError, KeyError, TypeError):
        return  # said where the form is checked
    if not isinstance(name, str):
        return
    if not _NAME.fullmatch(name):
        yield Flaw(
            "standard.name",
            Text(zh=f"{name!r} 只能有字母、数字和 . _ -", en=f"{name!r} may have letters, digits and . _ - alone"),
        )
    elif name in shipped_standards() and path.resolve().parent != shipped_folder().resolve():
        yield Flaw(
            "standard.name",
            Text(zh=f"{name} 是程序自带标准的名称，请另取名称", en=f"{name} comes with the program; take another name"),
        )


def _in_both(sentence: str) -> Text:
    """A sentence of an error, which is written in English, with its Chinese."""
    return Text(zh=wording(Language.CHINESE).tell(sentence), en=sentence)


def _suite(data: Mapping[str, Any]) -> Iterator[Flaw]:
    """Procedures and settings of the suite, and criteria that none of them determines."""
    entries = data.get("suite")
    if not isinstance(entries, list) or not entries:
        return
    determined: set[str] = set()
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            continue  # said where the form is checked
        name = str(entry.get("procedure", ""))
        place = f"suite[{number}] ({name})"
        try:
            procedure = find_procedure(name)
        except InputError as error:
            yield Flaw(f"{place}.procedure", Text(zh=f"没有名为 {name} 的测试程序", en=str(error)))
            continue
        determined.update(procedure.characteristics)
        settings = entry.get("settings", {})
        try:
            procedure.configure(_numbers(settings) if isinstance(settings, Mapping) else {})
        except InputError as error:
            yield Flaw(f"{place}.settings", _in_both(str(error)))
    yield from undetermined(data, determined)


def _numbers(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    return value


def errors(flaws: tuple[Flaw, ...]) -> tuple[Flaw, ...]:
    """Those that must be mended."""
    return tuple(flaw for flaw in flaws if flaw.weight is Weight.ERROR)
