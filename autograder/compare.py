"""Do two values agree? If not, what differs first, and where.

`got` is untrusted, `expected` is not. Every summary is safe to show for a hidden test: it holds no number of either
value and no text of the submission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder import first_glance
from autograder.errors import Mismatch
from autograder.ranking import worst_first
from autograder.returned import count, items_of, quietly, raises, siblings, unchanged, unpack
from autograder.shapes import shape_words
from autograder.values import Array, Unusable, opened, plain_array

__all__ = ["agree", "agrees", "dict_like", "entry_path", "numbers", "quietly", "raises", "unchanged", "unpack"]

DEFAULT_RTOL = 1e-5
"""Coarse enough for a solution that computes in float32 inside, fine enough for an entry that is off by 0.01 %."""

_COARSE_EPSILONS = 256


@dataclass(frozen=True)
class _Terms:
    """What one call of `agree` allows, and what it hands on to the diagnosis."""

    rtol: float
    atol: float | None
    inputs: dict[str, Any]
    factors: dict[str, float]
    siblings: dict[str, Any] = field(default_factory=dict)

    def mismatch(
        self, name: str, kind: Any, words: str, *, got: Any, expected: Any, path: str | None = None
    ) -> Mismatch:
        place = name if path is None else path
        return Mismatch(
            name,
            kind,
            f"`{place}` {words}",
            path=place,
            got=got,
            expected=expected,
            inputs=self.inputs,
            factors=self.factors,
            siblings=self.siblings,
        )


def agree(
    name: str,
    got: Any,
    expected: Any,
    *,
    rtol: float = DEFAULT_RTOL,
    atol: float | None = None,
    inputs: Mapping[str, Any] | None = None,
    factors: Mapping[str, float] | None = None,
) -> None:
    """Check that `got` is `expected`: structure and type, shape, dtype, NaN and infinity, then values.

    An entry may differ by `rtol` times its expected value or by `atol`, whichever is more; `atol` is `rtol` times the
    largest expected entry of that array unless given, so it is 0 where everything expected is 0. Integers are
    compared exactly with integers. Lists, tuples and arrays of the same numbers are alike, and so are a float and a
    0-d array; the items of an expected tuple are compared one by one, each with its own scale. `inputs` (name → array
    of the call) and `factors` (name → number, such as `{"N": 4}`) help the diagnosis. Raises Mismatch.
    """
    if not first_glance.is_right(got, expected, rtol=rtol, atol=atol):
        _agree(name, got, expected, _Terms(rtol, atol, dict(inputs or {}), dict(factors or {}), siblings(got)))


def agrees(name: str, got: Any, expected: Any, rtol: float = DEFAULT_RTOL) -> bool:
    """Tell whether `agree` would say nothing."""
    try:
        agree(name, got, expected, rtol=rtol)
    except Mismatch:
        return False
    return True


def _agree(name: str, got: Any, expected: Any, terms: _Terms) -> None:
    got = opened(got)
    if expected is None:
        _expect(got is None, terms, name, "type", "should be None", got, expected)
    elif isinstance(expected, str):
        _expect(type(got) is str, terms, name, "type", "should be text (a str)", got, expected)
        _expect(got == expected, terms, name, "value", "is not the expected text", got, expected)
    elif isinstance(expected, Mapping):
        _agree_dict(name, got, expected, terms)
    elif isinstance(expected, tuple) or (isinstance(expected, list) and not _is_vector(expected)):
        _agree_items(name, got, expected, terms)
    else:
        _agree_array(name, got, _expected_array(expected), terms)


def _expect(right: bool, terms: _Terms, name: str, kind: str, words: str, got: Any, expected: Any) -> None:
    if not right:
        raise terms.mismatch(name, kind, words, got=got, expected=expected)


def _is_vector(items: list[Any]) -> bool:
    return all(isinstance(item, int | float | np.number) and not isinstance(item, bool) for item in items)


def _expected_array(expected: Any) -> Array:
    array = np.asarray(expected)
    if array.dtype.kind not in "biuf":
        msg = f"agree() cannot compare with an expected {type(expected).__name__} of dtype {array.dtype}"
        raise TypeError(msg)
    return array


def dict_like(name: str, got: Any, expected: Mapping[str, Any], terms: _Terms | None = None) -> dict[str, Any]:
    """Return untrusted `got` if it is a dict with the keys of `expected`; raises Mismatch where it is not."""
    terms, got = terms or _Terms(DEFAULT_RTOL, None, {}, {}), opened(got)
    _expect(got is not None, terms, name, "structure", "is None: did you forget `return`?", got, expected)
    _expect(type(got) is dict, terms, name, "structure", "should be a dict", got, expected)
    for key in expected:
        _expect(key in got, terms, name, "structure", f"has no key {_key(key)}", got, expected)
    _expect(len(got) == len(expected), terms, name, "structure", "has more keys than it should", got, expected)
    return dict(got)


def _key(key: Any) -> str:
    return f'"{key}"' if isinstance(key, str) else repr(key)


def _agree_dict(name: str, got: Any, expected: Mapping[str, Any], terms: _Terms) -> None:
    got = dict_like(name, got, expected, terms)
    for key, value in expected.items():
        _agree(f"{name}[{_key(key)}]", got[key], value, terms)


def _agree_items(name: str, got: Any, expected: list[Any] | tuple[Any, ...], terms: _Terms) -> None:
    items = items_of(got)
    wanted = f"should be {count(len(expected))}"
    if items is None:
        none = "is None: did you forget `return`?"
        raise terms.mismatch(name, "structure", none if got is None else wanted, got=got, expected=expected)
    more = "too many" if len(items) > len(expected) else "too few"
    _expect(len(items) == len(expected), terms, name, "structure", f"{wanted}: it has {more}", got, expected)
    for index, (item, right) in enumerate(zip(items, expected, strict=True)):
        _agree(f"{name}[{index}]", item, right, terms)


def numbers(name: str, got: Any, expected: Array, terms: _Terms | None = None) -> Array:
    """Return untrusted `got` as an array of the type and shape of `expected`; raises Mismatch where it is not."""
    terms = terms or _Terms(DEFAULT_RTOL, None, {}, {})
    array = plain_array(got, like=expected)
    if isinstance(array, Unusable):
        raise terms.mismatch(name, array.kind, array.words, got=got, expected=expected)
    if array.dtype.kind == "b" and expected.dtype.kind != "b":
        words = "holds True and False where numbers are expected: convert them with `astype`, or multiply by this mask"
        raise terms.mismatch(name, "type", words, got=got, expected=expected)
    if array.dtype.kind != "b" and expected.dtype.kind == "b":
        raise terms.mismatch(name, "type", "should be True or False", got=got, expected=expected)
    if array.shape != expected.shape:
        raise terms.mismatch(name, "shape", shape_words(array, expected), got=array, expected=expected)
    return array


def _agree_array(name: str, got: Any, expected: Array, terms: _Terms) -> None:
    array = numbers(name, got, expected, terms)
    _agree_dtype(name, array, expected, terms)
    with np.errstate(all="ignore"):
        ours, right = array.astype(np.float64), expected.astype(np.float64)
        _agree_finite(name, array, ours, right, terms)
        _agree_values(name, array, ours, expected, terms)


def _agree_dtype(name: str, got: Array, expected: Array, terms: _Terms) -> None:
    fractions = expected.dtype.kind == "f" and bool(np.any(expected != np.trunc(expected)))
    if fractions and got.dtype.kind in "iu" and got.ndim:
        words = "holds integers, so the fractions were cut off: make it an array of floats"
        raise terms.mismatch(name, "dtype", words, got=got, expected=expected)


def _agree_finite(name: str, got: Array, ours: Array, right: Array, terms: _Terms) -> None:
    same = (ours == right) | (np.isnan(ours) & np.isnan(right))
    wrong = ~same & ~(np.isfinite(ours) & np.isfinite(right))
    if not wrong.any():
        return
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    if np.isfinite(ours[index]):
        words = "should be infinite" if np.isinf(right[index]) else "should be NaN"
    else:
        words = "is NaN" if np.isnan(ours[index]) else "is infinite"
    path = entry_path(name, index)
    raise terms.mismatch(name, "nan", words, got=got, expected=right, path=path)


def _agree_values(name: str, got: Array, ours: Array, expected: Array, terms: _Terms) -> None:
    right = expected.astype(np.float64)
    exact = got.dtype.kind in "biu" and expected.dtype.kind in "biu"
    error, allowed = _error(ours, right, exact, terms)
    wrong = ~(error <= allowed)
    if not wrong.any():
        return
    index = worst_first(ours, right, wrong)[0]
    path = entry_path(name, index)
    if _too_coarse(got, error, right):
        words = f"is right only to the precision of {got.dtype}: compute it in float64"
        raise terms.mismatch(name, "dtype", words, got=got, expected=expected, path=path)
    raise terms.mismatch(name, "value", "is wrong", got=got, expected=expected, path=path)


def _error(ours: Array, right: Array, exact: bool, terms: _Terms) -> tuple[Array, Array]:
    """Return how far each entry is off and how far it may be off."""
    same = (ours == right) | (np.isnan(ours) & np.isnan(right))
    error = np.where(same, 0.0, np.abs(ours - right))
    size = np.where(np.isfinite(right), np.abs(right), 0.0)
    if exact and terms.atol is None:
        return error, np.zeros_like(size)
    atol = terms.rtol * float(size.max(initial=0.0)) if terms.atol is None else terms.atol
    return error, np.maximum(atol, terms.rtol * size)


def _too_coarse(got: Array, error: Array, right: Array) -> bool:
    """Tell whether rounding to float32 or float16 explains every difference."""
    if got.dtype.kind != "f" or got.dtype.itemsize >= 8:
        return False
    precision = _COARSE_EPSILONS * float(np.finfo(got.dtype).eps)
    return bool(np.all(error <= precision * np.max(np.abs(right), initial=0.0)))


def entry_path(name: str, index: tuple[int, ...]) -> str:
    """Return the name of one entry: `dW1[3, 7]`, or the name alone for a single number."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name
