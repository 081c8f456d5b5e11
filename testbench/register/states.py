"""In which state an entry is: valid, about to expire, expired, nearly empty, empty, retired; and the words for it."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum, StrEnum

from testbench.register.entries import Entry, RegisteredCylinder, RegisteredStandard
from testbench.text import Text

NEARLY_EMPTY_SHARE = 0.10
EXPIRES_WITHIN = dt.timedelta(days=30)


class State(StrEnum):
    """A state of an entry, the gravest first."""

    RETIRED = "retired"
    EXPIRED = "expired"
    EMPTY = "empty"
    NEARLY_EMPTY = "nearly empty"
    EXPIRES_SOON = "expires soon"
    UNDATED = "undated"
    READY = "ready"


class Weight(IntEnum):
    """What a state means for who wants to use the entry."""

    READY = 0
    FLAGGED = 1
    REFUSED = 2


WORDS = {
    State.RETIRED: Text(zh="已停用", en="retired"),
    State.EXPIRED: Text(zh="已过期", en="expired"),
    State.EMPTY: Text(zh="已用完", en="empty"),
    State.NEARLY_EMPTY: Text(zh="即将用完", en="nearly empty"),
    State.EXPIRES_SOON: Text(zh="即将到期", en="expires soon"),
    State.UNDATED: Text(zh="未注明有效期", en="validity not stated"),
    State.READY: Text(zh="可用", en="ready"),
}
WEIGHTS = {
    State.RETIRED: Weight.REFUSED,
    State.EXPIRED: Weight.REFUSED,
    State.EMPTY: Weight.REFUSED,
    State.NEARLY_EMPTY: Weight.FLAGGED,
    State.EXPIRES_SOON: Weight.FLAGGED,
    State.UNDATED: Weight.FLAGGED,
    State.READY: Weight.READY,
}


def states(entry: Entry, today: dt.date, nearly_empty: float = NEARLY_EMPTY_SHARE) -> tuple[State, ...]:
    """All states that hold, the gravest first; (READY,) where there is nothing to say.

    A certificate holds to the end of its last day. `nearly_empty` is the share of the full cylinder below which it is so.
    """
    if entry.retired:
        return (State.RETIRED,)
    found = set()
    if isinstance(entry, RegisteredCylinder | RegisteredStandard):
        found.add(_validity(entry.valid_until, today))
    if isinstance(entry, RegisteredCylinder):
        found.add(_content(entry, nearly_empty))
    found.discard(State.READY)
    return tuple(state for state in State if state in found) or (State.READY,)


def weight(entry: Entry, today: dt.date, nearly_empty: float = NEARLY_EMPTY_SHARE) -> Weight:
    """What the gravest state means."""
    return max(WEIGHTS[state] for state in states(entry, today, nearly_empty))


def explained(entry: Entry, state: State, today: dt.date) -> Text:
    """A state of an entry with its figures: since when, how many days, how much is left."""
    words = WORDS[state]
    if isinstance(entry, RegisteredCylinder | RegisteredStandard) and entry.valid_until is not None:
        until = entry.valid_until.isoformat()
        if state is State.EXPIRED:
            return Text(zh=f"{words.zh}：有效期至 {until}", en=f"expired: it was valid until {until}")
        if state is State.EXPIRES_SOON:
            days = (entry.valid_until - today).days
            rest = Text(zh=f"还有 {days} 天", en=f"{days} days left" if days != 1 else "1 day left")
            if not days:
                rest = Text(zh="今天到期", en="today is its last day")
            return Text(zh=f"{words.zh}：有效期至 {until}，{rest.zh}", en=f"valid until {until}, {rest.en}")
    if isinstance(entry, RegisteredCylinder) and state is State.NEARLY_EMPTY and entry.share_left is not None:
        left, share = f"{entry.litres_left:.0f} L", f"{100 * entry.share_left:.0f} %"
        return Text(zh=f"{words.zh}：剩余 {left}（{share}）", en=f"nearly empty: {left} left ({share})")
    return words


def _validity(until: dt.date | None, today: dt.date) -> State:
    if until is None:
        return State.UNDATED
    if until < today:
        return State.EXPIRED
    return State.EXPIRES_SOON if until - today <= EXPIRES_WITHIN else State.READY


def _content(cylinder: RegisteredCylinder, nearly_empty: float) -> State:
    if cylinder.litres_left is not None and cylinder.litres_left <= 0:
        return State.EMPTY
    share = cylinder.share_left
    return State.NEARLY_EMPTY if share is not None and share < nearly_empty else State.READY
