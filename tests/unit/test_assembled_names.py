"""Texts that are put together from parts, as far as a syntax tree tells what they may be."""

from __future__ import annotations

import ast

import pytest

from autograder.assembled_names import Parts, assembled, is_made_of

ANYTHING = (None, None)


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ('f"{layer}_forward"', (None, "_forward")),
        ('f"{a + b}_forward"', (None, None, "_forward")),
        ('f"_{what}_of_{of}"', ("_", None, "_of_", None)),
        ('"a_" + b', ("a_", None)),
        ('a + "_" + b', (None, "_", None)),
        ('f"{a}_" + b', (None, "_", None)),
        ('"a" + ("b" + c)', ("ab", None)),
        ('"%s_of_%(x)s%5.2f" % a', (None, "_of_", None, None)),
        ('("%s_" + b) % a', (None, "_", None)),
        ("TEMPLATE.format(a)", None),
        ('"{}_{}"', (None, "_", None)),
        ('"{}"', None),
        ('"{}_of_{n:d}".format(a)', (None, "_of_", None)),
        ('"_".join(a)', (None, "_", None)),
        ('a.replace("naive", "vectorized")', (None, "vectorized", None)),
        ('a.removesuffix("_naive")', (None,)),
        ('eval("LIMIT")', ANYTHING),
        ("getattr(module, a + b)", ANYTHING),
        ("request.getfixturevalue(a + b)", ANYTHING),
        ("globals()[a + b]", ANYTHING),
        ("vars(module)[a + b]", ANYTHING),
        ("module.__dict__[a + b]", ANYTHING),
        ("a + b", None),
        ("values[a + b]", None),
        ("getattr(module, a.lower())", ANYTHING),
        ("getattr(module, a if b else c)", None),
        ("getattr(module, a if b else c())", ANYTHING),
        ("name = a + b\ngetattr(module, name)", ANYTHING),
        ("name = a\ngetattr(module, name)", None),
        ("dir(module)", ANYTHING),
        ("vars(submission)[a + b]", None),
        ("getattr(submission, a + b)", None),
        ("1 + 2", None),
        ('f"{a}"', None),
        ('f"{a} rows"', None),
        ('", ".join(a)', None),
        ("getattr(module, a)", None),
    ],
)
def test_parts(code: str, parts: Parts | None) -> None:
    """Sums, formats, joins and replacements; what is no word is no name, and a variable has its text from elsewhere."""
    assert assembled(ast.parse(code)) == (frozenset() if parts is None else {parts})


@pytest.mark.parametrize(
    ("name", "parts", "known", "is_made"),
    [
        ("relu_forward", (None, "_forward"), "relu tanh", True),
        ("relu_forward", (None, "_forward"), "tanh", False),
        ("relu_backward", (None, "_forward"), "relu", False),
        ("relu_forward", (None, "_forward"), "ReLU", True),
        ("half_of_it", (None, "_of_", None), "", True),
        ("half_if_it", (None, "_of_", None), "", False),
        ("anything", ANYTHING, "", True),
        ("ab", ("ab",), "", True),
        ("abc", ("ab",), "", False),
        ("a.c", ("a.c", None), "", True),
        ("abc", ("a.c", None), "", False),
    ],
)
def test_names(name: str, parts: Parts, known: str, is_made: bool) -> None:
    """One unknown part has to be a known text, of several nobody can tell; letters stand for themselves."""
    assert is_made_of(name, parts, known) is is_made
