"""Frames of HJ 212 in words, in Chinese or English: what a segment is about, its data, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from instruments.hj212.codes import DATA_FLAGS, find_factor
from instruments.hj212.frame import Frame
from instruments.hj212.reader import Refused
from instruments.hj212.segment import VERSIONS, Reading, Segment
from testbench.report.wording import wording
from testbench.text import Language, Text

SUBJECTS: Final = {
    1000: Text("设置超时时间及重发次数", "set time-out and retries"),
    1011: Text("提取现场机时间", "read the time"),
    1012: Text("设置现场机时间", "set the time"),
    1013: Text("现场机时间校准请求", "asks for the time to be set"),
    1061: Text("提取实时数据间隔", "read the real-time interval"),
    1062: Text("设置实时数据间隔", "set the real-time interval"),
    1063: Text("提取分钟数据间隔", "read the minute interval"),
    1064: Text("设置分钟数据间隔", "set the minute interval"),
    1072: Text("设置现场机密码", "set the password"),
    2011: Text("实时数据", "real-time data"),
    2012: Text("停止察看实时数据", "stop real-time data"),
    2021: Text("设备运行状态", "state of devices"),
    2022: Text("停止察看设备运行状态", "stop the state of devices"),
    2031: Text("日历史数据", "data of days"),
    2041: Text("设备运行时间日历史数据", "run time of devices, days"),
    2051: Text("分钟数据", "data of minutes"),
    2061: Text("小时数据", "data of hours"),
    2081: Text("数采仪开机时间", "time of switching on"),
    3011: Text("零点校准", "calibrate zero"),
    3012: Text("即时采样", "sample now"),
    3013: Text("启动清洗", "clean"),
    3019: Text("设备唯一标识", "identification of devices"),
    3020: Text("现场机信息", "information"),
    3021: Text("设置现场机参数", "set parameters"),
    9011: Text("请求应答", "reply to a request"),
    9012: Text("执行结果", "result of a request"),
    9013: Text("通知应答", "notice acknowledged"),
    9014: Text("数据应答", "data acknowledged"),
}
UNKNOWN: Final = Text("未知命令", "unknown command")
REFUSED: Final = Text("不是有效帧", "no frame")
FAULTLESS: Final = Text("符合 HJ 212-2017", "as HJ 212-2017 has it")
PACKET: Final = Text("第 {pno}/{pnum} 包", "packet {pno} of {pnum}")
VERSION: Final = Text("版本", "version")

UNITS: Final = "°²³µμ·±"  # characters of two bytes in UTF-8 that instruments send


def described(found: Frame | Refused, language: Language) -> Iterator[str]:
    """Lines that tell of what was received: the segment, its data, and every departure (after `!`)."""
    if isinstance(found, Refused):
        yield f"{REFUSED.say(language)}: {found.data!r}{' …' if found.length > len(found.data) else ''}"
    else:
        yield _headline(found.segment, language)
        yield from (f"    {line}" for line in _data(found.segment, language))
    yield from (f"  ! {wording(language).tell(defect.text)}" for defect in found.defects)


def readable(text: str) -> str:
    """Text as a person wrote it, in UTF-8 or GB 18030 (GBK); byte by byte where it is neither.

    Many Chinese words in GBK are valid UTF-8 too, of two bytes a character: that is taken for UTF-8 only in units.
    """
    data = text.encode("latin-1", "replace")
    with suppress(UnicodeDecodeError):
        decoded = data.decode("utf-8")
        if all(not "\x80" <= character < "\u0800" or character in UNITS for character in decoded):
            return decoded
    with suppress(UnicodeDecodeError):
        return data.decode("gb18030")
    return text


def _headline(segment: Segment, language: Language) -> str:
    subject = SUBJECTS.get(segment.cn or 0, UNKNOWN).say(language)
    parts = [f"CN {segment.cn} {subject}", f"ST {segment.st or '–'}", f"MN {segment.mn or '–'}", f"QN {segment.qn or '–'}"]
    if segment.flag is not None:
        version = VERSIONS.get(segment.flag.version, "?")
        parts.append(
            f"Flag {segment.flag.value} ({VERSION.say(language)} {version}{', ACK' if segment.flag.acknowledge else ''})"
        )
    if segment.pno is not None:
        parts.append(PACKET.say(language).format(pno=segment.pno, pnum=segment.pnum))
    return "  ".join(parts)


def _data(segment: Segment, language: Language) -> Iterator[str]:
    for item in segment.items:
        if not item.code:
            yield readable(str(item))
    for reading in segment.readings.values():
        yield _reading(reading, language)


def _reading(reading: Reading, language: Language) -> str:
    factor = find_factor(reading.code)
    name = "" if factor is None else factor.chinese if language is Language.CHINESE else factor.name
    values = [f"{field} {readable(value)}" for field, value in reading.fields.items() if field != "Flag"]
    flag = reading.fields.get("Flag")
    if flag is not None:
        values.append(f"Flag {flag}{f' ({DATA_FLAGS[flag].say(language)})' if flag in DATA_FLAGS and flag != 'N' else ''}")
    return f"{reading.code:<8}{name:<14}{'  '.join(values)}".rstrip()
