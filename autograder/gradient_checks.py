"""Is this the gradient of that function? The answer is evidence, or a Mismatch that names the entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.compare import dict_like, entry_path, numbers
from autograder.direction_check import agrees_at_a_glance, check_directions
from autograder.entry_check import check_entries
from autograder.errors import Mismatch
from autograder.slopes import FlatFunction, Floats, precision_of
from autograder.verdicts import Check, GradientEvidence, label

__all__ = ["GradientEvidence", "gradient_agrees"]

DEFAULT_RTOL = 1e-5
SMALL = 400
WORTH_A_GLANCE = 3
"""So many entries take more calls, one by one, than two directions do."""

ROUGH = 1e-10
"""A function whose values are less exact than this computes in float32 somewhere inside."""

ROUGH_RTOL = 1e-2
"""What can be asked of a numerical derivative of such a function: with the best step it is exact to some 1e-4."""


def gradient_agrees(
    name: str,
    got: Any,
    f: Callable[[Any], Any],
    x: Any,
    *,
    rng: np.random.Generator,
    rtol: float = DEFAULT_RTOL,
    inputs: Mapping[str, Any] | None = None,
    factors: Mapping[str, float] | None = None,
) -> GradientEvidence:
    """Check that `got` is the gradient of the scalar function `f` at `x`, an array or a dict of arrays.

    Up to 400 entries are looked at along two random directions, and are differentiated one by one where these leave any
    doubt. Larger points are judged along five random directions over all arrays at once, which takes ten calls of `f`,
    a few more where steps cross kinks; where a direction does not agree, the entry to blame is found by halving. There
    a gradient whose digits all fit into float32 may be off by 2e-4. A function that computes in float32 is
    differentiated with larger steps, and agreement to 1e-2 is enough. Raises Mismatch where they differ or are not
    finite, ValueError where nothing could be judged because every entry is at a kink.
    """
    flat = FlatFunction(f, x)
    ours = _flat_gradient(name, got, x, flat)
    check = Check(name, flat, ours, rtol, rng, dict(inputs or {}), dict(factors or {}))
    with np.errstate(all="ignore"):
        evidence = _as_exactly_as_possible(check)
    if not evidence.checked:
        msg = f"no entry of `{name}` could be checked: the function has a kink everywhere near this point; move it"
        raise ValueError(msg)
    return evidence


def _flat_gradient(name: str, got: Any, x: Any, flat: FlatFunction) -> Floats:
    """Return untrusted `got` as one finite vector in the order of `flat`."""
    got = dict_like(name, got, flat.parts) if isinstance(x, Mapping) else {"": got}
    arrays = {}
    for key, part in flat.parts.items():
        called = label(name, key)
        array = numbers(called, got[key], part)
        arrays[key] = array.astype(np.float64)
        bad = np.argwhere(~np.isfinite(arrays[key]))
        if len(bad):
            index = tuple(int(i) for i in bad[0])
            path = entry_path(called, index)
            words = "is NaN" if np.isnan(arrays[key][index]) else "is infinite"
            raise Mismatch(called, "nan", f"`{path}` {words}", path=path, got=array, expected=None)
    return np.concatenate([array.ravel() for array in arrays.values()] or [np.zeros(0)])


def _as_exactly_as_possible(check: Check) -> GradientEvidence:
    """Check with fine steps; in doubt find out how exact the function is, and if need be take larger ones."""
    try:
        evidence = _run(check)
    except Mismatch:
        if rough := _rough(check):
            return _run(rough)
        raise
    rough = _rough(check) if evidence.skipped or _stood_still(evidence) else None
    return _run(rough) if rough else evidence


def _stood_still(evidence: GradientEvidence) -> bool:
    """Tell whether zero agrees with zero: to a function that knows its point in float32, a fine step may be none."""
    return evidence.method == "directions" and evidence.max_relative_error == 0


def _run(check: Check) -> GradientEvidence:
    """Check a small point entry by entry unless a glance is enough, a large one along directions."""
    count = check.flat.theta.size
    if count > SMALL:
        return check_directions(check)
    evidence = agrees_at_a_glance(check) if check.is_exact and count >= WORTH_A_GLANCE else None
    return evidence or check_entries(check)


def _rough(check: Check) -> Check | None:
    """Return the check that suits a function of float32 precision, or None where the function is exact."""
    precision = precision_of(check.flat)
    if not ROUGH < precision < ROUGH_RTOL:
        return None
    return replace(check, rtol=max(check.rtol, ROUGH_RTOL), precision=precision)
