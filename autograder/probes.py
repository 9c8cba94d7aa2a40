"""What a wrong array has to do with the right one: properties that hold for all entries, and that chance does not make.

Every probe returns a finding or None. Words complete the sentence "`dx` …" and hold no number of either array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.errors import Mismatch
from autograder.factors import constant_factor
from autograder.regions import by_sign_of_input, diagonal, one_part
from autograder.residual import FIT, UPSTREAM, Finding, Floats, Pair, fits
from autograder.values import Unusable, plain_array

__all__ = ["Finding", "find"]

TELLING = 1e-3
LARGE_INPUT = 100.0
ROUGH = 1e-3


def find(mismatch: Mismatch) -> Finding | None:
    """Return the first probe that fits a mismatch, the most specific ones first, or None."""
    with np.errstate(all="ignore"):
        return _swapped(mismatch) or _find(mismatch)


def _find(mismatch: Mismatch) -> Finding | None:
    if mismatch.kind not in ("value", "nan"):
        return None
    inputs = {name: array for name, value in mismatch.inputs.items() if (array := _floats(value)) is not None}
    got, expected = _floats(mismatch.got), _floats(mismatch.expected)
    if mismatch.kind == "nan":
        return None if got is None else _overflow(got, inputs)
    if got is None or expected is None or got.shape != expected.shape:
        return None
    if not (np.isfinite(got).all() and np.isfinite(expected).all()):
        return None
    pair = Pair(mismatch.name, mismatch.path, got, expected, inputs, mismatch.factors)
    if not pair.scale or not pair.wrong.any():
        return None
    probes = [probe for probe in _PROBES if probe not in _OF_QUANTITIES or not _are_labels(mismatch.expected)]
    return next((finding for probe in probes if (finding := probe(pair))), None)


def _swapped(mismatch: Mismatch) -> Finding | None:
    """Find the right value under another name."""
    expected = _floats(mismatch.expected)
    if mismatch.path.partition("[")[0] != mismatch.name or expected is None or not _is_unmistakable(expected):
        return None
    for name, value in mismatch.siblings.items():
        other = _floats(value)
        if name != mismatch.name and other is not None and other.shape == expected.shape and fits(other, expected):
            order = ", ".join(mismatch.siblings)
            return Finding("swapped", f"stands in the place of `{name}`: return ({order}) in this order")
    return None


def _is_unmistakable(array: Floats) -> bool:
    """Tell whether it is no accident that another value is the same."""
    return bool(np.isfinite(array).all()) and (bool(np.any(array % 1)) or _is_telling(array, least=3))


def _are_labels(expected: Any) -> bool:
    """Tell whether the right values are names of classes, of which none is twice another."""
    return isinstance(expected, np.ndarray) and expected.ndim > 0 and expected.dtype.kind in "iub"


def _floats(value: Any) -> Floats | None:
    """Return plain numbers as an array; None for everything else."""
    array = plain_array(value, like=np.zeros(0))
    return None if isinstance(array, Unusable) else array.astype(np.float64)


def _is_telling(array: Floats, *, least: int = 2) -> bool:
    """Tell whether an array has so many entries of note that to fit them all is no accident."""
    size = np.max(np.abs(array), initial=0.0)
    return bool(np.count_nonzero(np.abs(array) > TELLING * size) >= least)


def _overflow(got: Floats, inputs: dict[str, Floats]) -> Finding | None:
    bad = ~np.isfinite(got)
    if not bad.any():
        return None
    for name, value in inputs.items():
        if value.shape == got.shape and np.min(np.abs(value[bad])) >= LARGE_INPUT:
            return Finding("overflow", f"is not finite where `{name}` is large: does an `exp` overflow there?")
    large = [name for name, value in inputs.items() if np.max(np.abs(value), initial=0.0) >= LARGE_INPUT]
    if large:
        return Finding("overflow", f"is not finite for large `{large[0]}`: does an `exp` overflow, or a `log` get 0?")
    return None


def _zero(pair: Pair) -> Finding | None:
    if np.any(pair.got):
        return None
    everywhere = " everywhere" if pair.got.ndim else ""
    return Finding("zero", f"is zero{everywhere}: is it never filled in, or multiplied by something that is 0?")


def _upstream(pair: Pair) -> Finding | None:
    for name in UPSTREAM:
        dout = pair.inputs.get(name)
        if dout is None or dout.shape not in (pair.got.shape, ()) or not _is_special(dout):
            continue
        if fits(pair.got * dout, pair.expected) and np.any(pair.got):
            words = f"is the local gradient alone: by the chain rule it has to be multiplied by `{name}`"
            return Finding("upstream dropped", words)
        if fits(pair.got, pair.expected * dout):
            return Finding("upstream twice", f"is multiplied by `{name}` once too often")
    return None


def _is_special(dout: Floats) -> bool:
    """Tell whether a factor `dout` cannot be mistaken for a plain constant such as 2."""
    if np.ptp(dout) > TELLING * np.max(np.abs(dout)):
        return True
    return not any(np.allclose(np.abs(dout), plain, rtol=FIT, atol=0) for plain in (0.0, 0.5, 1.0, 2.0))


def _transposed(pair: Pair) -> Finding | None:
    right = pair.expected.T
    if pair.got.ndim != 2 or right.shape != pair.got.shape or fits(right, pair.expected) or not fits(pair.got, right):
        return None
    return Finding("transposed", "is transposed: are two factors of a product in the wrong order?")


def _reversed(pair: Pair) -> Finding | None:
    right = pair.expected[::-1] if pair.expected.ndim else pair.expected
    if pair.expected.ndim != 1 or fits(right, pair.expected) or not fits(pair.got, right):
        return None
    return Finding("reversed", "has the right numbers in the reverse order")


def _factor(pair: Pair) -> Finding | None:
    words = constant_factor(pair.got, pair.expected, pair.factors, fit=FIT)
    if words is None:
        return None
    return Finding("sign" if words.is_sign_alone else "constant factor", words.text)


def _logarithm(pair: Pair) -> Finding | None:
    for base in (10, 2):
        if _is_telling(pair.expected, least=1) and fits(pair.got * np.log(base), pair.expected):
            return Finding("logarithm", f"is what a logarithm to base {base} gives: `np.log` is the natural one")
    return None


def _complement(pair: Pair) -> Finding | None:
    if not _is_telling(pair.expected, least=3) or not fits(1 - pair.got, pair.expected):
        return None
    return Finding("complement", "is 1 minus what it should be: is a sign, or a comparison, the wrong way round?")


def _input_returned(pair: Pair) -> Finding | None:
    for name, value in pair.inputs.items():
        if value.shape == pair.got.shape and _is_telling(value) and fits(pair.got, value):
            return Finding("input returned", f"is `{name}` itself, as it came in")
    return None


def _additive(pair: Pair) -> Finding | None:
    shift = pair.got - pair.expected
    if shift.size < 3 or np.ptp(shift) > FIT * pair.scale or np.max(np.abs(shift)) > pair.scale / FIT:
        return None
    if np.ptp(pair.expected) <= TELLING * pair.scale:
        return None
    return Finding("additive constant", "is right but for one constant that is added to, or missing from, every entry")


def _multiple(pair: Pair) -> Finding | None:
    if not _is_telling(pair.expected, least=3):
        return None
    ratio = float(np.sum(pair.got * pair.expected) / np.sum(pair.expected * pair.expected))
    if not fits(pair.got, ratio * pair.expected) or not ratio or abs(ratio - 1) <= ROUGH:
        return None
    return Finding("constant factor", "is the right one times a constant: a factor is wrong, missing or too many")


def _integers(pair: Pair) -> Finding | None:
    whole = (np.trunc(pair.expected), np.floor(pair.expected), np.rint(pair.expected))
    cut_off = np.mean(pair.expected != whole[0]) >= 0.5 and np.count_nonzero(pair.got) >= 2
    if not cut_off or not any(np.array_equal(pair.got, rounded) for rounded in whole):
        return None
    return Finding("integers", "has lost its fractions: is it rounded, or stored in an array of integers?")


def _rough(pair: Pair) -> Finding | None:
    sizes = np.maximum(np.abs(pair.expected), FIT * pair.scale)
    if np.any(np.abs(pair.got - pair.expected) > ROUGH * sizes):
        return None
    words = "is nearly right but not exact enough: look for a rounded constant, or a step that is too crude"
    return Finding("precision", words)


_PROBES: tuple[Callable[[Pair], Finding | None], ...] = (
    _zero,
    _upstream,
    _factor,
    _transposed,
    _reversed,
    _input_returned,
    _rough,
    _additive,
    _logarithm,
    _complement,
    _multiple,
    _integers,
    one_part,
    by_sign_of_input,
    diagonal,
)
_OF_QUANTITIES = (_factor, _additive, _logarithm, _complement, _multiple)
