"""A laboratory's own standards: found by name, copied with their comments, confirmed, locked, and counted in versions."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from testbench.criteria.folder import VARIABLE, file_path, own_standards, version_path
from testbench.criteria.own_standards import Figure, confirm, copy_standard, lock, new_version
from testbench.criteria.requirement import Mark
from testbench.criteria.standard import list_standards, load_standard, parse_standard
from testbench.errors import InputError, StandardError

AT = dt.datetime(2026, 11, 23, 14, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
PAGE = "HJ 76-2017, page 12"

TIERED = """
[standard]
name = "tiered"
title = { zh = "示例", en = "Example" }
edition = "1"
basis = { zh = "示例", en = "example" }

[[criterion]]
characteristic = "relative_accuracy"
title = { zh = "示例", en = "Example" }
clause = { zh = "1", en = "1" }
measurands = ["SO2"]
selector = "reference_mean"

# The first tier.
[[criterion.tiers]]
upper = 50
metric = "absolute"
unit = "ppm"
limit = 5
sided = "upper"
comparison = "full-value"
evidence = { mark = "M", confidence = 50, source = "recalled" }  # a guess

[[criterion.tiers]]
lower = 50
metric = "percent"
unit = "%"
limit = 15.0
sided = "upper"
comparison = "full-value"
grades = [{ name = "annual", limit = 7.5 }, { name = "semi", limit = 15.0 }]
evidence = { mark = "S", source = "a book" }

[[criterion]]
characteristic = "relative_accuracy"
title = { zh = "示例", en = "Example" }
clause = { zh = "1", en = "1" }
measurands = ["NOx"]

[criterion.requirement]
metric = "percent"
unit = "%"
limit = 20
sided = "upper"
comparison = "full-value"
evidence = { mark = "C" }
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "standards"))
    return tmp_path / "standards"


@pytest.fixture
def tiered(folder: Path) -> Path:
    folder.mkdir()
    path = folder / "tiered.toml"
    path.write_text(TIERED, encoding="utf-8")
    return path


def test_a_copy_is_found_by_its_name_and_says_what_it_was_copied_from() -> None:
    original = load_standard("hj76-2017")
    path = copy_standard("hj76-2017", "our-hj76")
    copy = load_standard("our-hj76")
    assert path == file_path("our-hj76")
    assert "our-hj76" in list_standards()
    assert own_standards() == ("our-hj76",)
    assert (copy.version, copy.standard.copied_from) == (1, f"hj76-2017@1 sha256:{original.digest}")
    assert (copy.criteria, copy.suite) == (original.criteria, original.suite)
    assert [line for line in copy.text.splitlines() if line.startswith("#")] == [
        line for line in original.text.splitlines() if line.startswith("#")
    ]
    assert copy_standard("hj76-2017").stem == "hj76-2017-own"


@pytest.mark.parametrize("name", ["hj76-2017", "Our", "a/b", "../up", "a b", "x.toml", ""])
def test_a_copy_needs_a_name_of_its_own(name: str) -> None:
    with pytest.raises(InputError, match=r"another name|cannot be a standard's name"):
        copy_standard("hj76-2017", name or " ")


def test_a_copy_never_replaces_another() -> None:
    copy_standard("hj76-2017", "ours")
    with pytest.raises(InputError, match="ours is there already"):
        copy_standard("epa-part75", "ours")


def test_a_confirmed_figure_keeps_who_when_where_and_what_was_known_before() -> None:
    copy_standard("hj76-2017", "ours")
    before, after = confirm("ours", Figure("repeatability", measurand="SO2"), by="李伟", edition=PAGE, at=AT)
    (own,) = after.evidence.confirmed
    assert (before.evidence.mark, after.evidence.mark, after.evidence.confidence) == (Mark.MEMORY, Mark.PRIMARY, None)
    assert (after.evidence.source, own.by, own.at, own.edition) == (PAGE, "李伟", AT, PAGE)
    assert (own.former.mark, own.former.confidence, own.former.source, own.former.limit) == (
        Mark.MEMORY,
        before.evidence.confidence,
        before.evidence.source,
        None,
    )
    read = load_standard("ours").criterion_for("repeatability", "SO2")
    assert read is not None
    assert read.requirement == after
    assert not read.provisional


