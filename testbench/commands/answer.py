"""`testbench answer`: answer a question of a running evaluation."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from testbench.commands.choose_run import Chosen, add_run, chosen

if TYPE_CHECKING:
    from testbench.record.model import PromptRow

DESCRIPTION = """\
Answers the question that a running evaluation has put to its operator; who answered and when stays in the record.

  testbench answer last 0.41
  testbench answer 4f2a --prompt 3 "valve tightened"

A number may have a decimal point or a comma. A negative one stands behind `--`: testbench answer last -- -0.2
Where choices are offered, give one of them or its number. Where a picture is asked for (PNG or JPEG), give its file:

  testbench answer last "no alarm"
  testbench answer last --file display.jpg

Where a table is asked for, give it as a CSV file whose first line names the columns, or one row as its cells:

  testbench answer last --csv readings.csv
  testbench answer last "200; 4"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument(
        "value", metavar="VALUE", nargs="?", help="the answer: a number or a choice where one is asked for, else a text"
    )
    parser.add_argument("--file", type=Path, metavar="PICTURE", help="the picture that is asked for (PNG or JPEG)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="the table that is asked for")
    parser.add_argument("--prompt", type=int, metavar="N", help="number of the question, where several are open")


def run(arguments: argparse.Namespace) -> int:
    """Enter the answer."""
    with chosen(arguments) as found:
        from testbench.commands.command_reply import person
        from testbench.engine import commanding
        from testbench.record.pictures import read_picture

        found.require_going()
        prompt = _prompt(found, arguments.prompt)
        if prompt.form is not None or arguments.csv is not None:
            _fill_in(found, prompt, arguments)
            return 0
        given = _given(prompt, arguments)
        picture = None if arguments.file is None else read_picture(arguments.file)
        text, _ = commanding.answer(found.record, prompt, given, picture, by=person(found))
        unit = f" {prompt.unit}" if prompt.unit else ""
        said = ", ".join(part for part in (f"{text}{unit}", "" if picture is None else f"picture {picture.name}") if part)
        print(f"{found.evaluation}: question {prompt.number} ({prompt.text}) is answered: {said}")
    return 0


def _fill_in(found: Chosen, prompt: PromptRow, arguments: argparse.Namespace) -> None:
    """Enter the table that is asked for; InputError where something else is."""
    from testbench.commands.command_reply import person
    from testbench.engine import commanding
    from testbench.engine.entering import Form
    from testbench.engine.form_file import columns_in_words, read_form, typed_form
    from testbench.errors import InputError

    if prompt.form is None:
        raise InputError(f"question {prompt.number} ({prompt.text}) asks for no table; leave --csv out")
    if arguments.file is not None:
        raise InputError(f"question {prompt.number} ({prompt.text}) asks for no picture; leave --file out")
    form, by = Form.of(prompt.form), person(found)
    if arguments.csv is not None:
        if arguments.value is not None:
            raise InputError("give the table with --csv or as VALUE, not both")
        entered = read_form(form, arguments.csv, by)
    elif arguments.value is not None:
        entered = typed_form(form, arguments.value, by)
    else:
        raise InputError(
            f"question {prompt.number} ({prompt.text}) asks for a table with the columns {columns_in_words(form)}; "
            "give it with --csv"
        )
    commanding.enter(found.record, prompt, entered)
    print(f"{found.evaluation}: question {prompt.number} ({form.title.en}) is answered: {len(entered.rows)} rows")


def _given(prompt: PromptRow, arguments: argparse.Namespace) -> str:
    """The answer that was typed; InputError where something else is asked for."""
    from testbench.errors import InputError

    value: str | None = arguments.value
    if prompt.wants_picture and arguments.file is None:
        raise InputError(f"question {prompt.number} ({prompt.text}) asks for a picture; give it with --file")
    if not prompt.wants_picture and arguments.file is not None:
        raise InputError(f"question {prompt.number} ({prompt.text}) asks for no picture; leave --file out")
    if value is None and (prompt.unit or prompt.choices or not prompt.wants_picture):
        wanted = f"a number in {prompt.unit}" if prompt.unit else "a choice" if prompt.choices else "a text"
        raise InputError(f"question {prompt.number} ({prompt.text}) asks for {wanted}; give it as VALUE")
    return value or ""


def _prompt(found: Chosen, number: int | None) -> PromptRow:
    """The question that is meant; InputError says which ones there are."""
    from testbench.errors import InputError

    prompts = found.record.prompts.open(found.evaluation)
    if not prompts:
        raise InputError(f"{found.evaluation} has no open question")
    listing = "; ".join(f"{prompt.number}: {prompt.text}" for prompt in prompts)
    if number is None:
        if len(prompts) > 1:
            raise InputError(f"{found.evaluation} has several open questions, say which with --prompt: {listing}")
        return prompts[0]
    for prompt in prompts:
        if prompt.number == number:
            return prompt
    raise InputError(f"{found.evaluation} has no open question {number}; open: {listing}")
