"""MNIST: from a folder, or fetched once with checksums into a cache; scikit-learn's digits where neither is possible.

`AUTOGRADER_DATA` may name a folder with the IDX files under their original names, compressed or not.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from autograder import idx
from autograder.errors import DataMissingError
from autograder.idx import Digits
from autograder.mnist_files import FOLDER, REMEDY, TEST, TRAINING, cached, find, folder, locate, names

__all__ = ["FOLDER", "Digits", "cached", "count", "folder", "load_mnist", "load_test_digits", "locate"]

MNIST, FALLBACK = "MNIST", "scikit-learn digits"

_NOTICE = (
    "MNIST is not on this machine and could not be fetched, so the 1,797 digits of scikit-learn, drawn larger, "
    f"take its place. To get MNIST, {REMEDY}."
)
_GREY, _GREYS = 255, 16  # the lightest value here, and in scikit-learn's digits


def load_mnist(count: int = 10_000) -> Digits:
    """Return the first `count` training images of MNIST, or as many as there are, as Digits.

    `images` is uint8 (N, 28, 28), `labels` int64 (N,), and `source` "MNIST" – or "scikit-learn digits", said in a
    printed line, where MNIST is neither in a folder nor in the cache and cannot be fetched. Raises DataMissingError
    where files are broken, or not even scikit-learn is installed; ValueError where `count` is no number above 0.
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise ValueError(f"count is {count!r}; it is the number of images, 1 or more")
    place = locate()
    if place is None:
        print(_NOTICE)  # noqa: T201
        return _first(_fallback(), int(count))
    return _first(_of_folder(place, TRAINING), int(count))


def load_test_digits() -> Digits:
    """Return MNIST's test images, for graders only; DataMissingError where they are not here."""
    place = locate()
    if place is None:
        raise DataMissingError(f"the test digits of MNIST are not on this machine; {REMEDY}")
    return _first(_of_folder(place, TEST), None)


def count(place: Path, part: str) -> int:
    """Return how many digits of TRAINING or TEST the folder holds; DataMissingError where none, or broken ones."""
    return len(_of_folder(place, part).labels)


def _of_folder(place: Path, part: str) -> Digits:
    found = [find(place, name) for name in names(part)]
    for name, path in zip(names(part), found, strict=True):
        if path is None:
            raise DataMissingError(f"{place} holds neither {name} nor {name}.gz; put one of them there")
    images, labels = (str(path) for path in found)
    try:
        stamps = tuple(Path(path).stat().st_mtime_ns for path in (images, labels))
        return _read(images, labels, stamps)
    except (OSError, ValueError) as error:
        raise DataMissingError(str(error)) from error


@functools.lru_cache(maxsize=2)
def _read(images: str, labels: str, stamps: tuple[int, ...]) -> Digits:
    """Return what is in the files; `stamps` tell files apart that were changed in between."""
    del stamps
    return idx.read(Path(images), Path(labels), source=MNIST)


def _first(digits: Digits, count: int | None) -> Digits:
    """Return a copy, which the caller may write to."""
    return Digits(digits.images[:count].copy(), digits.labels[:count].copy(), digits.source)


@functools.cache
def _fallback() -> Digits:
    """Return scikit-learn's 8 × 8 digits (0…16), drawn larger by linear interpolation."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise DataMissingError(
            f"MNIST is not here, nor is scikit-learn: pip install scikit-learn, or {REMEDY}"
        ) from None
    small = load_digits()
    side = small.images.shape[1]
    where = np.linspace(0, side - 1, idx.SIDE)
    weights = np.maximum(0, 1 - np.abs(where[:, None] - np.arange(side)))  # (28, 8), every row adds up to 1
    large = weights @ small.images @ weights.T * (_GREY / _GREYS)
    return Digits(np.rint(large).astype(np.uint8), small.target.astype(np.int64), FALLBACK)
