"""The data segment of HJ 212: `QN=…;ST=31;CN=2011;PW=…;MN=…;Flag=5;CP=&&DataTime=…;a05001-Rtd=12.34,a05001-Flag=N&&`.

The fields have types; the data between && and && are groups (separated by `;`) of items NAME=VALUE (separated by `,`), of
which CODE-FIELD names belong to a pollutant. Nothing is lost: codes and fields that are not known are items like others.

    >>> found = parse_segment("QN=20260101120000000;ST=31;CN=2011;PW=123456;MN=M1;Flag=4;CP=&&a05001-Rtd=12.3&&")
    >>> found.readings["a05001"].number("Rtd")
    12.3
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from instruments.hj212.codes import is_code_of_2005
from instruments.hj212.defects import Defect, DefectKind

HEADER = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO")
OPTIONAL = ("PNUM", "PNO")
FORMS = {
    "QN": re.compile(r"[0-9]{17}"),
    "ST": re.compile(r"[0-9]{2}"),
    "CN": re.compile(r"[0-9]{4}"),
    "Flag": re.compile(r"[0-9]{1,3}"),
    "PNUM": re.compile(r"[0-9]{1,4}"),
    "PNO": re.compile(r"[0-9]{1,4}"),
}
VERSIONS = {0: "2005", 1: "2017", 2: "2025"}
_SPELLED = {name.lower(): name for name in HEADER}
_STRAY = " \t,"


@dataclass(frozen=True, slots=True)
class Flag:
    """The flag of a segment: bit 0 asks for an acknowledgement, bit 1 tells of packet numbers, the rest is the version."""

    value: int

    @property
    def acknowledge(self) -> bool:
        """Whether an acknowledgement is asked for."""
        return bool(self.value & 1)

    @property
    def numbered(self) -> bool:
        """Whether the segment is one of several packets, with PNUM and PNO."""
        return bool(self.value & 2)

    @property
    def version(self) -> int:
        """Version of the standard: 0 (2005), 1 (2017), 2 (2025); others are not known."""
        return self.value >> 2

    @classmethod
    def of(cls, *, acknowledge: bool = False, numbered: bool = False, version: int = 1) -> Flag:
        """The flag that says so."""
        return cls(version << 2 | numbered << 1 | acknowledge)


@dataclass(frozen=True, slots=True)
class Item:
    """NAME=VALUE among the data; `value` None where there is no equals sign."""

    name: str
    value: str | None

    @property
    def code(self) -> str:
        """The pollutant's code of CODE-FIELD; empty for another name."""
        code, dash, _ = self.name.partition("-")
        return code if dash else ""

    @property
    def field(self) -> str:
        """What follows the code: Rtd, Min, Avg, Max, Cou, ZsRtd, Flag, SampleTime …"""
        return self.name.partition("-")[2]

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name}={self.value}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a segment says of one code: its fields by name, as they were sent."""

    code: str
    fields: dict[str, str]

    def number(self, field: str) -> float | None:
        """A field as a number; None where it is not there, or is no finite number."""
        return number(self.fields.get(field))

    @property
    def flag(self) -> str:
        """The data flag; N (normal) where none is sent."""
        return self.fields.get("Flag", "N")


@dataclass(frozen=True, slots=True)
class Segment:
    """A data segment; a field that was not there is None. `others` are fields that the standard does not know."""

    qn: str | None = None
    st: str | None = None
    cn: int | None = None
    pw: str | None = None
    mn: str | None = None
    flag: Flag | None = None
    pnum: int | None = None
    pno: int | None = None
    groups: tuple[tuple[Item, ...], ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    defects: tuple[Defect, ...] = ()

    @property
    def readings(self) -> dict[str, Reading]:
        """The data by code, in the order in which they came."""
        found: dict[str, Reading] = {}
        for item in self.items:
            if item.code and item.value is not None:
                found.setdefault(item.code, Reading(item.code, {})).fields.setdefault(item.field, item.value)
        return found

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of all groups."""
        return tuple(item for group in self.groups for item in group)

    def parameter(self, name: str) -> str | None:
        """The value of an item such as DataTime or QnRtn; None where it is not there."""
        return next((item.value for item in self.items if item.name == name), None)

    @property
    def data_time(self) -> dt.datetime | None:
        """DataTime in the logger's own time; None where it is not there or cannot be."""
        return moment(self.parameter("DataTime"))

    @property
    def time(self) -> dt.datetime | None:
        """When the segment was made, by its QN."""
        return moment(self.qn)

    def __str__(self) -> str:
        """The segment as it is sent; its fields in the standard's order."""
        values = (self.qn, self.st, self.cn, self.pw, self.mn, None if self.flag is None else self.flag.value)
        fields = [*zip(HEADER, (*values, self.pnum, self.pno), strict=True), *self.others]
        head = "".join(f"{name}={value};" for name, value in fields if value is not None)
        return f"{head}CP=&&{';'.join(','.join(map(str, group)) for group in self.groups)}&&"


