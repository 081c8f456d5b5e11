"""Several standards served at once: chosen in the list, the suite that serves them, the saving, the words that start it."""

from pathlib import Path

import pytest

from gui.planning.starting import Order, words

TEXT = """
[standard]
name = "{name}"
title = {{ zh = "{name}", en = "{name}" }}
edition = "1"
basis = {{ zh = "试", en = "test" }}

[[suite]]
procedure = "repeatability"
clause = {{ zh = "{name}", en = "{name}" }}
evidence = {{ mark = "P", source = "own" }}
settings = {{ repeats = {repeats}, zero_between = false, interval_s = 1 }}
"""


@pytest.fixture
def standards(tmp_path):
    """Two criteria files with a suite of one procedure."""
    paths = []
    for name, repeats in (("one", 3), ("two", 5)):
        path = tmp_path / f"{name}.toml"
        path.write_text(TEXT.format(name=name, repeats=repeats), encoding="utf-8")
        paths.append(str(path))
    return paths


def settle(qtbot, page):
    qtbot.waitUntil(lambda: page.settled, timeout=10_000)


def states(page):
    model = page.editor.model
    return [line.standards for line in model._suite.lines]


def test_a_checked_standard_is_served_at_once_with_the_chosen_one(make_page, desk, qtbot, standards):
    page = make_page(desk, standard=standards[0])
    assert page.look.saving is None
    assert states(page) == [()]
    page.setup.further.check(standards[1])
    settle(qtbot, page)
    assert page.look.standard.name == "one+two"
    assert states(page) == [("one", "two")]
    assert page.editor.suite.lines[0].values["repeats"] == 5
    assert "saves" in page.plan.totals.text()
    assert "(one " in page.plan.totals.text()
    assert page.begin.isEnabled()
    said = words(Order(page.look, Path("record.sqlite"), "en", "li"), Path("station.toml"))
    given = [said[place + 1] for place, word in enumerate(said) if word == "--standard"]
    assert given == standards


def test_without_the_check_the_chosen_one_judges_alone(make_page, desk, qtbot, standards):
    page = make_page(desk, standard=standards[0])
    page.setup.further.check(standards[1])
    settle(qtbot, page)
    page.setup.further.wanted.setChecked(False)
    settle(qtbot, page)
    assert page.look.standard.name == "one"
    assert states(page) == [()]


def test_the_chosen_standard_is_not_offered_again(make_page, desk, standards):
    page = make_page(desk, standard=standards[0])
    page.setup.further.check(standards[0])
    assert page.setup.standards == (standards[0],)
    page.setup.choose_standard("")
    assert page.setup.standards == ()
    assert not page.setup.further.isEnabled()


def test_a_standard_without_a_suite_is_told_as_a_problem(make_page, desk, qtbot, standards, tmp_path):
    bare = tmp_path / "bare.toml"
    bare.write_text(TEXT.format(name="bare", repeats=3).split("[[suite]]")[0], encoding="utf-8")
    page = make_page(desk, standard=standards[0])
    page.setup.further.check(str(bare))
    settle(qtbot, page)
    assert not page.begin.isEnabled()
    assert any("standard bare has no suite" in problem.text.en for problem in page.look.problems)
