"""Every sentence that a person can meet is said in Chinese: the sources are read, and each of their sentences is told."""

import ast
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import instruments
import procedures
import testbench
from testbench import errors
from testbench.report.sentences import sentences
from testbench.report.wording import wording
from testbench.text import Language

TELL = wording(Language.CHINESE).tell

SHOWN = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.TestbenchError)}
# Exceptions that never reach a person as they are, or only where a file or a value of a person was wrong.
NOT_SHOWN = {
    "RuntimeError": "a defect of ours",
    "NotImplementedError": "a defect of ours",
    "KeyError": "a defect of ours",
    "TypeError": "a defect of ours",
    "AssertionError": "a defect of ours",
    "InfluenceError": "a defect of a calculation, which has no user's value in it",
    "ArgumentTypeError": "argparse puts it into an English message of its own",
    "HeldError": "says who holds a lock, in the lock's own form",
    "FieldError": "is made of a text in both languages",
    "FactMissingError": "names what the record lacks; the sentence is where it is caught",
    "SystemExit": "ends the program",
    "StopIteration": "ends a loop",
    "Refusal": "is an exception code that goes over the line",
}
# Calls, beside those of exceptions, whose sentences a person meets, and which argument has them.
SAID_BY = {
    "event": 1,
    "_event": 1,
    "blocking": 1,
    "warning": 1,
    "Problem": 1,
    "Defect": 1,
    "_refusal": 0,
    "_wrong": -1,
    "_leave": 0,
    "_notice": 0,
    "notice": 0,
    "_reply": 1,
    "_TryError": 0,
    "explained": 0,
    "_pass_over": 2,
    "tell": -1,
    "_tell": -1,
    "note": -1,
    "_note": -1,
}
# Parts of the program whose functions return, yield or list sentences.
SAYING = {("testbench", "engine"), ("testbench", "record"), ("instruments",)}
# Parts whose lists hold sentences: notes of results, and what hinders a verdict.
LISTING = {("testbench", "criteria", "recorded")}
OPAQUE = {"show", "_so_far"}  # give bytes as they came
TEXTUAL = (ast.Constant, ast.JoinedStr, ast.IfExp, ast.BoolOp)
# Words that stay as they are: units, names of things that have one name only, and words of files and commands.
STAY = frozenset(
    """
    testbench toml csv utf json sqlite pdf png jpeg svg xml tcp rtu modbus visa mol µmol mmol min ppm baud ohm pa none
    true false nan inf lower upper decimals rounding comparison full value cap tiers selector requirement range
    flag trip release number year month day key next last total_flow rest_flow fraction_percent minimum_flow_percent
    current_channels shunts profile_unit read_status valid_until reported_decimals low_emitter timeout_s tries
    scale target model standard normal thermo iseries alicat link archive linux windows dialout group
    """.split()  # noqa: SIM905 - a table reads better
)
# Sentences that are exempt, each with the reason.
PART = "a part of sentences, each of which is in the catalogue as a whole"
BEGINS = "begins with what the caller says, each of which is in the catalogue"
EXEMPT = {
    "X1 is X1; its results can be excluded or repeated X1": PART,
    "at least X1 X1": PART,
    "at most X1 X1": PART,
    "X1 to X1 X1": PART,
    "X1 is X1 X1; the standard asks for X1": "the catalogue has it with each kind of limit",
    "the guard (process X1) X1; another one is started": "the catalogue has it with what the guard did",
    "Guard, X1: X1": "a line of the file that the guard leaves where there is no record",
    "Record: X1": "a line of that file",
    "Evaluation: X1": "a line of that file",
    "Evaluation: none": "a line of that file",
    "This is a file because Permission denied": "a line of that file",
    "Safe state:": "a line of that file",
    "X1 X1; wait until it has ended, or X1": BEGINS,
    "X1 evaluation X1 (process X1)": BEGINS,
    "X1 another run (process X1)": BEGINS,
    "X1 X1, by hand (process X1)": BEGINS,
    "evaluation X1 (process X1)": PART,
    "another run (process X1)": PART,
    "X1, by hand (process X1)": PART,
    "user X1": "the name of a person",
    "user X1@X1": "the name of a person",
    "unknown user": "the name of a person",
    "unknown user@X1": "the name of a person",
    "unknown package, source X1": "the version of a package",
    "X1 X1, source X1": "the version of a package",
    "source X1": "the version of a package",
    "1 reading": PART,
    "X1 readings": PART,
    "there is no X1 X1": BEGINS,
    "X1 X1 is over (X1); nothing can follow": BEGINS,
    "X1 X1 is X1: it cannot become X1": BEGINS,
    "entry X1 of the chain are missing": "never said: one entry is missing",
    "entries X1 to X1 of the chain is missing": "never said: several are missing",
    "X1: X1 Permission denied": "the catalogue has it with what is wrong with a picture",
    "X1: 'X1' X1; X1": "the catalogue has it with what is wrong with the scanner",
    "supply gas, X1 %F.S.": "a call, whose words in Chinese stand beside",
    "switch gas, X1 → X1": "a call, whose words in Chinese stand beside",
    "adjust X1": "a call, whose words in Chinese stand beside",
    "number above zero": "a column, whose words in Chinese stand beside",
    "number from X1 on": "a column, whose words in Chinese stand beside",
    "X1, up to X1": "a column, whose words in Chinese stand beside",
    "stop the fan": "a call, whose words in Chinese stand beside",
    "set velocity, X1 m/s": "a call, whose words in Chinese stand beside",
    "gas divider": "a role, whose words in Chinese stand beside",
}

