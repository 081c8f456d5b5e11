"""The disk that a plan needs: readings counted as the sampler takes them, bytes as blocks are packed."""

from pathlib import Path

import numpy as np
import pytest

from testbench.criteria.standard import load_standard
from testbench.engine.assembly import assemble
from testbench.engine.disk_need import BYTES_A_READING, BYTES_A_READING_ON_THE_GRID, disk_need, readings_of
from testbench.engine.plan import SuiteItem, make_plan, suite_of
from testbench.engine.procedure import Text
from testbench.engine.registry import find_procedure
from testbench.record.blocks import encode_block
from testbench.record.model import Readings


@pytest.mark.parametrize("name", ["repeatability", "linearity", "drift"])
def test_readings_are_counted_as_the_run_takes_them(simulated_station, direct_bench, name):
    procedure = find_procedure(name)
    settings = {"days": 1} if name == "drift" else {}
    file = simulated_station()
    plan = make_plan(file, [SuiteItem(procedure, procedure.configure(settings), Text("", ""))], None)
    made = direct_bench(file, wait_every_s=60.0)
    made.run(name, **settings)
    assert disk_need(plan, assemble(file)).readings == pytest.approx(made.ledger.readings, rel=0.15)


def test_a_step_is_read_at_both_ends_and_slow_sources_at_their_multiple(simulated_station):
    file = simulated_station()
    equipment = assemble(file)
    procedure = find_procedure("linearity")
    plan = make_plan(file, [SuiteItem(procedure, procedure.configure({}), Text("", ""))], None)
    average = next(step for step in plan.steps if step.call == "average")
    # 60 s at 1 s: 61 ticks of two flows, A and the five channels of the scanner; B renews its value every 2 s: 31 ticks
    assert readings_of(average, equipment) == 61 * (2 + 1 + 5) + 31


def packed(times, values):
    block = encode_block(Readings(time=times, value=values, status=np.zeros(len(times), "u1"), raw={}))
    return (len(block.time) + len(block.value) + len(block.status)) / len(times)


def test_bytes_a_reading_cover_what_packed_readings_take():
    chance = np.random.default_rng(1)
    grid = 1000.0 + 0.1 * np.arange(8192)
    values = 10.0 + chance.normal(0.0, 0.02, 8192)
    levels = 32 * (1 / 16 + 1 / 256)  # bytes of the drawing levels a reading, before they are packed
    assert packed(grid + chance.normal(0.0, 0.002, 8192), values) + levels < BYTES_A_READING
    assert packed(grid, np.round(values, 3)) + levels < BYTES_A_READING_ON_THE_GRID


def test_a_nine_day_evaluation_of_the_example_station_takes_megabytes(simulated_station):
    standard = load_standard(Path(__file__).parents[1] / "standards" / "hj76-core.toml")
    file = simulated_station()
    plan = make_plan(file, suite_of(standard), standard)
    on_the_grid = disk_need(plan, assemble(file), on_the_grid=True)
    real = disk_need(plan, assemble(file))
    assert on_the_grid.readings == real.readings == pytest.approx(237_553, rel=0.01)
    assert 5e6 < on_the_grid.bytes < real.bytes < 30e6
