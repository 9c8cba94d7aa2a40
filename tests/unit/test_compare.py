"""Values agree, or the first difference is named with its place, whatever a submission returns."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.compare import agree, entry_path, quietly, raises, unchanged, unpack
from autograder.errors import CallFailed, Mismatch
from autograder.local import LocalSubmission

GRID = np.array([[0.5, -1.5, 2.25], [3.5, -4.75, 6.125]])


class Opaque:
    """What stands for an object that stayed with a submission; to use it in any way is an error."""

    is_handle = True
    type_name = "SecretName"

    def _refuse(self, *_args: Any, **_kwargs: Any) -> Any:
        raise AssertionError("a handle was used")

    __eq__ = __len__ = __iter__ = __bool__ = __float__ = __array__ = __getitem__ = __call__ = _refuse
    __hash__ = None  # type: ignore[assignment]


class EqualToAll(float):
    """A number that claims to equal every other one."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = float.__hash__


class ArrayLike:
    """An object that turns into the right array when numpy asks."""

    def __array__(self, *_args: Any, **_kwargs: Any) -> np.ndarray:
        raise AssertionError("an object was asked for its array")


def mismatch(got: Any, expected: Any, name: str = "dx", **options: Any) -> Mismatch:
    """Return the mismatch that `agree` raises; fail where it raises none."""
    with pytest.raises(Mismatch) as caught:
        agree(name, got, expected, **options)
    return caught.value


def shared_lists(depth: int, value: Any = 1.0) -> Any:
    """Return lists of 2**depth entries in a few bytes: each level holds the one below twice."""
    for _ in range(depth):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (GRID.copy(), GRID),
        (GRID.tolist(), GRID),
        (tuple(map(tuple, GRID.tolist())), GRID),
        ([GRID[0], tuple(GRID[1])], GRID),
        (np.asfortranarray(GRID), GRID),
        (np.repeat(GRID, 2, axis=1)[:, ::2], GRID),
        (GRID.astype(">f8"), GRID),
        (GRID.astype(np.longdouble), GRID),
        (GRID * (1 + 1e-9), GRID),
        (2.5, np.float64(2.5)),
        (np.float64(2.5), 2.5),
        (np.array(2.5), 2.5),
        (2, 2.0),
        (np.int32(2), 2.0),
        (2.0, 2),
        (2.0000000000000004, 2),
        ([4.000000000000001, -4.0], [4, -4]),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        ([], np.zeros(0)),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (np.zeros(3), np.zeros(3)),
        ([1, 0, 1], np.array([1, 0, 1])),
        (True, True),
        (np.bool_(False), False),
        (np.array([True, False]), [True, False]),
        ([True, False], np.array([True, False])),
        ("red", "red"),
        (None, None),
        ((GRID, 2.0), (GRID, 2.0)),
        ([GRID, 2.0], (GRID, 2.0)),
        (np.array([1.5, 2.5]), (1.5, 2.5)),
        ((1.5, 2.5), [1.5, 2.5]),
        ((GRID, GRID), [GRID, GRID]),
        ({"W": GRID.tolist(), "b": (1.0, 2.0)}, {"W": GRID, "b": np.array([1.0, 2.0])}),
        ((1.0, (2.0, [3.0])), (1.0, (2.0, np.array([3.0])))),
        (np.array([1.0, np.nan, np.inf]), np.array([1.0, np.nan, np.inf])),
        (np.float32(GRID), GRID),
    ],
)
def test_values_that_agree(got, expected):
    """Lists, tuples, arrays, scalars and 0-d arrays of the same numbers are alike."""
    agree("dx", got, expected)


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (None, "`dx` is None: did you forget `return`?"),
        ("0.5", "`dx` is text"),
        (b"0.5", "`dx` is a piece of bytes"),
        (1 + 2j, "`dx` is a complex number"),
        (GRID + 0j, "`dx` holds complex numbers"),
        (GRID > 0, "`dx` holds True and False"),
        (GRID.astype(object), "`dx` holds Python objects"),
        (GRID.astype(str), "`dx` holds text"),
        (GRID.astype("S4"), "`dx` holds text"),
        (np.zeros((2, 3), dtype="M8[s]"), "`dx` holds something else than numbers"),
        (np.zeros((2, 3), dtype=[("a", float)]), "`dx` holds something else than numbers"),
        ([[0.5, -1.5, None], [3.5, -4.75, 6.125]], "`dx` is None"),
        ([[0.5, -1.5, "2"], [3.5, -4.75, 6.125]], "`dx` is text"),
        ([[0.5, -1.5, True], [3.5, -4.75, 6.125]], "`dx` mixes numbers with True and False"),
        ({"dx": GRID}, "`dx` is a dict"),
        ({1.0, 2.0}, "`dx` is a set"),
        (10**400, "`dx` holds a whole number that is too large"),
        ([[10**400] * 3] * 2, "`dx` holds a whole number that is too large"),
        (Opaque(), "`dx` is an object of a class"),
        ([[Opaque()] * 3] * 2, "`dx` is an object of a class"),
        (ArrayLike(), "`dx` is neither a number nor an array"),
        (np.ma.masked_array(GRID), "`dx` is a special kind of array"),
        (np.zeros((2, 3)).view(np.recarray), "`dx` is a special kind of array"),
        (EqualToAll(1.0), "`dx` is neither a number nor an array"),
        (range(3), "`dx` is neither a number nor an array"),
        (lambda: GRID, "`dx` is neither a number nor an array"),
    ],
)
def test_what_is_no_array_of_numbers(got, words):
    """Everything that is not plain numbers is refused by its type, without being asked anything."""
    error = mismatch(got, GRID)
    assert error.kind == "type"
    assert error.summary.startswith(words)
    assert error.got is got
    assert "SecretName" not in error.summary


