"""A backward function, judged through the cache that the submission's own forward returns."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.compare import DEFAULT_RTOL, agree, unpack
from autograder.errors import CallFailed, Mismatch
from autograder.gradient_checks import gradient_agrees
from autograder.values import Array, Unusable, plain_array

_RAY = (-1.5, 0.0, 0.5, 2.0)
_BENT = 1e-6
_VANISHING = 1e-3


def judge_backward(
    submission: Any,
    *,
    forward: str,
    backward: str,
    inputs: Sequence[Any],
    names: Sequence[str],
    expected: Any,
    dout: Any,
    expected_out: Any,
    rtol: float = DEFAULT_RTOL,
    factors: Mapping[str, float] | None = None,
) -> None:
    """Check `backward(dout, cache)` with the cache of the submission's own `forward(*inputs)`.

    `names` are the gradients that backward returns, one for each of the first `inputs`; `expected` are the right
    ones, a tuple unless there is one name only. Where a gradient is not the right one and the submission's forward is
    wrong, too, it may instead be the numerical gradient of that forward, so that one slip is charged once; this needs
    a forward that is more than a constant or a straight line. `factors` are named numbers for the diagnosis; N is known
    as the length of the first axis of a `dout` with several. Raises Mismatch, or CallFailed where a call fails.
    """
    factors = {**_batch_size(dout), **(factors or {})}
    out, cache = _own_forward(submission, forward, backward, inputs)
    returned = getattr(submission, backward)(dout, cache)
    rights = (expected,) if len(names) == 1 else tuple(expected)
    gradients = (returned,) if len(names) == 1 else unpack(returned, *names, of=backward)
    own: _OwnForward | None = None
    for position, (name, got, right) in enumerate(zip(names, gradients, rights, strict=True)):
        try:
            agree(name, got, right, rtol=rtol, inputs=_named(names, inputs, dout), factors=factors)
        except Mismatch:
            if _agrees(out, expected_out, rtol):
                raise
            own = own or _OwnForward(submission, forward, inputs, dout, out)
            if not own.explains(name, got, position, right):
                raise


def _own_forward(submission: Any, forward: str, backward: str, inputs: Sequence[Any]) -> tuple[Any, ...]:
    try:
        result = getattr(submission, forward)(*inputs)
    except CallFailed as failure:
        raise CallFailed(
            failure.name,
            failure.kind,
            f"{failure.reason}, and `{backward}` needs the cache of your `{forward}`",
            exception=failure.exception,
            cell=failure.cell,
            line=failure.line,
            detail=failure.detail,
        ) from failure
    return unpack(result, "out", "cache", of=forward)


def _named(names: Sequence[str], inputs: Sequence[Any], dout: Any) -> dict[str, Any]:
    """Return the arrays of the call by name: the input that `dx` belongs to is `x`."""
    pairs = zip(names, inputs, strict=False)
    return {"dout": dout, **{name.removeprefix("d"): value for name, value in pairs}}


def _batch_size(dout: Any) -> dict[str, float]:
    """Return the number of examples as N, the usual suspect where a gradient is too large or too small."""
    shape = np.shape(dout)
    return {"N": shape[0]} if len(shape) > 1 else {}


def _agrees(out: Any, expected_out: Any, rtol: float) -> bool:
    try:
        agree("out", out, expected_out, rtol=rtol)
    except Mismatch:
        return False
    return True


class _OwnForward:
    """The forward of a submission that is not the right one, as a function to differentiate."""

    def __init__(self, submission: Any, forward: str, inputs: Sequence[Any], dout: Any, out: Any) -> None:
        self._submission = submission
        self._forward = forward
        self._inputs = [_as_floats(value) for value in inputs]
        self._dout = np.asarray(dout, dtype=np.float64)
        self._out = out

    def explains(self, name: str, got: Any, position: int, right: Any) -> bool:
        """Tell whether `got` is the gradient of this forward by one input, and the forward earns credit for it."""
        point = self._inputs[position]
        rng = np.random.default_rng(zlib.crc32(self._dout.tobytes()))
        try:
            with np.errstate(all="ignore"):
                if not self._is_bent():
                    return False
                evidence = gradient_agrees(name, got, self._loss_by(position), point, rng=rng)
                return evidence.checked >= evidence.skipped and self._is_telling(got, right)
        except (CallFailed, Mismatch, TypeError, ValueError):
            return False

    def _value(self, inputs: Sequence[Any]) -> Array:
        out, _ = unpack(getattr(self._submission, self._forward)(*inputs), "out", "cache")
        array = plain_array(out, like=self._dout)
        if isinstance(array, Unusable) or array.shape != self._dout.shape:
            raise Mismatch("out", "shape", "`out` is no array of the right shape", path="out", got=out, expected=None)
        return array.astype(np.float64)

    def _loss_by(self, position: int) -> Callable[[Any], Any]:
        def loss(value: Any) -> Any:
            inputs = [*self._inputs[:position], value, *self._inputs[position + 1 :]]
            return np.sum(self._dout * self._value(inputs))

        return loss

    def _is_bent(self) -> bool:
        """Tell whether most outputs are more than a straight line along the ray from 0 through the inputs."""
        start = self._value([_scaled(value, 0.0) for value in self._inputs])
        rise = self._value(self._inputs) - start
        bent = np.zeros(start.shape, dtype=bool)
        for t in _RAY:
            there = self._value([_scaled(value, t) for value in self._inputs])
            scale = max(float(np.max(np.abs(a), initial=0.0)) for a in (start, rise, there))
            bent |= np.abs(there - (start + t * rise)) > _BENT * scale
        return bool(np.mean(bent) >= 0.5)

    def _is_telling(self, got: Any, right: Any) -> bool:
        """Tell whether a gradient shows more than `dout` or one number everywhere, and does not vanish."""
        if isinstance(right, Mapping):
            return all(self._is_telling(got[key], value) for key, value in right.items())
        ours, wanted = np.asarray(got, dtype=np.float64), np.asarray(right, dtype=np.float64)
        if np.max(np.abs(ours), initial=0.0) <= _VANISHING * np.max(np.abs(wanted), initial=0.0):
            return False
        plain = [np.ones_like(ours)] + [self._dout] * (self._dout.shape == ours.shape)
        return ours.size == 1 or not any(
            _is_multiple(ours, other) and not _is_multiple(wanted, other) for other in plain
        )


def _is_multiple(array: Array, other: Array) -> bool:
    size = float(np.sum(other * other))
    factor = float(np.sum(array * other)) / size if size else 0.0
    return bool(np.max(np.abs(array - factor * other), initial=0.0) <= _BENT * np.max(np.abs(array), initial=0.0))


def _as_floats(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: np.asarray(item, dtype=np.float64) for key, item in value.items()}
    return np.asarray(value, dtype=np.float64)


def _scaled(value: Any, t: float) -> Any:
    return {key: t * item for key, item in value.items()} if isinstance(value, dict) else t * value
