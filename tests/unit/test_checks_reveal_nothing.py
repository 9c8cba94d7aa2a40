"""Students get checks.py: nothing in it may be an answer, whatever it is called there and however it is handed in."""

from __future__ import annotations

import ast
import copy
import functools
import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from autograder.course import Assignment, Course
from tests.corpus.lazy import remembered
from tests.corpus.session import ROOT, Bench, in_session

ASSIGNMENTS = Course.load(ROOT).assignments
EACH = pytest.mark.parametrize("assignment", [pytest.param(a, id=a.name) for a in ASSIGNMENTS])
SEED = "0001"
OUT_OF_REACH = ("reference", "tests", "importlib", "runpy", "pathlib", "os", "io")
"""What checks.py may not import: answers, and ways to get at them."""
ARITHMETIC = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Call)
TELLING = 2
"""Expressions with fewer operations and calls than this say nothing by themselves."""
COMMONPLACE = ("range(len(_))", "np.arange(len(_))", "np.zeros(_ + 1)", "_ / len(_)", "np.sum(_ * _)")
"""Nor do these."""

Definition = ast.FunctionDef | ast.ClassDef | ast.Lambda


@pytest.fixture(autouse=True)
def _data(request: pytest.FixtureRequest) -> None:
    """Skip an assignment whose data are not on this machine."""
    assignment = getattr(request.node, "callspec", None) and request.node.callspec.params.get("assignment")
    if assignment and assignment.data:
        request.getfixturevalue("mnist_folder")


@EACH
def test_nothing_in_the_checks_earns_a_point(assignment: Assignment) -> None:
    """No function, class or lambda of checks.py passes a test of any question when it is handed in as the answer."""
    answers = candidates(assignment.checks_path)

    def work(bench: Bench) -> list[tuple[str, str, list[str]]]:
        return earned(bench, answers)

    assert answers
    assert in_session(work, assignment.name) == []


@EACH
def test_no_piece_of_an_answer_stands_in_the_checks(assignment: Assignment) -> None:
    """No expression of the reference stands in checks.py, whatever its variables are called there."""
    given = expressions(ast.parse(assignment.checks_path.read_text(encoding="utf-8")))
    styles = (ROOT / "reference" / "variants" / assignment.name).glob("*.py")
    for path in (assignment.reference_path, *styles):
        assert sorted(given & answers_of(path, assignment)) == [], path.stem


@EACH
def test_checks_need_no_reference(assignment: Assignment) -> None:
    """checks.py imports neither the reference nor tests, opens no file, and no check asks for the reference."""
    tree = ast.parse(assignment.checks_path.read_text(encoding="utf-8"))
    imported = {name.split(".")[0] for name in imports(tree)}
    assert imported & set(OUT_OF_REACH) == set()
    assert "numpy" in imported
    assert [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and node.arg == "reference"] == []
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert names & {"open", "exec", "eval", "compile", "__import__", "load_reference"} == set()


LEAKS = {
    "a function under another name": ("def _right(v):\n    return (v + abs(v)) / 2, v\n", "relu_forward"),
    "a value without its cache": ("_right = lambda v: (v + abs(v)) / 2", "relu_forward"),
    "a function in a function": ("def _check(s):\n    def out(x):\n        return (x + abs(x)) / 2\n", "relu_forward"),
    "a class": ("class _Plus:\n    def forward(s, x, y):\n        return x + y\n", "AddGate"),
}


@pytest.mark.parametrize(("source", "question"), LEAKS.values(), ids=LEAKS.keys())
def test_a_leak_would_be_seen(source: str, question: str, tmp_path: Path) -> None:
    """An answer, or half of one, is found wherever it stands in a file of checks."""
    path = tmp_path / "checks.py"
    path.write_text(source, encoding="utf-8")

    def work(bench: Bench) -> list[tuple[str, str, list[str]]]:
        return earned(bench, candidates(path), questions=[question])

    assert in_session(work, "gates") != []


@pytest.mark.parametrize("source", ["images.reshape(len(images), -1) / 255.0", "f(d.pixels[k].reshape(len(n), -1))"])
def test_a_piece_of_an_answer_would_be_seen(source: str) -> None:
    """An expression is known again under other names, as part of a larger one and without its last step."""
    (assignment,) = (one for one in ASSIGNMENTS if one.name == "mnist")
    assert expressions(ast.parse(source)) & answers_of(assignment.reference_path, assignment)


