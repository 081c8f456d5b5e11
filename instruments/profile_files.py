"""Profiles as files: one that is shipped is found by its name, one of the lab's own by its path."""

from __future__ import annotations

import tomllib
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from testbench.errors import InputError, explain

Profile = TypeVar("Profile", bound=BaseModel)


def profiles_in(folder: Traversable) -> list[str]:
    """Names of the profiles that are shipped in a folder."""
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def read_profile_file(name: str, model: type[Profile], folder: Traversable, kind: str) -> Profile:
    """Read a shipped profile by name, or a file by path; raise InputError saying what is wrong and where.

    `kind` is what such a profile is called ("Modbus profile"), `folder` where those of that kind are shipped. A byte order
    mark, which some editors write, is passed over.
    """
    listing = f"shipped profiles: {', '.join(profiles_in(folder))}; a file of your own is given by its path (ours.toml)"
    if name.endswith(".toml") or "/" in name or "\\" in name:
        path = Path(name)
        try:
            return parse_profile_text(path.read_text(encoding="utf-8-sig"), str(path), model)
        except FileNotFoundError:
            raise InputError(f"profile file {path.absolute()} does not exist; {listing}") from None
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"profile file {path.absolute()} cannot be read: {error}") from error
    if name not in profiles_in(folder):
        raise InputError(f"there is no {kind} {name!r}; {listing}")
    return parse_profile_text((folder / f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml", model)


def parse_profile_text(text: str, place: str, model: type[Profile]) -> Profile:
    """Check the text of a profile; `place` names it in errors."""
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"profile {place} is not valid TOML: {error}") from error
    except ValidationError as error:
        raise InputError(f"profile {place}: {explain(error)}") from error
