"""The finished PDF: an archive format, complete in both languages, and safe against whatever a person writes."""

import datetime as dt
import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from testbench.findings import Finding
from testbench.outcome import Outcome
from testbench.report.content import ReportContent, ReportVerdict
from testbench.report.pdf import render_pdf
from testbench.text import Language

HOSTILE = (
    '#panic("x") *b* _i_ $x^2$ @cite <label> \\ [c] {d} `raw` // /* = h \x00\x1b\u202e🙂𝕏 "quote" #sys.inputs ' + "W" * 300
)


@pytest.fixture(scope="module")
def printed(example: ReportContent) -> dict[Language, PdfReader]:
    """The example as printed in both languages."""
    return {language: PdfReader(io.BytesIO(render_pdf(example, language))) for language in Language}


@pytest.fixture(scope="module")
def texts(printed: dict[Language, PdfReader]) -> dict[Language, list[str]]:
    """The text of each page of the example, in both languages."""
    return {language: words(pdf) for language, pdf in printed.items()}


def words(pdf: PdfReader) -> list[str]:
    """The text of each page."""
    return [page.extract_text().replace("\u200b", "") for page in pdf.pages]


def pages(content: ReportContent, language: Language = Language.ENGLISH) -> list[str]:
    """The text of each page of a report made anew."""
    return words(PdfReader(io.BytesIO(render_pdf(content, language))))


@pytest.mark.parametrize("language", list(Language))
def test_the_file_is_a_tagged_archive_with_title_and_language(printed, language: Language) -> None:
    pdf = printed[language]
    xmp = pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "E-2026-0012" in pdf.metadata.title
    assert pdf.metadata.author == ("示例实验室" if language is Language.CHINESE else "Example laboratory")
    assert pdf.trailer["/Root"]["/Lang"].startswith(language.value)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert 10 <= len(pdf.pages) <= 20
    box = pdf.pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (210, 297)


@pytest.mark.parametrize("language", list(Language))
def test_every_page_names_the_evaluation_its_number_the_journal_and_the_simulation(
    example, texts, language: Language
) -> None:
    for number, text in enumerate(texts[language], 1):
        flat = re.sub(r"\s+", "", text)
        assert "E-2026-0012" in flat
        assert "SIMULATED" in flat
        assert "模拟" in flat
        assert example.record_head in flat
        count = len(texts[language])
        expected = f"第{number}页，共{count}页" if language is Language.CHINESE else f"Page{number}of{count}"
        assert expected in flat


def test_a_real_evaluation_says_nothing_of_simulation_and_can_be_signed(bare: ReportContent) -> None:
    texts = pages(replace(bare, simulated=False, seed=None))
    assert not any("SIMULATED" in text or "模拟" in text for text in texts)
    assert "Approved by" in texts[0]
    assert "cannot be signed" not in texts[0]


def test_the_english_report_holds_no_chinese_but_the_mark_of_simulation(texts) -> None:
    text = "".join(texts[Language.ENGLISH]).replace("模拟", "")
    assert re.findall(r"[\u3400-\u9fff，。；：（）]", text) == []


def test_the_chinese_report_holds_no_english_sentence(texts) -> None:
    text = "\n".join(texts[Language.CHINESE])
    for word in (
        "Device",
        "Verdict",
        "verdict",
        "limit ",
        "drift",
        "Linearity",
        "Uncertainty",
        "pass",
        "fail",
        "Table",
        "Figure",
    ):
        assert word not in text.replace("passes", "")


def test_the_same_content_gives_the_same_file(bare: ReportContent) -> None:
    assert render_pdf(bare, Language.ENGLISH) == render_pdf(bare, Language.ENGLISH)


def test_the_content_chooses_the_language_where_none_is_asked_for(bare: ReportContent) -> None:
    english = render_pdf(replace(bare, language=Language.ENGLISH))
    assert "Evaluation report" in PdfReader(io.BytesIO(english)).metadata.title


@pytest.mark.parametrize("language", list(Language))
def test_an_evaluation_without_any_finding_is_a_report_all_the_same(bare: ReportContent, language: Language) -> None:
    assert 4 <= len(pages(bare, language)) <= 10
    assert pages(replace(bare, devices=()), language)


def test_no_text_of_a_person_is_read_as_markup_or_breaks_the_report(example: ReportContent) -> None:
    notes, details = (HOSTILE,), {"budget": {HOSTILE: 1.0}, "unit": HOSTILE}
    finding = Finding(HOSTILE, HOSTILE, 1.0, HOSTILE, 0.1, 2.0, index=HOSTILE, notes=notes, details=details)
    verdict = ReportVerdict(
        HOSTILE, finding, Outcome.FAIL, 0.5, limit_text=HOSTILE, clause=HOSTILE, reason=HOSTILE, run=HOSTILE
    )
    device = replace(
        example.devices[0],
        **dict.fromkeys(("name", "maker", "model", "serial", "measurand", "unit"), HOSTILE),
        verdicts=(verdict,),
    )
    content = replace(
        example,
        identifier=HOSTILE,
        devices=(device,),
        decision_rule=HOSTILE,
        station=replace(example.station, name=HOSTILE, laboratory=HOSTILE),
        standard=replace(example.standard, title=HOSTILE, analogy=HOSTILE),
        software={HOSTILE: HOSTILE},
        runs=(replace(example.runs[0], identifier=HOSTILE, procedure=HOSTILE, settings={HOSTILE: HOSTILE}),),
        events=(replace(example.events[0], kind=HOSTILE, text=HOSTILE),),
    )
    text = "".join(pages(content))
    assert '#panic("x")' in text
    assert "#sys.inputs" in text
    assert "U+1F642" in text


def test_the_issue_time_is_the_date_of_the_file(bare: ReportContent) -> None:
    issued = dt.datetime(2026, 4, 1, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    metadata = PdfReader(io.BytesIO(render_pdf(replace(bare, issued=issued)))).metadata
    assert metadata.creation_date == issued
