"""Mutants: which small changes are made of a solution, what they are called, and what is left as it is."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
import pytest

from autograder.mutants import Mutant, installed, mutants

ROOT = Path(__file__).parents[2]


def of(body: str, *, arguments: str = "x, y=None", before: str = "") -> list[Mutant]:
    """Return the mutants of a function `f` with this body."""
    source = f"{before}\ndef f({arguments}):\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"
    return list(mutants(source, "f"))


def ids(body: str, **changes: str) -> list[str]:
    """Return the ids of the mutants without the name of the function."""
    found = [mutant.id for mutant in of(body, **changes)]
    assert all(name.startswith("f: ") for name in found)
    return [name.removeprefix("f: ") for name in found]


@pytest.mark.parametrize(
    ("body", "change"),
    [
        ("return x + y", "x + y → x - y"),
        ("return x - y", "x - y → x + y"),
        ("return x * y", "x * y → x / y"),
        ("return x / y", "x / y → x * y"),
        ("return x**y", "x ** y → x * y"),
        ("return x @ y", "x @ y → y @ x"),
        ("return x @ y.T", "y.T → y"),
        ("return x < y", "x < y → x <= y"),
        ("return x < y", "x < y → x >= y"),
        ("return x >= y", "x >= y → x > y"),
        ("return x == y", "x == y → x != y"),
        ("return x is y", "x is y → x is not y"),
        ("return x in y", "x in y → x not in y"),
        ("return x and y", "x and y → x or y"),
        ("return -x + y", "-x + y → x + y"),
        ("return not x", "return not x → return x"),
        ("return x[0]", "x[0] → x[1]"),
        ("return x[1]", "x[1] → x[0]"),
        ("return x[:-1]", "x[:-1] → x[:-2]"),
        ("return x[y : y + 2]", "x[y:y + 2] → x[y:y + 2 - 1]"),
        ("return x[y:]", "x[y:] → x[y + 1:]"),
        ("return x[:, None]", "x[:, None] → x[None, :]"),
        ("return x * 1.0", "x * 1.0 → x * 2.0"),
        ("return x * 0.5", "x * 0.5 → x * 0.5005"),
        ("return x + 0.0", "x + 0.0 → x + 1.0"),
        ("return x(keep=True)", "x(keep=True) → x(keep=False)"),
        ("return x.sum(axis=0)", "x.sum(axis=0) → x.sum(axis=1)"),
        ("return x.sum(axis=1)", "x.sum(axis=1) → x.sum(axis=0)"),
        ("return x.sum(axis=-1)", "x.sum(axis=-1) → x.sum(axis=0)"),
        ("return x.sum(axis=1)", "x.sum(axis=1) → x.sum()"),
        ("return x.max(axis=1, keepdims=True)", "x.max(axis=1, keepdims=True) → x.max(axis=1)"),
        ("return np.sum(x)", "np.sum(x) → np.mean(x)"),
        ("return np.maximum(x, y)", "np.maximum(x, y) → np.minimum(x, y)"),
        ("return x.argmax(axis=1)", "x.argmax(axis=1) → x.argmin(axis=1)"),
        ("return np.zeros(3)", "np.zeros(3) → np.ones(3)"),
        ("return np.exp(x)", "np.exp(x) → np.expm1(x)"),
        ("return np.where(x, y, 0)", "np.where(x, y, 0) → np.where(x, 0, y)"),
        ("return np.dot(x, y)", "np.dot(x, y) → np.dot(y, x)"),
        ("return max(x, y)", "max(x, y) → min(x, y)"),
        ("return np.abs(x) + y", "np.abs(x) → x"),
        ("y = x.copy()\nreturn y", "x.copy() → x"),
        ("return x.reshape(3, 4)", "x.reshape(3, 4) → x"),
        ("for i in range(x):\n    y += i", "range(x) → range(x - 1)"),
        ("for i in range(x):\n    y += i", "range(x) → range(x + 1)"),
        ("for i in range(x):\n    y += i", "range(x) → range(1, x)"),
        ("for i in range(2, x):\n    y += i", "range(2, x) → range(2 + 1, x)"),
        ("for i in reversed(x):\n    y(i)", "reversed(x) → x"),
        ("y += x", "y += x → y -= x"),
        ("y += x", "y += x → y = x"),
        ("y += x", "y += x → pass"),
        ("y = y + x", "y = y + x → y += x"),
        ("y = x * x", "y = x * x → y = -(x * x)"),
        ("x, y = y, x", "x, y = (y, x) → x, y = (x, y)"),
        ("y[0] = x", "y[0] = x → pass"),
        ("y.append(x)", "y.append(x) → pass"),
        ("del y[x]", "del y[x] → pass"),
        ("return x, y", "return (x, y) → return (y, x)"),
        ("return x, y", "return (x, y) → return (None, y)"),
        ("return x", "return x → return None"),
        ("return x * y", "return x * y → return -(x * y)"),
        ("return {'W': x + y, 'b': y}", "{'W': x + y, 'b': y} → {'W': y, 'b': x + y}"),
        ("return {'W': x + y, 'b': y}", "{'W': x + y, 'b': y} → {'W': -(x + y), 'b': y}"),
        ("if x:\n    y()", "x → not x"),
        ("if not x:\n    y()", "not x → x"),
        ("while x > y:\n    y()", "x > y → x <= y"),
        ("return [i for i in x if i]", "[i for i in x if i] → [i for i in x if not i]"),
        ("return y if x else 0", "x → not x"),
        ("for i in x:\n    break", "break → continue"),
        ("for i in x:\n    continue", "continue → pass"),
    ],
)
def test_changes(body: str, change: str) -> None:
    """Each kind of change is made, and its id shows the code before and after."""
    assert change in ids(body)


@pytest.mark.parametrize(
    "body",
    [
        '"""A docstring about 1 + 2."""',
        "raise ValueError(f'{x + 1} is not 2')",
        "assert x > 0, 'x has to be larger than 0'",
        "y: int",
        "with np.errstate(all='ignore', over=1):\n    pass",
        "check(x, 1)",
    ],
)
def test_what_is_left_alone(body: str) -> None:
    """Texts, messages, annotations and the checks that students are given are not the solution."""
    assert of(body, before="def check(x, y):\n    pass\n") == []


def test_a_check_that_the_student_has_to_make() -> None:
    """Where the docstring asks for a ValueError, the check is the student's and may be missing."""
    asked = '"""Return 1; a wrong x raises ValueError."""\ncheck(x)'
    assert ids(asked, before="def check(x):\n    pass\n") == ["check(x) → pass"]