def number(text: str | None) -> float | None:
    """A finite decimal number; None for anything else (an underscore, `nan`, digits of other scripts)."""
    if text is None or not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def moment(text: str | None) -> dt.datetime | None:
    """A time of HJ 212: YYYYMMDDhhmmss, with milliseconds in a QN; None for what is none. It has no zone."""
    if text is None or not re.fullmatch(r"[0-9]{14}([0-9]{3})?", text):
        return None
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    hour, minute, second, milliseconds = int(text[8:10]), int(text[10:12]), int(text[12:14]), int(text[14:] or "0")
    try:
        return dt.datetime(year, month, day, hour, minute, second, milliseconds * 1000)  # noqa: DTZ001 - a zone is not stated
    except ValueError:
        return None


def group(*pairs: tuple[str, object]) -> tuple[Item, ...]:
    """A group of items: `group(("a05001-Rtd", "12.3"), ("a05001-Flag", "N"))`."""
    return tuple(Item(name, str(value)) for name, value in pairs)


def parse_segment(text: str) -> Segment:
    """Take a segment apart; never raises: what departs from the standard is named in `defects`."""
    defects: list[Defect] = []
    head, data = _split(text, defects)
    found, others = _header(head, defects)
    groups = _groups(data, defects)
    defects += _of_items([item for each in groups for item in each])
    flag = _integer(found.get("Flag"))
    segment = Segment(
        qn=found.get("QN"),
        st=found.get("ST"),
        cn=_integer(found.get("CN")),
        pw=found.get("PW"),
        mn=found.get("MN"),
        flag=None if flag is None else Flag(flag),
        pnum=_integer(found.get("PNUM")),
        pno=_integer(found.get("PNO")),
        groups=groups,
        others=tuple(others),
    )
    defects += _of_version(segment)
    defects += _of_packets(segment)
    return replace(segment, defects=tuple(defects))


def _split(text: str, defects: list[Defect]) -> tuple[str, str]:
    """What stands before CP, and what stands between its && and &&."""
    start = re.search(r"CP=", text)
    if start is None:
        defects.append(Defect(DefectKind.MISSING, "the field CP is missing"))
        return text, ""
    head, data = text[: start.start()], text[start.end() :].rstrip(_STRAY)
    if data != text[start.end() :]:
        defects.append(Defect(DefectKind.STRAY, "spaces or commas after the data"))
    if not (data.startswith("&&") and data.endswith("&&") and len(data) >= 4):
        defects.append(Defect(DefectKind.CP, "the data are not between && and &&"))
        return head, data.removeprefix("&&").removesuffix("&&")
    return head, data[2:-2]


