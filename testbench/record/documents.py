"""JSON documents in the record: settings, arguments, results. What JSON cannot say (NaN, infinity) is refused by name."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np

from testbench.errors import RecordError


def plain(document: Any, where: str) -> Any:
    """Turn mappings, sequences, enums and numpy scalars into JSON types; RecordError names the place of what is none."""
    if isinstance(document, Enum):
        return plain(document.value, where)
    if isinstance(document, np.generic):
        document = document.item()
    if document is None or isinstance(document, str | bool | int):
        return document
    if isinstance(document, float):
        if not math.isfinite(document):
            raise RecordError(f"{where} is {document}, which cannot be recorded; give None for a value that is missing")
        return float(document)
    if isinstance(document, Mapping):
        for key in document:
            if not isinstance(key, str):
                raise RecordError(f"{where} has the key {key!r}; keys of recorded documents are texts")
        return {str(key): plain(value, f"{where}.{key}") for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [plain(value, f"{where}[{index}]") for index, value in enumerate(document)]
    raise RecordError(
        f"{where} is a {type(document).__name__}, which cannot be recorded; give numbers, texts, lists, mappings"
    )


def dump(document: Any) -> str:
    """Write a plain document; the order of its keys is kept."""
    return printable(json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")))


def canonical(document: Any) -> bytes:
    """Write a plain document the one way that a digest is taken of: keys sorted, no spaces, UTF-8."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return printable(text).encode()


def printable(text: str) -> str:
    """Escape what a database cannot keep as text: undecodable bytes (lone surrogates) and NUL."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
