"""Code that Python cannot read, and code that only looks as if."""

from __future__ import annotations

from tests.corpus.broken.recipe import Broken, with_cells

_CIRCUIT = "def circuit(x, y, z):\n    q = x + y\n    return q * z, (z, z, q)"


def _unreadable(student: str, about: str, source: str, says: str, outcome: str = "not gradable") -> Broken:
    """Return the recipe of a notebook in which the cell of one answer cannot be read."""
    return Broken(
        student=student,
        about=about,
        make=with_cells(circuit=source),
        lost={"circuit": 0.0},
        outcomes={"circuit": outcome},
        says={"circuit": says},
    )


def _readable(student: str, about: str, source: str) -> Broken:
    return Broken(student=student, about=about, make=with_cells(circuit=source))


RECIPES = (
    _unreadable(
        "prose_in_the_answer",
        "explains the circuit in a code cell",
        "The circuit adds x and y and then multiplies the sum with z.",
        "This line is text, not code: change the cell's type to Markdown, or put `#` in front",
    ),
    Broken(
        student="prose",
        about="has remarks of their own in a code cell",
        make=with_cells("I think that this is the hardest exercise so far."),
        shows="SyntaxError",
    ),
    _unreadable(
        "prose_above",
        "has a remark above the function, in the same cell",
        f"Here is my solution.\n\n{_CIRCUIT}",
        "This line is text, not code",
    ),
    _unreadable(
        "python_2_print",
        "prints as Python 2 did",
        _CIRCUIT.replace("    return", '    print "q is", q\n    return'),
        "`print` needs parentheses",
    ),
    _unreadable(
        "python_2_except",
        "catches as Python 2 did",
        "def circuit(x, y, z):\n    try:\n        return x\n    except ValueError, e:\n        return y",
        "line 4",
    ),
    _unreadable(
        "tabs_and_spaces",
        "mixes tabs and spaces",
        "def circuit(x, y, z):\n    q = x + y\n\treturn q * z, (z, z, q)",
        "Line 3 is indented with tabs, others with spaces",
    ),
    _unreadable(
        "indented_wrongly",
        "has a line that stands too far to the right",
        "def circuit(x, y, z):\n    q = x + y\n      return q * z, (z, z, q)",
        "line 3",
    ),
    _unreadable("no_colon", "forgot a colon", _CIRCUIT.replace("):", ")", 1), "Put a colon at its end"),
    _unreadable(
        "open_string",
        "forgot a quotation mark",
        _CIRCUIT.replace("    return", '    print("q is, q)\n    return'),
        "A text begins in line 3 and does not end",
    ),
    _unreadable(
        "open_long_string",
        "forgot to close a docstring",
        _CIRCUIT.replace("    q", '    """Run the circuit.\n    q', 1),
        "A text begins in line 2 and does not end",
    ),
    _unreadable("open_bracket", "forgot a bracket", _CIRCUIT.replace("(z, z, q)", "(z, z, q"), "is never closed"),
    _unreadable(
        "smart_quotes",
        "copied quotation marks from a text program",
        _CIRCUIT.replace("    return", "    print(“q is”, q)\n    return"),
        "Line 3 holds the character “ (U+201C, a curly quotation mark): type a plain one",
    ),
    _unreadable(
        "hard_spaces",
        "copied code with non-breaking spaces from a web page",
        _CIRCUIT.replace("    q", "\xa0\xa0\xa0\xa0q"),
        "Line 2 holds a non-breaking space (U+00A0): delete it and type a plain space",
    ),
    _unreadable(
        "invisible_space",
        "copied code with a zero-width space from a web page",
        _CIRCUIT.replace("x + y", "x +\u200b y"),
        "Line 2 holds a zero-width space (U+200B), which cannot be seen: delete the line and type it again",
    ),
    _unreadable(
        "other_minus",
        "copied a formula with a typographic minus",
        _CIRCUIT.replace("x + y", "x − -y"),
        "Line 2 holds the character − (U+2212",
    ),
    _unreadable(
        "merge_conflict",
        "has the marks of a merge conflict",
        f"<<<<<<< HEAD\n{_CIRCUIT}\n=======\n{_CIRCUIT}\n>>>>>>> mine",
        "Line 1 is the mark of a merge conflict",
    ),
    _unreadable(
        "return_outside",
        "has a return at the beginning of a line",
        "def circuit(x, y, z):\n    q = x + y\nreturn q * z, (z, z, q)",
        "The `return` in line 3 stands outside of a function: indent it",
        "wrong",
    ),
    _unreadable(
        "nul", "has a NUL character", _CIRCUIT.replace("x + y", "x + y\0"), "Line 2 holds a NUL character (U+0000)"
    ),
    _unreadable(
        "emoji_names", "has an emoji as a name", _CIRCUIT.replace("q", "🦆"), "Line 2 holds the character 🦆 (U+1F986"
    ),
    _readable("greek_names", "has a Greek name", _CIRCUIT.replace("q", "σ")),
    _readable("crlf", "has Windows line endings", _CIRCUIT.replace("\n", "\r\n")),
    _readable("old_mac", "has the line endings of an old Mac", _CIRCUIT.replace("\n", "\r")),
    _readable("long_line", "has a line of a megabyte", f"{_CIRCUIT}\n# {'x' * (1 << 20)}"),
    _readable("form_feed", "has a form feed", _CIRCUIT.replace("\n", "\n\f", 1)),
    _unreadable(
        "prompts",
        "copied the prompts of a console",
        "In [1]: def circuit(x, y, z):\n   ...:     return x +",
        "line 2",
    ),
    _unreadable(
        "keyword_as_name",
        "has a keyword as a name",
        _CIRCUIT.replace("q", "lambda"),
        "line 2",
    ),
    _unreadable(
        "too_deep", "has 300 brackets", _CIRCUIT.replace("x + y", "(" * 300 + "x + y" + ")" * 300), "too many nested"
    ),
    _unreadable("assignment_to_a_call", "assigns to a call", _CIRCUIT.replace("q = x + y", "f(x) = x + y"), "line 2"),
)
