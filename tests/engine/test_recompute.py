"""Recorded evaluations computed anew: they agree, and a changed reading, formula or procedure is found and named."""

import json
import math
import sqlite3
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import tomlkit

import procedures.repeatability
import testbench.engine.observation
from instruments.twin.direct import DirectLaboratory, direct_equipment
from instruments.twin.plant import Plant
from testbench.criteria.standard import load_standard
from testbench.engine import stepping
from testbench.engine.anew import recompute as recompute_module
from testbench.engine.anew.recompute import Recomputation, recompute
from testbench.engine.clock import SimulatedClock, never
from testbench.engine.holding import HoldError
from testbench.engine.journal import RunJournal
from testbench.engine.judging import condition_limits, judge, verdict_documents
from testbench.engine.live import LiveBench
from testbench.engine.operator import SimulatedOperator
from testbench.engine.past import look_back
from testbench.engine.plan import SuiteItem, make_plan
from testbench.engine.registry import find_procedure
from testbench.engine.request import EvaluationRequest
from testbench.engine.sampling import Sampler
from testbench.engine.start import evaluation_start
from testbench.errors import EndedError
from testbench.outcome import Outcome, RunState
from testbench.record.blocks import Block, decode_block, encode_block
from testbench.record.store import Record
from testbench.station import parse_station
from testbench.text import Text

QUICK_LINEARITY = {"levels": [0.3, 0.7], "passes": 1}


class Watcher:
    """Sees a run go by; tells `began` of every step."""

    def __init__(self) -> None:
        self.began: Callable[[str], None] = lambda call: None

    def step_began(self, call, arguments):
        self.began(call)

    def step_ended(self):
        pass

    def tick(self, now):
        pass

    def notice(self, text):
        pass


class LateClock(SimulatedClock):
    """Wakes a little late, as a clock that waits does, and now and then much too late."""

    woken = 0

    def wait_until(self, time_s):
        self.woken += 1
        super().wait_until(time_s + (7.3 if self.woken % 97 == 0 else 1e-4 * (1 + self.woken % 5)))


@dataclass
class Evaluating:
    """An evaluation on a plant in this process, in a real record; `go` carries out its runs."""

    record: Record
    request: EvaluationRequest
    plant: Plant
    check: Callable[[], None] = never
    safe_point: Callable[[], None] = never
    clock_class: type[SimulatedClock] = SimulatedClock
    evaluation: str = ""

    def __post_init__(self):
        self.watcher = Watcher()
        self.laboratory = DirectLaboratory(self.plant)
        self.equipment = direct_equipment(self.request.station, self.plant)
        self.clock = self.clock_class(self.laboratory, lambda: self.check())
        start = evaluation_start(
            self.request,
            make_plan(self.request.station, self.request.items, None),
            self.equipment,
            simulated=True,
            started=self.clock.wall(),
        )
        self.evaluation = self.record.begin_evaluation(start)

    def bench(self) -> LiveBench:
        def register(channel):
            return self.record.channel(
                self.evaluation,
                channel.name,
                quantity=channel.quantity,
                unit=channel.unit,
                resolution=channel.resolution,
                device=None,
            )

        sampler = Sampler(
            self.equipment.sources, self.clock, self.record.readings(self.evaluation), register, lambda text: None
        )
        return LiveBench(
            self.equipment,
            self.clock,
            sampler,
            SimulatedOperator(self.laboratory),
            self.watcher,
            line=self.request.station.station.line,
            limits=condition_limits(self.request.standard),
            component="CO2",
            safe_point=lambda: self.safe_point(),
        )

    def go(self) -> None:
        bench = self.bench()
        for number, item in enumerate(self.request.items, start=1):
            settings = item.settings.model_dump(mode="json")
            run = self.record.begin_run(
                self.evaluation,
                item.procedure.name,
                settings,
                clause="",
                number=number,
                bench_time=self.clock.now(),
                started=self.clock.wall(),
            )
            self._carry_out(bench, item, run, RunJournal(self.record, self.evaluation, run, self.clock))
        self._finish()

    def go_on(self) -> None:
        """Go on as another process would."""
        past = look_back(self.record, self.evaluation)
        self.record.reopen_evaluation(self.evaluation)
        bench = self.bench()
        (run,) = past.runs.values()
        bench.resume(past.state, {run.identifier: ["nobody watched the bench for 5 s"]})
        self.record.reopen_run(run.identifier)
        recorded = past.recorded(self.record, run)
        journal = RunJournal(self.record, self.evaluation, run.identifier, self.clock, recorded=recorded)
        self._carry_out(bench, self.request.items[0], run.identifier, journal)
        self._finish()

    def _carry_out(self, bench, item, run, journal):
        state = RunState.INTERRUPTED
        bench.begin_run(journal)
        try:
            item.procedure.function(bench, item.settings)
            state = RunState.FINISHED
        finally:
            self.record.finish_run(
                run,
                state=state,
                outcome=None if state is RunState.FINISHED else Outcome.ERROR,
                bench_time=self.clock.now(),
                finished=self.clock.wall(),
            )
            if state is not RunState.FINISHED:
                self.record.interrupt_evaluation(
                    self.evaluation, outcome=Outcome.ERROR, reason="ended", at=self.clock.wall()
                )

    def _finish(self):
        findings = [stored.finding for stored in self.record.findings(self.evaluation)]
        scorecard = judge(self.request, findings)
        self.record.finish_evaluation(
            self.evaluation, outcome=Outcome.PASS, finished=self.clock.wall(), verdicts=verdict_documents(scorecard)
        )

    def again(self) -> Recomputation:
        return recompute(self.record, self.evaluation)


