"""Puts a report together: every section in its order, in one language, as the tree that the template sets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from testbench.report.amended_section import unfinished_repeats
from testbench.report.bench_section import bench_section, events_section, runs_section
from testbench.report.blocks import Block, paragraph
from testbench.report.content import AmendedResult, ReportContent
from testbench.report.device_section import device_section
from testbench.report.front import cover, summary
from testbench.report.glyphs import Clean
from testbench.report.issuer import laboratory_name, take_letterhead
from testbench.report.method_section import method_section
from testbench.report.raw_section import raw_section
from testbench.report.wording import Wording, wording
from testbench.text import Language


@dataclass(frozen=True, slots=True)
class Document:
    """A report ready to set: the tree (JSON types) and its pictures as SVG text, which the tree names by their place."""

    tree: dict[str, Any]
    pictures: tuple[str, ...]


def build_document(content: ReportContent, language: Language) -> Document:
    """Return a report in one language; characters that the font lacks are replaced, and the last section says so."""
    words, content = wording(language), _short_runs(content)
    blocks = [cover(content, words), {"block": "contents"}, *summary(content, words)]
    for device in content.devices:
        blocks += device_section(device, words)
    blocks += bench_section(content, words)
    blocks += [*runs_section(content, words), *unfinished_repeats(content, words)]
    blocks += method_section(content, words)
    blocks += raw_section(content, words)
    blocks += events_section(content, words)
    return _finished(content, blocks, words)


def build_cover(content: ReportContent, language: Language) -> Document:
    """Return the first page alone."""
    words = wording(language)
    return _finished(content, [cover(content, words)], words)


def _finished(content: ReportContent, blocks: list[Block], words: Wording) -> Document:
    """Number the pictures, and replace what the font lacks; the cover is the first block."""
    pictures = _take_pictures(blocks)
    pictures += take_letterhead(blocks[0], len(pictures))
    clean = Clean()
    tree = {"head": _head(content, words), "blocks": blocks}
    cleaned = cast(dict[str, Any], clean.tree(tree))
    if clean.replaced:
        note = words.fill("document.replaced", characters=words.join(clean.code_points()))
        cleaned["blocks"].append(paragraph(note, small=True))
    return Document(cleaned, pictures)


def _short_runs(content: ReportContent) -> ReportContent:
    """Name the runs without the evaluation's identifier, which stands on every page: E12-R03 of E12 becomes R03."""
    prefix = f"{content.identifier}-"
    devices = tuple(
        replace(
            device,
            verdicts=tuple(replace(v, run=v.run.removeprefix(prefix)) for v in device.verdicts),
            amended=tuple(_short_attempts(result, prefix) for result in device.amended),
        )
        for device in content.devices
    )
    runs = tuple(replace(run, identifier=run.identifier.removeprefix(prefix)) for run in content.runs)
    events = tuple(replace(event, run=event.run.removeprefix(prefix)) for event in content.events)
    attempts = tuple(replace(attempt, run=attempt.run.removeprefix(prefix)) for attempt in content.attempts)
    repeats = tuple(replace(repeat, run=repeat.run.removeprefix(prefix)) for repeat in content.unfinished_repeats)
    return replace(content, devices=devices, runs=runs, events=events, attempts=attempts, unfinished_repeats=repeats)


def _short_attempts(result: AmendedResult, prefix: str) -> AmendedResult:
    attempts = tuple(replace(attempt, run=attempt.run.removeprefix(prefix)) for attempt in result.attempts)
    return replace(result, attempts=attempts)


def _take_pictures(blocks: list[Block]) -> tuple[str, ...]:
    pictures = []
    for block in blocks:
        if block["block"] == "picture":
            pictures.append(block.pop("svg"))
            block["place"] = len(pictures) - 1
    return tuple(pictures)


def _head(content: ReportContent, words: Wording) -> dict[str, Any]:
    digest = content.record_head
    title = words["document.title"]
    number = content.issue.number if content.issue is not None and not content.simulated else ""
    return {
        "language": "zh" if words.language is Language.CHINESE else "en",
        "region": "CN" if words.language is Language.CHINESE else "GB",
        "title": title,
        "identifier": content.identifier,
        "number": number,
        "document_title": " ".join(part for part in (title, number, content.identifier) if part),
        "author": laboratory_name(content, words) or content.station.name,
        "simulated": words["document.simulated"],
        "is_simulated": content.simulated,
        "simulated_line": words["document.simulated_line"],
        "not_signed": words["cover.not_signed"],
        "signature": words["cover.signature"],
        "date": words["cover.date"],
        "journal": f"{words['document.journal']} {digest}" if digest else words["document.no_journal"],
        "software": " ".join(next(iter(content.software.items()), ("testbench", ""))).strip(),
        "page_before": words["document.page_before"],
        "page_of": words["document.page_of"],
        "page_after": words["document.page_after"],
        "contents": words["document.contents"],
        "figure": words["document.figure"],
        "table": words["document.table"],
    }
