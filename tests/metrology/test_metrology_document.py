"""docs/metrology.md names every public function of testbench.metrology once, and nothing that is not there."""

import importlib
import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import testbench.metrology

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/metrology.md"
PACKAGE = "testbench.metrology."


def public_functions() -> set[str]:
    """Functions that a module of testbench.metrology defines, as `module.function`."""
    names = set()
    for found in pkgutil.walk_packages(testbench.metrology.__path__, PACKAGE):
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if not name.startswith("_") and function.__module__ == module.__name__:
                names.add(f"{module.__name__}.{name}".removeprefix(PACKAGE))
    return names


def documented() -> Iterator[str]:
    """Names in the first column of the tables; one without a module is of the module of the name before it."""
    module = ""
    for row in re.findall(r"^\| (`[^|]+) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE):
        for name in re.findall(r"`([^`]+)`", row):
            module = name.rpartition(".")[0] or module
            yield name if "." in name else f"{module}.{name}"


def there(name: str) -> bool:
    module, _, member = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(PACKAGE + module), member)
    except ModuleNotFoundError:
        return False


def test_every_public_function_is_listed_once() -> None:
    times = Counter(documented())
    assert {name: times[name] for name in public_functions() if times[name] != 1} == {}


def test_every_name_that_is_listed_is_there() -> None:
    names = list(documented())
    assert len(names) > 100
    assert [name for name in names if not there(name)] == []