@pytest.fixture(autouse=True)
def in_process(monkeypatch):
    """The equipment is that of the plant in this process, whose sources have other steps than the station's drivers."""
    monkeypatch.setattr(
        recompute_module, "assemble", lambda file, devices=None: direct_equipment(file, Plant(file.station, 1), devices)
    )
    monkeypatch.setattr(stepping, "IDLE_S", 0.001)


@pytest.fixture
def evaluating(tmp_path, simulated_station):
    """Make evaluations of procedures by name, with settings."""
    opened = []

    def make(standard=None, clock=SimulatedClock, station=None, **suite) -> Evaluating:
        items = []
        for name, settings in suite.items():
            procedure = find_procedure(name.replace("_", "-"))
            items.append(SuiteItem(procedure, procedure.configure(settings), Text(zh="", en="")))
        path = tmp_path / "record.sqlite"
        record = Record.open(path, create=True)
        opened.append(record)
        station = simulated_station() if station is None else parse_station(station, Path("station.toml"))
        determined = {name for item in items for name in item.procedure.characteristics}
        restricted = None if standard is None else standard.restricted_to(determined)
        request = EvaluationRequest(station, restricted, tuple(items), record=path, restricted=standard is not None)
        return Evaluating(record, request, Plant(station.station, 1), clock_class=clock)

    yield make
    for record in opened:
        record.close()


def assert_agrees(result: Recomputation) -> None:
    assert [str(difference) for difference in result.differences] == []
    assert [run.left for run in result.runs] == [""] * len(result.runs)
    assert [str(item) for run in result.runs for item in run.not_computed] == []
    assert result.problems == ()
    assert result.not_compared == ()
    assert result.agrees


