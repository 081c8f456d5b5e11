"""`testbench instruments hj212-check`: captured frames of HJ 212 decoded, and every departure from the standard named."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from instruments.hj212.decoding import FAULTLESS, described
from instruments.hj212.frame import LONGEST_FRAME, Frame
from instruments.hj212.reader import FrameReader, Refused
from testbench.commands.options import add_language
from testbench.errors import InputError
from testbench.text import Language, Text

DESCRIPTION = """\
Reads a file of captured frames of HJ 212, decodes each, and names every departure from HJ 212-2017:

  testbench instruments hj212-check captured.txt

A file whose lines end with a line feed alone, as editors write them, is read as if they ended as the standard has it. The
exit status is 0 if every frame is as the standard has it, else 1.
"""
COUNTED = Text(
    "{frames} 帧，其中 {faultless} 帧符合标准；另有 {refused} 处不是帧",
    "frames: {frames}, as the standard has it: {faultless}; pieces that are no frames: {refused}",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the captured frames")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Decode them; 1 where anything departs from the standard."""
    language = Language(arguments.language)
    frames = faultless = refused = 0
    for found in read(arguments.file):
        for line in described(found, language):
            print(line)
        if isinstance(found, Refused):
            refused += 1
            continue
        frames += 1
        if not found.defects:
            faultless += 1
            print(f"    {FAULTLESS.say(language)}")
    print(COUNTED.say(language).format(frames=frames, faultless=faultless, refused=refused))
    return 0 if frames == faultless and not refused else 1


def read(path: Path) -> Iterator[Frame | Refused]:
    """What a file has; raise InputError where it cannot be read or is empty."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error
    if not data.strip():
        raise InputError(f"{path} has nothing in it; give a file with captured frames")
    if b"\r" not in data:
        data = data.replace(b"\n", b"\r\n")
        data += b"" if data.endswith(b"\n") else b"\r\n"
    reader = FrameReader()
    for start in range(0, len(data), LONGEST_FRAME):
        yield from reader.feed(data[start : start + LONGEST_FRAME])
    yield from reader.flush()
