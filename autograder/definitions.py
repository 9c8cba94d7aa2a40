"""What the source of a cell defines, and how: looked up in its syntax tree, never run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from autograder.unreadable import parsed

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)

_FIGURES_INLINE = re.compile(r"^%matplotlib inline[ \t]*$", re.MULTILINE)
_QUIET_DECORATORS = ("property", "staticmethod", "classmethod")
_RUNS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.comprehension, ast.NamedExpr)
_GROWS = (ast.Mult, ast.Pow, ast.LShift)  # `[0] * 10**9` takes all of the memory
_NAMES = (ast.Name, ast.Tuple, ast.List, ast.Starred, ast.expr_context)
_EMPTY = ast.Module([], [])
_AT_THE_MARGIN = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_LONGEST = 100_000
_DEEPEST = 100


def tree_of(source: str) -> ast.Module:
    """Return the syntax tree of a cell; an empty one where it cannot be read, or is far larger than people write."""
    try:
        tree = parsed(source) if len(source) <= _LONGEST else _EMPTY
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _EMPTY
    return tree if _is_flat(tree) else _EMPTY


def _is_flat(tree: ast.Module) -> bool:
    """Tell whether the tree is no deeper than functions that call themselves can follow."""
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False


def only_imports(source: str) -> bool:
    """Tell whether a cell holds imports, perhaps magics, and nothing else."""
    kinds = [type(node) for node in tree_of(source).body]
    return bool({ast.Import, ast.ImportFrom} & {*kinds}) and set(kinds) <= {ast.Import, ast.ImportFrom, ast.Pass}


def without_figures(source: str) -> str:
    """Return the cell without the magic that shows figures in the notebook, which they are in any case."""
    return _FIGURES_INLINE.sub("", source)


def only_defines(source: str) -> bool:
    """Tell whether running a cell does nothing but define names, the same ones whenever it is run.

    Nothing is called, looped over or decorated in ways that may run anything, and only names get a value: a part of a
    module is everybody's. The magic that shows figures counts as nothing.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # they come when the cell is run
            tree = ast.parse(without_figures(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return bool(tree.body) and all(map(_only_defines, tree.body))


def _only_defines(node: ast.stmt) -> bool:
    if isinstance(node, FUNCTIONS):
        return _is_bare(node) and not any(map(_acts, (node.args, node.returns)))
    if isinstance(node, ast.ClassDef):
        return (
            _is_bare(node)
            and not node.keywords
            and not any(map(_acts, node.bases))
            and all(map(_only_defines, node.body))
        )
    if isinstance(node, ast.ImportFrom):
        return node.module != "__future__"  # how the cells after it are compiled changes with it
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    if not all(isinstance(each, _NAMES) for target in targets for each in ast.walk(target)):
        return False
    return isinstance(node, ast.Import | ast.Pass | ast.Assign | ast.AnnAssign | ast.Expr) and not _acts(node)


def _is_bare(node: Definition) -> bool:
    return all(isinstance(each, ast.Name) and each.id in _QUIET_DECORATORS for each in node.decorator_list)


def _acts(node: ast.AST | None) -> bool:
    return node is not None and any(isinstance(each, (*_RUNS, *_GROWS)) for each in ast.walk(node))


def definitions(tree: ast.Module, name: str) -> list[Definition]:
    """Return the top-level functions and classes of this name, in order."""
    return [node for node in tree.body if isinstance(node, DEFINITIONS) and node.name == name]


def holder_of(tree: ast.Module, name: str) -> str | None:
    """Return the name of the function or class inside which `name` is defined, None where there is none."""
    for node in tree.body:
        if isinstance(node, DEFINITIONS):
            inner = (each for each in ast.walk(node) if each is not node)
            if any(isinstance(each, DEFINITIONS) and each.name == name for each in inner):
                return node.name
    return None


def assigned(tree: ast.Module) -> dict[str, int]:
    """Return the names that get a value at the top level of a cell, definitions and imports included, by line."""
    return {name: node.lineno for node in tree.body for name in _names_bound(node)}


def revalued(tree: ast.Module) -> dict[str, int]:
    """Return the names that get a value by `=`, `for` and the like at the top level of a cell, by line."""
    plain = (node for node in tree.body if not isinstance(node, (*DEFINITIONS, ast.Import, ast.ImportFrom)))
    return {name: node.lineno for node in plain for name in _names_bound(node)}


def deleted(tree: ast.Module) -> dict[str, int]:
    """Return the names that a `del` at the top level of a cell takes away, by line."""
    found = (node for node in tree.body if isinstance(node, ast.Delete))
    return {target.id: node.lineno for node in found for target in node.targets if isinstance(target, ast.Name)}


def _names_bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    else:
        yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def names_in_line(tree: ast.Module, line: int) -> list[str]:
    """Return the names that are looked up in a line, each once, in order."""
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.lineno == line]
    return list(dict.fromkeys(name.id for name in sorted(names, key=lambda name: name.col_offset)))


def mentioned(definition: Definition) -> set[str]:
    """Return the names that a function or class looks up and does not give a value to itself."""
    names = [each for each in ast.walk(definition) if isinstance(each, ast.Name)]
    own = {each.arg for each in ast.walk(definition) if isinstance(each, ast.arg)}
    own |= {name.id for name in names if not isinstance(name.ctx, ast.Load)}
    own |= {each.name for each in ast.walk(definition) if isinstance(each, DEFINITIONS) and each is not definition}
    imports = (each for each in ast.walk(definition) if isinstance(each, ast.Import | ast.ImportFrom))
    own |= {name for each in imports for name in _names_bound(each)}
    return {name.id for name in names} - own


def locals_around(tree: ast.Module, line: int) -> set[str]:
    """Return the names that belong to the functions around a line: their arguments and what they give a value to."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS) and node.lineno <= line <= (node.end_lineno or 0):
            found |= {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
            found |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return found


def function_around(tree: ast.Module, line: int) -> Function | None:
    """Return the innermost function that holds a line."""
    around = [n for n in ast.walk(tree) if isinstance(n, FUNCTIONS) and n.lineno <= line <= (n.end_lineno or 0)]
    return max(around, key=lambda node: node.lineno, default=None)


def left_over_raise(function: Function) -> bool:
    """Tell whether a function has code of its own besides a `raise NotImplementedError` that ends it."""
    body = _steps(function)
    raises = [node for node in body if isinstance(node, ast.Raise) and _not_implemented(node)]
    return bool(raises) and any(not isinstance(node, ast.Raise | ast.Pass) for node in body)


def only_raises(source: str, name: str) -> bool:
    """Tell whether a cell holds one function, of this name, that does nothing but raise NotImplementedError."""
    body = tree_of(source).body
    function = body[0] if len(body) == 1 and isinstance(body[0], ast.FunctionDef) else None
    if function is None or function.name != name or function.decorator_list:
        return False
    steps = _steps(function)
    return len(steps) == 1 and isinstance(steps[0], ast.Raise) and _not_implemented(steps[0])


def _steps(function: Function) -> list[ast.stmt]:
    """Return what a function does: its body without docstring and `...`."""
    return [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]


def _not_implemented(node: ast.Raise) -> bool:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def signature(function: Function) -> str:
    """Return the names of a function's arguments as its first line has them, without defaults and type hints."""
    bare = ast.parse(f"def f({ast.unparse(function.args)}): pass").body[0]
    assert isinstance(bare, ast.FunctionDef)  # noqa: S101 - it is what was just written
    for each in ast.walk(bare.args):
        if isinstance(each, ast.arg):
            each.annotation = None
    return re.sub(r"=[^,)]*", "=…", ast.unparse(bare.args))


def caches(function: Function) -> str | None:
    """Return the name of the decorator of `functools` that remembers results, None where the function has none."""
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", None)
        if name in ("lru_cache", "cache"):
            return str(name)
    return None


def begins_in_text(name: str, text: str) -> bool:
    """Tell whether a line of any text begins the definition of this name."""
    return re.search(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(name)}\b", text, re.MULTILINE) is not None


def begun_in_text(text: str) -> list[str]:
    """Return the names whose definitions seem to begin at the left margin of any text; a string may look like one."""
    return _AT_THE_MARGIN.findall(text)


def method_of(node: ast.stmt | None, name: str) -> ast.stmt | None:
    """Return the method of this name of a class, None where there is no class or no such method."""
    body = node.body if isinstance(node, ast.ClassDef) else []
    return next((each for each in body if isinstance(each, FUNCTIONS) and each.name == name), None)


def attributes_in_line(tree: ast.Module, line: int) -> set[str]:
    """Return the attributes that are looked up in a line."""
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.lineno == line}