def test_types_and_lengths_that_numpy_infers_are_left_alone() -> None:
    """Another dtype is as good within the tolerances, and any negative length means the same."""
    assert ids("return np.zeros(x, dtype=float).reshape(x, -1)") == [
        "return np.zeros(x, dtype=float).reshape(x, -1) → return None",
        "return np.zeros(x, dtype=float).reshape(x, -1) → return -np.zeros(x, dtype=float).reshape(x, -1)",
        "np.zeros(x, dtype=float).reshape(x, -1) → np.zeros(x, dtype=float)",
        "np.zeros(x, dtype=float) → np.ones(x, dtype=float)",
    ]


@pytest.mark.parametrize("body", ["return np.reshape(x, (-1, 1))", "return x.reshape((2, -1))"])
def test_lengths_in_a_tuple_are_left_alone(body: str) -> None:
    """The length that numpy infers is left alone in a tuple, and the other lengths are not."""
    found = [mutant.code for mutant in of(body)]
    shapes = [code[code.rindex("(") :] for code in found if "reshape" in code]
    assert any("-1, 0)" in shape or "1, -1)" in shape for shape in shapes)
    assert all("-1" in shape for shape in shapes)


def test_defaults_of_arguments() -> None:
    """The value of an argument that is not given is part of the solution."""
    assert "x, slope=0.01 → x, slope=1.01" in ids("return x", arguments="x, slope=0.01")


def test_the_same_text_twice_is_numbered() -> None:
    """Two changes with one text are told apart by their order."""
    assert ids("y = x + 1\nreturn x + 1")[1:4] == ["x + 1 → x - 1", "x + 1 → x + 2", "x + 1 → x + 0"]
    assert {"x + 1 → x - 1", "x + 1 → x - 1 #2"} <= set(ids("y = x + 1\nreturn x + 1"))


def test_no_mutant_is_the_solution_or_another_mutant() -> None:
    """Changes that come to the same code count once, and code that is as it was does not count."""
    code = [mutant.code for mutant in of("x, x = x, x\nif not x == y:\n    return x, x")]
    assert len(set(code)) == len(code)
    assert not any("x, x = (x, x)\n    if not x == y:\n        return (x, x)" in each for each in code)


def test_ids_do_not_depend_on_lines_but_lines_are_known() -> None:
    """A comment above changes where a mutant is, and not what it is called."""
    plain = mutants("def f(x):\n    return x + 1\n", "f")
    moved = mutants("# a remark\n\n\ndef f(x):\n    # another one\n    return (x\n        + 1)\n", "f")
    assert [mutant.id for mutant in plain] == [mutant.id for mutant in moved]
    assert [mutant.line for mutant in plain] == [2, 2, 2, 2, 2]
    assert {mutant.line for mutant in moved} == {6, 7}


def test_methods_of_a_class() -> None:
    """A class is mutated method by method, and an id says which one."""
    source = (
        "class Gate:\n    def forward(self, x):\n        self.x = x\n    def backward(self):\n        return self.x\n"
    )
    assert [mutant.id for mutant in mutants(source, "Gate")] == [
        "Gate.forward: self.x = x → pass",
        "Gate.backward: return self.x → return None",
    ]


def test_a_statement_is_shown_by_its_first_line() -> None:
    """What is said of a survivor fits into one line, also where the change is the head of a loop."""
    (mutant,) = [each for each in of("for i in range(x):\n    y(i)") if each.id.endswith("range(1, x)")]
    assert mutant.statement == "for i in range(1, x):"


def test_installed() -> None:
    """A mutant takes the place of its function and sees the module's other names, which stay as they are."""
    names = {"np": np, "one": 1, "f": lambda x: x + 1, "g": lambda x: x}
    before = dict(names)
    (mutant,) = [each for each in of("return np.abs(x) + one", arguments="x") if each.id.endswith("np.abs(x) - one")]
    replaced = installed(mutant, names)
    assert replaced["f"](-3) == 2
    assert replaced["g"] is names["g"]
    assert names == before


@pytest.mark.parametrize("path", sorted((ROOT / "reference").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_every_mutant_of_the_course_is_python(path: Path) -> None:
    """Each mutant of each solution compiles and defines what it stands for, and the source is not touched."""
    source = path.read_text(encoding="utf-8")
    names = [
        line.split()[1].split("(")[0].rstrip(":") for line in source.splitlines() if line.startswith(("def ", "class "))
    ]
    found = [mutant for name in names for mutant in mutants(source, name)]
    assert len({mutant.id for mutant in found}) == len(found) > 5 * len(names)
    for mutant in found:
        assert callable(installed(mutant, {"np": np})[mutant.question])
    assert path.read_text(encoding="utf-8") == source
