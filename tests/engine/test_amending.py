"""Results excluded, restored and repeated after an evaluation has ended: judged anew, with every attempt kept."""

from dataclasses import replace

import pytest

from testbench.criteria.standard import load_standard
from testbench.engine.amending import exclude, repeat_request, repeats_of, restore, results_of, take_repeat
from testbench.engine.registry import find_procedure
from testbench.engine.request import Repeats, request_of
from testbench.errors import InputError, RecordError
from testbench.findings import Finding
from testbench.outcome import Outcome, RunState
from testbench.record.archive import unpack
from testbench.record.model import AmendmentKind, DeviceEntry
from testbench.record.store import Record

DEVICE = DeviceEntry(name="A", maker="M", model="m", serial="", range=[0.0, 20.0], unit="%", channel="A")


def finding(value, characteristic="linearity_error"):
    return Finding("A", characteristic, value, "%F.S.", 0.1, 2.0)


def settings(name):
    return find_procedure(name).configure({}).model_dump(mode="json")


@pytest.fixture
def begin(going, simulated_station):
    """Enter an evaluation by HJ 76-2017, its first run with findings; ended as asked for."""
    standard, station, record = load_standard("hj76-2017"), simulated_station(), going.record
    suite = {name: {"procedure": name, "settings": settings(name), "clause": {"zh": "", "en": ""}} for name in PROCEDURES}

    def make(*findings, state=RunState.FINISHED, repeats=None, procedures=("linearity",)):
        request = {"suite": [suite[name] for name in procedures], "restricted": True}
        if repeats is not None:
            request["repeats"] = {"evaluation": repeats, "run": 1, "reason": "leak", "by": "wang"}
        start = replace(
            record.evaluation(going.evaluation).start,
            standard=standard.name,
            standard_text=standard.text,
            standard_digest=standard.digest,
            station_text=station.text,
            devices=[DEVICE],
            request=request,
            seed=5,
        )
        evaluation = record.begin_evaluation(start)
        for number, name in enumerate(procedures, 1):
            begun = {"clause": "", "number": number, "bench_time": 0.0, "started": going.at}
            run = record.begin_run(evaluation, name, suite[name]["settings"], **begun)
            if number == 1:
                record.add_findings(run, findings)
            if state is not RunState.RUNNING:
                record.finish_run(run, state=RunState.FINISHED, outcome=None, bench_time=1.0, finished=going.at)
        if state is RunState.FINISHED:
            record.finish_evaluation(evaluation, outcome=Outcome.PASS, finished=going.at, verdicts=[{"n": 0}])
        elif state is RunState.ABORTED:
            record.finish_evaluation(evaluation, outcome=Outcome.ABORTED, finished=going.at, state=state)
        elif state is RunState.INTERRUPTED:
            record.interrupt_evaluation(evaluation, outcome=Outcome.ERROR, reason="lost", at=going.at)
        return evaluation

    return make


PROCEDURES = ("linearity", "repeatability")


def numbers(record, evaluation):
    return [stored.number for stored in record.findings(evaluation)]


def verdict(record, evaluation, characteristic="linearity_error"):
    return next(entry for entry in record.verdicts(evaluation) if entry["characteristic"] == characteristic)


def test_an_excluded_finding_makes_its_verdict_inconclusive_and_says_why(going, begin):
    record, evaluation = going.record, begin(finding(5.0))
    (number,) = numbers(record, evaluation)
    head = record.head(evaluation)
    amended = exclude(record, evaluation, number, " 管路漏气 ", "li", going.at)
    assert (amended.before, amended.after) == (Outcome.PASS, Outcome.INCONCLUSIVE)
    assert record.evaluation(evaluation).outcome is Outcome.INCONCLUSIVE
    judged = verdict(record, evaluation)
    assert (judged["outcome"], judged["value"]) == ("inconclusive", None)
    assert judged["reason"] == {"zh": "结果已剔除：管路漏气", "en": "The value was excluded: 管路漏气"}
    (row,) = record.amendments.of(evaluation)
    assert (row.kind, row.finding, row.reason) == (AmendmentKind.EXCLUDE, number, "管路漏气")
    assert (row.by, row.at) == ("li", going.at)
    assert record.findings(evaluation)[0].finding.value == 5.0, "it stays"
    assert record.verify(evaluation, head=head).passed


