"""Which names a piece of code may put together from parts, found in its syntax tree: `f"{layer}_forward"`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

Parts = tuple[str | None, ...]
"""The fixed parts of a text in order; None stands for what is known only when the code runs."""

_ANYTHING: Parts = (None, None)
_LOOKUPS = {"getattr": 1, "hasattr": 1, "getfixturevalue": 0, "attrgetter": 0, "methodcaller": 0}
"""Which argument of these functions is a name."""
_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})
_RUNS_TEXT = frozenset({"eval", "exec", "compile"})
_CUTS_TEXT = frozenset({"removeprefix", "removesuffix", "lstrip", "rstrip", "strip"})
_OUTSIDE = "submission"
"""What is looked up in it is none of the course's."""
_PLAIN = (ast.Name, ast.Attribute, ast.Subscript)
_WORD = re.compile(r"\w+")
_GAP = re.compile(r"\{[^{}]*\}|%(?:\(\w*\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]")
"""What stands for a value in a template, for `format` or for `%`."""


def assembled(root: ast.AST) -> frozenset[Parts]:
    """Return the parts of every text in `root` that is put together and may be a name."""
    nodes = list(ast.walk(root))
    sums = (node for node in nodes if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add))
    inner = {id(part) for node in sums for part in (node.left, node.right)}
    found = {_joined(parts) for node in nodes for parts in _texts(node, is_inner=id(node) in inner)}
    if any(_is_looked_up_unknown(node, nodes) for node in nodes):
        found.add(_ANYTHING)
    return frozenset(parts for parts in found if all(part is None or _WORD.fullmatch(part) for part in parts))


def is_made_of(name: str, parts: Parts, known: str) -> bool:
    """Tell whether a text of these parts may be `name`; a part by itself has to be somewhere in the texts `known`."""
    pattern = "".join("(.*)" if part is None else re.escape(part) for part in parts)
    found = re.fullmatch(pattern, name)
    return found is not None and (len(found.groups()) != 1 or found[1].lower() in known.lower())


def _texts(node: ast.AST, *, is_inner: bool) -> Iterator[Parts]:
    """Yield what a node of the syntax tree puts together; of a sum, only where it is no part of another one."""
    match node:
        case ast.Constant(value=str(text)) if _GAP.search(text) and not is_inner:
            parts = _with_gaps(_GAP.split(text))
            if any(parts):
                yield parts
        case ast.JoinedStr() | ast.BinOp(op=ast.Add()) if not is_inner:
            parts = tuple(_leaves(node))
            if any(parts) or (isinstance(node, ast.JoinedStr) and len(parts) > 1):
                yield parts
        case ast.Call(func=ast.Attribute(attr="join", value=ast.Constant(value=str(text)))):
            yield (None, text, None)
        case ast.Call(func=ast.Attribute(attr="replace"), args=[_, ast.Constant(value=str(text)), *_]):
            yield (None, text, None)
        case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=str())]) if attr in _CUTS_TEXT:
            yield (None,)


def _is_looked_up_unknown(node: ast.AST, nodes: Sequence[ast.AST]) -> bool:
    """Tell whether a name is looked up here of which the text tells nothing: a sum of variables, say."""
    match node:
        case ast.Call(func=ast.Name(id=function)) if function in _RUNS_TEXT:
            return True
        case ast.Call(func=ast.Name(id=function), args=args) if function in _NAMESPACES:
            return not _is_outside(args)
        case ast.Attribute(attr="__dict__", value=owner):
            return not _is_outside([owner])
        case ast.Call(func=ast.Name(id=function) | ast.Attribute(attr=function), args=args) if function in _LOOKUPS:
            names = [] if _is_outside(args) else args[_LOOKUPS[function] :][:1]
            return not all(_is_told(name, nodes) for name in names)
    return False


def _is_outside(args: Sequence[ast.expr]) -> bool:
    return bool(args) and isinstance(args[0], ast.Name) and args[0].id == _OUTSIDE


def _is_told(name: ast.expr, nodes: Sequence[ast.AST]) -> bool:
    """Tell whether a text, or what it is made of, is to be seen where it is written; a variable brings its own."""
    match name:
        case ast.Name(id=variable):
            values = (node.value for node in nodes if isinstance(node, ast.Assign) and _is_target(variable, node))
            return all(isinstance(value, ast.Name) or _is_told(value, nodes) for value in values)
        case ast.BinOp(op=ast.Add()):
            return any(_leaves(name))
        case ast.Call(func=ast.Attribute(attr=attr), args=args):
            by_constant = bool(args) and isinstance(args[-1], ast.Constant)
            return attr in ("format", "join") or (by_constant and attr in {"replace", *_CUTS_TEXT})
        case ast.IfExp(body=body, orelse=other):
            return _is_told(body, nodes) and _is_told(other, nodes)
    return not isinstance(name, ast.Call)


def _is_target(variable: str, node: ast.Assign) -> bool:
    return any(isinstance(each, ast.Name) and each.id == variable for each in node.targets)


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
            yield from _with_gaps(_GAP.split(text))
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
