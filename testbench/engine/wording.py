"""Words for the steps of a run, in both languages, for progress, plan and journal views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Language = Literal["zh", "en"]


def duration(seconds: float, language: Language = "en") -> str:
    """Write a duration as days and hours, hours and minutes, or minutes and seconds."""
    total = max(0, round(seconds))
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, second = divmod(rest, 60)
    day, hour, minute, sec = (" d", " h", " min", " s") if language == "en" else (" 天", " 小时", " 分", " 秒")
    if days:
        return f"{days}{day} {hours:02d}{hour}"
    if hours:
        return f"{hours}{hour} {minutes:02d}{minute}"
    if minutes:
        return f"{minutes}{minute} {second:02d}{sec}"
    return f"{second}{sec}"


def moment(seconds: float, language: Language = "en") -> str:
    """Write a bench time as days, hours, minutes and seconds: "3 d 04:05:06"."""
    days, rest = divmod(max(0, round(seconds)), 86400)
    hours, rest = divmod(rest, 3600)
    minutes, second = divmod(rest, 60)
    return f"{days} {'天' if language == 'zh' else 'd'} {hours:02d}:{minutes:02d}:{second:02d}"


def content_words(component: str, content: float) -> str:
    """Write a content (mol/mol) of a component, from 0.1 % on in percent: "200 µmol/mol SO2"."""
    value, unit = (100.0 * content, "%") if content >= 1e-3 else (1e6 * content, "µmol/mol")
    return f"{value:.6g} {unit} {component}"


def describe(call: str, arguments: Mapping[str, Any], language: Language = "en") -> str:
    """Say what a step does."""
    chinese = language == "zh"
    match call:
        case "supply":
            level = f"{100 * arguments['fraction']:g} %F.S."
            return f"配气 {level}" if chinese else f"supply gas, {level}"
        case "supply_other":
            gas = content_words(arguments["component"], arguments["content"])
            beside = f" + {100 * arguments['fraction']:g} %F.S." if arguments["fraction"] else ""
            by_hand = arguments.get("by_hand", False)
            if chinese:
                return f"{'手动连接' if by_hand else '配气'} {gas}{beside}"
            return f"{'connect by hand' if by_hand else 'supply'} {gas}{beside}"
        case "enter":
            return f"填写表格：{arguments['title_zh']}" if chinese else f"table to fill in: {arguments['title']}"
        case "transition":
            before, after = (f"{100 * arguments[key]:g} %F.S." for key in ("before", "after"))
            return f"切换 {before} → {after}" if chinese else f"switch gas, {before} → {after}"
        case "set_velocity" if not arguments["velocity"]:
            return "停风机" if chinese else "stop the fan"
        case "set_velocity":
            velocity = f"{arguments['velocity']:g} m/s"
            return f"设定流速 {velocity}" if chinese else f"set velocity, {velocity}"
        case "wait":
            return "等待" if chinese else "wait"
        case "adjust":
            zero = arguments["point"] == "zero"
            if chinese:
                return "零点调整" if zero else "量程调整"
            return f"adjust {arguments['point']}"
        case "set_condition":
            quantity, value = arguments["quantity"], f"{arguments['value']:g}"
            return f"设定{_CONDITIONS.get(quantity, quantity)} = {value}" if chinese else f"set {quantity} to {value}"
    chinese_words, english = _PLAIN.get(call, (call, call))
    return chinese_words if chinese else english


def name_of_step(call: str, language: Language = "en") -> str:
    """Name a step of which only the call is known."""
    chinese_words, english = _GENERAL.get(call) or _PLAIN.get(call, (call, call))
    return chinese_words if language == "zh" else english


_GENERAL = {
    "supply": ("配气", "supply gas"),
    "transition": ("切换气体", "switch gas"),
    "supply_other": ("配其他组分气体", "supply another gas"),
    "enter": ("填写表格", "table to fill in"),
    "set_velocity": ("设定流速", "set velocity"),
    "wait": ("等待", "wait"),
    "adjust": ("调整", "adjust"),
    "set_condition": ("设定环境条件", "set a condition"),
}
_CONDITIONS = {
    "temperature": "环境温度",
    "humidity": "相对湿度",
    "pressure": "大气压力",
    "voltage": "供电电压",
    "frequency": "供电频率",
    "sample flow": "采样流量",
    "swirl": "旋流角",
    "yaw": "探头转角",
    "skew": "剖面偏斜",
}
_PLAIN = {
    "warm_up": ("预热", "warm up"),
    "leak_check": ("检漏", "leak check"),
    "check_conditions": ("检查环境条件", "check conditions"),
    "ask": ("询问操作员", "ask the operator"),
    "zero_gas": ("通零点气", "zero gas"),
    "purge": ("吹扫", "purge"),
    "settle": ("等待读数稳定", "wait until stable"),
    "average": ("读数平均", "average"),
    "read": ("读取显示值", "read displayed values"),
}
