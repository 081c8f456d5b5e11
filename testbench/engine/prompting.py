"""What a question to the operator is: its text, what may be answered, the picture that is shown with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from testbench.errors import InputError


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to the operator: its text, the unit of a number that is asked for, and the answer to be expected.

    With `choices` one of these texts is asked for, with `wants_picture` a picture too (a photograph of a display). `picture`
    is a PNG or JPEG file that is shown with the question; a relative path begins in the folder of the procedure's file.
    """

    text: str
    unit: str | None = None
    expected: float | None = None
    choices: tuple[str, ...] = ()
    picture: Path | None = None
    wants_picture: bool = False

    def __post_init__(self) -> None:
        if self.choices and self.unit is not None:
            raise InputError(f"the question {self.text!r} has choices and a unit; ask for a number or for a choice")
        if len(set(self.choices)) != len(self.choices) or not all(choice.strip() for choice in self.choices):
            raise InputError(f"the question {self.text!r} has choices that are empty or alike; make them different texts")

    def beside(self, folder: Path | None) -> Prompt:
        """The same question with the path of its picture from `folder` on; InputError where no such file is."""
        if self.picture is None:
            return self
        path = self.picture if folder is None else folder / self.picture
        if not path.is_file():
            raise InputError(f"the question {self.text!r} shows the picture {path}, which is not there; put it there")
        return replace(self, picture=path)

    def arguments(self) -> dict[str, Any]:
        """What a journal keeps of it; what a question does not have is left out."""
        arguments: dict[str, Any] = {"text": self.text, "unit": self.unit}
        if self.choices:
            arguments["choices"] = list(self.choices)
        if self.picture is not None:
            arguments["picture"] = self.picture.name if self.picture.is_absolute() else self.picture.as_posix()
        if self.wants_picture:
            arguments["wants_picture"] = True
        return arguments


def folder_of(function: Callable[..., Any]) -> Path | None:
    """The folder of the file that a procedure is written in; None where it is not written in one."""
    try:
        return Path(inspect.getfile(inspect.unwrap(function))).parent
    except TypeError:
        return None


def asked_for(unit: str, choices: Sequence[str]) -> str:
    """What is asked for, behind the text of a question: " [L/min]", " [yes | no]"; empty for a text."""
    return f" [{unit}]" if unit else f" [{' | '.join(choices)}]" if choices else ""


def answer_words(unit: str, choices: Sequence[str], *, wants_picture: bool) -> str:
    """What stands behind `testbench answer RUN --prompt N`, with names in capitals for what is to be given."""
    value = "VALUE" if unit else "CHOICE" if choices else "" if wants_picture else "done"
    return " ".join(word for word in (value, "--file PICTURE" if wants_picture else "") if word)
