"""What a definition rests on is found in the source, rather too much of it than too little."""

from __future__ import annotations

import pytest

from autograder.closure import Source, closure

SUITE = '''\
"""A suite."""
import numpy as np

EXACT = 1e-7
"""How exact."""
LOOSE = 1e-3
NAMES = ["relu"]

@pytest.fixture
def batch(rng):
    return rng.normal(size=WIDTH)

WIDTH = 3

def _agree(a, b):
    assert abs(a - b) < EXACT

def test_double(submission, reference, batch):
    _agree(submission.double(batch), reference.double(batch))

@pytest.mark.parametrize("layer", NAMES)
def test_built(submission, layer):
    getattr(submission, f"{layer}_forward")(LOOSE)

def test_text(submission):
    getattr(submission, "square")(2)
'''
REFERENCE = """\
import numpy as np

TWO = 2

def double(x):
    return TWO * x

def square(x):
    return x * x

def relu_forward(x):
    return np.maximum(x, 0)

def tanh_forward(x):
    return np.tanh(x)
"""


TESTS = ["test_double", "test_built", "test_text"]


def found(root: str, suite: str = SUITE, reference: str = REFERENCE) -> list[str]:
    own, library = Source(suite), Source(reference)
    return closure(own.defining([root]), own, library)


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        ("EXACT = 1e-7", "EXACT = 1e-6", ["test_double"]),
        ("LOOSE = 1e-3", "LOOSE = 1e-2", ["test_built"]),
        ("WIDTH = 3", "WIDTH = 4", ["test_double"]),
        ("rng.normal", "rng.random", ["test_double"]),
        ("abs(a - b)", "abs(b - a)", ["test_double"]),
        ("TWO = 2", "TWO = 2.0", ["test_double"]),
        ("TWO * x", "x * TWO", ["test_double"]),
        ("x * x", "x**2", ["test_text"]),
        ("np.maximum(x, 0)", "np.maximum(0, x)", ["test_built"]),
        ('["relu"]', '["relu", "tanh"]', ["test_built"]),
        ("np.tanh(x)", "np.tanh(+x)", []),
    ],
)
def test_a_change_reaches_what_rests_on_it(old: str, new: str, touched: list[str]) -> None:
    """Constants, helpers, fixtures and the reference count through any number of steps; what is not named does not."""
    suite, reference = SUITE.replace(old, new), REFERENCE.replace(old, new)
    assert (suite, reference) != (SUITE, REFERENCE)
    assert [root for root in TESTS if found(root) != found(root, suite, reference)] == touched


def test_layout_comments_and_texts_on_their_own_do_not_count() -> None:
    """A reformatted file judges as before."""
    other = SUITE.replace('"""A suite."""', '"""Another."""').replace("EXACT = 1e-7", "EXACT  =  1e-7  # really")
    other = other.replace('"""How exact."""', "").replace("\n\n", "\n\n\n")
    assert all(found(root) == found(root, other) for root in TESTS)


@pytest.mark.parametrize("line", ["import math", "np.seterr(all='raise')", "for n in range(3): pass"])
def test_what_nobody_names_counts_for_everybody(line: str) -> None:
    """An import or a statement may change what all the others do."""
    assert all(found(root) != found(root, f"{SUITE}\n{line}\n") for root in TESTS)


def test_a_fixture_of_everybody_counts() -> None:
    """Nobody has to name an autouse fixture."""
    fixture = "\n@pytest.fixture(autouse=True)\ndef quiet():\n    yield\n"
    assert found("test_text") != found("test_text", SUITE + fixture)


ASSEMBLED = """\
def test_twice(reference):
    getattr(reference, f"{part}_of_{whole}")

def test_sum(reference):
    getattr(reference, "sum_" + whole)

def test_variables(reference):
    getattr(reference, part + whole)

def test_percent(reference):
    getattr(reference, "%s_of_%s" % ("half", whole))

def test_braces(reference):
    getattr(reference, "{}_of_{}".format("half", whole))

def test_text():
    eval("LIMIT * 1")

def test_global():
    return globals()[f"LIM{rest}"]

def test_none(reference):
    raise ValueError(f"{reference} of {reference} is wrong")

rest = "IT"
part, whole = "half", "it"
LIMIT = 3
"""
PARTS = "def half_of_it():\n    return 1\n\ndef sum_it():\n    return 2\n"


