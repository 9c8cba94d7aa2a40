"""Mutants of a right solution: one small change each, which a good suite notices.

A mutant has a readable id that does not depend on line numbers, such as
`sigmoid_forward: np.less(x, 0) → np.less_equal(x, 0)`; where two have the same text, the second one ends in `#2`.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.mutations import MUTATIONS, negated

Step = tuple[str, int | None]
Site = tuple[tuple[Step, ...], ast.AST]

_SKIPPED_FIELDS = ("annotation", "returns", "decorator_list", "bases", "ctx", "type_comment")
_SKIPPED_KEYWORDS = ("dtype", "strict", "axis", "keepdims")
"""Arguments that are not changed from within; axis and keepdims are changed together with their call."""
_LEAVES = (ast.Constant, ast.Name, ast.UnaryOp, ast.Slice, ast.keyword, ast.comprehension)
_CONDITIONS = ("test", "ifs")


@dataclass(frozen=True)
class Mutant:
    """One changed solution: `code` defines `question`; `line` of the reference's file is where it was changed."""

    question: str
    id: str
    line: int
    statement: str
    code: str


def mutants(reference: str, question: str) -> tuple[Mutant, ...]:
    """Return all mutants of one function or class of the reference's source, in the order of its lines."""
    tree = ast.parse(reference)
    definitions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    original = definitions[question]
    guards = frozenset(definitions) - {question}
    found, seen, known = [], {ast.unparse(original)}, Counter[str]()
    for path, replacement in _changes(original, guards):
        changed = copy.deepcopy(original)
        _put(changed, path, replacement)
        ast.fix_missing_locations(changed)
        code = ast.unparse(changed)
        if code in seen:
            continue
        seen.add(code)
        text = _title(original, changed, path)
        known[text] += 1
        name = text if known[text] == 1 else f"{text} #{known[text]}"
        found.append(Mutant(question, name, _line(original, path), _statement(changed, path), code))
    return tuple(found)


def installed(mutant: Mutant, reference: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names of the reference with the mutant in the place of what it was made of."""
    names = dict(reference)
    exec(compile(mutant.code, f"<mutant of {mutant.question}>", "exec", dont_inherit=True), names)  # noqa: S102
    return names


def _changes(tree: ast.AST, guards: frozenset[str]) -> Iterator[tuple[tuple[Step, ...], ast.AST]]:
    for path, node in _sites(tree, (), guards):
        for replacement in MUTATIONS.get(type(node), _unchanged)(node):
            yield path, replacement
        if path and path[-1][0] in _CONDITIONS:
            yield path, negated(node)  # type: ignore[arg-type]


def _unchanged(_: ast.AST) -> Iterator[ast.AST]:
    return iter(())


def _sites(
    node: ast.AST, path: tuple[Step, ...], guards: frozenset[str], above: ast.AST | None = None
) -> Iterator[Site]:
    """Yield the nodes that may be changed, each with the way to it; `above` is what `node` is a part of."""
    yield path, node
    parent = above if isinstance(node, ast.Tuple) else node  # what is in a tuple of lengths is a length
    for field, value in ast.iter_fields(node):
        if field in _SKIPPED_FIELDS:
            continue
        children = enumerate(value) if isinstance(value, list) else [(None, value)]
        for place, child in children:
            if isinstance(child, ast.AST) and not _protected(child, parent, guards):
                yield from _sites(child, (*path, (field, place)), guards, node)


def _protected(node: ast.AST, parent: ast.AST | None, guards: frozenset[str]) -> bool:
    """Tell whether a node is none of the solution's matter: texts, messages, types, and checks of the arguments."""
    if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr):
        return True
    if isinstance(node, ast.keyword):
        return node.arg in _SKIPPED_KEYWORDS
    if isinstance(node, ast.withitem):
        return "errstate" in ast.unparse(node) or "warnings" in ast.unparse(node)
    if isinstance(node, ast.UnaryOp) and isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Attribute) and parent.func.attr == "reshape"  # any negative length will do
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or _is_guard(node.value, parent, guards)
    return False


def _is_guard(call: ast.expr, parent: ast.AST | None, guards: frozenset[str]) -> bool:
    """Tell whether a statement calls a check that students are given; where they have to raise, it is theirs."""
    own = isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in guards
    asked = isinstance(parent, ast.FunctionDef) and "ValueError" in (ast.get_docstring(parent) or "")
    return own and not asked


def _at(tree: ast.AST, path: tuple[Step, ...]) -> Any:
    node: Any = tree
    for field, place in path:
        node = getattr(node, field)
        node = node if place is None else node[place]
    return node


def _put(tree: ast.AST, path: tuple[Step, ...], replacement: ast.AST) -> None:
    parent, (field, place) = _at(tree, path[:-1]), path[-1]
    if place is None:
        setattr(parent, field, replacement)
    else:
        getattr(parent, field)[place] = replacement


def _title(original: ast.AST, changed: ast.AST, path: tuple[Step, ...]) -> str:
    shown = _shown(original, path)
    before, after = ast.unparse(_at(original, shown)), ast.unparse(_at(changed, shown))
    return f"{_qualified(original, path)}: {before} → {after}"


def _shown(tree: ast.AST, path: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the way to the smallest piece of code around the change that says something by itself."""
    shown = path
    while isinstance(_at(tree, shown), _LEAVES) and not hasattr(_at(tree, shown[:-1]), "body"):
        shown = shown[:-1]
    return shown


def _qualified(tree: ast.AST, path: tuple[Step, ...]) -> str:
    names = [_at(tree, path[:length]) for length in range(len(path) + 1)]
    return ".".join(node.name for node in names if isinstance(node, ast.FunctionDef | ast.ClassDef))


def _line(tree: ast.AST, path: tuple[Step, ...]) -> int:
    nodes = [_at(tree, path[:length]) for length in range(len(path) + 1)]
    return int(next(node.lineno for node in reversed(nodes) if hasattr(node, "lineno")))


def _statement(changed: ast.AST, path: tuple[Step, ...]) -> str:
    """Return the first line of the statement that holds the change."""
    nodes = [_at(changed, path[:length]) for length in range(len(path) + 1)]
    return ast.unparse([node for node in nodes if isinstance(node, ast.stmt)][-1]).split("\n")[0]