def candidates(path: Path) -> list[tuple[str, Callable[..., Any]]]:
    """Return everything in a file that can be called, with a name: functions in functions and lambdas as well.

    A function that takes the submission looks at answers; what stands within it is taken out and tried by itself.
    """
    spec = importlib.util.spec_from_file_location("revealing", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Definition) and _first_argument(node) not in ("self", "cls", "submission"):
            title = f"{getattr(node, 'name', 'lambda')} in line {node.lineno}"
            made = _made(node, vars(module))
            found += [(title, made), (f"{title}, with a cache", functools.partial(_with_cache, made))]
    return found


def earned(
    bench: Bench, answers: Sequence[tuple[str, Callable[..., Any]]], *, questions: Sequence[str] = ()
) -> list[tuple[str, str, list[str]]]:
    """Return which answer passes which tests of which question, all others being answered rightly."""
    own = {**vars(bench.reference), **{name: remembered(vars(bench.reference)[name]) for name in bench.questions}}
    trials = [
        (title, question, bench.passed({**own, question: answer}, question, SEED, hidden_only=False))
        for question in questions or bench.questions
        for title, answer in answers
    ]
    return [trial for trial in trials if trial[2]]


def answers_of(path: Path, assignment: Assignment) -> set[str]:
    """Return the expressions of the solutions in a file of solutions."""
    questions = {question.name for question in assignment.questions}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return set().union(*(expressions(node) for node in tree.body if getattr(node, "name", None) in questions))


def expressions(tree: ast.AST) -> set[str]:
    """Return the telling expressions of some code, every variable, attribute and entry of an array written as `_`."""
    parts = (node for node in ast.walk(tree) if isinstance(node, ast.expr) and _size(node) >= TELLING)
    texts = {ast.unparse(ast.fix_missing_locations(_Nameless().visit(copy.deepcopy(part)))) for part in parts}
    return texts - set(COMMONPLACE)


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the names of all modules that some code imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


class _Nameless(ast.NodeTransformer):
    """Writes every variable, attribute and entry of an array as `_`; functions and methods keep their names."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        node.args = [self.visit(argument) for argument in node.args]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        if isinstance(node.func, ast.Attribute) and not _is_numpy(node.func.value):
            node.func.value = self.visit(node.func.value)
        return node

    def visit_Name(self, _node: ast.Name) -> ast.expr:
        return ast.Name("_", ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        return ast.Name("_", ast.Load()) if _is_variable(node) else self.generic_visit(node)  # type: ignore[return-value]

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return ast.Name("_", ast.Load()) if _is_variable(node) else self.generic_visit(node)  # type: ignore[return-value]


def _is_numpy(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("np", "math")


def _is_variable(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and not _is_numpy(node)


def _size(node: ast.expr) -> int:
    signs = sum(isinstance(n, ast.UnaryOp) and isinstance(n.operand, ast.Constant) for n in ast.walk(node))
    return sum(isinstance(n, ARITHMETIC) for n in ast.walk(node)) - signs


def _first_argument(node: Definition) -> str:
    given = [] if isinstance(node, ast.ClassDef) else [*node.args.posonlyargs, *node.args.args]
    return given[0].arg if given else ""


def _made(node: Definition, names: Mapping[str, Any]) -> Callable[..., Any]:
    """Return a definition taken out of its place: what is no name of the file itself is missing there."""
    node = copy.deepcopy(node)
    if isinstance(node, ast.Lambda):
        node = ast.FunctionDef("made", node.args, [ast.Return(node.body)], [], lineno=1, col_offset=0)
    node.name, node.decorator_list = "made", []
    if isinstance(node, ast.FunctionDef):
        node.args.defaults = [ast.Constant(None) for _ in node.args.defaults]
        node.args.kw_defaults = [ast.Constant(None) for _ in node.args.kw_defaults]
    own = dict(names)
    tree = ast.fix_missing_locations(ast.Module([node], []))
    exec(compile(tree, "checks", "exec"), own)  # annotations stay text, as in this file
    made: Callable[..., Any] = own["made"]
    return made


def _with_cache(made: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, Any]:
    return made(*arguments, **options), arguments
