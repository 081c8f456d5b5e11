"""A text file is whole before it bears its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from testbench.whole_file import write_whole


def test_a_file_is_replaced_with_line_ends_and_signs_as_given(tmp_path: Path) -> None:
    path = tmp_path / "标准 1.toml"
    path.write_text("before")
    write_whole(path, "烟气\r\nµmol/mol\n")
    assert path.read_bytes() == "烟气\r\nµmol/mol\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_file_of_before_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("before")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half of it \udc80")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_whole(tmp_path / "nowhere" / "note.txt", "text")
