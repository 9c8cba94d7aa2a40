"""The way in: a Sandbox loads submissions, or says why nobody else's code may be run here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from autograder.datasets import Digits
from autograder.errors import SandboxError
from autograder.limits import Limits
from autograder.sandbox import layers, syscalls
from autograder.sandbox.host import Host
from autograder.sandbox.layers import Layer, Protection
from autograder.sandbox.submission import Submission
from autograder.sandbox.untrusted import Cell

_SET_DUMPABLE = 4
_DEFAULT_LIMITS = Limits()


class Sandbox:
    """A warm process that every submission's own process is forked from. Made once, used for many submissions.

    Raises SandboxError, with reason and remedy, where the system-call filter is missing or both Landlock and bubblewrap
    are, unless `unsafe` accepts that. `protection` says which layers hold. Submissions of one Sandbox may be used in
    different threads, each in one.
    """

    protection: Protection

    def __init__(self, *, unsafe: bool = False) -> None:
        if sys.platform != "linux":
            raise SandboxError("grading other people's code needs Linux: use a Linux machine, a container or WSL")
        harden_grader()
        program, reason = syscalls.filter_program()
        self._host = Host(program)
        try:
            self.protection = _protection(self._host, reason)
            if not unsafe:
                layers.demand(self.protection)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def load(
        self, cells: Sequence[Cell], *, limits: Limits = _DEFAULT_LIMITS, seed: int, digits: Digits | None = None
    ) -> Submission:
        """Run the cells in a process of their own; its random numbers start from `seed` (at least 0).

        `digits` are what `autograder.datasets.load_mnist` returns there. They come over the pipe: no file is opened.
        """
        return Submission(self._host, cells, limits=limits, seed=seed, digits=digits)

    def run_ahead(self, sources: Sequence[str]) -> bool:
        """Run the cells that all submissions begin with now, once; returns whether these need not run them any more.

        They are the assignment's own, and do nothing but define names. A submission that begins with others runs all of
        its own. Where a cell fails or shows something, nothing is kept of any.
        """
        return self._host.run_ahead(sources)

    @property
    def losses(self) -> int:
        """How many times the sandbox as a whole has died by itself, with the submissions that were in it."""
        return self._host.losses

    def close(self) -> None:
        """End every process of the sandbox."""
        self._host.close()

    @staticmethod
    def probe() -> tuple[Layer, ...]:
        """Return the layers of protection, found by trying them; raises SandboxError where nothing starts at all."""
        with Sandbox(unsafe=True) as sandbox:
            return sandbox.protection.layers


def harden_grader() -> None:
    """Let no other process of this user read this one's memory or environment (on Linux; elsewhere nothing is done)."""
    if sys.platform == "linux":
        from autograder.sandbox.inside.kernel import prctl

        prctl(_SET_DUMPABLE, 0)


def _protection(host: Host, reason: str) -> Protection:
    return layers.describe(
        bubblewrap=host.way.bubblewrap,
        few_files=host.few_files,
        landlock=host.held.landlock,
        no_filter=reason or host.held.no_filter,
        user=host.user,
        dropped=host.way.user is not None,
        tries=host.tries,
    )
