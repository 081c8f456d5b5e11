"""What `testbench instruments new` writes installs, and its tests pass as they are written."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from instruments.tools.new import KINDS, create
from testbench.cli import main
from testbench.engine.registry import tool_names
from testbench.errors import InputError

VARIANTS = [(kind, line) for kind in KINDS for line in ("text", "modbus")]


def test_three_of_them_install_and_pass_their_tests_without_a_network(tmp_path):
    target = tmp_path / "target"
    folders = [tmp_path / "acme-ir5", tmp_path / "acme-flow", tmp_path / "acme-mfc"]
    create(folders[0], "acme-ir5", "device", "text")
    create(folders[1], "acme-flow", "controller", "modbus")
    create(folders[2], "acme-mfc", "controller", "text")
    # --no-index: nothing is fetched
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-index", "--no-deps"]
    pip += ["--no-build-isolation", "--target", str(target), *map(str, folders)]
    installed = subprocess.run(pip, capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stderr
    surroundings = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(target), str(Path(__file__).parents[2])]),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    tests = [str(folder / "tests") for folder in folders]
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "--import-mode=importlib", "--rootdir", str(tmp_path)]
    done = subprocess.run([*command, *tests], cwd=tmp_path, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "36 passed" in done.stdout


@pytest.mark.parametrize(("kind", "line"), VARIANTS)
def test_every_variant_is_python_with_entry_points_that_are_there(kind, line, tmp_path):
    written = create(tmp_path / "acme-x1", "acme-x1", kind, line)
    names = {path.relative_to(tmp_path / "acme-x1").as_posix() for path in written}
    assert {"pyproject.toml", "README.md", "acme_x1/driver.py", "acme_x1/twin.py", "tests/test_acme_x1.py"} <= names
    for path in written:
        text = path.read_text(encoding="utf-8")
        assert "$" not in text
        if path.suffix == ".py":
            ast.parse(text)
    points = tomllib.loads((tmp_path / "acme-x1" / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    for group in ("testbench.instruments", "testbench.twins"):
        module, _, attribute = points[group]["acme-x1"].partition(":")
        source = (tmp_path / "acme-x1" / module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")
        assert f"class {attribute}" in source


@pytest.mark.parametrize("name", ["acme-x1", "zeta"])
def test_what_is_written_is_as_its_linter_wants_it(name, tmp_path):
    pytest.importorskip("ruff")
    for kind, line in VARIANTS:
        create(tmp_path / f"{kind}-{line}" / name, name, kind, line)
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, str(tmp_path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Acme", "is no name for a driver"),
        ("../x", "is no name for a driver"),
        ("import", "is no name for a driver"),
        ("分析仪", "is no name for a driver"),
        ("con", "is the name of a device in Windows"),
        ("alicat", "is installed already"),
        ("json", "a module 'json' is installed already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(name, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["instruments", "new", name]) == 2
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["instruments", "new", "acme-ir5"]) == 0
    assert "acme-ir5/acme_ir5/driver.py" in capsys.readouterr().out
    (tmp_path / "acme-ir5" / "README.md").write_text("mine", encoding="utf-8")
    assert main(["instruments", "new", "acme-ir5"]) == 2
    assert "exists already" in capsys.readouterr().err
    assert (tmp_path / "acme-ir5" / "README.md").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        create(tmp_path / "file" / "acme-ir5", "acme-ir5", "device", "text")


def test_the_tools_are_explained_and_drivers_are_listed_as_before(capsys):
    assert {"identify", "trace", "replay", "new"} <= set(tool_names())
    for tool in tool_names():
        with pytest.raises(SystemExit) as left:
            main(["instruments", tool, "--help"])
        assert left.value.code == 0
        assert f"usage: testbench instruments {tool}" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["instruments", "--help"])
    shown = capsys.readouterr().out
    assert all(f"\n  {tool} " in shown for tool in tool_names())
    assert main(["instruments", "alicat"]) == 0
    assert "full_scale: required" in capsys.readouterr().out
    assert main(["instruments", "alicat", "more"]) == 2
    assert "'more' behind 'alicat' means nothing; the tools are" in capsys.readouterr().err
    assert main(["instruments", "alicart"]) == 2
    assert "did you mean 'alicat'" in capsys.readouterr().err
