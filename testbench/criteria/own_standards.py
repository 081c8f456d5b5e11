"""A laboratory's own standards: copied, confirmed figure by figure, locked, and given new versions.

Files are edited as text: comments, order and layout stay. Nothing is written that cannot be read back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomlkit

from testbench.criteria.folder import VERSION_SIGN, check_name, file_path, own_path, own_standards, version_path
from testbench.criteria.lock import locked_text, unlocked_text
from testbench.criteria.requirement import Requirement
from testbench.criteria.standard import Criterion, Standard, load_standard, parse_standard, shipped_standards
from testbench.errors import InputError, StandardError, suggest
from testbench.whole_file import write_whole


@dataclass(frozen=True, slots=True)
class Figure:
    """Which limit of a standard is meant: of a characteristic, and where there are several, for what and in which place.

    `tier` and `alternative` count from 1; so does `number`, the place of the criterion in the file, where it is known.
    """

    characteristic: str
    measurand: str | None = None
    unit: str | None = None
    tier: int | None = None
    alternative: int | None = None
    number: int | None = None


def copy_standard(name: str, new: str | None = None) -> Path:
    """Copy a standard into the laboratory's folder, as version 1 of the name `new` (NAME-own); return the file.

    InputError where the name is taken; a lock does not come along.
    """
    original = load_standard(name)
    if original.parts:
        raise InputError("several standards at once cannot be copied; copy each of them")
    wanted = check_name(new or f"{original.name}-own")
    if wanted in shipped_standards():
        raise InputError(f"{wanted} is a standard that comes with the program; give your copy another name with --as")
    path = file_path(wanted)
    if path.exists():
        raise InputError(f"{wanted} is there already: {path}; give your copy another name with --as")
    document = tomlkit.parse(unlocked_text(original.text))
    head: Any = document["standard"]
    head["name"] = wanted
    head["version"] = 1
    head["copied_from"] = f"{original.name}{VERSION_SIGN}{original.version} sha256:{original.digest}"
    _write(path, tomlkit.dumps(document))
    return path


def confirm(
    name: str, figure: Figure, *, by: str, edition: str, at: dt.datetime, limit: Decimal | None = None
) -> tuple[Requirement, Requirement]:
    """Enter that someone has read a limit in the standard's own text; return it as it was and as it is.

    `edition` says where, such as "HJ 76-2017, page 12"; `limit` is what stands there where the file has another figure.
    The mark becomes P, what was known before stays in `evidence.confirmed`. InputError for a locked file, one that is not
    the laboratory's own, and where the figure is not found or not the only one.
    """
    by, edition = by.strip(), edition.strip()
    if not by or not edition:
        raise InputError('say who confirms the figure (--by) and where it was read (`--edition "HJ 76-2017, page 12"`)')
    path, standard = _open(name)
    number = _criterion(standard, figure)
    key, index = _place(standard.criteria[number], figure)
    before = _requirement(standard, number, key, index)
    document = tomlkit.parse(standard.text)
    criteria: Any = document["criterion"]
    entry = criteria[number][key]
    _confirm_in(entry if index is None else entry[index], before, by, edition, at, limit)
    after = _requirement(_write(path, tomlkit.dumps(document)), number, key, index)
    return before, after


def lock(name: str, *, by: str, at: dt.datetime) -> Standard:
    """Lock an own standard: from now on a change is refused. The text is kept as this version in the folder, too."""
    by = by.strip()
    if not by:
        raise InputError("say who locks the file: --by NAME")
    path, standard = _open(name)
    kept = version_path(standard.name, standard.version)
    if kept.exists():
        raise InputError(
            f"version {standard.version} of {standard.name} was locked already and is kept as {kept}; set "
            f"standard.version of {path} to a number that was not used yet"
        )
    text = locked_text(standard.text, by, at)
    _write(kept, text)
    return _write(path, text)


def new_version(name: str) -> Standard:
    """Make a version of a locked standard that can be changed: without the lock, its number counted up.

    What was changed in the locked file since is kept in the new version. InputError where it is not locked.
    """
    path = _own(name)
    text = path.read_text(encoding="utf-8-sig")
    unlocked = unlocked_text(text)
    if unlocked == text:
        raise InputError(f"{name} is not locked; change it as it is: {path}")
    document = tomlkit.parse(unlocked)
    head: Any = document["standard"]
    head["version"] = int(head.get("version", 1)) + 1
    return _write(path, tomlkit.dumps(document))


def _own(name: str) -> Path:
    """The present file of an own standard."""
    path = None if VERSION_SIGN in name else own_path(name)
    if path is not None:
        return path
    if name in shipped_standards():
        raise InputError(
            f"{name} comes with the program and is not changed; copy it first: `testbench standards copy {name}`"
        )
    if VERSION_SIGN in name:
        raise InputError(f"{name} is a former version and stays as it is; change {name.partition(VERSION_SIGN)[0]}")
    raise InputError(f"no own standard {name!r}; {suggest(name, own_standards())}")


def _open(name: str) -> tuple[Path, Standard]:
    """An own standard that may be changed."""
    path = _own(name)
    standard = load_standard(name)
    if standard.lock is not None:
        raise StandardError(
            f"{name} cannot be changed: it was locked by {standard.lock.by} on {standard.lock.at:%Y-%m-%d}; "
            f"make a new version first: `testbench standards new-version {name}`"
        )
    return path, standard


def _criterion(standard: Standard, figure: Figure) -> int:
    """Which criterion is meant, counted from 0."""
    same = [n for n, c in enumerate(standard.criteria) if c.characteristic == figure.characteristic]
    if figure.number is not None and figure.number - 1 in same:
        return figure.number - 1
    if not same:
        names = {criterion.characteristic for criterion in standard.criteria}
        raise InputError(
            f"{standard.name} has no criterion {figure.characteristic!r}; {suggest(figure.characteristic, names)}"
        )
    found = [n for n in same if standard.criteria[n].applies_to(figure.measurand, figure.unit)]
    if len(found) == 1:
        return found[0]
    scopes = "; ".join(_scope(standard.criteria[n]) for n in found or same)
    which = "none of them is meant" if not found else "say which with --measurand and --unit"
    raise InputError(f"{standard.name} has several criteria for {figure.characteristic}: {scopes}; {which}")


def _scope(criterion: Criterion) -> str:
    measurands = ", ".join(criterion.measurands) or "any measurand"
    return f"{measurands} in {', '.join(criterion.units)}" if criterion.units else measurands


def _place(criterion: Criterion, figure: Figure) -> tuple[str, int | None]:
    """The key of the requirement's table, and its index where it is one of a list."""
    if figure.tier is not None and figure.alternative is not None:
        raise InputError("give --tier or --alternative, not both")
    if figure.alternative is not None:
        return "alternatives", _index(figure.alternative, criterion.alternatives, criterion, "--alternative")
    if criterion.requirement is None:
        return "tiers", _index(figure.tier, criterion.tiers, criterion, "--tier")
    if figure.tier is not None:
        raise InputError(f"{criterion.characteristic} has one limit and no tiers; leave --tier out")
    return "requirement", None


