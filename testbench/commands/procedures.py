"""`testbench procedures`: the procedures and their settings."""

from __future__ import annotations

import argparse

DESCRIPTION = """\
Lists the installed procedures with what each determines, the roles it needs on the bench and its settings with unit and
default. A setting is given as --set NAME=VALUE to `testbench run`.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the name."""
    parser.add_argument("name", nargs="?", help="only this procedure")


def run(arguments: argparse.Namespace) -> int:
    """Print the list."""
    from testbench.engine.registry import find_procedure, procedure_names

    for name in [arguments.name] if arguments.name else procedure_names():
        procedure = find_procedure(name)
        print(f"{procedure.name}  {procedure.title.en} / {procedure.title.zh}")
        print(f"  {procedure.summary}")
        print(
            f"  determines: {', '.join(procedure.characteristics) or 'nothing, it prepares'}; "
            f"needs: {', '.join(procedure.roles)}"
        )
        for key, field in procedure.settings.model_fields.items():
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            unit = f" {extra['unit']}" if extra.get("unit") else ""
            default = field.default
            shown = ",".join(_item(item) for item in default) if isinstance(default, tuple) else str(default).lower()
            print(f"    {key}={shown}{unit}  {field.title}")
        print()
    return 0


def _item(item: object) -> str:
    """One of several values of a default: a number as short as it can be, anything else as it is."""
    return f"{item:g}" if isinstance(item, int | float) else str(item)
