"""Who issues a report and under which number: the laboratory's head, the client, and what the record keeps of an issue.

An issued report leaves an event of the kind "report" in the record: a sentence with its number and who issued it, then the
rest as JSON. The report is made again from it: with the same number, client and date.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from testbench.record.model import EventRow
from testbench.text import Text

ISSUE_EVENT = "report"
_SENTENCE = re.compile(r'report (?P<number>\S+) issued by (?P<by>.+?): (?P<details>\{"at": .*\})', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Accreditation:
    """An accreditation or approval: its number, and its mark as SVG text (empty: none is printed)."""

    number: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The laboratory as a report prints it; pictures are SVG text, people those of the signature lines, in their order.

    The people are those who test, check and approve; an empty name leaves the line to be filled in by hand.
    """

    name: Text
    address: Text | None = None
    phone: str = ""
    logo: str = ""
    cnas: Accreditation = Accreditation()
    cma: Accreditation = Accreditation()
    people: tuple[str, str, str] = ("", "", "")
    statements: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Client:
    """Who ordered the evaluation."""

    name: str = ""
    address: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """A report as it was issued: its number, by whom, when, for whom.

    `received` is the receipt of the samples as the person wrote it. `replaces` is the number of the report that this one
    replaces. `outside_scope`: the evaluation lies outside the scope of the accreditation, no mark is printed. `head` is the
    record's head that the report prints, `content` the SHA-256 of what it states, `file` that of the PDF.
    """

    number: str
    by: str
    at: dt.datetime
    client: Client = Client()
    received: str = ""
    replaces: str = ""
    outside_scope: bool = False
    language: str = ""
    head: str = ""
    content: str = ""
    file: str = ""

    def sentence(self) -> str:
        """What the record keeps of it."""
        details = asdict(self)
        number, by = details.pop("number"), details.pop("by")
        details["at"] = self.at.isoformat()
        return f"report {number} issued by {by}: {json.dumps(details, ensure_ascii=False)}"


def issues(events: Iterable[EventRow]) -> list[Issue]:
    """The reports that were issued of an evaluation, in their order; events of other kinds are passed over."""
    found = (_issue(event.text) for event in events if event.kind == ISSUE_EVENT)
    return [issue for issue in found if issue is not None]


def _issue(text: str) -> Issue | None:
    """Read one; None for what another version wrote."""
    match = _SENTENCE.fullmatch(text)
    if match is None:
        return None
    try:
        details = json.loads(match["details"])
        client, at = Client(**details.pop("client")), dt.datetime.fromisoformat(details.pop("at"))
        return Issue(number=match["number"], by=match["by"], at=at, client=client, **details)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
