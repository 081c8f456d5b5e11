"""Gas of whole evaluations over sockets: what the record and the register say against the plan and the flow that was set."""

import datetime as dt
from collections import Counter

import pytest

from testbench.engine.evaluation import EvaluationRequest, evaluate
from testbench.engine.gas_used import gas_used
from testbench.engine.plan import SuiteItem
from testbench.engine.registry import find_procedure
from testbench.record.store import Record
from testbench.register.entries import RegisteredCylinder
from testbench.register.fitting import fitted
from testbench.register.states import State, states
from testbench.register.store import Register
from testbench.station import parse_station
from testbench.text import Text

AT = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
TOTAL_FLOW = 4.0  # L/min, as the station states it


class Noting:
    """Notes a use when the evaluation has begun, as the window does."""

    def __init__(self, register, cylinder):
        self.planned_litres = Counter()
        self._note = lambda evaluation: register.note_use(cylinder, evaluation, by="li", at=AT)

    def planned(self, plan):
        for step in plan.steps:
            self.planned_litres.update(step.gas_litres)

    def begun(self, evaluation):
        self._note(evaluation)

    def _pass(self, *_):
        """Nothing to do."""

    step_began = step_ended = tick = notice = run_began = _pass


def test_the_register_follows_what_an_evaluation_used(tmp_path, monkeypatch, simulated_text):
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(tmp_path))
    with Register.open() as register:
        cylinder = register.add(
            RegisteredCylinder(
                component="CO2",
                fraction_percent=30.0,
                expanded_uncertainty_percent=0.6,
                certificate="C-1",
                valid_until=dt.date(2028, 12, 31),
                nominal_litres=1000.0,
                present_litres=110.0,
            ),
            by="li",
            at=AT,
        )
        text = fitted(parse_station(simulated_text, tmp_path / "station.toml"), {}, {"co2": cylinder}, today=AT.date())
        procedure = find_procedure("linearity")
        item = SuiteItem(procedure, procedure.configure({"passes": 1}), Text("", ""))
        station = parse_station(text, tmp_path / "station.toml")
        path = tmp_path / "record.sqlite"
        noting = Noting(register, cylinder)
        result = evaluate(EvaluationRequest(station, None, (item,), path), noting)
        with Record.open(path) as record:
            used = gas_used(record, result.evaluation)
            kinds = Counter(event.kind for event in record.events(result.evaluation))
            flow = record.load(result.evaluation, "mfc-n2.flow")
        planned = noting.planned_litres
        assert sum(used.values()) == pytest.approx(TOTAL_FLOW * (flow.time[-1] - flow.time[0]) / 60.0, rel=0.01)
        assert used["co2"] == pytest.approx(planned["co2"], rel=0.05)
        assert used["zero"] == pytest.approx(planned["zero"], rel=0.05)
        assert kinds["gas used"] == 1
        (use,) = register.uses(cylinder)
        assert use.litres == pytest.approx(used["co2"])
        left = register.entry(RegisteredCylinder, cylinder.identifier)
        assert left.present_litres == pytest.approx(110.0 - used["co2"])
        assert states(cylinder, AT.date()) == (State.READY,)
        assert State.NEARLY_EMPTY in states(left, AT.date())
