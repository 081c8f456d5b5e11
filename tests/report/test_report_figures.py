"""The pictures: vector graphics, the same each time, and none where there is nothing to draw."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from testbench.report import figures
from testbench.report.content import ReportContent
from testbench.report.wording import wording
from testbench.text import Language


@pytest.fixture(params=list(Language))
def words(request):
    return wording(request.param)


def drawings(example: ReportContent, words) -> list[str]:
    device = example.devices[1]
    verdicts = {verdict.characteristic: verdict for verdict in device.verdicts}
    return [
        figures.linearity(device, verdicts["linearity_error"], words),
        figures.drift(device, verdicts, words),
        figures.response(device, verdicts, words),
    ]


def test_pictures_are_vector_graphics_with_words_as_paths(example: ReportContent, words) -> None:
    for svg in drawings(example, words):
        tags = {element.tag.rpartition("}")[2] for element in ET.fromstring(svg).iter()}
        assert "path" in tags
        assert tags.isdisjoint({"text", "image"})


def test_pictures_are_the_same_each_time(example: ReportContent, words) -> None:
    assert drawings(example, words) == drawings(example, words)


def test_colour_is_used_for_what_is_outside_the_limit_alone(example: ReportContent) -> None:
    words = wording(Language.ENGLISH)
    coloured = []
    for device in example.devices:
        svg = figures.drift(device, {verdict.characteristic: verdict for verdict in device.verdicts}, words)
        coloured.append("#b23a00" in svg)
    assert coloured == [False, True, False]


def test_one_side_alone_is_drawn_where_the_other_was_not_tested(example: ReportContent, words) -> None:
    device = example.devices[0]
    verdicts = {v.characteristic: v for v in device.verdicts if v.characteristic in ("zero_drift_24h", "response_time_rise")}
    assert figures.drift(device, verdicts, words)
    assert figures.response(device, verdicts, words)
    assert figures.drift(device, {}, words) is None
    assert figures.response(device, {}, words) is None


def test_odd_units_are_written_and_never_read_as_formulas(example: ReportContent, words) -> None:
    device = replace(example.devices[0], unit="$\\frac{1}{2}$🙂")
    verdict = next(v for v in device.verdicts if v.characteristic == "linearity_error")
    finding = replace(verdict.finding, details={**verdict.finding.details, "unit": "$x_1$\n🙂"})
    assert figures.linearity(device, replace(verdict, finding=finding), words)
