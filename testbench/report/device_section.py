"""The section of one device: verdicts with their pictures, linearity, drift and step response, uncertainty budgets."""

from __future__ import annotations

import math

from testbench.outcome import Outcome
from testbench.report import details, figures, phrases
from testbench.report.amended_section import amended_results
from testbench.report.blocks import (
    Align,
    Block,
    Cell,
    Column,
    Picture,
    bar,
    bullets,
    heading,
    paragraph,
    picture,
    stacked,
    table,
)
from testbench.report.content import ReportDevice, ReportVerdict
from testbench.report.front import legend
from testbench.report.numbers import NOTHING, places_for, rounded, significant
from testbench.report.strip import strip
from testbench.report.wording import Wording

_NEGLIGIBLE = 0.0005  # share of the variance; several below it make one line of a budget
_SHORT_CLAUSE = 12  # characters; a longer one stands in the table of evidence alone


def device_section(device: ReportDevice, wording: Wording) -> list[Block]:
    """Return the section of a device."""
    subtitle = wording.fill(
        "device.subtitle",
        maker=device.maker,
        model=device.model,
        serial=device.serial or NOTHING,
        measurand=wording.name("measurand", device.measurand),
        range=phrases.range_text(device, wording),
    )
    blocks = [heading(wording.fill("device.heading", name=device.name), new_page=True), paragraph(subtitle)]
    if not device.verdicts:
        return [*blocks, paragraph(wording["device.no_findings"])]
    names = list(dict.fromkeys(verdict.standard for verdict in device.verdicts if verdict.standard))
    if names:
        blocks += [block for name in names for block in _by_standard(device.by(name), name, wording)]
        others = device.by("")
        blocks += [heading(wording["summary.of_none"], 2), _verdicts(others, wording)] if others.verdicts else []
    else:
        blocks.append(_verdicts(device, wording))
    blocks += legend(device.verdicts, wording)
    notes = _notes(device, wording)
    if notes:
        blocks += [heading(wording["device.notes"], 2), bullets(notes)]
    blocks += amended_results(device, wording)
    blocks.append(heading(wording["device.pictures_heading"], 2))
    drawn = [one for name in names for one in _pictures(device.by(name), wording, name)]
    drawn = drawn if names else _pictures(device, wording)
    blocks += [picture(one) for one in drawn] or [paragraph(wording["device.no_pictures"])]
    budgets = [_budget(device, v, wording) for v in device.once if v.finding and details.budget(v.finding)]
    return [*blocks, heading(wording["device.budget_heading"], 2), *budgets] if budgets else blocks


def _by_standard(device: ReportDevice, name: str, wording: Wording) -> list[Block]:
    """Return the verdicts of one of several standards, under its name and what the device is by it."""
    outcome = wording[f"outcome.{device.outcome.value}"]
    title = wording.fill("device.by_standard", standard=name, outcome=outcome)
    return [heading(title, 2), _verdicts(device, wording)]


def _verdicts(device: ReportDevice, wording: Wording) -> Block:
    columns = [
        Column(wording["column.characteristic"]),
        Column(wording["column.value"], Align.DECIMAL, 15),
        Column(wording["column.uncertainty"], Align.DECIMAL, 13),
        Column(wording["column.k"], Align.DECIMAL, 8.5),
        Column(wording["column.unit"], width_mm=12.5),
        Column(wording["column.limit"], width_mm=19),
        Column(wording["column.picture"], width_mm=31.5),
        Column(wording["column.verdict"], width_mm=26),
    ]
    rows: list[list[Cell]] = []
    for verdict in device.verdicts:
        value, uncertainty = phrases.value_and_uncertainty(verdict)
        finding = verdict.finding
        rows.append(
            [
                stacked(phrases.characteristic(verdict, wording), _origin(verdict, wording)),
                value,
                uncertainty,
                phrases.factor_text(finding.coverage_factor if finding and finding.interval is None else None),
                phrases.unit_of(verdict) or NOTHING,
                phrases.limit_text(verdict, wording),
                strip(verdict),
                phrases.verdict_cell(verdict, wording),
            ]
        )
    return table(columns, rows, wording.fill("device.verdicts", name=device.name))


def _origin(verdict: ReportVerdict, wording: Wording) -> str:
    index, clause = phrases.index_text(verdict, wording), wording.say(verdict.clause)
    parts = [
        clause if len(clause) <= _SHORT_CLAUSE else "",
        index,
        wording.fill("device.judged", value=verdict.judged_text) if verdict.judged_text else "",
        phrases.interval_text(verdict, wording),
        wording.fill("device.run", run=verdict.run) if verdict.run else "",
    ]
    return wording.join(parts)