SAMPLES = {"error", "explain", "problem", "problems", "trouble", "fault", "hint", "advice", "why", "cause"}
KNOWN_SENTENCE = "Permission denied"
_ENGLISH = re.compile(r"(?<![\w./'\"=<-])[A-Za-z][a-z]+(?![\w/=])")
_QUOTED = re.compile(
    r"""`[^`]*`|--[\w-]+(?:\ [A-Z]+\b)?  # commands and options
    |\[\[?[\w.]+\]\]?(?:\ \w+)?|\w+\[\w+\]|\w+\ =\ "[^"]*"  # tables of files and their keys
    |\{[^}]*\}|[\w/~-]*\.(?:toml|sqlite|csv|pdf)\b  # places of a number scheme, names of files
    """,
    re.VERBOSE,
)


class Module:
    """One file of the sources: what its names and functions give."""

    def __init__(
        self, tree: ast.Module, *, says_by_itself: bool = False, lists_sentences: bool = False, is_window: bool = False
    ) -> None:
        self.tree = tree
        self.lists_sentences = lists_sentences
        self.is_window = is_window
        self.says_by_itself = says_by_itself
        self.constants = _assigned(tree.body)
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def said(self) -> Iterator[tuple[int, str]]:
        """Each sentence for a person, and its line."""
        inner = {id(node) for function in self.functions.values() for node in ast.walk(function) if node is not function}
        for scope in (self.tree, *(one for name, one in self.functions.items() if name not in OPAQUE)):
            names = self.constants | (_assigned(list(ast.walk(scope))) if isinstance(scope, ast.FunctionDef) else {})
            for node in ast.walk(scope):
                if scope is not self.tree or id(node) not in inner:
                    for expression in self._sentences(node):
                        for text in self.texts(expression, names):
                            yield expression.lineno, text

    def _sentences(self, node: ast.AST) -> Iterator[ast.expr]:
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            if _name(node.exc.func) in SHOWN if self.is_window else _name(node.exc.func) not in NOT_SHOWN:
                yield node.exc.args[SAID_BY.get(_name(node.exc.func), 0)]
        elif self.is_window:
            return  # its own words are translated by Qt
        elif isinstance(node, ast.Call) and (number := SAID_BY.get(_name(node.func))) is not None:
            if len(node.args) > max(number, 0):
                yield node.args[number]
            if _name(node.func) in ("blocking", "warning"):
                yield from node.args[number + 1 :]
        elif self.lists_sentences and isinstance(node, ast.List | ast.Tuple):
            yield from (one for one in node.elts if isinstance(one, ast.JoinedStr | ast.Constant))
        elif self.says_by_itself or self.lists_sentences:
            given = (
                node.value
                if isinstance(node, ast.Return | ast.Yield)
                else node.args[0]
                if isinstance(node, ast.Call) and _name(node.func) == "append" and node.args
                else None
            )
            if isinstance(given, ast.Constant | ast.JoinedStr | ast.IfExp):
                yield given

    def _function(self, call: ast.Call) -> ast.FunctionDef | None:
        return None if _name(call.func) in OPAQUE else self.functions.get(_name(call.func))

    def texts(self, node: ast.expr, names: dict[str, list[ast.expr]], depth: int = 0) -> Iterator[str]:
        """All texts that an expression can give, with samples for what only a run knows."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [list(self.texts(part, names, depth)) for part in node.values]
            yield from map("".join, itertools.islice(itertools.product(*parts), 64))
        elif isinstance(node, ast.FormattedValue):
            shown = list(self.texts(node.value, names, depth)) if node.format_spec is None else ["X1"]
            yield from (f"'{text}'" if node.conversion == ord("r") else text for text in shown or ["X1"])
        elif isinstance(node, ast.IfExp):
            yield from self.texts(node.body, names, depth)
            yield from self.texts(node.orelse, names, depth)
        elif isinstance(node, ast.BoolOp):
            for value in node.values:
                yield from self.texts(value, names, depth)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from map("".join, itertools.product(self.texts(node.left, names), self.texts(node.right, names)))
        elif isinstance(node, ast.Name) and node.id in names and depth < 4:
            for value in names[node.id]:
                yield from self.texts(value, names, depth + 1)
        elif isinstance(node, ast.Call) and (function := self._function(node)) and depth < 4:
            returned = [one.value for one in ast.walk(function) if isinstance(one, ast.Return)]
            inside = self.constants | _assigned(list(ast.walk(function)))
            known = [text for one in returned if isinstance(one, TEXTUAL) for text in self.texts(one, inside, depth + 1)]
            yield from known or [sample(node)]
        else:
            yield sample(node)


def _assigned(body: list[ast.stmt] | list[ast.AST]) -> dict[str, list[ast.expr]]:
    """The names of a scope that are given a text, with what they are given."""
    found: dict[str, list[ast.expr]] = {}
    for node in body:
        if isinstance(node, ast.Assign) and isinstance(node.value, TEXTUAL):
            for target in node.targets:
                if isinstance(target, ast.Name) and any(
                    isinstance(one, ast.JoinedStr | ast.Constant) for one in ast.walk(node.value)
                ):
                    found.setdefault(target.id, []).append(node.value)
    return found


def sample(node: ast.expr) -> str:
    """What may stand in a place."""
    name = node.func if isinstance(node, ast.Call) else node
    if isinstance(node, ast.Attribute):
        name = ast.Name(node.attr)
    words = {part.strip("_").lower() for part in re.findall(r"\w+", ast.unparse(name))}
    if "suggest" in words:
        return "did you mean 'X1'? there are: X1, X2"
    if words & {"hint", "because", "so_far"}:
        return ""
    if isinstance(node, ast.Call) and isinstance(name, ast.Attribute) and name.attr == "join":
        return KNOWN_SENTENCE if isinstance(name.value, ast.Constant) and name.value.value == "; " else "X1, X2"
    if "strerror" in words:
        return "Permission denied"
    return KNOWN_SENTENCE if words & SAMPLES else "X1"


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@cache
def sites() -> tuple[tuple[str, str], ...]:
    """Each sentence of the sources, and where it stands."""
    found = []
    roots = [Path(package.__path__[0]) for package in (testbench, instruments, procedures)]
    for root in (*roots, roots[0].parent / "gui"):
        for file in sorted(root.rglob("*.py")):
            place = file.relative_to(root.parent)
            if "twin" in place.parts or "migrations" in place.parts:
                continue
            module = Module(
                ast.parse(file.read_text(encoding="utf-8")),
                says_by_itself=not SAYING.isdisjoint((place.parts[:1], place.parts[:2])),
                lists_sentences=place.parts[:3] in LISTING,
                is_window=root.name == "gui",
            )
            for line, text in module.said():
                if left_in_english(text) and " " in text.strip():
                    found.append((f"{place}:{line}", text))
    return tuple(found)


def left_in_english(text: str) -> list[str]:
    """The words of a text that no name, unit, command or file explains."""
    bare = _QUOTED.sub(" ", text)
    return [word for word in _ENGLISH.findall(bare) if word.lower() not in STAY and not word.isupper()]


def test_every_sentence_of_the_sources_is_said_in_chinese() -> None:
    wrong = []
    for place, text in sites():
        told = TELL(text)
        if text not in EXEMPT and (not re.search("[一-鿿]", told) or left_in_english(told)):
            wrong.append(f"{place}\n    {text}\n    {told}")
    assert not wrong, f"{len(wrong)} sentences; add them to testbench/report/catalogues/sentences/:\n" + "\n".join(wrong)


def test_the_sources_have_many_sentences() -> None:
    assert len(sites()) > 400


@pytest.mark.parametrize(
    "source",
    [
        "raise InputError(f'the kettle {name} is cold; heat it')",
        "raise InputError('a known ' 'start' if hot else 'the kettle is cold')",
        "self._steps.journal.event('kettle', 'the kettle is cold')",
        "yield warning(PLACE, Text(zh='', en=''), 'heat the kettle')",
    ],
)
def test_a_new_sentence_is_noticed(source: str) -> None:
    found = [text for _, text in Module(ast.parse(source)).said()]
    assert any(left_in_english(TELL(text)) for text in found)


def test_no_sentence_stands_twice_in_the_catalogues() -> None:
    said = Counter(re.sub(r"{\w+}", "{}", sentence.said) for sentence in sentences())
    assert [text for text, count in said.items() if count > 1] == []


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        (
            "station file a.toml: [devices.A] (driver thermo): range: is missing; baud: no such key",
            "工位文件 a.toml：[devices.A]（驱动 thermo）：range：缺少此项；baud：没有此项，请检查拼写",
        ),
        (
            "divider (ASRL3): no answer within 0.5 s, 3 tries; is it switched on and set to 19200 baud?",
            "divider（ASRL3）：0.5 s 内无应答，已尝试 3 次；仪器是否开机并设为 19200 baud？",
        ),
        (
            "unknown procedure 'lin'; did you mean 'linearity'? there are: drift, linearity (`testbench procedures`)",
            "未知的测试程序 'lin'；是否指 'linearity'？现有：drift, linearity（`testbench procedures`）",
        ),
        (
            "analyser: function 4 was refused with exception 2: the instrument has no such register (request 01 04)",
            "analyser：功能码 4 被拒绝：异常 2：仪器没有此寄存器（请求 01 04）",
        ),
        (
            "settings of procedure 'drift': days: Input should be greater than or equal to 1",
            "测试程序 'drift' 的设置：days：须大于或等于 1",
        ),
        (
            "aborted by interlock room-co2: room_co2 is 5200 ppm, at or above 5000",
            "已中止（联锁 room-co2：room_co2 为 5200 ppm，达到或超过 5000）",
        ),
        (
            "aborted by Li: the gas smells and I do not trust it at all",
            "由 Li 中止：the gas smells and I do not trust it at all",
        ),
        (
            "safe state not verified: divider (no answer within 10 s); go to the bench and close the gas by hand",
            "安全状态未确认：divider（10 s 内无应答）；请到台架旁手动关闭气体",
        ),
        ("the station my.toml is in use by Li, by hand (process 7); have it released on the bench screen there", None),
        ("record r.sqlite: evaluation 4f2a is over (finished); nothing can follow", None),
    ],
)
def test_sentences_within_sentences_are_told_too(said: str, chinese: str | None) -> None:
    told = TELL(said)
    assert chinese is None or told == chinese
    assert chinese is not None or not set(left_in_english(told)) - {"Li"}
