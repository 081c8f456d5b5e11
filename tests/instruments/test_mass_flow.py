"""What mass flow controllers have in common: those of a line are told apart, or are refused."""

from __future__ import annotations

import pytest

from instruments.alicat import Alicat, AlicatSettings
from testbench.engine.roles import Parts
from testbench.errors import InputError


class WithoutAddress(Alicat):
    """A controller whose protocol knows no address."""

    address_key = None


def settings(resource: str) -> AlicatSettings:
    return AlicatSettings(resource=resource, full_scale=5.0, uncertainty_percent=0.4, reproducibility_percent=0.03)


def test_controllers_without_addresses_need_a_line_each() -> None:
    first = WithoutAddress("mfc-co2", settings("ASRL3::INSTR"), Parts({}, {}))
    with pytest.raises(InputError, match="mfc-n2 shares its line with mfc-co2: they have no address, give each a line"):
        WithoutAddress("mfc-n2", settings("ASRL3::INSTR"), Parts({"mfc-co2": first}, {}))
    WithoutAddress("mfc-n2", settings("ASRL4::INSTR"), Parts({"mfc-co2": first}, {}))
    WithoutAddress("mfc-n2", settings("twin"), Parts({"mfc-co2": first}, {}))
