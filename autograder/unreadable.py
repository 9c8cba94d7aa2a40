"""Why Python cannot read a cell, in words for whoever wrote it. The source is looked at and never run."""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
import warnings

from autograder.failures import one_line

_NAMED = {
    "\0": "a NUL character (U+0000): delete the line and type it again",
    "\xa0": "a non-breaking space (U+00A0): delete it and type a plain space",
    "\u200b": "a zero-width space (U+200B), which cannot be seen: delete the line and type it again",
    "\ufeff": "a byte order mark (U+FEFF), which cannot be seen: delete the line and type it again",
}
_QUOTES = "“”„‟‘’‚‛«»"
_DASHES = "‐‑‒–—−"
_CONFLICT = re.compile(r"(<{7}|>{7}|={7})(\s|$)")
_CODE_POINT = re.compile(r"U\+([0-9A-F]{4,6})")
_PROSE = re.compile(r"[A-Z]?[\w'’-]+([,;:]? [\w'’-]+){2,}[.!?:]?|[\w'’ ,;:-]{12,}[.!?]")
_KEYWORDS = frozenset(keyword.kwlist) | {"print"}
_LONGEST_LINE = 300
_LONGEST_MESSAGE = 100
_LONGEST_SOURCE = 200_000

_ADVICE = (
    (r"Missing parentheses in call to 'print'", "`print` needs parentheses: `print(…)`"),
    (r"multiple exception types", "write `except ValueError as error:` where Python 2 had a comma"),
    (r"expected ':'", "put a colon at its end"),
    (
        r"unterminated (f-)?string literal",
        "a text begins in line {line} and does not end: is a quotation mark missing?",
    ),
    (
        r"unterminated triple-quoted",
        "a text begins in line {line} and does not end: are three quotation marks missing?",
    ),
    (
        r"unexpected indent",
        "line {line} stands further to the right than the one above: begin it where that one begins",
    ),
    (r"unindent does not match", "line {line} begins where no line above begins: line up what belongs together"),
    (r"expected an indented block", "what belongs to the line above has to stand further to the right than it"),
    (r"'(.)' was never closed", "the `{0}` in line {line} is never closed"),
    (r"unmatched '(.)'", "the `{0}` closes nothing: take it away, or put what opens it in front"),
    (r"too many nested", "it has too many nested brackets: compute a part of it in a line of its own"),
    (r"cannot assign to", "on the left of `=` there has to be a name; compare with `==`"),
)


def advice(source: str) -> str:
    """Return what to do about the first thing that Python cannot read in `source`; "" where it can read all of it.

    A source of hundreds of kilobytes is not looked at.
    """
    if len(source) > _LONGEST_SOURCE:
        return ""
    marks = [number for number, line in enumerate(source.split("\n"), 1) if _CONFLICT.match(line)]
    try:
        tree = parsed(source)
    except SyntaxError as error:
        return _sentence(f"line {marks[0]} is {_CONFLICT_WORDS}" if marks else _of_error(source, error))
    except (ValueError, RecursionError, MemoryError):
        return _sentence(_held(source, "\0") or "it is nested too deeply: split it into several lines")
    outside = [node.lineno for node in tree.body if isinstance(node, ast.Return)]
    return _sentence(f"the `return` in line {outside[0]} stands outside of a function: indent it") if outside else ""


_CONFLICT_WORDS = "the mark of a merge conflict: keep one of the two versions, and delete the marks"


def parsed(source: str) -> ast.Module:
    """Return the syntax tree of a cell without its magics, lines keep their numbers; raises what `ast.parse` raises."""
    # `pass` takes the place of a magic that may be the only line of a block.
    lines = [_margin(line) + "pass" if _is_magic(line.strip()) else line for line in source.split("\n")]
    with warnings.catch_warnings(action="ignore"):  # of an invalid escape sequence, say
        return ast.parse("\n".join(lines))


def _is_magic(line: str) -> bool:
    return line.startswith(("%", "!", "?")) or (line.endswith("?") and line[0].isidentifier() and "#" not in line)


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _of_error(source: str, error: SyntaxError) -> str:
    message, line = error.msg, error.lineno or 1
    if "null byte" in message:
        return _held(source, "\0")
    if isinstance(error, TabError) or _mixes_tabs(source, line):
        return f"line {line} is indented with tabs, others with spaces: use four spaces everywhere"
    character = _CODE_POINT.search(message)
    if character:
        return _held(source, chr(int(character[1], 16)), line)
    text = source.split("\n")[line - 1 : line]
    if text and _is_prose(text[0]):
        return "this line is text, not code: change the cell's type to Markdown, or put `#` in front"
    for pattern, words in _ADVICE:
        found = re.search(pattern, message)
        if found:
            return words.format(*found.groups(), line=line)
    says = one_line(message, _LONGEST_MESSAGE)
    return f"Python cannot read line {line} ({says}): look there, and at the end of the line above"


def _held(source: str, character: str, line: int | None = None) -> str:
    """Name a character that does not belong into code, and its line."""
    if line is None:
        line = source[: source.find(character)].count("\n") + 1 if character in source else 1
    if character in _NAMED:
        return f"line {line} holds {_NAMED[character]}"
    code = f"U+{ord(character):04X}"
    shown = f"the character {character} " if character.isprintable() else "a character that cannot be seen "
    if character in _QUOTES:
        return f"line {line} holds {shown}({code}, a curly quotation mark): type a plain one"
    if character in _DASHES:
        return f"line {line} holds {shown}({code}, which looks like a minus): type a plain `-`"
    name = unicodedata.name(character, "no letter").lower()
    return f"line {line} holds {shown}({code}, {name}), which cannot stand in code: type it again"


def _mixes_tabs(source: str, line: int) -> bool:
    """Tell whether the line is indented with tabs where others have spaces: Python does not always put it that way."""
    lines = source.split("\n")
    margin = _margin(lines[line - 1]) if line <= len(lines) else ""
    return "\t" in margin and any(each.startswith("  ") for each in lines)


def _is_prose(line: str) -> bool:
    words = line[:_LONGEST_LINE].split()
    return len(words) > 2 and words[0] not in _KEYWORDS and _PROSE.fullmatch(line[:_LONGEST_LINE].strip()) is not None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}" if text else ""
