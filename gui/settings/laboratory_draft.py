"""The laboratory's template while it is edited: its fields as texts, what is wrong with each, and how it is written.

No Qt here. A file that a person has edited by hand keeps its comments: only what was changed is written.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from importlib import resources
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.items import Table

from testbench.errors import InputError, TestbenchError
from testbench.office.report_numbers import next_number
from testbench.report.laboratory import DEFAULT_SCHEME, LaboratoryFile, read_text, with_pictures
from testbench.report.picture import picture_as_svg
from testbench.text import Language
from testbench.whole_file import write_whole

PICTURES = ("logo", "cma_mark", "cnas_mark")


def _at(*path: str) -> Any:
    return field(default="", metadata={"path": path})


@dataclass(frozen=True, slots=True)
class LaboratoryDraft:
    """Every field as it is typed; statements are one a line, the Chinese and the English beside each other."""

    name_zh: str = _at("laboratory", "name", "zh")
    name_en: str = _at("laboratory", "name", "en")
    address_zh: str = _at("laboratory", "address", "zh")
    address_en: str = _at("laboratory", "address", "en")
    phone: str = _at("laboratory", "phone")
    logo: str = _at("laboratory", "logo")
    cma_number: str = _at("cma", "number")
    cma_mark: str = _at("cma", "mark")
    cnas_number: str = _at("cnas", "number")
    cnas_mark: str = _at("cnas", "mark")
    number_scheme: str = _at("report", "number_scheme")
    number_from: str = _at("report", "number_from")
    statements_zh: str = _at("report", "statements")
    statements_en: str = _at("report", "statements")
    client_name: str = _at("client", "name")
    client_address: str = _at("client", "address")
    client_contact: str = _at("client", "contact")
    tested: str = _at("people", "tested")
    checked: str = _at("people", "checked")
    approved: str = _at("people", "approved")


PATHS: Mapping[str, tuple[str, ...]] = {part.name: part.metadata["path"] for part in fields(LaboratoryDraft)}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is made of a draft: what is wrong with which field, its pictures as SVG, and where nothing is wrong the number of
    the next report and its first page as PNG. `general` is what is wrong with no single field.
    """

    errors: Mapping[str, str]
    pictures: Mapping[str, str] = field(default_factory=dict)
    next_number: str = ""
    page: bytes = b""
    general: str = ""


def load(path: Path) -> LaboratoryDraft:
    """The template as it stands on the disk; the empty example where there is none. InputError where it cannot be read."""
    text = read_text(path) if path.is_file() else _example()
    try:
        return _draft(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, AttributeError, TypeError) as error:
        raise InputError(f"laboratory file {path} is not TOML: {error}") from error


def assess(draft: LaboratoryDraft, path: Path, language: Language, today: dt.date) -> Assessment:
    """Check a draft with its pictures, and set the first page; takes a second."""
    from testbench.report.specimen import first_page  # draws reports, which takes long to load

    pictures, errors = _pictures(draft, path)
    file, wrong = _validated(draft)
    errors |= wrong
    if file is None or errors:
        return Assessment(errors, pictures)
    try:
        template = with_pictures(file, path)
        number = next_number(template, today)
        return Assessment({}, pictures, number, first_page(template, language, number, dots_an_inch=110))
    except TestbenchError as error:
        return Assessment({}, pictures, general=str(error))