def test_every_procedure_agrees_with_its_record(evaluating):
    standard = load_standard(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
    made = evaluating(
        standard,
        warm_up={"duration_h": 0.5},
        linearity=QUICK_LINEARITY,
        repeatability={"repeats": 3},
        response_time={"repeats": 1},
        drift={"days": 2},
    )
    made.go()
    result = made.again()
    assert_agrees(result)
    assert result.compared == sum(len(made.record.steps(run.run)) for run in result.runs) > 60
    assert result.verdicts > 0
    assert result.software == ()


def test_on_a_clock_that_wakes_late_and_misses_ticks_it_agrees(evaluating):
    made = evaluating(clock=LateClock, linearity=QUICK_LINEARITY, repeatability={"repeats": 3}, response_time={"repeats": 1})
    made.go()
    _, averages = result_of(made, "average")
    assert averages["window"]["late"] > 0
    assert_agrees(made.again())


QUICK_INTERFERENCE = {"interferents": ["SO2 100 µmol/mol"], "repeats": 1, "read_span": True, "adjust_first": False}


@pytest.mark.parametrize("cut_s", [None, 600.0, 900.0, 1300.0])
def test_what_was_entered_and_connected_by_hand_agrees(evaluating, cut_s):
    made = evaluating(insulation={}, vibration={"levels": [0.5]}, interference=QUICK_INTERFERENCE)
    pending = [] if cut_s is None else [cut_s]

    def check():
        if pending and made.clock.now() >= 1500.0 + pending[0]:
            pending.pop()
            raise HoldError("paused by the operator", lambda: True)

    made.check = check
    made.go()
    assert not pending
    by_hand = [step for run in made.record.runs(made.evaluation) for step in made.record.steps(run.identifier)]
    calls = [step.call for step in by_hand]
    assert "enter" in calls
    assert "supply_other" in calls
    assert_agrees(made.again())


@pytest.mark.parametrize("error", [EndedError("the system shuts down"), HoldError("paused by the operator", lambda: True)])
@pytest.mark.parametrize("during", ["supply_other", "settle", "supply"])
def test_a_run_that_was_cut_with_a_gas_connected_by_hand_goes_on_with_it(evaluating, during, error):
    made = evaluating(interference=QUICK_INTERFERENCE)
    calls = []
    made.watcher.began = calls.append
    pending = [error]

    def check():
        connected = "supply_other" in calls[:-1] or during == "supply_other"
        if pending and calls and connected and calls[-1] == during:
            raise pending.pop()

    made.check = made.safe_point = check
    if isinstance(error, EndedError):
        with pytest.raises(EndedError):
            made.go()
        made.go_on()
    else:
        made.go()
    assert not pending
    assert_agrees(made.again())
    found = {one.finding.characteristic: one.finding for one in made.record.findings(made.evaluation)}
    assert found["interference_positive_zero"].value is not None


def test_one_of_several_runs_is_computed_alone(evaluating):
    made = evaluating(linearity=QUICK_LINEARITY, repeatability={"repeats": 3})
    made.go()
    result = recompute(made.record, made.evaluation, [f"{made.evaluation}-R02"])
    assert [run.procedure for run in result.runs] == ["repeatability"]
    assert_agrees(result)


@pytest.mark.parametrize("cut_s", [30.0, 400.0, 900.0, 1500.0, 2105.0, 2500.0])
def test_a_run_that_was_cut_and_attempted_again_agrees(evaluating, cut_s):
    made = evaluating(linearity=QUICK_LINEARITY)
    pending = [cut_s, cut_s + 1700.0]

    def check():
        if pending and made.clock.now() >= pending[0]:
            pending.pop(0)
            raise HoldError("paused by the operator", lambda: True)

    made.check = check
    made.go()
    assert not pending
    (run,) = made.record.runs(made.evaluation)
    assert len(made.record.attempts(run.identifier)) == 2
    assert_agrees(made.again())


def test_response_times_that_were_cut_agree(evaluating):
    made = evaluating(response_time={"repeats": 1})
    pending = [700.0, 3000.0]

    def check():
        if pending and made.clock.now() >= pending[0]:
            pending.pop(0)
            raise HoldError("paused by the operator", lambda: True)

    made.check = check
    made.go()
    assert not pending
    assert_agrees(made.again())


def test_a_pause_between_the_steps_agrees(evaluating):
    made = evaluating(repeatability={"repeats": 3})
    wanted = iter([False, False, True, False, False, True, True])

    def safe_point():
        if next(wanted, False):
            raise HoldError("paused by the operator", lambda: True)

    made.safe_point = safe_point
    made.go()
    assert next(wanted, None) is None
    assert_agrees(made.again())


@pytest.mark.parametrize(
    ("procedure", "settings", "cut_s"),
    [
        ("linearity", QUICK_LINEARITY, 2200.0),
        ("response_time", {"repeats": 1}, 1500.0),
        ("response_time", {"repeats": 1}, 2600.0),
    ],
)
def test_a_run_that_was_interrupted_agrees_before_and_after_it_was_resumed(evaluating, procedure, settings, cut_s):
    made = evaluating(**{procedure: settings})
    pending = [cut_s]

    def check():
        if pending and made.clock.now() >= pending[0]:
            pending.pop()
            raise EndedError("the system shuts down")

    made.check = check
    with pytest.raises(EndedError):
        made.go()
    interrupted = made.again()
    assert_agrees(interrupted)
    assert not interrupted.runs[0].finished
    made.go_on()
    result = made.again()
    assert_agrees(result)
    assert result.runs[0].finished
    assert all(finding.value is not None for finding in result.runs[0].findings)
    assert result.runs[0].findings[0].notes == ("nobody watched the bench for 5 s",)


# ---- on a flow rig ------------------------------------------------------------------------------------------------------

ON_A_RIG = {"levels": [0.2, 0.6], "passes": 1, "average_s": 30.0}


@pytest.mark.parametrize("cut_s", [60.0, 200.0, 290.0, 360.0])
def test_velocities_that_were_cut_and_set_anew_agree(evaluating, flow_station, cut_s):
    made = evaluating(station=flow_station().text, velocity_accuracy=ON_A_RIG)
    pending = [cut_s]

    def check():
        if pending and made.clock.now() >= pending[0]:
            pending.pop(0)
            raise HoldError("paused by the operator", lambda: True)

    made.check = check
    made.go()
    assert not pending
    assert_agrees(made.again())


def test_a_velocity_of_an_evaluation_that_was_resumed_agrees(evaluating, flow_station):
    made = evaluating(station=flow_station().text, velocity_accuracy=ON_A_RIG)
    calls = []

    def check():
        if calls[-1:] == ["average"] and "ended" not in calls:
            calls.append("ended")
            raise EndedError("the system shuts down")

    made.watcher.began, made.check = calls.append, check
    with pytest.raises(EndedError):
        made.go()
    made.go_on()
    result = made.again()
    assert_agrees(result)
    assert result.runs[0].finished
    (run,) = made.record.runs(made.evaluation)
    again = [step.reestablished for step in made.record.steps(run.identifier) if step.reestablished]
    assert [one["velocity"] for one in again] == [6.0]


# ---- what was changed since ---------------------------------------------------------------------------------------------


def change_reading(path: Path, channel: str, time: float, by: float, *, fit_digest: bool) -> None:
    """Change one stored reading in a record that is closed."""
    with sqlite3.connect(path) as database:
        row = database.execute(
            "SELECT b.channel, b.first, b.count, b.time, b.value, b.status, b.raw, b.digest FROM block b "
            "JOIN channel c ON c.number = b.channel WHERE c.name = ? AND b.begins <= ? AND b.ends >= ?",
            (channel, time, time),
        ).fetchone()
        block = Block(*row[2:])
        readings = decode_block(block)
        value = readings.value.copy()
        index = int(np.argmin(np.abs(readings.time - time)))
        assert math.isclose(readings.time[index], time)
        value[index] += by
        changed = encode_block(replace(readings, value=value))
        database.execute(
            "UPDATE block SET value = ?, digest = ? WHERE channel = ? AND first = ?",
            (changed.value, changed.digest if fit_digest else block.digest, row[0], row[1]),
        )
    database.close()


def result_of(made: Evaluating, call: str, number: int = 1) -> tuple[int, dict]:
    """Number and result of the n-th step of a call."""
    run = made.record.runs(made.evaluation)[0].identifier
    rows = [row for row in made.record.steps(run) if row.call == call]
    return rows[number - 1].number, dict(rows[number - 1].result)


def test_a_changed_reading_whose_digest_was_made_to_fit_is_found_and_named(evaluating):
    made = evaluating(linearity=QUICK_LINEARITY)
    made.go()
    step, result = result_of(made, "average", 2)
    made.record.close()
    change_reading(made.request.record, "A", result["window"]["start"] + 10.0, 0.5, fit_digest=True)
    with Record.open(made.request.record) as record:
        result = recompute(record, made.evaluation)
    assert not result.agrees
    first = result.differences[0]
    assert first.place == f"run R01, step {step} average"
    assert first.item == "readings.A.indication.value"
    assert float(first.computed) == pytest.approx(float(first.recorded) + 0.5 / 61)
    assert {difference.item.split(".")[1] for difference in result.differences if "step" in difference.place} == {"A"}
    assert any("finding 1 (A linearity_error)" in difference.place for difference in result.differences)
    assert any("readings" in problem and "channel A" in problem for problem in result.problems)


def test_a_changed_reading_whose_digest_does_not_fit_is_found_and_its_steps_do_not_count_as_computed(evaluating):
    made = evaluating(linearity=QUICK_LINEARITY)
    made.go()
    step, result = result_of(made, "average", 2)
    made.record.close()
    change_reading(made.request.record, "A", result["window"]["start"] + 10.0, 0.5, fit_digest=False)
    with Record.open(made.request.record) as record:
        result = recompute(record, made.evaluation)
    assert not result.agrees
    assert f"run R01, step {step} average" in [item.place for item in result.runs[0].not_computed]
    assert all("does not match its digest" in item.reason for item in result.runs[0].not_computed)
    assert any("does not match its digest" in problem for problem in result.problems)


def test_a_changed_reading_that_no_step_uses_is_found_by_its_digest(evaluating):
    made = evaluating(warm_up={"duration_h": 2.0}, repeatability={"repeats": 3})
    made.go()
    _, window = result_of(made, "warm_up")
    made.record.close()
    change_reading(made.request.record, "A", window["start"] + 3600.0, 0.5, fit_digest=True)
    with Record.open(made.request.record) as record:
        result = recompute(record, made.evaluation)
    assert result.differences == ()
    assert any("channel A" in problem for problem in result.problems)
    assert not result.agrees


def test_a_changed_formula_of_a_reading_is_found_at_the_first_step_that_uses_it(evaluating, monkeypatch):
    made = evaluating(linearity=QUICK_LINEARITY)
    made.go()
    step, _ = result_of(made, "adjust")
    mean = testbench.engine.observation.average

    def biased(values, **options):
        found = mean(values, **options)
        return replace(found, quantity=replace(found.quantity, value=found.quantity.value + 1e-9))

    monkeypatch.setattr(testbench.engine.observation, "average", biased)
    result = made.again()
    assert not result.agrees
    assert result.differences[0].place == f"run R01, step {step} adjust"
    assert result.differences[0].item.startswith("devices.A.before.value")
    assert result.problems == ()


def test_a_changed_formula_of_a_finding_is_found_in_the_findings_alone(evaluating, monkeypatch):
    made = evaluating(linearity=QUICK_LINEARITY, repeatability={"repeats": 3})
    made.go()
    relative = procedures.repeatability.relative_repeatability
    monkeypatch.setattr(
        procedures.repeatability, "relative_repeatability", lambda values, **options: relative(values[:-1], **options)
    )
    result = made.again()
    assert result.runs[0].agrees
    assert not result.runs[1].agrees
    assert {difference.place.split(" (")[0] for difference in result.differences} == {
        "run R02, finding 1",
        "run R02, finding 2",
        "run R02, finding 3",
    }


def test_a_procedure_in_another_order_names_the_first_step_and_the_other_runs_go_on(evaluating, monkeypatch):
    made = evaluating(repeatability={"repeats": 3}, linearity=QUICK_LINEARITY)
    made.go()
    known = find_procedure("repeatability")

    def in_another_order(bench, settings):
        bench.check_conditions()
        bench.supply(settings.level)

    changed = replace(known, function=in_another_order)
    monkeypatch.setattr(
        recompute_module, "find_procedure", lambda name: changed if name == "repeatability" else find_procedure(name)
    )
    result = made.again()
    assert result.runs[0].left.startswith("run R01, step 2 zero_gas differs: the record has zero_gas {}, ")
    assert "asks for supply {'fraction': 1.0}" in result.runs[0].left
    assert result.runs[0].compared == 1
    assert result.runs[1].agrees
    assert not result.agrees


def test_a_procedure_that_ends_earlier_or_later_than_its_record_is_named(evaluating, monkeypatch):
    made = evaluating(repeatability={"repeats": 3})
    made.go()
    known = find_procedure("repeatability")

    def shorter(bench, settings):
        bench.check_conditions()

    def longer(bench, settings):
        known.function(bench, settings)
        bench.zero_gas()

    left = []
    for function in (shorter, longer):
        changed = replace(known, function=function)
        monkeypatch.setattr(recompute_module, "find_procedure", lambda name, changed=changed: changed)
        left.append(made.again().runs[0].left)
    steps = len(made.record.steps(f"{made.evaluation}-R01"))
    assert left == [
        "run R01, step 2 zero_gas differs: the procedure of today ends before it",
        f"run R01, step {steps + 1} differs: the record has no such step, today's procedure asks for zero_gas",
    ]


def test_a_step_of_an_older_record_without_its_windows_cannot_be_computed_and_does_not_agree(evaluating):
    made = evaluating(response_time={"repeats": 1})
    made.go()
    step, result = result_of(made, "transition")
    made.record.close()
    with sqlite3.connect(made.request.record) as database:
        database.execute(
            "UPDATE step SET result = ? WHERE run = ? AND number = ?",
            (json.dumps(result | {"settling": None}), f"{made.evaluation}-R01", step),
        )
    database.close()
    with Record.open(made.request.record) as record:
        result = recompute(record, made.evaluation)
    (missing,) = result.runs[0].not_computed
    assert str(missing).startswith(f"run R01, step {step} transition could not be computed anew: when the gas before")
    assert not result.agrees


def with_a_chamber(text):
    """A climate chamber in place of the transmitter of temperature; device A feels it, and the supply as well."""
    data = tomllib.loads(text)
    data["environment"]["temperature"] = {
        "driver": "text-condition",
        "resource": "twin",
        "profile": "scpi-chamber",
        "quantity": "temperature",
        "unit": "°C",
        "truth": {"value": 25.0, "settling_s": 300.0, "noise": 0.05},
    }
    data["devices"]["A"]["truth"] |= {"influence": {"temperature": 0.05, "voltage": -0.02}, "noise_percent_fs": 0.0}
    return tomlkit.dumps(data)


def test_conditions_that_were_set_agree_with_their_record_and_devices_felt_them(evaluating, simulated_text, monkeypatch):
    known = find_procedure("repeatability")
    shown = []

    def influences(bench, settings):
        bench.supply(0.8)
        bench.settle()
        for quantity, value in (("temperature", 25.0), ("temperature", 35.0), ("voltage", 242.0), ("temperature", 99.0)):
            found = bench.set_condition(quantity, value)
            averages = bench.average(60.0)
            shown.append((found, averages.readings["A"].indication.value))

    changed = replace(known, function=influences)
    monkeypatch.setattr(recompute_module, "find_procedure", lambda name: changed)
    made = evaluating(station=with_a_chamber(simulated_text), repeatability={"repeats": 3})
    made.request = replace(made.request, items=(replace(made.request.items[0], procedure=changed),))
    made.go()
    live, shown[:] = list(shown), []
    (at_25, at_35, at_242, at_99) = live
    assert at_25[0].stable
    assert at_25[0].window.end - at_25[0].window.start >= 600.0
    assert at_35[0].reached == pytest.approx(35.0, abs=0.5)
    assert at_35[1] - at_25[1] == pytest.approx(0.05 * (at_35[0].reached - at_25[0].reached) / 100 * 20.0, abs=0.002)
    assert (at_242[0].by, at_242[0].reached) == ("simulated operator", 242.0)
    assert at_242[1] - at_35[1] == pytest.approx(-0.02 * (242.0 - 221.0) / 100 * 20.0, abs=0.005)
    assert at_99[0].stable
    assert_agrees(made.again())
    assert [found for found, _ in shown] == [found for found, _ in live]
