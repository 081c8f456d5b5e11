"""The fields of the registers: what each is called, its unit, and how it is filled in; for forms, lists and files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from testbench.register.entries import Section
from testbench.text import Text


class Filling(StrEnum):
    """How a field is filled in."""

    LINE = auto()
    TEXT = auto()
    NUMBER = auto()
    DATE = auto()
    KIND = auto()
    OPTIONS = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an entry: its name in the model, its words, its unit, what to know when filling it in."""

    name: str
    words: Text
    filling: Filling = Filling.LINE
    unit: str = ""
    needed: bool = False
    hint: Text | None = None


_MAKER = Field("maker", Text(zh="制造商", en="Maker"), needed=True)
_MODEL = Field("model", Text(zh="型号", en="Model"), needed=True)
_SERIAL = Field("serial", Text(zh="出厂编号", en="Serial number"))
_CERTIFICATE = Field("certificate", Text(zh="证书编号", en="Certificate number"))
_ISSUED_BY = Field("issued_by", Text(zh="发证机构", en="Issued by"))
_VALID_UNTIL = Field("valid_until", Text(zh="有效期至", en="Valid until"), Filling.DATE)
_NOTE = Field("note", Text(zh="备注", en="Note"), Filling.TEXT)

FIELDS: dict[Section, tuple[Field, ...]] = {
    Section.DEVICES: (
        _MAKER,
        _MODEL,
        _SERIAL,
        Field("measurand", Text(zh="被测组分", en="Measurand"), needed=True),
        Field("range_low", Text(zh="量程下限", en="Range, low end"), Filling.NUMBER, needed=True),
        Field("range_high", Text(zh="量程上限", en="Range, high end"), Filling.NUMBER, needed=True),
        Field("unit", Text(zh="单位", en="Unit"), needed=True),
        Field(
            "response_time_s",
            Text(zh="响应时间", en="Response time"),
            Filling.NUMBER,
            "s",
            hint=Text(zh="等待稳定时采用的最大 T90", en="largest T90 to reckon with when waiting"),
        ),
        Field(
            "driver",
            Text(zh="驱动程序", en="Driver"),
            hint=Text(zh="留空则采用工位中的连接", en="empty: the connection of the station's slot is kept"),
        ),
        Field(
            "options",
            Text(zh="驱动选项", en="Driver options"),
            Filling.OPTIONS,
            hint=Text(zh='每行一项，例如 profile = "tl-gas280"', en='one a line, such as profile = "tl-gas280"'),
        ),
        _NOTE,
    ),
    Section.CYLINDERS: (
        Field("component", Text(zh="组分", en="Component"), needed=True),
        Field("fraction_percent", Text(zh="标准值", en="Content"), Filling.NUMBER, "%", needed=True),
        Field("balance", Text(zh="平衡气", en="Balance gas"), needed=True),
        Field(
            "expanded_uncertainty_percent",
            Text(zh="相对扩展不确定度 (k=2)", en="Rel. uncertainty, k = 2"),
            Filling.NUMBER,
            "%",
        ),
        Field(
            "impurity_umol_per_mol",
            Text(zh="杂质上限", en="Impurity, at most"),
            Filling.NUMBER,
            "µmol/mol",
            hint=Text(zh="零点气中该组分的最大含量", en="of a zero gas: largest content of the component"),
        ),
        Field("number", Text(zh="气瓶编号", en="Cylinder number")),
        _CERTIFICATE,
        _ISSUED_BY,
        _VALID_UNTIL,
        Field("nominal_litres", Text(zh="满瓶气量", en="Content when full"), Filling.NUMBER, "L"),
        Field("full_pressure_mpa", Text(zh="满瓶压力", en="Pressure when full"), Filling.NUMBER, "MPa"),
        Field(
            "present_litres",
            Text(zh="剩余气量", en="Present content"),
            Filling.NUMBER,
            "L",
            hint=Text(zh="也可填写压力，例如 6.5 MPa", en="a pressure will do as well, such as 6.5 MPa"),
        ),
        _NOTE,
    ),
    Section.STANDARDS: (
        Field("kind", Text(zh="类别", en="Kind"), Filling.KIND, needed=True),
        _MAKER,
        _MODEL,
        _SERIAL,
        _CERTIFICATE,
        _ISSUED_BY,
        Field(
            "uncertainty", Text(zh="不确定度", en="Uncertainty"), hint=Text(zh="照证书填写", en="as the certificate says it")
        ),
        _VALID_UNTIL,
        _NOTE,
    ),
}

SECTION_WORDS = {
    Section.DEVICES: Text(zh="被测仪器", en="Devices under test"),
    Section.CYLINDERS: Text(zh="气瓶与标准气体", en="Cylinders and gases"),
    Section.STANDARDS: Text(zh="其他计量标准", en="Other standards"),
}


def field_words(section: Section, name: str) -> Text:
    """The words for a field; its name where it has none."""
    return next((field.words for field in FIELDS[section] if field.name == name), Text(zh=name, en=name))
