"""MNIST: from a folder, or fetched once with checksums into a cache; scikit-learn's digits where neither is possible.

`AUTOGRADER_DATA` may name a folder with the IDX files under their original names, compressed or not.
"""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from autograder import idx
from autograder.errors import DataMissingError
from autograder.idx import Digits

__all__ = ["FOLDER", "Digits", "cached", "count", "folder", "load_mnist", "load_test_digits", "locate"]

FOLDER = "AUTOGRADER_DATA"
MNIST, FALLBACK = "MNIST", "scikit-learn digits"
TRAINING, TEST = "train", "t10k"
CHECKSUMS = {
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
REMEDY = f"connect to the network once, or set {FOLDER} to a folder with MNIST's IDX files"

_CACHE = "nn-autograder"
_TIMEOUT = (3.0, 15.0)  # seconds to connect, seconds between two pieces of an answer
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


def locate() -> Path | None:
    """Return the folder with MNIST, fetched into the cache if need be; None where that cannot be done."""
    return folder() or _fetched(_cache_folder(), MIRRORS, tuple(CHECKSUMS.items()))


def folder() -> Path | None:
    """Return the folder that the environment names; DataMissingError where there is none of that name."""
    named = os.environ.get(FOLDER)
    if not named:
        return None
    path = Path(named).expanduser().absolute()
    if not path.is_dir():
        raise DataMissingError(f"{FOLDER} names {path}, and there is no such folder; correct or unset it")
    return path


def cached() -> Path | None:
    """Return the cache's folder where it holds all of MNIST, without fetching anything."""
    place = _cache_folder()
    return place if place is not None and all((place / name).is_file() for name in CHECKSUMS) else None


def count(place: Path, part: str) -> int:
    """Return how many digits of TRAINING or TEST the folder holds; DataMissingError where none, or broken ones."""
    return len(_of_folder(place, part).labels)


def _of_folder(place: Path, part: str) -> Digits:
    found = [idx.find(place, name) for name in idx.names(part)]
    for name, path in zip(idx.names(part), found, strict=True):
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


def _cache_folder() -> Path | None:
    try:
        import pooch
    except ImportError:
        return None
    return Path(pooch.os_cache(_CACHE))


@functools.lru_cache
def _fetched(place: Path | None, mirrors: Sequence[str], checksums: tuple[tuple[str, str], ...]) -> Path | None:
    """Return the folder with every file of `checksums`, fetched from the first mirror that has it right, or None.

    Tried once a process: a notebook without a network should not wait each time.
    """
    if place is None:
        return None
    right = all(any(_fetch(place, mirror, name, digest) for mirror in mirrors) for name, digest in checksums)
    return place if right else None


def _fetch(place: Path, mirror: str, name: str, digest: str) -> bool:
    """Return whether the file is there with this SHA-256, fetched or from the cache; pooch keeps no other file."""
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)  # it is not a logger that logging knows by name
    downloader = pooch.HTTPDownloader(progressbar=False, timeout=_TIMEOUT)
    try:
        pooch.retrieve(mirror + name, f"sha256:{digest}", fname=name, path=place, downloader=downloader)
    except (OSError, ValueError, requests.RequestException):
        return False
    return True


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
