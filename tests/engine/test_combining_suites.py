"""One suite for several standards: what joins, what stays apart, in which order, and what is told of it."""

import pytest

from testbench.criteria.combined import combined_standard
from testbench.criteria.standard import parse_standard
from testbench.engine.combining import check_standards, combine, departures, join
from testbench.engine.plan import make_plan, suite_of
from testbench.engine.saving import saving
from testbench.engine.suite_file import parse_suite, suite_text
from testbench.errors import InputError, StandardError

HEAD = """
[standard]
name = "{name}"
title = {{ zh = "甲", en = "{name}" }}
edition = "1"
basis = {{ zh = "试", en = "test" }}
"""
ENTRY = """
[[suite]]
procedure = "{procedure}"
clause = {{ zh = "{name} 条", en = "{name}, {procedure}" }}
evidence = {{ mark = "P", source = "own" }}
"""


def standard(name, *suite):
    text = HEAD.format(name=name)
    for procedure, settings in suite:
        text += ENTRY.format(name=name, procedure=procedure)
        text += "".join(f"settings.{key} = {value}\n" for key, value in settings.items())
    return parse_standard(text, f"{name}.toml")


def shown(items):
    return [(item.procedure.name, item.standards) for item in items]


A = standard("a", ("warm-up", {"duration_h": 12}), ("repeatability", {"level": 0.8, "repeats": 6}), ("drift", {"days": 7}))
B = standard(
    "b",
    ("warm-up", {"duration_h": 24}),
    ("response-time", {"repeats": 3}),
    ("repeatability", {"level": 0.8, "repeats": 10}),
    ("drift", {"days": 7}),
)


def test_what_standards_ask_for_alike_is_done_once():
    items = combine([A, B])
    assert shown(items) == [
        ("warm-up", ("a", "b")),
        ("response-time", ("b",)),
        ("repeatability", ("a", "b")),
        ("drift", ("a", "b")),
    ]
    assert items[0].settings.duration_h == 24
    assert items[2].settings.repeats == 10
    assert items[3].clause.en == "a, drift; b, drift"


def test_the_larger_of_at_least_is_told():
    told = [departure.text.en for departure in departures(combine([A, B]), combined_standard([A, B]))]
    assert told == [
        "1 Preparation and warm-up: warm-up 24; a asks for 12",
        "3 Repeatability: repeats 10; a asks for 6",
    ]


@pytest.mark.parametrize(
    ("procedure", "one", "other"),
    [
        ("linearity", {"levels": [0.2, 0.8]}, {"levels": [0.2, 0.5, 0.8]}),
        ("linearity", {"zero_between": "true"}, {"zero_between": "false"}),
        ("drift", {"days": 7}, {"days": 8}),
        ("drift", {"span": 1.0}, {"span": 0.8}),
        ("repeatability", {"level": 1.0}, {"level": 0.8}),
        ("response-time", {"end_point": '"nominal"'}, {"end_point": '"final"'}),
    ],
)
def test_what_is_prescribed_differently_stays_apart(procedure, one, other):
    items = combine([standard("a", (procedure, one)), standard("b", (procedure, other))])
    assert shown(items) == [(procedure, ("a",)), (procedure, ("b",))]


def test_every_joined_item_gives_each_standard_at_least_what_it_asks_for():
    for item in combine([A, B]):
        for part in (A, B):
            for entry in part.suite:
                if entry.procedure == item.procedure.name and item.serves(part.name):
                    own = item.procedure.configure(entry.settings).model_dump()
                    assert all(item.settings.model_dump()[name] >= value for name, value in own.items())


def test_two_items_of_one_standard_stay_two():
    twice = standard("a", ("repeatability", {"level": 0.5}), ("repeatability", {"level": 0.5}))
    assert shown(combine([twice, standard("b", ("repeatability", {"level": 0.5}))])) == [
        ("repeatability", ("a", "b")),
        ("repeatability", ("a",)),
    ] or shown(combine([twice, standard("b", ("repeatability", {"level": 0.5}))])) == [
        ("repeatability", ("a",)),
        ("repeatability", ("a", "b")),
    ]


def test_preparation_comes_before_all_tests_and_each_order_is_kept():
    bare = standard("bare", ("linearity", {}), ("drift", {}), ("repeatability", {}))
    assert shown(combine([bare, B])) == [
        ("warm-up", ("b",)),
        ("linearity", ("bare",)),
        ("response-time", ("b",)),
        ("repeatability", ("b",)),
        ("drift", ("bare", "b")),
        ("repeatability", ("bare",)),
    ]


def test_other_procedures_never_join():
    (one, *_), (_, other, *_) = combine([A]), combine([B])
    assert join(one, other) is None


def test_a_standard_without_a_suite_is_refused():
    with pytest.raises(StandardError, match="standard empty has no suite for the bench"):
        suite_of(combined_standard([A, standard("empty")]))


def test_the_saving_is_what_is_not_done_twice(simulated_station):
    station, both = simulated_station(), combined_standard([A, B])
    plan = make_plan(station, suite_of(both), both, devices=("A",))
    saved = saving(plan, station, both, devices=("A",))
    alone = {part.name: make_plan(station, suite_of(part), part, devices=("A",)) for part in (A, B)}
    assert {name: effort.duration_s for name, effort in saved.alone.items()} == {n: p.duration_s for n, p in alone.items()}
    assert saved.saved_s == pytest.approx(alone["a"].duration_s + alone["b"].duration_s - plan.duration_s)
    assert saved.saved_s > 7 * 86400
    assert saved.saved_litres > 0
    assert saving(plan, station, A, devices=("A",)) is None


def test_a_suite_file_says_which_standards_an_entry_serves():
    items = combine([A, B])
    assert parse_suite(suite_text(items), "suite.toml") == items
    check_standards(items, combined_standard([A, B]), "suite.toml")
    with pytest.raises(InputError, match=r"suite.toml: suite\[1\] serves 'b'; those that judge are: a"):
        check_standards(items, A, "suite.toml")
    with pytest.raises(InputError, match="none judges"):
        check_standards(items, None, "suite.toml")
