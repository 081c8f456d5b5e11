"""How the standing of an evaluation, its progress and its station are written on a screen."""

from __future__ import annotations

import tomllib

from testbench.engine.headway import Headway
from testbench.engine.standing import Standing
from testbench.record.model import EvaluationRow
from testbench.text import Text

WORDS = {
    Standing.RUNNING: Text(zh="运行中", en="running"),
    Standing.PAUSED: Text(zh="已暂停", en="paused"),
    Standing.LOST: Text(zh="进程丢失", en="lost"),
    Standing.INTERRUPTED: Text(zh="已中断", en="interrupted"),
    Standing.CLOSED: Text(zh="中断后关闭", en="closed"),
    Standing.FINISHED: Text(zh="已完成", en="finished"),
    Standing.ABORTED: Text(zh="已中止", en="aborted"),
}
STYLES = {Standing.RUNNING: "green", Standing.PAUSED: "yellow", Standing.LOST: "bold red", Standing.INTERRUPTED: "red"}


def percent(progress: Headway | None, standing: Standing) -> str:
    """Progress in whole percent; empty where there is no plan."""
    if standing is Standing.FINISHED:
        return "100 %"
    return "" if progress is None else f"{progress.percent} %"


def station_name(row: EvaluationRow) -> str:
    """Name of the bench; of a station file that is not read any more its path."""
    try:
        return str(tomllib.loads(row.start.station_text)["station"]["name"])
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return row.start.station_path
