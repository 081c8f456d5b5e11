"""What an outcome is called on a screen."""

from __future__ import annotations

from testbench.outcome import Outcome
from testbench.text import Text

WORDS = {
    Outcome.PASS: Text(zh="合格", en="pass"),
    Outcome.FAIL: Text(zh="不合格", en="FAIL"),
    Outcome.INCONCLUSIVE: Text(zh="无法判定", en="inconclusive"),
    Outcome.ABORTED: Text(zh="中止", en="aborted"),
    Outcome.ERROR: Text(zh="错误", en="error"),
}
