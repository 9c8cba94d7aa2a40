"""Which definitions of Python files some of them rest on, found in the syntax trees: rather too many than too few."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from autograder.assembled_names import Parts, assembled, is_made_of

_WORD = re.compile(r"\w+")
_LIST = re.compile(r"[\w\s,;|/+.-]+")
"""A text that may be names with something between them."""
_UNASKED = re.compile(r"__\w+__|pytestmark|pytest_\w+|(setup|teardown)(_\w+)?|setUp\w+|tearDown\w+|load_tests")
"""Names that Python or pytest looks for in a file by itself."""


@dataclass(frozen=True)
class Piece:
    """A statement at the top level of a file, with the names that it defines (none: it counts for everybody)."""

    names: frozenset[str]
    node: ast.stmt

    @cached_property
    def text(self) -> str:
        """What the statement says, without layout and comments."""
        return ast.dump(self.node)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name, attribute and argument in it, and every text that may be one."""
        found: set[str] = set()
        for node in ast.walk(self.node):
            for value in (getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "arg", None)):
                if isinstance(value, str):
                    found.add(value)
        return frozenset(found.union(*(_WORD.findall(text) for text in self.texts if _LIST.fullmatch(text))))

    @cached_property
    def texts(self) -> frozenset[str]:
        """Every text in it that is more than a comment."""
        nodes = list(ast.walk(self.node))
        said = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        constants = (node.value for node in nodes if isinstance(node, ast.Constant) and id(node) not in said)
        return frozenset(value for value in constants if isinstance(value, str))

    @cached_property
    def assembled(self) -> frozenset[Parts]:
        """The parts of every text that is put together and may be a name."""
        return assembled(self.node)

    @cached_property
    def is_for_all(self) -> bool:
        """Whether it counts for everybody: an import, a statement, what pytest calls or uses without being asked."""
        if not self.names or "autouse" in self.words or any(map(_UNASKED.fullmatch, self.names)):
            return True
        calls = (each for each in getattr(self.node, "decorator_list", []) if isinstance(each, ast.Call))
        return any(_name_of(call) == "fixture" and any(each.arg == "name" for each in call.keywords) for call in calls)


class Source:
    """A Python file as pieces. Raises SyntaxError where it is none."""

    def __init__(self, text: str) -> None:
        said = (node for node in ast.parse(text).body if not _is_text(node))
        self.pieces = [Piece(frozenset(_bound(node)), node) for node in said]
        self.names = frozenset(name for piece in self.pieces for name in piece.names)

    def common(self) -> list[Piece]:
        """Return what counts for everybody: imports, statements, fixtures and hooks that nobody has to name."""
        return [piece for piece in self.pieces if piece.is_for_all]

    def defining(self, names: Iterable[str]) -> list[Piece]:
        """Return the pieces that define any of these names, in order."""
        wanted = frozenset(names)
        return [piece for piece in self.pieces if piece.names & wanted]


def closure(roots: Iterable[Piece], own: Source, library: Source) -> list[str]:
    """Return the texts of all that `roots`, pieces of `own`, rest on in their own file and in `library`, sorted.

    The library rests on itself alone. What puts a name together may mean every name that its parts and the texts found
    make up.
    """
    found: dict[int, Piece] = {}
    inside = frozenset(map(id, library.pieces))
    waiting = [*roots, *own.common(), *library.common()]
    while waiting:
        while waiting:
            piece = waiting.pop()
            if id(piece) not in found:
                found[id(piece)] = piece
                sources = [library] if id(piece) in inside else [own, library]
                waiting += [each for source in sources for each in source.defining(piece.words & source.names)]
        texts = "\n".join(text for piece in found.values() for text in (*piece.texts, *piece.names))
        built = {name for piece in found.values() for name in _built(piece, library.names | own.names, texts)}
        pieces = [*own.defining(built & own.names), *library.defining(built & library.names)]
        waiting = [piece for piece in pieces if id(piece) not in found]
    return sorted(piece.text for piece in found.values())


def _built(piece: Piece, names: Iterable[str], texts: str) -> Iterator[str]:
    for parts in piece.assembled:
        yield from (name for name in names if is_made_of(name, parts, texts))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))


def _name_of(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))
