"""Which names a piece of code may put together from parts, found in its syntax tree: `f"{layer}_forward"`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

Parts = tuple[str | None, ...]
"""The fixed parts of a text in order; None stands for what is known only when the code runs."""

_ANYTHING: Parts = (None, None)
_LOOKUPS = {"getattr": 1, "hasattr": 1, "getfixturevalue": 0, "attrgetter": 0, "methodcaller": 0, "get": 0}
"""Which argument of these functions is a name."""
_NAMESPACES = frozenset({"globals", "locals", "vars", "__dict__"})
_PLAIN = (ast.Name, ast.Attribute, ast.Subscript)
_RUNS_TEXT = frozenset({"eval", "exec", "compile"})
_CUTS_TEXT = frozenset({"removeprefix", "removesuffix", "lstrip", "rstrip", "strip"})
_WORD = re.compile(r"\w+")
_PERCENT = re.compile(r"%(?:\(\w*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z%]")
_BRACES = re.compile(r"\{[^{}]*\}")


def assembled(root: ast.AST) -> frozenset[Parts]:
    """Return the parts of every text in `root` that is put together and may be a name."""
    nodes = list(ast.walk(root))
    inner = {id(part) for node in nodes if isinstance(node, ast.BinOp) for part in (node.left, node.right)}
    found = (_joined(parts) for node in nodes if id(node) not in inner for parts in _texts(node))
    return frozenset(parts for parts in found if all(part is None or _WORD.fullmatch(part) for part in parts))


def is_made_of(name: str, parts: Parts, known: str) -> bool:
    """Tell whether a text of these parts may be `name`; a part by itself has to be somewhere in the texts `known`."""
    pattern = "".join("(.*)" if part is None else re.escape(part) for part in parts)
    found = re.fullmatch(pattern, name)
    return found is not None and (len(found.groups()) != 1 or found[1] in known)


def _texts(node: ast.AST) -> Iterator[Parts]:
    """Yield what a node of the syntax tree puts together."""
    match node:
        case ast.JoinedStr() | ast.BinOp(op=ast.Add()):
            parts = tuple(_leaves(node))
            if any(parts) or (isinstance(node, ast.JoinedStr) and len(parts) > 1):
                yield parts
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(text))):
            yield _with_gaps(_PERCENT.split(text))
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Constant(value=str(text)))):
            yield _with_gaps(_BRACES.split(text))
        case ast.Call(func=ast.Attribute(attr="join", value=ast.Constant(value=str(text)))):
            yield (None, text, None)
        case ast.Call(func=ast.Attribute(attr="replace"), args=[_, ast.Constant(value=str(text))]):
            yield (None, text, None)
        case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str())]) if attr in _CUTS_TEXT:
            yield (None,)
        case ast.Call(func=ast.Name(id=name)) if name in _RUNS_TEXT:
            yield _ANYTHING
    yield from _looked_up(node)


def _looked_up(node: ast.AST) -> Iterator[Parts]:
    """Yield that it may be anything where a name is looked up that is the sum of variables."""
    match node:
        case ast.Call(func=ast.Name(id=function) | ast.Attribute(attr=function), args=args) if function in _LOOKUPS:
            names = args[_LOOKUPS[function] :][:1]
        case ast.Subscript(value=ast.Call(func=ast.Name(id=function)) | ast.Attribute(attr=function), slice=index):
            names = [index] if function in _NAMESPACES else []
        case _:
            names = []
    sums = (name for name in names if isinstance(name, ast.BinOp) and isinstance(name.op, ast.Add))
    if any(not any(_leaves(each)) for each in sums):
        yield _ANYTHING


def _leaves(node: ast.AST) -> Iterator[str | None]:
    """Yield the parts of a sum of texts, or of a text with values in it."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _leaves(left)
            yield from _leaves(right)
        case ast.JoinedStr(values=values):
            for value in values:
                yield from _leaves(value)
        case ast.Constant(value=str(text)):
            yield text
        case ast.FormattedValue(value=value):
            yield from [None] * (1 if isinstance(value, _PLAIN) else 2)  # what is worked out is no text that is known
        case _:
            yield None


def _with_gaps(fixed: Sequence[str]) -> Parts:
    """Return fixed parts with something unknown between them."""
    return tuple(part for text in fixed for part in (None, text))[1:]


def _joined(parts: Parts) -> Parts:
    """Return the parts with neighbouring fixed ones joined, and without empty ones."""
    joined: list[str | None] = []
    for part in parts:
        if part is None or not joined or joined[-1] is None:
            joined += [part] if part != "" else []
        else:
            joined[-1] += part
    return tuple(joined)
