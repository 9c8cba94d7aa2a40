"""How far the grading of a class is: a bar where somebody looks, lines where it goes to a file."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from autograder.record import Grade


def with_progress(grades: Iterator[Grade | None], total: int) -> Iterator[Grade | None]:
    """Pass the grades on, with a bar where standard error is a terminal and a line each where it is not."""
    if sys.stderr is None or not sys.stderr.isatty():  # there is none where it was closed before
        return _with_lines(grades)
    from autograder.instructor.progress_bar import with_bar  # takes time that graders need to start

    return with_bar(grades, total)


def _with_lines(grades: Iterator[Grade | None]) -> Iterator[Grade | None]:
    for grade in grades:
        yield grade
        if grade is not None:
            print(f"{grade.student}: {grade.score:g} of {grade.max_score:g}", file=sys.stderr)  # noqa: T201
