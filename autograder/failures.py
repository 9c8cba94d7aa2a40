"""From a call that brought no value to one helpful sentence."""

from __future__ import annotations

import re

from autograder.errors import CallFailed

_LONGEST_LINE = 100
_LONGEST_DETAIL = 200

_NO_FILES = "No files can be read here but those of the assignment: write the numbers into the notebook."
_NO_MODULES = (
    "Where notebooks are graded, only numpy, matplotlib and Python's own modules are there; "
    "of a file of your own, copy what you need of it into the notebook."
)
_LOOK_AT = {
    "AttributeError": "Does the object have what is asked of it?",
    "FileNotFoundError": _NO_FILES,
    "ImportError": _NO_MODULES,
    "ModuleNotFoundError": _NO_MODULES,
    "IndexError": "Is an index larger than the array, or an axis missing?",
    "KeyError": "Is the key spelled as it was when it was stored?",
    "MemoryError": "Does an array grow far larger than it should?",
    "NameError": "Is the name spelled as it was defined, in a cell above?",
    "PermissionError": "Files, network and other programs cannot be used here.",
    "RecursionError": "Does a function call itself without end?",
    "SystemExit": "Leave `exit()` and `quit()` out.",
    "TypeError": "Are the arguments as many, and of the kind, that the function takes?",
    "UnboundLocalError": "Is the variable given a value on every way through the function?",
    "ValueError": "Print the shapes of the arrays in this line and compare them.",
    "ZeroDivisionError": "What is the divisor here, and when is it 0?",
}

_SINGLE_NUMBER = "A single number comes in here: `np.asarray(…)` makes an array of it."
_NOTHING = "Something is None here: did a function of yours forget `return`?"
_LOOK_CLOSER = (
    (
        "ValueError",
        "truth value of an array",
        "`if`, `and` and `max` look at one number, not at an array: compare with `np.where`, `np.maximum` or a mask.",
    ),
    ("ValueError", "values to unpack", "Are there as many names on the left as there are values on the right?"),
    ("AttributeError", "'float' object", _SINGLE_NUMBER),
    ("AttributeError", "'int' object", _SINGLE_NUMBER),
    ("TypeError", "'float' object is not", _SINGLE_NUMBER),
    ("TypeError", "'int' object is not", _SINGLE_NUMBER),
    ("TypeError", "object of type 'float' has no len", _SINGLE_NUMBER),
    ("AttributeError", "'NoneType' object", _NOTHING),
    ("TypeError", "NoneType", _NOTHING),
    ("AttributeError", "object has no attribute", "Was it stored on the object under this name before?"),
    ("TypeError", "Cannot cast", "An array of integers cannot take fractions: make it one of floats first."),
)
"""What to look at where an exception is of this kind and its text, numpy's or Python's own, has these words."""
_OWN_REFUSAL = "This line refuses what it gets: is its condition right, and what is passed on to it?"

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
UNREADABLE = ("SyntaxError", "IndentationError", "TabError")
_OWN_CELL = re.compile(r"cell \d{1,6}")
_UNUSABLE = {
    "generator": "`{}` is a generator (it has `yield`): return the value with `return`.",
    "coroutine": "`{}` is an `async` function: write `def` without `async`.",
    "async_generator": "`{}` is an `async` generator: write `def` without `async`, and `return` in place of `yield`.",
}


def unusable(name: str, type_name: str) -> str:
    """Return what to do where a call of `name` returned an object of this type, "" where there is nothing to say."""
    return _UNUSABLE.get(type_name, "").format(name)


