"""A person's picture file (PNG, JPEG, SVG), checked, and made an SVG that the report can set."""

from __future__ import annotations

import base64
import struct
import xml.etree.ElementTree as ET
from pathlib import Path

from testbench.errors import InputError

LARGEST_BYTES = 2_000_000
MOST_PIXELS = 40_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_SVG = "{http://www.w3.org/2000/svg}"
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # JPEG segments that state the size (ITU-T T.81, table B.1)
_REFUSED = {
    "text": "holds text, which is not printed without its font; convert the text to paths",
    "script": "holds a script; save it as a plain SVG",
    "foreignObject": "holds a foreign object; save it as a plain SVG",
}


def picture_as_svg(path: Path, where: str) -> str:
    """Return the picture as SVG text; InputError, beginning with `where`, for a file that cannot be used."""
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise InputError(
                f"{where}: {path} has {size / 1e6:.1f} MB, more than {LARGEST_BYTES / 1e6:.0f} MB; make the picture smaller"
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{where}: {path} cannot be read: {error.strerror or error}; choose another picture") from error
    try:
        return _as_svg(data)
    except ValueError as error:
        raise InputError(f"{where}: {path} {error}") from None


def _as_svg(data: bytes) -> str:
    if data.startswith(_PNG):
        return _wrapped(data, "image/png", *_png_size(data))
    if data.startswith(_JPEG):
        return _wrapped(data, "image/jpeg", *_jpeg_size(data))
    return _plain_svg(data)


def _wrapped(data: bytes, kind: str, width: int, height: int) -> str:
    if not (width and height):
        raise ValueError("has no size; save the picture anew")
    if width * height > MOST_PIXELS:
        raise ValueError(f"has {width} × {height} pixels; make the picture smaller")
    text = base64.b64encode(data).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'xlink:href="data:{kind};base64,{text}"/></svg>'
    )


def _png_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels from the header chunk, which is the first."""
    if len(data) < 33 or data[12:16] != b"IHDR" or b"IEND" not in data[-16:]:
        raise ValueError("is no whole PNG picture; save it anew")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels from the segment that begins the frame."""
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        kind, (length,) = data[place + 1], struct.unpack(">H", data[place + 2 : place + 4])
        if kind in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + length
    raise ValueError("is no whole JPEG picture; save it anew")


def _plain_svg(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise ValueError("has a document type; save it as a plain SVG")
        root = ET.fromstring(text)
    except (UnicodeDecodeError, ET.ParseError):
        raise ValueError("is neither PNG nor JPEG nor SVG; save the picture as one of these") from None
    if root.tag != f"{_SVG}svg":
        raise ValueError("is XML, but no SVG picture; save the picture as PNG, JPEG or SVG")
    for element in root.iter():
        name = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else ""
        if name in _REFUSED:
            raise ValueError(_REFUSED[name])
        for key, value in element.attrib.items():
            if key.endswith("href") and not value.startswith(("#", "data:image/")):
                raise ValueError(f"refers to another file ({value[:60]}); embed it, or save the picture as PNG")
    return text
