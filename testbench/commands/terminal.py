"""A console for tables that stay whole in a pipe and readable where the output knows only ASCII."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterable
from typing import IO, cast

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 240
"""Columns of a table that is not written to a terminal, so that nothing in it is cut."""

_ASCII = str.maketrans({"≤": "<=", "≥": ">=", "±": "+/-", "µ": "u", "–": "-", "−": "-", "°": " deg ", "²": "2", "³": "3"})


class LastingOutput(io.TextIOBase):
    """Standard output that becomes silent when its reader has gone, so that a run does not end with its terminal."""

    def __init__(self) -> None:
        self._output = sys.stdout

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of standard output."""
        return getattr(self._output, "encoding", None) or "utf-8"

    def fileno(self) -> int:
        """The descriptor of standard output."""
        return self._output.fileno()

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._output.isatty()

    def write(self, text: str) -> int:
        """Write, or forget it when nobody reads any more."""
        try:
            self._output.write(text)
        except OSError:
            self._silence()
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush, as long as somebody reads."""
        try:
            self._output.flush()
        except OSError:
            self._silence()

    def _silence(self) -> None:
        """Send what is still to come to nowhere, the rest in the buffer included."""
        with contextlib.suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), self._output.fileno())


class Terminal:
    """Standard output: prints lines and tables of plain text, never interpreting what is in them.

    A `lasting` one outlives its reader: what is printed then is lost, and nothing else.
    """

    def __init__(self, *, lasting: bool = False) -> None:
        file = cast(IO[str], LastingOutput()) if lasting else None
        self.console = Console(highlight=False, markup=False, emoji=False, file=file)
        if not self.console.is_terminal:
            self.console = Console(highlight=False, markup=False, emoji=False, width=PIPE_WIDTH, file=file)
        encoding = getattr(sys.stdout, "encoding", None) or "ascii"
        try:
            "≤±µ┃".encode(encoding)
            self.only_ascii = False
        except (UnicodeEncodeError, LookupError):
            self.only_ascii = True

    def plain(self, text: str) -> str:
        """The text with the field's signs spelled out where the output cannot show them."""
        return text.translate(_ASCII) if self.only_ascii else text

    def line(self, text: str = "", style: str = "") -> None:
        """Print one line; it is folded by the terminal only."""
        self.console.print(Text(self.plain(text), style=style), soft_wrap=True)

    def table(self, *headings: str, right: tuple[int, ...] = ()) -> Table:
        """An empty table; the columns of the given numbers are aligned right."""
        table = Table(box=box.ASCII if self.only_ascii else box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for number, heading in enumerate(headings):
            justify = "right" if number in right else "left"
            table.add_column(Text(self.plain(heading)), justify="right" if justify == "right" else "left", overflow="fold")
        return table

    def row(self, table: Table, *cells: str, style: str = "") -> None:
        """Add one row of plain text."""
        table.add_row(*(Text(self.plain(cell), style=style) for cell in cells))

    def print(self, table: Table) -> None:
        """Print a table."""
        self.console.print(table)
