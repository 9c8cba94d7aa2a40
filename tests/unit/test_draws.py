"""Random inputs of suites keep what they promise, whatever the seed."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.draws import labels, mixed, sizes, strided, whole

SEEDS = range(200)


def test_sizes() -> None:
    """Axes have different lengths within the bounds."""
    for seed in SEEDS:
        drawn = sizes(np.random.default_rng(seed), 3, low=3, high=5)
        assert sorted(drawn) == [3, 4, 5]


@pytest.mark.parametrize("shape", [(), (1,), (2,), (1, 1), (3, 4), (2, 1, 3)])
def test_mixed(shape: tuple[int, ...]) -> None:
    """Entries keep away from 0 and have both signs where there is room for them."""
    for seed in SEEDS:
        drawn = mixed(np.random.default_rng(seed), *shape)
        assert drawn.shape == shape
        assert np.all((np.abs(drawn) >= 0.5) & (np.abs(drawn) <= 2.0))
        assert drawn.size < 2 or (np.any(drawn < 0) and np.any(drawn > 0))


def test_mixed_single_numbers_have_either_sign() -> None:
    """A single number may be negative, too."""
    drawn = [float(mixed(np.random.default_rng(seed), 1)[0]) for seed in SEEDS]
    assert min(drawn) < 0 < max(drawn)


def test_whole() -> None:
    """Whole numbers are int64, and none of them is 0, 1 or −1."""
    for seed in SEEDS:
        drawn = whole(np.random.default_rng(seed), 2, 3)
        assert drawn.dtype == np.int64
        assert np.all((np.abs(drawn) >= 2) & (np.abs(drawn) <= 5))
        assert np.any(drawn < 0)
        assert np.any(drawn > 0)


def test_strided() -> None:
    """The matrix is a view with gaps, in neither order of memory."""
    drawn = strided(np.random.default_rng(0), 3, 2)
    assert drawn.shape == (3, 2)
    assert not drawn.flags.c_contiguous
    assert not drawn.flags.f_contiguous


@pytest.mark.parametrize(("count", "classes"), [(1, 3), (3, 3), (8, 3), (2, 5)])
def test_labels(count: int, classes: int) -> None:
    """Labels are int64 in range, and every class occurs where there are enough of them."""
    for seed in SEEDS:
        drawn = labels(np.random.default_rng(seed), count, classes)
        assert drawn.dtype == np.int64
        assert drawn.shape == (count,)
        assert len(set(drawn.tolist())) >= min(count, classes)
        assert drawn.min() >= 0
        assert drawn.max() < classes


def test_one_generator_gives_one_input() -> None:
    """The same state of the generator draws the same numbers: a grade can be repeated."""
    for draw in (lambda rng: mixed(rng, 3, 2), lambda rng: labels(rng, 7, 3), lambda rng: sizes(rng, 3)):
        np.testing.assert_array_equal(draw(np.random.default_rng(5)), draw(np.random.default_rng(5)))
