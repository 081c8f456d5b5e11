"""The digest of a journal: what was done and read, without dates and identifiers, so that equal evaluations agree."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from testbench.record import schema
from testbench.record.documents import canonical


def journal_digest(connection: Connection, evaluation: str) -> str:
    """SHA-256 over canonical JSON, a line each: every run's settings, its steps and findings, then each channel's blocks."""
    total = hashlib.sha256()
    for entry in journal_entries(connection, evaluation):
        total.update(canonical(entry) + b"\n")
    return total.hexdigest()


def journal_entries(connection: Connection, evaluation: str) -> Iterator[list[Any]]:
    """Yield the entries in order; each begins with its kind."""
    run, step, finding = schema.run.c, schema.step.c, schema.finding
    runs = select(run.identifier, run.number, run.procedure, run.clause, run.settings)
    for row in connection.execute(runs.where(run.evaluation == evaluation).order_by(run.number)).all():
        identifier, *head = row
        yield ["settings", *head]
        steps = select(step.number, step.call, step.arguments, step.result, step.error)
        for entry in connection.execute(steps.where(step.run == identifier).order_by(step.number)):
            yield ["step", *entry]
        wanted = select(finding).where(finding.c.run == identifier).order_by(finding.c.number)
        for found in connection.execute(wanted).mappings():
            yield ["finding", {key: value for key, value in found.items() if key not in ("number", "run")}]
    channel, block = schema.channel.c, schema.block.c
    blocks = (
        select(channel.name, channel.quantity, channel.unit, block.first, block["count"], block.digest)
        .join_from(schema.channel, schema.block)
        .where(channel.evaluation == evaluation)
        .order_by(channel.number, block.first)
    )
    for sealed in connection.execute(blocks):
        yield ["block", *sealed]