@pytest.mark.parametrize("got", [1, 0.0, "True", None, np.array([1.0])])
def test_where_true_or_false_is_expected(got):
    """A number is no bool."""
    assert mismatch(got, True).kind == "type"


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (GRID.T, GRID, "has the axes of the expected shape swapped"),
        (GRID.ravel(), GRID, "is flattened"),
        (GRID[None], GRID, "has an axis of length 1 too many"),
        (GRID[0], GRID[:1], "has lost an axis of length 1"),
        (GRID[0][:, None], GRID[0], "has an axis of length 1 too many"),
        (np.zeros((3, 2, 4)), np.zeros((2, 3, 4)), "has the axes of the expected shape in another order"),
        (np.zeros((6, 2)), np.zeros((3, 4)), "has the right number of entries in another shape"),
        (1.0, GRID, "is a single number, expected an array"),
        (GRID.sum(), GRID, "is a single number, the sum of the expected array"),
        (GRID.mean(), GRID, "is a single number, the mean of the expected array"),
        (1.0, np.ones(1), "is a single number, expected an array with one entry"),
        ([2.5], 2.5, "is an array with one entry, expected a single number"),
        (GRID, GRID.sum(), "is an array, expected a single number: its sum"),
        (GRID, GRID.mean(), "is an array, expected a single number: its mean"),
        (GRID, 100.0, "is an array, expected a single number"),
        (np.zeros(0), 1.0, "is an array, expected a single number"),
        (GRID, GRID.sum(axis=0), "has one axis too many: it is not summed over axis 0 yet"),
        (GRID, GRID.mean(axis=1), "has one axis too many: it is not averaged over axis 1 yet"),
        (GRID, np.ones(3), "has one axis too many"),
        (GRID.sum(axis=1), GRID, "has one axis too few: it is summed over axis 1"),
        (np.ones(2), GRID, "has one axis too few: does `np.sum` or `np.max` take axis 1 away?"),
        (np.ones(3), np.ones((3, 3)), "has one axis too few"),
        ([1.0, 2.0, 3.0], np.diag([1.0, 2.0, 3.0]), "is a vector, the diagonal of the expected matrix"),
        (np.ones(5), GRID, "has one axis too few"),
        (GRID.sum(axis=1, keepdims=True), GRID, "has length 1 along axis 1"),
        ([2.0, 1.5], [2.0, 1.5, 1.0], "ends too early: is `return` inside a loop"),
        ([2.0], [2.0, 1.5, 1.0], "ends too early: is `return` inside a loop"),
        ([1.5, 1.0], [2.0, 1.5, 1.0], "has the right entries at its end, and the first ones are missing"),
        ([2.0, 1.5, 1.0, 0.5], [2.0, 1.5, 1.0], "has the right entries, and too many after them"),
        ([4.0, 2.0, 1.5], [2.0, 1.5], "has the right entries at its end, and too many before them"),
        ([2.0, 1.4], [2.0, 1.5, 1.0], "has the wrong length along axis 0"),
        ([0.0, 0.0], [0.0, 0.0, 1.0], "has the wrong length along axis 0"),
        ([], [2.0, 1.5], "has the wrong length along axis 0"),
        ([2, 1], np.array([2, 1, 1]), "has the wrong length along axis 0"),
        (np.zeros((2, 4)), GRID, "has the wrong length along axis 1"),
        (np.zeros((3, 4)), GRID, "has the wrong length along axes 0 and 1"),
        (np.zeros((2, 3, 4, 5)), GRID, "has too many axes"),
        (np.zeros(7), np.zeros((2, 3, 4)), "has too few axes"),
        (np.zeros((0, 3)), GRID, "has the wrong length along axis 0"),
        ([[1.0, 2.0], [3.0]], GRID, "has rows of different lengths"),
        ([[1.0, 2.0], 3.0], GRID, "has rows of different lengths"),
        ([0.0] * 200_000, GRID, "has far more entries than it should"),
        (np.full((2, 3, 2), np.inf) * [1, -1], GRID, "has one axis too many"),
        (np.array([[True], [False]]), np.array([True, False]), "has an axis of length 1 too many"),
    ],
)
def test_how_a_wrong_shape_is_related_to_the_right_one(got, expected, words):
    """A wrong shape is described by what has to be done about it, not by its numbers."""
    error = mismatch(got, expected)
    assert error.kind == "shape"
    assert error.summary.startswith(f"`dx` {words}")
    assert error.path == "dx"