def test_a_confirmation_touches_nothing_but_its_own_figure(tiered: Path) -> None:
    _, after = confirm("tiered", Figure("relative_accuracy", measurand="SO2", tier=2), by="Li", edition=PAGE, at=AT)
    text = tiered.read_text(encoding="utf-8")
    changed = [line for line in text.splitlines() if line not in TIERED.splitlines()]
    assert len(changed) == 1
    assert changed[0].startswith('evidence = { mark = "P"')
    assert after.limit == 15


def test_another_figure_is_written_with_the_one_before_it_and_the_last_grade_follows(tiered: Path) -> None:
    figure = Figure("relative_accuracy", measurand="SO2", tier=2)
    _, after = confirm("tiered", figure, by="Li", edition=PAGE, at=AT, limit=Decimal("12.50"))
    assert (str(after.limit), after.evidence.confirmed[0].former.limit) == ("12.50", 15)
    assert [grade.limit for grade in after.grades] == [Decimal("7.5"), Decimal("12.5")]
    _, again = confirm("tiered", figure, by="Wang", edition="page 13", at=AT, limit=Decimal(12))
    assert [one.by for one in again.evidence.confirmed] == ["Li", "Wang"]
    assert again.evidence.confirmed[1].former.mark is Mark.PRIMARY
    assert "# The first tier." in tiered.read_text(encoding="utf-8")


def test_a_figure_that_would_make_the_file_wrong_is_not_written(tiered: Path) -> None:
    before = tiered.read_bytes()
    with pytest.raises(StandardError, match="grades"):
        confirm("tiered", Figure("relative_accuracy", measurand="SO2", tier=2), by="L", edition="p", at=AT, limit=Decimal(5))
    assert tiered.read_bytes() == before


@pytest.mark.parametrize(
    ("figure", "problem"),
    [
        (Figure("relative_acuracy"), "did you mean 'relative_accuracy'"),
        (Figure("relative_accuracy"), "several criteria for relative_accuracy: SO2; NOx; say which"),
        (Figure("relative_accuracy", measurand="CO"), "none of them is meant"),
        (Figure("relative_accuracy", measurand="SO2"), "give --tier N, one of 1: 5 ppm, 2: 15.0 %"),
        (Figure("relative_accuracy", measurand="SO2", tier=3), "give --tier N"),
        (Figure("relative_accuracy", measurand="NOx", tier=1), "has one limit and no tiers"),
        (Figure("relative_accuracy", measurand="NOx", alternative=1), "give --alternative N, one of none"),
        (Figure("relative_accuracy", measurand="NOx", tier=1, alternative=1), "not both"),
    ],
)
def test_a_figure_that_is_not_the_only_one_is_asked_for(tiered: Path, figure: Figure, problem: str) -> None:
    with pytest.raises(InputError) as caught:
        confirm("tiered", figure, by="Li", edition=PAGE, at=AT)
    assert problem in str(caught.value)
    assert tiered.read_text(encoding="utf-8") == TIERED


def test_a_confirmation_says_who_and_where(tiered: Path) -> None:
    for by, edition in (("", PAGE), ("Li", "  ")):
        with pytest.raises(InputError, match="say who confirms"):
            confirm("tiered", Figure("relative_accuracy", measurand="NOx"), by=by, edition=edition, at=AT)


def test_what_comes_with_the_program_is_not_changed() -> None:
    with pytest.raises(InputError, match="copy it first: `testbench standards copy hj76-2017`"):
        confirm("hj76-2017", Figure("repeatability"), by="Li", edition=PAGE, at=AT)
    with pytest.raises(InputError, match="no own standard 'none'"):
        lock("none", by="Li", at=AT)


