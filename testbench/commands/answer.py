"""`testbench answer`: answer a question of a running evaluation."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from testbench.commands.choose_run import Chosen, add_run, chosen

if TYPE_CHECKING:
    from testbench.record.model import PromptRow

DESCRIPTION = """\
Answers the question that a running evaluation has put to its operator; who answered and when stays in the record.

  testbench answer last 0.41
  testbench answer 4f2a --prompt 3 "valve tightened"

A number may have a decimal point or a comma. A negative one stands behind `--`: testbench answer last -- -0.2
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_run(parser)
    parser.add_argument("value", metavar="VALUE", help="the answer: a number where one is asked for, else a text")
    parser.add_argument("--prompt", type=int, metavar="N", help="number of the question, where several are open")


def run(arguments: argparse.Namespace) -> int:
    """Enter the answer."""
    with chosen(arguments) as found:
        from testbench.commands.command_reply import person
        from testbench.engine.clock import wall_now
        from testbench.engine.operator import read_number

        found.require_going()
        prompt = _prompt(found, arguments.prompt)
        value = read_number(arguments.value, prompt.unit) if prompt.unit else None
        found.record.prompts.answer(prompt.number, text=arguments.value, value=value, by=person(found), at=wall_now())
        unit = f" {prompt.unit}" if prompt.unit else ""
        print(f"{found.evaluation}: question {prompt.number} ({prompt.text}) is answered: {arguments.value}{unit}")
    return 0


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