@pytest.mark.parametrize(
    "got",
    [shared_lists(60), shared_lists(31), [shared_lists(20)] * 3, shared_lists(28, GRID), [np.zeros(90_000)] * 50_000],
)
def test_lists_that_blow_up(got):
    """Nested lists that share their parts are refused without being unfolded."""
    assert mismatch(got, GRID).summary in (
        "`dx` has far more entries than it should",
        "`dx` is nested far too deeply",
    )


def test_a_list_that_contains_itself():
    """A list without end is refused."""
    got: list[Any] = []
    got.append(got)
    assert mismatch(got, GRID).summary == "`dx` is nested far too deeply"


@pytest.mark.parametrize("dtype", [int, np.uint8, np.int32])
def test_integers_where_fractions_are_expected(dtype):
    """An array of integers that cannot hold the right values is named as such."""
    error = mismatch(np.abs(GRID).astype(dtype), np.abs(GRID))
    assert error.kind == "dtype"
    assert "the fractions were cut off" in error.summary


def test_single_precision_where_double_is_needed():
    """An error that only float32 explains is blamed on float32, and allowed where the tolerance allows it."""
    rough = (GRID / 3).astype(np.float32)
    error = mismatch(rough, GRID / 3, rtol=1e-12)
    assert error.kind == "dtype"
    assert "precision of float32" in error.summary
    agree("dx", rough, GRID / 3, rtol=1e-6)
    assert mismatch(rough * 2, GRID / 3, rtol=1e-12).kind == "value"


@pytest.mark.parametrize(
    ("bad", "words"), [(np.nan, "`dx[1, 2]` is NaN"), (np.inf, "`dx[1, 2]` is infinite"), (-np.inf, "is infinite")]
)
def test_nan_and_infinity_fail(bad, words):
    """An entry that is not finite is named before any wrong value."""
    got = GRID.copy()
    got[0, 0], got[1, 2] = 77.0, bad
    error = mismatch(got, GRID)
    assert error.kind == "nan"
    assert words in error.summary
    assert error.path == "dx[1, 2]"


@pytest.mark.parametrize("tolerance", [{"rtol": 1.0}, {"atol": 1e300}, {"rtol": np.inf}])
def test_no_tolerance_lets_nan_pass(tolerance):
    """NaN is wrong however generous the comparison is."""
    assert mismatch(np.full_like(GRID, np.nan), GRID, **tolerance).kind == "nan"


def test_expected_infinity_and_nan():
    """A finite value where none is expected is wrong, and so is infinity with the other sign."""
    assert mismatch([1.0, 2.0], [1.0, np.inf]).path == "dx[1]"
    assert mismatch([1.0, -np.inf], [1.0, np.inf]).kind == "nan"
    assert mismatch([1.0, 2.0], [np.nan, 2.0]).summary == "`dx[0]` should be NaN"


