"""What is wrong in a criteria file beyond its form: tiers, units, characteristics, alternatives; every flaw with its place.

It reads the tables as they stand in the file, so that one flaw does not hide the others.
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from testbench.criteria.requirement import Interval, Metric, is_among
from testbench.text import Text

_UNITS = {Metric.PERCENT_OF_FULL_SCALE: ("%F.S.",), Metric.SECONDS: ("s",)}
"""Units that alone fit a metric; other metrics in percent take any unit that begins with a percent sign."""

VARIABLES = frozenset(
    """
    absolute_accuracy content difference full_scale limit_value load mean_reference nominal percent_of_content
    percent_of_standard reference_mean reference_percent_of_standard span waste_incineration
    """.split()  # noqa: SIM905 - a table reads better
)
"""Numbers beside a value by which procedures and recorded data choose tiers and serve alternatives."""


class Weight(StrEnum):
    """Whether a flaw must be mended, or is only worth knowing."""

    ERROR = "error"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong, and where: "criterion[2] (linearity_error).tiers[1]"; entries count from 1."""

    place: str
    text: Text
    weight: Weight = Weight.ERROR


def criteria_flaws(data: Mapping[str, Any], determinable: Collection[str]) -> Iterator[Flaw]:
    """Flaws of the criteria of a file, `data` as TOML has it; `determinable` are the characteristics that there are."""
    for number, criterion in enumerate(_tables(data, "criterion"), start=1):
        name = str(criterion.get("characteristic", ""))
        place = f"criterion[{number}] ({name})"
        if name and name not in determinable:
            yield Flaw(f"{place}.characteristic", _unknown(name, determinable))
        yield from _scope(criterion, place)
        yield from _limits(criterion, place)
        yield from _tiers(criterion, place)
        yield from _alternatives(criterion, place)


def undetermined(data: Mapping[str, Any], determined: Collection[str]) -> Iterator[Flaw]:
    """Criteria that no procedure of the suite determines; `determined` is what it does."""
    for number, criterion in enumerate(_tables(data, "criterion"), start=1):
        name = str(criterion.get("characteristic", ""))
        if name not in determined:
            yield Flaw(
                f"criterion[{number}] ({name})",
                Text(zh="套件中没有测定它的测试程序", en="no procedure of the suite determines it"),
                Weight.NOTE,
            )


def _unknown(name: str, known: Collection[str]) -> Text:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    zh, en = (f"；是否为 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")
    return Text(
        zh=f"没有测试程序或记录数据能得到 {name}{zh}",
        en=f"no procedure and no kind of recorded data determines {name}{en}",
    )


def _scope(criterion: Mapping[str, Any], place: str) -> Iterator[Flaw]:
    """Measurands that are all left out again, and variables that nothing is known to give."""
    measurands, left_out = (_names(criterion, key) for key in ("measurands", "not_for"))
    if measurands and all(is_among(name, left_out) for name in measurands):
        text = Text(zh="其全部组分又被排除：永远用不上", en="leaves out all of its measurands: the criterion never applies")
        yield Flaw(f"{place}.not_for", text)
    for key, variable in _variables(criterion):
        if variable not in VARIABLES:
            near = difflib.get_close_matches(variable, sorted(VARIABLES), n=1)
            zh, en = (f"；是否为 {near[0]}？", f"; did you mean {near[0]}?") if near else ("", "")
            yield Flaw(
                f"{place}.{key}",
                Text(zh=f"没有已知的测试给出变量 {variable}{zh}", en=f"no known test gives the variable {variable}{en}"),
                Weight.NOTE,
            )


