"""Options that several commands share."""

from __future__ import annotations

import argparse
import locale
from pathlib import Path
from typing import TYPE_CHECKING

from testbench.commands.detach import add_detach
from testbench.commands.laboratory import add_laboratory

if TYPE_CHECKING:
    from testbench.criteria.standard import Standard
    from testbench.engine.plan import SuiteItem
    from testbench.station import StationFile


def add_station(parser: argparse.ArgumentParser) -> None:
    """Add --station and --devices."""
    parser.add_argument("--station", type=Path, required=True, metavar="FILE", help="station file (TOML)")
    parser.add_argument("--devices", metavar="A,B", help="only these devices under test, by their names in the station file")


def add_standard(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add --standard."""
    parser.add_argument(
        "--standard", required=required, metavar="NAME", help="standard by name (`testbench standards`), or a criteria file"
    )


def add_standards(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add --standard, which may be given several times: one run on the bench then serves all of them where it can."""
    parser.add_argument(
        "--standard",
        required=required,
        action="append",
        metavar="NAME",
        help="standard by name (`testbench standards`), or a criteria file; several times to serve several at once",
    )


def chosen_standard(arguments: argparse.Namespace) -> Standard | None:
    """The standard, several of them as one; None where none was named."""
    from testbench.criteria.combined import combined_standard
    from testbench.criteria.standard import load_standard

    return combined_standard([load_standard(name) for name in arguments.standard]) if arguments.standard else None


def add_suite(parser: argparse.ArgumentParser) -> None:
    """Add --suite."""
    parser.add_argument(
        "--suite",
        type=Path,
        metavar="FILE",
        help="suite file (TOML) in place of the standard's own suite; criteria that it leaves undetermined are inconclusive",
    )


def add_run_options(parser: argparse.ArgumentParser, output: str) -> None:
    """Add --output, --record, --trace, --seed, --attended, --notes, --by, --detach, --laboratory, --language."""
    parser.add_argument(
        "--output", type=Path, default=Path(output), metavar="DIR", help=f"folder for the results ({output})"
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="record to write to (DIR/record.sqlite)")
    parser.add_argument(
        "--trace", action="store_true", help="keep every byte to and from the instruments, for `testbench trace`"
    )
    parser.add_argument(
        "--seed", type=_seed, default=1, help="seed of the simulated laboratory: same seed, same numbers (1)"
    )
    parser.add_argument(
        "--attended", action="store_true", help="on a simulated bench, too, a person answers the questions to the operator"
    )
    parser.add_argument("--notes", default="", metavar="TEXT", help="what the lab notes down, kept in the record")
    parser.add_argument("--by", default="", metavar="PERSON", help="who starts it, kept in the record (this user)")
    add_detach(parser)
    add_laboratory(parser)
    add_language(parser)


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add --language."""
    parser.add_argument("--language", choices=("zh", "en"), default=default_language(), help="language of report and screen")


def default_language() -> str:
    """Chinese where the system speaks Chinese, else English."""
    name = locale.getlocale()[0] or ""
    return "zh" if name.lower().startswith(("zh", "chinese")) else "en"


def chosen_devices(arguments: argparse.Namespace) -> tuple[str, ...] | None:
    """The devices of --devices, or None for all."""
    if arguments.devices is None:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in arguments.devices.split(",") if name.strip()))
    if not names:
        from testbench.errors import InputError

        raise InputError("--devices names no device; write for example --devices A,B, or leave it out for all of them")
    return names


def _seed(text: str) -> int:
    try:
        seed = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
    if abs(seed) >= 2**63:  # what the record holds
        raise argparse.ArgumentTypeError(f"{text} is too large, use at most 18 digits")
    return seed


def chosen_suite(arguments: argparse.Namespace, standard: Standard | None, station: StationFile) -> tuple[SuiteItem, ...]:
    """The items of --suite, or what the standard's suite has for the devices; one of both is there."""
    from testbench.engine.combining import check_standards
    from testbench.engine.plan import suite_of
    from testbench.engine.suite_file import read_suite

    if arguments.suite is not None:
        items = read_suite(arguments.suite)
        check_standards(items, standard, f"suite file {arguments.suite}")
        return items
    assert standard is not None
    measurand = station.station.measurand_of(chosen_devices(arguments))
    return suite_of(standard if measurand is None else standard.carried_out_for(measurand))


def single_item(name: str, assignments: list[str]) -> SuiteItem:
    """One procedure with settings from --set, as a suite of its own."""
    from testbench.engine.plan import SuiteItem
    from testbench.engine.procedure import parse_assignments
    from testbench.engine.registry import find_procedure
    from testbench.text import Text

    procedure = find_procedure(name)
    values = {
        key: [value] if isinstance(value, str) and _wants_list(procedure.settings, key) else value
        for key, value in parse_assignments(assignments).items()
    }
    return SuiteItem(procedure, procedure.configure(values), Text(zh="", en=""))


def _wants_list(settings: type, key: str) -> bool:
    field = settings.model_fields.get(key)  # type: ignore[attr-defined]
    return field is not None and str(field.annotation).startswith(("tuple", "list"))