def _header(head: str, defects: list[Defect]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The fields before CP that the standard knows, and the others."""
    found: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    *parts, rest = head.split(";")
    if rest.strip(_STRAY):  # CP without a semicolon before it
        parts.append(rest)
        defects.append(Defect(DefectKind.STRAY, "no semicolon before CP"))
    elif rest:
        defects.append(Defect(DefectKind.STRAY, "spaces or commas before CP"))
    for part in parts:
        clean = part.strip(_STRAY)
        if clean != part or not clean:
            defects.append(Defect(DefectKind.STRAY, f"stray characters in {part!r}"))
        if not clean:
            continue
        spelled, equals, value = clean.partition("=")
        name = _SPELLED.get(spelled.strip().lower())
        if name is None or not equals:
            defects.append(Defect(DefectKind.UNKNOWN_FIELD, f"{clean!r} is no field of the standard"))
            others.append((spelled, value))
            continue
        if spelled != name:
            defects.append(Defect(DefectKind.KEY_CASE, f"the field {name} is written {spelled}"))
        if name in found:
            defects.append(Defect(DefectKind.TWICE, f"the field {name} is there twice"))
            continue
        found[name] = value.strip()
    _check_header(found, defects)
    return found, others


def _check_header(found: dict[str, str], defects: list[Defect]) -> None:
    for name in HEADER:
        if name not in found:
            if name not in OPTIONAL:
                defects.append(Defect(DefectKind.MISSING, f"the field {name} is missing"))
        elif not found[name]:
            defects.append(Defect(DefectKind.MISSING, f"the field {name} is empty"))
        elif (form := FORMS.get(name)) and not (form.fullmatch(found[name]) and (name != "QN" or moment(found[name]))):
            defects.append(Defect(DefectKind.FORM, f"the field {name} cannot be {found[name]!r}"))
    if list(found) != [name for name in HEADER if name in found]:
        defects.append(Defect(DefectKind.ORDER, f"fields in the order {', '.join(found)}"))


def _groups(data: str, defects: list[Defect]) -> tuple[tuple[Item, ...], ...]:
    if not data:
        return ()
    groups: list[tuple[Item, ...]] = []
    for part in data.split(";"):
        items: list[Item] = []
        for text in part.split(","):
            clean = text.strip(_STRAY)
            if not clean or clean != text:
                defects.append(Defect(DefectKind.STRAY, f"stray characters in {part!r}"))
            if clean:
                items.append(_item(clean, defects))
        if items:
            groups.append(tuple(items))
    return tuple(groups)


def _item(text: str, defects: list[Defect]) -> Item:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        defects.append(Defect(DefectKind.ITEM, f"{text!r} is no NAME=VALUE"))
        return Item(text, None)
    if name != name.strip() or value != value.strip():
        defects.append(Defect(DefectKind.STRAY, f"stray characters in {text!r}"))
    return Item(name.strip(), value.strip())


def _of_items(items: Sequence[Item]) -> Iterator[Defect]:
    """A name that is there again with another value; a DataTime that cannot be."""
    first: dict[str, str | None] = {}
    for item in items:
        known = first.setdefault(item.name, item.value)
        if item.code and known != item.value:
            yield Defect(DefectKind.TWICE, f"{item.name} is there twice: {known} and {item.value}")
        elif item.name == "DataTime" and (moment(item.value) is None or len(item.value or "") != 14):
            yield Defect(DefectKind.FORM, f"DataTime cannot be {item.value!r}")


def _of_version(segment: Segment) -> Sequence[Defect]:
    version = None if segment.flag is None else segment.flag.version
    if segment.flag is not None and version == 0:
        return (Defect(DefectKind.VERSION, f"Flag {segment.flag.value} says version 2005"),)
    if segment.flag is not None and version not in VERSIONS:
        return (Defect(DefectKind.VERSION, f"Flag {segment.flag.value} says version {version}, which is not known"),)
    old = [code for code in segment.readings if is_code_of_2005(code)]
    return (Defect(DefectKind.OLD_CODE, f"codes of 2005: {', '.join(old)}"),) if old else ()


def _of_packets(segment: Segment) -> Sequence[Defect]:
    if segment.pnum is None and segment.pno is None:
        if segment.flag is not None and segment.flag.numbered:
            return (Defect(DefectKind.PACKET, "Flag says that there are packet numbers, but there are none"),)
        return ()
    if segment.pnum is None or segment.pno is None or not 1 <= segment.pno <= segment.pnum:
        return (Defect(DefectKind.PACKET, f"packet {segment.pno} of {segment.pnum} cannot be"),)
    if segment.flag is not None and not segment.flag.numbered:
        return (Defect(DefectKind.PACKET, "there are packet numbers, but Flag says that there are none"),)
    return ()


def _integer(text: str | None) -> int | None:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,4}", text) else None