def _notes(device: ReportDevice, wording: Wording) -> list[str]:
    """Return the notes on the verdicts; what is said of several characteristics is said once."""
    said: dict[str, list[str]] = {}
    for verdict in device.verdicts:
        name = phrases.judged_by(verdict, wording)
        judged = verdict.outcome is not None  # that there is no criterion stands in the table
        reserved = judged and (verdict.outcome is not Outcome.PASS or verdict.limit_within_uncertainty)
        reason = phrases.reason_text(verdict, wording) if reserved else ""
        texts = [reason, *_own_notes(verdict, reason, wording)]
        for text in filter(None, texts):
            names = said.setdefault(text, [])
            if name not in names:  # several levels of one characteristic
                names.append(name)
    listed = wording["punctuation.list"].join
    return [wording.fill("device.note", characteristic=listed(names), note=text) for text, names in said.items()]


def _own_notes(verdict: ReportVerdict, reason: str, wording: Wording) -> list[str]:
    """The notes of the finding, but for those that the reason says already."""
    notes = [wording.tell(note) for note in verdict.finding.notes] if verdict.finding else []
    return [note for note in notes if note not in reason]


def _pictures(device: ReportDevice, wording: Wording, standard: str = "") -> list[Picture]:
    """Return the curves of a device; the limits in them are those of `standard`, which is named where several judge."""
    by_name = {verdict.characteristic: verdict for verdict in device.verdicts}
    errors = ("linearity_error", "lack_of_fit", "indication_error", "velocity_error")
    linear = [by_name[name] for name in errors if name in by_name]
    drawn = [("linearity", figures.linearity(device, verdict, wording)) for verdict in linear]
    drawn += [("response", figures.response(device, by_name, wording)), ("drift", figures.drift(device, by_name, wording))]
    limits = wording.fill("device.limits_of", standard=standard) if standard else ""
    return [
        Picture(svg, wording.fill(f"device.{kind}", name=device.name) + limits) for kind, svg in drawn if svg is not None
    ]


def _budget(device: ReportDevice, verdict: ReportVerdict, wording: Wording) -> Block:
    finding = verdict.finding
    influences = tuple((name, u) for name, u in details.budget(finding) if u > 0) if finding else ()
    total = math.sqrt(math.fsum(u * u for _, u in influences))
    columns = [
        Column(wording["column.influence"], width_mm=70),
        Column(wording["column.contribution"], Align.DECIMAL, 36, unit=phrases.unit_of(verdict)),
        Column("", width_mm=6),
        Column(wording["column.share"], width_mm=50, unit="%"),
    ]
    small = [(name, u) for name, u in influences if u * u < _NEGLIGIBLE * total * total]
    kept = [(wording.influence(name), u) for name, u in influences if len(small) < 2 or (name, u) not in small]
    if len(small) > 1:
        together = math.sqrt(math.fsum(u * u for _, u in small))
        kept.append((wording.fill("influence.others", count=len(small)), together))
    rows: list[list[Cell]] = [
        [name, _contribution(u, total), "", bar(u * u / (total * total)) if total > 0 else NOTHING] for name, u in kept
    ]
    rows.append([wording["device.combined"], significant(total, 2), "", ""])
    sums = 1
    if finding and finding.expanded_uncertainty is not None:
        factor = phrases.factor_text(finding.coverage_factor)
        rows.append([wording.fill("device.expanded", k=factor), significant(finding.expanded_uncertainty, 2), "", ""])
        sums = 2
    several = sum(one.characteristic == verdict.characteristic for one in device.once) > 1
    what = [phrases.characteristic(verdict, wording), phrases.index_text(verdict, wording) if several else ""]
    caption = wording.fill("device.budget", name=device.name, characteristic=wording.join(what))
    return table(columns, rows, caption, strong_last=sums)


def _contribution(u: float, total: float) -> str:
    """Two significant digits, but no more than two decimals beyond those of the combined uncertainty."""
    text = significant(u, 2)
    if not total > 0 or not math.isfinite(total):
        return text
    most = places_for(total) + 2
    if len(text.partition(".")[2]) <= most:
        return text
    smallest = 10.0**-most
    return rounded(u, most) if u >= smallest else f"<\u00a0{rounded(smallest, most)}"
