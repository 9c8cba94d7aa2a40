"""A backward function, judged through the cache that the submission's own forward returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.compare import DEFAULT_RTOL, agree, agrees, unpack
from autograder.errors import CallFailed, Mismatch
from autograder.own import Call, OwnFunction


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
    own = OwnFunction(_outs_of(submission, forward), inputs, moved=range(len(inputs)), weights=dout)
    for position, (name, got, right) in enumerate(zip(names, gradients, rights, strict=True)):
        try:
            agree(name, got, right, rtol=rtol, inputs=_named(names, inputs, dout), factors=factors)
        except Mismatch:
            if agrees("out", out, expected_out, rtol) or not own.explains(name, got, position, right):
                raise


def _own_forward(submission: Any, forward: str, backward: str, inputs: Sequence[Any]) -> tuple[Any, ...]:
    try:
        result = getattr(submission, forward)(*inputs)
    except CallFailed as failure:
        needed = f"{failure.reason}, and `{backward}` needs the cache of your `{forward}`"
        raise failure.because(needed) from failure
    return unpack(result, "out", "cache", of=forward)


def _named(names: Sequence[str], inputs: Sequence[Any], dout: Any) -> dict[str, Any]:
    """Return the arrays of the call by name: the input that `dx` belongs to is `x`."""
    pairs = zip(names, inputs, strict=False)
    return {"dout": dout, **{name.removeprefix("d"): value for name, value in pairs}}


def _batch_size(dout: Any) -> dict[str, float]:
    """Return the number of examples as N, the usual suspect where a gradient is too large or too small."""
    shape = np.shape(dout)
    return {"N": shape[0]} if len(shape) > 1 else {}


def _outs_of(submission: Any, forward: str) -> Call:
    def out_of(inputs: Sequence[Any]) -> Any:
        return unpack(getattr(submission, forward)(*inputs), "out", "cache")[0]

    return out_of
