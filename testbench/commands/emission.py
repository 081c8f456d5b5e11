"""`testbench emission`: the CO2 amount of hourly data, its uncertainty, and the tier it reaches."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testbench.commands.options import add_language

if TYPE_CHECKING:
    from testbench.carbon.budget_file import Budget
    from testbench.metrology.emission import AnnualAmount, EmissionUncertainty

DESCRIPTION = """\
Sums the hours of a stack to the amount of CO2 and states its uncertainty, by the law of propagation (GUM) and by a Monte
Carlo method (JCGM 101), each for 95 %, with the tier of Annex VIII of the Monitoring and Reporting Regulation.

  testbench emission hours.csv --budget budget.toml
  testbench emission hours.csv --budget budget.toml --language zh
  testbench emission hours.csv --budget budget.toml --json
  testbench emission --example FOLDER        write an example of both files to start from

hours.csv has one row an hour (columns hour, co2_percent, flow_m3_per_h or velocity_m_per_s, temperature_c, pressure_pa,
water_percent, operating); empty cells are gaps. budget.toml says on which basis the data are and how uncertain they are.
docs/emission.md explains both.

exit status: 0 computed, whatever the tier; 2 a file or an option is wrong (one line says where).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the file, --budget, --standard, --seed, --json, --example and --language."""
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="hours of the stack, comma-separated (CSV, UTF-8)"
    )
    parser.add_argument("--budget", type=Path, metavar="FILE", help="the site and its uncertainty budget (TOML)")
    parser.add_argument("--standard", metavar="NAME", default="mrr-tiers", help="criteria to judge by (mrr-tiers)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the Monte Carlo method (1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--example", type=Path, metavar="FOLDER", help="write hours.csv and budget.toml to start from")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    """Read, compute, print."""
    from testbench.errors import InputError

    if arguments.example is not None:
        from testbench.carbon.example import write_example

        for path in write_example(arguments.example):
            print(path)
        return 0
    if arguments.file is None or arguments.budget is None:
        raise InputError(
            "which files? `testbench emission FILE --budget FILE`; `--example FOLDER` writes both to start from"
        )
    if arguments.seed < 0:
        raise InputError(f"--seed: a seed is a whole number from 0, got {arguments.seed}")
    from testbench.carbon.budget_file import read_budget
    from testbench.carbon.hours_file import doubts, read_hours
    from testbench.metrology.emission import annual_amount, emission_uncertainty

    budget = read_budget(arguments.budget)
    hours = read_hours(arguments.file, budget)
    try:
        amount = annual_amount(hours.hours, budget.site)
    except ValueError as error:
        raise InputError(f"{hours.source}: {error}") from None
    try:
        found = emission_uncertainty(amount, budget.influences, budget.correlations, seed=arguments.seed)
    except ValueError as error:
        raise InputError(f"{budget.source}: {error}") from None
    verdict = _judged(arguments.standard, found)
    if arguments.json:
        document = _object(budget, amount, found, verdict) | {"notes": [note.en for note in doubts(hours)]}
        print(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        from testbench.commands.emission_printing import EmissionPrinter

        printer = EmissionPrinter(arguments.language)
        printer.print(budget, amount, found, verdict)
        printer.notes(doubts(hours))
    return 0


def _judged(standard: str, found: EmissionUncertainty) -> dict[str, Any]:
    """The verdict by a criteria file, as recorded data of the characteristic get it."""
    from testbench.criteria.recorded import parse_recorded, score_recorded
    from testbench.criteria.standard import load_standard

    loaded = load_standard(standard)
    line = f"amount,CO2,%,emission_uncertainty,{found.decisive_percent:.6g}"
    recorded = parse_recorded(f"test,parameter,unit,characteristic,value\n{line}\n", "the amount")
    result = score_recorded(recorded, loaded)[0]
    return {
        "standard": loaded.name,
        "verdict": result.outcome.value,
        "provisional": result.provisional,
        "grade": result.details.get("tier"),
        "limit": result.limit_text,
    }


def _object(budget: Budget, amount: AnnualAmount, found: EmissionUncertainty, verdict: dict[str, Any]) -> dict[str, Any]:
    drawn, validation = found.monte_carlo, found.validation
    assert drawn is not None
    assert validation is not None
    return {
        "site": budget.name,
        "rules": budget.site.rules.value,
        "amount_t": amount.total_t,
        "mean_kg_per_h": amount.mean_kg_per_h,
        "hours": amount.hours,
        "operating_hours": amount.operating_hours,
        "substituted_hours": amount.substituted_hours,
        "gum": {
            "standard_uncertainty_t": found.gum.standard_uncertainty,
            "degrees_of_freedom": _finite(found.gum.degrees_of_freedom),
            "coverage_factor": found.expanded.factor,
            "expanded_uncertainty_t": found.expanded.uncertainty,
            "expanded_uncertainty_percent": found.expanded_percent,
        },
        "monte_carlo": {
            "trials": drawn.trials,
            "stable": drawn.converged,
            "amount_t": drawn.value,
            "standard_uncertainty_t": drawn.standard_uncertainty,
            "interval_t": list(drawn.interval),
            "shortest_interval_t": list(drawn.shortest),
            "half_width_percent": found.monte_carlo_percent,
        },
        "validation": {
            "validated": validation.valid,
            "low_difference_t": validation.low,
            "high_difference_t": validation.high,
            "tolerance_t": validation.tolerance,
        },
        "budget": [
            {
                "influence": line.name,
                "kind": "systematic" if line.systematic else "random",
                "contribution_t": line.contribution_t,
                "contribution_percent": line.contribution_percent,
            }
            for line in found.budget
        ],
        "tier": found.tier,
        "judged": verdict,
    }


def _finite(value: float | None) -> float | None:
    return None if value is None or value == float("inf") else value
