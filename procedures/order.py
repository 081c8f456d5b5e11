"""The order in which set-points are visited: ascending, descending, up and down in turn, random, or as prescribed.

Hysteresis shows only where a set-point is reached from both sides, and a drift during the test looks like a slope where the
set-points ascend: so standards ask for one order or another. A random order is drawn from a seed that is a setting, so that
the same run can be had again.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from testbench.errors import InputError
from testbench.text import Text

Order = Literal["ascending", "descending", "up-and-down", "random", "prescribed"]

ORDERS: Mapping[str, Text] = {
    "ascending": Text(zh="升序", en="ascending"),
    "descending": Text(zh="降序", en="descending"),
    "up-and-down": Text(zh="升降交替", en="up and down in turn"),
    "random": Text(zh="随机", en="random"),
    "prescribed": Text(zh="按给定次序", en="as given"),
}
"""The words for each order, for the choices of a setting."""


def in_order(levels: Sequence[float], number: int, order: Order, seed: int) -> list[float]:
    """The set-points of pass `number` (from 1) in the order asked for; "prescribed" takes them as they are given.

    "up-and-down" ascends in odd passes and descends in even ones; a random order is another one in each pass. InputError for
    an order that is none of `ORDERS`.
    """
    if order not in get_args(Order):
        raise InputError(f"{order!r} is no order of set-points; give one of {', '.join(ORDERS)}")
    if order == "prescribed":
        return list(levels)
    ascending = sorted(levels)
    if order == "random":
        random.Random(f"{seed} {number}").shuffle(ascending)
        return ascending
    downwards = order == "descending" or (order == "up-and-down" and number % 2 == 0)
    return ascending[::-1] if downwards else ascending


def ordered(levels: Sequence[float], passes: int, order: Order, seed: int) -> list[list[float]]:
    """The set-points of all passes, each in its order."""
    return [in_order(levels, number, order, seed) for number in range(1, passes + 1)]


def with_zero_between(levels: Sequence[float]) -> list[float]:
    """The same set-points with zero before each of them; a set-point that is zero itself is not doubled."""
    visits: list[float] = []
    for level in levels:
        if level != 0.0:
            visits.append(0.0)
        visits.append(level)
    return visits