def save(draft: LaboratoryDraft, path: Path) -> LaboratoryDraft:
    """Write a draft; pictures from elsewhere are copied beside the file. Return it as it stands then."""
    wrong = _pictures(draft, path)[1] | _validated(draft)[1]
    if wrong:
        raise InputError(f"laboratory file {path}: {'; '.join(wrong.values())}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = replace(draft, **{name: _kept(getattr(draft, name), name, path) for name in PICTURES})
        write_whole(path, _text(draft, read_text(path) if path.is_file() else _example()))
    except OSError as error:
        raise InputError(f"laboratory file {path} cannot be written: {error.strerror or error}") from error
    return draft


def _pictures(draft: LaboratoryDraft, path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The pictures as SVG, and what is wrong with those that cannot be printed; both by field."""
    pictures: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name in PICTURES:
        if picture := getattr(draft, name):
            try:
                pictures[name] = picture_as_svg(path.parent / picture, "")
            except InputError as error:
                errors[name] = str(error).removeprefix(": ")
    return pictures, errors


def _validated(draft: LaboratoryDraft) -> tuple[LaboratoryFile | None, dict[str, str]]:
    """The file that a draft makes, or what is wrong with which field."""
    data = _data(draft)
    errors: dict[str, str] = {}
    if not draft.number_from.strip().isdecimal() or int(draft.number_from) < 1:
        errors["number_from"] = "a whole number from 1 on"
        data["report"]["number_from"] = 1
    try:
        file = LaboratoryFile.model_validate(data)
    except ValidationError as error:
        for item in error.errors():
            errors.setdefault(_field_of(tuple(map(str, item["loc"]))), item["msg"].removeprefix("Value error, "))
        return None, errors
    return (None if errors else file), errors


def _field_of(place: tuple[str, ...]) -> str:
    """The field that an error is shown at."""
    by_path = {path: name for name, path in PATHS.items()}
    if place in by_path:
        return by_path[place]
    return {"laboratory": "name_zh", "cma": "cma_number", "cnas": "cnas_number"}.get(place[0], "number_scheme")


def _draft(data: Mapping[str, Any]) -> LaboratoryDraft:
    values: dict[str, str] = {}
    for name, path in PATHS.items():
        if path == ("report", "statements"):
            language = name.removeprefix("statements_")
            listed = data.get("report", {}).get("statements", [])
            values[name] = "\n".join(str(item.get(language, "")) for item in listed).rstrip("\n")
            continue
        value: Any = data
        for key in path:
            value = value.get(key, {})
        values[name] = "" if value == {} else str(value)
    values["number_from"] = values["number_from"] or "1"
    values["number_scheme"] = values["number_scheme"] or DEFAULT_SCHEME
    return LaboratoryDraft(**values)


def _data(draft: LaboratoryDraft) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, path in PATHS.items():
        if path == ("report", "statements"):
            continue
        table = data
        for key in path[:-1]:
            table = table.setdefault(key, {})
        value = getattr(draft, name).strip()
        table[path[-1]] = int(value) if name == "number_from" and value.isdecimal() else value
    data["report"]["statements"] = _statements(draft)
    return data


def _statements(draft: LaboratoryDraft) -> list[dict[str, str]]:
    chinese, english = draft.statements_zh.splitlines(), draft.statements_en.splitlines()
    count = max(len(chinese), len(english))
    pairs = [
        (lines_zh.strip(), lines_en.strip())
        for lines_zh, lines_en in zip(_filled(chinese, count), _filled(english, count), strict=True)
    ]
    return [{key: text for key, text in (("zh", zh), ("en", en)) if text} for zh, en in pairs if zh or en]


def _filled(lines: list[str], count: int) -> list[str]:
    return lines + [""] * (count - len(lines))


def _text(draft: LaboratoryDraft, before: str) -> str:
    """The text of the file: what stood there, with the values of the draft."""
    document = tomlkit.parse(before)
    for section, values in _data(draft).items():
        table = document.get(section)
        if not isinstance(table, Table):
            table = tomlkit.table()
            document[section] = table
        for key, value in values.items():
            if table.get(key) != value:
                table[key] = _item(value)
    return tomlkit.dumps(document)


def _item(value: Any) -> Any:
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        inline.update(value)
        return inline
    if isinstance(value, list):
        array = tomlkit.array()
        for entry in value:
            array.append(_item(entry))
        return array.multiline(bool(value))
    return value


def _kept(picture: str, name: str, path: Path) -> str:
    """A picture's name beside the file; one from elsewhere is copied there."""
    if not picture:
        return ""
    source = path.parent / picture
    if source.parent.resolve() == path.parent.resolve():
        return source.name
    target = path.with_name(f"{path.stem}-{name.replace('_', '-')}{source.suffix.lower()}")
    shutil.copyfile(source, target)
    return target.name


def _example() -> str:
    return (resources.files("testbench.report") / "laboratory_example.toml").read_text(encoding="utf-8")
