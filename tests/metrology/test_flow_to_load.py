"""The ratio of flow to load, hour by hour against the last audit."""

from decimal import Decimal

import pytest

from testbench.metrology.flow_to_load import LoadHour, flow_to_load, reference_heat_rate, reference_ratio


def test_the_reference_ratio_has_two_decimals_rounded_half_away_from_zero():
    assert reference_ratio(Decimal(60_250_000), Decimal(500)) == Decimal("1.21")  # 1.205
    assert reference_ratio(Decimal(60_000_000), Decimal(480)) == Decimal("1.25")


def test_the_reference_heat_rate_is_in_btu_per_kilowatt_hour():
    assert reference_heat_rate(Decimal(5000), Decimal(500)) == 10000  # 5000 mmBtu/h, 500 MW


def test_the_mean_is_of_absolute_differences():
    hours = [
        LoadHour(Decimal(66_000_000), Decimal(500)),
        LoadHour(Decimal(54_000_000), Decimal(500)),
    ]  # 1.32 and 1.08 against 1.20
    found = flow_to_load(hours, reference=Decimal("1.20"))
    assert found.mean_difference_percent == 10
    assert (found.hours, found.excluded, found.enough) == (2, 0, False)


def test_only_hours_near_the_reference_load_count():
    hours = [
        LoadHour(Decimal(60_000_000), Decimal(500)),
        *(LoadHour(Decimal(90_000_000), load) for load in (Decimal(449), Decimal(551), Decimal(0))),
    ]
    assert (
        flow_to_load(
            [*hours, LoadHour(Decimal(66_000_000), Decimal(550))], reference=Decimal("1.20"), reference_load=Decimal(500)
        ).hours
        == 2
    )
    with pytest.raises(ValueError, match="no hour"):
        flow_to_load(hours[1:], reference=Decimal("1.20"), reference_load=Decimal(500))


def test_a_week_of_hours_is_enough():
    assert flow_to_load([LoadHour(Decimal(60_000_000), Decimal(500))] * 168, reference=Decimal("1.20")).enough


@pytest.mark.parametrize(("flow", "load"), [(Decimal(0), Decimal(1)), (Decimal(1), Decimal(0)), (Decimal(-1), Decimal(1))])
def test_a_reference_needs_flow_and_load(flow, load):
    with pytest.raises(ValueError, match="above zero"):
        reference_ratio(flow, load)
