"""Several standards as one: a file that holds the whole text of each, so that a record keeps what every verdict rests on.

    [[combined]]
    name = "hj76-2017"
    digest = "…"           # SHA-256 of its text
    text = \"\"\"…\"\"\"

Nothing of a standard changes by being combined: its criteria, decision rule, edition and digest stay its own, and a finding
is judged by each standard alone. Only the conditions of the room must suit all of them at once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from testbench.criteria.standard import Condition, Head, Standard, parse_standard
from testbench.errors import StandardError
from testbench.text import Text

SEPARATOR = "+"
_KEYS = {"name", "digest", "text"}


def combined_standard(standards: Sequence[Standard]) -> Standard:
    """Several standards as one; a single one as it is.

    StandardError where there is none, where one is named twice, or where no room meets the conditions of all.
    """
    parts = tuple(part for standard in standards for part in standard.each)
    if not parts:
        raise StandardError("no standard is named")
    if len(parts) == 1:
        return parts[0]
    text = combined_text(parts)
    return _combined(parts, text, hashlib.sha256(text.encode()).hexdigest())


def combined_text(parts: Iterable[Standard]) -> str:
    """The file that holds the texts of several standards; `parse_standard` gives the same standards back."""
    return "\n".join(
        f"[[combined]]\nname = {_quoted(part.name)}\ndigest = {_quoted(part.digest)}\n"
        f"text = {_quoted(part.text, lines=True)}\n"
        for part in parts
    )


def read_combined(data: Mapping[str, Any], text: str, source: str) -> Standard:
    """Check a file of several standards, `data` as it was read of `text`; StandardError naming file and key."""
    entries = data["combined"]
    others = sorted(set(data) - {"combined"})
    if others:
        raise StandardError(f"criteria file {source}: {others[0]}: no such key beside [[combined]]")
    if not isinstance(entries, list) or not entries:
        raise StandardError(f"criteria file {source}: write one [[combined]] table for each standard")
    parts = []
    for number, entry in enumerate(entries, start=1):
        place = f"criteria file {source}: combined[{number}]"
        if not isinstance(entry, Mapping) or set(entry) != _KEYS or not all(isinstance(v, str) for v in entry.values()):
            raise StandardError(f"{place}: give `name`, `digest` and `text`, each as a text")
        if hashlib.sha256(entry["text"].encode()).hexdigest() != entry["digest"]:
            raise StandardError(f"{place}: the text of {entry['name']} does not fit its digest; it was changed since")
        part = parse_standard(entry["text"], f"{source}: {entry['name']}")
        if part.name != entry["name"] or part.parts:
            raise StandardError(f"{place}: the text is not that of one standard {entry['name']}")
        parts.append(part)
    return _combined(tuple(parts), text, hashlib.sha256(text.encode()).hexdigest())


def only_parts(standard: Standard, names: Collection[str]) -> Standard:
    """A combined standard with some of its parts only, for a test of what these alone ask for; none stands for all."""
    if not names or not standard.parts:
        return standard
    parts = tuple(part for part in standard.parts if part.name in names)
    return standard.model_copy(update={"parts": parts, "criteria": tuple(c for part in parts for c in part.criteria)})


def joint_conditions(parts: Sequence[Standard]) -> tuple[Condition, ...]:
    """What the room must be for all of them: of every quantity the narrower limits; StandardError where none suits all."""
    joint: dict[str, tuple[Condition, str, str]] = {}  # with the standards that its lower and upper bound come from
    for part in parts:
        for condition in part.conditions:
            known = joint.get(condition.quantity)
            if known is None:
                joint[condition.quantity] = (condition, part.name, part.name)
                continue
            joint[condition.quantity] = _narrower(*known, condition, part.name)
    return tuple(condition for condition, _, _ in joint.values())


def _narrower(known: Condition, low: str, high: str, other: Condition, name: str) -> tuple[Condition, str, str]:
    if known.unit != other.unit:
        raise StandardError(
            f"{low} and {name} cannot be combined: {low} states its {known.quantity} in {known.unit}, {name} in {other.unit}"
        )
    lower, upper = known.lower, known.upper
    if other.lower is not None and (lower is None or other.lower > lower):
        lower, low = other.lower, name
    if other.upper is not None and (upper is None or other.upper < upper):
        upper, high = other.upper, name
    if lower is not None and upper is not None and lower > upper:
        raise StandardError(
            f"{low} and {high} cannot be combined: {low} asks for a {known.quantity} of at least {_plain(lower)} "
            f"{known.unit}, {high} for at most {_plain(upper)} {known.unit}; evaluate by one after the other"
        )
    return known.model_copy(update={"lower": lower, "upper": upper}), low, high


def _combined(parts: tuple[Standard, ...], text: str, digest: str) -> Standard:
    names = [part.name for part in parts]
    for name in names:
        if names.count(name) > 1:
            raise StandardError(f"standard {name} is named twice; combine different standards, or give a copy another name")
    heads = [part.standard for part in parts]
    head = Head(
        name=SEPARATOR.join(names),
        title=_joined(head.title for head in heads),
        edition=SEPARATOR.join(head.edition for head in heads),
        basis=_joined(head.basis for head in heads),
    )
    return Standard(
        standard=head,
        conditions=joint_conditions(parts),
        criterion=tuple(criterion for part in parts for criterion in part.criteria),
        digest=digest,
        text=text,
        parts=parts,
    )


def _joined(texts: Iterable[Text]) -> Text:
    """Texts one after the other, each once."""
    each = list(dict.fromkeys(texts))
    return Text(zh="；".join(text.zh for text in each), en="; ".join(text.en for text in each))


def _quoted(text: str, *, lines: bool = False) -> str:
    """A TOML string: of one line, or of several, where only what would end it is written otherwise."""
    escaped = text.replace("\\", "\\\\").replace("\r", "\\r")
    if not lines:
        return '"' + escaped.replace('"', '\\"').replace("\n", "\\n") + '"'
    return '"""\n' + re.sub(r'"(?=""|\Z)', r"\\" + '"', escaped) + '"""'


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
