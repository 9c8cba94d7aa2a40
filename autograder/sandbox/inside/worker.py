"""The loop of a worker: one request in, one reply out, for one submission, until the grader hangs up.

The submission's code runs in this very process and may change all of this: the grader believes nothing of it.
"""

from __future__ import annotations
import __future__

import inspect
import linecache
import math
import os
import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import WireError
from autograder.sandbox import wire
from autograder.sandbox.incoming import CHUNK, SMALL, Incoming
from autograder.sandbox.inside import arithmetic, failures, patience, stand_in
from autograder.sandbox.inside.cells import NotebookShell, run_cell


class Worker:
    """One submission's process: its notebook shell, and the objects that the grader holds handles of."""

    def __init__(self, connection: int, shell: NotebookShell, layers: dict[str, Any]) -> None:
        self.connection = connection
        self.shell = shell
        self.layers = layers
        self.incoming = Incoming(self._fill)
        self.outgoing = bytearray()
        self.objects: dict[int, Any] = {}
        self.count = 0
        self.defined = 0
        self.given = frozenset(shell.user_ns)
        self.operations: dict[str, Callable[..., Any]] = {
            "hello": self.hello,
            "digits": self.digits,
            "cell": self.cell,
            "has": self.has,
            "name": self.lookup,
            "define": self.define,
            "call": self.call,
            "attribute": self.attribute,
        }

    def serve(self) -> None:
        """Answer requests until the grader hangs up."""
        while True:
            number, free, operation, *arguments = self._receive()
            if free is not None:
                for each in free:
                    self.objects.pop(each, None)
            self._reply(number, *self._answer(operation, arguments))

    def hello(self, seed: int) -> dict[str, Any]:
        """Which protections hold in this process; random numbers start from the seed."""
        np.random.seed(seed % (1 << 32))
        random.seed(seed)
        return self.layers

    def digits(self, images: Any, labels: Any, source: str) -> None:
        """Take the training digits that `autograder.datasets` hands out here."""
        stand_in.give_digits(images, labels, source)

    def cell(self, index: int, source: str, text_bytes: int) -> dict[str, Any]:
        """Run a cell."""
        return run_cell(self.shell, index=index, source=source, text_bytes=text_bytes)

    def has(self, name: str) -> bool:
        """Whether the submission defines the name."""
        return name in self.shell.user_ns and name not in self.given

    def lookup(self, name: str) -> int:
        """Return a handle's number for an object of the notebook."""
        return self._keep(self._named(name))[0]

    def define(self, source: str, name: str) -> int:
        """Run the source of a function or class of the grader's; a handle's number for it."""
        self.defined += 1
        file = f"<given {self.defined}>"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        namespace: dict[str, Any] = {"__name__": "given", "np": np, "numpy": np, "math": math}
        # Annotations stay text: the names in them belong to the file that the source comes from.
        code = compile(source, file, "exec", flags=__future__.annotations.compiler_flag, dont_inherit=True)
        exec(code, namespace)  # noqa: S102 - this is the place for it
        return self._keep(namespace[name])[0]

    def call(
        self,
        target: Any,
        method: str | None,
        args: list[Any],
        kwargs: dict[str, Any],
        after: bool,
        cpu_seconds: float | None,
        strict: bool,
    ) -> Any:
        """Call an object, or what the notebook has by a name, or a method of it; `after` asks for the arguments.

        `strict` lets numbers that overflow or are undefined raise.
        """
        function = self._named(target) if type(target) is str else target
        if method is not None:
            function = getattr(function, method, None)
        if not callable(function):
            raise _MissingError("no function" if method is None else "no method")
        # Warnings are the notebook's own affair, also where it has turned them into errors.
        with patience.processor_time(cpu_seconds), warnings.catch_warnings(action="ignore"), arithmetic.checked(strict):
            result = function(*args, **kwargs)
        return args if after else result

    def attribute(self, target: Any, name: str) -> Any:
        """Return the value of an attribute of an object."""
        return getattr(target, name)

    def _named(self, name: str) -> Any:
        if not self.has(name):
            raise _MissingError("missing")
        return self.shell.user_ns[name]

    def _answer(self, operation: str, arguments: list[Any]) -> tuple[bool, Any]:
        """Return whether the operation was done, and its value or the facts of its failure."""
        try:
            return True, self.operations[operation](*arguments)
        except _MissingError as error:
            return False, failures.describe(error, kind=str(error))
        except patience.OutOfTimeError as error:
            patience.forget()
            return False, patience.describe(error)
        except BaseException as error:
            return False, failures.describe(error)

    def _reply(self, number: int, ok: bool, value: Any) -> None:
        try:
            pieces = wire.pack((number, ok, value), refer=self._keep)
        except WireError as error:
            refusal = {"kind": "refused", "exception": "ValueError", "cell": None, "line": None, "text": str(error)}
            pieces = wire.pack((number, False, refusal), refer=self._keep)
        except BaseException as error:
            pieces = wire.pack((number, False, failures.describe(error)), refer=self._keep)
        if len(self.outgoing) + wire.size_of(pieces) > SMALL:
            self._send()
            for piece in pieces:
                self._write(memoryview(piece))
        else:
            self.outgoing += b"".join(pieces)  # now: the next call may change what they are views of

    def _send(self) -> None:
        """Send what is answered, at one go: the grader wakes up once for it."""
        ready, self.outgoing = self.outgoing, bytearray()
        self._write(memoryview(ready))

    def _write(self, piece: memoryview) -> None:
        while piece:
            piece = piece[os.write(self.connection, piece[:CHUNK]) :]

    def _receive(self) -> Any:
        """Return the next request; the answers to those before it are sent when there is none yet."""
        if not self.incoming.has_frame:
            self._send()
        return wire.unpack(*self.incoming.take(), resolve=self._resolve)

    def _fill(self, space: memoryview) -> int:
        count = os.readv(self.connection, [space])
        if not count:
            os._exit(0)  # the grader hung up
        return count

    def _keep(self, value: Any) -> tuple[int, str]:
        self.count += 1
        self.objects[self.count] = value
        kind = value if inspect.isclass(value) else type(value)
        return self.count, str(kind.__name__)[:100]

    def _resolve(self, number: int, name: str) -> Any:
        del name
        return self.objects[number]


class _MissingError(NameError):
    """The submission has no such name; the argument is the kind of the report."""
