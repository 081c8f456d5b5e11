"""Closing an evaluation that nobody goes on with: it must always be possible, whatever is installed today."""

from dataclasses import replace

import pytest

from testbench.criteria.standard import load_standard
from testbench.engine.evaluation import close
from testbench.errors import InputError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.model import DeviceEntry
from testbench.record.store import Record

DEVICE = DeviceEntry(name="A", maker="M", model="m", serial="", range=[0.0, 20.0], unit="%", channel="A")


@pytest.fixture
def judged(going):
    """Begin an evaluation of a device by HJ 76-2017, asked for as `request` says, with one finding."""
    standard = load_standard("hj76-2017")

    def begin(request):
        start = replace(
            going.record.evaluation(going.evaluation).start,
            standard=standard.name,
            standard_text=standard.text,
            standard_digest=standard.digest,
            devices=[DEVICE],
            request=request,
        )
        evaluation = going.record.begin_evaluation(start)
        run = going.record.begin_run(evaluation, "linearity", {}, clause="", number=1, bench_time=0.0, started=going.at)
        going.record.add_findings(run, [Finding("A", "linearity_error", 0.5, "%F.S.")])
        return evaluation

    return begin


def closed(going, evaluation):
    """Close it; its row, and its verdicts by characteristic."""
    assert close(going.path, evaluation, "no gas", "a person") is Outcome.ERROR
    with Record.open(going.path) as record:
        verdicts = {document["characteristic"]: document for document in record.verdicts(evaluation)}
        return record.evaluation(evaluation), verdicts


@pytest.mark.parametrize(
    "request_then",
    [
        {},  # of a version that did not keep what was asked for
        {"suite": [{"procedure": "no such procedure", "settings": {}, "clause": {"zh": "", "en": ""}}]},
        {"suite": [{"procedure": "linearity", "settings": {"gone": 1}, "clause": {"zh": "", "en": ""}}]},
    ],
    ids=["earlier version", "procedure not installed", "settings changed"],
)
def test_what_cannot_be_gone_on_with_can_be_closed_and_is_judged(going, judged, request_then):
    row, verdicts = closed(going, judged(request_then))
    assert (row.state, row.reason) == (RunState.INTERRUPTED, "closed by a person: no gas")
    assert row.finished is not None
    assert verdicts["linearity_error"]["outcome"] == Outcome.PASS
    assert verdicts["zero_drift_24h"]["outcome"] == Outcome.INCONCLUSIVE


def test_a_part_of_a_standard_is_judged_as_that_part(going, judged):
    suite = [{"procedure": "linearity", "settings": {}, "clause": {"zh": "", "en": ""}}]
    _, verdicts = closed(going, judged({"suite": suite, "restricted": True}))
    assert set(verdicts) == {"linearity_error"}


def test_what_is_closed_is_not_closed_again(going, judged):
    evaluation = judged({})
    closed(going, evaluation)
    with pytest.raises(InputError, match="is closed"):
        close(going.path, evaluation, "again", "a person")
