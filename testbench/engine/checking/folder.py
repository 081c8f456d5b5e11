"""Problems of the folder that the results go to: no right to write, a network drive, too little room."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from testbench.engine.checking.problem import Place, PlaceKind, Problem, blocking, warning
from testbench.record.network import network_place
from testbench.text import Text

COMFORTABLE = 2.0
"""Below this many times the need somebody should know: others write to the disk too."""
FOLDER = Place(PlaceKind.FOLDER)
ANOTHER = Text(zh="请选择另一个文件夹", en="choose another folder")


def free_bytes(folder: Path) -> int | None:
    """Free bytes where a folder is, or is going to be; None where that cannot be told."""
    try:
        return shutil.disk_usage(_existing(folder)).free
    except OSError:
        return None


def folder_problems(folder: Path, needed: int | None) -> Iterator[Problem]:
    """What keeps results out of `folder`; `needed` bytes are going to be written."""
    try:
        there = _existing(folder)
    except OSError as error:
        why = error.strerror or str(error)
        yield blocking(
            FOLDER, Text(zh=f"文件夹路径不能用：{why}", en=f"the path of the folder cannot be used: {why}"), ANOTHER
        )
        return
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield blocking(
            FOLDER,
            Text(zh=f"不能写入文件夹 {there}", en=f"the folder {there} cannot be written to"),
            ANOTHER,
        )
        return
    network = network_place(there)
    if network is not None:
        yield blocking(
            FOLDER,
            Text(
                zh=f"{folder} 在网络上（{network}），记录不能放在那里",
                en=f"{folder} is on the network ({network}), where a record cannot be kept",
            ),
            Text(zh="请选择本机磁盘上的文件夹", en="choose a folder on a disk of this computer"),
        )
    free = free_bytes(folder)
    if needed is None or free is None or free >= COMFORTABLE * needed:
        return
    text = Text(
        zh=f"磁盘可用空间 {megabytes(free)}，约需 {megabytes(needed)}",
        en=f"{megabytes(free)} are free on the disk, about {megabytes(needed)} are needed",
    )
    remedy = Text(zh="请腾出空间，或选择另一个文件夹", en="free some space, or choose another folder")
    yield blocking(FOLDER, text, remedy) if free < needed else warning(FOLDER, text, remedy)


def megabytes(count: int) -> str:
    """A number of bytes as a person reads it: MB, from 1000 of them GB (powers of ten)."""
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists. Raises OSError for a path that no system takes."""
    folder = folder.absolute()
    while not folder.exists() and folder.parent != folder:
        folder = folder.parent
    return folder
