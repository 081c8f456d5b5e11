"""Where runs and evaluations stand: the one place that moves their rows from state to state, by the legal moves alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Table, func, select, update

from testbench.errors import RecordError
from testbench.outcome import MOVES, Outcome, RunState
from testbench.record import schema
from testbench.record.chain import Kind, Links

GOING = (RunState.RUNNING, RunState.PAUSED)


def move_run(links: Links, run: str, state: RunState, **changes: Any) -> None:
    """Bring a run to a state, with what else is to be entered; cover its end, or that it is resumed."""
    _move(links, schema.run, run, "run", state, (Kind.RUN_END, Kind.RUN_RESUMED), changes)


def move_evaluation(links: Links, evaluation: str, state: RunState, **changes: Any) -> None:
    """Bring an evaluation to a state, with what else is to be entered; cover its end, or that it is resumed."""
    _move(links, schema.evaluation, evaluation, "evaluation", state, (Kind.END, Kind.RESUMED), changes)


def interrupt_runs(links: Links, evaluation: str, *, bench_time: float, at: dt.datetime, reason: str) -> None:
    """Bring the runs that still go on to an end: they were interrupted at a bench time."""
    columns = schema.run.c
    going = select(columns.identifier, columns.began_at).where(
        columns.evaluation == evaluation, columns.state.in_([state.value for state in GOING])
    )
    for run, began_at in links.connection.execute(going).all():
        move_run(
            links,
            run,
            RunState.INTERRUPTED,
            outcome=Outcome.ERROR.value,
            ended_at=max(began_at, bench_time),
            finished=at,
            reason=reason,
        )


def last_bench_time(connection: Connection, evaluation: str) -> float:
    """The largest bench time of runs, steps and readings of an evaluation, s; 0 if there are none."""
    run, step, channel, block, tail = (t.c for t in (schema.run, schema.step, schema.channel, schema.block, schema.tail))
    runs = select(run.identifier).where(run.evaluation == evaluation)
    channels = select(channel.number).where(channel.evaluation == evaluation)
    largest = [
        select(func.max(run.began_at)).where(run.evaluation == evaluation),
        select(func.max(step.began_at)).where(step.run.in_(runs)),
        select(func.max(step.ended_at)).where(step.run.in_(runs)),
        select(func.max(schema.attempt.c.ended_at)).where(schema.attempt.c.run.in_(runs)),
        select(func.max(block.ends)).where(block.channel.in_(channels)),
        select(func.max(tail.ends)).where(tail.channel.in_(channels)),
    ]
    return max((float(connection.execute(wanted).scalar() or 0.0) for wanted in largest), default=0.0)


def _move(
    links: Links,
    table: Table,
    identifier: str,
    what: str,
    state: RunState,
    kinds: tuple[Kind, Kind],
    changes: dict[str, Any],
) -> None:
    found = links.connection.execute(select(table.c.state, table.c.finished).where(table.c.identifier == identifier)).first()
    if found is None:
        raise RecordError(f"there is no {what} {identifier}")
    present = RunState(found.state)
    if table is schema.evaluation and found.finished is not None:
        raise RecordError(f"{what} {identifier} is over ({present.value}); nothing can follow")
    legal = state is present or any(MOVES[move] is state for move in MOVES if move[0] is present)
    if not legal or (changes and present.over):
        raise RecordError(f"{what} {identifier} is {present.value}: it cannot become {state.value}")
    if state is present and not changes:
        return
    change = update(table).where(table.c.identifier == identifier).values(state=state.value, **changes)
    links.connection.execute(change)
    end, resumed = kinds
    if state not in GOING:
        links.row(end, identifier)
    elif present not in GOING:
        links.mark(resumed, identifier)
