"""What the registers refuse is told in Chinese: every field by its name, every problem, the places in files."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from testbench.errors import InputError
from testbench.register.checking import checked, parse_options
from testbench.register.csv_files import read_csv
from testbench.register.entries import RegisteredCylinder, RegisteredDevice, Section
from testbench.register.fields import FIELDS
from testbench.register.fitting import refuse_unusable
from testbench.register.store import Register
from testbench.register.typed import read_content, read_date, read_number
from testbench.report.wording import wording
from testbench.text import Language

CYLINDER = RegisteredCylinder(component="CO2", fraction_percent=15.5, certificate="GBW-1", valid_until=dt.date(2026, 11, 21))
TODAY = dt.date(2026, 11, 22)


def told(act: Callable[[], Any]) -> str:
    """What is said in Chinese when something is refused."""
    with pytest.raises(InputError) as refused:
        act()
    return wording(Language.CHINESE).tell(str(refused.value))


@pytest.mark.parametrize("field", [field for section in Section for field in FIELDS[section]], ids=lambda field: field.name)
def test_every_field_is_named_in_chinese(field: Any) -> None:
    assert wording(Language.CHINESE).tell(f"X: {field.words.en}: is needed") == f"X：{field.words.zh}：必填"


@pytest.mark.parametrize(
    "act",
    [
        lambda: checked(RegisteredDevice, {"range_high": -1.0, "response_time_s": 0, "note": "x" * 30000}),
        lambda: checked(RegisteredDevice, {"maker": "M", "model": "N", "range_high": 1.0, "options": {"address": 1}}),
        lambda: checked(RegisteredCylinder, {"component": "CO2", "fraction_percent": 101, "valid_until": "soon"}),
        lambda: read_csv(RegisteredCylinder, b"component,fraction_percent\nCO2,much\n", "1.csv"),
        lambda: read_csv(RegisteredCylinder, b"component\nCO2\n", "1.csv"),
        lambda: read_csv(RegisteredCylinder, b"component,fraction_percent\nCO2,1,2\n", "1.csv"),
        lambda: read_csv(RegisteredCylinder, b"", "1.csv"),
        lambda: read_csv(RegisteredCylinder, b"\0", "1.csv"),
        lambda: read_number("x"),
        lambda: read_number("1e999"),
        lambda: read_date("1/2/3"),
        lambda: read_content("6 bar", None),
        lambda: parse_options("0 = "),
        lambda: refuse_unusable(CYLINDER, TODAY),
        lambda: refuse_unusable(CYLINDER.model_copy(update={"retired": True}), TODAY),
        lambda: refuse_unusable(CYLINDER.model_copy(update={"valid_until": None, "present_litres": 0.0}), TODAY),
    ],
)
def test_what_is_refused_is_said_in_chinese(act: Callable[[], Any]) -> None:
    assert not re.findall(r"\b(?!profile|bar|tl|gas|csv|CSV|UTF|GBW|much)[A-Za-z]{3,}", told(act))


def test_what_the_register_refuses_is_said_in_chinese(register: Register, at: dt.datetime) -> None:
    device = RegisteredDevice(maker="雪迪龙", model="S", serial="7", range_high=20.0)
    stored = register.add(device, by="li", at=at)
    assert told(lambda: register.add(device, by="li", at=at)).startswith("雪迪龙 S 7 已在登记册中；")
    changed = register.change(stored.model_copy(update={"note": "x"}), by="wang", at=at)
    again = stored.model_copy(update={"note": "y"})
    assert told(lambda: register.change(again, by="li", at=at)).startswith("雪迪龙 S 7 已被 wang 于 2026-11-22 12:00 修改；")
    register.note_use(changed, "E1", by="li", at=at)
    assert told(lambda: register.remove(changed)).endswith("可改为停用")
    assert told(lambda: register.attach(changed, "a.png", b"", by="li", at=at)) == "a.png 是空文件；请选择其他文件"
