"""Answers that are another kind of thing than the function or class that was asked for."""

from __future__ import annotations

from tests.corpus.broken.recipe import Broken, with_cells

_BODY = "    q = x + y\n    return q * z, (z, z, q)"
_CIRCUIT = f"def circuit(x, y, z):\n{_BODY}"


def _right(student: str, about: str, source: str, *own: str, question: str = "circuit") -> Broken:
    """Return the recipe of an answer in an unusual form that is right."""
    return Broken(student=student, about=about, make=with_cells(*own, **{question: source}))


def _wrong(student: str, about: str, source: str, says: str, *, outcome: str = "", question: str = "circuit") -> Broken:
    """Return the recipe of an answer that costs its question, and nothing else."""
    return Broken(
        student=student,
        about=about,
        make=with_cells(**{question: source}),
        lost={question: 0.0},
        outcomes={question: outcome} if outcome else {},
        says={question: says},
    )


RECIPES = (
    _wrong(
        "renamed",
        "has renamed a function by a letter",
        _CIRCUIT.replace("circuit", "circuits"),
        "there is `circuits`: was it renamed? Give it the name `circuit` again",
        outcome="not gradable",
    ),
    _wrong(
        "renamed_class",
        "has a typo in the name of a class",
        "class MultipyGate:\n    pass",
        "there is `MultipyGate`: was it renamed? Give it the name `MultiplyGate` again",
        outcome="not gradable",
        question="MultiplyGate",
    ),
    _wrong(
        "other_case",
        "has a class in lower case",
        "class multiplygate:\n    pass",
        "there is `multiplygate`",
        outcome="not gradable",
        question="MultiplyGate",
    ),
    _wrong(
        "inside_another",
        "has the function inside another one",
        f"def solution():\n    {_CIRCUIT}".replace("\n    q", "\n        q").replace(
            "\n    return", "\n        return"
        ),
        "inside `solution`",
        outcome="not gradable",
    ),
    _wrong(
        "class_for_a_function",
        "has a class instead of a function",
        "class circuit:\n    def __init__(self, x, y, z):\n        self.f = (x + y) * z",
        "`circuit` is a class",
    ),
    _wrong(
        "function_for_a_class",
        "has a function instead of a class",
        "def MultiplyGate(x=1, y=1):\n    return x * y",
        "`MultiplyGate` is a function",
        question="MultiplyGate",
    ),
    _wrong(
        "instance_for_a_class",
        "has an object of the class under the class's name",
        "class MultiplyGate:\n    def forward(self, x, y):\n        return x * y\n\n\nMultiplyGate = MultiplyGate()",
        "`MultiplyGate` is given another value in line 6",
        outcome="not gradable",
        question="MultiplyGate",
    ),
    _right(
        "instance_for_a_function",
        "has an object that can be called",
        "class Circuit:\n    def __call__(self, x, y, z):\n        return (x + y) * z, (z, z, x + y)\n\n\n"
        "circuit = Circuit()",
    ),
    _wrong(
        "value_for_a_function",
        "gives the name of the function to its result",
        f"{_CIRCUIT}\n\n\ncircuit = circuit(1.0, 2.0, 3.0)",
        "`circuit` is given another value in line 6",
        outcome="not gradable",
    ),
    _right("a_lambda", "has a lambda", "circuit = lambda x, y, z: ((x + y) * z, (z, z, x + y))"),
    _right(
        "a_wrapper",
        "has a decorator of their own",
        f"@logged\n{_CIRCUIT}",
        "import functools\n\n\ndef logged(f):\n    @functools.wraps(f)\n    def g(*args):\n        print(f.__name__)\n"
        "        return f(*args)\n    return g",
    ),
    _wrong(
        "a_cache",
        "remembers results of arrays",
        "import functools\n\n\n@functools.lru_cache\ndef relu_backward(dout, cache):\n    return dout * (cache > 0)",
        "`lru_cache` cannot remember arrays",
        question="relu_backward",
    ),
    _wrong(
        "a_generator",
        "yields instead of returning",
        _CIRCUIT.replace("return", "yield"),
        "`circuit` is a generator (it has `yield`): return the value",
    ),
    _wrong(
        "async_function",
        "has an async function",
        f"async {_CIRCUIT}",
        "`circuit` is an `async` function: write `def` without `async`",
    ),
    _wrong(
        "print_only",
        "prints the answer and does not return it",
        _CIRCUIT.replace("return q * z, (z, z, q)", "print(q * z, (z, z, q))"),
        "did you forget `return`",
    ),
    _right(
        "more_arguments",
        "has an optional argument more",
        _CIRCUIT.replace("x, y, z", "x, y, z, verbose=False, log=[]"),
    ),
    _wrong(
        "an_argument_less",
        "has an argument less",
        "def circuit(x, y):\n    return (x + y) * z, (z, z, x + y)",
        "`circuit(x, y)`, and the assignment calls `circuit(x, y, z)`",
    ),
    _wrong(
        "an_argument_more",
        "has an argument more, without a default",
        _CIRCUIT.replace("x, y, z", "x, y, z, h"),
        "`circuit(x, y, z, h)`, and the assignment calls `circuit(x, y, z)`",
    ),
    _wrong(
        "keywords_only",
        "takes its arguments by keyword only",
        _CIRCUIT.replace("x, y, z", "*, x, y, z"),
        "`circuit(*, x, y, z)`, and the assignment calls `circuit(x, y, z)`",
    ),
    _right("any_arguments", "takes any arguments", f"def circuit(*args):\n    x, y, z = args\n{_BODY}"),
    _wrong(
        "without_self",
        "forgot self in a method",
        "class MultiplyGate:\n    def forward(x, y):\n        return x * y\n\n"
        "    def backward(self, dz):\n        return [dz, dz]",
        "forgot `self`",
        question="MultiplyGate",
    ),
    _right(
        "mutable_default",
        "keeps a list as a default argument",
        f"def circuit(x, y, z, seen=[]):\n    seen.append(x)\n{_BODY}",
    ),
    _right(
        "defined_twice",
        "defines a function twice in a cell, the last one right",
        f"def circuit(x, y, z):\n    return 0.0\n\n\n{_CIRCUIT}",
    ),
    _wrong(
        "defined_twice_wrongly",
        "defines a function twice in a cell, the last one wrong",
        f"{_CIRCUIT}\n\n\ndef circuit(x, y, z):\n    return None",
        "is defined twice in its cell, and the last one (line 6) counts",
    ),
    _wrong(
        "stub_below",
        "left the stub below the answer",
        f'{_CIRCUIT}\n\n\ndef circuit(x, y, z):\n    raise NotImplementedError("write your code here")',
        "is defined twice in its cell, and the last one (line 6) counts",
    ),
    _wrong(
        "raise_left",
        "left the raise below the code",
        'def circuit(x, y, z):\n    q = x + y\n    f = q * z\n    raise NotImplementedError("write your code here")',
        "delete the line `raise NotImplementedError`",
        outcome="wrong",
    ),
    _wrong(
        "raise_left_above",
        "left the raise above the code",
        f'def circuit(x, y, z):\n    raise NotImplementedError("write your code here")\n{_BODY}',
        "delete the line `raise NotImplementedError`",
        outcome="wrong",
    ),
    _right(
        "raise_left_behind",
        "left the raise behind the return",
        f'{_CIRCUIT}\n    raise NotImplementedError("write your code here")',
    ),
    _right(
        "walrus",
        "uses := and match",
        "def circuit(x, y, z):\n    match (q := x + y):\n        case _:\n            return q * z, (z, z, q)",
    ),
    _right("format_strings", "nests f-strings", "def circuit(x, y, z):\n    f'{f\"{x!r:>{9}}\"}'\n" + _BODY),
    _wrong(
        "type_hints",
        "has type hints that nobody defined",
        _CIRCUIT.replace("(x, y, z)", "(x: Tensor, y: Tensor, z: Tensor)"),
        "`Tensor`",
    ),
)
