"""Small changes of statements, and the table of all changes that make a mutant, by the kind of node."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Any

from autograder import mutated_expressions as expressions
from autograder.mutated_expressions import ARITHMETIC, like, minus, negated

__all__ = ["MUTATIONS", "negated"]


def returned(node: ast.Return) -> Iterator[ast.AST]:
    """Return nothing, items in another order, an item missing or with the other sign."""
    if node.value is None:
        return
    yield ast.Return(ast.Constant(None))
    for value in _other_items(node.value):
        yield ast.Return(value)


def _other_items(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.Tuple | ast.List):
        items = value.elts
        for place in range(len(items) - 1):
            yield like(value, elts=[*items[:place], items[place + 1], items[place], *items[place + 2 :]])
        for place, item in enumerate(items):
            nested = () if isinstance(item, ast.BinOp | ast.Call) else _other_items(item)
            for other in (ast.Constant(None), *nested, *minus(item)):
                yield like(value, elts=[*items[:place], other, *items[place + 1 :]])
    else:
        yield from minus(value)


def augmented(node: ast.AugAssign) -> Iterator[ast.AST]:
    """Take another operation, or plain assignment; delete it."""
    if type(node.op) in ARITHMETIC and not isinstance(node.value, ast.List):
        yield like(node, op=ARITHMETIC[type(node.op)]())
    target = like(node.target, ctx=ast.Store())
    yield ast.Assign([target], copy.deepcopy(node.value))
    yield ast.Pass()


def assignment(node: ast.Assign) -> Iterator[ast.AST]:
    """Change sign or order; do `x = x + y` in place; delete it, unless only a missing name would come of that."""
    target, value = node.targets[0], node.value
    for other in _signs_and_orders(value) if isinstance(target, ast.Tuple) else minus(value):
        yield like(node, value=other)
    if isinstance(value, ast.BinOp) and ast.unparse(target) == ast.unparse(value.left):
        yield ast.AugAssign(copy.deepcopy(target), value.op, copy.deepcopy(value.right))  # type: ignore[arg-type]
    read = {child.id for child in ast.walk(value) if isinstance(child, ast.Name)}
    stored = target.elts if isinstance(target, ast.Tuple) else [target]
    if all(not isinstance(name, ast.Name) or name.id in read for name in stored):
        yield ast.Pass()


def _signs_and_orders(value: ast.expr) -> Iterator[ast.expr]:
    """Yield the tuple with two neighbours swapped or one item negated."""
    if isinstance(value, ast.Tuple):
        items = value.elts
        for place in range(len(items) - 1):
            yield like(value, elts=[*items[:place], items[place + 1], items[place], *items[place + 2 :]])
        for place, item in enumerate(items):
            for other in minus(item):
                yield like(value, elts=[*items[:place], other, *items[place + 1 :]])


def deleted(_: ast.AST) -> Iterator[ast.AST]:
    """Delete a statement."""
    yield ast.Pass()


def leap(node: ast.Break | ast.Continue) -> Iterator[ast.AST]:
    """Take the other one of the two; delete it."""
    yield ast.Continue() if isinstance(node, ast.Break) else ast.Break()
    yield ast.Pass()


MUTATIONS: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.BinOp: expressions.binary,
    ast.Compare: expressions.comparison,
    ast.Constant: expressions.constant,
    ast.UnaryOp: expressions.unary,
    ast.BoolOp: expressions.both,
    ast.Dict: expressions.dictionary,
    ast.Attribute: expressions.attribute,
    ast.Subscript: expressions.index,
    ast.Slice: expressions.bounds,
    ast.Call: expressions.call,
    ast.Return: returned,
    ast.AugAssign: augmented,
    ast.Assign: assignment,
    ast.Expr: deleted,
    ast.Delete: deleted,
    ast.Break: leap,
    ast.Continue: leap,
}
"""What may stand in the place of a node."""