def _index(number: int | None, entries: Sequence[Requirement], criterion: Criterion, option: str) -> int:
    if number is None or not 1 <= number <= len(entries):
        listing = ", ".join(f"{n}: {entry.limit:f} {entry.unit}" for n, entry in enumerate(entries, start=1)) or "none"
        raise InputError(f"{criterion.characteristic}: give {option} N, one of {listing}")
    return number - 1


def _requirement(standard: Standard, number: int, key: str, index: int | None) -> Requirement:
    found = getattr(standard.criteria[number], key)
    requirement = found if index is None else found[index]
    assert isinstance(requirement, Requirement)
    return requirement


def _confirm_in(table: Any, before: Requirement, by: str, edition: str, at: dt.datetime, limit: Decimal | None) -> None:
    """Write a confirmation into the table of a requirement."""
    evidence = before.evidence
    former = tomlkit.inline_table()
    former["mark"] = evidence.mark.value
    if evidence.confidence is not None:
        former["confidence"] = evidence.confidence
    if evidence.source:
        former["source"] = evidence.source
    if limit is not None and limit != before.limit:
        former["limit"] = _number(before.limit)
        table["limit"] = _number(limit)
        if before.grades:
            table["grades"][-1]["limit"] = _number(limit)
    entry = tomlkit.inline_table()
    entry["by"], entry["at"], entry["edition"], entry["former"] = by, at.replace(microsecond=0), edition, former
    known = table["evidence"]
    known["mark"], known["source"] = "P", edition
    known.pop("confidence", None)
    if "confirmed" in known:
        known["confirmed"].append(entry)
    else:
        entries = tomlkit.array()
        entries.append(entry)
        known["confirmed"] = entries


def _number(value: Decimal) -> Any:
    """A number as TOML writes it, with the digits it has."""
    return tomlkit.value(re.sub(r"\.$", "", f"{value:f}"))


def _write(path: Path, text: str) -> Standard:
    """Check a text, then write it in one go; what cannot be read back is not written."""
    standard = parse_standard(text, str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error
    return standard
