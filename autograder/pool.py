"""Where requests are answered: by graders on this machine, or on others."""

from __future__ import annotations

from typing import Protocol

from autograder.pipe import Reply, Request

TRIES = 2
"""How often a submission is given to a fresh grader after one has died over it."""


class Pool(Protocol):
    """Graders of one assignment, usable from several threads."""

    @property
    def width(self) -> int:
        """How many requests to have under way at once."""

    def prepare(self, seconds: float) -> Reply | None:
        """Return the sandbox mode (the weakest one) or the error of the first grader that is not in order.

        None where a grader died, or gave no answer within `seconds`.
        """

    def ask(self, request: Request, seconds: float) -> Reply | None:
        """Return the answer of a grader that is free, None where it died or gave none within `seconds`.

        Raises AutograderError where nobody is there to be asked any more.
        """

    def close(self) -> None:
        """Stop all graders, also those that are at work."""