@pytest.mark.parametrize(
    ("name", "got", "expected", "path", "leaf"),
    [
        ("dx", np.add(GRID, [[0, 0, 0], [0, 1.0, 0]]), GRID, "dx[1, 1]", "dx"),
        ("dx", np.add(GRID, [[0.1, 0, 0], [0, 1.0, 0]]), GRID, "dx[1, 1]", "dx"),
        ("loss", 2.0, 3.0, "loss", "loss"),
        ("grads", {"W1": GRID, "b": [1.0, 5.0]}, {"W1": GRID, "b": [1.0, 2.0]}, 'grads["b"][1]', 'grads["b"]'),
        ("out", (1.0, (GRID, 2.0)), (1.0, (GRID, 3.0)), "out[1][1]", "out[1]"),
        ("levels", {3: 1.0}, {3: 2.0}, "levels[3]", "levels[3]"),
        ("dxdy", [2.0, 4.0], [2.0, 3.0], "dxdy[1]", "dxdy"),
    ],
)
def test_the_place_of_a_wrong_value(name, got, expected, path, leaf):
    """The path leads to the entry that is furthest off, and the name to its array."""
    error = mismatch(got, expected, name)
    assert error.kind == "value"
    assert error.path == path
    assert error.summary == f"`{path}` is wrong"
    assert error.name in (leaf, path)
    assert path.startswith(error.name)


def test_small_values_are_compared_by_their_own_scale():
    """A gradient of size 1e-9 with the wrong sign fails, and so does zero in its place."""
    tiny = GRID * 1e-9
    assert mismatch(-tiny, tiny).kind == "value"
    assert mismatch(np.zeros_like(tiny), tiny).kind == "value"
    agree("dx", tiny * (1 + 1e-9), tiny)


def test_tolerance_is_the_larger_of_the_two():
    """`atol` and `rtol` do not add up."""
    agree("dx", [10.9, 1.09], [10.0, 1.0], rtol=0.1, atol=0.1)
    mismatch([11.05, 1.0], [10.0, 1.0], rtol=0.1, atol=0.1)
    mismatch([1e-12], [0.0])
    agree("dx", [1e-12], [0.0], atol=1e-9)


def test_items_of_a_tuple_have_their_own_scale():
    """A large first item does not excuse an error in the second."""
    assert mismatch((1e9, 2e-9), (1e9, 1e-9)).path == "dx[1]"


def test_integers_are_compared_exactly():
    """Labels and counts that are off by one fail, whatever the tolerance."""
    large = np.array([10**12, 10**12 + 1])
    agree("labels", large.copy(), large)
    mismatch(np.add(large, [0, 1]), large)


@pytest.mark.parametrize(
    ("got", "expected", "words"),
    [
        (None, {"W": 1.0}, "`g` is None"),
        ([1.0], {"W": 1.0}, "`g` should be a dict"),
        ({}, {"W": 1.0}, '`g` has no key "W"'),
        ({"W": 1.0, "<script>": 2.0}, {"W": 1.0}, "`g` has more keys than it should"),
        (None, (1.0, 2.0), "`g` is None: did you forget `return`?"),
        (1.0, (1.0, 2.0), "`g` should be 2 values"),
        (Opaque(), (1.0, 2.0), "`g` should be 2 values"),
        ((1.0,), (1.0, 2.0), "`g` should be 2 values: it has too few"),
        ((1.0, 2.0, 3.0), (1.0, 2.0), "`g` should be 2 values: it has too many"),
        ((), (GRID,), "`g` should be 1 value: it has too few"),
    ],
)
def test_wrong_structure(got, expected, words):
    """A missing key or item is named before any value is compared; text of the submission is not repeated."""
    error = mismatch(got, expected, "g")
    assert error.kind == "structure"
    assert error.summary.startswith(words)
    assert "script" not in error.summary


def test_text_and_none():
    """Text is compared as text and None with None."""
    assert mismatch("blue", "red").kind == "value"
    assert "blue" not in mismatch("blue", "red").summary
    assert mismatch(1.0, "red").kind == "type"
    assert mismatch(1.0, None).kind == "type"


@pytest.mark.parametrize("expected", [object(), 1 + 2j, np.array([None]), {1, 2}])
def test_an_expected_value_that_cannot_be_compared(expected):
    """A suite that expects something else than plain values is told so."""
    with pytest.raises(TypeError, match="cannot compare"):
        agree("dx", 1.0, expected)


def test_what_a_mismatch_hands_on():
    """Inputs and factors arrive at the diagnosis, and nobody's arrays are changed."""
    got, expected, x = GRID * 2, GRID.copy(), GRID + 1
    error = mismatch(got, expected, inputs={"x": x}, factors={"N": 2})
    assert error.inputs["x"] is x
    assert error.factors == {"N": 2}
    assert np.array_equal(got, GRID * 2)
    assert np.array_equal(expected, GRID)


