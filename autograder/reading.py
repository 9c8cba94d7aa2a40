"""What the source of a submission shows of why a call failed: names that are gone, signatures, what stands where."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from autograder import definitions, failures
from autograder.errors import CallFailed
from autograder.lookup import Names
from autograder.unreadable import advice as unreadable_advice
from autograder.values import is_handle

_UNREADABLE = ("SyntaxError", "IndentationError", "TabError")


class Reading:
    """A submission's cells, the stubs that they began as, and which of them failed; it finds the words for a failure.

    `cells` are (name, kind, source) in order, `given` the assignment's own sources, `failed` the failures by cell name.
    All of it is text, looked at and never run: what is said about it holds nothing of the inputs of a hidden check.
    """

    def __init__(
        self,
        cells: Sequence[tuple[str, str, str]],
        given: Mapping[str, str],
        failed: Mapping[str, CallFailed],
    ) -> None:
        self._names = Names(cells, given)
        self._given = given
        self._failed = failed
        self._known: dict[tuple[object, ...], str] = {}

    def mentioned(self, name: str) -> set[str]:
        """Return the names defined in the notebook that the definition of a name mentions."""
        return self._calls.get(name, set()) & self._calls.keys()

    @functools.cached_property
    def _calls(self) -> dict[str, set[str]]:
        return self._names.calls()

    def why_missing(self, question: str) -> CallFailed | None:
        """Return the failure that says why a question is not there, None where the source does not show it."""
        failure = self._failure_of_its_cell(question)
        words = "" if failure else self._names.missing(question)
        return CallFailed(question, "missing", "it is not there", advice=words) if words else failure

    def explained(self, failure: CallFailed) -> CallFailed:
        """Return the failure of a call with advice, where the source shows what it is about."""
        if failure.exception == "NotImplementedError":
            return self._not_implemented(failure)
        place = failure.name, failure.kind, failure.exception, failure.cell, failure.line
        if place not in self._known:
            self._known[place] = self._advice(failure)
        return failure.advised(self._known[place]) if self._known[place] else failure

    def require_usable(self, name: str, value: Any) -> None:
        """Raise CallFailed where a call returned what only a generator, an `async` function or the like returns."""
        is_object = is_handle(value)
        stub = self._stub(name)
        if not is_object and not isinstance(stub, ast.ClassDef):
            return
        words = failures.unusable(name, value.type_name) if is_object else ""
        if isinstance(stub, ast.ClassDef) and not is_object and self._is_own(name, definitions.FUNCTIONS):
            words = f"`{name}` is a function in your notebook, and has to be a class: begin with `class {name}:`."
        elif isinstance(stub, definitions.FUNCTIONS) and is_object and self._is_own(name, ast.ClassDef):
            words = f"`{name}` is a class in your notebook, and has to be a function: begin with `def {name}(…):`."
        if words:
            raise CallFailed(name, "refused", "it returned no value", advice=words)

    def remark(self, question: str) -> str:
        """Return what is worth knowing besides of a question that is not right, "" where there is nothing."""
        found = self._names.definitions(question)
        failure = self._failed.get(question)
        if failure is not None and failure.exception in _UNREADABLE and found:
            return self._unreadable(question)
        if len(found) > 1 and found[-1][0] is found[-2][0]:
            line = found[-1][1].lineno
            return (
                f"`{question}` is defined twice in its cell, and the last one (line {line}) counts: delete the other."
            )
        return ""

    def _advice(self, failure: CallFailed) -> str:
        if failure.kind != "missing":
            return self._at_a_line(failure) if failure.line else self._at_the_call(failure)
        words = "" if "." in failure.name else self._names.missing(failure.name)
        if not words and self._failure_of_its_cell(failure.name):
            return f"There is no `{failure.name}`, because its cell failed."
        return words

    def _is_own(self, name: str, kinds: type[ast.stmt] | tuple[type[ast.stmt], ...]) -> bool:
        return isinstance(self._names.definition(name), kinds)

    def _stub(self, name: str) -> ast.stmt | None:
        return _stub(self._given.get(name, ""), name)

    def _given_tree(self, name: str) -> ast.Module:
        return _given_tree(self._given.get(name, ""))

    def _failure_of_its_cell(self, question: str) -> CallFailed | None:
        """Return the failure of the solution cell, or of another cell that would have defined the question's name."""
        names = [question, *(cell.name for cell in self._names.code() if question in definitions.assigned(cell.tree))]
        failure = next((self._failed[name] for name in names if name in self._failed), None)
        if failure is None:
            return None
        words = self._unreadable(failure.name) or self._at_a_line(failure)
        named = failure.of(question)
        return named.advised(words) if words else named

    def _unreadable(self, name: str) -> str:
        cell = self._names.cell(name)
        failure = self._failed.get(name)
        is_syntax = failure is not None and (failure.exception in _UNREADABLE or failure.line is None)
        return unreadable_advice(cell.text) if cell is not None and is_syntax else ""

    def _not_implemented(self, failure: CallFailed) -> CallFailed:
        cell = self._names.cell(failure.cell)
        function = definitions.function_around(cell.tree, failure.line) if cell and failure.line else None
        question = failure.name.partition(".")[0]
        if function is not None and definitions.left_over_raise(function) and not self._is_given(function, question):
            # without the exception's name it is an answer that is wrong, not one that is missing
            return CallFailed(
                failure.name,
                "raised",
                failure.reason,
                cell=failure.cell,
                line=failure.line,
                advice="Your code does not count: delete the line `raise NotImplementedError`, and return the result.",
            )
        words = self._names.in_text(question)
        return failure.advised(words) if words else failure

    def _is_given(self, function: definitions.Function, question: str) -> bool:
        given = ast.walk(self._given_tree(question))
        return ast.dump(function) in {ast.dump(node) for node in given}

    def _at_the_call(self, failure: CallFailed) -> str:
        """Return what is wrong with the first line of a function, where calling it was already an error."""
        if failure.exception != "TypeError":
            return ""
        name, _, method = failure.name.partition(".")
        own, stub = self._names.definition(name), self._stub(name)
        if method:
            own, stub = definitions.method_of(own, method), definitions.method_of(stub, method)
        if not isinstance(own, definitions.FUNCTIONS):
            return ""
        cache = definitions.caches(own)
        if cache:
            return f"`{cache}` cannot remember arrays: take the decorator away."
        ours = definitions.signature(own)
        theirs = definitions.signature(stub) if isinstance(stub, definitions.FUNCTIONS) else ours
        if method and not ours.startswith("self") and theirs.startswith("self"):
            return f"Its first line is `{method}({ours})`: you forgot `self`, the first argument of every method."
        if ours == theirs:
            return ""
        shown = method or name
        return f"Its first line is `{shown}({ours})`, and the assignment calls `{shown}({theirs})`: take that one back."

    def _at_a_line(self, failure: CallFailed) -> str:
        cell = self._names.cell(failure.cell)
        if cell is None or failure.line is None:
            return ""
        names = definitions.names_in_line(cell.tree, failure.line)
        if failure.exception == "RuntimeError" and {"input", "getpass"} & {
            *names,
            *definitions.attributes_in_line(cell.tree, failure.line),
        }:
            return "While a notebook is graded nobody can be asked for input: write the value into the code."
        own = definitions.locals_around(cell.tree, failure.line)
        outer = [name for name in names if name not in own]
        if failure.exception == "NameError":
            return next(filter(None, (self._names.gone(name, self._failed.keys()) for name in outer)), "")
        if failure.exception in ("TypeError", "AttributeError"):
            return next(filter(None, map(self._names.shadowed, outer)), "")
        return ""


@functools.lru_cache(maxsize=1024)
def _stub(text: str, name: str) -> ast.stmt | None:
    """Return what a cell of the assignment defines by this name."""
    found = definitions.definitions(_given_tree(text), name)
    return found[-1] if found else None


@functools.lru_cache(maxsize=256)
def _given_tree(text: str) -> ast.Module:
    """Return the syntax tree of a cell of the assignment: every submission has the same ones."""
    return definitions.tree_of(text)
