"""Each probe finds its own slip, with its name, and says nothing where chance or too few entries could do the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.compare import agree, unpack
from autograder.errors import Mismatch
from autograder.probes import find

RNG = np.random.default_rng(12)
RIGHT = RNG.normal(size=(4, 4))
X = RNG.normal(size=(4, 4))
DOUT = RNG.normal(size=(4, 4))
VECTOR = RNG.normal(size=5)


def probed(got: Any, expected: Any, *, kind: Any = "value", path: str = "dx[0, 0]", **options: Any) -> str | None:
    """Return the name of the probe that fits, or None."""
    found = find(make(got, expected, kind=kind, path=path, **options))
    return found.name if found else None


def words(got: Any, expected: Any, **options: Any) -> str:
    """Return the words of the probe that fits."""
    found = find(make(got, expected, **options))
    assert found is not None
    return found.words


def make(got: Any, expected: Any, *, kind: Any = "value", path: str = "dx[0, 0]", **options: Any) -> Mismatch:
    """Return a mismatch of two values."""
    return Mismatch("dx", kind, "`dx` is wrong", path=path, got=got, expected=expected, **options)


def changed(where: Any, by: float = 1.0) -> np.ndarray:
    """Return RIGHT with something added where a mask or an index says."""
    got = RIGHT.copy()
    got[where] += by
    return got


@pytest.mark.parametrize(
    ("got", "expected", "factors", "expected_words"),
    [
        (2 * RIGHT, RIGHT, {}, "is twice as large as it should be"),
        (RIGHT / 2, RIGHT, {}, "is half as large as it should be"),
        (7 * RIGHT, RIGHT, {"N": 7, "D": 3}, "is N times too large: did you forget to divide by N?"),
        (RIGHT / 7, RIGHT, {"N": 7, "D": 3}, "is N times too small: is it divided by N where it should not be?"),
        (-3 * RIGHT, RIGHT, {"N": 7, "D": 3}, "has the wrong sign and is D times too large"),
        (-RIGHT / 2, RIGHT, {}, "has the wrong sign and is half as large"),
        (2 * RIGHT, RIGHT, {"N": 2}, "is 2 or N times too large"),
        (RIGHT / 4, RIGHT, {"N": 4, "C": 4}, "is N or C times too small"),
        (2.6, 1.3, {}, "is twice as large"),
        (np.array(9.1), np.array(1.3), {"N": 7}, "is N times too large"),
        (1e-12 * RIGHT, RIGHT, {"h": 1e12}, "is h times too small"),
        (0.3 * RIGHT, RIGHT, {"rate": 0.3}, "is the right one times rate: is this factor too many"),
        (RIGHT / 3.7, RIGHT, {"z": 3.7}, "is the right one divided by z: is this factor missing"),
        (RIGHT * -3.7, RIGHT, {"z": -3.7}, "is the right one times z"),
    ],
)
def test_named_factors(got, expected, factors, expected_words):
    """A constant factor is called by its name; where several names fit, all are given."""
    assert probed(got, expected, factors=factors) == "constant factor"
    assert words(got, expected, factors=factors).startswith(expected_words)


@pytest.mark.parametrize(("got", "expected"), [(-RIGHT, RIGHT), (-1.5, 1.5), (-VECTOR, VECTOR)])
def test_the_sign(got, expected):
    """A factor of −1 alone is the sign."""
    assert probed(got, expected) == "sign"
    assert words(got, expected) == "has the wrong sign"


@pytest.mark.parametrize("factors", [{"N": 1}, {"N": 0}, {"N": np.nan}, {"N": np.inf}, {"N": -1}])
def test_factors_that_explain_nothing(factors):
    """A factor that is 0, 1 or not finite never matches."""
    assert probed(3 * RIGHT, RIGHT, factors=factors) == "constant factor"
    assert "N" not in words(3 * RIGHT, RIGHT, factors=factors)


def test_an_unnamed_factor():
    """A constant factor without a name needs three entries of note."""
    assert words(1.37 * RIGHT, RIGHT).startswith("is the right one times a constant")
    assert probed(1.37, 1.0) is None
    assert probed(1.37 * VECTOR[:2], VECTOR[:2]) is None


@pytest.mark.parametrize(
    ("got", "expected", "inputs", "name"),
    [
        (RIGHT.T, RIGHT, {}, "transposed"),
        (VECTOR[::-1], VECTOR, {}, "reversed"),
        (VECTOR[1::-1], VECTOR[:2], {}, "reversed"),
        (np.zeros_like(RIGHT), RIGHT, {}, "zero"),
        (0.0, 1.5, {}, "zero"),
        (RIGHT + 0.5, RIGHT, {}, "additive constant"),
        (np.exp(RIGHT) + 1e-5, np.exp(RIGHT), {}, "precision"),
        (RIGHT / np.log(10), RIGHT, {}, "logarithm"),
        (1.3 / np.log(2), 1.3, {}, "logarithm"),
        (1 - RIGHT, RIGHT, {}, "complement"),
        (np.trunc(9 * RIGHT), 9 * RIGHT, {}, "integers"),
        (np.floor(9 * RIGHT), 9 * RIGHT, {}, "integers"),
        (np.rint(9 * RIGHT), 9 * RIGHT, {}, "integers"),
        (np.trunc(9 * RIGHT).astype(int), 9 * RIGHT, {}, "integers"),
        (RIGHT, RIGHT * DOUT, {"dout": DOUT}, "upstream dropped"),
        (RIGHT, RIGHT * 1.7, {"dout": 1.7}, "upstream dropped"),
        (1.3, 1.3 * 1.7, {"dz": 1.7}, "upstream dropped"),
        (np.ones_like(DOUT), DOUT, {"dout": DOUT}, "upstream dropped"),
        (RIGHT * DOUT, RIGHT, {"dscores": DOUT}, "upstream twice"),
        (X, RIGHT, {"x": X, "dout": DOUT}, "input returned"),
        (DOUT, RIGHT, {"x": X, "dout": DOUT}, "input returned"),
        (RIGHT * (1 + 1e-5), RIGHT, {}, "precision"),
        (changed((2, 1)), RIGHT, {}, "one entry"),
        (changed(2), RIGHT, {}, "one row"),
        (changed((slice(None), 3)), RIGHT, {}, "one column"),
        (changed(X < 0), RIGHT, {"x": X}, "negative inputs"),
        (changed(X > 0), RIGHT, {"x": X}, "positive inputs"),
        (changed(X < 0), RIGHT, {"x": X, "dout": DOUT}, "negative inputs"),
        (changed(DOUT < 0), RIGHT, {"x": X, "dout": DOUT}, "negative inputs"),
        (changed(np.eye(4, dtype=bool)), RIGHT, {}, "diagonal"),
        (changed(~np.eye(4, dtype=bool)), RIGHT, {}, "off the diagonal"),
    ],
)
def test_each_probe_finds_its_slip(got, expected, inputs, name):
    """The slip that a probe is made for is found among all others, by lists as well as by arrays."""
    assert probed(got, expected, inputs=inputs) == name
    listed = got.tolist() if isinstance(got, np.ndarray) else got
    assert probed(listed, expected, inputs=inputs) == name


@pytest.mark.parametrize(
    ("got", "expected", "inputs", "expected_words"),
    [
        (changed((2, 1)), RIGHT, {}, "is right but for one entry, `dx[2, 1]`"),
        (changed(2), RIGHT, {}, "is right but for row 2, counted from 0"),
        (changed((slice(None), 3)), RIGHT, {}, "is right but for column 3, counted from 0"),
        (changed(X < 0), RIGHT, {"x": X}, "is wrong only where `x` is negative"),
        (0.0, 1.5, {}, "is zero: is it never filled in"),
        (1.3 / np.log(10), 1.3, {}, "is what a logarithm to base 10 gives"),
        (1.3 / np.log(2), 1.3, {}, "is what a logarithm to base 2 gives"),
        (RIGHT, RIGHT * DOUT, {"dout": DOUT}, "is the local gradient alone"),
    ],
)
def test_words_name_the_place(got, expected, inputs, expected_words):
    """The words say which row, entry or input it is."""
    assert words(got, expected, inputs=inputs, path="dx[2, 1]").startswith(expected_words)


SWAPPED = "stands in the place of `dw`: return (dx, dw, db) in this order"


@pytest.mark.parametrize(
    ("got", "expected", "told"),
    [
        (lambda right: (right["dw"], right["dx"], right["db"]), ("dx", VECTOR), SWAPPED),
        (lambda right: [right["dw"], right["dx"], right["db"]], ("dx", VECTOR), SWAPPED),
        (lambda right: (right["dw"], right["dx"].tolist(), right["db"]), ("dx", VECTOR), SWAPPED),
        (lambda right: (right["dw"], 2 * right["dx"], right["db"]), ("dx", VECTOR), None),
        (lambda right: (2 * right["dx"], right["dw"], right["db"]), ("dx", VECTOR), None),
        (lambda right: (right["dx"], right["db"], right["dw"]), ("db", 1.25), "stands in the place of `dw`"),
        (lambda right: (right["dx"], 3.0, right["dw"]), ("db", 3.0), None),
    ],
)
def test_values_in_the_wrong_order(got, expected, told):
    """A right value under another name of the same call is found, whatever its shape; a plain number may be chance."""
    value = got({"dx": VECTOR, "dw": RIGHT, "db": 1.25})
    name, right = expected
    values = dict(zip(("dx", "dw", "db"), unpack(value, "dx", "dw", "db"), strict=True))
    with pytest.raises(Mismatch) as caught:
        agree(name, values[name], right)
    found = find(caught.value)
    assert (found is not None and found.name == "swapped") is (told is not None)
    assert told is None or found.words.startswith(told)


def test_wrong_only_at_a_tie():
    """Where an input is exactly 0 is a region of its own."""
    x = np.array([-1.0, 0.0, 2.0, 0.0])
    right = np.array([3.0, 4.0, 5.0, 6.0])
    assert probed(np.where(x == 0, 0.5, right), right, inputs={"x": x}) == "zero inputs"


@pytest.mark.parametrize(
    ("got", "inputs", "name"),
    [
        ([1.0, np.nan, 2.0], {"x": np.array([1.0, 1000.0, -3.0])}, "overflow"),
        ([1.0, np.inf, 2.0], {"x": np.array([1.0, -800.0, -3.0])}, "overflow"),
        (np.nan, {"scores": np.array([[1.0, 900.0]])}, "overflow"),
        ([1.0, np.nan, 2.0], {"x": np.array([1.0, 2.0, -3.0])}, None),
        ([1.0, 2.0, 3.0], {"x": np.array([1.0, 1000.0, -3.0])}, None),
        ([1.0, np.nan, 2.0], {}, None),
        (None, {"x": np.array([1000.0])}, None),
    ],
)
def test_overflow_for_large_inputs(got, inputs, name):
    """NaN and infinity are blamed on overflow only where an input is large."""
    assert probed(got, [1.0, 2.0, 3.0], kind="nan", inputs=inputs) == name


@pytest.mark.parametrize(
    ("got", "expected", "options"),
    [
        (RIGHT + RIGHT.T, RIGHT + RIGHT.T, {}),
        (RIGHT, np.zeros_like(RIGHT), {}),
        (RIGHT[:2], RIGHT, {}),
        (None, RIGHT, {}),
        (RIGHT, None, {}),
        ("text", RIGHT, {}),
        ([[1.0], [2.0, 3.0]], RIGHT, {}),
        (object(), RIGHT, {}),
        (RIGHT * np.nan, RIGHT, {}),
        (2 * RIGHT, RIGHT, {"kind": "shape"}),
        (2 * RIGHT, RIGHT, {"kind": "structure"}),
        (1.7, 1.2, {}),
        (np.array([1.0, 2.0]), np.array([1.0, 3.0]), {}),
        (np.array([[1.0, 2.0], [7.0, 8.0]]), np.array([[1.0, 2.0], [3.0, 5.0]]), {}),
        (np.array([1.0, 0.0]), np.array([1.5, 0.5]), {}),
        (np.array([2.5, 2.5, 2.5]), np.array([1.0, 1.2, 1.1]), {}),
        (RIGHT, RIGHT * 2.0, {"inputs": {"dout": np.full((4, 4), 1.0)}, "kind": "dtype"}),
        (changed(X > 5), RIGHT, {"inputs": {"x": X}}),
        (changed([0, 1, 2], 3.0), RIGHT, {"inputs": {"x": None, "dout": "text", "w": np.ones(3)}}),
        (np.full((4, 4), 1e308), np.full((4, 4), 1.0) * RIGHT, {}),
    ],
)
def test_probes_abstain(got, expected, options):
    """Equal values, other kinds of mismatch, too few entries and things that are no numbers match nothing."""
    assert probed(got, expected, **options) is None


def test_a_symmetric_array_is_not_transposed():
    """The transpose of a symmetric array tells nothing."""
    symmetric = RIGHT + RIGHT.T
    assert probed(-symmetric.T, symmetric) == "sign"


def test_a_constant_upstream_is_a_factor():
    """Where `dout` is 2 everywhere, a missing factor cannot be told from a missing `dout`: the factor is named."""
    dout = np.full((4, 4), 2.0)
    assert probed(RIGHT, RIGHT * dout, inputs={"dout": dout}) == "constant factor"


@pytest.mark.parametrize(("got", "expected"), [(2.0, -1.0), (-0.5, 1.0), (np.array([-2.0]), np.array([1.0]))])
def test_two_single_numbers_of_other_signs(got, expected):
    """One is often enough minus twice the other, and what they have to do with each other is something else."""
    assert probed(got, expected) is None


@pytest.mark.parametrize("where", [np.eye(3) == 0, np.eye(3) > 0])
@pytest.mark.parametrize("given_to", [np.eye(3), np.abs(RIGHT[:3, :3])])
def test_an_input_of_one_sign_sorts_nothing(where, given_to):
    """The entries of an identity matrix are not where a function of them is wrong."""
    got, expected = RIGHT[:3, :3].copy(), RIGHT[:3, :3]
    got[where] += RNG.normal(size=np.count_nonzero(where))
    assert probed(got, expected, inputs={"X": given_to}) in (None, "diagonal", "off the diagonal")


def test_regions_of_two_inputs_that_fit_alike():
    """Where two inputs are negative in the same places, neither is named."""
    assert probed(changed(X < 0), RIGHT, inputs={"x": X, "y": 2 * X}) is None


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([(3,), (5,), (3, 3), (4, 3), (2, 3, 4)]))
def test_unrelated_arrays_match_nothing(seed, shape):
    """Two independent random arrays have nothing in common that a probe could find."""
    rng = np.random.default_rng(seed)
    got, expected, x, dout = (rng.normal(size=shape) for _ in range(4))
    assert probed(got, expected, inputs={"x": x, "dout": dout}, factors={"N": 3, "D": 5}) is None


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([2.0, 0.5, -1.0, 7.0, 1 / 7, -7.0]))
def test_one_entry_spoils_a_factor(seed, factor):
    """A factor that fits all entries but one is not named."""
    rng = np.random.default_rng(seed)
    expected = rng.uniform(0.5, 2.0, size=(4, 3)) * rng.choice([-1.0, 1.0], size=(4, 3))
    got = factor * expected
    assert probed(got, expected, factors={"N": 7}) in ("constant factor", "sign")
    got[1, 2] *= 1.001
    assert probed(got, expected, factors={"N": 7}) is None


def test_arrays_are_left_alone():
    """Probing changes neither the arrays nor the inputs."""
    got, expected, x = 2 * RIGHT, RIGHT.copy(), X.copy()
    probed(got, expected, inputs={"x": x}, factors={"N": 2})
    assert np.array_equal(got, 2 * RIGHT)
    assert np.array_equal(expected, RIGHT)
    assert np.array_equal(x, X)


def test_two_constant_arrays():
    """Where all entries are alike, a wrong factor cannot be told from a wrong summand: the factor is named."""
    assert probed(np.full(3, 3.1), np.full(3, 2.0)) == "constant factor"
