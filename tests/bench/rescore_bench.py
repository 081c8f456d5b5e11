"""How fast stored runs are judged again: 10 000 runs of a record, against reading the same rows and nothing more.

    make bench

A record of 1 429 evaluations of seven runs with three devices each is written; all are judged by another standard in one
go. Aim: under 10 s. The ratio is that to the record's own bulk reading of the same findings and verdicts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert

from testbench.criteria.judge import judge_all
from testbench.criteria.standard import load_standard
from testbench.engine.judging import verdict_documents
from testbench.engine.rescoring import rescore
from testbench.findings import Finding
from testbench.record import schema
from testbench.record.database import open_sqlite
from testbench.record.store import Record

RUNS = 10_000
SUITE = (
    ("warm-up", ()),
    ("linearity", (("linearity_error", "%F.S."),)),
    ("repeatability", (("repeatability", "%"),)),
    ("response-time", (("response_time_rise", "s"), ("response_time_fall", "s"))),
    ("drift", (("zero_drift_24h", "%F.S."), ("span_drift_24h", "%F.S."))),
    ("drift", (("zero_drift_week", "%F.S."),)),
    ("drift", (("span_drift_week", "%F.S."),)),
)
DEVICES = ("A", "B", "C")
STARTED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def findings(number: int) -> list[list[Finding]]:
    """The findings of each run of an evaluation; they differ from one evaluation to the next."""
    found = []
    for place, (_, characteristics) in enumerate(SUITE):
        found.append(
            [
                Finding(
                    device,
                    name,
                    ((number * 37 + place * 11 + ord(device)) % 500) / 100 * (30 if unit == "s" else 1),
                    unit,
                    expanded_uncertainty=0.2,
                    coverage_factor=2.0,
                    details={
                        "variables": {"full_scale": 20.0},
                        "days": [{"day": d, "percent_fs": 0.1 * d} for d in range(8)],
                    },
                )
                for device in DEVICES
                for name, unit in characteristics
            ]
        )
    return found


def fill(path: Path, evaluations: int) -> None:
    """Write the evaluations straight into the tables, in one transaction."""
    standard = load_standard("hj76-2017")
    with Record.open(path, create=True):
        pass
    rows: dict[str, list[dict[str, object]]] = {"evaluation": [], "run": [], "finding": [], "verdict": []}
    for number in range(evaluations):
        identifier = f"E20260101-{number:06d}-0000"
        rows["evaluation"].append(
            {
                "identifier": identifier,
                "standard": standard.name,
                "standard_text": standard.text,
                "standard_digest": standard.digest,
                "station_path": "s.toml",
                "station_text": "",
                "station_digest": hashlib.sha256().hexdigest(),
                "seed": 1,
                "language": "zh",
                "simulated": True,
                "software": {},
                "measurand": "SO2",
                "devices": [{"name": name} for name in DEVICES],
                "started": STARTED,
                "notes": "",
                "outcome": "fail",
                "finished": STARTED,
                "state": "finished",
                "request": {},
                "reason": "",
            }
        )
        everything = []
        for place, own in enumerate(findings(number), start=1):
            run = f"{identifier}-R{place:02d}"
            rows["run"].append(
                {
                    "identifier": run,
                    "evaluation": identifier,
                    "procedure": SUITE[place - 1][0],
                    "settings": {},
                    "clause": "",
                    "number": place,
                    "state": "finished",
                    "began_at": 0.0,
                    "started": STARTED,
                    "finished": STARTED,
                    "outcome": None,
                    "reason": "",
                }
            )
            for finding in own:
                everything.append(finding)
                rows["finding"].append(
                    {
                        "run": run,
                        "device": finding.device,
                        "characteristic": finding.characteristic,
                        "value": finding.value,
                        "unit": finding.unit,
                        "expanded_uncertainty": finding.expanded_uncertainty,
                        "coverage_factor": finding.coverage_factor,
                        "details": dict(finding.details),
                        "notes": [],
                    }
                )
        card = judge_all(everything, standard, "SO2", devices=DEVICES)
        rows["verdict"] += [
            {"evaluation": identifier, "document": document, "judging": 1} for document in verdict_documents(card)
        ]
    database = open_sqlite(path, create=False)
    with database.writing("the record is new") as connection:
        for name, own in rows.items():
            table = schema.metadata.tables[name]
            known = {column.name for column in table.columns}
            connection.execute(insert(table), [{key: row[key] for key in row if key in known} for row in own])
    database.close()


def measure(runs: int = RUNS) -> dict[str, float]:
    """Seconds for judging so many runs again, for reading them alone, and their ratio."""
    evaluations = -(-runs // len(SUITE))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "record.sqlite"
        fill(path, evaluations)
        with Record.open(path) as record:
            names = record.judged.identifiers()
            began = time.perf_counter()
            read = sum(len(row.findings) for row in record.judged.evaluations(names))
            reading = time.perf_counter() - began
            began = time.perf_counter()
            rescored = list(rescore(record, load_standard("hj76-2017-field"), names))
            judging = time.perf_counter() - began
    assert len(rescored) == evaluations
    assert read == evaluations * sum(len(own) for own in findings(0))
    return {"runs": evaluations * len(SUITE), "findings": read, "read_s": reading, "rescore_s": judging}


if __name__ == "__main__":
    result = measure()
    result["ratio_to_reading"] = result["rescore_s"] / result["read_s"]
    print(
        f"{result['runs']} stored runs ({result['findings']} findings) judged again in {result['rescore_s']:.1f} s, "
        f"{result['ratio_to_reading']:.1f} times reading them ({result['read_s']:.1f} s); aim: under 10 s"
    )
    print(json.dumps(result))
