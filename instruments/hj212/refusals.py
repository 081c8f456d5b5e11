"""How a data logger says that it does not take a request (QnRtn), or what became of it (ExeRtn), in words."""

from __future__ import annotations

from collections.abc import Sequence

from instruments.hj212.codes import Command, ExecutionReturn, RequestReturn
from instruments.hj212.segment import Segment

REFUSALS = {
    RequestReturn.REJECTED: "it rejects the request",
    RequestReturn.WRONG_PASSWORD: "it says that the password is wrong; correct password",
    RequestReturn.WRONG_MN: "it says that the MN is wrong; correct mn",
    RequestReturn.WRONG_ST: "it says that the type of system (ST) is wrong; correct st",
    RequestReturn.WRONG_FLAG: "it says that the flag is wrong",
    RequestReturn.WRONG_QN: "it says that the QN is wrong; is its clock right?",
    RequestReturn.WRONG_CN: "it does not know this command",
    RequestReturn.WRONG_CRC: "it says that the sum (CRC) is wrong",
}
FAILURES = {
    ExecutionReturn.WRONG_CONDITION: "it says that the conditions for it are not met",
    ExecutionReturn.TIMED_OUT: "it says that carrying it out took too long",
    ExecutionReturn.BUSY: "it says that it is busy",
    ExecutionReturn.FAULT: "it says that it has a fault",
    ExecutionReturn.NO_DATA: "it says that it has no data",
}
_REFUSALS: dict[str | None, str] = {f"{code:d}": words for code, words in REFUSALS.items()}
_FAILURES: dict[str | None, str] = {f"{code:d}": words for code, words in FAILURES.items()}


def refusal(replies: Sequence[Segment]) -> str:
    """How a logger refused a request or failed at it; empty if it did not."""
    for reply in replies:
        taken, done = reply.parameter("QnRtn"), reply.parameter("ExeRtn")
        if reply.cn == Command.REQUEST_REPLY and taken != "1":
            return f"{_REFUSALS.get(taken, 'it does not take the request')} (QnRtn {taken})"
        if reply.cn == Command.RESULT and done != "1":
            return f"{_FAILURES.get(done, 'it did not carry it out')} (ExeRtn {done})"
    return ""
