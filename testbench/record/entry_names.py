"""What an entry of the hash chain covers, in words: "step 3 of run R01"."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from testbench.record import schema
from testbench.record.chain import Kind


@dataclass(frozen=True, slots=True)
class EntryNames:
    """How channels and findings are called, by their numbers."""

    channels: dict[str, str]
    findings: dict[str, str]

    def describe(self, kind: str, key: str) -> str:
        """What an entry covers, in words."""
        parts = key.split("/")
        run = run_name(parts[0])
        match kind, parts:
            case Kind.EVALUATION, _:
                return "what the evaluation was begun with"
            case Kind.CHANNEL, [number]:
                return f"channel {self.channels.get(number, number)}"
            case Kind.RUN, _:
                return f"the beginning of run {run}"
            case Kind.RUN_END, _:
                return f"the end of run {run}"
            case Kind.STEP, [_, number]:
                return f"step {number} of run {run}"
            case Kind.ATTEMPT, [_, step, number]:
                return f"attempt {number} of step {step} of run {run}"
            case Kind.BLOCK, [channel, first]:
                return f"the block of readings from {first} on of channel {self.channels.get(channel, channel)}"
            case Kind.LABORATORY, [_, number]:
                return f"command {number} of the simulated laboratory"
            case Kind.FINDING, [number]:
                return f"finding {self.findings.get(number, number)}"
            case Kind.REPLY, _:
                return f"the reply to command {key}"
            case Kind.ANSWER, _:
                return f"the answer to prompt {key}"
            case Kind.OFFER, _:
                return f"what prompt {key} offers"
            case Kind.FORM, _:
                return f"the form of prompt {key}"
            case Kind.ENTERED, _:
                return f"what was entered in the form of prompt {key}"
            case Kind.RELEASE, _:
                return f"the release of alarm {key}"
            case Kind.ACKNOWLEDGEMENT, _:
                return f"the acknowledgement of alarm {key}"
            case Kind.END, _:
                return "the end of the evaluation"
        return f"{kind} {run}" if kind == Kind.RUN_RESUMED else f"{kind} {key}"


def entry_names(connection: Connection, evaluation: str) -> EntryNames:
    """Read how the channels and findings of an evaluation are called."""
    channel, run, finding = schema.channel.c, schema.run.c, schema.finding.c
    channels = select(channel.number, channel.name).where(channel.evaluation == evaluation)
    findings = (
        select(finding.number, finding.characteristic, finding.device, finding.run)
        .join_from(schema.finding, schema.run)
        .where(run.evaluation == evaluation)
    )
    return EntryNames(
        {str(number): name for number, name in connection.execute(channels)},
        {
            str(row.number): f"{row.number} ({row.characteristic} of device {row.device}, run {run_name(row.run)})"
            for row in connection.execute(findings)
        },
    )


def run_name(identifier: str) -> str:
    """A run's number as people say it: R03."""
    return identifier.rpartition("-")[2]
