"""A console for tables that stay whole in a pipe and readable where the output knows only ASCII."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 240
"""Columns of a table that is not written to a terminal, so that nothing in it is cut."""

_ASCII = str.maketrans({"≤": "<=", "≥": ">=", "±": "+/-", "µ": "u", "–": "-", "−": "-", "°": " deg ", "²": "2", "³": "3"})


class Terminal:
    """Standard output: prints lines and tables of plain text, never interpreting what is in them."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, markup=False, emoji=False)
        if not self.console.is_terminal:
            self.console = Console(highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)
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
