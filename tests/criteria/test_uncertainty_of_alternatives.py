"""A verdict by an alternative states the uncertainty in the alternative's metric, or none where it is not known."""

import pytest

from testbench.criteria.judge import judge
from testbench.criteria.standard import load_standard
from testbench.findings import Finding
from testbench.outcome import Outcome


def error(percent, micromoles, expressed):
    return Finding(
        "A",
        "intrinsic_error",
        percent,
        "%",
        expanded_uncertainty=0.8,
        details={"variables": {"difference": micromoles}, "expressed": expressed},
    )


def test_the_uncertainty_of_the_alternative_is_shown_beside_its_value():
    standard = load_standard("oiml-r144")
    known = {"absolute": {"value": 1.5, "unit": "µmol/mol", "expanded_uncertainty": 0.1}}
    by_alternative = judge(error(7.5, 1.5, known), standard, measurand="NO")
    assert by_alternative.by_alternative
    assert (by_alternative.value, by_alternative.unit, by_alternative.expanded_uncertainty) == (1.5, "µmol/mol", 0.1)
    assert by_alternative.outcome is Outcome.PASS
    assert judge(error(7.5, 1.5, {}), standard, measurand="NO").expanded_uncertainty is None
    main = judge(error(3.0, 20.0, known), standard, measurand="NO")
    assert (main.value, main.expanded_uncertainty) == (pytest.approx(3.0), 0.8)
