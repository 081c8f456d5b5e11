"""How one goes on with an evaluation that nobody runs any more."""

from __future__ import annotations


def what_then(evaluation: str, language: str = "en") -> str:
    """What can be done with an evaluation that was lost or interrupted."""
    if language == "zh":
        return f"`testbench resume {evaluation}` 继续，`testbench close {evaluation}` 关闭"
    return f"`testbench resume {evaluation}` goes on with it, `testbench close {evaluation}` closes it"
