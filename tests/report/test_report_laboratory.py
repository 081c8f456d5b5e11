"""The laboratory's template: read with its pictures, refused where it is wrong, printed where it may be."""

import datetime as dt
import io
import struct
import zlib
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from testbench.errors import InputError
from testbench.record.model import EventRow
from testbench.report.content import ReportContent
from testbench.report.laboratory import LaboratoryTemplate, default_laboratory, default_path, read_laboratory
from testbench.report.letterhead import ISSUE_EVENT, Client, Issue, issues
from testbench.report.number_scheme import NumberScheme
from testbench.report.pdf import render_pdf
from testbench.report.specimen import first_page
from testbench.report.wording import wording
from testbench.text import Language, Text

DAY = dt.date(2026, 3, 4)
MOMENT = dt.datetime(2026, 3, 4, 8, 0, tzinfo=dt.UTC)
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="40" height="10" fill="#234"/></svg>'
TEMPLATE = """
[laboratory]
name = { zh = "示例计量院", en = "Example Institute" }
address = { zh = "科学大道 1 号", en = "1 Science Avenue" }
logo = "logo.svg"
[cnas]
number = "CNAS L1234"
mark = "mark.png"
[cma]
number = "231620010001"
[client]
name = "Client & Sons #panic(1)"
[report]
statements = [{ en = "Copy it in full only." }]
[people]
tested = "Li Wei"
"""


