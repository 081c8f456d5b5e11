"""The station files that this user works with: a small list in the state folder, and which one was chosen last."""

from __future__ import annotations

import contextlib
import json
from importlib import resources
from pathlib import Path

from testbench.errors import InputError

FILE = "stations.json"


class StationShelf:
    """Known station files, the one that was added last first; a file that has gone is left out."""

    def __init__(self, state: Path, folder: Path) -> None:
        self._list = state / FILE
        self._folder = folder
        self._paths, self._chosen = self._read()

    def paths(self) -> list[Path]:
        """The station files that are there."""
        return [path for path in self._paths if path.is_file()]

    @property
    def chosen(self) -> Path | None:
        """The one that was chosen last, else the first; None where there is none."""
        paths = self.paths()
        return self._chosen if self._chosen in paths else paths[0] if paths else None

    @chosen.setter
    def chosen(self, path: Path | None) -> None:
        self._chosen = None if path is None else path.absolute()
        self._write()

    def add(self, path: Path) -> None:
        """Put a file on the list."""
        path = path.absolute()
        self._paths = [path, *(known for known in self._paths if known != path)]
        self._write()

    def remove(self, path: Path) -> None:
        """Take a file off the list; the file stays."""
        self._paths = [known for known in self._paths if known != path.absolute()]
        self._write()

    def new_simulated(self) -> Path:
        """Write a station file of the simulated bench beside the others, under a name that is free, and add it."""
        text = resources.files("testbench").joinpath("stations", "simulated.toml").read_text(encoding="utf-8")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            number = 1
            while (path := self._folder / f"simulated-{number}.toml").exists():
                number += 1
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(
                f"a station file cannot be written to {self._folder}: {error.strerror or error}; choose another folder "
                "in the settings"
            ) from error
        self.add(path)
        return path

    def _read(self) -> tuple[list[Path], Path | None]:
        try:
            document = json.loads(self._list.read_text(encoding="utf-8"))
            chosen = document.get("chosen")
            return [Path(path) for path in document["stations"]], Path(chosen) if chosen else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # no list yet, or not one of ours
            return [], None

    def _write(self) -> None:
        document = {"stations": [str(path) for path in self._paths], "chosen": str(self._chosen or "")}
        with contextlib.suppress(OSError):
            self._list.parent.mkdir(parents=True, exist_ok=True)
            self._list.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
