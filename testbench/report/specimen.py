"""A specimen of a report's first page, to see what a laboratory's template makes of it; no evaluation is needed."""

from __future__ import annotations

import datetime as dt
import hashlib

from testbench.outcome import Outcome
from testbench.report.content import ReportContent, ReportDevice, ReportStandard, ReportStation
from testbench.report.laboratory import LaboratoryTemplate
from testbench.report.letterhead import Issue
from testbench.report.pdf import render_picture
from testbench.text import Language, Text

_DAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
_NUMBER = "0000-SPECIMEN"


def first_page(
    template: LaboratoryTemplate, language: Language | str, number: str = _NUMBER, *, dots_an_inch: float = 72
) -> bytes:
    """Return the first page of an issued report as PNG; ReportError, or InputError, where the template cannot be set."""
    language = Language(language)
    issue = Issue(number, "", _DAY, template.client)
    device = ReportDevice("A", "–", "–", "–", "CO2", 0.0, 20.0, "%", Outcome.PASS)
    content = ReportContent(
        identifier=Text(zh="样张", en="Specimen").say(language),
        standard=ReportStandard("HJ 76-2017", Text(zh="样张", en="Specimen"), "2017", hashlib.sha256().hexdigest()),
        station=ReportStation("–"),
        simulated=False,
        started=_DAY,
        finished=_DAY,
        devices=(device,),
        decision_rule="",
        letterhead=template.letterhead,
        issue=issue,
    )
    return render_picture(content, language, dots_an_inch=dots_an_inch)
