"""What the first page says of the laboratory that issues the report: its head and marks, number and client, signatures."""

from __future__ import annotations

from typing import Any

from testbench.report.blocks import Block
from testbench.report.content import ReportContent
from testbench.report.letterhead import Accreditation, Letterhead
from testbench.report.wording import Wording

SIGNERS = ("tested", "checked", "approved")


def laboratory_name(content: ReportContent, wording: Wording) -> str:
    """The laboratory as its template names it, else as the station file does."""
    if content.letterhead is not None:
        return wording.say(content.letterhead.name)
    return wording.say(content.station.laboratory)


def letterhead_of(content: ReportContent, wording: Wording) -> dict[str, Any]:
    """The top of the cover; pictures are SVG text until `take_letterhead` has placed them."""
    head = content.letterhead
    return {
        "laboratory": laboratory_name(content, wording),
        "logo": (head.logo or None) if head is not None else None,
        "marks": [
            {"name": name, "number": _numbered(name, accreditation.number), "place": accreditation.mark or None}
            for name, accreditation in _accreditations(head)
            if accreditation.number and _marks_allowed(content)
        ],
    }


def take_letterhead(cover: Block, first: int) -> tuple[str, ...]:
    """Take the pictures out of a cover, and number them from `first` on."""
    pictures: list[str] = []
    for holder, key in ((cover, "logo"), *((mark, "place") for mark in cover["marks"])):
        if holder[key] is not None:
            pictures.append(holder[key])
            holder[key] = first + len(pictures) - 1
    return tuple(pictures)


def issue_facts(content: ReportContent, wording: Wording) -> list[tuple[str, str]]:
    """Number of the report and who ordered it; nothing where the laboratory has no template and issued nothing."""
    issue, number = content.issue, wording["cover.number"]
    if content.simulated:
        return []
    if issue is None:
        if content.outdated:
            return [(number, wording.fill("cover.outdated", number=content.outdated))]
        return [] if content.letterhead is None else [(number, wording["cover.no_number"])]
    rows = {
        "replaces": issue.replaces,
        "client": issue.client.name,
        "client_address": issue.client.address,
        "client_contact": issue.client.contact,
        "received": issue.received,
    }
    return [(number, issue.number), *((wording[f"cover.{key}"], value) for key, value in rows.items() if value)]


def laboratory_facts(content: ReportContent, wording: Wording) -> list[tuple[str, str]]:
    """The laboratory with its address."""
    head = content.letterhead
    parts = [laboratory_name(content, wording)]
    if head is not None:
        parts += [wording.say(head.address) if head.address is not None else "", head.phone]
    return [(wording["cover.laboratory"], wording.join(parts))]


def statements(content: ReportContent, wording: Wording) -> list[str]:
    """The laboratory's statements, and that an evaluation lies outside the scope of its accreditation."""
    said = [wording.say(statement) for statement in content.letterhead.statements] if content.letterhead is not None else []
    outside = content.issue is not None and content.issue.outside_scope and not content.simulated
    return [*([wording["cover.outside_scope"]] if outside else []), *said]


def signatures(content: ReportContent, wording: Wording) -> list[dict[str, str]]:
    """The lines to sign on; none for a simulated evaluation, which cannot be signed."""
    if content.simulated:
        return []
    people = ("", "", "") if content.letterhead is None else content.letterhead.people
    return [{"role": wording[f"cover.{who}"], "name": name} for who, name in zip(SIGNERS, people, strict=True)]


def _marks_allowed(content: ReportContent) -> bool:
    """Marks stand on an issued report of a real evaluation within the scope, and nowhere else."""
    return content.issue is not None and not content.simulated and not content.issue.outside_scope


def _numbered(name: str, number: str) -> str:
    """The number with the name of the accreditation, where it does not begin with that."""
    return number if number.upper().startswith(name) else f"{name} {number}"


def _accreditations(head: Letterhead | None) -> list[tuple[str, Accreditation]]:
    return [] if head is None else [("CMA", head.cma), ("CNAS", head.cnas)]
