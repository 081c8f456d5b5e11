"""Settings of procedures: typed, with clear errors."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testbench.engine.procedure import parse_assignments
from testbench.engine.registry import find_procedure, procedure_names
from testbench.errors import InputError


def test_every_installed_procedure_has_titles_in_both_languages_and_units_or_titles_for_its_settings():
    for name in procedure_names():
        procedure = find_procedure(name)
        assert procedure.title.zh
        assert procedure.title.en
        assert procedure.summary.endswith(".")
        for field in procedure.settings.model_fields.values():
            assert field.title


def test_assignments_become_typed_settings():
    linearity = find_procedure("linearity")
    settings = linearity.configure(parse_assignments(["levels=0,0.25,0.5,0.75,1", "passes=2", "zero-between=false"]))
    assert settings.levels == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert settings.passes == 2
    assert settings.zero_between is False


@pytest.mark.parametrize(
    ("assignment", "named"),
    [
        ("passes=many", "passes"),
        ("passes=0", "passes"),
        ("level=0.5,1", "did you mean 'levels'"),
        ("levels=0.5,x", "levels"),
        ("span=2", "span"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(assignment, named):
    with pytest.raises(InputError, match=r"procedure 'linearity'") as caught:
        find_procedure("linearity").configure(parse_assignments([assignment]))
    assert named in str(caught.value)


@pytest.mark.parametrize("assignments", [["passes"], ["=3"], ["passes=1", "passes=2"]])
def test_an_assignment_that_cannot_be_read_says_how_to_write_it(assignments):
    with pytest.raises(InputError, match="--set"):
        parse_assignments(assignments)


def test_an_unknown_procedure_is_answered_with_the_known_ones():
    with pytest.raises(InputError, match=r"did you mean 'linearity'\? there are: .*\bdrift\b.*\blinearity\b"):
        find_procedure("linearty")


@given(st.lists(st.text(max_size=20), max_size=4))
def test_no_text_makes_anything_but_a_clear_error(assignments):
    with contextlib.suppress(InputError):
        find_procedure("linearity").configure(parse_assignments(assignments))
