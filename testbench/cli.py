"""The command line `testbench …`: finds the command, loads it, and turns errors into one clear line.

Only the command that is called is imported, so that `testbench --help` answers at once.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from testbench import __version__
from testbench.errors import TestbenchError

COMMANDS = {
    "gui": "open the window",
    "evaluate": "run a whole evaluation on a station, score it, write verdicts, report and record",
    "plan": "list what an evaluation would do, without touching an instrument",
    "run": "run one procedure on a station",
    "runs": "list evaluations: running, paused, lost, interrupted, over",
    "watch": "show a running evaluation live, from another terminal",
    "pause": "have a running evaluation pause, the bench in its quiet state",
    "resume": "go on with an evaluation that is paused, or whose process was lost",
    "abort": "end a running evaluation, the bench in its safe state",
    "answer": "answer a question of a running evaluation",
    "acknowledge": "acknowledge alarms of an evaluation",
    "close": "close an evaluation that was lost and will not be gone on with",
    "exclude": "exclude a result of an evaluation that has ended, with a reason, or take that back",
    "repeat": "repeat an item of an evaluation that has ended; its findings take the place of the first ones",
    "score": "score test data measured elsewhere against a standard",
    "emission": "CO2 amount of hourly data, its uncertainty and the tier it reaches",
    "report": "write the report of a recorded evaluation again, in either language",
    "export": "write the readings of an evaluation as CSV or Parquet",
    "rescore": "judge old evaluations by another standard or edition, and list what changes",
    "recompute": "compute a recorded evaluation anew from its raw readings, and list what differs",
    "record": "check a record, copy it while it is in use, archive an evaluation and restore one",
    "trace": "print the bytes that went to and from the instruments, where they were kept",
    "laboratory": "the laboratory's template of its reports: name, logo, accreditation, report numbers",
    "register": "list the registered devices, gas cylinders and measurement standards",
    "qal3": "control charts of a device's zero and span readings over months",
    "station": "print a station file to start from, check one, or ask its instruments who they are",
    "standards": "list, show and check standards; copy, confirm and lock your own",
    "procedures": "list the procedures and their settings",
    "instruments": "list the instrument drivers and how each was verified",
}

DESCRIPTION = """\
Evaluates continuous emission monitoring systems (CEMS) on a test bench: drives gas dividers and the devices under
test over VISA, runs the standards' procedures, and judges every device with stated uncertainty.
"""

EPILOG = """\
a first evaluation, on a simulated bench:
  testbench station new --simulated > my.toml
  testbench plan     --station my.toml --standard hj76-2017
  testbench evaluate --station my.toml --standard hj76-2017 --output result

exit status: 0 done (whatever the verdicts), 1 failed, 2 bad input, 3 an instrument failed, 4 the record failed,
5 aborted. `testbench COMMAND --help` explains a command.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace" if stream is sys.stderr else "backslashreplace")
    name = next((word for word in arguments if not word.startswith("-")), None)
    parser = _parser(name if name in COMMANDS else None)
    parsed = parser.parse_args(arguments)
    parsed.words = tuple(arguments)
    try:
        refuse_foreign_packages()
        status = parsed.run(parsed)
        sys.stdout.flush()
    except TestbenchError as error:
        for line in (str(error), *getattr(error, "__notes__", ())):
            print(f"testbench: {_told(line, getattr(parsed, 'language', None))}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("testbench: aborted from the keyboard", file=sys.stderr)
        return 5
    except BrokenPipeError:
        # the reader of our output has gone (`testbench … | head`); there is nobody left to tell
        sys.stderr.close()
        return 1
    except Exception as error:
        print(f"testbench: {_defect(error)}", file=sys.stderr)
        return 1
    return int(status)


def _told(sentence: str, language: str | None) -> str:
    """Say a sentence in the language that was asked for, else in that of the system; it is written in English."""
    from testbench.commands.options import default_language

    if (language or default_language()) != "zh":
        return sentence
    from testbench.report.wording import wording
    from testbench.text import Language

    return wording(Language.CHINESE).tell(sentence)


def _defect(error: Exception) -> str:
    """Keep the traceback of an error that no code of ours expected, and say where it is."""
    import tempfile
    import traceback

    text = f"{type(error).__name__}: {error}".splitlines()[0]
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", errors="backslashreplace", prefix="testbench-defect-", suffix=".txt", delete=False
        ) as file:
            file.write(f"testbench {__version__}: {sys.argv}\n{''.join(traceback.format_exception(error))}")
    except OSError:
        return f"a defect of this program: {text}; please report it ({traceback.format_exception(error)[-2].strip()!r})"
    return f"a defect of this program: {text}; please report it, with the file {file.name}"


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="testbench", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"testbench {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        module = _command(name) if name == chosen else None
        description = getattr(module, "DESCRIPTION", summary)
        command = commands.add_parser(
            name, help=summary, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if module is not None:
            module.add_arguments(command)
            command.set_defaults(run=module.run)
    return parser


def _command(name: str) -> ModuleType:
    return importlib.import_module(f"testbench.commands.{name}")


def refuse_foreign_packages() -> None:
    """Refuse to start when a top-level package of ours is shadowed by another one of the same name."""
    here = Path(__file__).resolve().parents[1]
    for name in ("instruments", "procedures", "gui"):
        spec = importlib.util.find_spec(name)
        origin = Path(spec.origin).resolve() if spec is not None and spec.origin else None
        if origin is not None and origin.parent.parent != here:
            raise TestbenchError(
                f"the package {name!r} at {origin.parent} is not ours (expected {here / name}); run testbench in an "
                "environment of its own, and not from a folder that has a folder of that name"
            )


if __name__ == "__main__":
    sys.exit(main())