def test_an_exclusion_is_taken_back_with_a_reason_and_both_stay(going, begin):
    record, evaluation = going.record, begin(finding(5.0))
    (number,) = numbers(record, evaluation)
    exclude(record, evaluation, number, "leak", "li", going.at)
    assert restore(record, evaluation, number, "no leak", "wang", going.at).after is Outcome.FAIL
    assert verdict(record, evaluation)["value"] == 5.0
    (result,) = results_of(record, evaluation)
    (exclusion,) = result.counting.exclusions
    assert (exclusion.reason, exclusion.taken_back.reason, exclusion.taken_back.by) == ("leak", "no leak", "wang")
    assert result.counting.excluded is None
    exclude(record, evaluation, number, "leak after all", "li", going.at)
    (result,) = results_of(record, evaluation)
    assert [entry.reason for entry in result.counting.exclusions] == ["leak", "leak after all"]
    assert result.counting.excluded.reason == "leak after all"


def test_what_makes_no_sense_is_refused_in_words(going, begin):
    record, evaluation = going.record, begin(finding(5.0))
    (number,) = numbers(record, evaluation)
    with pytest.raises(InputError, match="only with a reason"):
        exclude(record, evaluation, number, "  ", "li", going.at)
    with pytest.raises(InputError, match=f"has no finding 99; its findings are: {number}"):
        exclude(record, evaluation, 99, "leak", "li", going.at)
    with pytest.raises(InputError, match="is not excluded"):
        restore(record, evaluation, number, "why", "li", going.at)
    exclude(record, evaluation, number, "leak", "li", going.at)
    with pytest.raises(InputError, match="was excluded by li already: leak"):
        exclude(record, evaluation, number, "again", "li", going.at)
    late = {"finding": number, "by": "li", "at": going.at, "verdicts": [], "outcome": Outcome.PASS}
    with pytest.raises(RecordError, match="was amended by somebody else meanwhile"):
        record.amendments.enter(evaluation, AmendmentKind.RESTORE, reason="x", after=0, **late)
    with pytest.raises(RecordError, match="without a reason"):
        record.amendments.enter(evaluation, AmendmentKind.RESTORE, reason=" ", after=1, **late)
    assert len(record.amendments.of(evaluation)) == 1


@pytest.mark.parametrize(
    ("state", "words"),
    [(RunState.RUNNING, "is running; .* when it has ended"), (RunState.INTERRUPTED, "gone on with or closed")],
)
def test_only_what_has_ended_is_amended(going, begin, state, words):
    evaluation = begin(finding(5.0), state=state)
    (number,) = numbers(going.record, evaluation)
    with pytest.raises(InputError, match=words):
        exclude(going.record, evaluation, number, "leak", "li", going.at)
    with pytest.raises(InputError, match=words):
        repeat_request(going.record, evaluation, "linearity", "leak", "li")


def test_an_aborted_evaluation_stays_aborted_whatever_is_excluded(going, begin):
    evaluation = begin(finding(5.0), state=RunState.ABORTED)
    (number,) = numbers(going.record, evaluation)
    assert exclude(going.record, evaluation, number, "leak", "li", going.at).after is Outcome.ABORTED


def test_a_repeat_takes_the_place_and_every_attempt_stays(going, begin):
    record, evaluation = going.record, begin(finding(5.0))
    (first,) = numbers(record, evaluation)
    exclude(record, evaluation, first, "leak", "li", going.at)
    repeat = begin(finding(0.5), repeats=evaluation)
    assert take_repeat(record, evaluation, repeat, going.at).after is Outcome.PASS
    assert verdict(record, evaluation)["value"] == 0.5
    (result,) = results_of(record, evaluation)
    assert [attempt.stored.finding.value for attempt in result.attempts] == [5.0, 0.5]
    assert [attempt.evaluation for attempt in result.attempts] == [evaluation, repeat]
    assert (result.counting.repeat.reason, result.counting.repeat.by) == ("leak", "wang")
    assert result.counting.repeat.document["head"] == record.head(repeat)
    assert [row.identifier for row in repeats_of(record, evaluation)] == [repeat]
    assert record.verify().passed


