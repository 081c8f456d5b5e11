"""Patterns and templates of text profiles: what they say, and what they refuse."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.text_grammar import NUMBER, as_sent, compiled, filled, fits, places, reader


def pairs(count: int) -> str:
    """Repetitions of which any two, but no three, share a character."""
    letters = iter("".join(map(chr, range(65, 91))) + "".join(map(chr, range(97, 123))))
    shared = {pair: next(letters) for pair in itertools.combinations(range(count), 2)}
    return "".join(f"[{''.join(letter for pair, letter in shared.items() if each in pair)}]*" for each in range(count))


PAIRS = pairs(10)


@pytest.mark.parametrize(
    "pattern",
    [
        NUMBER,
        "[a+]+",
        r"(?:,\d{2}){3}",
        r"(?P<value>\d+) (?P<unit>\w+)",
        r"(?i:ok)?",
        r"\((a)\)+",
        r"[^]a]*",
        "a|b",
        ",".join(["[^,]*"] * 9),
        f"{NUMBER} +{NUMBER}",
    ],
)
def test_a_pattern_of_bounded_effort_is_taken(pattern):
    assert compiled(pattern).pattern == pattern


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a+)+", "repeats a group that itself varies"),
        ("((a+)b)+", "repeats a group that itself varies"),
        ("(a|a)*b", "repeats a group that itself varies"),
        ("(a?a?){30}b", "repeats a group that itself varies"),
        (r"(\d{1,3}\.)*", "repeats a group that itself varies"),
        (r"(a)\1", "refers back"),
        ("(?P<x>a)(?P=x)", "refers back"),
        (".*a.*b.*c.*", "more than 3 repetitions in a row"),
        (r"\d*\d*\d*\d*x", "more than 3 repetitions in a row"),
        (r"\d*1?\d{0,9}(?:\d+|a)\w*", "more than 3 repetitions in a row"),
        ("(?:a?b?c?){2}", "repeats a group that itself varies"),
        (f"{NUMBER} *{NUMBER}", "more than 3 repetitions in a row"),
        (PAIRS, "too many optional parts"),
        ("(", "no regular expression"),
        ("a" * 301, "301 characters"),
    ],
)
def test_a_pattern_that_might_take_for_ever_is_refused(pattern, why):
    with pytest.raises(ValueError, match=why):
        compiled(pattern)


@given(st.text(alphabet="ab()|*+?{}1,[]^\\.:P<>=", max_size=20))
def test_every_text_is_a_pattern_or_refused_with_a_reason(pattern):
    try:
        compiled(pattern)
    except ValueError as error:
        reason = str(error)
    else:
        reason = "it is taken"
    assert reason


def test_an_answer_longer_than_a_line_fits_nothing():
    assert fits("a*", "a" * 512)
    assert fits("a*", "a" * 513) is None


@pytest.mark.parametrize(
    ("template", "value", "text"),
    [
        ("TEMP {value:.2f}", 23.456, "TEMP 23.46"),
        ("A{value:06.1f}", -3.14, "A-003.1"),
        ("V{value:+.1e}", 220.0, "V+2.2e+02"),
        ("N{value:d}", 2.6, "N3"),
        ("{value}", 0.5, "0.5"),
        ("{{{value:.0f}}}", 7.0, "{7}"),
        ("T{value:.1f}", -0.04, "T0.0"),
    ],
)
def test_a_template_writes_a_number_by_its_digits(template, value, text):
    assert filled(template, value=value) == text


@pytest.mark.parametrize(
    "template",
    [
        "{value",
        "value}",
        "{value!r}",
        "{value.real}",
        "{value[0]}",
        "{value:>99}",
        "{value:.999f}",
        "{}",
        "{0}",
        "{Value}",
        "a" * 301,
    ],
)
def test_a_template_knows_nothing_but_names_and_number_forms(template):
    with pytest.raises(ValueError, match=r"has|writes"):
        places(template)


def test_a_text_that_could_end_the_line_is_not_sent():
    assert filled("GAS {gas}", gas="CO2") == "GAS CO2"
    with pytest.raises(ValueError, match="cannot be sent as gas"):
        filled("GAS {gas}", gas="CO2\nRESET")
    with pytest.raises(ValueError, match="nothing is given for"):
        filled("GAS {gas}", value=1.0)


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_what_was_sent_is_read_out_again(value, digits):
    template = f"SOUR {{value:.{digits}f}} V"
    found = reader(template).fullmatch(filled(template, value=value))
    assert found is not None
    assert float(found["value"]) == as_sent(template, value) == pytest.approx(value, abs=0.51 * 10**-digits)


def test_places_beside_the_number_are_read_out_too():
    found = reader("C {gas} {value:.1f}").fullmatch("C CO2 12.5")
    assert found is not None
    assert (found["gas"], found["value"]) == ("CO2", "12.5")
    assert isinstance(found, re.Match)