def test_a_locked_file_is_read_but_not_changed(tiered: Path) -> None:
    locked = lock("tiered", by="Li Wei", at=AT)
    assert locked.lock is not None
    assert (locked.lock.by, locked.lock.at, load_standard("tiered").digest) == ("Li Wei", AT, locked.digest)
    assert version_path("tiered", 1).read_text(encoding="utf-8") == tiered.read_text(encoding="utf-8")
    for change in (
        lambda: confirm("tiered", Figure("relative_accuracy", measurand="NOx"), by="L", edition="p", at=AT),
        lambda: lock("tiered", by="Li", at=AT),
    ):
        with pytest.raises(
            StandardError, match=r"cannot be changed: it was locked by Li Wei on 2026-11-23.*new-version tiered"
        ):
            change()


@pytest.mark.parametrize(
    ("old", "new"),
    [("limit = 20", "limit = 25"), ("# The first tier.", ""), ("[lock]\n", "[lock]\n# mine\n\n"), ("Li Wei", "Wang")],
)
def test_whatever_is_changed_in_a_locked_file_is_noticed(tiered: Path, old: str, new: str) -> None:
    lock("tiered", by="Li Wei", at=AT)
    text = tiered.read_text(encoding="utf-8")
    assert old in text
    tiered.write_text(text.replace(old, new), encoding="utf-8")
    if old in ("[lock]\n", "Li Wei"):  # the lock's own words are not what judges
        assert load_standard("tiered").criteria == parse_standard(TIERED, "t").criteria
        return
    with pytest.raises(StandardError, match=r"tiered\.toml: was locked by Li Wei on 2026-11-23 and was changed since"):
        load_standard("tiered")


def test_a_table_after_the_lock_is_a_change_too(tiered: Path) -> None:
    lock("tiered", by="Li", at=AT)
    with tiered.open("a", encoding="utf-8") as file:
        file.write('\n[[conditions]]\nquantity = "temperature"\nlower = 1\nunit = "°C"\nevidence = { mark = "P" }\n')
    with pytest.raises(StandardError, match="was changed since"):
        load_standard("tiered")


def test_a_lock_that_was_taken_off_by_hand_is_noticed(tiered: Path) -> None:
    lock("tiered", by="Li", at=AT)
    tiered.write_text(TIERED.replace("limit = 20", "limit = 25"), encoding="utf-8")
    with pytest.raises(StandardError, match=r"version 1 was locked and is kept as .*Set standard.version to 2"):
        load_standard("tiered")


def test_a_new_version_counts_up_keeps_the_old_one_and_what_was_changed(tiered: Path) -> None:
    with pytest.raises(InputError, match="is not locked; change it as it is"):
        new_version("tiered")
    first = lock("tiered", by="Li", at=AT)
    tiered.write_text(tiered.read_text(encoding="utf-8").replace("limit = 20", "limit = 25"), encoding="utf-8")
    second = new_version("tiered")
    assert (second.version, second.lock, second.criteria[1].requirements[0].limit) == (2, None, 25)
    assert load_standard("tiered@1").digest == first.digest
    assert load_standard("tiered@2").digest == second.digest == load_standard("tiered").digest
    assert lock("tiered", by="Li", at=AT).version == 2
    assert load_standard("tiered@2").lock is not None
    with pytest.raises(InputError, match="tiered@1 is a former version"):
        new_version("tiered@1")
    with pytest.raises(StandardError):
        load_standard("tiered@3")


def test_a_file_of_another_name_than_its_own_is_refused(folder: Path, tiered: Path) -> None:
    tiered.rename(folder / "other.toml")
    with pytest.raises(StandardError, match=r"standard.name: is 'tiered'; the file's name says 'other'"):
        load_standard("other")


def test_a_copy_of_a_locked_standard_is_not_locked(tiered: Path) -> None:
    lock("tiered", by="Li", at=AT)
    copy_standard("tiered", "second")
    assert load_standard("second").lock is None
    assert tomllib.loads(file_path("second").read_text(encoding="utf-8"))["standard"]["version"] == 1
