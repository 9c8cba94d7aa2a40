"""One slip is charged once: a gradient that fits the submission's own loss, a result that fits its own forward."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.compare import DEFAULT_RTOL, agree, agrees, unpack
from autograder.errors import CallFailed, Mismatch
from autograder.own import Call, OwnFunction, tells_apart
from autograder.values import Unusable, opened, plain_array

__all__ = ["agree_or", "judge_loss", "own_function"]


def judge_loss(
    submission: Any,
    function: str,
    arguments: Sequence[Any],
    *,
    names: Sequence[str],
    by: Sequence[int],
    expected: Sequence[Any],
    returned: Sequence[Any] | None = None,
    rtol: float = DEFAULT_RTOL,
    factors: Mapping[str, float] | None = None,
) -> None:
    """Check the gradients of `loss, *gradients = function(*arguments)`; the loss itself is the matter of other tests.

    `names` are the gradients, `by` the positions of the arguments that they belong to, `expected` the right loss and
    gradients, `returned` the submission's own where it has been called already. Where a gradient is not the right one
    and the submission's loss is wrong, too, it may instead be the numerical gradient of that loss. Raises Mismatch, or
    CallFailed where the call fails.
    """
    if returned is None:
        returned = unpack(getattr(submission, function)(*arguments), "loss", *names, of=function)
    loss, *gradients = returned
    right_loss, *rights = expected
    inputs = {name.removeprefix("d"): arguments[place] for name, place in zip(names, by, strict=True)}
    own = OwnFunction(_losses_of(submission, function, names), arguments, moved=by, weights=1.0)
    for name, place, got, right in zip(names, by, gradients, rights, strict=True):
        try:
            agree(name, got, right, rtol=rtol, inputs=inputs, factors=factors)
        except Mismatch:
            if agrees("loss", loss, right_loss, rtol) or not own.explains(name, got, place, right):
                raise


def own_function(
    submission: Any,
    function: str,
    arguments: Sequence[Any],
    expected: Any,
    *,
    by: int | Sequence[int] = 0,
    rtol: float = DEFAULT_RTOL,
) -> Callable[..., Any] | None:
    """Return the submission's `function` where it is wrong at `arguments`, so that others may be judged by it.

    `expected` is the right value, or the first of several that are returned. None where the function is right, is
    missing, fails, or is of no use: not finite, of another shape, a straight line in the arguments `by`, the same for
    other data, or unable to tell examples or classes apart that the right one does.
    """
    like = np.asarray(expected, dtype=np.float64)
    moved = (by,) if isinstance(by, int) else tuple(by)

    def first(inputs: Sequence[Any]) -> Any:
        return _first(getattr(submission, function)(*inputs), like)

    try:
        value = first(arguments)
        if agrees(function, value, expected, rtol):
            return None
        own = OwnFunction(first, arguments, moved=moved, weights=np.ones(like.shape))
        finite = bool(np.all(np.isfinite(np.asarray(value, dtype=np.float64))))
        usable = finite and tells_apart(value, expected) and own.is_bent() and own.depends_on_its_data()
    except (CallFailed, Mismatch, TypeError, ValueError):
        return None
    return getattr(submission, function) if usable else None


def agree_or(
    name: str,
    got: Any,
    expected: Any,
    *,
    otherwise: Callable[[], Any],
    rtol: float = DEFAULT_RTOL,
    atol: float | None = None,
    inputs: Mapping[str, Any] | None = None,
    factors: Mapping[str, float] | None = None,
) -> None:
    """Check like `agree` that `got` is `expected`, or else what `otherwise()` returns, unless that is None.

    `otherwise` is what follows from an earlier slip, worked out with `own_function`. Raises the Mismatch with
    `expected` where `got` is neither.
    """
    try:
        agree(name, got, expected, rtol=rtol, atol=atol, inputs=inputs, factors=factors)
    except Mismatch:
        other = _value_of(otherwise)
        if other is None or _is_flat(other, expected) or not agrees(name, got, other, rtol):
            raise


def _is_flat(other: Any, expected: Any) -> bool:
    """Tell whether all entries are one number where the right ones are not: then nobody had to compute them."""
    with contextlib.suppress(TypeError, ValueError), np.errstate(invalid="ignore"):  # infinity less infinity
        return bool(np.ptp(np.asarray(other, dtype=float)) == 0 < np.ptp(np.asarray(expected, dtype=float)))
    return False


def _value_of(otherwise: Callable[[], Any]) -> Any:
    """Return what follows from a submission's own functions, None where they fail on the way."""
    try:
        with np.errstate(all="ignore"):
            return otherwise()
    except (CallFailed, Mismatch, TypeError, ValueError, IndexError, KeyError):
        return None


def _losses_of(submission: Any, function: str, names: Sequence[str]) -> Call:
    def loss_of(inputs: Sequence[Any]) -> Any:
        return unpack(getattr(submission, function)(*inputs), "loss", *names)[0]

    return loss_of


def _first(returned: Any, like: Any) -> Any:
    """Return the first of several values, or the one value: the one that has the shape of `like`."""
    returned = opened(returned)
    whole = plain_array(returned, like=like)
    if not isinstance(whole, Unusable) and whole.shape == like.shape:
        return returned
    return returned[0] if type(returned) in (tuple, list) and len(returned) else returned
