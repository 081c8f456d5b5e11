"""Forms of settings: what a field is, what it allows, how its text is read, and what is said of a wrong one."""

import math
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from testbench.engine.forms import Bound, FieldError, Kind, faults, form_fields
from testbench.engine.procedure import Procedure, Settings, Text, setting
from testbench.engine.registry import find_procedure, procedure_names


class Colour(StrEnum):
    RED = "red"


class ManySettings(Settings):
    share: float = setting(0.25, unit="F.S.", title=Text(zh="份额", en="share"), gt=0, lt=1)
    count: int | None = setting(None, title=Text(zh="个数", en="count"), ge=1)
    name: str = setting("a", title=Text(zh="名称", en="name"), min_length=1, max_length=8)
    colour: Colour = setting(Colour.RED, title=Text(zh="颜色", en="colour"))
    table: dict[str, float] = setting({"a": 1.0}, title=Text(zh="表", en="table"))
    times: tuple[Annotated[float, Field(gt=0)], ...] = setting((1.0,), unit="s", title=Text(zh="时间", en="times"))
    end: Literal["up", "down"] = setting(
        "up", title=Text(zh="方向", en="direction"), choices={"up": Text(zh="上", en="upwards")}
    )


MANY = Procedure("many", Text(zh="多", en="many"), lambda bench, settings: None, ManySettings, (), ())


def field(name, procedure="linearity"):
    fields = form_fields(MANY if procedure == "many" else find_procedure(procedure))
    return next(field for field in fields if field.name == name)


@pytest.mark.parametrize("name", procedure_names())
def test_every_default_of_every_procedure_is_shown_and_read_back(name):
    procedure = find_procedure(name)
    fields = form_fields(procedure)
    assert [one.name for one in fields] == list(procedure.settings.model_fields)
    values = {one.name: one.read(one.show(one.default)) for one in fields}
    assert procedure.configure(values) == procedure.configure({})
    assert all(one.title.zh and one.title.en for one in fields)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("share", Kind.NUMBER),
        ("count", Kind.WHOLE),
        ("name", Kind.TEXT),
        ("colour", Kind.CHOICE),
        ("table", Kind.OTHER),
        ("times", Kind.NUMBERS),
        ("end", Kind.CHOICE),
    ],
)
def test_the_kind_of_a_field_comes_from_its_type(name, kind):
    assert field(name, "many").kind is kind


def test_fractions_of_full_scale_are_typed_in_percent():
    levels = field("levels")
    assert levels.unit == "%F.S."
    assert levels.show((0.2, 0.35, 1.0)) == "20, 35, 100"
    assert levels.read("20, 35；100 %F.S.") == (0.2, 0.35, 1.0)
    assert levels.read("7") == (0.07,)  # exactly the number that 0.07 is, not 7 times 0.01


def test_limits_say_whether_they_are_allowed_themselves():
    share = field("share", "many")
    assert (share.lower, share.upper) == (Bound(0, False), Bound(1, False))
    assert share.allowed.en == "> 0, < 100 %F.S."
    assert field("average_s").allowed.en == "10 … 3600 s"
    assert field("levels").allowed.zh == "0 … 100 %F.S.，2 … 20 个数"
    assert field("times", "many").lower == Bound(0, False)


def test_an_empty_text_is_none_only_where_the_setting_may_be_left_open():
    assert field("count", "many").read("  ") is None
    with pytest.raises(FieldError, match="enter a number"):
        field("passes").read("  ")


def test_choices_have_words_and_are_read_by_value_or_word():
    end = field("end", "many")
    assert [choice.title.en for choice in end.choices] == ["upwards", "down"]
    assert end.read("上") == end.read("up") == "up"
    with pytest.raises(FieldError, match="choose one of: upwards, down"):
        end.read("left")
    assert {choice.value for choice in field("end_point", "response-time").choices} == {"nominal", "final"}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("span", "much", "“much” is not a number"),
        ("span", "0,5", "decimal point"),
        ("span", "1e400", "finite"),
        ("span", "nan", "finite"),
        ("span", "sNaN", "finite"),
        ("span", "1e99999999999", "number"),
        ("passes", "2.5", "whole number, not 2.5"),
        ("zero_between", "maybe", "yes or no"),
        ("levels", "20, x", "“x” is not a number"),
    ],
)
def test_a_text_that_is_no_value_is_refused_in_words(name, text, told):
    with pytest.raises(FieldError) as caught:
        field(name).read(text)
    assert told in caught.value.text.en
    assert caught.value.text.zh != caught.value.text.en


def test_other_values_are_typed_as_json():
    table = field("table", "many")
    assert table.read(table.show({"b": 2.5})) == {"b": 2.5}
    for text in ("{", '{"a": NaN}'):
        with pytest.raises(FieldError, match="JSON"):
            table.read(text)


def told(values, procedure="linearity"):
    return {fault.name: fault.text.en for fault in faults(find_procedure(procedure), values)}


def test_every_wrong_setting_is_told_once_and_in_the_units_of_the_form():
    assert told({"levels": [0.2, 1.5], "passes": 0, "span": 0.4, "average_s": 5, "foo": 1}) == {
        "levels": "number 2, 150, is out of range; allowed: 0 … 100 %F.S.",
        "passes": "0 is out of range; allowed: 1 … 20",
        "span": "40 is out of range; allowed: 50 … 100 %F.S.",
        "average_s": "5 is out of range; allowed: 10 … 3600 s",
        "foo": "there is no such setting",
    }
    assert told({"levels": [0.5]}) == {"levels": "1 given; allowed: 2 … 20 numbers"}
    assert told({"passes": "x", "zero_between": "maybe"}) == {
        "passes": "enter a whole number",
        "zero_between": "enter yes or no",
    }
    assert told({"levels": [math.nan, 0.5]}) == {"levels": "enter a number"}
    assert told({"levels": "20, x"}) == {"levels": "enter numbers, with commas between them"}
    assert told({}) == {}


@given(st.text(max_size=12), st.sampled_from(["levels", "passes", "zero_between", "span", "average_s"]))
def test_any_text_is_either_read_or_refused_and_what_is_read_is_judged(text, name):
    one = field(name)
    try:
        value = one.read(text)
    except FieldError:
        return
    wrong = told({name: value})
    assert set(wrong) <= {name}
    if not wrong:
        assert one.read(one.show(value)) == value
