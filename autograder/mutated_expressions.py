"""Small changes of expressions: each function takes one node of a syntax tree and yields others for its place.

None of them touches the node that it is given.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_PAIRS = (
    ("sum", "mean"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("nanmax", "nanmin"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("any", "all"),
    ("add", "subtract"),
    ("multiply", "divide"),
    ("greater", "greater_equal"),
    ("less", "less_equal"),
    ("floor", "ceil"),
    ("vstack", "hstack"),
)
_ONE_WAY = (
    ("mean", "sum"),
    ("exp", "expm1"),
    ("expm1", "exp"),
    ("log", "log1p"),
    ("log1p", "log"),
    ("tanh", "arctan"),
    ("sqrt", "square"),
    ("square", "abs"),
    ("prod", "sum"),
    ("var", "std"),
    ("std", "var"),
    ("greater", "less_equal"),
    ("greater_equal", "less"),
    ("less", "greater_equal"),
    ("less_equal", "greater"),
    ("logaddexp", "maximum"),
    ("normal", "uniform"),
    ("permutation", "arange"),
)
FUNCTIONS: dict[str, list[str]] = {}
"""Names of functions, and what is called in their place."""
for _one, _other in (*_PAIRS, *((other, one) for one, other in _PAIRS), *_ONE_WAY):
    if _other not in FUNCTIONS.setdefault(_one, []):
        FUNCTIONS[_one].append(_other)

BUILT_IN = ("sum", "max", "min", "any", "all")
SWAPPED_ARGUMENTS = ("dot", "matmul", "outer", "subtract", "divide", "greater", "less", "isclose")
TRANSPARENT = ("abs", "array", "asarray", "copy", "dict", "reversed", "sorted", "atleast_1d", "atleast_2d")
"""Functions that may be left out: what they were given takes the place of the call."""
TRANSPARENT_METHODS = ("copy", "astype", "reshape", "ravel", "flatten")
NOT_NEGATED = ("zeros", "zeros_like", "empty", "empty_like", "arange")
NUMERIC_METHODS = ("sum", "mean", "max", "min", "dot", "clip", "reshape", "ravel", "astype", "copy")
TINY = 1.001
"""A change of a constant that no tolerance of a suite should let pass."""


def like(node: Any, **changes: Any) -> Any:
    """Return a copy of the node with some fields changed."""
    twin = copy.deepcopy(node)
    for name, value in changes.items():
        setattr(twin, name, copy.deepcopy(value))
    return twin


def binary(node: ast.BinOp) -> Iterator[ast.AST]:
    """Take another operation; for a matrix product the other order."""
    if isinstance(node.op, ast.MatMult):
        yield like(node, left=node.right, right=node.left)
    elif type(node.op) in ARITHMETIC and not is_text(node):
        yield like(node, op=ARITHMETIC[type(node.op)]())


def is_text(node: ast.BinOp) -> bool:
    """Tell whether an operation is one on texts or lists, not on numbers."""
    sides = (node.left, node.right)
    return any(isinstance(side, ast.JoinedStr | ast.List) or _constant_of(side, str) for side in sides)


def _constant_of(node: ast.AST, kind: type) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is kind


def comparison(node: ast.Compare) -> Iterator[ast.AST]:
    """Move the boundary, or take the opposite."""
    for place, operator in enumerate(node.ops):
        for other in COMPARISONS[type(operator)]:
            yield like(node, ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])


def constant(node: ast.Constant) -> Iterator[ast.AST]:
    """Make a number one larger, one smaller, or a little off; True of False."""
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        if value > 0:
            yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value + 1.0)
        if value:
            yield ast.Constant(float(f"{TINY * value:.9g}"))


def unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    """Leave the operand alone."""
    if not isinstance(node.op, ast.UAdd):
        yield copy.deepcopy(node.operand)


def negated(condition: ast.expr) -> ast.expr:
    """Return the opposite of a condition, without a double negation."""
    if isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not):
        return copy.deepcopy(condition.operand)
    if isinstance(condition, ast.Compare) and len(condition.ops) == 1:
        opposite: ast.expr = like(condition, ops=[COMPARISONS[type(condition.ops[0])][-1]()])
        return opposite
    return ast.UnaryOp(ast.Not(), copy.deepcopy(condition))


def both(node: ast.BoolOp) -> Iterator[ast.AST]:
    """Put `or` for `and`, `and` for `or`."""
    yield like(node, op=ast.And() if isinstance(node.op, ast.Or) else ast.Or())


def dictionary(node: ast.Dict) -> Iterator[ast.AST]:
    """Swap two neighbouring values, or give one the other sign."""
    values = node.values
    for place in range(len(values) - 1):
        yield like(node, values=[*values[:place], values[place + 1], values[place], *values[place + 2 :]])
    for place, value in enumerate(values):
        for other in minus(value):
            yield like(node, values=[*values[:place], other, *values[place + 1 :]])


def attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    """Do not transpose an array."""
    if node.attr == "T":
        yield copy.deepcopy(node.value)


def index(node: ast.Subscript) -> Iterator[ast.AST]:
    """Put the new axis of `x[:, None]` on the other side."""
    place = node.slice
    if isinstance(place, ast.Tuple) and any(_is_new_axis(item) for item in place.elts):
        yield like(node, slice=like(place, elts=place.elts[::-1]))


def _is_new_axis(node: ast.AST) -> bool:
    return ast.unparse(node) in ("None", "np.newaxis")


def bounds(node: ast.Slice) -> Iterator[ast.AST]:
    """Set a computed bound of a slice off by one."""
    if node.lower and not _is_number(node.lower):
        yield like(node, lower=ast.BinOp(node.lower, ast.Add(), ast.Constant(1)))
    if node.upper and not _is_number(node.upper):
        yield like(node, upper=ast.BinOp(node.upper, ast.Sub(), ast.Constant(1)))


def _is_number(node: ast.AST) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def call(node: ast.Call) -> Iterator[ast.AST]:
    """Call another function, with other arguments, along another axis, without keepdims, or not at all."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    yield from _other_function(node)
    yield from _other_arguments(node, name)
    yield from _other_keywords(node)
    if isinstance(node.func, ast.Attribute) and name in TRANSPARENT_METHODS and not _is_module(node.func.value):
        yield copy.deepcopy(node.func.value)
    elif name in TRANSPARENT and node.args and (isinstance(node.func, ast.Name) or _is_module(node.func.value)):  # type: ignore[attr-defined]
        yield copy.deepcopy(node.args[0])