@pytest.mark.parametrize(
    ("old", "new", "touched"),
    [
        ("return 1", "return 3", ["twice", "variables", "percent", "braces", "text", "global"]),
        ("return 2", "return 3", ["sum", "variables", "text", "global"]),
        ("LIMIT = 3", "LIMIT = 4", ["variables", "text", "global"]),
    ],
)
def test_names_that_are_put_together(old: str, new: str, touched: list[str]) -> None:
    """However a name is made of parts, whatever it may be counts; a message is no name."""
    suite, reference = ASSEMBLED.replace(old, new), PARTS.replace(old, new)
    tests = [f"test_{name}" for name in ("twice", "sum", "variables", "percent", "braces", "text", "global", "none")]
    moved = [root for root in tests if found(root, ASSEMBLED, PARTS) != found(root, suite, reference)]
    assert moved == [f"test_{name}" for name in touched]


@pytest.mark.parametrize(
    "piece",
    [
        "def setup_function():\n    pass",
        "def setup_module(module):\n    pass",
        "def teardown_function():\n    pass",
        "def pytest_generate_tests(metafunc):\n    pass",
        "pytestmark = pytest.mark.weight(5)",
        '@pytest.fixture(name="batch")\ndef other(rng):\n    return 0',
    ],
)
def test_what_pytest_finds_by_itself_counts_for_everybody(piece: str) -> None:
    """Hooks, marks of a file, and fixtures that are called otherwise than their function."""
    assert all(found(root) != found(root, f"{SUITE}\n{piece}\n") for root in TESTS)


PLACE = "def test_it(reference, part, way):\n    "


@pytest.mark.parametrize(
    "suite",
    [
        PLACE + "getattr(reference, part)\n\nNAMES = 'sum_it half_of_it'.split()\ntest_it.names = NAMES",
        PLACE + "name = part + way\n    getattr(reference, name)",
        PLACE + "getattr(reference, part.lower())",
        PLACE + "getattr(reference, FORM.format(part))\n\nFORM = 'half_{}_it'\nPARTS = ['of']\ntest_it.parts = PARTS",
        PLACE + "getattr(reference, FORM % part)\n\nFORM = 'half_%s_it'\nPARTS = ['of']\ntest_it.parts = PARTS",
        PLACE + "getattr(reference, ('half_%s_' + way) % part)",
        PLACE + "getattr(reference, part.replace(' ', '_', 1))",
        PLACE + "[vars(reference)[name] for name in dir(reference) if name.endswith('_it')]",
        PLACE + "reference.__dict__[part + way]()",
        "def test_half_of_it(request, reference):\n    getattr(reference, request.node.name.removeprefix('test_'))",
    ],
)
def test_names_that_come_from_elsewhere(suite: str) -> None:
    """Lists in one text, templates with a name of their own, sums, and whatever a namespace is asked for."""
    root = "test_half_of_it" if "def test_half_of_it" in suite else "test_it"
    assert found(root, suite, PARTS) != found(root, suite, PARTS.replace("return 1", "return 3"))


def test_what_is_looked_up_in_a_submission_is_none_of_the_course() -> None:
    """However its names are made, the reference has no part in it."""
    suite = "def test_it(submission, part, way):\n    getattr(submission, part + way)\n    vars(submission)[part + way]"
    assert found("test_it", suite, PARTS) == found("test_it", suite, PARTS.replace("return 1", "return 3"))


def test_what_python_asks_a_module_for_counts_for_everybody() -> None:
    """A module may make up its names."""
    late = PARTS + "def __getattr__(name):\n    return 4\n"
    assert all(found(root, reference=late) != found(root, reference=late.replace("4", "5")) for root in TESTS)