def test_of_several_attempts_the_last_counts_and_an_earlier_one_never_comes_back(going, begin):
    record, evaluation = going.record, begin(finding(0.5))
    bad = begin(finding(5.0), repeats=evaluation)
    assert take_repeat(record, evaluation, bad, going.at).after is Outcome.FAIL
    (second,) = numbers(record, bad)
    assert exclude(record, evaluation, second, "leak", "li", going.at).after is Outcome.INCONCLUSIVE
    third = begin(finding(None), repeats=evaluation)
    assert take_repeat(record, evaluation, third, going.at).after is Outcome.INCONCLUSIVE
    assert len(results_of(record, evaluation)[0].attempts) == 3


def test_what_a_repeat_alone_determines_is_added(going, begin):
    record, evaluation = going.record, begin()
    repeat = begin(finding(0.5), repeats=evaluation)
    assert take_repeat(record, evaluation, repeat, going.at).after is Outcome.PASS
    assert verdict(record, evaluation)["value"] == 0.5


def test_only_a_finished_repeat_of_this_evaluation_is_taken_and_once(going, begin):
    record, evaluation = going.record, begin(finding(5.0))
    aborted = begin(finding(0.5), repeats=evaluation, state=RunState.ABORTED)
    with pytest.raises(InputError, match=r"is not finished \(aborted\)"):
        take_repeat(record, evaluation, aborted, going.at)
    with pytest.raises(InputError, match="does not repeat an item of"):
        take_repeat(record, evaluation, begin(finding(0.5)), going.at)
    repeat = begin(finding(0.5), repeats=evaluation)
    take_repeat(record, evaluation, repeat, going.at)
    with pytest.raises(InputError, match="has been taken already"):
        take_repeat(record, evaluation, repeat, going.at)
    with pytest.raises(InputError, match=f"repeats an item of {evaluation}; what counts is decided there"):
        exclude(record, repeat, numbers(record, repeat)[0], "leak", "li", going.at)
    assert {row.identifier for row in repeats_of(record, evaluation)} == {aborted, repeat}


def test_a_repeat_asks_for_the_same_and_says_what_it_repeats(going, begin):
    record, evaluation = going.record, begin(finding(5.0), procedures=("linearity", "repeatability", "linearity"))
    request = repeat_request(record, evaluation, "repeatability", " leak ", "li")
    (item,) = request.items
    assert item.procedure.name == "repeatability"
    assert request.station.text == record.evaluation(evaluation).start.station_text
    assert {criterion.characteristic for criterion in request.standard.criteria} <= set(item.procedure.characteristics)
    assert request.repeats == Repeats(evaluation, 2, "leak", "li")
    assert request.seed != 5, "noise of its own"
    assert request.output.name == f"{evaluation}-repeat-1"
    with pytest.raises(InputError, match="several runs of linearity; give the number of one: 1 linearity, 2"):
        repeat_request(record, evaluation, "linearity", "leak", "li")
    assert repeat_request(record, evaluation, "R3", "leak", "li").repeats.run == 3
    with pytest.raises(InputError, match="has no run 'drift'"):
        repeat_request(record, evaluation, "drift", "leak", "li")
    with pytest.raises(InputError, match="only with a reason"):
        repeat_request(record, evaluation, "3", "", "li")


def test_what_is_repeated_is_known_again_when_a_repeat_is_resumed(going, begin):
    evaluation = begin(finding(5.0))
    repeat = begin(finding(0.5), repeats=evaluation, state=RunState.INTERRUPTED)
    request = request_of(going.record.evaluation(repeat), going.record.path)
    assert request.repeats == Repeats(evaluation, 1, "leak", "wang")


def test_an_archive_of_it_holds_all_attempts_also_without_the_repeat(going, begin, tmp_path):
    record, evaluation = going.record, begin(finding(5.0))
    repeat = begin(finding(0.5), repeats=evaluation)
    take_repeat(record, evaluation, repeat, going.at)
    record.archive(evaluation, dict, tmp_path / "archive.zip", created=going.at)
    restored = unpack(tmp_path / "archive.zip", tmp_path / "restored")
    assert restored.verification.passed
    with Record.open(restored.record) as alone:
        assert [row.identifier for row in alone.evaluations()] == [evaluation]
        (result,) = results_of(alone, evaluation)
        assert [attempt.stored.finding.value for attempt in result.attempts] == [5.0, 0.5]
        assert verdict(alone, evaluation)["outcome"] == "pass"
