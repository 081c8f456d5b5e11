"""What happened to an entry: changes with the values before and after, and its uses in evaluations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from testbench.text import Text


class Deed(StrEnum):
    """What was done."""

    ENTERED = "entered"
    CHANGED = "changed"
    RETIRED = "retired"
    REINSTATED = "reinstated"
    FILE_ADDED = "file added"
    FILE_REMOVED = "file removed"
    USED = "used"


DEED_WORDS = {
    Deed.ENTERED: Text(zh="登记", en="entered"),
    Deed.CHANGED: Text(zh="修改", en="changed"),
    Deed.RETIRED: Text(zh="停用", en="retired"),
    Deed.REINSTATED: Text(zh="恢复使用", en="reinstated"),
    Deed.FILE_ADDED: Text(zh="添加文件", en="file added"),
    Deed.FILE_REMOVED: Text(zh="移除文件", en="file removed"),
    Deed.USED: Text(zh="使用", en="used"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """Who did what to an entry and when. `values` has the value before and after of every field that changed.

    `detail` is the name of a file, the reason for retiring, or the evaluation that used it.
    """

    at: dt.datetime
    by: str
    deed: Deed
    detail: str
    values: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Use:
    """A use in an evaluation; `litres` of gas, None where it was not a gas or not reckoned."""

    evaluation: str
    litres: float | None
    at: dt.datetime
    by: str