def png(width: int = 3, height: int = 2) -> bytes:
    """A red picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\xff\0\0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "logo.svg").write_text(LOGO, encoding="utf-8")
    (tmp_path / "mark.png").write_bytes(png())
    (tmp_path / "laboratory.toml").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def template(folder: Path) -> LaboratoryTemplate:
    return read_laboratory(folder / "laboratory.toml")


def changed(folder: Path, old: str, new: str) -> Path:
    path = folder / "laboratory.toml"
    path.write_text(TEMPLATE.replace(old, new), encoding="utf-8")
    return path


def issued(content: ReportContent, template: LaboratoryTemplate, **more: object) -> ReportContent:
    issue = Issue("2026-CEMS-0007", "li", MOMENT, template.client, "2026-03-01, intact", "2026-CEMS-0003")
    return replace(content, letterhead=template.letterhead, issue=replace(issue, **more))


def cover_text(content: ReportContent, language: Language) -> str:
    return PdfReader(io.BytesIO(render_pdf(content, language))).pages[0].extract_text().replace("\u200b", "")


def pictures(content: ReportContent) -> int:
    return len(PdfReader(io.BytesIO(render_pdf(content, Language.ENGLISH))).pages[0].images)


@pytest.mark.parametrize(("language", "name"), [(Language.CHINESE, "示例计量院"), (Language.ENGLISH, "Example Institute")])
def test_an_issued_report_shows_laboratory_number_client_and_people(
    bare: ReportContent, template: LaboratoryTemplate, language: Language, name: str
) -> None:
    text = cover_text(issued(replace(bare, simulated=False), template), language)
    for part in (name, "2026-CEMS-0007", "2026-CEMS-0003", "Client & Sons #panic(1)", "2026-03-01, intact", "CNAS L1234"):
        assert part in text
    assert "CMA 231620010001" in text
    assert "CNAS CNAS" not in text
    assert "Li Wei" in text
    assert "Copy it in full only." in text


def test_the_number_stands_on_every_page(bare: ReportContent, template: LaboratoryTemplate) -> None:
    pdf = PdfReader(io.BytesIO(render_pdf(issued(replace(bare, simulated=False), template), Language.ENGLISH)))
    assert all("2026-CEMS-0007" in page.extract_text() for page in pdf.pages)
    assert "2026-CEMS-0007" in pdf.metadata.title
    assert pdf.metadata.author == "Example Institute"


@pytest.mark.parametrize("language", list(Language))
def test_a_simulated_evaluation_has_no_number_no_mark_and_cannot_be_signed(
    bare: ReportContent, template: LaboratoryTemplate, language: Language
) -> None:
    text = cover_text(issued(replace(bare, simulated=True), template), language)
    assert "SIMULATED" in text
    assert wording(language)["cover.not_signed"][:12] in text
    for part in ("2026-CEMS", "CNAS", "CMA", "Li Wei"):
        assert part not in text
    assert wording(language).say(template.letterhead.name) in text


def test_marks_stand_on_issued_reports_within_the_scope_only(bare: ReportContent, template: LaboratoryTemplate) -> None:
    real = replace(bare, simulated=False)
    assert pictures(issued(real, template)) == 1
    assert pictures(issued(real, template, outside_scope=True)) == 0
    assert "outside the scope" in cover_text(issued(real, template, outside_scope=True), Language.ENGLISH)
    unnumbered = replace(real, letterhead=template.letterhead)
    assert pictures(unnumbered) == 0
    assert "this report was not issued" in cover_text(unnumbered, Language.ENGLISH)


def test_the_first_page_of_a_specimen_is_a_picture(template: LaboratoryTemplate) -> None:
    page = first_page(template, Language.CHINESE, "2026-CEMS-0001", dots_an_inch=36)
    assert page.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", page[16:24])
    assert (width, height) == pytest.approx((298, 421), abs=2)


def test_a_specimen_that_is_longer_than_a_page_shows_its_first_page(template: LaboratoryTemplate) -> None:
    endless = Text(zh="实验室" * 1000, en="Laboratory " * 1000)
    long = replace(template, letterhead=replace(template.letterhead, name=endless))
    assert first_page(long, Language.CHINESE, "1", dots_an_inch=36).startswith(b"\x89PNG")


def test_the_example_that_comes_with_the_product_is_a_template(tmp_path: Path) -> None:
    path = tmp_path / "laboratory.toml"
    path.write_bytes((resources.files("testbench.report") / "laboratory_example.toml").read_bytes())
    assert read_laboratory(path).scheme.number(1, DAY) == "2026-CEMS-0001"


def test_without_a_file_this_user_has_no_template(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(folder / "nothing"))
    assert default_laboratory() is None
    monkeypatch.setenv("TESTBENCH_STATE_DIR", str(folder))
    assert default_path() == folder / "laboratory.toml"
    found = default_laboratory()
    assert found is not None
    assert found.letterhead.name.en == "Example Institute"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('zh = "示例计量院", en = "Example Institute"', "", "needs a name"),
        ("[people]", "[peopel]", "peopel: no such key"),
        ("[people]", "[people", "is not TOML"),
        ('number = "CNAS L1234"', "", "printed with its number"),
        ("logo.svg", "gone.svg", "laboratory.logo: .*gone.svg cannot be read"),
        ("[report]", '[report]\nnumber_scheme = "{year}"', "needs {number} once"),
        ("[report]", "[report]\nnumber_from = 0", "greater than or equal to 1"),
    ],
)
def test_a_wrong_template_is_refused_in_words(folder: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_laboratory(changed(folder, old, new))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "neither PNG nor JPEG nor SVG"),
        (png()[:40], "no whole PNG"),
        (png()[:16] + b"\0" * 8 + png()[24:], "has no size"),
        (png()[:16] + b"\xff\xff\xff\xff" * 2 + png()[24:], "make the picture smaller"),
        (b"\xff\xd8\xff\xe0\0\x04ab", "no whole JPEG"),
        (b"<html/>", "no SVG picture"),
        (LOGO.replace("<rect", "<text>x</text><rect").encode(), "convert the text to paths"),
        (LOGO.replace("<rect", '<image href="file:///etc/x.png"/><rect').encode(), "refers to another file"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + LOGO.encode(), "document type"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 2_100_000, "more than 2 MB"),
    ],
)
def test_a_picture_that_cannot_be_printed_is_refused_in_words(folder: Path, data: bytes, told: str) -> None:
    (folder / "logo.svg").write_bytes(data)
    with pytest.raises(InputError, match=told):
        read_laboratory(folder / "laboratory.toml")


def test_numbers_count_on_within_a_year_and_begin_anew_with_the_next() -> None:
    scheme = NumberScheme("{year}-CEMS-{number:04}")
    assert scheme.next([], DAY) == "2026-CEMS-0001"
    assert scheme.next(["2026-CEMS-0009", "2025-CEMS-0100", "by hand", "2026-CEMS-10"], DAY) == "2026-CEMS-0011"
    assert scheme.next(["2026-CEMS-0009"], dt.date(2027, 1, 1)) == "2027-CEMS-0001"
    assert scheme.next([], DAY, first=38) == "2026-CEMS-0038"
    assert NumberScheme("{year}{month}{day}/{number}").number(5, DAY) == "20260304/5"


@pytest.mark.parametrize(
    "text", ["", "{year}", "{number}{number}", "{number:x}", "{foo}{number}", "{", "a {number}", "{0}{number}"]
)
def test_a_scheme_that_makes_no_numbers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        NumberScheme(text)


@given(
    st.integers(1, 10**9),
    st.dates(dt.date(1000, 1, 1)),
    st.sampled_from(["{number}", "A{year}-{number:03}", "{number:04}/{month}"]),
)
def test_the_count_of_a_number_is_found_again(count: int, day: dt.date, text: str) -> None:
    scheme = NumberScheme(text)
    assert scheme.count(scheme.number(count, day), day) == count
    assert scheme.next([scheme.number(count, day)], day) == scheme.number(count + 1, day)


def test_what_the_record_keeps_of_an_issue_is_read_back_and_told_in_both_languages() -> None:
    issue = Issue("N-1", "li: {x}", MOMENT, Client("客户 {a}", "b; c", "d"), "r", "N-0", True, "zh", "h", "c", "f")
    events = [
        EventRow("E1", None, "note", issue.sentence(), 0.0, MOMENT),
        EventRow("E1", None, ISSUE_EVENT, issue.sentence(), 0.0, MOMENT),
        EventRow("E1", None, ISSUE_EVENT, "report N-2 issued by li: {}", 0.0, MOMENT),
        EventRow("E1", None, ISSUE_EVENT, "written by another version", 0.0, MOMENT),
    ]
    assert issues(events) == [issue]
    simple = replace(issue, by="li", client=Client()).sentence()
    assert wording(Language.CHINESE).tell(simple) == "报告 N-1 已签发（li）"
    assert wording(Language.ENGLISH).tell(simple) == "report N-1 issued by li"
