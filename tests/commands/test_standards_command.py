"""`testbench standards`: the list, and one standard readably."""

from __future__ import annotations

import pytest

from testbench.cli import main
from testbench.criteria.standard import list_standards, load_standard


def test_the_list_counts_criteria_and_provisional_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "--language", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name in list_standards():
        standard = load_standard(name)
        limits = sum(len(criterion.requirements) for criterion in standard.criteria)
        counts = [str(len(standard.criteria)), str(standard.provisional_figures), "/", str(limits)]
        assert next(line for line in lines if line.split()[:1] == [name]).split()[-4:] == counts


@pytest.mark.parametrize("name", list_standards())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_standard_is_printed_with_limits_clauses_and_evidence(
    capsys: pytest.CaptureFixture[str], name: str, language: str
) -> None:
    assert main(["standards", "show", name, "--language", language]) == 0
    out = capsys.readouterr().out
    for criterion in load_standard(name).criteria:
        assert getattr(criterion.clause, language) in out
        assert getattr(criterion.title, language) in out
    texts = {"hj76-2017": ["±3 %F.S.", "80 %", "duration_h = 24"], "epa-part75": ["≤ 0.020 lb/mmBtu", "EPA check program"]}
    assert all(text in out for text in texts.get(name, ()))


def test_a_missing_or_unknown_name_gives_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "show"]) == 2
    assert main(["standards", "show", "hj76"]) == 2
    assert main(["standards", "list", "hj76-2017"]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 3
    assert "did you mean 'hj76-2017'" in errors[1]
    assert "standards show hj76-2017" in errors[2]
