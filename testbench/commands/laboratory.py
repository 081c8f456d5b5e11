"""`testbench laboratory`: the laboratory's own template of its reports: print one to start from, check it, show it."""

from __future__ import annotations

import argparse
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbench.report.laboratory import LaboratoryTemplate

DESCRIPTION = """\
The laboratory's template (TOML) says what its reports carry: name, logo, accreditation (CNAS, CMA), the scheme of the report
numbers, the usual client, the names of the signature lines.

  testbench laboratory new            makes one to edit, in this user's folder, and says where
  testbench laboratory new FILE       makes one in a file, for `testbench report --laboratory FILE`
  testbench laboratory check          finds wrong keys and pictures that cannot be printed
  testbench laboratory show           says what it holds, and the number of the next report

Without FILE it is that of this user, which `testbench evaluate` and `testbench report` take by themselves.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add `show`, `new` and `check`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, summary, action in (
        ("show", "say what the template holds", _show),
        ("new", "make a template to edit", _new),
        ("check", "check a template and its pictures", _check),
    ):
        command = actions.add_parser(name, help=summary)
        command.add_argument("file", type=Path, nargs="?", metavar="FILE", help="the template (this user's)")
        command.set_defaults(action=action)


def add_laboratory(parser: argparse.ArgumentParser) -> None:
    """Add --laboratory, for commands that write a report."""
    parser.add_argument(
        "--laboratory", type=Path, metavar="FILE", help="the laboratory's template (this user's, `testbench laboratory`)"
    )


def chosen_laboratory(arguments: argparse.Namespace) -> LaboratoryTemplate | None:
    """The template of --laboratory, or this user's; None where there is none. InputError if it cannot be used."""
    from testbench.report.laboratory import default_laboratory, read_laboratory

    path: Path | None = getattr(arguments, "laboratory", None)
    return default_laboratory() if path is None else read_laboratory(path)


def run(arguments: argparse.Namespace) -> int:
    """Do the action."""
    return int(arguments.action(arguments))


def _new(arguments: argparse.Namespace) -> int:
    from testbench.errors import InputError
    from testbench.report.laboratory import default_path

    path = arguments.file or default_path()
    text = (resources.files("testbench.report") / "laboratory_example.toml").read_bytes()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path} is there already; edit it, and check it by `testbench laboratory check`") from None
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}") from error
    print(f"{path}: edit it, then `testbench laboratory check`")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from testbench.report.specimen import first_page

    template = _template(arguments)
    first_page(template, "zh")
    first_page(template, "en")
    print(f"{template.path}: {template.letterhead.name.en}; nothing wrong found")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from testbench.engine.clock import wall_now
    from testbench.office.report_numbers import NumberRegister

    template = _template(arguments)
    file, register = template.file, NumberRegister(template)
    marks = (file.cma, file.cnas)
    rows = {
        "file": str(template.path),
        "laboratory": " / ".join(dict.fromkeys((template.letterhead.name.zh, template.letterhead.name.en))),
        "logo": file.laboratory.logo,
        "CMA": ", ".join(part for part in (marks[0].number, marks[0].mark) if part),
        "CNAS": ", ".join(part for part in (marks[1].number, marks[1].mark) if part),
        "numbers": f"{file.report.number_scheme}, next {register.next(wall_now().date())}, {len(register.given)} given",
        "client": file.client.name,
        "people": ", ".join(name for name in template.letterhead.people if name),
    }
    width = max(map(len, rows))
    for name, value in rows.items():
        print(f"{name:{width}}  {value or '–'}")
    return 0


def _template(arguments: argparse.Namespace) -> LaboratoryTemplate:
    from testbench.errors import InputError
    from testbench.report.laboratory import default_path, read_laboratory

    path = arguments.file or default_path()
    if arguments.file is None and not path.is_file():
        raise InputError(f"this user has no laboratory template yet; `testbench laboratory new` makes one at {path}")
    return read_laboratory(path)