@settings(deadline=None)
@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e6, 1e6)),
    st.data(),
)
def test_one_changed_entry_is_found(expected, data):
    """An entry that is changed by more than the tolerance is the one that is named."""
    flat = data.draw(st.integers(0, expected.size - 1))
    index = tuple(int(i) for i in np.unravel_index(flat, expected.shape))
    got = expected.copy()
    got[index] += max(1.0, float(np.abs(expected).max())) * 1e-3
    agree("dx", expected.copy(), expected)
    assert mismatch(got, expected).path == entry_path("dx", index)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.complex_numbers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
        max_leaves=12,
    ),
    st.sampled_from([GRID, 0.125, (1.5, 2.5), {"W": GRID}, [GRID, GRID], True, "red", None]),
)
def test_any_plain_value_is_judged(got, expected):
    """Whatever plain data comes back either agrees or raises a Mismatch with a sentence; nothing else happens."""
    try:
        agree("dx", got, expected)
    except Mismatch as error:
        assert error.summary.startswith("`dx")  # noqa: PT017
        assert "\n" not in error.summary  # noqa: PT017


@pytest.mark.parametrize("value", [(1.0, GRID), [1.0, GRID]])
def test_unpack_a_pair(value):
    """A tuple or a list of the right length comes apart, its items untouched."""
    out, cache = unpack(value, "out", "cache")
    assert out == 1.0
    assert cache is value[1]


@pytest.mark.parametrize("shared", [None, 0, True, "x"])
def test_values_that_came_together(shared):
    """A mismatch knows what its value came with, and nothing of another call that returned the same 0 or None."""
    values = np.ones(2), 2.5, shared
    dx, _, count = unpack(values, "dx", "loss", "count")
    assert mismatch(dx, GRID).siblings == dict(zip(("dx", "loss", "count"), values, strict=True))
    assert mismatch(np.ones(2), GRID).siblings == {}
    assert mismatch(count, GRID).siblings == {}


def test_unpack_an_array():
    """An array with one row for each name comes apart, but never into a cache."""
    dx, dy = unpack(GRID, "dx", "dy")
    assert np.array_equal(dx, GRID[0])
    assert np.array_equal(dy, GRID[1])
    with pytest.raises(Mismatch, match=r"`f` returned one array, expected \(out, cache\)"):
        unpack(GRID, "out", "cache", of="f")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "`f` returned None, expected (out, cache): did you forget `return`?"),
        ((1, 2, 3), "`f` returned 3 values, expected (out, cache)"),
        ((1,), "`f` returned 1 value, expected (out, cache)"),
        ((), "`f` returned 0 values, expected (out, cache)"),
        (list(range(73)), "`f` returned many values, expected (out, cache)"),
        (2.0, "`f` returned a single value, expected (out, cache)"),
        (GRID, "`f` returned one array, expected (out, cache)"),
        (np.array(1.0), "`f` returned one array, expected (out, cache)"),
        ({"out": 1, "cache": 2}, "`f` returned a dict, expected (out, cache)"),
        ("ab", "`f` returned a single value, expected (out, cache)"),
        (Opaque(), "`f` returned one object, expected (out, cache)"),
    ],
)
def test_unpack_something_else(value, words):
    """What cannot be taken apart is named, with what was expected."""
    with pytest.raises(Mismatch) as caught:
        unpack(value, "out", "cache", of="f")
    assert caught.value.summary == words
    assert caught.value.kind == "structure"


def test_unpack_without_a_name():
    """A function whose name is not given is `the function`."""
    with pytest.raises(Mismatch, match="the function returned None"):
        unpack(None, "out", "cache")


@pytest.mark.parametrize(
    "value",
    [
        GRID,
        np.array([np.nan, 1.0]),
        np.array([True]),
        np.array(["a"]),
        2.5,
        np.nan,
        np.inf,
        np.float32(2),
        3,
        True,
        None,
        "red",
        [GRID, {"W": GRID}],
        (1, 2.0),
        {},
        Opaque(),
    ],
)
def test_an_argument_that_is_as_it_was(value):
    """An equal value of any plain kind counts as unchanged, NaN included."""
    copy = value.copy() if isinstance(value, np.ndarray) else value
    unchanged("x", copy, value)


