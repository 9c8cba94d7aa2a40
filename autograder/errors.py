"""Every exception of the framework: one base, one sentence each, fields for whoever reports it."""

from __future__ import annotations

from typing import Any, Literal

CallFailure = Literal["raised", "timeout", "died", "refused", "missing"]


class AutograderError(Exception):
    """Something went wrong that a person has to know about; the text says what, where and what to do."""


class CourseError(AutograderError):
    """The course folder is not what it should be: course.yml, a notebook or a suite needs a change."""


class NotebookError(AutograderError):
    """A submission is not a notebook that can be graded; the text is written for the student."""


class SandboxError(AutograderError):
    """The protection that grading needs is missing here, or the sandbox itself failed."""


class SuiteError(AutograderError):
    """A suite is broken: it fails on the reference itself, or a test is not marked as it should be."""


class UnluckySeedError(SuiteError):
    """A test that the reference passes otherwise fails on it with the inputs of this one seed: draw others."""


class DataMissingError(AutograderError):
    """A data set is not on this machine, or its files are broken: what rests on it cannot be graded here."""


class WireError(AutograderError):
    """Bytes from the other side are not a frame of the wire format."""


class CallFailed(AutograderError):  # noqa: N818 - reads as what happened
    """A call into a submission brought no value.

    `kind` says why: it raised, ran out of time, the process died, its reply was refused, or there is no such name.
    `exception` is the exception's type name where it is a well-known one. `cell` and `line` (from 1) are the place in
    the student's own notebook. `detail` is untrusted text of the submission: never shown for a hidden test. `advice` is
    what to do about it, in words of ours, where more is known than the kind and the exception say.
    """

    def __init__(
        self,
        name: str,
        kind: CallFailure,
        reason: str,
        *,
        exception: str | None = None,
        cell: str | None = None,
        line: int | None = None,
        detail: str = "",
        advice: str = "",
    ) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.kind = kind
        self.reason = reason
        self.exception = exception
        self.cell = cell
        self.line = line
        self.detail = detail
        self.advice = advice

    def advised(self, advice: str) -> CallFailed:
        """Return the same failure with this advice."""
        return self._but(advice=advice)

    def of(self, name: str) -> CallFailed:
        """Return the same failure as one of a call of `name`."""
        return self._but(name=name)

    def because(self, reason: str) -> CallFailed:
        """Return the same failure with this reason."""
        return self._but(reason=reason)

    def located(self, cell: str) -> CallFailed:
        """Return the same failure in the cell of this name."""
        return self._but(cell=cell)

    def _but(self, **changes: Any) -> CallFailed:
        return CallFailed(**{key: getattr(self, key) for key in _FIELDS} | changes)


_FIELDS = ("name", "kind", "reason", "exception", "cell", "line", "detail", "advice")


class Mismatch(AssertionError):  # noqa: N818 - reads as what happened
    """A value of the submission is not the right one; everything that a diagnosis needs is in the fields.

    `name` is the name of the value (`dx`), `kind` the first thing that differs, `path` the place (`dx[2, 1]`), `got`
    and `expected` the two values. `inputs` are arrays of the call, and `factors` named numbers (`N`) that may explain a
    constant factor; `siblings` are all values, by name, that came with `got`. `no_value` tells that `got` is None
    because the call of the question itself returned nothing, and not because a part of what it returned is None.
    """

    def __init__(
        self,
        name: str,
        kind: Literal["structure", "type", "shape", "dtype", "nan", "value", "argument"],
        summary: str,
        *,
        path: str,
        got: Any,
        expected: Any,
        inputs: dict[str, Any] | None = None,
        factors: dict[str, float] | None = None,
        siblings: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(summary)
        self.name = name
        self.kind = kind
        self.summary = summary
        self.path = path
        self.got = got
        self.expected = expected
        self.inputs = inputs or {}
        self.factors = factors or {}
        self.siblings = siblings or {}
        self.no_value = False
