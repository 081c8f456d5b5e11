"""`testbench standards copy|confirm|lock|new-version|check`: what a laboratory does with its own criteria files."""

from __future__ import annotations

import argparse
import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbench.commands.terminal import Terminal


def run(terminal: Terminal, arguments: argparse.Namespace) -> int:
    """Do what is asked, and say what was done."""
    doing = {"copy": _copy, "confirm": _confirm, "lock": _lock, "new-version": _new_version, "check": _check}
    return doing[arguments.action](terminal, arguments)


def _say(terminal: Terminal, arguments: argparse.Namespace, zh: str, en: str) -> None:
    terminal.line(zh if arguments.language == "zh" else en)


def _copy(terminal: Terminal, arguments: argparse.Namespace) -> int:
    from testbench.criteria.own_standards import copy_standard

    path = copy_standard(arguments.name, arguments.new)
    _say(terminal, arguments, f"{path.stem}：已复制到 {path}", f"{path.stem}: copied to {path}")
    return 0


def _confirm(terminal: Terminal, arguments: argparse.Namespace) -> int:
    from testbench.criteria.own_standards import Figure, confirm
    from testbench.criteria.reasons import limit_text
    from testbench.engine.clock import wall_now
    from testbench.errors import InputError

    if not arguments.criterion:
        raise InputError(
            "which figure? --criterion CHARACTERISTIC, such as linearity_error (`testbench standards show NAME`)"
        )
    figure = Figure(arguments.criterion, arguments.measurand, arguments.unit, arguments.tier, arguments.alternative)
    before, after = confirm(
        arguments.name,
        figure,
        by=arguments.by or "",
        edition=arguments.edition or "",
        at=wall_now(),
        limit=_limit(arguments.limit),
    )
    change = f"{limit_text(before)} [{before.evidence}] -> {limit_text(after)} [{after.evidence}]"
    _say(terminal, arguments, f"{arguments.criterion}：已确认，{change}", f"{arguments.criterion}: confirmed, {change}")
    return 0


def _limit(written: str | None) -> Decimal | None:
    from testbench.errors import InputError

    if written is None:
        return None
    try:
        value = Decimal(written)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise InputError(f"--limit {written}: write a number from 0 on, with a point, such as 2.5")
    return value


def _lock(terminal: Terminal, arguments: argparse.Namespace) -> int:
    from testbench.criteria.own_standards import lock
    from testbench.engine.clock import wall_now

    standard = lock(arguments.name, by=arguments.by or "", at=wall_now())
    zh = f"{standard.name}：第 {standard.version} 版已锁定，SHA-256 {standard.digest}"
    en = f"{standard.name}: version {standard.version} is locked, SHA-256 {standard.digest}"
    _say(terminal, arguments, zh, en)
    return 0


def _new_version(terminal: Terminal, arguments: argparse.Namespace) -> int:
    from testbench.criteria.folder import file_path
    from testbench.criteria.own_standards import new_version

    standard = new_version(arguments.name)
    path = file_path(standard.name)
    zh = f"{standard.name}：现在是第 {standard.version} 版，可以修改：{path}"
    en = f"{standard.name}: is version {standard.version} now and can be changed: {path}"
    _say(terminal, arguments, zh, en)
    return 0


def _check(terminal: Terminal, arguments: argparse.Namespace) -> int:
    from testbench.engine.standard_check import check_standard, errors

    flaws = check_standard(arguments.name)
    wrong = errors(flaws)
    if arguments.json:
        listed = [
            {"place": flaw.place, "weight": flaw.weight.value, "zh": flaw.text.zh, "en": flaw.text.en} for flaw in flaws
        ]
        print(json.dumps({"standard": arguments.name, "flaws": listed}, indent=2, ensure_ascii=False))
        return 2 if wrong else 0
    words = {"error": "错误", "note": "说明"} if arguments.language == "zh" else {}
    for flaw in flaws:
        style = "bold red" if flaw in wrong else "dim"
        terminal.line(
            f"{flaw.place}: {flaw.text.say(arguments.language)} [{words.get(flaw.weight.value, flaw.weight.value)}]",
            style=style,
        )
    count, notes = len(wrong), len(flaws) - len(wrong)
    zh = f"{arguments.name}：{count} 处错误，{notes} 处说明"
    _say(terminal, arguments, zh, f"{arguments.name}: {count} errors, {notes} notes")
    return 2 if wrong else 0
