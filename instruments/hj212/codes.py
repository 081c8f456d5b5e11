"""Codes of HJ 212: commands, returns, data flags, and the pollutants with their units, formats and codes of 2005.

The unit in which a site sends CO2 is its own decision: the table of the standard has mg/m³, many sites send percent. The
codes of 2005 are those of the exhaust-gas table.

Sources: HJ 212-2017 through the public implementations lua-HJ212 (`types.lua`, `tags/info.lua`) and hj-t212-parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from testbench.text import Text


class Command(IntEnum):
    """CN, what a segment is about."""

    SET_TIMEOUT = 1000
    GET_TIME = 1011
    SET_TIME = 1012
    ASK_FOR_TIME = 1013
    GET_REALTIME_INTERVAL = 1061
    SET_REALTIME_INTERVAL = 1062
    GET_MINUTE_INTERVAL = 1063
    SET_MINUTE_INTERVAL = 1064
    SET_PASSWORD = 1072
    REALTIME = 2011
    STOP_REALTIME = 2012
    DEVICE_STATE = 2021
    STOP_DEVICE_STATE = 2022
    DAY = 2031
    RUN_TIME = 2041
    MINUTE = 2051
    HOUR = 2061
    BOOT_TIME = 2081
    CALIBRATE_ZERO = 3011
    SAMPLE_NOW = 3012
    CLEAN = 3013
    DEVICE_ID = 3019
    GET_INFO = 3020
    SET_INFO = 3021
    REQUEST_REPLY = 9011
    RESULT = 9012
    NOTICE_ACKNOWLEDGED = 9013
    DATA_ACKNOWLEDGED = 9014


HISTORIES = (Command.REALTIME, Command.MINUTE, Command.HOUR, Command.DAY)
"""Commands whose segments carry values of a time."""

DATA = frozenset(
    {*HISTORIES, Command.DEVICE_STATE, Command.RUN_TIME, Command.BOOT_TIME, Command.DEVICE_ID, Command.GET_INFO}
)
"""Uploads that are acknowledged with 9014; notices are with 9013."""


class SystemType(StrEnum):
    """ST, the kind of system."""

    SURFACE_WATER = "21"
    AIR = "22"
    AIR_SOURCE = "31"
    WATER_SOURCE = "32"
    EXCHANGE = "91"


class RequestReturn(IntEnum):
    """QnRtn, how a logger takes a request."""

    READY = 1
    REJECTED = 2
    WRONG_PASSWORD = 3
    WRONG_MN = 4
    WRONG_ST = 5
    WRONG_FLAG = 6
    WRONG_QN = 7
    WRONG_CN = 8
    WRONG_CRC = 9
    UNKNOWN = 100


class ExecutionReturn(IntEnum):
    """ExeRtn, what became of a request."""

    DONE = 1
    FAILED = 2
    WRONG_CONDITION = 3
    TIMED_OUT = 4
    BUSY = 5
    FAULT = 6
    NO_DATA = 100


DATA_FLAGS = {
    "N": Text("正常", "normal"),
    "F": Text("停运", "stopped"),
    "M": Text("维护", "maintenance"),
    "S": Text("手工输入", "set by hand"),
    "D": Text("故障", "fault"),
    "C": Text("校准", "calibrating"),
    "T": Text("超上限", "over range"),
    "B": Text("通讯异常", "no communication with the analyser"),
}
"""Flags of a value; all but N mark it."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A pollutant or condition: its code, names, the unit of the standard's table, decimals, and the code of 2005."""

    code: str
    name: str
    chinese: str
    unit: str
    decimals: int | None = None
    code_2005: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Its codes of either version."""
        return (self.code, self.code_2005) if self.code_2005 else (self.code,)


FACTORS = {
    factor.code: factor
    for factor in (
        Factor("a00000", "flue gas flow", "烟气流量", "m³/s", 1, "B02"),
        Factor("a01011", "velocity", "烟气流速", "m/s", 2, "S02"),
        Factor("a01012", "temperature", "烟气温度", "°C", 1, "S03"),
        Factor("a01013", "pressure", "烟气压力", "kPa", 3, "S08"),
        Factor("a01014", "humidity", "烟气湿度", "%", 1, "S05"),
        Factor("a01016", "duct area", "烟道截面积", "m²"),
        Factor("a01017", "dynamic pressure", "烟气动压", "kPa", None, "S04"),
        Factor("a05001", "CO2", "二氧化碳", "mg/m³", 3, "30"),
        Factor("a19001", "O2", "氧气含量", "%", 1, "S01"),
        Factor("a21002", "NOx", "氮氧化物", "mg/m³", 1, "03"),
        Factor("a21003", "NO", "一氧化氮", "mg/m³", 1),
        Factor("a21004", "NO2", "二氧化氮", "mg/m³", 1),
        Factor("a21005", "CO", "一氧化碳", "mg/m³", 3, "04"),
        Factor("a21026", "SO2", "二氧化硫", "mg/m³", 2, "02"),
        Factor("a21024", "HCl", "氯化氢", "mg/m³"),
        Factor("a21018", "fluoride", "氟化物", "mg/m³"),
        Factor("a21001", "NH3", "氨", "mg/m³"),
        Factor("a34013", "particulate", "烟尘", "mg/m³", None, "01"),
    )
}
"""What is known, by code of 2017; other codes are kept as they come."""

BY_2005 = {factor.code_2005: factor for factor in FACTORS.values() if factor.code_2005}
BY_NAME = {factor.name: factor for factor in FACTORS.values()}

_CODE_2005 = re.compile(r"(\d{2,3}|[SB]\d{2})")


def is_code_of_2005(code: str) -> bool:
    """Whether a code has the form of those of 2005 (`02`, `001`, `S01`, `B02`)."""
    return _CODE_2005.fullmatch(code) is not None


def find_factor(name: str) -> Factor | None:
    """The factor of a name (CO2), a code of 2017 (a05001) or one of 2005 (30); None where it is not known."""
    return FACTORS.get(name) or BY_NAME.get(name) or BY_2005.get(name)
