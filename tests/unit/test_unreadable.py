"""Code that Python cannot read: the line, what is wrong with it, and what to type instead."""

from __future__ import annotations

import pytest

from autograder.unreadable import advice


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\nprint 'x is', x", "`print` needs parentheses: `print(…)`."),
        ("try:\n    pass\nexcept ValueError, e:\n    pass", "Write `except ValueError as error:`"),
        ("def f(x)\n    return x", "Put a colon at its end."),
        ("x = 'a\ny = 1", "A text begins in line 1 and does not end: is a quotation mark missing?"),
        ('x = 1\ny = """a\nz = 1', "A text begins in line 2 and does not end: are three quotation marks missing?"),
        ("x = 1\ny = f(2", "The `(` in line 2 is never closed."),
        ("x = 1]", "The `]` closes nothing"),
        ("def f():\n    x = 1\n\treturn x", "Line 3 is indented with tabs, others with spaces"),
        ("x = 1\n  y = 2", "Line 2 stands further to the right than the one above"),
        ("def f():\n    x = 1\n  y = 2", "Line 3 begins where no line above begins"),
        ("def f():\nx = 1", "What belongs to the line above has to stand further to the right"),
        ("x = 1\nI think that this is right.", "This line is text, not code: change the cell's type to Markdown"),
        ("Don't worry, it works!", "This line is text, not code"),
        ("x = “a”", "Line 1 holds the character “ (U+201C, a curly quotation mark): type a plain one."),
        ("x = 2 − 1", "Line 1 holds the character − (U+2212, which looks like a minus): type a plain `-`."),
        ("x = 1\n\xa0\xa0y = 2", "Line 2 holds a non-breaking space (U+00A0): delete it and type a plain space."),
        ("x =\u200b 1", "Line 1 holds a zero-width space (U+200B), which cannot be seen"),
        ("x = 1\ny = 2\0", "Line 2 holds a NUL character (U+0000)"),
        ("🦆 = 1", "Line 1 holds the character 🦆 (U+1F986, duck), which cannot stand in code"),
        ("x = 1\n<<<<<<< HEAD\ny = 2\n=======\ny = 3\n>>>>>>> b", "Line 2 is the mark of a merge conflict"),
        ("def f():\n    x = 1\nreturn x", "The `return` in line 3 stands outside of a function: indent it."),
        ("x = " + "(" * 300 + "1" + ")" * 300, "It has too many nested brackets"),
        ("f(x) = 1", "On the left of `=` there has to be a name"),
        ("x = = 1", "Python cannot read line 1 (invalid syntax): look there, and at the end of the line above."),
        ("%time x = 1\nx = = 1", "Python cannot read line 2 (invalid syntax)"),
    ],
)
def test_what_to_do(source: str, words: str) -> None:
    """The advice names what Python's own message leaves to the reader, and it is one sentence or two."""
    assert advice(source).startswith(words)
    assert advice(source).endswith((".", "?"))
    assert "\n" not in advice(source)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = 1",
        "%matplotlib inline\n!pip install x\n?print\nprint?\nx = 1",
        "if True:\n    !ls",
        "def f():\n    return 1",
        "x = '“quoted”'  # a − b",
        "def f():\r\n    return 1",
        "'\\d'",
        "x = (1" + "\n" * 300_000,
    ],
)
def test_what_can_be_read_needs_no_advice(source: str) -> None:
    """Readable cells, and such as are far too large to look at, bring nothing."""
    assert advice(source) == ""