def failure_message(
    failure: CallFailed, *, question: str, hidden: bool, line_text: str | None = None, known: bool = False
) -> str:
    """Return what a student reads; nothing in it but the exception's type and the student's own line is theirs.

    `line_text` is the source of the line in which it happened. `detail` is added only where the test is not hidden, and
    general advice only where the slip is not `known`.
    """
    name = _shown_name(failure.name, question)
    needed = failure.name.partition(".")[0] != question
    prefix = f"`{question}` is checked together with `{name}`: " if needed else ""
    place = _place(failure, question, line_text)
    if failure.kind == "raised":
        general = "" if known else _look_at(failure, line_text or "", hidden=hidden)
        return prefix + _raised(failure, name, place, hidden=hidden, general=general)
    return prefix + _other(failure, name, place, hidden=hidden)


def _shown_name(name: str, question: str) -> str:
    """Return the name of a call without the class that a submission gave its object: that is text of its own."""
    owner, dot, method = name.rpartition(".")
    return method if dot and owner != question else name


def _raised(failure: CallFailed, name: str, place: str, *, hidden: bool, general: str) -> str:
    kind = failure.exception if failure.exception and failure.exception.isidentifier() else "an exception"
    if kind == "NotImplementedError" and not failure.advice:
        return f"`{name}` is not attempted yet: write its body in place of `raise NotImplementedError`."
    if kind in UNREADABLE:
        text = f"The cell of `{name}` could not be run, because of {with_article(kind)}{place}."
    else:
        text = f"`{name}` raised {kind}{place}."
    if failure.detail and not hidden and not (failure.advice and kind in UNREADABLE):
        said = _ADDRESS.sub("", failure.detail)  # another one each time
        text += f" It says: {one_line(said, _LONGEST_DETAIL).rstrip('.')}."
    return f"{text} {failure.advice or general}".rstrip()


def _look_at(failure: CallFailed, line_text: str, *, hidden: bool) -> str:
    """Return what to look at by the kind of an exception; by its text, too, where that is not of a hidden test."""
    own = failure.exception or ""
    if own == "ValueError" and line_text.lstrip().startswith("raise "):
        return _OWN_REFUSAL
    detail = "" if hidden else failure.detail
    closer = (advice for kind, words, advice in _LOOK_CLOSER if kind == own and words in detail)
    return next(closer, _LOOK_AT.get(own, "Call it on a small input of your own to see why."))


def with_article(kind: str) -> str:
    """Return the name of an exception as a sentence has it."""
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}"


def _place(failure: CallFailed, question: str, line_text: str | None) -> str:
    if failure.line is None:
        return ""
    cell = failure.cell or ""
    place = f" in your line {failure.line}"
    if _OWN_CELL.fullmatch(cell):
        place = f" in line {failure.line} of {cell}"
    elif cell.isidentifier() and cell not in (question, failure.name.partition(".")[0]):  # another answer, called by it
        place = f" in line {failure.line} of `{cell}`"
    if line_text and line_text.strip():
        place += f": `{one_line(line_text, _LONGEST_LINE)}`"
    return place


def _progress(failure: CallFailed) -> str:
    """Say how far a training had got: with which numbers of the student's own."""
    return f", with {one_line(failure.detail, _LONGEST_DETAIL)}" if failure.detail else ""


def one_line(text: str, longest: int) -> str:
    """Return text as one line of at most `longest` printable characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _other(failure: CallFailed, name: str, place: str, *, hidden: bool) -> str:
    reason = failure.reason
    if hidden and failure.kind in ("died", "refused") and any(c.isdigit() for c in reason):
        reason = "the call ended without a value"  # an exit code or a size is a number of the submission's choice
    if failure.advice:
        return failure.advice
    if failure.kind == "missing":
        what = "method" if "." in failure.name else "function"
        return f"There is no {what} `{name}` in your notebook: was it renamed, or did its cell fail?"
    if failure.kind == "timeout":
        if not hidden:
            reason += place + _progress(failure)
        return f"`{name}`: {reason}. Look for a loop that does not end, or for far more work than is needed."
    if failure.kind == "died":
        return f"`{name}`: {reason}. Look for `exit()`, endless recursion, or arrays that fill the memory."
    return f"`{name}`: {reason}. Return plain numbers, arrays, lists, tuples or dicts of them."
