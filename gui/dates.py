"""Dates and times as a screen shows them: local, written alike in both languages; stored with the offset."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The present date and time of this computer, aware."""
    return dt.datetime.now(dt.UTC)


def local(moment: dt.datetime, *, seconds: bool = False) -> str:
    """An aware date and time in the time zone of this computer: "2026-11-22 09:05"."""
    if moment.utcoffset() is None:
        raise ValueError(f"the time {moment} has no offset from UTC")
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def local_clock(moment: dt.datetime, now: dt.datetime) -> str:
    """The clock time alone where it is today, else with the date: "17:40", "11-24 17:40"."""
    at, today = moment.astimezone(), now.astimezone()
    if at.date() == today.date():
        return at.strftime("%H:%M")
    return at.strftime("%m-%d %H:%M" if at.year == today.year else "%Y-%m-%d %H:%M")
