"""How long a regular expression may take at worst: patterns of profiles are refused if that grows beyond all bounds.

Time is lost where several repetitions can share out the same characters between them: k of them take about n^k/k! steps for
n characters. They cannot where a character must stand between them that the one before does not take. Every way through
the pattern is followed (alternatives, optional parts), with the repetitions that are still open at each place.
"""

from __future__ import annotations

import re
from functools import cache

MOST_OPEN = 3  # repetitions that share characters
MOST_WAYS = 256

_ITEM = re.compile(
    r"(?P<back>\\[1-9]|\(\?P=|\(\?\()|(?P<open>\((?:\?(?:P<\w*>|[:=!>]|<[=!]|[a-zA-Z-]+[:)]))?)"
    r"|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.",
    re.DOTALL,
)
_QUANTIFIER = re.compile(r"(?:(?P<maybe>\?)|(?P<several>[*+]|\{\d*,\d*\})|\{\d+\})[?+]?")
_SKIPPABLE = re.compile(r"[?*]|\{0?,")
_ASCII = frozenset(map(chr, range(128)))

Ways = set[tuple[frozenset[str], ...]]  # for every way up to here, what its open repetitions take


class _Group:
    """A group that is open: the ways into it, the ways to the ends of its alternatives, and whether it can vary."""

    def __init__(self, before: Ways) -> None:
        self.before = before
        self.ends: Ways = set()
        self.varies = False


def check_effort(pattern: str) -> None:
    """Raise ValueError, saying what to write, for a pattern that compiles but might take very long."""
    ways: Ways = {()}
    groups = [_Group(ways)]
    at = 0
    while at < len(pattern):
        item = _ITEM.match(pattern, at)
        assert item is not None
        at = item.end()
        if item["back"] is not None:
            raise ValueError("refers back to a group, which can take very long; write it out")
        if item["open"] is not None:
            groups.append(_Group(ways))
            continue
        if item[0] == "|":
            groups[-1].ends |= ways
            groups[-1].varies = True
            ways = groups[-1].before
            continue
        closes = item[0] == ")" and len(groups) > 1
        before, varies, taken = ways, False, _ASCII
        if closes:
            group = groups.pop()
            before, varies, ways = group.before, group.varies, ways | group.ends
        else:
            taken = _taken(item[0])
        quantifier = _QUANTIFIER.match(pattern, at)
        several = quantifier is not None and quantifier["several"] is not None
        if quantifier is not None:
            at = quantifier.end()
            if varies and quantifier["maybe"] is None:
                raise ValueError("repeats a group that itself varies, which can take very long; write the group out")
        if not closes:
            ways = _passed(ways, taken)
        if several:
            ways = {(*way, taken) for way in ways}
            if any(_shared(way, taken) > MOST_OPEN for way in ways):
                raise ValueError(
                    f"has more than {MOST_OPEN} repetitions in a row that can take the same characters, which can take very "
                    "long; say what stands between them"
                )
        skippable = quantifier is not None and _SKIPPABLE.match(quantifier[0]) is not None
        if skippable:
            ways = ways | before
        groups[-1].varies = groups[-1].varies or varies or several or skippable
        if len(ways) > MOST_WAYS:
            raise ValueError("has too many optional parts; write a simpler pattern")


def _passed(ways: Ways, taken: frozenset[str]) -> Ways:
    """The ways after a character that must be one of these: repetitions that do not take it are over."""
    return {tuple(repetition for repetition in way if repetition & taken) for way in ways}


def _shared(way: tuple[frozenset[str], ...], taken: frozenset[str]) -> int:
    """How many of the open repetitions take a character of these, at most for one character."""
    return max((sum(character in repetition for repetition in way) for character in taken), default=0)


@cache
def _taken(item: str) -> frozenset[str]:
    """The ASCII characters that one item of a pattern takes; all for one that takes none by itself (^, $)."""
    one = re.compile(item, re.ASCII | re.DOTALL)
    return frozenset(character for character in _ASCII if one.fullmatch(character)) or _ASCII