@pytest.mark.parametrize(
    ("after", "before"),
    [
        (GRID + 1e-300 + 1e-12, GRID),
        (GRID[:1], GRID),
        (GRID.astype(np.float32), GRID),
        (GRID.tolist(), GRID),
        (np.array([0.0]), np.array([np.nan])),
        (2.0, 2.5),
        (1, True),
        (None, 1.0),
        ([1.0, 2.0], [1.0]),
        ([1.0, GRID], [1.0, GRID + 1]),
        ({"W": GRID}, {"W": GRID + 1}),
        ({"W": GRID, "b": 1.0}, {"W": GRID}),
        (Opaque(), GRID),
        (Opaque(), [1.0]),
        (None, {"W": 1.0}),
    ],
)
def test_an_argument_that_was_changed(after, before):
    """The smallest change of an argument is reported with the remedy."""
    with pytest.raises(Mismatch) as caught:
        unchanged("dout", after, before, of="relu_backward")
    assert caught.value.kind == "argument"
    assert caught.value.summary == "`relu_backward` changed its argument `dout` in place: work on a copy"


def test_a_changed_argument_of_some_function():
    """The name of the function may be left out."""
    with pytest.raises(Mismatch, match="`x` was changed in place: work on a copy"):
        unchanged("x", GRID + 1, GRID)


class TestRaises:
    @staticmethod
    def failing(exception: str | None, kind: Any = "raised") -> Callable[[], Any]:
        def call() -> Any:
            raise CallFailed("f", kind, "raised", exception=exception)

        return call

    def test_the_right_exception_passes(self) -> None:
        """What was to be raised was raised."""
        raises("ValueError", "f", self.failing("ValueError"))

    @pytest.mark.parametrize(("exception", "kind"), [("TypeError", "raised"), (None, "raised"), (None, "timeout")])
    def test_another_failure_stays_what_it_is(self, exception: str | None, kind: str) -> None:
        """Another exception, a time-out or a crash is reported as such."""
        with pytest.raises(CallFailed):
            raises("ValueError", "f", self.failing(exception, kind))

    @pytest.mark.parametrize("value", [None, 0.0, "ValueError", ValueError("returned, not raised")])
    def test_a_value_is_a_mismatch(self, value: Any) -> None:
        """A call that returns anything at all did not raise, and the sentence says which one should have."""
        with pytest.raises(Mismatch, match="`f` should raise ValueError here, and did not"):
            raises("ValueError", "f", lambda: value)


@pytest.mark.parametrize(
    ("function", "quiet"),
    [
        (lambda x: 1 / (1 + np.exp(x)), False),
        (lambda x: np.log(x * 0), False),
        (lambda x: (x * np.inf) * 0, False),
        (lambda x: np.tanh(x), True),
        (lambda x: np.exp(-np.abs(x)), True),
    ],
    ids=["overflow", "divide", "invalid", "bounded", "underflow"],
)
def test_numbers_on_the_way(function, quiet):
    """What numpy would warn of is found even where the result is right; small numbers that vanish are no fault."""
    submission = LocalSubmission({"f": function})
    if quiet:
        assert np.array_equal(quietly(submission, "f", np.array([1000.0])), function(np.array([1000.0])))
    else:
        with pytest.raises(Mismatch, match="numpy warns when `f`") as caught:
            quietly(submission, "f", np.array([1000.0]))
        assert (caught.value.kind, caught.value.got, caught.value.expected) == ("nan", None, None)


def test_other_failures_of_a_quiet_call():
    """Any other exception is the function's own, and is reported under its name."""
    submission = LocalSubmission({"f": lambda: 1 // 0})
    with pytest.raises(CallFailed) as caught:
        quietly(submission, "f")
    assert (caught.value.name, caught.value.exception) == ("f", "ZeroDivisionError")


def test_a_quiet_call_keeps_all_that_is_known_of_a_failure():
    """Place, text and advice of a failure reach the student as those of any other call do."""
    known = {"exception": "ValueError", "cell": "f", "line": 3, "detail": "no", "advice": "Look at line 3."}

    class Submission:
        @contextmanager
        def strict_numbers(self):
            yield self

        def f(self):
            raise CallFailed("f", "raised", "raised ValueError", **known)

    with pytest.raises(CallFailed) as caught:
        quietly(Submission(), "f")
    failure = caught.value
    assert {key: getattr(failure, key) for key in known} == known
    assert (failure.name, failure.kind, failure.reason) == ("f", "raised", "raised ValueError")