def _names(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    listed = table.get(key, ())
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


def _variables(criterion: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every variable that a criterion asks for, with its key."""
    if "selector" in criterion:
        yield "selector", str(criterion["selector"])
    for number, entry in enumerate(_tables(criterion, "alternatives"), start=1):
        if "value" in entry:
            yield f"alternatives[{number}].value", str(entry["value"])
        for condition in _tables(entry, "conditions"):
            yield f"alternatives[{number}].conditions", str(condition.get("variable", ""))


def _limits(criterion: Mapping[str, Any], place: str) -> Iterator[Flaw]:
    """Units of every limit."""
    entries = [("requirement", criterion["requirement"])] if isinstance(criterion.get("requirement"), Mapping) else []
    for key in ("tiers", "alternatives"):
        entries += [(f"{key}[{n}]", entry) for n, entry in enumerate(_tables(criterion, key), start=1)]
    data = _names(criterion, "units")
    for key, entry in entries:
        unit, metric = str(entry.get("unit", "")).strip(), str(entry.get("metric", ""))
        if not unit:
            limit = entry.get("limit", "?")
            yield Flaw(f"{place}.{key}.unit", Text(zh=f"限值 {limit} 没有单位", en=f"the limit {limit} has no unit"))
        elif not _fits(unit, metric):
            wanted = " / ".join(_UNITS.get(Metric(metric), ("%…",)))
            yield Flaw(
                f"{place}.{key}.unit",
                Text(
                    zh=f"单位 {unit} 与 {metric} 不符，应为 {wanted}",
                    en=f"{unit} does not fit {metric}, which is in {wanted}",
                ),
            )
        elif metric == Metric.ABSOLUTE and data and not is_among(unit, data):
            known = ", ".join(data)
            text = Text(
                zh=f"单位 {unit} 不是数据的单位（{known}）", en=f"{unit} is no unit of the data, which are in {known}"
            )
            yield Flaw(f"{place}.{key}.unit", text)


def _fits(unit: str, metric: str) -> bool:
    if metric not in set(Metric):
        return True  # said where the form is checked
    compact = unit.replace(" ", "")
    allowed = _UNITS.get(Metric(metric))
    if allowed is not None:
        return compact in allowed
    return not metric.startswith("percent") or compact.startswith("%")


def _tiers(criterion: Mapping[str, Any], place: str) -> Iterator[Flaw]:
    """Overlaps of tiers, and gaps between them."""
    found: list[tuple[int, Interval]] = []
    for number, tier in enumerate(_tables(criterion, "tiers"), start=1):
        interval = _interval({"variable": "x", **{k: tier[k] for k in _BOUNDS if k in tier}})
        if interval is not None:
            found.append((number, interval))
    found.sort(key=lambda entry: (entry[1].lower is not None, entry[1].lower or Decimal(0)))
    selector = str(criterion.get("selector", "?"))
    for (first, below), (second, above) in itertools.pairwise(found):
        end, begin = below.upper, above.lower
        names = f"tiers[{first}] / tiers[{second}]"
        if begin is None or end is None or end > begin or (end == begin and below.upper_closed and above.lower_closed):
            at = f"{begin if begin is not None else '-∞'} ≤ {selector} ≤ {'∞' if end is None else end}"
            yield Flaw(f"{place}.{names}", Text(zh=f"两档重叠：{at}", en=f"the tiers overlap: {at}"))
        elif end < begin or not (below.upper_closed or above.lower_closed):
            at = f"{selector} = {end}" if end == begin else f"{end} … {begin}"
            yield Flaw(f"{place}.{names}", Text(zh=f"两档之间有空缺：{at}", en=f"there is a gap between the tiers: {at}"))


_BOUNDS = ("lower", "lower_closed", "upper", "upper_closed")


def _alternatives(criterion: Mapping[str, Any], place: str) -> Iterator[Flaw]:
    """Alternatives that can never decide."""
    units = {str(unit).casefold() for unit in criterion.get("units", ())}
    entries = _tables(criterion, "alternatives")
    for number, entry in enumerate(entries, start=1):
        where = f"{place}.alternatives[{number}]"
        own = {str(unit).casefold() for unit in entry.get("units", ())}
        if units and own and not units & own:
            yield Flaw(
                f"{where}.units",
                Text(
                    zh="所列单位均不属于该指标：永远用不上",
                    en="none of its units is one of the criterion's: it is never reached",
                ),
            )
        conditions = [c for c in map(_interval, _tables(entry, "conditions")) if c is not None]
        for variable in sorted({condition.variable for condition in conditions}):
            if not _common([condition for condition in conditions if condition.variable == variable]):
                yield Flaw(
                    f"{where}.conditions",
                    Text(
                        zh=f"没有满足全部条件的 {variable}：永远用不上",
                        en=f"no {variable} meets all conditions: it is never reached",
                    ),
                )
        for earlier, other in enumerate(entries[: number - 1], start=1):
            if _covers(other, entry):
                text = Text(
                    zh=f"alternatives[{earlier}] 在同样情况下更宽或相同：永远用不上",
                    en=f"alternatives[{earlier}] allows as much in the same case: it is never reached",
                )
                yield Flaw(where, text)


def _covers(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether `one` passes wherever `other` does: the same case, and a limit that is as wide."""
    if any(one.get(key) != other.get(key) for key in ("value", "units", "conditions", "unit", "sided", "rounding")):
        return False
    try:
        here, there = Decimal(str(one["limit"])), Decimal(str(other["limit"]))
    except (KeyError, ArithmeticError):
        return False
    return here <= there if one.get("sided") == "lower" else here >= there


def _common(intervals: Sequence[Interval]) -> bool:
    """Whether some value lies in all of them: looked for at their bounds, and beside and between them."""
    bounds = sorted({bound for each in intervals for bound in (each.lower, each.upper) if bound is not None})
    if not bounds:
        return True
    between = [(left + right) / 2 for left, right in itertools.pairwise(bounds)]
    candidates = [bounds[0] - 1, *bounds, *between, bounds[-1] + 1]
    return any(all(each.contains(value) for each in intervals) for value in candidates)


def _interval(table: Mapping[str, Any]) -> Interval | None:
    """A range; None for one that is wrong in itself, which is said where the form is checked."""
    try:
        return Interval.model_validate(dict(table))
    except ValidationError:
        return None


def _tables(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    entries = data.get(key)
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
