"""Where a laboratory keeps its own criteria files: a folder, one TOML file a standard, former versions beside.

    <folder>/our-hj76.toml               the present version, found by the name `our-hj76`
    <folder>/versions/our-hj76@1.toml    version 1 as it was locked, found by the name `our-hj76@1`

The folder is that of the environment variable TESTBENCH_STANDARDS, else `standards` in the user's state folder.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from testbench.errors import InputError
from testbench.state_folder import state_folder

VARIABLE = "TESTBENCH_STANDARDS"
VERSION_SIGN = "@"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


def standards_folder() -> Path:
    """The folder of the laboratory's own criteria files; it may not be there yet."""
    folder = os.environ.get(VARIABLE)
    return Path(folder) if folder else state_folder() / "standards"


def own_standards() -> tuple[str, ...]:
    """Names of the laboratory's own standards, in alphabetical order."""
    try:
        return tuple(sorted(path.stem for path in standards_folder().glob("*.toml") if path.is_file()))
    except OSError:
        return ()


def own_path(name: str) -> Path | None:
    """The file of one of the laboratory's own standards, `NAME` or `NAME@2`; None where there is none."""
    own, sign, version = name.partition(VERSION_SIGN)
    if not _NAME.fullmatch(own) or (sign and not version.isdigit()):
        return None
    path = version_path(own, int(version)) if sign else file_path(own)
    if path.is_file():
        return path
    return file_path(own) if sign and _present_version(own) == int(version) else None


def file_path(name: str) -> Path:
    """Where the present version of an own standard is kept."""
    return standards_folder() / f"{name}.toml"


def version_path(name: str, version: int) -> Path:
    """Where a locked version of an own standard is kept."""
    return standards_folder() / "versions" / f"{name}{VERSION_SIGN}{version}.toml"


def check_name(name: str) -> str:
    """The name of an own standard; InputError for one that cannot be a file's."""
    if not _NAME.fullmatch(name) or name.endswith((".toml", ".")):
        raise InputError(f"{name!r} cannot be a standard's name; use small letters, digits, '-', '_', '.'")
    return name


def _present_version(name: str) -> int | None:
    """The version that the present file states; None where it cannot be read."""
    import tomllib

    try:
        return int(tomllib.loads(file_path(name).read_text(encoding="utf-8-sig"))["standard"].get("version", 1))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None