def _is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "np"


def _other_function(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Attribute):
        for name in FUNCTIONS.get(node.func.attr, []):
            yield like(node, func=like(node.func, attr=name))
    elif isinstance(node.func, ast.Name) and node.func.id in BUILT_IN:
        for name in FUNCTIONS[node.func.id]:
            if name in BUILT_IN:
                yield like(node, func=ast.Name(name, ast.Load()))


def _other_arguments(node: ast.Call, name: str) -> Iterator[ast.AST]:
    args = node.args
    if name == "where" and len(args) == 3:
        yield like(node, args=[args[0], args[2], args[1]])
    elif name in SWAPPED_ARGUMENTS and len(args) == 2:
        yield like(node, args=args[::-1])
    elif name in ("range", "arange") and args:
        first, stop, step = (args[0], args[1], args[2:]) if len(args) > 1 else (ast.Constant(0), args[0], [])
        for operator in (ast.Sub(), ast.Add()):
            shorter = ast.BinOp(stop, operator, ast.Constant(1))
            yield like(node, args=[first, shorter, *step] if len(args) > 1 else [shorter])
        later = ast.Constant(1) if len(args) == 1 else ast.BinOp(first, ast.Add(), ast.Constant(1))
        yield like(node, args=[later, stop, *step])


def _other_keywords(node: ast.Call) -> Iterator[ast.AST]:
    for place, keyword in enumerate(node.keywords):
        if keyword.arg not in ("axis", "keepdims"):
            continue
        others = [*node.keywords[:place], *node.keywords[place + 1 :]]
        yield like(node, keywords=others)
        if keyword.arg == "axis" and not isinstance(keyword.value, ast.Tuple):
            other = 1 if _constant_of(keyword.value, int) and ast.literal_eval(keyword.value) == 0 else 0
            changed = ast.keyword("axis", ast.Constant(other))
            yield like(node, keywords=[*node.keywords[:place], changed, *node.keywords[place + 1 :]])


def minus(value: ast.expr) -> Iterator[ast.expr]:
    """Yield the negative of what is likely to be a number or an array of numbers."""
    computed = isinstance(value, ast.BinOp) and not is_text(value)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        name = value.func.attr
        computed = name not in NOT_NEGATED if _is_module(value.func.value) else name in NUMERIC_METHODS
    if computed:
        yield ast.UnaryOp(ast.USub(), copy.deepcopy(value))
